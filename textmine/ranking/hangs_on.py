"""What each list of nominees hangs on: definitions, flagged posts, periods, platforms, accounts, posts and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.ranking.contest import Contest
from textmine.ranking.nominate import Nomination
from textmine.ranking.sensitivity import (
    AGREEMENT_SCHEMA,
    AS_DEFINED,
    VARIANT_SCHEMA,
    agreement,
    by_definition,
    differences,
    variant,
)
from textmine.ranking.weight_space import weight_shares
from textmine.ranking.what_if import Scenario, Thing, WhatIf, period_scenarios, platform_scenarios

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
        "agency": pl.String(),
        "rank": pl.UInt32(),
        "rank_without": pl.UInt32(),
    }
)
"""Kinds: ``definition`` (another measure of engagement), ``flagged`` (without flagged posts), ``period``, ``platform``
(without one), ``smallest account`` and ``top post`` (a row a nominee, ``agency``: without its own, everybody else as
they are, with its ``rank`` before and after), all against the list as it is, ``tau`` being Kendall's; ``other lists``
(a row a nominee: ``share`` of the lists of the first four kinds in which it is nominated too); ``weights`` (a row a
nominee: ``share`` of all weights under which it is first)."""

KEPT_VARIANT_SCHEMA: Final = pl.Schema({"category": pl.String(), "kind": pl.String(), **VARIANT_SCHEMA})
KEPT_AGREEMENT_SCHEMA: Final = pl.Schema({"category": pl.String(), **AGREEMENT_SCHEMA})

THINGS: Final[tuple[Thing, ...]] = ("smallest account", "top post")


@dataclass(frozen=True)
class Sensitivity:
    """What lists hang on.

    Parameters
    ----------
    rows
        Of ``SENSITIVITY_SCHEMA``.
    variants
        The lists themselves, rows of ``KEPT_VARIANT_SCHEMA``: those that concern everybody, each kind with the list as
        it is before it.
    agreement
        Kendall's tau between each two definitions of engagement, rows of ``KEPT_AGREEMENT_SCHEMA``.
    """

    rows: pl.DataFrame
    variants: pl.DataFrame
    agreement: pl.DataFrame


def sensitivity(
    contests: Mapping[str, Contest],
    nominations: Mapping[str, Nomination],
    without: Mapping[str, Contest],
    what_if: WhatIf | None = None,
) -> Sensitivity:
    """Find what each list hangs on.

    Parameters
    ----------
    contests, nominations
        By category.
    without
        The same contests without flagged posts; may be empty.
    what_if
        Sums by week; without them, or where they say nothing of the score (a lift, a median), there are no other
        periods and nothing is left out.
    """
    rows, variants = [SENSITIVITY_SCHEMA.to_frame()], [KEPT_VARIANT_SCHEMA.to_frame()]
    agreements = [KEPT_AGREEMENT_SCHEMA.to_frame()]
    for id, contest in contests.items():
        lists = _lists(contest, nominations[id], without.get(id), what_if)
        for kind, found in lists.items():
            rows.append(_against_first(id, kind, found))
            variants.append(found.select(pl.lit(id).alias("category"), pl.lit(kind).alias("kind"), pl.all()))
        rows.append(_kept_in(id, lists, nominations[id]))
        agreements.append(agreement(lists["definition"]).select(pl.lit(id).alias("category"), pl.all()))
        if what_if is not None and what_if.reaches(contest):
            rows.append(_small_audiences(id, contest, nominations[id], what_if))
        if len(contest.award.category.measure.parts()) > 1:
            shares = weight_shares(contest, nominations[id]).filter("nominee")
            rows.append(_shaped(shares.select("agency", variant="agency", share="first_share"), id, "weights"))
    return Sensitivity(pl.concat(rows), pl.concat(variants), pl.concat(agreements))


def _lists(
    contest: Contest, found: Nomination, without: Contest | None, what_if: WhatIf | None
) -> dict[str, pl.DataFrame]:
    """Lists of each kind, rows of ``VARIANT_SCHEMA``, the list as it is first."""
    known = by_definition(contest, found)
    # A rate by reach says nothing where nobody reports reach.
    known = known.filter((pl.col("score").is_not_null().any()).over("variant"))
    lists = {"definition": known}
    as_is = variant(contest, AS_DEFINED, found.n)
    if without is not None:
        lists["flagged"] = pl.concat([as_is, variant(without, "without flagged posts", found.n)])
    if what_if is not None and what_if.reaches(contest):
        weekly = what_if.weekly[contest.award.category.selection]
        for kind, scenarios in (("period", period_scenarios(weekly)), ("platform", platform_scenarios(weekly))):
            if scenarios:
                others = [variant(what_if.contest(contest, each), each.name, found.n) for each in scenarios]
                lists[kind] = pl.concat([as_is, *others])
    return lists


def _kept_in(id: str, lists: Mapping[str, pl.DataFrame], found: Nomination) -> pl.DataFrame:
    """In how many of the other lists each nominee is nominated, rows of ``SENSITIVITY_SCHEMA``."""
    nominees = found.table.filter("nominee").select("agency")
    others = pl.concat([each.filter(pl.col("variant") != AS_DEFINED) for each in lists.values()])
    n_lists = others["variant"].n_unique()
    if not n_lists:
        return SENSITIVITY_SCHEMA.to_frame()
    counts = others.group_by("agency").agg((pl.col("nominee").sum() / n_lists).alias("share"))
    shares = nominees.join(counts, on="agency", how="left", maintain_order="left")
    return _shaped(shares.with_columns(variant="agency", share=pl.col("share").fill_null(0.0)), id, "other lists")


def _small_audiences(id: str, contest: Contest, found: Nomination, what_if: WhatIf) -> pl.DataFrame:
    """The small-audience test, a row for each nominee and thing that it has."""
    frames = [SENSITIVITY_SCHEMA.to_frame()]
    as_is = variant(contest, AS_DEFINED, found.n)
    before = dict(as_is.select("agency", "rank").iter_rows())
    for thing in THINGS:
        for agency in found.table.filter("nominee")["agency"]:
            scenario = Scenario(f"{agency} without its {thing}", agency=agency, thing=thing)
            platform = what_if.whose(contest, scenario)
            if platform is None:
                continue
            name = f"{scenario.name} ({platform})"
            other = variant(what_if.contest(contest, scenario), name, found.n)
            after = other.filter(pl.col("agency") == agency)["rank"].item()
            own = {"agency": agency, "rank": before[agency], "rank_without": after}
            told = _against_first(id, thing, pl.concat([as_is, other]))
            frames.append(told.with_columns(pl.lit(v).cast(SENSITIVITY_SCHEMA[k]).alias(k) for k, v in own.items()))
    return pl.concat(frames)


def _against_first(id: str, kind: str, variants: pl.DataFrame) -> pl.DataFrame:
    first = variants["variant"][0] if variants.height else AS_DEFINED
    taus = agreement(variants, with_first=True).select("tau", variant="other")
    rows = differences(variants).filter(pl.col("variant") != first)
    joined = rows.join(taus, on="variant", how="left", maintain_order="left")
    return _shaped(joined, id, kind)


def _shaped(rows: pl.DataFrame, id: str, kind: str) -> pl.DataFrame:
    known = rows.with_columns(pl.lit(id).alias("category"), pl.lit(kind).alias("kind"))
    return known.select(
        (pl.col(name) if name in known.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in SENSITIVITY_SCHEMA.items()
    )
