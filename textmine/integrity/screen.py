"""What is flagged in a workspace, and what of the posts would go with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import polars as pl

from textmine.errors import WorkspaceError
from textmine.groups import group_of
from textmine.integrity.sentences import ACCOUNT_REASONS, REASONS
from textmine.integrity.stage import ACCOUNTS, FLAGS, STAGE
from textmine.posts import KEY, interactions_of_post, is_credited
from textmine.store import Workspace

THRESHOLD: Final = 0.5
"""Score from which a post or an account counts as flagged."""

COUNTS_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "posts": pl.UInt32(),
        "flagged": pl.UInt32(),
        "flagged_share": pl.Float64(),
        "engagement_share": pl.Float64(),
        **{reason: pl.UInt32() for reason in REASONS},
        **{reason: pl.UInt32() for reason in ACCOUNT_REASONS},
    }
)
"""``posts`` and ``flagged`` count posts that are credited; a post may have several reasons, each counted."""


def flagged(workspace: Workspace, threshold: float = THRESHOLD, *, reasons: Collection[str] = REASONS) -> pl.DataFrame:
    """Posts that are flagged, one row each.

    Parameters
    ----------
    workspace
        With the stage ``integrity``.
    threshold
        Least score.
    reasons
        Which of :data:`~textmine.integrity.REASONS` count.

    Returns
    -------
    polars.DataFrame
        ``platform``, ``post_id``, ``agency``, ``score`` (the highest) and ``reasons`` (list, the highest first), in the
        order of the posts.

    Raises
    ------
    WorkspaceError
        The stage has not been run, or the posts have changed since.
    ValueError
        A reason is none.
    """
    table = current_flags(workspace).filter(
        (pl.col("score") >= threshold) & pl.col("reason").cast(pl.String).is_in(_known(reasons))
    )
    return (
        table.group_by(*KEY, "agency", maintain_order=True)
        .agg(
            pl.col("score").max(),
            pl.col("reason").cast(pl.String).sort_by("score", descending=True, maintain_order=True).alias("reasons"),
        )
        .collect()
    )


def flagged_accounts(workspace: Workspace, threshold: float = THRESHOLD) -> pl.DataFrame:
    """Rows of ``integrity_accounts.parquet`` with at least this score.

    Raises
    ------
    WorkspaceError
        The stage has not been run, or the posts have changed since.
    """
    _check(workspace)
    return workspace.scan(ACCOUNTS, made_by=STAGE).filter(pl.col("score") >= threshold).collect()


def without_flagged(posts: pl.LazyFrame, flags: pl.DataFrame) -> pl.LazyFrame:
    """Posts that are not flagged, in their order, for figures beside those with all of them.

    Parameters
    ----------
    posts
        With ``platform`` and ``post_id``.
    flags
        As :func:`flagged` gives them.
    """
    named, keys = _by_platform_name(posts, flags)
    return named.join(keys, on=["_platform", "post_id"], how="anti", maintain_order="left").drop("_platform")


def marked_flagged(posts: pl.LazyFrame, flags: pl.DataFrame) -> pl.LazyFrame:
    """The posts in their order with ``flagged``: whether they are among ``flags``; as for :func:`without_flagged`."""
    named, keys = _by_platform_name(posts, flags)
    marks = keys.unique().with_columns(pl.lit(True).alias("flagged"))
    joined = named.join(marks, on=["_platform", "post_id"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("flagged").fill_null(value=False)).drop("_platform")


def _by_platform_name(posts: pl.LazyFrame, flags: pl.DataFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Posts, and keys of flagged ones, with the platform as text: the enums of two tables need not be one."""
    name = pl.col("platform").cast(pl.String).alias("_platform")
    return posts.with_columns(name), flags.lazy().select(name, "post_id")


def flagged_counts(
    workspace: Workspace, threshold: float = THRESHOLD, *, reasons: Collection[str] = REASONS
) -> pl.DataFrame:
    """What would go with the flagged posts, by agency.

    Returns
    -------
    polars.DataFrame
        Columns of ``COUNTS_SCHEMA``, a row an agency, the largest share of flagged posts first.
        ``engagement_share`` is the share of its likes, comments and shares on flagged posts, null where it has none.

    Raises
    ------
    WorkspaceError
        The stage has not been run, or the posts have changed since.
    """
    table = flagged(workspace, threshold, reasons=reasons)
    keys = table.lazy().select(
        pl.col("platform").cast(pl.String), "post_id", "reasons", pl.lit(True).alias("is_flagged")
    )
    posts = workspace.scan("posts.parquet", made_by="ingest").select(
        pl.col("platform").cast(pl.String),
        "post_id",
        group_of("agency").alias("agency"),
        is_credited().alias("credited"),
        interactions_of_post().cast(pl.Float64).alias("sum"),
    )
    joined = posts.join(keys, on=list(KEY), how="left")
    hit = pl.col("is_flagged").fill_null(value=False) & pl.col("credited")
    total, gone = pl.col("sum").filter("credited").sum(), pl.col("sum").filter(hit).sum()
    counts = joined.group_by("agency").agg(
        pl.col("credited").sum().alias("posts"),
        hit.sum().alias("flagged"),
        (hit.sum() / pl.col("credited").sum()).fill_nan(None).alias("flagged_share"),
        pl.when(total > 0).then(gone / total).alias("engagement_share"),
        *(pl.col("reasons").list.contains(reason).sum().alias(reason) for reason in REASONS),
    )
    of_accounts = flagged_accounts(workspace, threshold).group_by("agency").len(ACCOUNT_REASONS[0])
    whole = counts.collect(engine="streaming").join(of_accounts, on="agency", how="left")
    typed = whole.with_columns(pl.col(ACCOUNT_REASONS[0]).fill_null(0))
    ordered = typed.sort("flagged_share", "agency", descending=[True, False], nulls_last=True)
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in COUNTS_SCHEMA.items())


def current_flags(workspace: Workspace) -> pl.LazyFrame:
    """Scan ``integrity.parquet``.

    Raises
    ------
    WorkspaceError
        The stage has not been run, or the posts have changed since.
    """
    _check(workspace)
    return workspace.scan(FLAGS, made_by=STAGE)


def _check(workspace: Workspace) -> None:
    if workspace.manifest(STAGE) is not None and not workspace.is_current(STAGE, "ingest"):
        raise WorkspaceError("posts have changed since; run: textmine integrity", path=workspace.path, stage=STAGE)


def _known(reasons: Collection[str]) -> list[str]:
    if unknown := sorted(set(reasons) - set(REASONS)):
        raise ValueError(f"{unknown[0]!r} is no reason; there are {', '.join(REASONS)}")
    return sorted(reasons)
