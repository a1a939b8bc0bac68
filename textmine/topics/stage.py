"""The stage ``topics`` of a workspace: a model over all posts and the tables that reports read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from textmine.batches import in_order
from textmine.engines import Engine
from textmine.groups import Grouping
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix
from textmine.store import StageResult, Workspace
from textmine.topics.exemplars import ExemplarSearch
from textmine.topics.kept_shares import KeptShares
from textmine.topics.keyphrases import keyphrase_labels
from textmine.topics.methods import TopicMethod
from textmine.topics.model import TopicModel
from textmine.topics.overview import FOLDER, OverviewTally, terms_used
from textmine.topics.pooling import Pool
from textmine.topics.seed_words import SeedWords
from textmine.topics.selection import (
    SELECTION_SCHEMA,
    STABILITY_SCHEMA,
    numbers_between,
    select_n_topics,
    topic_stability,
)
from textmine.topics.tables import GroupTally, post_topics
from textmine.topics.terms import PostRoles
from textmine.topics.workspace import TopicBlock, WorkspaceTopics

if TYPE_CHECKING:
    import numpy.typing as npt

OUTPUTS: Final = (
    "topics.parquet",
    "post_topics.parquet",
    "topic_groups.parquet",
    "topic_exemplars.parquet",
    "topic_selection.parquet",
    "topic_stability.parquet",
    FOLDER,
    "topic_model",
)
_KEPT: Final = "kept_shares"
_AUTO_LEAST, _AUTO_MOST, _AUTO_POSTS = 5, 50, 50
"""Numbers of topics that ``auto`` tries, and the posts a topic at least."""


def topics_stage(
    workspace: Workspace,
    *,
    n_topics: int | None = None,
    method: TopicMethod = "auto",
    by: Sequence[Grouping] = (),
    seed: int = 0,
    pool: Pool | None = None,
    seed_words: SeedWords | None = None,
    outliers: float | None = None,
    choose_from: Sequence[int] | Literal["auto"] | None = None,
    stability: int = 0,
    engine: Engine | None = None,
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
    method, seed_words, pool, outliers
        As for :class:`~textmine.topics.TopicModel`.
    by
        Groupings of ``topic_groups.parquet``; ``agency`` is always among them, because reports need it.
    seed
        Seed of the model.
    choose_from
        Numbers of topics to choose from (:mod:`textmine.topics.selection`), in place of ``n_topics``; ``auto`` tries
        numbers from 5 to 50, to fewer for few posts. The scores are kept in ``topic_selection.parquet``.
    stability
        Draws of the posts over which the stability of each topic is measured (:mod:`textmine.topics.stability`) and
        kept in ``topic_stability.parquet``; 0 measures nothing.
    engine
        Where the topics of posts are solved for; in this process if None. The bytes are the same.
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

    named = {name: list(words) for name, words in seed_words.items()} if seed_words else None
    numbers = choose_from if choose_from is None or choose_from == "auto" else list(choose_from)

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        matrix = StoredMatrix.open(workspace.file("matrix"))
        roles = PostRoles.of(posts)
        model = TopicModel(n_topics, method=method, seed=seed, language=_language(workspace))
        model.set_params(pool=pool, seed_words=named, outliers=outliers)
        selection = SELECTION_SCHEMA.to_frame()
        if numbers is not None:
            selection = select_n_topics(model, matrix, _numbers(numbers, roles.n_posts), roles=roles)
            model.set_params(n_topics=int(selection.filter("chosen")["n_topics"].item()))
        kept = KeptShares(staging / _KEPT)
        model.fit(matrix, roles=roles, keep=kept, engine=engine)
        model.relabel(keyphrase_labels(model, posts))
        stable = STABILITY_SCHEMA.to_frame()
        if stability:
            stable = topic_stability(model, matrix, runs=stability, roles=roles)
        selection.write_parquet(staging / "topic_selection.parquet", compression="zstd")
        stable.write_parquet(staging / "topic_stability.parquet", compression="zstd")
        model.save(staging / "topic_model")
        model.topics_.write_parquet(staging / "topics.parquet", compression="zstd")
        without = write_tables(WorkspaceTopics.read(workspace, model, kept=kept), staging, groupings, progress)
        shutil.rmtree(staging / _KEPT)
        return {"posts": matrix.n_posts, "topics": len(model.topics_), "posts_without_topic": without}

    settings = {
        "n_topics": n_topics,
        "method": method,
        "by": groupings,
        "seed": seed,
        "pool": pool,
        "seed_words": named,
        "outliers": outliers,
        "choose_from": numbers,
        "stability": stability,
    }
    inputs = workspace.output_hashes("ingest", "matrix")
    return workspace.run_stage("topics", build, outputs=OUTPUTS, inputs=inputs, settings=settings)


def _numbers(choose_from: Sequence[int] | Literal["auto"], n_posts: int) -> Sequence[int]:
    if not isinstance(choose_from, str):
        return choose_from
    most = min(_AUTO_MOST, max(n_posts // _AUTO_POSTS, 2 * _AUTO_LEAST))
    return numbers_between(_AUTO_LEAST, most)


def write_tables(
    topics: WorkspaceTopics, staging: Path, by: Sequence[Grouping], progress: Callable[[int], None] | None
) -> int:
    """Write the tables of posts, groups and exemplary posts, and the overview, in one pass.

    Returns how many posts have no topic.
    """
    tally, search, without, done = GroupTally(by, agencies=topics.agencies), ExemplarSearch(), 0, 0
    overview = OverviewTally(len(topics.model.components_), len(topics.model.vocabulary_))
    (staging / "post_topics.parquet").mkdir()

    def written(numbered: tuple[int, TopicBlock]) -> tuple[TopicBlock, npt.NDArray[np.float64]]:
        number, block = numbered
        part = staging / "post_topics.parquet" / f"part-{number:05d}.parquet"
        post_topics(block.posts, block.shares).write_parquet(part, compression="zstd")
        return block, terms_used(block)

    for block, used in in_order(written, enumerate(topics.blocks())):
        tally.add(block.posts, block.shares)
        search.add(block.posts, block.shares, np.diff(block.counts.indptr))
        overview.add(block, used)
        without += int((~block.shares.any(axis=1)).sum())
        done += len(block.posts)
        if progress is not None:
            progress(done)
    tally.table().write_parquet(staging / "topic_groups.parquet", compression="zstd")
    search.table().write_parquet(staging / "topic_exemplars.parquet", compression="zstd")
    overview.write(staging / FOLDER)
    return without


def _language(workspace: Workspace) -> LanguageSettings:
    """Settings that the matrix was made with: new posts must go through the same."""
    manifest = workspace.manifest("matrix")
    return LanguageSettings(**manifest.settings) if manifest is not None else LanguageSettings()
