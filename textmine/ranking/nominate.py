"""Nominees of an award: how many, who, and how sure that is.

The number of nominees lies between the award's least and most. Of the cuts that it allows, the one is taken that the
draws are surest of: the share of draws in which the last that is in stands above the first that is out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.notebook import table_html
from textmine.ranking.contest import Contest
from textmine.ranking.ranks import LEVEL, rank_uncertainty
from textmine.ranking.ranks import ranks as all_ranks
from textmine.ranking.standings import before_the_cut

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

CLEAR: Final = 0.9
"""Probability from which a cut is called clear."""

NOMINATION_SCHEMA: Final = pl.Schema(
    {
        "award": pl.String(),
        "category": pl.String(),
        "agency": pl.String(),
        "eligible": pl.Boolean(),
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
        "reasons": pl.List(pl.String()),
    }
)
"""``winner``: whether the conditions that the award's file sets for a winner are met, ``p_winner`` the share of draws
in which they are; both null where it sets none, for then the numbers alone do not decide. ``reasons``: ``nominated``,
``tied at the cut`` (in or out with others of its rank), ``below the cut``, ``no score``, or the rule of eligibility
that is not met."""

CUT_SCHEMA: Final = pl.Schema(
    {
        "n": pl.UInt32(),
        "nominees": pl.UInt32(),
        "last_in": pl.String(),
        "first_out": pl.String(),
        "gap": pl.Float64(),
        "separation": pl.Float64(),
        "chosen": pl.Boolean(),
    }
)
"""A row for each number of nominees that was weighed: who stands on both sides, the gap between their scores, and the
probability that they stand in this order; null without draws, or where nobody is left out."""


@dataclass(frozen=True)
class Nomination:
    """Who is nominated.

    Parameters
    ----------
    table
        Rows of ``NOMINATION_SCHEMA``: all who compete, best first, then those without a score or a right to compete.
    n
        Number after which the list is cut; ties can make the nominees more or fewer.
    cuts
        Rows of ``CUT_SCHEMA``.
    nominees
        Shape (n_agencies,) of the contest.
    ranks, scores
        Shape (n_agencies,); NaN where there is none.
    draws
        Scores as they may be, shape (n_draws, n_agencies), or None.
    """

    table: pl.DataFrame
    n: int
    cuts: pl.DataFrame
    nominees: Bools
    ranks: Floats
    scores: Floats
    draws: Floats | None

    def _repr_html_(self) -> str:
        shown = self.table.select("rank", "agency", "score", "low", "high", "p_nominee", "nominee")
        return table_html(shown, title=f"Nomination: {int(self.nominees.sum())} of {self.table.height}")

    @property
    def separation(self) -> float | None:
        """Probability that the last nominee stands above the first that is none; None where it is not known."""
        chosen = self.cuts.filter("chosen")
        return chosen["separation"].item() if chosen.height else None

    @property
    def clear(self) -> bool:
        """Whether the cut is clear: its probability is at least ``CLEAR``."""
        return (self.separation or 0.0) >= CLEAR


def nominate(contest: Contest) -> Nomination:
    """Nominate for an award.

    Scores come from the figures, intervals and probabilities from the draws. A cut is weighed for each number from the
    award's least to its most. Where nobody would be left out, all are nominated unless another cut is clear
    (``CLEAR``). Without draws the widest gap between scores decides. Of equal cuts the one with more nominees is taken:
    nobody is left out without a reason.

    Parameters
    ----------
    contest
        The award and its figures.
    """
    scores, draws = contest.scores(), contest.draws()
    ranks = contest.ranks(scores)
    cuts = _cuts(contest, scores, ranks, draws)
    n = _chosen(cuts, contest)
    nominees = before_the_cut(ranks, n, contest.award.category.ties.at_the_cut)
    rows = [_cut_row(contest, cut, chosen=cut.n == n) for cut in cuts]
    return Nomination(
        table=_table(contest, scores, ranks, draws, nominees, n),
        n=n,
        cuts=pl.DataFrame(rows, schema=CUT_SCHEMA),
        nominees=nominees,
        ranks=ranks,
        scores=scores,
        draws=draws,
    )


@dataclass(frozen=True)
class _Cut:
    """A place where the list may be cut; ``last`` and ``first`` are agencies at both sides, -1 for nobody."""

    n: int
    nominees: int
    last: int
    first: int
    gap: float
    separation: float


def _cuts(contest: Contest, scores: Floats, ranks: Floats, draws: Floats | None) -> list[_Cut]:
    """Cuts that the award allows; of numbers that nominate the same agencies only the first."""
    category = contest.award.category
    oriented = contest.sign * scores
    drawn = None if draws is None else contest.sign * draws
    found: dict[bytes, _Cut] = {}
    for n in range(category.nominees.min, category.nominees.max + 1):
        inside = before_the_cut(ranks, n, category.ties.at_the_cut)
        outside = ~np.isnan(ranks) & ~inside
        if inside.tobytes() not in found and inside.any():
            found[inside.tobytes()] = _cut(n, inside, outside, oriented, ranks, drawn)
    cuts = list(found.values())
    least, most = category.nominees.min, category.nominees.max
    fitting = [cut for cut in cuts if least <= cut.nominees <= most]
    return fitting or cuts


def _cut(n: int, inside: Bools, outside: Bools, oriented: Floats, ranks: Floats, draws: Floats | None) -> _Cut:
    """A cut, weighed; of agencies that share a rank at its edge the pair that is least sure."""
    last = np.flatnonzero(inside & (ranks == ranks[inside].max()))
    if not outside.any():
        return _Cut(n, int(inside.sum()), int(last[-1]), -1, np.nan, np.nan)
    first = np.flatnonzero(outside & (ranks == ranks[outside].min()))
    gaps = oriented[last][:, None] - oriented[first]
    pairs = gaps if draws is None else _above(draws[:, last], draws[:, first])
    i, j = np.unravel_index(int(pairs.argmin()), pairs.shape)
    separation = np.nan if draws is None else float(pairs[i, j])
    return _Cut(n, int(inside.sum()), int(last[i]), int(first[j]), float(gaps[i, j]), separation)


def _above(one: Floats, other: Floats) -> Floats:
    """Share of draws in which one stands above another, equal draws by half, shape (n_one, n_other).

    A score that a draw does not have stands below all others.
    """
    left, right = np.nan_to_num(one, nan=-np.inf)[:, :, None], np.nan_to_num(other, nan=-np.inf)[:, None, :]
    return np.asarray((left > right).mean(axis=0) + (left == right).mean(axis=0) / 2)


def _chosen(cuts: list[_Cut], contest: Contest) -> int:
    """Number of the cut that is taken; the award's most where nobody has a score."""
    if not cuts:
        return contest.award.category.nominees.max
    weighed = [cut for cut in cuts if cut.first >= 0]
    everybody = [cut for cut in cuts if cut.first < 0]
    with_draws = bool(weighed) and not np.isnan(weighed[0].separation)
    if everybody:
        weighed = [cut for cut in weighed if with_draws and cut.separation >= CLEAR]
        if not weighed:
            return everybody[0].n
    return max(weighed, key=lambda cut: (cut.separation if with_draws else cut.gap, cut.n)).n


