"""Says in sentences why an agency is or is not a nominee, how sure that is, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.ranking.changes import CHANGE_SCHEMA, smallest_changes
from textmine.ranking.contest import Contest
from textmine.ranking.nominate import Nomination, nominate
from textmine.ranking.wording import Wording

PART_SCHEMA: Final = pl.Schema(
    {
        "part": pl.String(),
        "weight": pl.Float64(),
        "value": pl.Float64(),
        "points": pl.Float64(),
        "other_value": pl.Float64(),
        "other_points": pl.Float64(),
        "difference": pl.Float64(),
    }
)
"""A part of the score, its points (weight times value), those of the agency that it is compared with, and by how much
the part is in its favour."""


@dataclass(frozen=True)
class Explanation:
    """Why an agency is or is not a nominee.

    Parameters
    ----------
    agency, nominee
        Who, and whether it is one.
    sentences
        The explanation.
    other
        Whom it is compared with: the last nominee, or for a nominee the first that is none; None where nobody is.
    parts
        Rows of ``PART_SCHEMA``, the largest difference first.
    changes
        Rows of ``CHANGE_SCHEMA``.
    """

    agency: str
    nominee: bool
    sentences: tuple[str, ...]
    other: str | None
    parts: pl.DataFrame
    changes: pl.DataFrame

    def __str__(self) -> str:
        return " ".join(self.sentences)


def explain(
    contest: Contest,
    nomination: Nomination,
    agency: str,
    *,
    language: Language = DEFAULT_LANGUAGE,
    names: Mapping[str, str] | None = None,
) -> Explanation:
    """Explain an agency's place.

    Parameters
    ----------
    contest, nomination
        The award, and who is nominated.
    agency
        Who is asked about.
    language
        ``"id"`` or ``"en"``.
    names
        What sentences call an agency, by its key; the key where it is not there.

    Raises
    ------
    ValueError
        The table does not have the agency.
    """
    teller = _Teller(contest, nomination, agency, Wording(language), names or {})
    place = contest.place(agency)
    if not contest.competing[place]:
        return teller.told([teller.say("outside")])
    if not contest.eligible[contest.award.category.id][place]:
        return teller.told([*teller.not_eligible(), *teller.own_campaign()])
    changes = smallest_changes(contest, nomination, agency)
    if np.isnan(nomination.ranks[place]):
        return teller.told([*teller.without_score(changes), *teller.what_would_change(changes)], changes=changes)
    other = _compared_with(nomination, place)
    parts = part_table(contest, place, other)
    sentences = [
        *teller.standing(other),
        *teller.winning(),
        *teller.own_campaign(),
        *teller.because(parts, other),
        *teller.uncertainty(),
        *teller.what_would_change(changes),
    ]
    return teller.told(sentences, other=other, parts=parts, changes=changes)


def part_table(contest: Contest, place: int, other: int | None) -> pl.DataFrame:
    """The parts of an agency's score beside those of another, rows of ``PART_SCHEMA``."""
    rows = []
    for part in contest.award.category.measure.parts():
        values = contest.evaluate(part.expression)
        own, theirs = float(values[place]), float("nan" if other is None else values[other])
        difference = contest.sign * part.weight * (own - theirs)
        rows.append(
            (part.expression.text, part.weight, own, part.weight * own, theirs, part.weight * theirs, difference)
        )
    frame = pl.DataFrame(rows, schema=PART_SCHEMA, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.sort(pl.col("difference").abs(), "part", descending=[True, False], nulls_last=True)


def _compared_with(nomination: Nomination, place: int) -> int | None:
    """The last nominee for who is none, the first that is none for a nominee."""
    if nomination.nominees[place]:
        outside = np.flatnonzero(~nomination.nominees & ~np.isnan(nomination.ranks))
        return int(outside[nomination.ranks[outside].argmin()]) if outside.size else None
    inside = np.flatnonzero(nomination.nominees)
    return int(inside[nomination.ranks[inside].argmax()]) if inside.size else None


@dataclass(frozen=True)
class _Teller:
    """Tells of one agency in one language."""

    contest: Contest
    nomination: Nomination
    agency: str
    words: Wording
    names: Mapping[str, str]

    def name(self, agency: str) -> str:
        """What an agency is called."""
        return self.names.get(agency, agency)

    @property
    def place(self) -> int:
        return self.contest.place(self.agency)

    @property
    def nominee(self) -> bool:
        return bool(self.nomination.nominees[self.place])

    def told(
        self,
        sentences: list[str],
        *,
        other: int | None = None,
        parts: pl.DataFrame | None = None,
        changes: pl.DataFrame | None = None,
    ) -> Explanation:
        """What was found, with the sentences."""
        return Explanation(
            agency=self.agency,
            nominee=self.nominee,
            sentences=tuple(sentences),
            other=None if other is None else self.contest.agencies[other],
            parts=pl.DataFrame(schema=PART_SCHEMA) if parts is None else parts,
            changes=pl.DataFrame(schema=CHANGE_SCHEMA) if changes is None else changes,
        )

    def say(self, key: str, **values: str) -> str:
        """A sentence about the agency and the award."""
        title = self.contest.award.title
        return self.words.say(
            key, agency=self.name(self.agency), title=title.id if self.words.language == "id" else title.en, **values
        )

    def not_eligible(self) -> list[str]:
        """The rule that is not met, what is missing, and where the agency would stand otherwise."""
        rules = self.contest.eligibility[self.contest.award.category.id].row(self.place, named=True)
        rule, figure, needed = rules["rule"], rules["figure"], rules["needed"]
        number = self.words.share if rule == "min_coverage" else self.words.exact
        if rule == "excluded":
            missing = self.say("excluded")
        elif figure is None:
            missing = self.say("unknown_figure", rule=rule, needed=number(needed))
        else:
            campaign = rule == "min_posts" and self.contest.award.category.selection.campaign
            rule = "min_campaign_posts" if campaign else rule
            missing = self.say(rule, figure=number(figure), needed=number(needed), missing=number(needed - figure))
        return [self.say("not_eligible"), missing, *self._if_eligible()]

    def _if_eligible(self) -> list[str]:
        admitted = self.contest.admitting(self.agency)
        instead = nominate(admitted)
        if np.isnan(instead.ranks[self.place]):
            return []
        key = "eligible_in" if instead.nominees[self.place] else "eligible_out"
        rank, score = float(instead.ranks[self.place]), float(instead.scores[self.place])
        return [self.say(key, score=self.words.number(score), rank=self.words.number(rank))]

    def without_score(self, changes: pl.DataFrame) -> list[str]:
        """Why there is no score."""
        unknown = changes.filter(pl.col("now").is_null())["measure"].to_list()
        if unknown:
            return [self.say("no_score", unknown=", ".join(map(self.words.measure, unknown)))]
        without = self._categories_without()
        if without:
            return [self.say("no_score_in", categories=", ".join(without))]
        return [self.say("not_computed")]

    def _categories_without(self) -> list[str]:
        """Titles of the categories that the award adds up and in which the agency has no score."""
        scores = self.contest.scores_of(self.contest.award.category.measure.categories)
        return [self._titles()[id] for id, values in scores.items() if np.isnan(values[self.place])]

    def _titles(self) -> dict[str, str]:
        """Titles of the categories."""
        language = self.words.language
        return {each.id: getattr(each.title, language) for each in self.contest.definition.categories}

    def standing(self, other: int | None) -> list[str]:
        """Rank, score and the distance to the other side of the cut."""
        ranks, scores, number = self.nomination.ranks, self.nomination.scores, self.words.number
        found = [
            self.say(
                "nominated" if self.nominee else "not_nominated",
                rank=number(float(ranks[self.place])),
                n_ranked=str(np.count_nonzero(~np.isnan(ranks))),
                score=number(float(scores[self.place])),
            )
        ]
        missing, without = self.contest.award.category.missing, self._categories_without()
        if without and missing != "null":
            found.append(self.say("zero_in" if missing == "zero" else "skipped_in", categories=", ".join(without)))
        if other is None:
            return [*found, self.say("nobody_out")] if self.nominee else found
        gap = abs(float(scores[other] - scores[self.place]))
        key = "distance_in" if self.nominee else "distance_out"
        name, score = self.name(self.contest.agencies[other]), float(scores[other])
        found.append(self.say(key, other=name, other_score=number(score), gap=number(gap)))
        row = self.nomination.table.row(by_predicate=pl.col("agency") == self.agency, named=True)
        return [*found, self.say("tied")] if "tied at the cut" in row["reasons"] else found

    def winning(self) -> list[str]:
        """Whether the agency meets the conditions that the award's file sets for a winner."""
        winner = self.contest.award.category.winner
        if not winner.decides:
            return []
        conditions = []
        if winner.above is not None:
            conditions.append(self.say("winner_above", above=self.words.number(winner.above)))
        if winner.top is not None:
            conditions.append(self.say("winner_top", top=str(winner.top)))
        row = self.nomination.table.row(by_predicate=pl.col("agency") == self.agency, named=True)
        conditions_text = self.say("winner_and").join(conditions)
        found = [self.say("winner_yes" if row["winner"] else "winner_no", conditions=conditions_text)]
        if row["p_winner"] is not None:
            found.append(self.say("winner_sure", p=self.words.percent(row["p_winner"])))
        return found

    def own_campaign(self) -> list[str]:
        """The agency's own campaign, where the category looks at one."""
        if self.contest.award.category.selection.campaign != "own":
            return []
        row = self.contest.own_campaigns().row(self.place, named=True)
        if row["campaign"] is None:
            return [self.say("no_own_campaign")]
        days = {"start": self.words.day(row["campaign_start"]), "end": self.words.day(row["campaign_end"])}
        return [self.say("own_campaign", campaign=row["campaign"], **days)]

    def because(self, parts: pl.DataFrame, other: int | None) -> list[str]:
        """The part that speaks most for the agency, and the one that speaks most against it."""
        if other is None or parts.height < 2:
            return []
        found = []
        for key, rows in (
            ("part_for", parts.filter(pl.col("difference") > 0)),
            ("part_against", parts.filter(pl.col("difference") < 0)),
        ):
            if rows.height:
                found.append(self._part(key, rows.row(0, named=True), other))
        return found if self.nominee else found[::-1]

    def _part(self, key: str, row: dict[str, float | str], other: int) -> str:
        return self.say(
            key,
            other=self.name(self.contest.agencies[other]),
            part=self.words.part(str(row["part"]), self._titles()),
            own=self.words.number(float(row["value"])),
            theirs=self.words.number(float(row["other_value"])),
            weight=self.words.number(float(row["weight"])),
            difference=self.words.number(abs(float(row["difference"]))),
        )

    def uncertainty(self) -> list[str]:
        """How sure the agency's place is, and the cut."""
        row = self.nomination.table.row(by_predicate=pl.col("agency") == self.agency, named=True)
        if row["p_nominee"] is None:
            return [self.say("not_measured")]
        percent, number = self.words.percent, self.words.number
        found = [
            self.say(
                "uncertainty",
                n=str(self.nomination.n),
                word=self.words.likelihood(row["p_nominee"]),
                p_nominee=percent(row["p_nominee"]),
                p_first=percent(row["p_first"]),
                low=number(row["low"]),
                high=number(row["high"]),
            )
        ]
        cut = self.nomination.cuts.filter("chosen").row(0, named=True)
        if cut["separation"] is not None:
            key = "cut_clear" if self.nomination.clear else "cut_weak"
            sides = {
                "last": self.name(cut["last_in"]),
                "first": self.name(cut["first_out"]),
                "p": percent(cut["separation"]),
            }
            found.append(self.say(key, n=str(cut["nominees"]), **sides))
        return found

    def what_would_change(self, changes: pl.DataFrame) -> list[str]:
        """Changes of one measure that would do, the smallest first, and the measures of which none would."""
        way = "lose" if self.nominee else "gain"
        found = []
        for row in changes.filter(pl.col("needed").is_not_null()).iter_rows(named=True):
            upwards = row["now"] is None or row["needed"] > row["now"]
            measure, needed, now = self.words.measure(row["measure"]), row["needed"], row["now"]
            values = {"measure": measure, "needed": self.words.exact(needed), "now": self.words.number(now)}
            found.append(self.say(f"{way}_{'up' if upwards else 'down'}", **values))
        none = [self.words.measure(name) for name in changes.filter(pl.col("needed").is_null())["measure"]]
        return [*found, self.say(f"{way}_none", measures=", ".join(none))] if none else found
