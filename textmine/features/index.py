"""First pass over the posts: what percentiles and novelty need to know of all posts at once, in few bytes each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import iter_batches
from textmine.engagement import post_engagement
from textmine.errors import InputError
from textmine.features.past import Timeline
from textmine.features.peers import audience_tier, percentiles
from textmine.features.zones import local_time
from textmine.groups import group_of
from textmine.platforms import PLATFORMS
from textmine.posts import is_credited, local_day

if TYPE_CHECKING:
    import numpy.typing as npt

FIGURES: Final = ("engagement", "engagement_per_follower", "engagement_per_view")
"""Figures that have percentiles."""

READ: Final = (
    "platform",
    "post_id",
    "account",
    "agency",
    "published_at",
    "caption",
    "hashtags",
    "media_type",
    "post_kind",
    "likes",
    "comments",
    "shares",
    "saves",
    "views",
    "reach",
    "impressions",
    "hidden",
    "rounded",
    "followers",
    "followers_kind",
    "collected_at",
)
"""Canonical columns that features are made of."""


@dataclass(frozen=True)
class Index:
    """All posts in few bytes.

    Parameters
    ----------
    timeline
        Whose each post is, on which day it was published, and whether it counts.
    peers
        What peers are told by, and the figures: a row a post.
    """

    timeline: Timeline
    peers: pl.DataFrame

    def percentiles(self, *, min_posts: int, min_accounts: int) -> pl.DataFrame:
        """Percentiles, sizes and steps of all figures, shape (n_posts, 9); a platform at a time."""
        columns = [self._percentiles_of(name, min_posts, min_accounts) for name in FIGURES]
        return pl.concat(columns, how="horizontal")

    def _percentiles_of(self, figure: str, min_posts: int, min_accounts: int) -> pl.DataFrame:
        rows = self.peers.select("platform").with_row_index("row")
        parts = []
        for platform in PLATFORMS:
            of_platform = self.peers["platform"] == platform
            ranked = percentiles(self.peers.filter(of_platform), figure, min_posts=min_posts, min_accounts=min_accounts)
            parts.append(ranked.insert_column(0, rows.filter(of_platform)["row"]))
        names = {name: f"{figure}_{name}" for name in ("percentile", "peers", "peers_by")}
        return pl.concat(parts).sort("row").drop("row").rename(names)


def read_index(posts: pl.LazyFrame, zones: pl.DataFrame) -> Index:
    """Read the posts once.

    Parameters
    ----------
    posts
        Canonical posts.
    zones
        Time zones of agencies (:func:`textmine.features.zones.time_zones`).

    Raises
    ------
    InputError
        There are no posts.
    """
    owners, peers, days = _Codes(), [], []
    owner, credited = [], []
    columns = [name for name in READ if name not in ("caption", "hashtags", "post_id")]
    accounts = _Codes()
    for batch in iter_batches(posts.select(columns)):
        named = batch.select(group_of("agency").alias("by"), is_credited().alias("credited"))
        owner.append(owners.of(named["by"]))
        credited.append(named["credited"].to_numpy())
        days.append(batch.select(local_day().to_physical()).to_series().to_numpy().astype(np.int32))
        peers.append(_peers(batch, zones).with_columns(pl.Series("account", accounts.of(batch["account"]))))
    if not peers:
        raise InputError("there are no posts to make features of")
    return Index(Timeline(np.concatenate(owner), np.concatenate(days), np.concatenate(credited)), pl.concat(peers))


class _Codes:
    """Numbers names in the order in which they are met."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def of(self, names: pl.Series) -> npt.NDArray[np.int32]:
        """Code of each name, shape (n_posts,)."""
        distinct = names.unique(maintain_order=True)
        for name in distinct.to_list():
            self._codes.setdefault(name, len(self._codes))
        known: Mapping[str, int] = {name: self._codes[name] for name in distinct.to_list()}
        return names.replace_strict(known, return_dtype=pl.Int32).to_numpy()


def _peers(batch: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    figures = post_engagement(batch)
    local = local_time(batch, zones)
    month = pl.col("local").dt.year() * 12 + pl.col("local").dt.month()
    told = local.select("platform", "media_type", audience_tier(pl.col("followers")).alias("audience_tier"),
                        month.cast(pl.Int32).alias("month"))  # fmt: skip
    names = figures.select(pl.col("engagement_figures").cast(pl.Categorical), *FIGURES)
    return pl.concat([told, names], how="horizontal")
