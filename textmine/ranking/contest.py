"""One award with the figures of all who compete for it: what nominations, explanations and what-ifs are asked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import MissingColumnError
from textmine.ranking.awards import Award, AwardDefinition, Selection
from textmine.ranking.eligibility import competing, eligible_agencies
from textmine.ranking.expressions import Expression, Measures, MeasureTable
from textmine.ranking.measures import measures
from textmine.ranking.standings import award_scores, needed_categories, ranks_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

Tables = pl.DataFrame | Mapping[Selection, pl.DataFrame]
"""A table of agencies for each selection of posts, or one with ``image_`` and ``video_`` columns for all."""

Draws = Mapping[str, Floats] | Mapping[Selection, Mapping[str, Floats]]
"""Draws of measures, shape (n_draws, n_agencies), by column of the table, or by selection and column."""


@dataclass(frozen=True)
class Contest:
    """An award, and what its scores are made of.

    Parameters
    ----------
    definition, award
        The award, and the edition that it is of.
    agencies
        Names, shape (n_agencies,): all of the table, whoever competes.
    figures
        Measures by selection, without draws.
    uncertain
        The same with draws; None where there are none.
    competing
        Shape (n_agencies,): agencies of the award's clusters.
    eligibility
        By category, a table of ``ELIGIBILITY_SCHEMA``.
    eligible
        By category, shape (n_agencies,).
    """

    definition: AwardDefinition
    award: Award
    agencies: tuple[str, ...]
    figures: Mapping[Selection, MeasureTable]
    uncertain: Mapping[Selection, MeasureTable] | None
    competing: Bools
    eligibility: Mapping[str, pl.DataFrame]
    eligible: Mapping[str, Bools]

    @property
    def sign(self) -> int:
        """1 where the highest score is best, -1 where the lowest."""
        return 1 if self.award.category.direction == "highest" else -1

    def place(self, agency: str) -> int:
        """Position of an agency.

        Raises
        ------
        ValueError
            The table does not have it.
        """
        if agency not in self.agencies:
            raise ValueError(f"no agency {agency!r} in the table")
        return self.agencies.index(agency)

    def scores(self, figures: Mapping[Selection, Measures] | None = None) -> Floats:
        """Scores from these figures, or from the contest's own; see :func:`award_scores`."""
        return award_scores(
            self.definition, self.award, figures or self.figures, competing=self.competing, eligible=self.eligible
        )

    def draws(self) -> Floats | None:
        """Scores as they may be, shape (n_draws, n_agencies); None where nothing that they are made of is uncertain."""
        if self.uncertain is None:
            return None
        found = self.scores(self.uncertain)
        return found if found.ndim == 2 else None

    def ranks(self, scores: Floats) -> Floats:
        """Ranks of scores by the award's direction and tie rules, shape (n_agencies,)."""
        category = self.award.category
        breakers = [each.evaluate(self.figures[category.selection]) for each in category.ties.by]
        return ranks_of(scores, direction=category.direction, within=category.ties.within, breakers=breakers)

    def own_campaigns(self) -> pl.DataFrame:
        """``agency``, its own ``campaign``, and the days of its first and last post; null where none counts here."""
        table = self.figures[self.award.category.selection].table
        columns = {"campaign": pl.String(), "campaign_start": pl.Date(), "campaign_end": pl.Date()}
        known = (
            pl.col(name) if name in table.columns else pl.lit(None, dtype).alias(name)
            for name, dtype in columns.items()
        )
        return table.select(pl.Series("agency", self.agencies), *known)

    def admitting(self, agency: str) -> Contest:
        """The contest as if an agency competed and met the rules of the category, whatever its figures."""
        place, category = self.place(agency), self.award.category.id
        competing, eligible = self.competing.copy(), self.eligible[category].copy()
        competing[place] = eligible[place] = True
        return replace(self, competing=competing, eligible={**self.eligible, category: eligible})

    def evaluate(self, expression: Expression) -> Floats:
        """Compute an expression, such as a part of the measure, among those who compete and are eligible."""
        category = self.award.category
        return expression.evaluate(
            self.figures[category.selection],
            eligible=self.competing & self.eligible[category.id],
            scores=self.scores_of(expression.categories),
        )

    def scores_of(self, categories: Iterable[str]) -> dict[str, Floats]:
        """Scores in other categories among the same agencies, the higher the better, shape (n_agencies,) each."""
        found = {}
        for id in categories:
            other = self.definition.category(id)
            there = replace(self, award=Award(other, self.award.clusters))
            found[id] = there.sign * there.scores()
        return found


