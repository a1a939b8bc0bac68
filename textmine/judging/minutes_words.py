"""Words of the minutes: names of methods and rules, numbers and sentences in the language of the reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from textmine.judging.tally import Flip, Method
from textmine.locales import Language
from textmine.numbers import Formats
from textmine.posts import REPORT_TIME_ZONE
from textmine.report.messages import translations


@dataclass(frozen=True)
class Words:
    """One language.

    Parameters
    ----------
    gettext
        Translates a message of the catalogue.
    formats
        Of numbers and days.
    """

    gettext: Callable[[str], str]
    formats: Formats

    @classmethod
    def of(cls, lang: Language) -> Words:
        """Words of ``lang``."""
        return cls(translations(lang).gettext, Formats.of(lang))

    def points(self, value: float | None, digits: int = 2) -> str:
        """A score."""
        return "–" if value is None else self.formats.fixed(round(value, digits) + 0.0, digits)  # never -0.00

    def probability(self, value: float) -> str:
        """A probability, never shown as 0."""
        least = 0.0001
        return f"< {self.formats.decimal(least, 4)}" if value < least else self.formats.decimal(value, 4)

    def day(self, day: dt.date) -> str:
        """Weekday and day: Senin, 30 November 2026."""
        return str(format_date(day, format="EEEE, d MMMM y", locale=self.formats.locale))

    def moment(self, moment: dt.datetime) -> str:
        """Day and time in Jakarta: 30 Nov 2026, 16.05 WIB."""
        local = moment.astimezone(ZoneInfo(REPORT_TIME_ZONE))
        return f"{format_datetime(local, 'd MMM y, HH.mm', locale=self.formats.locale)} WIB"

    def counted(self, numbers: Mapping[str, int]) -> str:
        """Names with a number each: a: 2 and b: 1."""
        return self.listed([f"{name}: {self.formats.integer(n)}" for name, n in numbers.items()])

    def listed(self, names: tuple[str, ...] | list[str]) -> str:
        """Names in one sentence: a, b and c."""
        if len(names) < 2:
            return "".join(names)
        return self.gettext("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}

    def method(self, method: Method | str) -> str:
        """Name of a method."""
        _ = self.gettext
        return {
            "mean": _("mean"),
            "trimmed_mean": _("trimmed mean"),
            "z_score": _("z-score per judge"),
            "borda": _("Borda"),
            "condorcet": _("Condorcet"),
            "schulze": _("Schulze"),
            "adjusted": _("severity-adjusted mean"),
        }[method]

    def rule(self, rule: str, titles: dict[str, str] | None = None) -> str:
        """Name of a rule for ties."""
        _ = self.gettext
        kind, _colon, name = rule.partition(":")
        if kind == "criterion":
            return _("mean by the criterion %(name)s") % {"name": (titles or {}).get(name, name)}
        if kind == "judge":
            return _("score of %(name)s") % {"name": name}
        further = {
            "first_places": _("first places on ballots"),
            "head_to_head": _("two by two among the equal"),
            "lot": _("lot"),
        }
        return further.get(rule) or self.method(rule)

    def role(self, role: str) -> str:
        """Name of a role."""
        _ = self.gettext
        return {
            "chair": _("Chair of the jury"),
            "judge": _("Judge"),
            "secretary": _("Secretary"),
            "organiser": _("Organiser"),
            "observer": _("Observer"),
        }[role]

    def manner(self, manner: str) -> str:
        """Whether a judge is harsh."""
        _ = self.gettext
        return {"ordinary": _("no difference shown"), "harsh": _("harsh"), "lenient": _("lenient")}[manner]

    def hidden(self, what: str) -> str:
        """What judges did not see."""
        _ = self.gettext
        return {
            "identity": _("Judges did not see whose a nominee was."),
            "figures": _("Judges did not see a nominee's figures before they had scored it."),
            "other_scores": _("Judges did not see each other's scores before the scoring was closed."),
        }[what]

    def change(self, flip: Flip, titles: dict[str, str]) -> str:
        """The smallest change of a score, in a sentence."""
        said = {
            "judge": flip.judge,
            "nominee": flip.nominee,
            "criterion": titles.get(flip.criterion, flip.criterion),
            "old": self.formats.decimal(flip.old, 2),
            "new": self.formats.decimal(flip.new, 2),
            "winners": self.listed(flip.winners),
            "n": self.formats.integer(flip.n_scores),
        }
        text = self.gettext(
            "The smallest change of a single score that changes the result: %(judge)s, %(nominee)s, %(criterion)s from "
            "%(old)s to %(new)s; then first: %(winners)s. Scores with which a change as small would do: %(n)s."
        )
        return text % said
