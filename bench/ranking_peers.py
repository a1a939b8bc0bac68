"""Published measures that lists are made by, each as one number an agency: what the default is compared with.

A measure is computed by account; accounts are put together as in textmine, by the mean over platforms of the logarithm
standardised within platform and cluster, so that only the measure differs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from ranking_seasons import Season

from textmine.platforms import PLATFORMS
from textmine.ranking.plain_scores import combined

Values = np.ndarray


def _shape(values: Values) -> Values:
    return values.reshape(-1, len(PLATFORMS))


def _sum(season: Season, values: Values | None = None) -> Values:
    return _shape(np.bincount(season.account, values, minlength=len(season.truth) * len(PLATFORMS)))


def _mean(season: Season, values: Values) -> Values:
    count = _sum(season)
    return np.where(count > 0, _sum(season, values) / np.maximum(count, 1), np.nan)


def _floored(season: Season, rates: Values) -> Values:
    """Logarithm; an account without any engagement is put where half an interaction would be."""
    half = 0.5 / np.maximum(_mean(season, season.followers), 1) / np.maximum(_sum(season), 1)
    return np.log(np.maximum(rates, half))


def raw_rate(season: Season) -> Values:
    """Mean over posts of engagement / followers at posting (Rival IQ, Socialinsider)."""
    return _floored(season, _mean(season, season.engagement / season.followers))


def median_rate(season: Season) -> Values:
    """Median over posts of the same."""
    rate = season.engagement / season.followers
    order = np.lexsort((rate, season.account))
    ranked, count = rate[order], _sum(season).reshape(-1).astype(int)
    start = np.cumsum(count) - count
    low = ranked[np.minimum(start + np.maximum(count - 1, 0) // 2, len(ranked) - 1)]
    high = ranked[np.minimum(start + count // 2, len(ranked) - 1)]
    return _floored(season, _shape(np.where(count > 0, (low + high) / 2, np.nan)))


def crowdtangle_account(season: Season) -> Values:
    """Sum of interactions / posts / mean followers over the window."""
    return _floored(season, _mean(season, season.engagement) / _mean(season, season.followers))


def bonson_ratkai(season: Season) -> Values:
    """Popularity + commitment + virality: mean likes, comments and shares per post x 1000 / page likes (the last)."""
    latest = np.full(len(season.truth) * len(PLATFORMS), np.nan)
    latest[season.account] = season.followers  # posts are in order of time
    reported = season.shares >= 0
    shares = _sum(season, np.where(reported, season.shares, 0.0)) / np.maximum(_sum(season, reported * 1.0), 1)
    total = _mean(season, season.likes) + _mean(season, season.comments) + shares
    return _floored(season, total * 1000 / _shape(latest))


def size_residual(season: Season) -> Values:
    """Residual of log mean engagement on log followers, by platform and cluster."""
    level = np.log(np.maximum(_mean(season, season.engagement), 0.5 / np.maximum(_sum(season), 1)))
    size = np.log(_mean(season, season.followers))
    found = np.full(level.shape, np.nan)
    for group in np.unique(season.group):
        here = np.flatnonzero(season.group == group)
        for platform in range(len(PLATFORMS)):
            rows = here[~np.isnan(level[here, platform])]
            if len(rows) > 2:
                line = np.polyfit(size[rows, platform], level[rows, platform], 1)
                found[rows, platform] = level[rows, platform] - np.polyval(line, size[rows, platform])
    return found


PEERS: dict[str, Callable[[Season], Values]] = {
    "raw rate": raw_rate,
    "median rate": median_rate,
    "CrowdTangle account": crowdtangle_account,
    "Bonson and Ratkai": bonson_ratkai,
    "size residual": size_residual,
}


def peer_scores(season: Season) -> dict[str, Values]:
    """Scores of all peers, shape (n_agencies,) each."""
    scores = {}
    for name, measure in PEERS.items():
        by_account = measure(season)
        score = np.full(len(season.truth), np.nan)
        for group in np.unique(season.group):
            here = season.group == group
            score[here] = combined(by_account[here])
        scores[name] = score
    return scores
