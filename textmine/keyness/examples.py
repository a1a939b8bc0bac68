"""A post to show for each keyword."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.csr import Heaviest

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.keyness.groupings import KeynessGroups
    from textmine.matrix import MatrixSource

    Integers = npt.NDArray[np.int64]


def example_rows(source: MatrixSource, groups: KeynessGroups, group: Integers, term: Integers) -> Integers:
    """Row of the group's post in which each term weighs most, by ``count / sqrt(occurrences of all terms)``.

    Parameters
    ----------
    source, groups
        The matrix and the groups of its rows.
    group, term
        Pairs of group and row of the vocabulary, no pair twice, both of shape (n_pairs,).

    Returns
    -------
    numpy.ndarray
        Shape (n_pairs,); -1 where no post of the group holds the term, the first row where several weigh the same.
    """
    n_terms = len(source.vocabulary)
    code = group * n_terms + term
    order_of_code = np.argsort(code)
    sorted_code = code[order_of_code]
    asked = np.zeros(n_terms, bool)
    asked[term] = True
    heaviest = Heaviest(len(group))
    start = 0
    for block in source.batches():
        codes = groups.group[start : start + block.shape[0]]
        rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        weight = block.data / np.sqrt(np.asarray(block.sum(axis=1)).ravel()[rows])
        kept = np.flatnonzero((codes[rows] >= 0) & asked[block.indices])
        met = codes[rows[kept]].astype(np.int64) * n_terms + block.indices[kept]
        at = np.minimum(np.searchsorted(sorted_code, met), len(code) - 1) if len(code) else np.zeros(0, np.int64)
        kept, at = kept[sorted_code[at] == met], at[sorted_code[at] == met]
        heaviest.add(order_of_code[at], weight[kept], start + rows[kept])
        start += block.shape[0]
    return heaviest.row


def keys_of_rows(posts: pl.DataFrame | pl.LazyFrame, rows: Integers) -> pl.DataFrame:
    """``example_platform`` and ``example_post_id`` of rows of the post table; null for row -1."""
    asked = pl.DataFrame({"row": pl.Series(rows).replace(-1, None).cast(pl.UInt32)})
    keys = (
        posts.lazy()
        .select(
            pl.col("platform").cast(pl.String).alias("example_platform"), pl.col("post_id").alias("example_post_id")
        )
        .with_row_index("row")
        .join(asked.lazy().unique(), on="row", how="semi")
        .collect()
    )
    return asked.join(keys, on="row", how="left", maintain_order="left").drop("row")
