"""A post that is collected several times is a time series: its states are kept for growth curves."""

from __future__ import annotations

import polars as pl

from textmine.errors import InputError
from textmine.platforms import Platform
from textmine.posts import SNAPSHOT_SCHEMA
from textmine.store import Workspace


def as_snapshots(posts: pl.DataFrame) -> pl.DataFrame:
    """States of posts as ``snapshots.parquet`` holds them.

    Followers that came from the register say nothing of a moment and are left out.

    Parameters
    ----------
    posts
        Canonical posts, shape (n_posts, 25).

    Returns
    -------
    polars.DataFrame
        Columns of :data:`textmine.posts.SNAPSHOT_SCHEMA`, shape (n_posts, 16).
    """
    given = pl.col("followers_kind") == "register"
    return posts.with_columns(
        pl.when(~given).then("followers").alias("followers"),
        pl.when(given).then(pl.lit("unknown")).otherwise(pl.col("followers_kind").cast(pl.String))
        .alias("followers_kind"),
    ).select(pl.col(name).cast(dtype) for name, dtype in SNAPSHOT_SCHEMA.items())  # fmt: skip


def growth_curve(workspace: Workspace, post_id: str, *, platform: Platform | None = None) -> pl.DataFrame:
    """Read how the figures of one post grew.

    Parameters
    ----------
    workspace
        With posts.
    post_id
        The platform's id.
    platform
        Needed only where two platforms have posts with this id.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`textmine.posts.SNAPSHOT_SCHEMA`, a row for each collected state: first those without
        ``collected_at`` in the order of ingest, then by ``collected_at``. A post that was seen in one state has one
        row.

    Raises
    ------
    InputError
        There is no such post, or one on each of several platforms.
    WorkspaceError
        There are no posts yet.
    """
    mine = pl.col("post_id") == post_id
    if platform is not None:
        mine &= pl.col("platform") == pl.lit(platform, SNAPSHOT_SCHEMA["platform"])
    states = workspace.scan("snapshots.parquet", made_by="ingest").filter(mine).collect()
    posts = as_snapshots(workspace.scan("posts.parquet", made_by="ingest").filter(mine).collect())
    if not posts.height:
        raise InputError(f"no post with the id {post_id}", path=workspace.path, column="post_id", value=post_id)
    if posts.height > 1:
        found = ", ".join(posts["platform"].cast(pl.String))
        raise InputError(f"there is one on each of {found}; say which with --platform", column="post_id", value=post_id)
    curve = states if states.height else posts
    return curve.sort("collected_at", nulls_last=False, maintain_order=True)
