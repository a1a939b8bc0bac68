"""Captions as columns: their hashtags, and lists of tokens mapped type by type.

What is done to a token is done once to each distinct token of a column, and never again while the object lives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import polars as pl

from textmine.codes import TypeTable

_URL: Final = r"(?i)\b(?:https?://|www\.)\S+"
_CHAIN: Final = r"(?:^|[^\p{L}\p{M}\p{N}_/&#@])(?:#[\p{L}\p{M}\p{N}_]+)+"


def hashtag_tokens(caption: pl.Expr) -> pl.Expr:
    """Hashtags of a caption as typed, in order, without ``#``: those that the post table holds.

    Returns
    -------
    polars.Expr
        ``list[str]`` column.

    Examples
    --------
    >>> frame = pl.DataFrame({"c": ["#HUTRI78 di https://a.id/#x, a#b #1 #Merdeka_Belajar"]})
    >>> frame.select(hashtag_tokens(pl.col("c"))).item().to_list()
    ['HUTRI78', 'Merdeka_Belajar']
    """
    chains = caption.str.replace_all(_URL, " ").str.extract_all(_CHAIN).list.join("")
    named = pl.element().str.strip_chars_start("#")
    return chains.str.extract_all(r"#[\p{L}\p{M}\p{N}_]+").list.eval(named.filter(named.str.contains(r"[^\p{N}_]")))


class TypeMap:
    """Maps tokens of list columns to none, one or several terms each.

    Parameters
    ----------
    function
        Called with the distinct tokens that it has not had before, ``list[str]`` of shape (n_types,); gives the terms
        of each.

    Notes
    -----
    Columns may come from several threads; they are mapped one after the other.

    Examples
    --------
    >>> lengths = TypeMap(lambda types: [[word.upper()] * (len(word) - 1) for word in types])
    >>> lengths.apply(pl.Series([["di", "a", "ada"], [], None])).to_list()
    [['DI', 'ADA', 'ADA'], [], None]
    """

    def __init__(self, function: Callable[[list[str]], Iterable[list[str]]]) -> None:
        self._function = function
        self._types = TypeTable(self._learn)
        self._terms = pl.Series("term", dtype=pl.String)
        self._strings = np.empty(0, dtype=object)
        self._lock = threading.Lock()

    def apply(self, tokens: pl.Series) -> pl.Series:
        """Terms of each list.

        Parameters
        ----------
        tokens
            ``list[str]`` column, shape (n_posts,), without null tokens; or one of the type :attr:`dtype`.

        Returns
        -------
        polars.Series
            ``list[str]``, shape (n_posts,); a null list stays null.
        """
        with self._lock:
            slots, rows = self._types.encode(tokens.cast(self._types.dtype))
            terms = self._terms.gather(slots)
        lists = pl.DataFrame({"row": rows, "term": terms}).group_by("row", maintain_order=True).agg("term")
        every = pl.DataFrame({"row": np.arange(len(tokens)), "known": tokens.is_not_null()})
        placed = every.join(lists, on="row", how="left", maintain_order="left")
        empty = pl.lit([], pl.List(pl.String))
        filled = pl.when("known").then(pl.col("term").fill_null(empty))
        return placed.select(filled.alias(tokens.name)).to_series()

    def lists(self, tokens: pl.Series) -> list[list[str]]:
        """Terms of each list, as :meth:`apply` gives them, in Python's lists.

        Every occurrence of a term is the same string object, so this takes half the time of ``apply(tokens).to_list()``
        and a fraction of its memory.

        Parameters
        ----------
        tokens
            As for :meth:`apply`.

        Returns
        -------
        list of list of str
            Shape (n_posts,); a null list gives an empty one.

        Examples
        --------
        >>> TypeMap(lambda types: [[word.upper()] for word in types]).lists(pl.Series([["di", "a"], [], None]))
        [['DI', 'A'], [], []]
        """
        with self._lock:
            slots, rows = self._types.encode(tokens.cast(self._types.dtype))
            new = self._terms[len(self._strings) :].to_list()
            self._strings = np.concatenate([self._strings, np.array(new, dtype=object)])
            terms: list[str] = self._strings[slots].tolist()
        ends = np.cumsum(np.bincount(rows, minlength=len(tokens))).tolist()
        return [terms[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    @property
    def dtype(self) -> pl.DataType:
        """Polars type that token lists may be read as, which saves a cast."""
        return self._types.dtype

    def _learn(self, types: list[str]) -> list[int]:
        terms = list(self._function(types))
        flat = [term for of_type in terms for term in of_type]
        self._terms = pl.concat([self._terms, pl.Series("term", flat, dtype=pl.String)])
        return list(map(len, terms))
