"""Categorical codes of token columns over batches: each type is learned once, tokens are mapped by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt


def types_of(tokens: pl.Series) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Codes of a categorical token column and, for each code in use, where it first stands.

    Parameters
    ----------
    tokens
        Categorical column without nulls, shape (n_tokens,).

    Returns
    -------
    codes : shape (n_tokens,), uint32
    first : shape (max code + 1,), int64
        Position of the first token with that code, -1 where there is none.
    """
    codes = tokens.to_physical().to_numpy()
    first = np.full(int(codes.max()) + 1 if len(codes) else 0, -1, np.int64)
    # Assigned backwards: of several writes to one place the last stays, which is the first occurrence.
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


class TypeTable:
    """The types of a token column over batches; a type has zero or more slots, numbered in the order they were learned.

    Parameters
    ----------
    learn
        Called with the types that no earlier batch had, as they come; says how many slots each of them has.
    """

    def __init__(self, learn: Callable[[list[str]], list[int]]) -> None:
        self._learn = learn
        self._categories = pl.Categories.random()
        # Polars drops the codes of categories that no column uses, and would number the next batch anew.
        self._anchor = pl.Series(dtype=pl.Categorical(self._categories))
        self._start = np.zeros(0, np.int64)
        self._length = np.full(0, -1, np.int64)  # -1: type not seen yet
        self._n_slots = 0

    @property
    def dtype(self) -> pl.DataType:
        """Polars type that token lists are read as."""
        return pl.List(pl.Categorical(self._categories))

    def encode(self, lists: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Slots of a batch of token lists in order, and the row of each, both of shape (n_slots_met,)."""
        tokens = lists.explode(empty_as_null=False, keep_nulls=False)
        codes, first = types_of(tokens)
        self._meet(tokens, first)
        lengths = self._length[codes]
        n_tokens = lists.list.len().fill_null(0).to_numpy().astype(np.int64)
        token_rows = np.repeat(np.arange(len(lists), dtype=np.int64), n_tokens)
        ends = np.cumsum(lengths)
        within = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)
        return np.repeat(self._start[codes], lengths) + within, np.repeat(token_rows, lengths)

    def _meet(self, tokens: pl.Series, first: npt.NDArray[np.int64]) -> None:
        """Learn the types that no earlier batch had."""
        grow = len(first) - len(self._length)
        if grow > 0:
            self._length = np.concatenate([self._length, np.full(grow, -1, np.int64)])
            self._start = np.concatenate([self._start, np.zeros(grow, np.int64)])
        new = np.flatnonzero((first >= 0) & (self._length[: len(first)] < 0))
        new = new[np.argsort(first[new])]  # codes come in another order in each run, and slots must not
        lengths = np.asarray(self._learn(tokens.gather(first[new]).cast(pl.String).to_list()), np.int64)
        self._length[new] = lengths
        self._start[new] = self._n_slots + np.cumsum(lengths) - lengths
        self._n_slots += int(lengths.sum())
