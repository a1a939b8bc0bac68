"""A user's own phrases: read from a file or given as text, normalised as captions are, checked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from textmine.errors import InputError
from textmine.language.analysis import TypeAnalyser
from textmine.language.settings import LanguageSettings
from textmine.phrases.stream import prose_tokens, slots_of
from textmine.textfile import read_text


def read_phrases(path: str | Path, *, language: LanguageSettings | None = None) -> list[str]:
    r"""Read a user's own phrases.

    Parameters
    ----------
    path
        UTF-8, one phrase a line; blank lines and lines that begin with ``#`` are skipped.
    language
        What the language layer does; the defaults of :class:`LanguageSettings` if None.

    Returns
    -------
    list of str
        Normalised, sorted, without duplicates: for ``find_phrases(phrases=...)`` and :class:`textmine.Phrases`.

    Raises
    ------
    InputError
        The file cannot be read, or a line of it can never be found in a caption; ``row`` counts lines from 1.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "phrases.txt")
    ...     _ = path.write_text("# social aid\nBantuan Sosial\ntanggung jwb\n", encoding="utf-8")
    ...     read_phrases(path)
    ['bantuan sosial', 'tanggung jawab']
    """
    path = Path(path)
    lines = read_text(path).splitlines()
    rows = [row for row, line in enumerate(lines, start=1) if line.strip() and not line.lstrip().startswith("#")]
    return normalise_phrases([lines[row - 1].strip() for row in rows], language=language, path=path, rows=rows)


def normalise_phrases(
    phrases: Collection[str],
    *,
    language: LanguageSettings | None = None,
    path: Path | None = None,
    rows: Sequence[int] | None = None,
) -> list[str]:
    """Write phrases as captions are read: lower case, slang made formal, single spaces.

    Parameters
    ----------
    phrases
        As typed.
    language
        What the language layer does; the defaults of :class:`LanguageSettings` if None.
    path, rows
        Where the phrases stand, for errors.

    Returns
    -------
    list of str
        Sorted, without duplicates.

    Raises
    ------
    InputError
        A phrase can never be found in a caption.

    Examples
    --------
    >>> normalise_phrases(["Obat dan Makanan", "bantuan  sosial", "Bantuan Sosial"])
    ['bantuan sosial', 'obat dan makanan']
    """
    analyser = TypeAnalyser(language or LanguageSettings())
    written = pl.DataFrame({"phrase": list(phrases)}, schema={"phrase": pl.String})
    tokens = written.select(prose_tokens(pl.col("phrase"))).to_series().to_list()
    found = set()
    for number, (phrase, words) in enumerate(zip(phrases, tokens, strict=True)):
        normalised = [slot.word for word in words for slot in slots_of(analyser, word)]
        problem = _problem(words, normalised)
        if problem:
            row = None if rows is None else rows[number]
            raise InputError(f"{phrase!r} {problem}", path=path, row=row, value=phrase)
        found.add(" ".join(normalised))
    return sorted(found)


def _problem(tokens: list[str], normalised: list[str]) -> str | None:
    """Say why a phrase can never be found, None if it can."""
    signs = [token for token in tokens if not token[0].isalpha()]
    if signs:
        what = "a line break, link, hashtag or mention" if signs[0] == "\n" else repr(signs[0])
        return f"holds {what}; a phrase is words with nothing but space between them"
    return None if len(normalised) > 1 else "is one word; a phrase has two at least"
