"""What a season's contests say, as tables: the ranking, what it hangs on, and why an agency stands where it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from textmine.ranking.contest import Contest
from textmine.ranking.explanation import explain
from textmine.ranking.nominate import Nomination
from textmine.ranking.sensitivity import AS_DEFINED, agreement, by_definition, differences
from textmine.ranking.weight_space import weight_shares
from textmine.ranking.wording import Language

RANKING_SCHEMA: Final = pl.Schema(
    {
        "category": pl.String(),
        "agency": pl.String(),
        "rank": pl.UInt32(),
        "score": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "p_first": pl.Float64(),
        "p_top3": pl.Float64(),
        "p_top5": pl.Float64(),
        "p_nominee": pl.Float64(),
        "nominee": pl.Boolean(),
        "winner": pl.Boolean(),
        "p_winner": pl.Float64(),
        "eligible": pl.Boolean(),
        "reasons": pl.List(pl.String()),
        "flagged": pl.UInt32(),
        "uncertain": pl.Boolean(),
        "measure": pl.String(),
    }
)
"""``category`` is the id of the award (``most_active/kementerian``). Where nothing that is measured has draws,
``uncertain`` is false, the interval is the score and the probabilities are 0 or 1."""

SENSITIVITY_SCHEMA: Final = pl.Schema(
    {
        "category": pl.String(),
        "kind": pl.String(),
        "variant": pl.String(),
        "tau": pl.Float64(),
        "share": pl.Float64(),
        "first": pl.List(pl.String()),
        "entered": pl.List(pl.String()),
        "left": pl.List(pl.String()),
    }
)
"""Kinds: ``definition`` (another measure of engagement), ``flagged`` (without flagged posts), both against the list as
it is, ``tau`` being Kendall's; ``weights`` (a row a nominee: ``share`` of all weights under which it is first)."""

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
        .select(RANKING_SCHEMA.names())
        for id, found in nominations.items()
    ]
    return pl.concat([RANKING_SCHEMA.to_frame(), *frames]).cast(RANKING_SCHEMA)


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


def sensitivity_table(
    contests: Mapping[str, Contest], nominations: Mapping[str, Nomination], without: Mapping[str, Contest]
) -> pl.DataFrame:
    """What each list hangs on, rows of ``SENSITIVITY_SCHEMA``.

    Parameters
    ----------
    contests, nominations
        By category.
    without
        The same contests without flagged posts; may be empty.
    """
    frames = [SENSITIVITY_SCHEMA.to_frame()]
    for id, contest in contests.items():
        found = nominations[id]
        variants = by_definition(contest, found)
        # A rate by reach says nothing where nobody reports reach.
        variants = variants.filter((pl.col("score").is_not_null().any()).over("variant"))
        frames.append(_against_first(id, "definition", variants))
        if id in without:
            as_is = variants.filter(pl.col("variant") == AS_DEFINED)
            other = by_definition(without[id], found, []).with_columns(pl.lit("without flagged posts").alias("variant"))
            frames.append(_against_first(id, "flagged", pl.concat([as_is, other])))
        if len(contest.award.category.measure.parts()) > 1:
            frames.append(_weights(id, contest, found))
    return pl.concat(frames)


def _against_first(id: str, kind: str, variants: pl.DataFrame) -> pl.DataFrame:
    first = variants["variant"][0] if variants.height else AS_DEFINED
    taus = agreement(variants, with_first=True).select("tau", variant="other")
    rows = differences(variants).filter(pl.col("variant") != first)
    joined = rows.join(taus, on="variant", how="left", maintain_order="left")
    return _shaped(joined, id, kind)


def _weights(id: str, contest: Contest, found: Nomination) -> pl.DataFrame:
    shares = weight_shares(contest, found).filter("nominee")
    return _shaped(shares.select(variant="agency", share="first_share"), id, "weights")


def _shaped(rows: pl.DataFrame, id: str, kind: str) -> pl.DataFrame:
    known = rows.with_columns(pl.lit(id).alias("category"), pl.lit(kind).alias("kind"))
    return known.select(
        (pl.col(name) if name in known.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in SENSITIVITY_SCHEMA.items()
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
