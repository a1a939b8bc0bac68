"""One table: scores at equal audience with all that is known of them, the raw rate and the residual beside them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.blas import one_blas_thread
from textmine.platforms import PLATFORMS
from textmine.ranking.audience_model import Z90, AudienceModel
from textmine.ranking.bootstrap import bootstrap_model, week_weights
from textmine.ranking.dispersion import BLOCK_WEEKS
from textmine.ranking.plain_scores import raw_rate, size_residual
from textmine.ranking.ranks import LEVEL, rank_uncertainty, ranks

Floats = npt.NDArray[np.float64]

DRAWS: Final = 2000

LEAGUE_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "agency": pl.String(),
        "posts": pl.UInt64(),
        "platforms": pl.UInt8(),
        "followers": pl.Float64(),
        "score": pl.Float64(),
        "sd": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "times": pl.Float64(),
        "rank": pl.UInt32(),
        "rank_low": pl.UInt32(),
        "rank_high": pl.UInt32(),
        "p_first": pl.Float64(),
        "p_top3": pl.Float64(),
        "p_top5": pl.Float64(),
        "raw_rate": pl.Float64(),
        "raw_rank": pl.UInt32(),
        "residual": pl.Float64(),
        "residual_rank": pl.UInt32(),
        "weeks_low": pl.Float64(),
        "weeks_high": pl.Float64(),
        "weeks_rank_low": pl.UInt32(),
        "weeks_rank_high": pl.UInt32(),
        "weeks_p_first": pl.Float64(),
        "weeks_p_top5": pl.Float64(),
    }
)


def league_table(
    model: AudienceModel, *, n_draws: int = DRAWS, block_weeks: int = BLOCK_WEEKS, seed: int = 0
) -> pl.DataFrame:
    """All agencies, best first within their group.

    Parameters
    ----------
    model
        From :func:`textmine.ranking.audience_model.fit_audience_model`.
    n_draws
        Draws of the posterior, and resamples of weeks.
    block_weeks
        Weeks a block of the bootstrap.
    seed
        Of both.

    Returns
    -------
    polars.DataFrame
        Rows of ``LEAGUE_SCHEMA``. ``score`` is a logarithm, ``times`` its exponential: how many times the engagement
        of the average agency of the group at equal audience. ``low`` and ``high`` bound it at 90 %, ``rank_low`` and
        ``rank_high`` the rank; ``p_first``, ``p_top3``, ``p_top5`` are probabilities. ``raw_rate`` and ``residual``
        are standardised (:mod:`textmine.ranking.plain_scores`). ``weeks_...`` comes from resampled weeks alone. An
        agency without a score (no followers known) stands last with nulls.
    """
    weeks, figures = model.weeks, model.weeks.figures
    group = agency_groups(model)  # also of agencies without a score
    scores, sd = model.scores(), model.standard_deviations()
    with one_blas_thread():  # the same bytes on any machine
        known = rank_uncertainty(model.draws(n_draws, seed=seed), group)
        resampled = bootstrap_model(model, week_weights(weeks.n_weeks, n_draws, block_weeks=block_weeks, seed=seed))
    of_weeks = rank_uncertainty(resampled, group)
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    raw, residual = raw_rate(figures), size_residual(figures)
    columns: dict[str, object] = {
        "group": [model.group_names[place] for place in group],
        "agency": weeks.agencies,
        "posts": figures.n_posts.sum(axis=1),
        "platforms": (figures.n_posts > 0).sum(axis=1),
        "followers": np.nansum(figures.followers, axis=1),
        "score": scores,
        "sd": sd,
        "low": scores - Z90 * sd,
        "high": scores + Z90 * sd,
        "times": np.exp(scores),
        "rank": ranks(scores, group),
        "rank_low": known.low,
        "rank_high": known.high,
        "p_first": known.first,
        "p_top3": known.top3,
        "p_top5": known.top5,
        "raw_rate": raw,
        "raw_rank": ranks(raw, group),
        "residual": residual,
        "residual_rank": ranks(residual, group),
        "weeks_low": low,
        "weeks_high": high,
        "weeks_rank_low": of_weeks.low,
        "weeks_rank_high": of_weeks.high,
        "weeks_p_first": of_weeks.first,
        "weeks_p_top5": of_weeks.top5,
    }
    frame = pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.cast(LEAGUE_SCHEMA).sort("group", "rank", "agency", nulls_last=True)


def agency_groups(model: AudienceModel) -> npt.NDArray[np.int64]:
    """Ranking group of every agency, scored or not: position in ``model.group_names``, shape (n_agencies,)."""
    if model.within == "all":
        return np.zeros(len(model.weeks.agencies), dtype=np.int64)
    places = {name: place for place, name in enumerate(model.group_names)}
    return np.array([places[name] for name in model.weeks.clusters], dtype=np.int64)


def account_table(model: AudienceModel) -> pl.DataFrame:
    """What the model was given, one row an account: posts, engagement, capped engagement, audience, best post."""
    figures, rows = model.weeks.figures, np.nonzero(model.weeks.figures.n_posts > 0)
    return pl.DataFrame(
        {
            "agency": [model.weeks.agencies[place] for place in rows[0]],
            "platform": [PLATFORMS[place] for place in rows[1]],
            "posts": figures.n_posts[rows],
            "engagement": figures.total[rows],
            "capped_engagement": figures.capped[rows],
            "followers": figures.followers[rows],
            "top_post": figures.top[rows],
        }
    ).with_columns(pl.col("followers").fill_nan(None), pl.col("posts").cast(pl.UInt64))
