"""The stage ``topics`` again, with topics that were revised: the same tables, written from the revised model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from textmine.errors import WorkspaceError
from textmine.groups import Grouping
from textmine.store import StageResult, Workspace
from textmine.topics.hierarchy import cut_tree, topic_distances, topic_tree
from textmine.topics.revised import RevisedTopicModel
from textmine.topics.revised_files import load_topics
from textmine.topics.revision import cut_topics, merge_topics, split_topic
from textmine.topics.stage import OUTPUTS, topics_stage, write_tables
from textmine.topics.workspace import TopicBlock, WorkspaceTopics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textmine.topics.revised import AnyTopics

HISTORY: Final = "history"
"""Setting of the stage that says what was done to the fitted topics; there is none while they are as fitted."""


def is_revised(workspace: Workspace) -> bool:
    """Whether the topics of the workspace were merged, split or updated since they were fitted."""
    manifest = workspace.manifest("topics")
    return manifest is not None and HISTORY in manifest.settings


def changes(workspace: Workspace) -> list[str]:
    """What was done to the fitted topics, in words, first to last."""
    manifest = workspace.manifest("topics")
    history = manifest.settings.get(HISTORY, []) if manifest is not None else []
    return [_in_words(change) for change in history]


def _in_words(change: Mapping[str, Any]) -> str:
    names = "; ".join(f"{topic} ({label})" for topic, label in zip(change["topics"], change["labels"], strict=True))
    match change["action"]:
        case "merge":
            return f"merged into topic {change['into'][0]}: {names}"
        case "split":
            return f"split into topics {', '.join(map(str, change['into']))}: {names}"
    return f"updated; new topics: {', '.join(map(str, change['into'])) or 'none'}"


def current_topics_stage(
    workspace: Workspace, *, by: Sequence[Grouping] = (), progress: Callable[[int], None] | None = None
) -> StageResult:
    """Bring the topics up to date with the posts, without losing what a person did to them.

    Topics that were fitted are fitted again with their last settings when posts have changed. Topics that were revised
    are held fixed and applied to the posts as they are now; :func:`textmine.topics.update_stage.update_stage` lets
    them learn.
    """
    manifest = workspace.manifest("topics")
    if manifest is None or not is_revised(workspace):
        settings = dict(manifest.settings) if manifest is not None else {}
        groupings = [*settings.pop("by", []), *by]
        return topics_stage(workspace, by=groupings, progress=progress, **settings)
    model = RevisedTopicModel.of(load_topics(workspace.file("topic_model")))
    return write_revised(workspace, model, by=by, progress=progress)


def merge_stage(workspace: Workspace, topics: Sequence[int]) -> StageResult:
    """Merge topics of a workspace; see :func:`textmine.topics.revision.merge_topics`."""
    return _revise(workspace, lambda model, blocks: merge_topics(model, topics, blocks))


def split_stage(workspace: Workspace, topic: int, n_parts: int = 2, *, seed: int = 0) -> StageResult:
    """Split a topic of a workspace; see :func:`textmine.topics.revision.split_topic`."""
    return _revise(workspace, lambda model, blocks: split_topic(model, topic, n_parts, blocks, seed=seed))


def cut_stage(workspace: Workspace, n_topics: int) -> StageResult:
    """Merge topics along their tree until ``n_topics`` are left."""
    opened = WorkspaceTopics.open(workspace)
    if n_topics >= len(opened.model.topics_):
        problem = f"there are {len(opened.model.topics_)} topics, which are not more than {n_topics}; nothing to merge"
        raise WorkspaceError(problem, path=workspace.path, stage="topics")
    groups = cut_tree(workspace_tree(workspace), n_topics)
    return _revise(workspace, lambda model, blocks: cut_topics(model, groups, blocks))


def workspace_tree(workspace: Workspace) -> pl.DataFrame:
    """Tree of the topics of a workspace; see :func:`textmine.topics.hierarchy.topic_tree`."""
    opened = WorkspaceTopics.open(workspace)
    distances = topic_distances(opened.model, (block.shares for block in opened.blocks()))
    return topic_tree(opened.model.topics_, distances)


def _measured(workspace: Workspace, model: RevisedTopicModel) -> dict[str, pl.DataFrame]:
    """What was measured when the topics were fitted, as far as it still holds."""
    changed = {topic for change in model.history for topic in (*change["topics"], *change["into"])}
    stability = pl.read_parquet(workspace.file("topic_stability.parquet"))
    return {
        "topic_selection.parquet": pl.read_parquet(workspace.file("topic_selection.parquet")),
        "topic_stability.parquet": stability.filter(~pl.col("topic").is_in(list(changed))),
    }


def _revise(
    workspace: Workspace,
    change: Callable[[AnyTopics, Callable[[AnyTopics], Iterator[TopicBlock]]], RevisedTopicModel],
) -> StageResult:
    opened = WorkspaceTopics.open(workspace)
    return write_revised(workspace, change(opened.model, lambda model: opened.with_model(model).blocks()))


def write_revised(
    workspace: Workspace,
    model: RevisedTopicModel,
    *,
    by: Sequence[Grouping] = (),
    progress: Callable[[int], None] | None = None,
    more: Mapping[str, pl.DataFrame] | None = None,
) -> StageResult:
    """Write the outputs of the stage ``topics`` from a revised model.

    Parameters
    ----------
    workspace
        With topics; the caller holds its lock.
    model
        The topics as they shall be.
    by
        Groupings besides those of the last run.
    progress
        Called with the number of posts done.
    more
        Further tables by file name; those of an earlier update are kept where none is given.
    """
    last = workspace.manifest("topics")
    if last is None:
        raise WorkspaceError("no topics yet; run: textmine topics", path=workspace.path, stage="topics")
    kept = {name: pl.read_parquet(workspace.file(name)) for name in last.outputs if name not in OUTPUTS}
    tables = kept | dict(more or {})
    groupings = sorted({*last.settings.get("by", []), "agency", *by})
    settings: dict[str, Any] = {**last.settings, "by": groupings, HISTORY: list(model.history)}

    def build(staging: Path) -> Mapping[str, int]:
        revised = WorkspaceTopics.read(workspace, model)
        model.save(staging / "topic_model")
        model.topics_.write_parquet(staging / "topics.parquet", compression="zstd")
        for name, table in {**tables, **_measured(workspace, model)}.items():
            table.write_parquet(staging / name, compression="zstd")
        without = write_tables(revised, staging, groupings, progress)
        return {"posts": revised.matrix.n_posts, "topics": len(model.topics_), "posts_without_topic": without}

    return workspace.run_stage(
        "topics",
        build,
        outputs=[*OUTPUTS, *tables],
        inputs=workspace.output_hashes("ingest", "matrix"),
        settings=settings,
    )
