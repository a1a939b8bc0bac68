"""Near duplicates of a post table, in two passes over the posts and bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import iter_batches
from textmine.duplicates.clusters import Stars, alike, candidate_pairs, distinct, halves, stars
from textmine.duplicates.minhash import BandHasher, rows_of_band
from textmine.duplicates.texts import TextReader, Texts, features
from textmine.posts import POLARS_SCHEMA

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

NEAR_DUPLICATES_SCHEMA: Final = pl.Schema(
    {
        "platform": POLARS_SCHEMA["platform"],
        "post_id": pl.String(),
        "cluster": pl.UInt32(),
        "size": pl.UInt32(),
        "n_accounts": pl.UInt32(),
        "similarity": pl.Float64(),
    }
)
THRESHOLD: Final = 0.6
MIN_WORDS: Final = 5
_ELEMENTS: Final = 2**31 - 1
_COLUMNS: Final = ("platform", "post_id", "account", "published_at", "caption", "hashtags", "post_kind")


def near_duplicates(
    posts: pl.LazyFrame | pl.DataFrame,
    *,
    threshold: float = THRESHOLD,
    min_words: int = MIN_WORDS,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """Find posts with nearly the same text.

    Texts are compared without links, mentions, hashtags, emoji, case and punctuation, as sets of words and of pairs of
    neighbouring words. Each cluster has a text in the middle (the one that most posts are like, then the earliest),
    and every other text of it has at least ``threshold`` of Jaccard similarity to that one. The order of the posts
    changes nothing. Reposts are left out: a repost is known as one.

    Parameters
    ----------
    posts
        Canonical posts. A lazy frame is read twice, batch by batch.
    threshold
        Least similarity, above 0 up to 1. One word in ten changed leaves about 0.75, one in five about 0.56.
    min_words
        Texts of fewer words are near duplicates only if they and their hashtags are equal.
    progress
        Called with the number of posts read in the first pass.

    Returns
    -------
    polars.DataFrame
        Columns of ``NEAR_DUPLICATES_SCHEMA``, a row for each post that is in a cluster of two posts or more, sorted by
        cluster, platform and post_id. Clusters are numbered from 1, the largest first; ``size`` counts its posts and
        ``n_accounts`` their accounts; ``similarity`` is that to the text in the middle, 1.0 for equal texts.

    Raises
    ------
    ValueError
        ``threshold`` or ``min_words`` is out of range.

    References
    ----------
    A. Z. Broder, "On the resemblance and containment of documents", 1997.

    Examples
    --------
    >>> from textmine.posts import empty_posts
    >>> near_duplicates(empty_posts()).shape
    (0, 6)
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold is {threshold}; it must be above 0 and at most 1")
    if min_words < 1:
        raise ValueError(f"min_words is {min_words}; it must be at least 1")
    with tempfile.TemporaryDirectory(prefix="textmine-") as folder:
        corpus = _Corpus(posts.select(_COLUMNS), TextReader(min_words=min_words), rows_of_band(threshold), Path(folder))
        corpus.read(progress)
        codes = candidate_pairs(corpus.bands())
        used = distinct(np.concatenate(halves(codes)))
        codes, similarity = alike(codes, used, corpus.sets(used), threshold)
    return corpus.table(stars(corpus.n_posts[corpus.long], codes, similarity))


