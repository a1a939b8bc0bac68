"""Shares of sentiment in a workspace by agency, cluster, platform, month, account or topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import polars as pl

from textmine.batches import iter_batches
from textmine.errors import WorkspaceError
from textmine.groups import Grouping, group_of
from textmine.inorder import InOrder
from textmine.posts import KEY, is_credited
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.models import known_confusion
from textmine.sentiment.shares import DEFAULT_METHOD, ShareMethod
from textmine.sentiment.stage import COMMENTS, COMMENTS_STAGE, POSTS, STAGE, current_stage
from textmine.sentiment.tables import CellCounts, Voice, cell_column
from textmine.store import Workspace

SentimentGrouping = Literal[Grouping, "topic", "all"]

UNKNOWN_POST: Final = "(post not known)"
"""Group of the comments whose post is not in the workspace, or is not said."""

NO_TOPIC: Final = "(no topic)"
"""Group of the posts that hold no term of any topic."""

_POST_COLUMNS: Final = (*KEY, "account", "agency", "published_at", "post_kind")


def sentiment_shares(
    workspace: Workspace,
    *,
    by: SentimentGrouping = "agency",
    voice: Voice = "agency",
    method: ShareMethod = DEFAULT_METHOD,
    confusion: Confusion | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """Shares of negative, neutral and positive in each group, corrected for the classifier's mistakes.

    Of posts, reposts of others and ads are left out; of comments, those that agencies wrote themselves.

    Parameters
    ----------
    workspace
        With the stage ``sentiment``, or ``comments_sentiment`` for the public's voice.
    by
        The grouping. ``topic`` counts a text in each topic of its post by the topic's share of the post, so that a
        post that is two thirds about one topic counts two thirds there; ``all`` is one group.
    voice
        ``agency`` for posts, ``public`` for comments; comments are grouped by the post that they belong to.
    method, seed
        As for :func:`~textmine.sentiment.shares.estimate_shares`.
    confusion
        The classifier's mistakes; those saved with the model if None.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`~textmine.sentiment.tables.SHARES_SCHEMA`.

    Raises
    ------
    WorkspaceError
        The stage, or for ``topic`` the topics, are not there or out of date.
    AgencyError
        ``cluster`` is asked for without a register.
    """
    settings = current_stage(workspace, STAGE if voice == "agency" else COMMENTS_STAGE)
    if confusion is None:
        confusion = known_confusion(settings["model"])
    if by == "topic" and not workspace.is_current("topics", "ingest"):
        problem = "topics are missing or older than the posts; run: textmine topics"
        raise WorkspaceError(problem, path=workspace.path, stage="topics")
    texts = _posts(workspace, by) if voice == "agency" else _comments(workspace, by)
    counts = CellCounts()
    for batch in texts:
        counts.add(batch)
    names = _topic_names(workspace) if by == "topic" else None
    return counts.shares(voice=voice, by=by, confusion=confusion, method=method, names=names, seed=seed)


def _posts(workspace: Workspace, by: SentimentGrouping) -> Iterator[pl.DataFrame]:
    """Group, cell and weight of every credited post."""
    posts = workspace.scan("posts.parquet", made_by="ingest").select(_POST_COLUMNS)
    said = workspace.scan(POSTS, made_by=STAGE).select("label", *CLASSES)
    register = workspace.register()
    topics = None
    if by == "topic":
        rows = workspace.scan("post_topics.parquet", made_by="topics")
        topics = InOrder(rows, path=workspace.file("post_topics.parquet"), stage="topics")
    for post, sentiment in zip(iter_batches(posts), iter_batches(said), strict=True):
        keyed = post.with_columns(cell_column(sentiment))
        if topics is None:
            grouped = keyed.with_columns(_group(by, register), pl.lit(1.0).alias("weight"))
        else:
            grouped = _with_topics(keyed, topics.take(keyed))
        yield grouped.filter(is_credited()).select("group", "cell", "weight")


def _comments(workspace: Workspace, by: SentimentGrouping) -> Iterator[pl.DataFrame]:
    """Group, cell and weight of every comment that is not an agency's own."""
    said = workspace.scan(COMMENTS, made_by=COMMENTS_STAGE)
    groups = _groups_of_posts(workspace, by, said)
    for batch in iter_batches(said):
        comments = batch.with_columns(cell_column(batch)).filter(~pl.col("by_owner"))
        known = _with_platform(comments, groups)
        joined = known.join(groups, on=KEY, how="left", maintain_order="left")
        yield joined.select(pl.col("group").fill_null(UNKNOWN_POST), "cell", pl.col("weight").fill_null(1.0))


def _groups_of_posts(workspace: Workspace, by: SentimentGrouping, comments: pl.LazyFrame) -> pl.DataFrame:
    """Groups of the posts that have comments: platform, post_id, group, weight."""
    wanted = comments.select("post_id").unique().collect()
    posts = workspace.scan("posts.parquet", made_by="ingest").select(_POST_COLUMNS)
    found = posts.join(wanted.lazy(), on="post_id", how="semi", maintain_order="left").collect()
    if by == "topic":
        topics = workspace.scan("post_topics.parquet", made_by="topics")
        places = found.select(KEY).with_row_index("row").lazy()
        return _with_topics(found, topics.join(places, on=KEY).drop(KEY).collect()).select(*KEY, "group", "weight")
    return found.select(*KEY, _group(by, workspace.register()), pl.lit(1.0).alias("weight"))


def _with_platform(comments: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Platform of comments that do not say theirs, where one platform alone has a post of that id."""
    only = groups.select(KEY).unique().filter(pl.col("post_id").is_unique()).rename({"platform": "by_id"})
    known = comments.join(only, on="post_id", how="left", maintain_order="left")
    return known.with_columns(pl.coalesce("platform", "by_id").alias("platform"))


def _group(by: SentimentGrouping, register: pl.DataFrame | None) -> pl.Expr:
    if by == "all":
        return pl.lit("(all)").alias("group")
    if by == "topic":
        raise ValueError("topics are no column of posts")
    return group_of(by, agencies=register).alias("group")


def _with_topics(posts: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Posts with a row for each of their topics (``row`` of the posts, ``topic``, ``weight``)."""
    if topics.is_empty():
        return posts.with_columns(pl.lit(NO_TOPIC).alias("group"), pl.lit(1.0).alias("weight"))
    joined = posts.with_row_index("row").join(topics, on="row", how="left", maintain_order="left_right").drop("row")
    return joined.with_columns(
        pl.col("topic").cast(pl.String).fill_null(NO_TOPIC).alias("group"), pl.col("weight").fill_null(1.0)
    )


def _topic_names(workspace: Workspace) -> pl.DataFrame:
    """How topics are shown: number and label."""
    topics = workspace.scan("topics.parquet", made_by="topics").select("topic", "label").collect()
    return topics.select(
        pl.col("topic").cast(pl.String).alias("group"), pl.format("{}: {}", "topic", "label").alias("name")
    )
