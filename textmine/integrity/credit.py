"""Posts whose content is not the account's alone: reposts, posts with other agencies, copies of what others posted.

Such posts are credited once, and never twice. Reposts are not credited by any stage; a post of several accounts has one
row, credited to the account that it stands under; where it was collected under each of them, all but one say so. A copy
is a near duplicate (stage ``duplicates``) of what another agency had posted before, and the agency itself had not.
Short texts, and words that many agencies post, are a campaign or a greeting, and score low.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.batches import detached
from textmine.groups import group_of
from textmine.posts import KEY, is_credited

CREDIT_SCHEMA: Final = pl.Schema(
    {"row": pl.UInt32(), "reason": pl.String(), "score": pl.Float64(), "other": pl.String(), "number": pl.Int64()}
)
FEW_AGENCIES: Final = 3
"""Agencies with the same text from which it is taken for words that were handed out."""
MIN_WORDS: Final = 12
"""Words of a text that is long enough to be somebody's own: greetings are alike without being copied."""
LOOSE: Final = 0.6
"""Similarity at which the score of a copy is 0; at 0.8 it is one half."""
SHARED: Final = 0.3
"""Score of a post with other agencies, and of handed-out words: to be known, not to be taken away."""
LEAST_SCORE: Final = 0.2
TWICE: Final = 0.9
"""Score of a post of several accounts that stands under another of them too."""


def borrowed_posts(posts: pl.LazyFrame, near_duplicates: pl.LazyFrame | None) -> pl.DataFrame:
    """Find posts whose content is not the account's alone.

    Parameters
    ----------
    posts
        Canonical posts in order; texts are read for posts of several accounts only.
    near_duplicates
        Columns of ``near_duplicates.parquet``; None leaves copies out.

    Returns
    -------
    polars.DataFrame
        Columns of ``CREDIT_SCHEMA`` by row: ``repost``, ``collaboration`` or ``copy``; ``other`` names the other agency
        or its account, ``number`` counts the agencies with it.
    """
    numbered = posts.with_row_index("row")
    parts = [_reposts(numbered), _collaborations(numbered)]
    if near_duplicates is not None:
        parts.append(_copies(numbered, near_duplicates))
    return pl.concat(part.select(pl.col(c).cast(d) for c, d in CREDIT_SCHEMA.items()) for part in parts).sort(
        "row", "reason"
    )


def _reposts(posts: pl.LazyFrame) -> pl.DataFrame:
    found = posts.filter(pl.col("post_kind").cast(pl.String) == "repost")
    return found.select(
        "row", reason=pl.lit("repost"), score=1.0, other=pl.lit(None, pl.String), number=pl.lit(None, pl.Int64)
    ).collect(engine="streaming")


def _collaborations(posts: pl.LazyFrame) -> pl.DataFrame:
    """Posts with accounts of other agencies; those that were collected under another account before are told apart."""
    agency = group_of("agency")
    owners = posts.group_by("platform", pl.col("account").alias("partner")).agg(agency.min().alias("other"))
    shared = posts.filter(is_credited() & (pl.col("coauthors").list.len() > 0)).select(
        "row",
        "platform",
        "account",
        "caption",
        "published_at",
        agency.alias("own"),
        pl.col("coauthors").alias("partner"),
    )
    each = shared.explode("partner").with_columns(pl.col("partner").str.to_lowercase().str.strip_prefix("@"))
    known = each.join(owners, on=("platform", "partner"), how="inner").filter(pl.col("other") != pl.col("own"))
    pairs = detached(known).collect(engine="streaming").sort("row", "partner")
    # The same post under the other account: same words, same minute, and each names the other.
    minute = pl.col("published_at").dt.truncate("1m").alias("minute")
    mirror = pairs.select("platform", minute, "caption", partner="account", account="partner", first="row")
    twice = pairs.with_columns(minute).join(
        mirror, on=("platform", "minute", "caption", "account", "partner"), how="left", maintain_order="left"
    )
    again = (pl.col("first") < pl.col("row")).any()
    return twice.group_by("row", maintain_order=True).agg(
        pl.lit("collaboration").first().alias("reason"),
        pl.when(again).then(TWICE).otherwise(SHARED).first().alias("score"),
        pl.col("other").unique(maintain_order=True).first(),
        (pl.col("other").n_unique() + 1).alias("number"),
    )


def _copies(posts: pl.LazyFrame, near_duplicates: pl.LazyFrame) -> pl.DataFrame:
    """Near duplicates of what another agency posted before and the own agency had not."""
    marked = near_duplicates.with_columns(pl.col("platform").cast(pl.String)).filter(pl.col("n_accounts") > 1)
    keyed = posts.select(
        "row",
        pl.col("platform").cast(pl.String),
        "post_id",
        "published_at",
        is_credited().alias("credited"),
        pl.col("caption").str.count_matches(r"[\p{L}\p{N}]+").alias("n_words"),
        group_of("agency").alias("agency"),
    )
    placed = keyed.join(marked, on=list(KEY), how="inner").collect(engine="streaming").sort("published_at", "row")
    began = placed.with_columns(
        pl.col("agency").n_unique().over("cluster").alias("number"),
        pl.col("agency").first().over("cluster").alias("other"),
        pl.col("similarity").first().over("cluster").alias("first_similarity"),
        pl.col("published_at").min().over("cluster").alias("first"),
        pl.col("published_at").min().over("cluster", "agency").alias("own_first"),
    )
    copied = began.filter(
        pl.col("credited") & (pl.col("other") != pl.col("agency")) & (pl.col("own_first") > pl.col("first"))
    )
    few = pl.col("number") < FEW_AGENCIES
    alike = pl.min_horizontal("similarity", "first_similarity")
    close = (((alike - LOOSE) / (1 - LOOSE)).clip(0, 1)).alias("score")
    score = pl.when(few & (pl.col("n_words") >= MIN_WORDS)).then(close).otherwise(pl.min_horizontal(close, SHARED))
    scored = copied.with_columns(score.alias("score")).filter(pl.col("score") >= LEAST_SCORE)
    return scored.sort("row").select("row", pl.lit("copy").alias("reason"), "score", "other", "number")