@dataclass
class _Corpus:
    """Posts, and their different texts in the order of rank."""

    posts: pl.LazyFrame | pl.DataFrame
    reader: TextReader
    rows_of_band: int
    folder: Path
    _key: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    _account: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    _published: list[npt.NDArray[np.int64]] = field(default_factory=list)
    _hashed: list[npt.NDArray[np.int64]] = field(default_factory=list)

    def read(self, progress: Callable[[int], None] | None) -> None:
        """First pass: keys of all texts, bands of the long ones."""
        hasher = BandHasher(self.rows_of_band)
        self.n_bands = hasher.n_bands
        n_posts = 0
        for first, batch in self._batches():
            texts = self.reader.read(batch)
            self._add(first, batch, texts)
            _, once = np.unique(texts.keys, return_index=True)
            once = once[texts.is_long[once]]
            if len(once):
                for band, hashes in enumerate(hasher.bands(*features(*texts.take(once)))):
                    with (self.folder / f"band-{band}").open("ab") as file:
                        hashes.tofile(file)
            self._hashed.append(first + texts.rows[once])
            n_posts = first + len(batch)
            if progress is not None:
                progress(n_posts)
        self._rank(n_posts)

    def _batches(self) -> Iterator[tuple[int, pl.DataFrame]]:
        first = 0
        for batch in iter_batches(self.posts):
            yield first, batch
            first += len(batch)

    def _add(self, first: int, batch: pl.DataFrame, texts: Texts) -> None:
        own = (batch["post_kind"] != "repost").to_numpy()
        keys = np.zeros(len(batch), np.uint64)  # 0: no text
        keys[texts.rows] = np.where(own[texts.rows], np.maximum(texts.keys, 1), 0)
        self._key.append(keys)
        # equality alone counts here: the hash may differ from version to version
        account = batch.select(
            pl.col("account").hash(1) ^ (pl.col("platform").to_physical().cast(pl.UInt64) + 1).hash(2)
        )
        self._account.append(account.to_series().to_numpy())
        self._published.append(batch["published_at"].to_physical().to_numpy())

    def _rank(self, n_posts: int) -> None:
        """Number the texts: the one of most posts first, then the earliest, then by key."""
        key = np.concatenate([np.zeros(0, np.uint64), *self._key])
        published = np.concatenate([np.zeros(0, np.int64), *self._published])
        values, text, count = np.unique(key, return_inverse=True, return_counts=True)
        earliest = np.full(len(values), np.iinfo(np.int64).max)
        np.minimum.at(earliest, text, published)
        no_text = values == 0
        order = np.lexsort((values, earliest, -count, no_text))
        rank = np.empty(len(values), np.int64)
        rank[order] = np.arange(len(values))
        self.n_texts = len(values) - int(no_text.sum())
        self.n_posts = count[order][: self.n_texts]
        self._text = np.where(key == 0, -1, rank[text])
        self._key, self._published = [], []

    def bands(self) -> Iterator[npt.NDArray[np.uint32]]:
        """For each band the hashes of all long texts that stand in several posts or batches or not, by rank."""
        hashed = np.concatenate([np.zeros(0, np.int64), *self._hashed])
        text = self._text[hashed] if len(hashed) else hashed
        self.long, where = np.unique(text[text >= 0], return_index=True)
        where = np.flatnonzero(text >= 0)[where]
        self._example = hashed[where]
        for band in range(self.n_bands if len(hashed) else 0):
            yield np.fromfile(self.folder / f"band-{band}", np.uint32)[where]

    def sets(self, used: npt.NDArray[np.int64]) -> sp.csr_array:
        """Second pass: the elements of the texts that are in a pair, a row a text.

        Elements are hashed to 31 bits: one pair in a million is off by one element.
        """
        import scipy.sparse as sp

        rows = self._example[used]
        order = np.argsort(rows)
        wanted, indices, sizes = rows[order], [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
        for first, batch in self._batches() if len(used) else ():
            low, high = np.searchsorted(wanted, [first, first + len(batch)])
            texts = self.reader.read(batch[wanted[low:high] - first])
            elements, starts = features(texts.words, texts.starts)
            text = np.repeat(np.arange(len(starts) - 1), np.diff(starts)).astype(np.uint64)
            coded = distinct(text << np.uint64(32) | (elements >> np.uint64(33)))
            indices.append((coded & np.uint64(0xFFFFFFFF)).astype(np.int32))
            sizes.append(np.bincount((coded >> np.uint64(32)).astype(np.int64), minlength=high - low))
        indptr = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
        flat = np.concatenate(indices)
        found = sp.csr_array((np.ones(len(flat), np.int8), flat, indptr), shape=(len(used), _ELEMENTS))
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return found[back] if len(used) else found

    def table(self, found: Stars) -> pl.DataFrame:
        """Mark the posts of clusters of two or more."""
        # stars are numbered among the long texts; a short text is alone with its copies
        middle, similarity = np.arange(self.n_texts), np.ones(self.n_texts)
        middle[self.long], similarity[self.long] = self.long[found.middle], found.similarity
        row = np.flatnonzero(self._text >= 0)
        text = self._text[row]
        marked = pl.DataFrame(
            {
                "row": row,
                "middle": middle[text],
                "account": np.concatenate([np.zeros(0, np.uint64), *self._account])[row],
                "similarity": similarity[text],
            }
        )
        several = marked.group_by("middle").agg(
            pl.len().cast(pl.UInt32).alias("size"), pl.col("account").n_unique().cast(pl.UInt32).alias("n_accounts")
        )
        largest = several.filter(pl.col("size") > 1).sort(
            "size", "n_accounts", "middle", descending=[True, True, False]
        )
        numbered = largest.with_row_index("cluster", offset=1)
        kept = marked.drop("account").join(numbered, on="middle").sort("row")
        rows, parts = kept["row"].to_numpy(), [NEAR_DUPLICATES_SCHEMA.to_frame()]
        ids = self.posts.select("platform", "post_id")
        first = 0
        for batch in iter_batches(ids) if len(rows) else ():
            low, high = np.searchsorted(rows, [first, first + len(batch)])
            mine = pl.concat([batch[rows[low:high] - first], kept[low:high]], how="horizontal")
            parts.append(mine.select(pl.col(name).cast(dtype) for name, dtype in NEAR_DUPLICATES_SCHEMA.items()))
            first += len(batch)
        return pl.concat(parts).sort("cluster", "platform", "post_id")
