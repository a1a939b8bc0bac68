"""Which credited post carries which hashtag: the table that every figure about hashtags is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from textmine.groups import group_of
from textmine.language.clean import clean
from textmine.language.hashtags import hashtag_identity
from textmine.posts import REPORT_TIME_ZONE, interactions_of_post, is_credited

MIN_POSTS: Final = 5
"""Posts a hashtag must have for rates, intervals, bursts and the network; counts are kept of every hashtag."""

SHORT_TEXT: Final = 5
"""Texts of fewer words are the same only if their hashtags are too, as in ``textmine duplicates``."""

_AROUND: Final = "#＃ "

_COLUMNS: Final = (
    "platform",
    "post_id",
    "account",
    "agency",
    "published_at",
    "caption",
    "hashtags",
    "post_kind",
    "likes",
    "comments",
    "shares",
    "hidden",
    "views",
    "followers",
)


@dataclass(frozen=True)
class HashtagUses:
    """Credited posts, hashtags, and which post carries which.

    Parameters
    ----------
    posts
        A row a credited post, in the order of time, platform and post_id, whatever the order they came in: row (of
        the table they came from), platform, post_id, account (``platform/account``), agency (the account where there
        is none), cluster (null without a register), published_at, day (Asia/Jakarta), interactions, views, followers
        (Float64, null where not reported) and text (equal where two posts say the same; null without hashtags).
    uses
        post (row of ``posts``) and tag (row of ``hashtags``), UInt32; a hashtag counts once a post. Sorted by tag and
        post, so that the uses of a hashtag are in the order of time.
    hashtags
        hashtag (case-folded, with ``#``) and spelling (the most frequent one); sorted by hashtag.
    """

    posts: pl.DataFrame
    uses: pl.DataFrame
    hashtags: pl.DataFrame

    @property
    def n_posts(self) -> int:
        """Credited posts, with and without hashtags."""
        return len(self.posts)

    @cached_property
    def n_posts_with_hashtags(self) -> int:
        """Credited posts with at least one hashtag."""
        return self.uses["post"].n_unique()

    @cached_property
    def frequency(self) -> pl.DataFrame:
        """Posts of each hashtag: tag, posts; in the order of tag, and every hashtag has at least one."""
        return self.uses.group_by("tag").agg(pl.len().alias("posts")).sort("tag")

    def frequent(self, min_posts: int) -> pl.DataFrame:
        """Uses of the hashtags with at least ``min_posts`` posts, in order."""
        kept = self.frequency.filter(pl.col("posts") >= min_posts).select("tag")
        return self.uses.join(kept, on="tag", how="semi", maintain_order="left")

    def with_posts(self, uses: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Uses with columns of their posts beside them."""
        return uses.with_columns(self.posts.select(columns)[uses["post"]])

    def named(self, table: pl.DataFrame) -> pl.DataFrame:
        """Put ``hashtag`` and ``spelling`` in place of ``tag``."""
        names = self.hashtags[table["tag"]]
        return table.select(names["hashtag"], names["spelling"], pl.exclude("tag"))


def hashtag_uses(posts: pl.DataFrame | pl.LazyFrame, *, agencies: pl.DataFrame | None = None) -> HashtagUses:
    """Read which credited post carries which hashtag.

    Memory grows with the posts by about 150 bytes each, and with the hashtags they carry; captions are not kept.

    Parameters
    ----------
    posts
        Canonical posts. Reposts of others and ads are left out: nobody adopts a hashtag by them.
    agencies
        The register, for clusters.

    Returns
    -------
    HashtagUses
    """
    cluster = pl.lit(None, pl.String) if agencies is None else group_of("cluster", agencies=agencies)
    published = pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE)
    # Words in a column of their own: within one expression they would be taken out of the caption twice.
    lazy = posts.lazy().select(_COLUMNS).with_row_index("row").filter(is_credited()).with_columns(_words())
    table = (
        lazy.select(
            "row",
            pl.col("platform"),
            "post_id",
            pl.format("{}/{}", pl.col("platform").cast(pl.String), "account").alias("account"),
            group_of("agency").alias("agency"),
            cluster.alias("cluster"),
            "published_at",
            published.dt.date().alias("day"),
            interactions_of_post().cast(pl.Float64).alias("interactions"),
            pl.col("views", "followers").cast(pl.Float64),
            pl.when(pl.col("hashtags").list.len() > 0).then(_text()).alias("text"),
            pl.col("hashtags").cast(pl.List(pl.Categorical(pl.Categories.random()))),
        )
        .with_columns(pl.col("account", "agency", "cluster").cast(pl.Categorical))
        .collect(engine="streaming")
        .sort("published_at", "platform", "post_id", "row")
    )
    written = (
        table.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("post"), "hashtags")
        .explode("hashtags", empty_as_null=False, keep_nulls=False)
        .rename({"hashtags": "written"})
    )
    hashtags, codes = _vocabulary(written)
    uses = written.join(codes, on="written").select("tag", "post").unique().sort("tag", "post")
    return HashtagUses(table.drop("hashtags"), uses, hashtags)


def hashtag_spellings(posts: pl.LazyFrame) -> pl.DataFrame:
    """Every way in which posts write their hashtags, ``written``, and the ``hashtag`` that it is; in one stream.

    To look for a hashtag among many posts is to look for its spellings: they are folded once, and posts never.
    """
    written = posts.select(pl.col("hashtags").alias("written")).explode(
        "written", empty_as_null=False, keep_nulls=False
    )
    known = written.unique().collect(engine="streaming").sort("written").filter(_bare("written") != "")
    return known.with_columns(hashtag_identity(_bare("written")).alias("hashtag"))


def _bare(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars(_AROUND)


def _vocabulary(written: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hashtags with their most frequent spelling, and the code of every way in which they are written."""
    bare = pl.col("written").cast(pl.String).str.strip_chars(_AROUND).alias("bare")
    spellings = (
        written.group_by("written")
        .agg(pl.len().alias("n"))
        .with_columns(bare)
        .filter(pl.col("bare") != "")
        .with_columns(hashtag_identity(pl.col("bare")).alias("hashtag"), spelling=pl.concat_str(pl.lit("#"), "bare"))
    )
    shown = (
        spellings.group_by("hashtag", "spelling")
        .agg(pl.col("n").sum())
        .sort("hashtag", "n", "spelling", descending=[False, True, False])
        .group_by("hashtag", maintain_order=True)
        .agg(pl.col("spelling").first())
    )
    codes = spellings.join(shown.with_row_index("tag"), on="hashtag").select("written", "tag")
    return shown, codes


def _words() -> pl.Expr:
    """Words of a caption: links, mentions, hashtags, emoji, punctuation and case do not count."""
    lower = clean(pl.col("caption")).str.to_lowercase()
    return lower.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.strip_chars().alias("words")


def _text() -> pl.Expr:
    """Hash of the words of a caption, with the hashtags where they are few."""
    is_short = pl.col("words").str.count_matches(" ", literal=True) < SHORT_TEXT - 1
    few = pl.when(is_short).then("hashtags")
    tags = few.list.eval(pl.element().str.to_lowercase()).list.unique().list.sort().list.join(" #")
    # Equality alone counts: the hash may differ between versions of Polars.
    return pl.when(is_short).then(pl.concat_str("words", pl.lit(" #"), tags)).otherwise("words").hash(7)
