"""What a workspace knows of nominees beside single posts: keywords, topics, quality and figures.

What a stage has not made is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import polars as pl

from textmine.groups import group_of
from textmine.posts import KEY, interactions_of_post
from textmine.quality.stage import QUALITY
from textmine.report.escape import neutralised
from textmine.store import Workspace

N_KEYWORDS: Final = 15
N_TOPICS: Final = 5
_DIGITS: Final = 6

Rows = dict[str, list[dict[str, Any]]]
"""Rows by agency."""


def keywords_of(workspace: Workspace, agencies: Collection[str]) -> Rows:
    """The first keywords of each kind: ``kind`` and ``surface``."""
    if workspace.manifest("keywords") is None:
        return {}
    table = (
        workspace.scan("keywords.parquet", made_by="keywords")
        .filter((pl.col("by") == "agency") & (pl.col("rank") <= N_KEYWORDS) & pl.col("group").is_in(list(agencies)))
        .select("group", "kind", "rank", neutralised(pl.col("surface")))
        .sort("group", "kind", "rank", descending=[False, True, False])
    )
    return _by_agency(table.select("group", "kind", "surface").collect(engine="streaming"))


def topics_of(workspace: Workspace, agencies: Collection[str]) -> Rows:
    """The largest topics: ``label``, ``share`` and ``words``."""
    if workspace.manifest("topics") is None:
        return {}
    topics = workspace.scan("topics.parquet", made_by="topics").select(
        "topic", neutralised(pl.col("label")), pl.col("words").list.eval(neutralised(pl.element()))
    )
    table = (
        workspace.scan("topic_groups.parquet", made_by="topics")
        .filter((pl.col("by") == "agency") & pl.col("group").is_in(list(agencies)))
        .join(topics, on="topic")
        .sort("group", "share", "topic", descending=[False, True, False])
        .group_by("group", maintain_order=True)
        .head(N_TOPICS)
        .select("group", "label", pl.col("share").round(_DIGITS), pl.col("words").list.head(8))
    )
    return _by_agency(table.collect())


def topic_of_posts(workspace: Workspace, keys: pl.DataFrame) -> pl.DataFrame:
    """``platform``, ``post_id`` and the label of the post's largest ``topic``; no rows where there are no topics."""
    empty = keys.select(*KEY, pl.lit(None, pl.String).alias("topic")).clear()
    if workspace.manifest("topics") is None:
        return empty
    labels = workspace.scan("topics.parquet", made_by="topics").select("topic", neutralised(pl.col("label")))
    posts = workspace.scan("post_topics.parquet", made_by="topics").with_columns(pl.col("platform").cast(pl.String))
    found = posts.join(keys.lazy(), on=KEY, how="semi").join(labels, on="topic").collect(engine="streaming")
    largest = found.sort("weight", "topic", descending=[True, False]).unique(KEY, keep="first", maintain_order=True)
    return largest.select(*KEY, pl.col("label").alias("topic"))


def quality_of_posts(workspace: Workspace, keys: pl.DataFrame) -> pl.DataFrame:
    """``platform``, ``post_id`` and the class of ``quality``; no rows where no model was applied to these posts."""
    empty = keys.select(*KEY, pl.lit(None, pl.String).alias("quality")).clear()
    if not _has_quality(workspace):
        return empty
    rows = _quality(workspace).join(keys.lazy(), on=KEY, how="semi")
    return rows.select(*KEY, pl.col("class").alias("quality")).collect(engine="streaming")


def quality_of(workspace: Workspace, posts: pl.LazyFrame, agencies: Collection[str]) -> Rows:
    """Posts in each class of quality: ``class`` (None where the model abstains) and ``n_posts``; and the mean grade."""
    if not _has_quality(workspace):
        return {}
    table = (
        _of_agencies(posts, agencies)
        .select("group", *KEY)
        .join(_quality(workspace), on=KEY)
        .group_by("group", "class")
        .agg(pl.len().alias("n_posts"), pl.col("grade").cast(pl.Float64).mean().round(_DIGITS))
        .sort("group", "grade", "class", descending=[False, True, False], nulls_last=True)
    )
    return _by_agency(table.collect(engine="streaming"))


def figures_of(posts: pl.LazyFrame, agencies: Collection[str]) -> Rows:
    """By platform: posts, followers that were read last, and interactions: posts that report them, sum and median."""
    interactions = interactions_of_post()
    known = pl.col("followers").is_not_null()
    table = (
        _of_agencies(posts, agencies)
        .with_columns(interactions.alias("interactions"))
        .group_by("group", "platform")
        .agg(
            pl.len().alias("n_posts"),
            pl.col("followers").filter(known).sort_by(pl.col("published_at").filter(known)).last(),
            pl.col("interactions").count().alias("n_reported"),
            pl.when(pl.col("interactions").count() > 0).then(pl.col("interactions").sum()).alias("interactions"),
            pl.col("interactions").median().alias("median"),
        )
        .sort("group", "platform")
    )
    return _by_agency(table.collect(engine="streaming"))


def _of_agencies(posts: pl.LazyFrame, agencies: Collection[str]) -> pl.LazyFrame:
    named = posts.with_columns(group_of("agency").alias("group"), pl.col("platform").cast(pl.String))
    return named.filter(pl.col("group").is_in(list(agencies)))


def _has_quality(workspace: Workspace) -> bool:
    return workspace.manifest("quality") is not None


def _quality(workspace: Workspace) -> pl.LazyFrame:
    columns = (pl.col("platform").cast(pl.String), "post_id", pl.col("class").cast(pl.String), "grade")
    return workspace.scan(QUALITY, made_by="quality").select(columns)


def _by_agency(table: pl.DataFrame) -> Rows:
    return {
        str(group): rows.drop("group").to_dicts() for (group,), rows in table.group_by("group", maintain_order=True)
    }