def _cut_row(contest: Contest, cut: _Cut, *, chosen: bool) -> dict[str, object]:
    """Row of ``CUT_SCHEMA``."""
    return {
        "n": cut.n,
        "nominees": cut.nominees,
        "last_in": contest.agencies[cut.last],
        "first_out": contest.agencies[cut.first] if cut.first >= 0 else None,
        "gap": None if np.isnan(cut.gap) else cut.gap,
        "separation": None if np.isnan(cut.separation) else cut.separation,
        "chosen": chosen,
    }


def _table(
    contest: Contest, scores: Floats, ranks: Floats, draws: Floats | None, nominees: Bools, n: int
) -> pl.DataFrame:
    """Rows of ``NOMINATION_SCHEMA``."""
    rules = contest.eligibility[contest.award.category.id]
    columns: dict[str, object] = {
        "award": [contest.award.id] * len(contest.agencies),
        "category": [contest.award.category.id] * len(contest.agencies),
        "agency": contest.agencies,
        "eligible": rules["eligible"],
        "rank": ranks,
        "score": scores,
        **_uncertainty(contest, draws, n, len(contest.agencies)),
        "nominee": nominees,
        **_winners(contest, scores, ranks, draws),
        "reasons": _reasons(rules, ranks, nominees, n),
    }
    frame = pl.DataFrame(columns).filter(pl.Series(contest.competing))
    frame = frame.with_columns(pl.col(pl.Float64).fill_nan(None)).cast(NOMINATION_SCHEMA)
    return frame.sort(pl.col("rank"), ~pl.col("eligible"), "agency", nulls_last=True, maintain_order=True)


