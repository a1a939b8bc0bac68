"""The stage ``hashtags`` of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import WorkspaceError
from textmine.hashtags.analysis import HashtagAnalysis, HashtagSettings, analyse_hashtags
from textmine.hashtags.network import HashtagNetwork
from textmine.hashtags.unrelated import SUBJECTS_SCHEMA, UNRELATED_SCHEMA
from textmine.matrix import StoredMatrix
from textmine.store import StageResult, Workspace

STAGE: Final = "hashtags"
TABLES: Final = {
    "hashtags": "hashtags.parquet",
    "engagement": "hashtag_engagement.parquet",
    "trends": "hashtag_trends.parquet",
    "bursts": "hashtag_bursts.parquet",
    "nodes": "hashtag_nodes.parquet",
    "pairs": "hashtag_pairs.parquet",
    "communities": "hashtag_communities.parquet",
    "campaigns": "campaigns.parquet",
    "campaign_posts": "campaign_posts.parquet",
    "unrelated": "hashtag_unrelated.parquet",
    "subjects": "hashtag_subjects.parquet",
}
"""Name of each table and the file that holds it."""


def hashtags_stage(workspace: Workspace, *, settings: HashtagSettings | None = None) -> StageResult:
    """Analyse the hashtags of a workspace and write the tables of :data:`TABLES`.

    The caller holds the workspace's lock and has made the matrix.

    Parameters
    ----------
    workspace
        With posts and a matrix.
    settings
        Those of the last run if None, or the defaults.

    Raises
    ------
    WorkspaceError
        The posts or the matrix are not there.
    """
    asked = settings or last_settings(workspace)

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        matrix = StoredMatrix.open(workspace.file("matrix"))
        analysis = analyse_hashtags(posts, agencies=workspace.register(), matrix=matrix, settings=asked)
        for name, table in _tables(analysis).items():
            table.write_parquet(staging / TABLES[name], compression="zstd")
        return _rows(matrix.n_posts, analysis)

    return workspace.run_stage(
        STAGE,
        build,
        outputs=list(TABLES.values()),
        inputs=workspace.output_hashes("ingest", "matrix"),
        settings=asked.as_dict(),
    )


def last_settings(workspace: Workspace) -> HashtagSettings:
    """Return the settings of the last run, or the defaults."""
    manifest = workspace.manifest(STAGE)
    return HashtagSettings(**manifest.settings) if manifest is not None else HashtagSettings()


def hashtag_table(workspace: Workspace, name: str) -> pl.LazyFrame:
    """Scan one of :data:`TABLES`.

    Raises
    ------
    WorkspaceError
        The stage has not been run.
    ValueError
        There is no table of that name.
    """
    if name not in TABLES:
        raise ValueError(f"no table {name!r}; there are {', '.join(TABLES)}")
    return workspace.scan(TABLES[name], made_by=STAGE)


def stored_network(workspace: Workspace) -> HashtagNetwork:
    """Read the network of a workspace.

    Raises
    ------
    WorkspaceError
        The stage has not been run.
    """
    manifest = workspace.manifest(STAGE)
    if manifest is None:
        raise WorkspaceError("not done yet; run: textmine hashtags", path=workspace.path, stage=STAGE)
    nodes, pairs, communities = (hashtag_table(workspace, n).collect() for n in ("nodes", "pairs", "communities"))
    return HashtagNetwork(nodes, pairs, communities, manifest.settings["resolution"])


def _tables(analysis: HashtagAnalysis) -> dict[str, pl.DataFrame]:
    odd = analysis.unrelated
    return {
        "hashtags": analysis.hashtags,
        "engagement": analysis.engagement,
        "trends": analysis.trends,
        "bursts": analysis.bursts,
        "nodes": analysis.network.nodes,
        "pairs": analysis.network.pairs,
        "communities": analysis.network.communities,
        "campaigns": analysis.campaigns.campaigns,
        "campaign_posts": analysis.campaigns.posts,
        "unrelated": odd.uses if odd is not None else pl.DataFrame(schema=UNRELATED_SCHEMA),
        "subjects": odd.subjects if odd is not None else pl.DataFrame(schema=SUBJECTS_SCHEMA),
    }


def _rows(n_posts: int, analysis: HashtagAnalysis) -> dict[str, int]:
    return {
        "posts": n_posts,
        "credited_posts": analysis.credited_posts,
        "posts_with_hashtags": analysis.posts_with_hashtags,
        "hashtags": len(analysis.hashtags),
        "bursts": analysis.bursts.filter(pl.col("level") == 1).height,
        "communities": len(analysis.network.communities),
        "campaigns": len(analysis.campaigns.campaigns),
        "unrelated": 0 if analysis.unrelated is None else len(analysis.unrelated.uses),
    }
