"""What flagged posts do to lists of nominees: the ranking beside the one without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from textmine.ranking.nominate import Nomination
from textmine.ranking.season_weeks import SeasonWeeks

CHANGED_SCHEMA: Final = pl.Schema(
    {
        "category": pl.String(),
        "ranked": pl.Boolean(),
        "first": pl.String(),
        "first_without": pl.String(),
        "entered": pl.List(pl.String()),
        "left": pl.List(pl.String()),
    }
)
"""A row for each category whose nominees are others without flagged posts: who is first with and without them, who
comes in and who drops out; ``ranked`` is false where without them nothing can be ranked."""


def flagged_by_agency(weeks: SeasonWeeks) -> pl.DataFrame:
    """Number of flagged posts that count in the period: ``agency`` and ``flagged``, sorted by agency; none without."""
    table = pl.DataFrame({"agency": weeks.agencies, "flagged": weeks.n_flagged.astype("uint32")})
    return table.filter(pl.col("flagged") > 0).sort("agency")


def changed_lists(nominations: Mapping[str, Nomination], without: Mapping[str, Nomination]) -> pl.DataFrame:
    """Categories whose nominees are others without flagged posts, rows of ``CHANGED_SCHEMA``.

    Parameters
    ----------
    nominations, without
        By category, with flagged posts and without; each is nominated anew, the number of nominees too.
    """
    rows: list[tuple[object, ...]] = []
    for id, found in nominations.items():
        before = _nominees(found)
        if id not in without:
            rows.append((id, False, next(iter(before), None), None, [], []))
            continue
        after = _nominees(without[id])
        entered, left = [each for each in after if each not in before], [each for each in before if each not in after]
        if entered or left or before[:1] != after[:1]:
            rows.append((id, True, next(iter(before), None), next(iter(after), None), entered, left))
    return pl.DataFrame(rows, schema=CHANGED_SCHEMA, orient="row")


def changes_in_words(changed: pl.DataFrame) -> list[str]:
    """A line a category of :func:`changed_lists`."""
    told = []
    for row in changed.iter_rows(named=True):
        parts = [f"{', '.join(row['left'])} would drop out"] if row["left"] else []
        parts += [f"{', '.join(row['entered'])} would come in"] if row["entered"] else []
        if row["first"] != row["first_without"] and row["first_without"]:
            parts.append(f"{row['first_without']} would be first instead of {row['first']}")
        told.append(f"{row['category']}: {'; '.join(parts) if row['ranked'] else 'cannot be ranked without them'}")
    return told


def _nominees(nomination: Nomination) -> list[str]:
    return nomination.table.filter("nominee")["agency"].to_list()
