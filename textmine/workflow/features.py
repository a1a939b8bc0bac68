"""The stage ``features`` with the stages that it reads, as far as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from textmine.duplicates import duplicates_stage
from textmine.features import FeatureSettings, features_stage
from textmine.hashtags import hashtags_stage
from textmine.store import StageResult, Workspace
from textmine.topics.revision_stage import current_topics_stage
from textmine.workflow.languages import languages_stage
from textmine.workflow.stages import matrix_stage, where_enough

NEEDED: Final = ("languages", "topics", "duplicates", "hashtags")
"""Stages that are run first; the matrix comes with topics and hashtags."""


def complete_features_stage(
    workspace: Workspace,
    *,
    settings: FeatureSettings | None = None,
    first: Collection[str] = NEEDED,
    announce: Callable[[str], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> StageResult:
    """Bring the stages that features read up to date, with their last settings, and write ``features.parquet``.

    Topics that cannot be found because there are too few posts are left out. The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    settings
        As for :func:`textmine.features.features_stage`.
    first
        Which of :data:`NEEDED` are run first; none reads what is there.
    announce
        Called with the name of each stage when it begins.
    progress
        Called with the number of posts that a stage has done.
    """
    for name in NEEDED:
        if name in first:
            if announce is not None:
                announce(name)
            _run(workspace, name, progress)
    if announce is not None:
        announce("features")
    return features_stage(workspace, settings=settings, progress=progress)


def _run(workspace: Workspace, name: str, progress: Callable[[int], None] | None) -> None:
    """Run a stage with its last settings."""
    match name:
        case "languages":
            languages_stage(workspace, progress=progress)
        case "duplicates":
            last = workspace.manifest("duplicates")
            duplicates_stage(workspace, progress=progress, **(last.settings if last is not None else {}))
        case "hashtags":
            matrix_stage(workspace, progress=progress)
            hashtags_stage(workspace)
        case "topics":
            matrix_stage(workspace, progress=progress)
            where_enough(lambda: current_topics_stage(workspace, progress=progress))
