"""The stage ``duplicates`` of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from textmine.duplicates.near import MIN_WORDS, THRESHOLD, near_duplicates
from textmine.posts import local_day
from textmine.store import StageResult, Workspace

STAGE: Final = "duplicates"
NEAR_DUPLICATES: Final = "near_duplicates.parquet"
_ACCOUNTS: Final = 10

LARGEST_SCHEMA: Final = pl.Schema(
    {
        "cluster": pl.UInt32(),
        "size": pl.UInt32(),
        "n_accounts": pl.UInt32(),
        "first": pl.Date(),
        "last": pl.Date(),
        "accounts": pl.List(pl.String()),
        "caption": pl.String(),
    }
)


def duplicates_stage(
    workspace: Workspace,
    *,
    threshold: float = THRESHOLD,
    min_words: int = MIN_WORDS,
    progress: Callable[[int], None] | None = None,
) -> StageResult:
    """Mark near duplicates in ``near_duplicates.parquet``; no post is removed.

    The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    threshold, min_words, progress
        As for :func:`textmine.duplicates.near_duplicates`.
    """

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        table = near_duplicates(posts, threshold=threshold, min_words=min_words, progress=progress)
        table.write_parquet(staging / NEAR_DUPLICATES, compression="zstd")
        n_posts = posts.select(pl.len()).collect().item()
        return {"posts": n_posts, "near_duplicates": len(table), "clusters": table["cluster"].n_unique()}

    return workspace.run_stage(
        STAGE,
        build,
        outputs=[NEAR_DUPLICATES],
        inputs={"posts.parquet": workspace.output_hashes("ingest")["posts.parquet"]},
        settings={"threshold": threshold, "min_words": min_words},
    )


def largest_clusters(workspace: Workspace, *, top: int = 20, min_accounts: int = 2) -> pl.DataFrame:
    """List the clusters with the most posts.

    Parameters
    ----------
    workspace
        With near duplicates.
    top
        How many clusters.
    min_accounts
        Clusters of fewer accounts are left out: an account that repeats itself is no campaign.

    Returns
    -------
    polars.DataFrame
        Columns of ``LARGEST_SCHEMA``, the largest first: days of the first and the last post in Asia/Jakarta, up to ten
        accounts with the most posts in it, and the caption of the earliest post with the text in the middle.
    """
    marked = workspace.scan(NEAR_DUPLICATES, made_by=STAGE).filter(pl.col("n_accounts") >= min_accounts)
    chosen = marked.select("cluster").unique().sort("cluster").head(top).collect()["cluster"]
    marked = marked.filter(pl.col("cluster").is_in(chosen.implode()))
    posts = workspace.scan("posts.parquet", made_by="ingest")
    columns = ("platform", "post_id", "account", "published_at", "caption")
    joined = posts.select(columns).join(marked, on=["platform", "post_id"]).collect(engine="streaming")
    day = local_day()
    ordered = joined.sort("cluster", "published_at", "platform", "post_id")
    accounts = (
        ordered.group_by("cluster", "account")
        .len()
        .sort("cluster", "len", "account", descending=[False, True, False])
        .group_by("cluster", maintain_order=True)
        .agg(pl.col("account").head(_ACCOUNTS).alias("accounts"))
    )
    table = ordered.group_by("cluster", maintain_order=True).agg(
        pl.col("size").first(),
        pl.col("n_accounts").first(),
        day.first().alias("first"),
        day.last().alias("last"),
        pl.col("caption").filter(pl.col("similarity") == 1.0).first(),
    )
    return table.join(accounts, on="cluster").select(LARGEST_SCHEMA.names()).sort("cluster")
