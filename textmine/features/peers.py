"""Where a post stands among its peers: percentiles within platform, media type, audience tier and month.

A big account gets more of everything, and a video is not a photo: a figure means something beside its peers alone.
Peers are credited posts of the same platform, media type, audience tier and month, made of the same figures. Where
they are too few, the group grows coarser, a step at a time, and the step and the size of the group stand beside the
percentile. The last two steps mix audiences of all sizes: there engagement as it is favours big accounts again, and
engagement for each follower small ones.

References
----------
The percentile is that of mid-ranks, (rank - 0.5) / n, ties sharing their mean rank (Hazen 1914): the mean of a group is
always 0.5, whatever its size.
"""

from __future__ import annotations

from typing import Final

import polars as pl

TIERS: Final = ("under 1k", "1k-10k", "10k-100k", "100k-1m", "1m and more", "unknown")
"""Audiences by powers of ten, the least number of the tier included; unknown where no source reports the audience."""
TIER: Final = pl.Enum(TIERS)
_EDGES: Final = (1_000, 10_000, 100_000, 1_000_000)

LADDER: Final[dict[str, tuple[str, ...]]] = {
    "media, tier, month": ("media_type", "audience_tier", "month"),
    "media, tier": ("media_type", "audience_tier"),
    "tier": ("audience_tier",),
    "media": ("media_type",),
    "platform": (),
}
"""Groups of peers within a platform, finest first: what a post shares with them besides platform and figures."""
PEERS: Final = pl.Enum(list(LADDER))

MIN_POSTS: Final = 30
"""Posts that a group of peers has at least."""
MIN_ACCOUNTS: Final = 3
"""Accounts that it has at least: whoever is compared with itself alone is always average. The last step takes one."""


def audience_tier(followers: pl.Expr) -> pl.Expr:
    """Tier of an audience, :data:`TIER`.

    Examples
    --------
    >>> table = pl.DataFrame({"followers": [999, 1000, 2_000_000, None]})
    >>> table.select(audience_tier(pl.col("followers")).alias("tier"))["tier"].to_list()
    ['under 1k', '1k-10k', '1m and more', 'unknown']
    """
    tier = pl.lit(TIERS[-2])
    for edge, name in reversed(list(zip(_EDGES, TIERS, strict=False))):
        tier = pl.when(followers < edge).then(pl.lit(name)).otherwise(tier)
    return pl.when(followers.is_null()).then(pl.lit(TIERS[-1])).otherwise(tier).cast(TIER)


def percentiles(
    posts: pl.DataFrame, figure: str, *, min_posts: int = MIN_POSTS, min_accounts: int = MIN_ACCOUNTS
) -> pl.DataFrame:
    """Percentile of a figure among the peers of each post.

    Parameters
    ----------
    posts
        platform, account, media_type, audience_tier, month, engagement_figures and the figure, shape (n_posts, any). A
        post whose figure is null has no percentile and is nobody's peer.
    figure
        Name of the column.
    min_posts, min_accounts
        Least size of a group of peers.

    Returns
    -------
    polars.DataFrame
        Shape (n_posts, 3), in the order of the posts: ``percentile`` (Float64, above 0 and below 1), ``peers``
        (UInt32, posts of the group, the post itself among them) and ``peers_by`` (:data:`PEERS`). All null where the
        figure is, or where the whole platform has fewer than ``min_posts`` posts.
    """
    table = posts.select(
        "platform",
        "account",
        "media_type",
        "audience_tier",
        "month",
        "engagement_figures",
        pl.col(figure).alias("value"),
    ).with_row_index("row")
    left = table.filter(pl.col("value").is_not_null())
    every, found = left, []
    for name, keys in LADDER.items():
        by = ["platform", "engagement_figures", *keys]
        large = _large_groups(every, by, min_posts, min_accounts if keys else 1)
        ready = left.join(large, on=by, how="semi", nulls_equal=True)
        found.append(_ranked(every, ready, by, name))
        left = left.join(large, on=by, how="anti", nulls_equal=True)
    ranked = table.select("row").join(pl.concat(found), on="row", how="left", maintain_order="left")
    return ranked.drop("row")


def _large_groups(every: pl.DataFrame, by: list[str], min_posts: int, min_accounts: int) -> pl.DataFrame:
    sizes = every.group_by(by).agg(pl.len().alias("n"), pl.col("account").n_unique().alias("accounts"))
    return sizes.filter((pl.col("n") >= min_posts) & (pl.col("accounts") >= min_accounts)).select(by)


def _ranked(every: pl.DataFrame, ready: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """Percentiles of the posts that are ready, among all posts of their groups."""
    groups = every.join(ready.select(by).unique(), on=by, how="semi", nulls_equal=True)
    ranked = groups.select(
        "row",
        ((pl.col("value").rank("average").over(by) - 0.5) / pl.len().over(by)).alias("percentile"),
        pl.len().over(by).cast(pl.UInt32).alias("peers"),
        pl.lit(name, PEERS).alias("peers_by"),
    )
    return ranked.join(ready.select("row"), on="row", how="semi")
