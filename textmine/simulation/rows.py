"""Canonical posts of a block, and the hidden truth beside them."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.platforms import PLATFORMS
from textmine.posts import MEDIA_TYPES, POLARS_SCHEMA, POST_KINDS
from textmine.simulation.engagement import Figures
from textmine.simulation.phrases import PhraseBook
from textmine.simulation.plan import Plan
from textmine.simulation.register import Register

SOURCE: Final = "SIMULATED"
COAUTHORED: Final = 200
"""One Instagram post in so many is published together with another agency."""

_LETTERS: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)
_X_EPOCH: Final = 1_288_834_974_657
_INSTAGRAM_EPOCH: Final = 1_314_220_021_721


def canonical_posts(
    plan: Plan, figures: Figures, caption: pl.Series, register: Register, *, collected_at: dt.datetime
) -> pl.DataFrame:
    """Posts as :class:`textmine.posts.PostSchema` has them.

    Parameters
    ----------
    plan, figures, caption
        The block, shape (n_posts,) each; a video's caption is its title, a line break and its description.
    register
        The institutions.
    collected_at
        When the figures were read.

    Returns
    -------
    polars.DataFrame
        Shape (n_posts, 25), in the order of the plan.
    """
    names = pl.Series([each.key for each in register.institutions])
    handles = account_names(register)
    together = (plan.platform == PLATFORMS.index("instagram")) & (plan.number % COAUTHORED == 7)
    at_posting = plan.platform == PLATFORMS.index("facebook")
    frame = pl.DataFrame(
        {
            "platform": _category(plan.platform, PLATFORMS),
            "post_id": post_ids(plan),
            "account": handles.gather(plan.agency * len(PLATFORMS) + plan.platform),
            "agency": names.gather(plan.agency),
            "published_at": pl.Series(plan.second * 1_000_000, dtype=pl.Int64),
            "caption": caption,
            "media_type": _category(plan.media, MEDIA_TYPES),
            "post_kind": _category(plan.kind, POST_KINDS),
            "coauthor": handles.gather(plan.other_agency * len(PLATFORMS) + PLATFORMS.index("instagram")),
            "together": together,
            "likes": figures.likes,
            "comments": figures.comments,
            "shares": figures.shares,
            "views": figures.views,
            "hides": figures.hidden,
            "followers": np.where(at_posting, figures.followers, figures.followers_end),
            "at_posting": at_posting,
            "source_row": plan.number + 1,
        }
    )
    frame = frame.with_columns(_shortcodes(frame, plan))
    return _finished(frame, collected_at)


def _finished(frame: pl.DataFrame, collected_at: dt.datetime) -> pl.DataFrame:
    """Columns that follow from others, in the canonical order and types."""
    nothing = pl.lit(None, pl.UInt64)
    url = (
        pl.when(pl.col("platform") == "x").then(pl.format("https://x.com/{}/status/{}", "account", "post_id"))
        .when(pl.col("platform") == "facebook")
        .then(pl.format("https://www.facebook.com/{}/posts/{}", "account", "post_id"))
        .when(pl.col("platform") == "instagram").then(pl.format("https://www.instagram.com/p/{}/", "code"))
        .when(pl.col("platform") == "youtube").then(pl.format("https://www.youtube.com/watch?v={}", "post_id"))
    )  # fmt: skip
    hidden = pl.when("hides").then(pl.lit(["likes"], pl.List(pl.String))).otherwise(pl.lit([], pl.List(pl.String)))
    kind = pl.when("at_posting").then(pl.lit("at_posting")).otherwise(pl.lit("register"))
    alone = pl.lit([], pl.List(pl.String))
    made = frame.lazy().with_columns(
        pl.col("published_at").cast(pl.Datetime("us", "UTC")),
        pl.when("together").then(pl.concat_list("coauthor")).otherwise(alone).alias("coauthors"),
        *(pl.when(pl.col(c) >= 0).then(pl.col(c)).alias(c) for c in ("likes", "comments", "shares", "views")),
        *(nothing.alias(c) for c in ("saves", "reach", "impressions")),
        hashtags_of(pl.col("caption")).alias("hashtags"),
        hidden.alias("hidden"),
        pl.lit([], pl.List(pl.String)).alias("rounded"),
        kind.alias("followers_kind"),
        url.alias("url"),
        pl.lit(collected_at).alias("collected_at"),
        pl.lit(SOURCE).alias("source"),
    )
    return made.select(pl.col(name).cast(dtype) for name, dtype in POLARS_SCHEMA.items()).collect()


def hashtags_of(caption: pl.Expr) -> pl.Expr:
    """Hashtags as typed, in order, without ``#``: a simulated caption has none inside words or links.

    Examples
    --------
    >>> pl.DataFrame({"c": ["Ayo! #HidupSehat #info"]}).select(hashtags_of(pl.col("c"))).item().to_list()
    ['HidupSehat', 'info']
    """
    return caption.str.extract_all(r"#\p{L}[\p{L}\p{N}_]*").list.eval(pl.element().str.slice(1))


def account_names(register: Register) -> pl.Series:
    """Account of each agency on each platform, numbered agency x 4 + platform; lower case.

    YouTube's exports name a channel by its title, the other platforms by a handle.
    """
    return pl.Series(
        [
            each.name.lower() if platform == "youtube" else each.handle
            for each in register.institutions
            for platform in PLATFORMS
        ]
    )


def post_truth(
    plan: Plan, figures: Figures, post_id: pl.Series, book: PhraseBook, campaigns: list[str]
) -> pl.DataFrame:
    """What is hidden about the posts of a block: one row a post, joined to it by platform and post_id.

    ``side_topic`` is the subject of a second sentence where it differs. ``expected_engagement`` is the mean of the
    reported likes, comments and shares given everything but the luck of the post and bought likes.
    """
    topics = pl.Series([topic.name for topic in book.topics])
    side = pl.Series(np.where(plan.side_topic == plan.topic, -1, plan.side_topic))
    return pl.DataFrame(
        {
            "platform": _category(plan.platform, PLATFORMS),
            "post_id": post_id,
            "topic": topics.gather(plan.topic),
            "side_topic": topics.gather(side.set(side < 0, None)),
            "campaign": pl.Series([*campaigns, None]).gather(
                np.where(plan.campaign < 0, len(campaigns), plan.campaign)
            ),
            "post_kind": _category(plan.kind, POST_KINDS),
            "post_quality": plan.post_quality,
            "giveaway": plan.is_giveaway,
            "bot_boosted": plan.bot_boosted,
            "expected_engagement": figures.expected,
        }
    )


def post_ids(plan: Plan) -> pl.Series:
    """Id of each post in its platform's own shape, unique on the platform."""
    number = plan.number.astype(np.uint64)
    milliseconds = (plan.second * 1000 + plan.number * 619 % 1000).astype(np.uint64)
    x = ((milliseconds - np.uint64(_X_EPOCH)) << np.uint64(22)) | (number & np.uint64(0x3FFFFF))
    instagram = ((milliseconds - np.uint64(_INSTAGRAM_EPOCH)) << np.uint64(23)) | (number & np.uint64(0x7FFFFF))
    facebook = np.uint64(3_000_000_000_000_000) + number * np.uint64(613)
    numeric = np.choose(np.minimum(plan.platform, 2), [facebook, x, instagram])
    ids = pl.Series("post_id", numeric).cast(pl.String)
    videos = np.flatnonzero(plan.platform == PLATFORMS.index("youtube"))
    return ids.scatter(videos, letters(_mixed(number[videos])))


