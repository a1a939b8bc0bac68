"""Which words the stemmer leaves as they are, and a user's own roots and names.

Sastrawi's rules make *bekas* of Bekasi and *bal* of Bali. Names are therefore protected by default.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

import polars as pl

from textmine.errors import InputError
from textmine.language.lexicons import load_name_words
from textmine.textfile import read_text

Protect: TypeAlias = Literal["none", "names"] | Path
"""Nothing, the gazetteer's names, or those and the words of a file."""

_STEMMABLE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def protected_words(protect: Protect | str = "names") -> frozenset[str]:
    """Words that a stemmer must give back as they are.

    Parameters
    ----------
    protect
        ``none``: no word, so that stems are Sastrawi's own. ``names``: names of provinces, regencies, cities, agencies
        and programmes. Anything else is the path of a user's list, whose words join the names: UTF-8, one word a line,
        blank lines and lines that begin with ``#`` skipped. Write ``./names`` for a file that is called so.

    Returns
    -------
    frozenset of str
        Lower-case words.

    Raises
    ------
    InputError
        The file cannot be read, or a line of it holds several words; ``row`` counts lines from 1.

    Examples
    --------
    >>> protected_words("none")
    frozenset()
    >>> "bekasi" in protected_words("names")
    True
    """
    if protect == "none":
        return frozenset()
    names = load_name_words()
    return names if protect == "names" else names | load_own_words(protect)


def load_own_words(path: str | Path) -> frozenset[str]:
    """Read a user's list of words that are neither rewritten nor stemmed.

    Parameters
    ----------
    path
        UTF-8, one word a line, blank lines and lines that begin with ``#`` skipped.

    Returns
    -------
    frozenset of str
        Lower-case words.

    Raises
    ------
    InputError
        The file cannot be read, or a line of it holds several words; ``row`` counts lines from 1.
    """
    return frozenset(word for _, word in _words(Path(path)))


def load_user_roots(path: str | Path) -> frozenset[str]:
    r"""Read a user's own roots, to be added to Sastrawi's: loan words and trade words that it lacks.

    Parameters
    ----------
    path
        UTF-8, one root a line, letters a to z, digits and hyphens; blank lines and lines that begin with ``#`` are
        skipped, letters are lower-cased.

    Returns
    -------
    frozenset of str
        For ``SastrawiStemmer(extra_roots=...)``.

    Raises
    ------
    InputError
        The file cannot be read, or a line holds several words or other signs; ``row`` counts lines from 1.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "roots.txt")
    ...     _ = path.write_text("# hobbies\nvlog\nKonten\n", encoding="utf-8")
    ...     sorted(load_user_roots(path))
    ['konten', 'vlog']
    """
    path = Path(path)
    roots = set()
    for row, word in _words(path):
        if _STEMMABLE.fullmatch(word) is None:
            raise InputError("a root is written with a to z, digits and hyphens", path=path, row=row, value=word)
        roots.add(word)
    return frozenset(roots)


def surface_forms(types: pl.DataFrame) -> pl.DataFrame:
    """The most frequent written form of each stem, so that reports show *pelayanan*, not *layan*.

    Parameters
    ----------
    types
        Columns ``word``, ``stem`` (strings) and ``count`` (integer), shape (n_types, any).

    Returns
    -------
    polars.DataFrame
        Columns ``stem``, ``surface`` and ``count`` (UInt64, over all forms), shape (n_stems, 3), sorted by stem. Of
        forms that are equally frequent the first by code point stands.

    Examples
    --------
    >>> types = pl.DataFrame(
    ...     {"word": ["layanan", "pelayanan", "air"], "stem": ["layan", "layan", "air"], "count": [2, 5, 1]}
    ... )
    >>> surface_forms(types).rows()
    [('air', 'air', 1), ('layan', 'pelayanan', 7)]
    """
    forms = types.group_by("stem", "word").agg(pl.col("count").cast(pl.UInt64).sum())
    ranked = forms.sort("stem", "count", "word", descending=[False, True, False])
    return ranked.group_by("stem", maintain_order=True).agg(pl.col("word").first().alias("surface"), pl.sum("count"))


def _words(path: Path) -> Iterator[tuple[int, str]]:
    for row, line in enumerate(read_text(path).splitlines(), start=1):
        word = unicodedata.normalize("NFC", line.strip().lower())
        if not word or word.startswith("#"):
            continue
        if len(word.split()) > 1:
            raise InputError(
                f"{word!r} is several words; write each on a line of its own", path=path, row=row, value=word
            )
        yield row, word
