"""What a season's contests say, as tables: the ranking, and why an agency stands where it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from textmine.locales import Language
from textmine.notebook import table_html
from textmine.ranking.contest import Contest
from textmine.ranking.explanation import explain
from textmine.ranking.nominate import NOMINATION_SCHEMA, Nomination

RANKING_SCHEMA: Final = pl.Schema(
    {
        **{name: kind for name, kind in NOMINATION_SCHEMA.items() if name not in ("award", "eligible", "reasons")},
        "eligible": pl.Boolean(),
        "reasons": pl.List(pl.String()),
        "flagged": pl.UInt32(),
        "uncertain": pl.Boolean(),
        "measure": pl.String(),
        "campaign": pl.String(),
    }
)
"""``category`` is the id of the award (``most_active/kementerian``). Where nothing that is measured has draws,
``uncertain`` is false, the interval is the score and the probabilities are 0 or 1. ``campaign`` names an agency's own
campaign where the category looks at one."""

EXPLANATION_SCHEMA: Final = pl.Schema(
    {"category": pl.String(), "agency": pl.String(), "nominee": pl.Boolean(), "detail": pl.String()}
)

_PROBABILITIES: Final = {"p_first": 1, "p_top3": 3, "p_top5": 5}


def ranking_table(
    contests: Mapping[str, Contest], nominations: Mapping[str, Nomination], flagged: pl.DataFrame
) -> pl.DataFrame:
    """All who compete, in the order of categories and ranks, rows of ``RANKING_SCHEMA``.

    Parameters
    ----------
    contests, nominations
        By category.
    flagged
        ``agency`` and ``flagged``, its number of flagged posts; 0 for who is not in it.
    """
    frames = [
        _certain(found, n=found.n)
        .join(flagged, on="agency", how="left", maintain_order="left")
        .with_columns(
            pl.col("flagged").fill_null(0).cast(pl.UInt32),
            pl.lit(id).alias("category"),
            pl.lit(found.draws is not None).alias("uncertain"),
            pl.lit(contests[id].award.category.measure.text).alias("measure"),
        )
        .join(contests[id].own_campaigns(), on="agency", how="left", maintain_order="left")
        .select(RANKING_SCHEMA.names())
        for id, found in nominations.items()
    ]
    return pl.concat([RANKING_SCHEMA.to_frame(), *frames]).cast(RANKING_SCHEMA)


def nominees_html(ranking: pl.DataFrame, *, title: str, note: str = "", simulated: bool = False) -> str:
    """The nominees of a ranking for a notebook; ``ranking`` has rows of ``RANKING_SCHEMA``."""
    names = ("category", "rank", "agency", "score", "low", "high", "p_nominee", "flagged")
    shown = ranking.filter("nominee").select(names)
    return table_html(shown, title=title, note=note, simulated=simulated, rows=25)


def _certain(found: Nomination, *, n: int) -> pl.DataFrame:
    """The table; without draws a score is its own interval, and ranks are what they are."""
    if found.draws is not None:
        return found.table
    ranked = pl.col("rank").is_not_null()
    within = {**_PROBABILITIES, "p_nominee": n}
    return found.table.with_columns(
        pl.col("score").alias("low"),
        pl.col("score").alias("high"),
        pl.col("winner").cast(pl.Float64).alias("p_winner"),
        *(pl.when(ranked).then((pl.col("rank") <= top).cast(pl.Float64)).alias(name) for name, top in within.items()),
    )


def explanation_table(
    contests: Mapping[str, Contest], nominations: Mapping[str, Nomination], agency: str, *, language: Language
) -> pl.DataFrame:
    """Why an agency is or is not a nominee where it competes, rows of ``EXPLANATION_SCHEMA``."""
    rows = []
    for id, contest in contests.items():
        if contest.competing[contest.place(agency)]:
            told = explain(contest, nominations[id], agency, language=language)
            rows.append((id, agency, told.nominee, str(told)))
    return pl.DataFrame(rows, schema=EXPLANATION_SCHEMA, orient="row")