def contest(
    definition: AwardDefinition,
    award: Award,
    tables: Tables,
    *,
    draws: Draws | None = None,
) -> Contest:
    """Bring an award and tables of agencies together.

    Parameters
    ----------
    definition, award
        The award, and the edition that it is of.
    tables
        Rows are agencies, the same in each table: ``agency``, ``cluster``, and a column for each measure
        (``n_posts``, ``engagement_rate@instagram``). One table serves all selections that have a prefix.
    draws
        Of measures that are uncertain.

    Raises
    ------
    MissingColumnError
        A table lacks a column that is needed.
    """
    needed = needed_categories(definition, award.category)
    categories = [each for each in definition.categories if each.id in needed]
    selections = dict.fromkeys(each.selection for each in categories)
    by_selection = {each: table_of(tables, each) for each in selections}
    drawn = {each: _draws_of(draws, each) for each in selections}
    first = by_selection[award.category.selection]
    for column in ("agency", "cluster"):
        if column not in first.columns:
            raise MissingColumnError(column, found=first.columns, remedy="add it to the table of agencies")
    for table in by_selection.values():
        if table["agency"].to_list() != first["agency"].to_list():
            raise ValueError("the tables of the selections differ in their agencies or in the order of them")
    rules = {each.id: eligible_agencies(by_selection[each.selection], each) for each in categories}
    return Contest(
        definition=definition,
        award=award,
        agencies=tuple(first["agency"].to_list()),
        figures={each: MeasureTable(table) for each, table in by_selection.items()},
        uncertain={each: MeasureTable(table, drawn[each]) for each, table in by_selection.items()} if draws else None,
        competing=competing(first["cluster"], award),
        eligibility=rules,
        eligible={id: table["eligible"].to_numpy() for id, table in rules.items()},
    )


def table_of(tables: Tables, selection: Selection) -> pl.DataFrame:
    """The table of one selection of posts, its measures named without the prefix of their medium."""
    if not isinstance(tables, pl.DataFrame):
        return tables[selection]
    names = _names(tables.columns, selection)
    return tables.select(pl.col(column).alias(name) for column, name in names.items())


def _draws_of(draws: Draws | None, selection: Selection) -> dict[str, Floats]:
    """Draws of one selection of posts."""
    found = dict(draws or {})
    by_column = {key: value for key, value in found.items() if isinstance(key, str)}
    if by_column:
        names = _names(list(by_column), selection)
        return {name: np.asarray(by_column[column]) for column, name in names.items()}
    return dict(next((value for key, value in found.items() if key == selection), {}))


def _names(columns: list[str], selection: Selection) -> dict[str, str]:
    """Columns that say something of a selection, and what its expressions call them.

    Raises
    ------
    ValueError
        A table of all posts says nothing of such a selection.
    """
    prefix = selection.prefix
    if prefix is None:
        raise ValueError("a selection of platforms or of a campaign needs a table of its own: give tables by selection")
    if not prefix:
        return {column: column for column in columns}
    known = measures()
    found = {}
    for column in columns:
        measure = column.split("@")[0]
        if measure.startswith(prefix) and measure in known and known[measure].base is not None:
            found[column] = column.removeprefix(prefix)
        elif f"{prefix}{measure}" not in known:  # of all posts alike: agency, cluster, audience
            found[column] = column
    return found