def _shortcodes(frame: pl.DataFrame, plan: Plan) -> pl.Series:
    """Shortcode of each Instagram post, null elsewhere; shape (n_posts,), named code."""
    here = np.flatnonzero(plan.platform == PLATFORMS.index("instagram"))
    codes = pl.Series("code", [None], dtype=pl.String).new_from_index(0, len(frame))
    return codes.scatter(here, letters(frame["post_id"].gather(here).cast(pl.UInt64).to_numpy()))


def letters(numbers: npt.NDArray[np.uint64]) -> pl.Series:
    """Eleven base-64 letters for each number, the highest digits first, as Instagram and YouTube spell ids.

    Examples
    --------
    >>> letters(np.array([2611115445282396983], dtype=np.uint64)).to_list()
    ['CQ8i6nHl9s3']
    """
    shifts = np.arange(60, -1, -6, dtype=np.uint64)
    digits = (numbers[:, None] >> shifts[None, :]) & np.uint64(63)
    spelled = np.ascontiguousarray(_LETTERS[digits]).view("S11").reshape(-1)
    return pl.Series("code", spelled.astype("U11"), dtype=pl.String)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scatter whole numbers over 64 bits, one to one (the finaliser of SplitMix64)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _category(codes: npt.NDArray[np.int64], names: tuple[str, ...]) -> pl.Series:
    return pl.Series(names, dtype=pl.Enum(names)).gather(codes)
