"""Words about places in awards: chances, reasons and what lists hang on."""

from __future__ import annotations

from collections.abc import Sequence

from textmine.locales import Language
from textmine.platforms import platform_name
from textmine.ranking.sensitivity import AS_DEFINED
from textmine.ranking.wording import Wording
from textmine.rates.registry import shipped_definitions
from textmine.report.award_content import FlagEffect
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
        self._words = Wording(language)

    def chance(self, probability: float) -> str:
        """A probability in whole per cent; what is not quite all or nothing is not said to be."""
        return self._words.percent(probability)

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

    def flag_effect(self, effect: FlagEffect, *, without_flagged: bool) -> tuple[str, str]:
        """What would be otherwise if flagged posts counted, or did not: a lead, and the changes."""
        _ = self._
        if not effect.ranked:
            return _("Without flagged posts nobody can be ranked here."), ""
        told = [_("%(names)s would drop out.") % {"names": ", ".join(effect.left)}] if effect.left else []
        told += [_("%(names)s would come in.") % {"names": ", ".join(effect.entered)}] if effect.entered else []
        if effect.first_otherwise is not None and effect.first_otherwise != effect.first:
            names = {"name": effect.first_otherwise, "other": effect.first}
            told.append(_("%(name)s would be first instead of %(other)s.") % names)
        if without_flagged:
            return _("With flagged posts the list would change:"), " ".join(told)
        return _("Without flagged posts the list would change:"), " ".join(told)

    def variant(self, kind: str, name: str) -> str:
        """What is otherwise in a variant of a list."""
        told = self.list_name(name)
        return self._("another definition of engagement: {name}").format(name=told) if kind == "definition" else told

    def list_name(self, name: str) -> str:
        """A list's name in words: what it was made of or without."""
        _ = self._
        fixed = {
            AS_DEFINED: _("As the award defines it"),
            "first half": _("First half of the period"),
            "second half": _("Second half of the period"),
            "without the last month": _("Without the last month"),
            "without flagged posts": _("Without flagged posts"),
            "size_residual": _("Beyond its followers"),
        }
        if name in fixed:
            return fixed[name]
        if name.startswith("without "):
            return _("Without {what}").format(what=platform_name(name.removeprefix("without ")))
        if rate := shipped_definitions().get(name):
            return rate.title
        words = self._words.measure(name)
        return words[:1].upper() + words[1:]
