"""What the page of topics shows of all posts, added up while their shares are known: solving for them is dear."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import detached
from textmine.topics.evolution import TrendTally
from textmine.topics.term_counts import term_counts

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.workspace import TopicBlock

FOLDER: Final = "topic_overview"
_TERMS: Final = "terms.parquet"
_MONTHS: Final = "months.parquet"
_GROUPS: Final = "groups.parquet"


@dataclass(frozen=True)
class TopicOverview:
    """Sums over the credited posts of a workspace.

    Parameters
    ----------
    counts
        Term occurrences of each topic (:mod:`textmine.topics.term_counts`), shape (n_ids, n_terms).
    months
        Sums of shares by month and week.
    groups
        ``group`` (agency, or account without one), ``n_posts`` and ``n_without`` (posts without any topic).
    """

    counts: npt.NDArray[np.float64]
    months: TrendTally
    groups: pl.DataFrame

    @classmethod
    def read(cls, folder: Path, *, n_ids: int, n_terms: int) -> TopicOverview:
        """Read what :meth:`OverviewTally.write` wrote; the numbers are those of the model."""
        held = pl.read_parquet(folder / _TERMS)
        counts = np.zeros((n_ids, n_terms))
        counts[held["topic"].to_numpy(), held["term"].to_numpy()] = held["count"].to_numpy()
        months = TrendTally.read(pl.read_parquet(folder / _MONTHS), by="month")
        return cls(counts, months, pl.read_parquet(folder / _GROUPS))


def terms_used(block: TopicBlock) -> npt.NDArray[np.float64]:
    """Term occurrences of each topic in the credited posts of a block, shape (n_ids, n_terms).

    Apart from the sums, since it is dear and blocks can be worked on at the same time.
    """
    kept = np.flatnonzero(block.credited)
    return term_counts(block.counts[kept], block.shares[kept])


class OverviewTally:
    """Adds up a :class:`TopicOverview`, block by block.

    Parameters
    ----------
    n_ids, n_terms
        Rows and columns of the model's components.
    """

    def __init__(self, n_ids: int, n_terms: int) -> None:
        self._terms, self._months = np.zeros((n_ids, n_terms)), TrendTally(by="month")
        self._groups = [pl.DataFrame(schema={"group": pl.String, "n_posts": pl.Int64, "n_without": pl.Int64})]

    def add(self, block: TopicBlock, used: npt.NDArray[np.float64]) -> None:
        """Add posts with their counts and shares, and what :func:`terms_used` says of them."""
        self._months.add(block.posts, block.shares)
        self._terms += used
        kept = np.flatnonzero(block.credited)
        group = block.posts.select(pl.coalesce("agency", "account").alias("group"))
        found = group.with_columns(pl.Series("without", ~block.shares.any(axis=1)))[kept]
        of_group = found.group_by("group").agg(
            pl.len().cast(pl.Int64).alias("n_posts"), pl.col("without").sum().cast(pl.Int64).alias("n_without")
        )
        self._groups.append(detached(of_group))

    def write(self, folder: Path) -> None:
        """Write the sums into a new folder."""
        folder.mkdir()
        topic, term = np.nonzero(self._terms)
        held = pl.DataFrame({"topic": topic, "term": term, "count": self._terms[topic, term]})
        held.cast({"topic": pl.UInt32, "term": pl.UInt32}).write_parquet(folder / _TERMS, compression="zstd")
        self._months.sums().write_parquet(folder / _MONTHS, compression="zstd")
        groups = pl.concat(self._groups).group_by("group").sum().sort("group")
        groups.write_parquet(folder / _GROUPS, compression="zstd")
