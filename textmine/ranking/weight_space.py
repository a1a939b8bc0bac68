"""Under which weights an agency is first, or a nominee: its share of all weights that a weighted sum could have.

The weights of k parts that are 0 or more and sum to 1 are a simplex; every point of it counts alike. A part that counts
against an agency keeps its sign.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.ranking.contest import Contest
from textmine.ranking.nominate import Nomination

Floats = npt.NDArray[np.float64]

WEIGHT_DRAWS: Final = 20_000

WEIGHT_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "rank": pl.UInt32(),
        "nominee": pl.Boolean(),
        "first_share": pl.Float64(),
        "first_error": pl.Float64(),
        "nominee_share": pl.Float64(),
        "nominee_error": pl.Float64(),
    }
)
"""Shares of the weights, 0 to 1, with their standard errors: 0 where they are exact."""


def weight_shares(
    contest: Contest, nomination: Nomination, *, n_draws: int = WEIGHT_DRAWS, seed: int = 0
) -> pl.DataFrame:
    """Find the share of the weight simplex in which each agency is first, and among the nominees.

    The parts are those of the measure as :meth:`Expression.parts` takes it apart. With two parts the shares are exact,
    from the weights at which two agencies change places; with more they are counted in draws from a Dirichlet
    distribution that is even over the simplex. Scores that are equal count for all who share them. Constants that the
    measure adds are the same for all and do not matter.

    Parameters
    ----------
    contest, nomination
        The award, and who is nominated: the number of nominees is kept.
    n_draws, seed
        Of the weights, with three parts or more.

    Returns
    -------
    polars.DataFrame
        Rows of ``WEIGHT_SCHEMA`` for the agencies with a score in each part, the largest shares first.
    """
    parts = [part for part in contest.award.category.measure.parts() if part.weight]
    values = np.stack([contest.sign * np.sign(part.weight) * contest.evaluate(part.expression) for part in parts])
    known = np.flatnonzero(~np.isnan(values).any(axis=0) & ~np.isnan(nomination.ranks))
    exact = len(parts) <= 2
    first, among = np.zeros(len(known)), np.zeros(len(known))
    if known.size:
        weights, shares = _cells(values[:, known]) if exact else _draws(len(parts), n_draws, seed)
        # Not a matrix product: its last digits differ between machines.
        scores = np.einsum("dp,pa->da", weights, values[:, known])
        first, among = _shares(scores, shares, 1), _shares(scores, shares, nomination.n)
    size = np.inf if exact else n_draws
    columns = {
        "agency": [contest.agencies[place] for place in known],
        "rank": nomination.ranks[known],
        "nominee": nomination.nominees[known],
        "first_share": first,
        "first_error": np.sqrt(first * (1 - first) / size),
        "nominee_share": among,
        "nominee_error": np.sqrt(among * (1 - among) / size),
    }
    order = ["first_share", "nominee_share", "rank", "agency"]
    return pl.DataFrame(columns).cast(WEIGHT_SCHEMA).sort(order, descending=[True, True, False, False])


def _draws(n_parts: int, n_draws: int, seed: int) -> tuple[Floats, Floats]:
    """Weights drawn evenly from the simplex, shape (n_draws, n_parts), and the share that each stands for."""
    weights = np.random.default_rng([seed, 17]).dirichlet(np.ones(n_parts), size=n_draws)
    return weights, np.full(n_draws, 1 / n_draws)


def _cells(values: Floats) -> tuple[Floats, Floats]:
    """Weights in the middle of each cell in which the order of agencies is the same, and the length of the cell."""
    if len(values) == 1:
        return np.ones((1, 1)), np.ones(1)
    left, right = np.triu_indices(values.shape[1], k=1)
    ahead, behind = values[0, left] - values[0, right], values[1, left] - values[1, right]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = behind / (behind - ahead)  # w * ahead + (1 - w) * behind = 0
    edges = np.unique(np.concatenate([[0.0, 1.0], crossing[(crossing > 0) & (crossing < 1)]]))
    middles = (edges[1:] + edges[:-1]) / 2
    return np.stack([middles, 1 - middles], axis=1), np.diff(edges)


def _shares(scores: Floats, shares: Floats, n: int) -> Floats:
    """Share in which each agency is among the first ``n``, shape (n_agencies,)."""
    place = max(scores.shape[1] - n, 0)
    bar = np.partition(scores, place, axis=1)[:, place]
    found = np.where(scores >= bar[:, None], shares[:, None], 0.0).sum(axis=0)
    return np.asarray(np.minimum(found, 1.0))
