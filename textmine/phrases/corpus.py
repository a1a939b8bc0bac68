"""The numbered words of distinct posts, spooled to disk, so that text is analysed once however often it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from textmine.phrases.stream import BREAK, Words
from textmine.phrases.tally import SeenHashes

if TYPE_CHECKING:
    import numpy.typing as npt


MAX_SYMBOLS: Final = 2**28
"""Words and phrases that a key of 64 bits can tell apart."""


class Block(NamedTuple):
    """Words of some posts: ``symbol``, ``gap`` and ``row`` of shape (n_words,), ``author`` of shape (n_posts,)."""

    symbol: npt.NDArray[np.uint32]
    gap: npt.NDArray[np.uint8]
    row: npt.NDArray[np.int64]
    author: npt.NDArray[np.int64]


class SpooledCorpus:
    """Blocks of numbered words in a folder.

    Parameters
    ----------
    folder
        Exists; gets 5 bytes a word and 12 a post.
    distinct
        A post with the words of an earlier one is left out, whatever its links, hashtags, capitals and signs.
    """

    def __init__(self, folder: Path, *, distinct: bool = True) -> None:
        self.n_words = 0
        self.counts = np.zeros(0, np.int64)
        self._folder = folder
        self._distinct = distinct
        self._seen = SeenHashes()
        self._n_blocks = 0

    def add(self, words: Words, author: npt.NDArray[np.int64]) -> None:
        """Spool a batch; ``author`` has shape (n_posts,)."""
        n_words = np.bincount(words.row, minlength=len(author))
        kept = self._seen.first_seen(_hashes(words, n_words)) if self._distinct else np.ones(len(author), bool)
        of_kept = kept[words.row]
        symbol = words.symbol[of_kept]
        size = max(len(self.counts), int(symbol.max()) + 1 if len(symbol) else 0)
        self.counts = np.bincount(symbol, minlength=size) + np.pad(self.counts, (0, size - len(self.counts)))
        self.n_words += int(words.n_all[kept].sum())
        length = n_words[kept].astype(np.uint32)
        path = self._folder / f"{self._n_blocks:06d}.npz"
        np.savez(path, symbol=symbol, gap=words.gap[of_kept], length=length, author=author[kept])
        self._n_blocks += 1

    def blocks(self) -> Iterator[Block]:
        """Blocks in the order in which they were added."""
        for number in range(self._n_blocks):
            with np.load(self._folder / f"{number:06d}.npz", allow_pickle=False) as stored:
                row = np.repeat(np.arange(len(stored["length"])), stored["length"])
                yield Block(stored["symbol"], stored["gap"], row, stored["author"])


def _hashes(words: Words, n_words: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """64-bit hash of each post's words in order; posts that differ share one once in 2 ** 64 pairs."""
    ends = np.cumsum(n_words)
    place = np.arange(len(words.symbol)) - np.repeat(ends - n_words, n_words)
    powers = np.full(int(n_words.max(initial=0)) + 1, 0x9E3779B97F4A7C15, np.uint64)
    powers = np.multiply.accumulate(powers)
    # The finaliser of splitmix64 makes 64 random-looking bits of a small number.
    mixed = (words.symbol.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    totals = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed * powers[place], dtype=np.uint64)])
    hashes: npt.NDArray[np.uint64] = totals[ends] - totals[ends - n_words]
    return hashes


def pair_keys(block: Block) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Key of each pair of neighbours, and the place of its second word, both of shape (n_pairs,)."""
    second = np.flatnonzero(block.gap != BREAK)
    first = block.symbol[second - 1].astype(np.uint64) << np.uint64(36)
    return first | block.gap[second].astype(np.uint64) << np.uint64(28) | block.symbol[second], second


def split_keys(
    keys: npt.NDArray[np.uint64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First symbol, gap and second symbol of pairs, each of shape (n_pairs,)."""
    first = (keys >> np.uint64(36)).astype(np.int64)
    gap = (keys >> np.uint64(28) & np.uint64(255)).astype(np.int64)
    return first, gap, (keys & np.uint64(MAX_SYMBOLS - 1)).astype(np.int64)
