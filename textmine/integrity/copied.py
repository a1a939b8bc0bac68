"""Comments below a post that share their text, as paid ones do.

Short comments (*mantap*, *amin*) are alike everywhere and are not counted. Of those of five words and more, one is
copied where at least three under the posts of one account have nearly its text. A post is told where more of its
comments are copied than is usual on the platform, by the binomial distribution, with the false discovery rate
controlled. Rules of giveaways and wishes (*selamat ulang tahun*) make copies too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from scipy.special import betainc

from textmine.duplicates import near_duplicates
from textmine.integrity.discovery import adjusted, score_of
from textmine.posts import KEY, POLARS_SCHEMA

COPIED_SCHEMA: Final = pl.Schema(
    {"row": pl.UInt32(), "score": pl.Float64(), "copied": pl.Int64(), "long_comments": pl.Int64()}
)
MIN_WORDS: Final = 5
MIN_COPIES: Final = 3
"""Comments with the same text under an account, from which each is a copy."""
LEAST_COPIED: Final = 5
LEAST_SHARE: Final = 0.3
LEAST_SCORE: Final = 0.2

_USUAL_SHARE: Final = 0.05
"""Share of copies is never taken to be less usual than this."""
_MANY_POSTS: Final = 8
_WORD: Final = r"[\p{L}\p{N}]+"


def copied_comments(comments: pl.LazyFrame, posts: pl.LazyFrame) -> pl.DataFrame:
    """Find posts below which many comments share their text.

    Parameters
    ----------
    comments
        Columns of :data:`textmine.ingest.comments.COMMENT_SCHEMA`; read twice. Those without a post, and those that an
        account wrote below its own posts, are left out.
    posts
        Canonical posts in order.

    Returns
    -------
    polars.DataFrame
        Columns of ``COPIED_SCHEMA``, by row.
    """
    owners = posts.with_row_index("row").select("row", pl.col("platform").cast(pl.String), "post_id", "account")
    text = pl.col("text").fill_null("")
    known = (
        comments.with_row_index("number")
        .with_columns(pl.col("platform").cast(pl.String))
        .join(owners, on=list(KEY), how="inner", maintain_order="left")  # both readings see the same order
        .filter(~pl.col("by_owner").fill_null(value=False) & (pl.col("author").fill_null("") != pl.col("account")))
        .filter(text.str.count_matches(_WORD) >= MIN_WORDS)
    )
    places = known.select("number", "row", "account", "platform").collect(engine="streaming").sort("number")
    if places.is_empty():
        return COPIED_SCHEMA.to_frame()
    alike = near_duplicates(_as_posts(known), min_words=MIN_WORDS).select(
        pl.col("post_id").cast(pl.UInt32).alias("number"), "cluster"
    )
    marked = places.join(alike, on="number", how="left", maintain_order="left")
    same = pl.len().over("platform", "account", "cluster") >= MIN_COPIES
    copied = (pl.col("cluster").is_not_null() & same).alias("copied")
    counted = (
        marked.with_columns(copied)
        .group_by("row", "platform")
        .agg(pl.col("copied").sum().cast(pl.Int64), pl.len().cast(pl.Int64).alias("long_comments"))
        .sort("row")
    )
    return _told(counted)


def _as_posts(comments: pl.LazyFrame) -> pl.LazyFrame:
    """Comments in the columns in which near duplicates are looked for."""
    number = pl.col("number").cast(pl.String)
    return comments.select(
        pl.col("platform").cast(POLARS_SCHEMA["platform"]),
        number.alias("post_id"),
        pl.col("author").fill_null(number).alias("account"),
        pl.lit(0).cast(pl.Datetime("us", "UTC")).alias("published_at"),
        pl.col("text").alias("caption"),
        pl.lit([], pl.List(pl.String)).alias("hashtags"),
        pl.lit("original").alias("post_kind"),
    )


def _told(counted: pl.DataFrame) -> pl.DataFrame:
    """Posts with more copies than is usual: the median of many posts, or what few others have together."""
    share = pl.col("copied") / pl.col("long_comments")
    many = pl.col("long_comments") >= LEAST_COPIED
    others = [pl.col(name).sum().over("platform") - pl.col(name) for name in ("copied", "long_comments")]
    together = (others[0] / others[1]).fill_nan(0.0)
    usual_of_many = pl.when(many.sum().over("platform") >= _MANY_POSTS).then(
        pl.when(many).then(share).median().over("platform")
    )
    usual = usual_of_many.otherwise(together)
    rate = counted.select(usual.clip(_USUAL_SHARE, 1.0)).to_series().to_numpy()
    copied, whole = (counted[name].to_numpy().astype(np.float64) for name in ("copied", "long_comments"))
    # Probability of so many or more, by the binomial distribution.
    tail = np.where(copied > 0, betainc(np.maximum(copied, 1.0), whole - copied + 1, rate), 1.0)
    scored = counted.with_columns(pl.Series("score", score_of(adjusted(tail))))
    enough = (pl.col("copied") >= LEAST_COPIED) & (share >= LEAST_SHARE) & (pl.col("score") >= LEAST_SCORE)
    return scored.filter(enough).select(pl.col(name).cast(dtype) for name, dtype in COPIED_SCHEMA.items())
