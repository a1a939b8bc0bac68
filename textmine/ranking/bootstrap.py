"""Bootstrap of scores that draws weeks in blocks, as if the season had consisted of other weeks like these.

Posts of one campaign stand and fall together, so that single posts must not be drawn. Weights are numbers of weeks, and
all resamples are one matrix product; posts are not looked at again.

References
----------
Kuensch, H. R. (1989). The Jackknife and the Bootstrap for General Stationary Observations. Annals of Statistics 17,
1217-1241.
Politis, D. N. and Romano, J. P. (1992). A Circular Block-Resampling Procedure for Stationary Data. In: Exploring the
Limits of Bootstrap. Wiley.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textmine.ranking.account_weeks import AccountWeeks
from textmine.ranking.dispersion import BLOCK_WEEKS

if TYPE_CHECKING:
    from textmine.ranking.audience_model import AudienceModel
    from textmine.ranking.plain_scores import Score
    from textmine.ranking.week_draws import WeekResamples

Floats = npt.NDArray[np.float64]

_MOST_SHARED = 0.95
"""Part of the posterior variance that the choice of weeks stands for at the most."""


def week_weights(n_weeks: int, n_resamples: int, *, block_weeks: int = BLOCK_WEEKS, seed: int = 0) -> Floats:
    """How often each week stands in each resample, shape (n_resamples, n_weeks).

    Blocks of ``block_weeks`` weeks in a row begin at any week, the last weeks being followed by the first. Of the
    last block as many weeks are taken as are missing, so that every row sums to ``n_weeks``.

    Examples
    --------
    >>> week_weights(10, 3, block_weeks=4).sum(axis=1).tolist()
    [10.0, 10.0, 10.0]
    """
    if block_weeks < 1:
        raise ValueError(f"a block has at least one week, not {block_weeks}")
    length = min(block_weeks, n_weeks)
    generator = np.random.default_rng([seed, 11])
    whole, rest = divmod(n_weeks, length)
    anywhere = np.full(n_weeks, 1 / n_weeks)
    weights = np.zeros((n_resamples, n_weeks))
    for blocks, weeks in ((whole, length), (1, rest)):
        starts = generator.multinomial(blocks, anywhere, size=n_resamples)
        for shift in range(weeks):
            weights += np.roll(starts, shift, axis=1)
    return weights


def resampled_totals(weeks: AccountWeeks, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Posts, engagement and capped engagement in each resample, shape (n_resamples, n_agencies, 4) each."""

    def summed(part: Floats) -> Floats:
        flat = part.reshape(-1, part.shape[2])
        return np.asarray((weights @ flat.T).reshape(len(weights), *part.shape[:2]))

    return summed(weeks.n_posts), summed(weeks.total), summed(weeks.capped)


def bootstrap_model(model: AudienceModel, weights: Floats) -> Floats:
    """Scores of the model in each resample, its variances kept, shape (n_resamples, n_agencies).

    They are shrunk as the scores are, and vary less than the posterior: they show what the choice of weeks does.
    """
    n_posts, _, capped = resampled_totals(model.weeks, weights)
    return model.smoothed(capped, n_posts)


def bootstrap_score(weeks: AccountWeeks, score: Score, weights: Floats) -> Floats:
    """Any score in each resample, shape (n_resamples, n_agencies). Audiences and best posts stay as they are."""
    n_posts, total, capped = resampled_totals(weeks, weights)
    return np.stack(
        [
            score(replace(weeks.figures, n_posts=n_posts[each], total=total[each], capped=capped[each]))
            for each in range(len(weights))
        ]
    )


def shared_weeks(model: AudienceModel, resamples: WeekResamples) -> tuple[Floats, Floats]:
    """What draws of the model share with all other figures of a season: the choice of weeks.

    The error of a shrunk score has two parts: the luck of its posts, shrunk like the score, and what was shrunk away.
    The first is what other weeks would have changed, so that the weeks that were drawn stand for it; its share of the
    posterior variance is the week bootstrap's variance over it. The second stays the selection's own.

    Returns
    -------
    tuple of numpy.ndarray
        Normal numbers, shape (n_resamples, n_scored), and the part of the variance that they make up, (n_scored,), both
        of the agencies that the model scores.
    """
    n_weeks, block = model.weeks.n_weeks, resamples.block_weeks
    weights = np.ones((n_weeks + 1, n_weeks))  # all weeks first, then without the block that begins at each
    for shift in range(block):
        weights[1 + np.arange(n_weeks), (np.arange(n_weeks) + shift) % n_weeks] = 0.0
    scores = bootstrap_model(model, weights)[:, model.agencies]
    influence = (n_weeks - block) / block * (scores[:1] - scores[1:]).T
    influence -= influence.mean(axis=1, keepdims=True)
    variance = (influence**2).mean(axis=1) / resamples.blocks
    moved = resamples.moved(influence) / np.sqrt(np.where(variance > 0, variance, 1.0))
    whole = model.posterior.sd**2  # 0 where too few posts leave no doubt that the model knows of
    share = np.divide(variance, whole, out=np.where(variance > 0, _MOST_SHARED, 0.0), where=whole > 0)
    return moved, np.clip(share, 0.0, _MOST_SHARED)
