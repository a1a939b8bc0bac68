"""Stems remembered on disk from one run to the next, for those who ask for it.

A type costs two microseconds, so a memo pays for vocabularies of a million types that come again, or for stems that
were looked through by hand.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import polars as pl

import textmine
from textmine.language.sastrawi import SastrawiStemmer, load_roots

_COLUMNS = pl.Schema({"word": pl.String(), "stem": pl.String()})


class StemMemo:
    """A stemmer that keeps its stems in a folder.

    Parameters
    ----------
    directory
        Where the memo lies; made when :meth:`save` is called. Each set of roots and of words and each version of
        textmine has a file of its own in it, so a memo never answers for other settings.
    roots, extra_roots, protected, tried_first
        As for :class:`~textmine.language.sastrawi.SastrawiStemmer`.

    Notes
    -----
    Files are written beside their place and moved there in one step: a reader sees the old file or the new one, and of
    two processes that save at the same time the later one keeps its own stems and those that it finds. A file that is
    no Parquet is not read and is replaced at the next :meth:`save`.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     memo = StemMemo(folder, protected=["bekasi"])
    ...     stems = memo.stem_types(["pelayanan", "bekasi"])
    ...     path = memo.save()
    ...     stems, len(StemMemo(folder, protected=["bekasi"])), len(StemMemo(folder))
    (['layan', 'bekasi'], 2, 0)
    """

    def __init__(
        self,
        directory: str | Path,
        *,
        roots: Iterable[str] | None = None,
        extra_roots: Iterable[str] = (),
        protected: Collection[str] = (),
        tried_first: Collection[str] = (),
    ) -> None:
        all_roots = (load_roots() if roots is None else frozenset(roots)) | frozenset(extra_roots)
        self._stemmer = SastrawiStemmer(all_roots, protected=protected, tried_first=tried_first)
        self.path = Path(directory) / f"stems-{_key(all_roots, protected, tried_first)}.parquet"
        self._stems = _read(self.path)

    def __len__(self) -> int:
        """Number of types that are remembered."""
        return len(self._stems)

    def stem(self, word: str) -> str:
        """Stem of one word, from the memo if it is there."""
        stem = self._stems.get(word)
        if stem is None:
            stem = self._stems[word] = self._stemmer.stem(word)
        return stem

    def stem_types(self, types: Sequence[str]) -> list[str]:
        """Stems of the types of a vocabulary, (n_types,), in their order."""
        return [self.stem(word) for word in types]

    def save(self) -> Path:
        """Write what is remembered, with what other processes have saved meanwhile.

        Returns
        -------
        Path
            The file.
        """
        merged = _read(self.path) | self._stems
        table = pl.DataFrame({"word": list(merged), "stem": list(merged.values())}, schema=_COLUMNS).sort("word")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self.path.parent, prefix=".stems-", suffix=".part")
        os.close(handle)
        try:
            table.write_parquet(draft)
            os.replace(draft, self.path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        self._stems = merged
        return self.path


def _key(*words: Collection[str]) -> str:
    parts = [textmine.__version__]
    for each in words:
        parts += ["", *sorted(each)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        table = pl.read_parquet(path)
        return dict(zip(table["word"].to_list(), table["stem"].to_list(), strict=True))
    except (OSError, pl.exceptions.PolarsError):
        return {}
