"""The posts among which a choice is made: different texts with enough words, drawn in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import detached
from textmine.errors import MissingColumnError, NotEnoughDataError
from textmine.groups import group_of
from textmine.labels.selection import SPREAD, margin_uncertainty, turn_of_unsure
from textmine.matrix import MatrixSource
from textmine.posts import KEY, POLARS_SCHEMA, is_credited
from textmine.topics.sample import sample_distinct

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_LEAST_TERMS: Final = 3
"""Posts of fewer different terms say too little to be judged."""


@dataclass(frozen=True)
class Candidates:
    """Posts to choose from, beside their terms; no two have the same.

    Parameters
    ----------
    posts
        row (of the post table), the key, the columns of ``SPREAD``, account, caption and, with a model, uncertainty
        and likely (place of the most probable class). In the order of a hash, so that the first n are a random sample
        of the different texts.
    counts
        Shape (n_candidates, n_terms).
    """

    posts: pl.DataFrame
    counts: sp.csr_array


class PostPool:
    """The posts of a season that may be shown to judges: credited, with text, not chosen before.

    Parameters
    ----------
    posts
        Canonical posts.
    matrix
        Their document-term matrix; row i is post i.
    register
        The agency register, for clusters.
    taken
        Posts that were chosen before (columns of the key), or None.
    seed
        Of the hashes.
    """

    def __init__(
        self,
        posts: pl.LazyFrame,
        matrix: MatrixSource,
        *,
        register: pl.DataFrame | None = None,
        taken: pl.DataFrame | None = None,
        seed: int = 0,
    ) -> None:
        self._posts, self._matrix, self._register, self._seed = posts, matrix, register, seed
        shown = posts.select(is_credited().alias("shown")).collect(engine="streaming")["shown"].to_numpy().copy()
        if taken is not None and len(taken):
            rows = posts.select(*KEY).with_row_index("row").join(taken.lazy(), on=KEY, how="semi")
            shown[rows.select("row").collect(engine="streaming")["row"].to_numpy()] = False
        self._shown = shown

    def at_random(self, limit: int) -> Candidates:
        """Up to ``limit`` different texts, whichever."""
        return self._distinct(self._shown, limit)

    def unsure(self, probabilities: pl.LazyFrame, classes: Sequence[str], limit: int) -> Candidates:
        """Up to ``limit`` different texts that a model is least sure about, class by class in turn.

        Parameters
        ----------
        probabilities
            Columns of the key, and one of probabilities a class: named as the class, with ``p_`` or ``probability_``
            before it or not.
        classes
            Names of the classes.
        limit
            Texts at most.

        Raises
        ------
        MissingColumnError
            A column is missing.
        NotEnoughDataError
            The table holds none of the posts.
        """
        found = probabilities.collect_schema().names()
        columns = [_column(name, found) for name in classes]
        if absent := next((name for name in KEY if name not in found), None):
            raise MissingColumnError(absent, found=found, remedy="the table needs platform and post_id")
        keyed = probabilities.select(
            pl.col("platform").cast(pl.String).cast(POLARS_SCHEMA["platform"]),
            pl.col("post_id").cast(pl.String),
            margin_uncertainty(columns).alias("uncertainty"),
            pl.concat_list(columns).list.arg_max().cast(pl.UInt32).alias("likely"),
        )
        rows = (
            self._posts.select(*KEY).with_row_index("row").with_columns(pl.lit(pl.Series(self._shown)).alias("shown"))
        )
        known = rows.filter("shown").join(keyed, on=KEY).select("row", "uncertainty", "likely").drop_nulls()
        # twice as many as wanted: some of them say the same
        turns = known.sort("row").with_columns(turn_of_unsure().alias("turn"))
        top = turns.sort("turn", "likely").head(2 * limit).collect(engine="streaming")
        if top.is_empty():
            raise NotEnoughDataError("the table of probabilities holds none of the posts", needed=1, got=0)
        chosen = np.zeros(len(self._shown), bool)
        chosen[top["row"].to_numpy()] = True
        all_of_them = self._distinct(chosen, 2 * limit)
        posts = all_of_them.posts.join(top, on="row", how="left", maintain_order="left")
        place = posts.with_row_index("place").sort("turn", "likely")["place"]
        kept = np.sort(place.head(limit).to_numpy())
        return Candidates(posts[kept].drop("turn"), all_of_them.counts[kept])

    def population(self) -> dict[str, dict[str, int]]:
        """Posts of each value of the columns over which a choice is spread."""
        frame = self._described().with_columns(pl.lit(pl.Series(self._shown)).alias("shown")).filter("shown")
        tables = pl.collect_all([frame.group_by(pl.col(name).cast(pl.String)).len() for name in SPREAD])
        return {name: dict(table.fill_null("").iter_rows()) for name, table in zip(SPREAD, tables, strict=True)}

    def _described(self) -> pl.LazyFrame:
        cluster = pl.lit("") if self._register is None else group_of("cluster", agencies=self._register)
        agency = group_of("agency").alias("agency")
        return self._posts.select(*KEY, agency, cluster.alias("cluster"), "media_type", "account", "caption")

    def _distinct(self, shown: npt.NDArray[np.bool_], limit: int) -> Candidates:
        keys = np.arange(len(shown), dtype=np.int64)
        sample = sample_distinct(
            self._blocks(shown),
            self._matrix.vocabulary["term"].to_list(),
            limit=max(limit, 1),
            seed=self._seed,
            keys=keys,
        )
        rows = pl.DataFrame({"row": pl.Series(sample.keys, dtype=pl.UInt32)})
        wanted = pl.LazyFrame({"row": pl.Series(sample.keys, dtype=pl.UInt32)})
        described = self._described().with_row_index("row").join(wanted, on="row", how="semi")
        posts = detached(described).collect(engine="streaming")
        return Candidates(rows.join(posts, on="row", how="left", maintain_order="left"), sample.counts)

    def _blocks(self, shown: npt.NDArray[np.bool_]) -> Iterator[sp.csr_array]:
        """Blocks of the matrix in which posts that are not shown are empty."""
        import scipy.sparse as sp

        start = 0
        for block in self._matrix.batches():
            terms = np.diff(block.indptr)
            kept = shown[start : start + block.shape[0]] & (terms >= _LEAST_TERMS)
            inside = np.repeat(kept, terms)
            indptr = np.concatenate([[0], np.cumsum(np.where(kept, terms, 0))])
            yield sp.csr_array((block.data[inside], block.indices[inside], indptr), shape=block.shape)
            start += block.shape[0]


def _column(name: str, found: Sequence[str]) -> str:
    for column in (name, f"p_{name}", f"probability_{name}"):
        if column in found:
            return column
    raise MissingColumnError(name, found=found, remedy="a table of probabilities has one column a class")
