"""What of a caption is compared: its words, without links, mentions, hashtags, emoji and punctuation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.codes import TypeTable
from textmine.language.clean import clean

if TYPE_CHECKING:
    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]

_WORD: Final = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*"
_SHORT: Final = np.uint64(0x9E3779B97F4A7C15)
_PLACE: Final = np.uint64(0xD6E8FEB86659FD93)
_PAIR: Final = np.uint64(0xA0761D6478BD642F)


@dataclass(frozen=True)
class Texts:
    """The texts of a batch of posts.

    ``rows`` are the posts that have a text, shape (n_texts,); ``keys`` are equal where texts are; ``is_long`` tells
    those that are compared word by word. ``words`` holds the hashes of all words, text after text, and ``starts`` where
    each text begins, and the end.
    """

    rows: npt.NDArray[np.int64]
    keys: Hashes
    is_long: npt.NDArray[np.bool_]
    words: Hashes
    starts: npt.NDArray[np.int64]

    def take(self, texts: npt.NDArray[np.int64]) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Words of some texts, and where each begins, and the end."""
        lengths = np.diff(self.starts)[texts]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
        return self.words[np.repeat(self.starts[texts], lengths) + within], starts


class TextReader:
    """Reads captions as texts, batch by batch; each different word is hashed once.

    Parameters
    ----------
    min_words
        Texts of fewer words are alike only if they are equal, and so are their hashtags: few words that differ in one
        are other words.
    """

    def __init__(self, *, min_words: int) -> None:
        self.min_words = min_words
        self._hashes = np.zeros(0, np.uint64)
        self._table = TypeTable(self._learn)

    def read(self, posts: pl.DataFrame) -> Texts:
        """Texts of posts with ``caption`` and ``hashtags``; those of links and emoji alone have none."""
        prose = clean(pl.col("caption")).str.to_lowercase().str.extract_all(_WORD)
        tags = pl.col("hashtags").list.eval("#" + pl.element().str.to_lowercase()).list.unique().list.sort()
        words = posts.lazy().select(words=prose, tags=tags).with_columns(n_words=pl.col("words").list.len())
        whole = (
            pl.when(pl.col("n_words") >= self.min_words).then("words").otherwise(pl.col("words").list.concat("tags"))
        )
        frame = words.select("n_words", whole.cast(self._table.dtype).alias("words")).collect()
        slots, row = self._table.encode(frame["words"])
        rows, first = np.unique(row, return_index=True)
        hashes, starts = self._hashes[slots], np.append(first, len(row)).astype(np.int64)
        is_long = (frame["n_words"].to_numpy() >= self.min_words)[rows]
        return Texts(rows, _keys(hashes, starts, is_long), is_long, hashes, starts)

    def _learn(self, types: list[str]) -> list[int]:
        # Not the hash of Polars, which differs between versions and machines: the same posts give the same clusters.
        new = b"".join(hashlib.blake2b(word.encode(), digest_size=8).digest() for word in types)
        self._hashes = np.concatenate([self._hashes, np.frombuffer(new, "<u8").astype(np.uint64)])
        return [1] * len(types)


def _keys(words: Hashes, starts: npt.NDArray[np.int64], is_long: npt.NDArray[np.bool_]) -> Hashes:
    """Hash of each text, in which every word counts with its place."""
    if len(starts) < 2:
        return np.zeros(0, np.uint64)
    place = (np.arange(len(words)) - np.repeat(starts[:-1], np.diff(starts))).astype(np.uint64)
    keys = np.add.reduceat(mixed(words ^ mixed(place * _PLACE + _PAIR)), starts[:-1])
    return np.asarray(np.where(is_long, keys, keys ^ _SHORT))


def features(words: Hashes, starts: npt.NDArray[np.int64]) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Words and pairs of words that stand together, text after text, and where each text begins, and the end.

    Parameters
    ----------
    words
        Hashes, shape (n_words,).
    starts
        Shape (n_texts + 1,); no text is empty.
    """
    pairs = mixed(words[:-1] * _PAIR ^ words[1:])
    inside = np.ones(len(words), bool)
    inside[starts[1:] - 1] = False  # the last word of a text has none after it
    # in pairs: word, pair, word, pair, …, word
    both = np.empty(2 * len(words), np.uint64)
    both[::2] = words
    both[1:-1:2] = pairs
    kept = np.ones(2 * len(words), bool)
    kept[1::2] = inside
    n_texts = len(starts) - 1
    return both[kept], 2 * starts - np.arange(n_texts + 1)


def mixed(values: Hashes) -> Hashes:
    """Spread every bit over all (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
