"""The register that analyses may see, and what is hidden about agencies and accounts."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import polars as pl

from textmine.platforms import PLATFORMS
from textmine.simulation.plan import MEDIA_EFFECT, MEDIA_SHARE
from textmine.simulation.register import Register
from textmine.simulation.rows import account_names
from textmine.simulation.schedule import Integers
from textmine.simulation.season import Season
from textmine.simulation.settings import SimulationSettings

EQUAL_AUDIENCE: Final = 100_000
"""Followers at which agencies are compared in the truth."""


def agency_register(settings: SimulationSettings, register: Register) -> pl.DataFrame:
    """Return the register as :func:`textmine.read_agencies` reads it: one row an account."""
    shown = register.followers + register.bought
    n = len(register.institutions)
    return pl.DataFrame(
        {
            "agency": [each.key for each in register.institutions for _ in PLATFORMS],
            "name": [each.name for each in register.institutions for _ in PLATFORMS],
            "cluster": [each.cluster for each in register.institutions for _ in PLATFORMS],
            "platform": list(PLATFORMS) * n,
            "account": account_names(register),
            "followers": shown.reshape(-1).astype(np.int64),
            "followers_at": [settings.end] * (n * len(PLATFORMS)),
        }
    )


def account_truth(season: Season, posts_per_account: Integers) -> pl.DataFrame:
    """Hidden truth by account.

    Returns
    -------
    polars.DataFrame
        Shape (n_agencies x 4, 9): agency, platform, account, b, real_followers (at the end), bought_followers,
        n_posts, expected_at_equal_audience (mean engagement of an original post at 100,000 followers, campaigns and
        giveaways apart) and expected_at_own_audience.
    """
    register = season.register
    per_unit = _expected_per_unit(season)
    exponent = register.exponent.reshape(-1)
    real = register.followers.reshape(-1)
    return pl.DataFrame(
        {
            "agency": [each.key for each in register.institutions for _ in PLATFORMS],
            "platform": list(PLATFORMS) * len(register.institutions),
            "account": account_names(register),
            "b": exponent,
            "real_followers": real.astype(np.int64),
            "bought_followers": register.bought.reshape(-1).astype(np.int64),
            "n_posts": posts_per_account,
            "expected_at_equal_audience": per_unit.reshape(-1) * EQUAL_AUDIENCE**exponent,
            "expected_at_own_audience": per_unit.reshape(-1) * real**exponent,
        }
    )


def agency_truth(season: Season, posts_per_account: Integers) -> pl.DataFrame:
    """Hidden truth by agency, one row each.

    Returns
    -------
    polars.DataFrame
        agency, name, cluster, topic (main), quality (logarithm), b (mean over platforms),
        expected_at_equal_audience (platforms weighted by their share of posts), n_posts, giveaways, buys_likes,
        buys_followers and bought_on (the day on which followers jumped, null for none).
    """
    register, settings = season.register, season.settings
    weight = np.array([settings.platform_share.get(name, 0.0) for name in PLATFORMS])
    equal = _expected_per_unit(season) * EQUAL_AUDIENCE**register.exponent
    days = [settings.start + dt.timedelta(days=int(day)) if day >= 0 else None for day in register.jump_day]
    return pl.DataFrame(
        {
            "agency": [each.key for each in register.institutions],
            "name": [each.name for each in register.institutions],
            "cluster": [each.cluster for each in register.institutions],
            "topic": [season.book.topics[each.main].name for each in register.institutions],
            "quality": register.quality,
            "b": register.exponent.mean(axis=1),
            "expected_at_equal_audience": equal @ weight / weight.sum(),
            "n_posts": posts_per_account.reshape(-1, len(PLATFORMS)).sum(axis=1),
            "giveaways": register.is_giveaway,
            "buys_likes": register.is_bot,
            "buys_followers": register.jump_day >= 0,
            "bought_on": pl.Series(days, dtype=pl.Date),
        }
    )


def _expected_per_unit(season: Season) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Expected engagement of an original post divided by followers^b, shape (n_agencies, 4)."""
    settings = season.settings
    base = np.array([settings.base[name] for name in PLATFORMS])
    media = np.array(
        [
            sum(share * np.exp(MEDIA_EFFECT.get(kind, 0.0)) for kind, share in MEDIA_SHARE[name].items())
            for name in PLATFORMS
        ]
    )
    topics = season.register.topics @ np.exp(season.audience.topic_effects)
    quality = np.exp(season.register.quality + settings.post_quality_sd**2 / 2)
    return np.asarray((quality * topics)[:, None] * (base * media)[None, :])
