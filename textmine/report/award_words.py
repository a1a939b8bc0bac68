"""Words about places in awards: chances, reasons and what lists hang on."""

from __future__ import annotations

from collections.abc import Sequence

from textmine.locales import Language
from textmine.ranking.wording import Wording
from textmine.report.messages import translations


class AwardWords:
    """Words of one language.

    Parameters
    ----------
    language
        Of the page.
    """

    def __init__(self, language: Language) -> None:
        self._ = translations(language).gettext
        self._percent = Wording(language).percent

    def chance(self, probability: float) -> str:
        """A probability in whole per cent; what is not quite all or nothing is not said to be."""
        return self._percent(probability)

    def reasons(self, reasons: Sequence[str]) -> str:
        """Why somebody is or is not nominated."""
        _ = self._
        known = {
            "nominated": _("nominated"),
            "tied at the cut": _("tied at the cut"),
            "below the cut": _("below the cut"),
            "no score": _("no score"),
            "excluded": _("excluded by the award's rules"),
            "min_posts": _("too few posts"),
            "platforms": _("lacks a platform that the award asks for"),
            "min_platforms": _("posts on too few platforms"),
            "min_coverage": _("engagement of too few posts is known"),
            "min_audience": _("too few followers"),
        }
        return ", ".join(known.get(reason, reason) for reason in reasons)

    def variant(self, kind: str) -> str:
        """What is otherwise in a variant of a list."""
        _ = self._
        return {
            "definition": _("another definition of engagement"),
            "flagged": _("without flagged posts"),
            "period": _("another period"),
            "platform": _("without a platform"),
        }.get(kind, kind)