def _uncertainty(contest: Contest, draws: Floats | None, n: int, n_agencies: int) -> dict[str, Floats]:
    """Intervals and probabilities; NaN without draws, or without a score in any of them."""
    names = ("low", "high", "p_first", "p_top3", "p_top5", "p_nominee")
    found = {name: np.full(n_agencies, np.nan) for name in names}
    who = np.zeros(n_agencies, dtype=bool) if draws is None else ~np.isnan(draws).all(axis=0)
    if draws is None or not who.any():
        return found
    drawn = draws[:, who]
    known = rank_uncertainty(contest.sign * drawn)
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    values = (low, high, known.first, known.top3, known.top5, probability_within(contest.sign * drawn, n))
    for name, value in zip(names, values, strict=True):
        found[name][who] = value
    return found


def _winners(contest: Contest, scores: Floats, ranks: Floats, draws: Floats | None) -> dict[str, object]:
    """Who meets the conditions of a winner, and in which share of draws; null without conditions or a score."""
    winner, nobody = contest.award.category.winner, [None] * len(contest.agencies)
    if not winner.decides:
        return {"winner": nobody, "p_winner": nobody}
    ranked = ~np.isnan(ranks)
    wins = winner.met(scores, ranks)
    found: dict[str, object] = {
        "winner": [bool(won) if there else None for won, there in zip(wins, ranked, strict=True)]
    }
    if draws is None:
        return {**found, "p_winner": nobody}
    drawn_ranks = np.full(draws.shape, np.nan)
    who = ~np.isnan(draws).all(axis=0)
    drawn_ranks[:, who] = all_ranks(contest.sign * draws[:, who])
    share = winner.met(draws, drawn_ranks).mean(axis=0)
    return {**found, "p_winner": np.where(ranked, share, np.nan)}


def probability_within(oriented: Floats, n: int) -> Floats:
    """Share of draws in which each agency is among the first ``n``, the higher the better, shape (n_agencies,)."""
    filled = np.nan_to_num(oriented, nan=-np.inf)
    if n >= filled.shape[1]:
        return np.asarray((~np.isnan(oriented)).mean(axis=0), dtype=np.float64)
    bar = np.partition(filled, filled.shape[1] - n, axis=1)[:, filled.shape[1] - n]
    return np.asarray(((filled >= bar[:, None]) & ~np.isnan(oriented)).mean(axis=0), dtype=np.float64)


def _reasons(rules: pl.DataFrame, ranks: Floats, nominees: Bools, n: int) -> list[list[str]]:
    """Why each is or is not nominated."""
    found = []
    for place, (eligible, rule) in enumerate(rules.select("eligible", "rule").iter_rows()):
        if not eligible:
            found.append([rule])
        elif np.isnan(ranks[place]):
            found.append(["no score"])
        else:
            sharing = np.count_nonzero(ranks == ranks[place])
            tied = ["tied at the cut"] if ranks[place] <= n < ranks[place] + sharing - 1 else []
            found.append([*(["nominated"] if nominees[place] else []), *tied] or ["below the cut"])
    return found
