"""The stage ``topics`` of a workspace: a model over all posts and the tables that reports read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.groups import Grouping
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix
from textmine.store import StageResult, Workspace
from textmine.topics.exemplars import ExemplarSearch
from textmine.topics.model import TopicMethod, TopicModel
from textmine.topics.tables import GroupTally, post_topics
from textmine.topics.terms import PostRoles

if TYPE_CHECKING:
    import scipy.sparse as sp

    from textmine.topics.revised import AnyTopics

OUTPUTS: Final = (
    "topics.parquet",
    "post_topics.parquet",
    "topic_groups.parquet",
    "topic_exemplars.parquet",
    "topic_model",
)
_COLUMNS: Final = ("platform", "post_id", "account", "agency", "published_at", "caption", "post_kind")


def topics_stage(
    workspace: Workspace,
    *,
    n_topics: int | None = None,
    method: TopicMethod = "nmf",
    by: Sequence[Grouping] = (),
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> StageResult:
    """Find topics, and write ``topics.parquet``, tables of posts and groups, exemplary posts and the model.

    Groupings that were asked for before are kept beside the new ones. The caller holds the workspace's lock and has
    made the matrix.

    Parameters
    ----------
    workspace
        With posts and a matrix.
    n_topics
        20 if None, fewer for few posts.
    method
        ``nmf`` or ``lda``.
    by
        Groupings of ``topic_groups.parquet``; ``agency`` is always among them, because reports need it.
    seed
        Seed of the model.
    progress
        Called with the number of posts done after every batch of the last pass.

    Raises
    ------
    NotEnoughDataError
        There are more topics than different posts or terms.
    WorkspaceError
        The posts or the matrix are not there.
    """
    last = workspace.manifest("topics")
    groupings = sorted({"agency", *by, *(last.settings.get("by", []) if last is not None else [])})

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest").select(_COLUMNS)
        matrix = StoredMatrix.open(workspace.file("matrix"))
        model = TopicModel(n_topics, method=method, seed=seed, language=_language(workspace))
        model.fit(matrix, roles=PostRoles.of(posts))
        model.save(staging / "topic_model")
        model.topics_.write_parquet(staging / "topics.parquet", compression="zstd")
        without = write_tables(model, matrix, posts, staging, groupings, _agencies(workspace), progress)
        return {"posts": matrix.n_posts, "topics": len(model.topics_), "posts_without_topic": without}

    return workspace.run_stage(
        "topics",
        build,
        outputs=OUTPUTS,
        inputs=workspace.output_hashes("ingest", "matrix"),
        settings={"n_topics": n_topics, "method": method, "by": groupings, "seed": seed},
    )


def write_tables(
    model: AnyTopics,
    matrix: StoredMatrix,
    posts: pl.LazyFrame,
    staging: Path,
    by: Sequence[Grouping],
    agencies: pl.DataFrame | None,
    progress: Callable[[int], None] | None,
) -> int:
    """Write the tables of posts, groups and exemplary posts, block by block; returns how many posts have no topic."""
    tally, search, without, done = GroupTally(by, agencies=agencies), ExemplarSearch(), 0, 0
    (staging / "post_topics.parquet").mkdir()
    for number, (block, counts) in enumerate(_beside(posts, model.known_counts(matrix))):
        shares = model.shares_of(counts)
        part = staging / "post_topics.parquet" / f"part-{number:05d}.parquet"
        post_topics(block, shares).write_parquet(part, compression="zstd")
        tally.add(block, shares)
        search.add(block, shares, np.diff(counts.indptr))
        without += int((~shares.any(axis=1)).sum())
        done += len(block)
        if progress is not None:
            progress(done)
    tally.table().write_parquet(staging / "topic_groups.parquet", compression="zstd")
    search.table().write_parquet(staging / "topic_exemplars.parquet", compression="zstd")
    return without


def _beside(posts: pl.LazyFrame, blocks: Iterator[sp.csr_array]) -> Iterator[tuple[pl.DataFrame, sp.csr_array]]:
    """Blocks of the matrix with the posts that their rows belong to."""
    start = 0
    for counts in blocks:
        yield posts.slice(start, counts.shape[0]).collect(), counts
        start += counts.shape[0]


def _language(workspace: Workspace) -> LanguageSettings:
    """Settings that the matrix was made with: new posts must go through the same."""
    manifest = workspace.manifest("matrix")
    return LanguageSettings(**manifest.settings) if manifest is not None else LanguageSettings()


def _agencies(workspace: Workspace) -> pl.DataFrame | None:
    path = workspace.file("agencies.parquet")
    return pl.read_parquet(path) if path.exists() else None
