"""Posts whose figures are drawn in sight, for the screens."""

import datetime as dt

import numpy as np
import polars as pl

from textmine.posts import POLARS_SCHEMA

START = dt.datetime(2020, 1, 1, 5, tzinfo=dt.UTC)


def posts(*, accounts=4, each=60, seed=0, platform="instagram", followers_kind="register"):
    """Likes are gamma-Poisson, comments one in twenty of them, a post every other day."""
    generator = np.random.default_rng(seed)
    n = accounts * each
    account, day = np.repeat(np.arange(accounts), each), np.tile(np.arange(each) * 2, accounts)
    rate = (account + 1) * 200 * generator.gamma(1.5, 1 / 1.5, n)
    likes = generator.poisson(rate)
    return frame(
        platform=[platform] * n,
        post_id=[f"p{number}" for number in range(n)],
        account=[f"akun{a}" for a in account],
        agency=[f"instansi{a}" for a in account],
        published_at=[START + dt.timedelta(days=int(d)) for d in day],
        caption=[f"kabar ke {number} dari kami" for number in range(n)],
        likes=likes,
        comments=generator.poisson(rate / 20),
        followers=np.round(10_000 * (account + 1) * np.exp(0.001 * day + generator.normal(0, 0.002, n))).astype(int),
        followers_kind=[followers_kind] * n,
    )


def frame(**columns):
    """Canonical posts; columns that are not given hold what is usual."""
    n = len(columns["post_id"])
    usual = {
        "platform": ["instagram"] * n,
        "caption": [""] * n,
        "agency": columns.get("account"),
        "hashtags": [[]] * n,
        "media_type": ["image"] * n,
        "post_kind": ["original"] * n,
        "coauthors": [[]] * n,
        "hidden": [[]] * n,
        "rounded": [[]] * n,
        "followers_kind": ["unknown"] * n,
        "published_at": [START + dt.timedelta(hours=number) for number in range(n)],
        "source": ["test"] * n,
        "source_row": list(range(n)),
    }
    given = usual | columns
    return pl.DataFrame(
        {
            name: pl.Series(name, given[name]).cast(dtype) if name in given else pl.Series(name, [None] * n, dtype)
            for name, dtype in POLARS_SCHEMA.items()
        }
    )
