"""Posts as the platforms' tools export them, so that reading them back is exercised: one table a platform.

Headers are those of CrowdTangle (Facebook), tweet-harvest (X), minet (Instagram) and YouTube Data Tools. Tools that
tell no time of collection get a column ``collected_at`` on Instagram and YouTube, as offices' scripts write one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from textmine.platforms import PLATFORMS, Platform

_REACTIONS: Final = {"Love": 0.09, "Wow": 0.01, "Haha": 0.02, "Sad": 0.01, "Angry": 0.005, "Care": 0.015}
_TIMED: Final = ("instagram", "youtube")
"""Platforms whose export says when the figures were read."""

_BROKEN_TIME: Final = {
    "facebook": ("Post Created", "Likes"),
    "x": ("created_at", "favorite_count"),
    "instagram": ("taken_at_timestamp", "comment_count"),
    "youtube": ("publishedAt", "commentCount"),
}
"""Columns in which a broken row is broken: its time or a count."""


@dataclass(frozen=True)
class ExportTable:
    """Rows of one platform's file for one block, and how many of them are duplicates and broken rows."""

    rows: pl.DataFrame
    duplicates: int
    broken: int


def export_tables(
    posts: pl.DataFrame,
    titles: pl.Series,
    accounts: pl.DataFrame,
    *,
    duplicates: float,
    broken: float,
    generator: np.random.Generator,
) -> Mapping[Platform, ExportTable]:
    """Export the posts of a block.

    Parameters
    ----------
    posts, titles
        Canonical posts and the titles of videos (null elsewhere), shape (n_posts,) each.
    accounts
        Display name and page number of each post's account: columns display and page.
    duplicates, broken
        Share of rows to collect twice, and share to add in a form that cannot be read.
    generator
        Source of the splits that the canonical post does not hold (kinds of reactions, retweets and quotes).

    Returns
    -------
    dict
        A table a platform; cells are text as the tool writes them.
    """
    wide = posts.with_columns(titles.alias("title"), accounts["display"], accounts["page"])
    writers = {"facebook": _facebook, "x": _x, "instagram": _instagram, "youtube": _youtube}
    tables: dict[Platform, ExportTable] = {}
    for platform in PLATFORMS:
        mine = wide.filter(pl.col("platform") == platform)
        again = mine.filter(generator.random(len(mine)) < duplicates)
        again = _later(again) if platform in _TIMED else again
        ruined = mine.filter(generator.random(len(mine)) < broken)
        write = writers[platform]
        written, ruined = write(mine, generator), _ruined(write(ruined, generator), _BROKEN_TIME[platform])
        # Without a time of collection the second reading is a plain copy: newer figures could not be told apart.
        copies = (
            write(again, generator)
            if platform in _TIMED
            else written.filter(mine["post_id"].is_in(again["post_id"].to_list()))
        )
        tables[platform] = ExportTable(pl.concat([written, copies, ruined]), len(copies), len(ruined))
    return tables


