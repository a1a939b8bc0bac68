"""The stage ``features`` with the stages that it reads, as far as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from textmine.duplicates import duplicates_stage
from textmine.errors import NotEnoughDataError
from textmine.features import FeatureSettings, features_stage
from textmine.hashtags import hashtags_stage
from textmine.store import StageResult, Workspace
from textmine.topics.revision_stage import current_topics_stage
from textmine.workflow.stages import matrix_stage

NEEDED: Final = ("topics", "duplicates", "hashtags")
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
    settings, progress
        As for :func:`textmine.features.features_stage`.
    first
        Which of :data:`NEEDED` are run first; none reads what is there.
    announce
        Called with the name of each stage when it begins.
    """
    for name in NEEDED:
        if name in first:
            if announce is not None:
                announce(name)
            _run(workspace, name)
    if announce is not None:
        announce("features")
    return features_stage(workspace, settings=settings, progress=progress)


def _run(workspace: Workspace, name: str) -> None:
    if name == "duplicates":
        last = workspace.manifest("duplicates")
        duplicates_stage(workspace, **(last.settings if last is not None else {}))
        return
    matrix_stage(workspace)
    if name == "hashtags":
        hashtags_stage(workspace)
        return
    try:
        current_topics_stage(workspace)
    except NotEnoughDataError:
        return
