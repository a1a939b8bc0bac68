"""The topics of a workspace beside its posts, read block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from textmine.batches import in_order
from textmine.errors import WorkspaceError
from textmine.groups import Grouping
from textmine.inorder import InOrder
from textmine.matrix import StoredMatrix
from textmine.posts import is_credited
from textmine.store import Workspace
from textmine.topics.evolution import TrendStep, topic_trends
from textmine.topics.revised_files import load_topics

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.topics.kept_shares import KeptShares
    from textmine.topics.revised import AnyTopics

_COLUMNS: Final = ("platform", "post_id", "account", "agency", "published_at", "caption", "post_kind")


@dataclass(frozen=True)
class TopicBlock:
    """Consecutive posts with their counts and topics.

    Parameters
    ----------
    posts
        Canonical columns that topics need, shape (n_posts, 7).
    counts
        In the model's own columns, shape (n_posts, n_terms).
    shares
        Shape (n_posts, n_ids); column j is topic j.
    """

    posts: pl.DataFrame
    counts: sp.csr_array
    shares: npt.NDArray[np.float64]

    @property
    def credited(self) -> npt.NDArray[np.bool_]:
        """Which of the posts count for their agency, shape (n_posts,)."""
        return self.posts.select(is_credited().alias("credited"))["credited"].to_numpy()


@dataclass(frozen=True)
class WorkspaceTopics:
    """Saved topics, and the posts and matrix that they are about."""

    model: AnyTopics
    posts: pl.LazyFrame
    matrix: StoredMatrix
    agencies: pl.DataFrame | None
    simulated: bool
    kept: KeptShares | None = None
    """Shares of the posts where they are known already."""

    @classmethod
    def open(cls, workspace: Workspace) -> WorkspaceTopics:
        """Open the topics of a workspace.

        Raises
        ------
        WorkspaceError
            There are none, or the posts have changed since they were found.
        """
        manifest = workspace.manifest("topics")
        if manifest is None:
            raise WorkspaceError("no topics yet; run: textmine topics", path=workspace.path, stage="topics")
        if not workspace.is_current("topics", "ingest", "matrix"):
            problem = (
                "posts have changed since the topics were found; run: textmine topics update (or: textmine topics)"
            )
            raise WorkspaceError(problem, path=workspace.path, stage="topics")
        return cls.read(workspace, load_topics(workspace.file("topic_model")))

    @classmethod
    def read(cls, workspace: Workspace, model: AnyTopics, *, kept: KeptShares | None = None) -> WorkspaceTopics:
        """Put a model beside the posts and the matrix of a workspace as they are now."""
        return cls(
            model,
            workspace.scan("posts.parquet", made_by="ingest").select(_COLUMNS),
            StoredMatrix.open(workspace.file("matrix")),
            workspace.register(),
            workspace.simulated,
            kept,
        )

    def with_model(self, model: AnyTopics) -> WorkspaceTopics:
        """Put another model beside the same posts."""
        return replace(self, model=model, kept=None)

    def blocks(self) -> Iterator[TopicBlock]:
        """Posts in the order of the matrix, in bounded memory."""
        yield from in_order(self._block, self._placed())

    def _placed(self) -> Iterator[tuple[int, int, sp.csr_array]]:
        """Number, first row and counts of each block."""
        start = 0
        for number, counts in enumerate(self.model.known_counts(self.matrix)):
            yield number, start, counts
            start += counts.shape[0]

    def _block(self, placed: tuple[int, int, sp.csr_array]) -> TopicBlock:
        number, start, counts = placed
        shares = self.model.shares_of(counts) if self.kept is None else self.kept.block(number)
        return TopicBlock(self.posts.slice(start, counts.shape[0]).collect(), counts, shares)

    def trends(
        self,
        *,
        by: TrendStep = "month",
        group: Grouping | None = None,
        level: float = 0.95,
        n_resamples: int = 1_000,
        seed: int = 0,
    ) -> pl.DataFrame:
        """Topics over time with their labels; see :func:`textmine.topics.evolution.topic_trends`.

        Returns
        -------
        polars.DataFrame
            Columns of ``TREND_SCHEMA`` with ``label`` after ``topic``.
        """
        table = topic_trends(
            ((block.posts, block.shares) for block in self.blocks()),
            by=by,
            group=group,
            agencies=self.agencies,
            level=level,
            n_resamples=n_resamples,
            seed=seed,
        )
        names = self.model.topics_.select("topic", "label")
        labelled = table.join(names, on="topic", how="left", maintain_order="left")
        return labelled.select(
            "by", "period", "group", "topic", "label", pl.exclude("by", "period", "group", "topic", "label")
        )


def topics_in_order(workspace: Workspace, above: float | None = None) -> InOrder:
    """Topics of the posts with their weights, only those above a weight if one is given, read in step with the posts.

    Raises
    ------
    WorkspaceError
        There are no topics.
    """
    rows = workspace.scan("post_topics.parquet", made_by="topics")
    chosen = rows if above is None else rows.filter(pl.col("weight") > above)
    return InOrder(chosen, path=workspace.file("post_topics.parquet"), stage="topics")