def _later(posts: pl.DataFrame) -> pl.DataFrame:
    """Return the same posts collected a week later: figures have grown."""
    grown = [(pl.col(c) + pl.col(c) // 20 + 1).alias(c) for c in ("likes", "comments", "views")]
    return posts.with_columns(pl.col("collected_at") + pl.duration(days=7), *grown)


def _ruined(rows: pl.DataFrame, columns: tuple[str, str]) -> pl.DataFrame:
    """Make rows unreadable, by turns in the time and in a count."""
    time, count = columns
    even = pl.int_range(pl.len()) % 2 == 0
    return rows.with_columns(
        pl.when(even).then(pl.lit("tanggal tidak terbaca")).otherwise(pl.col(time)).alias(time),
        pl.when(even).then(pl.col(count)).otherwise(pl.lit("dua ribu lebih")).alias(count),
    )


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _utc(pattern: str) -> pl.Expr:
    return pl.col("published_at").dt.strftime(pattern)


def _facebook(posts: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """CrowdTangle: US Eastern time with its zone, reactions by kind, thousands commas in the total."""
    left = posts["likes"].fill_null(0).to_numpy().astype(np.int64)
    kinds = {}
    for name, share in _REACTIONS.items():
        kinds[name] = generator.binomial(left, share)
        left = left - kinds[name]
    # Eastern time is written out with its zone, because an hour in November stands twice on the clock.
    created = pl.col("published_at").dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d %H:%M:%S %Z")
    total = pl.sum_horizontal("likes", "comments", "shares")
    media = {"image": "Photo", "video": "Native Video", "link": "Link", "text": "Status"}
    return posts.with_columns(*(pl.Series(f"_{k}", v) for k, v in kinds.items()), pl.Series("_like", left)).select(
        pl.col("display").alias("Page Name"),
        pl.col("account").alias("User Name"),
        pl.col("page").alias("Facebook Id"),
        _text("followers").alias("Likes at Posting"),
        _text("followers").alias("Followers at Posting"),
        created.alias("Post Created"),
        pl.col("media_type").cast(pl.String).replace(media).alias("Type"),
        _thousands(total).alias("Total Interactions"),
        _text("_like").alias("Likes"),
        _text("comments").alias("Comments"),
        _text("shares").alias("Shares"),
        *(_text(f"_{name}").alias(name) for name in _REACTIONS),
        _text("views").alias("Post Views"),
        pl.col("url").alias("URL"),
        pl.col("caption").alias("Message"),
    )


def _thousands(number: pl.Expr) -> pl.Expr:
    """Whole number with commas: ``1,972,048``."""
    backwards = number.cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,")
    return backwards.str.reverse().str.strip_prefix(",")


def _x(posts: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """tweet-harvest: Twitter's own spelling of time, retweets and quotes apart."""
    shares = posts["shares"].fill_null(0).to_numpy().astype(np.int64)
    quotes = generator.binomial(shares, 0.12)
    picture = pl.format("https://gambar.example/media/{}.jpg", pl.col("post_id"))
    answered = pl.col("caption").str.extract(r"^@(\w+)")
    reply = pl.when(pl.col("post_kind") == "reply").then(answered)
    return posts.with_columns(pl.Series("_quotes", quotes), pl.Series("_retweets", shares - quotes)).select(
        pl.col("post_id").alias("conversation_id_str"),
        _utc("%a %b %d %H:%M:%S +0000 %Y").alias("created_at"),
        _text("likes").alias("favorite_count"),
        pl.col("caption").alias("full_text"),
        pl.col("post_id").alias("id_str"),
        pl.when(pl.col("media_type") == "image").then(picture).alias("image_url"),
        reply.alias("in_reply_to_screen_name"),
        pl.lit("in").alias("lang"),
        pl.lit(None, pl.String).alias("location"),
        _text("_quotes").alias("quote_count"),
        _text("comments").alias("reply_count"),
        _text("_retweets").alias("retweet_count"),
        pl.col("url").alias("tweet_url"),
        pl.col("page").alias("user_id_str"),
        pl.col("account").alias("username"),
    )


def _instagram(posts: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
    """Write minet's user-posts: Unix time, lists joined by a bar, hidden likes left empty and marked."""
    media = {"image": "GraphImage", "video": "GraphVideo", "carousel": "GraphSidecar"}
    hides = pl.col("hidden").list.len() > 0
    return posts.select(
        pl.col("account").alias("username"),
        pl.col("display").alias("full_name"),
        pl.col("post_id").alias("id"),
        pl.col("media_type").cast(pl.String).replace(media).alias("media_type"),
        pl.col("url").str.extract(r"/p/([^/]+)/").alias("shortcode"),
        "url",
        "caption",
        pl.col("hashtags").list.join("|").alias("hashtags"),
        pl.col("caption").str.extract_all(r"@\w+").list.join("|").str.replace_all("@", "").alias("mentioned_names"),
        pl.when(hides).then(pl.lit("true")).otherwise(pl.lit("false")).alias("like_and_view_counts_disabled"),
        _text("likes").alias("like_count"),
        _text("comments").alias("comment_count"),
        pl.col("published_at").dt.epoch("s").cast(pl.String).alias("taken_at_timestamp"),
        _utc("%Y-%m-%dT%H:%M:%S").alias("utc_time"),
        pl.col("coauthors").list.join("|").alias("coauthor_usernames"),
        _collected(),
    )


def _youtube(posts: pl.DataFrame, _: np.random.Generator) -> pl.DataFrame:
    """Write YouTube Data Tools' video list."""
    body = pl.col("caption").str.slice(pl.col("title").str.len_chars() + 1)
    length = 45 + pl.col("source_row").cast(pl.Int64) * 37 % 900
    return posts.select(
        pl.col("source_row").cast(pl.String).alias("position"),
        pl.format("UC{}", "page").alias("channelId"),
        pl.col("display").alias("channelTitle"),
        pl.col("post_id").alias("videoId"),
        _utc("%Y-%m-%dT%H:%M:%SZ").alias("publishedAt"),
        _utc("%Y-%m-%d %H:%M:%S").alias("publishedAtSQL"),
        pl.col("title").alias("videoTitle"),
        body.alias("videoDescription"),
        pl.col("hashtags").list.join(",").alias("tags"),
        pl.lit("25").alias("videoCategoryId"),
        pl.lit("News & Politics").alias("videoCategoryLabel"),
        pl.format("PT{}M{}S", length // 60, length % 60).alias("duration"),
        length.cast(pl.String).alias("durationSec"),
        pl.lit("2d").alias("dimension"),
        pl.lit("hd").alias("definition"),
        pl.lit("false").alias("caption"),
        pl.lit("id").alias("defaultLanguage"),
        _text("views").alias("viewCount"),
        _text("likes").alias("likeCount"),
        pl.lit("0").alias("favoriteCount"),
        _text("comments").alias("commentCount"),
        _collected(),
    )


def _collected() -> pl.Expr:
    return pl.col("collected_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("collected_at")
