"""The word lists that come with textmine, and the reading of a user's own.

All files lie in ``textmine/data`` and were written for textmine; ``SOURCES.toml`` beside them says so file by file.
Every call reads its file anew and keeps nothing: who needs a lexicon often holds on to the result.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Iterator
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from textmine.errors import InputError
from textmine.textfile import read_text

NameKind: TypeAlias = Literal[
    "province",
    "regency",
    "city",
    "town",
    "island",
    "nature",
    "agency",
    "company",
    "university",
    "programme",
    "holiday",
    "nation",
]
"""What a name of the gazetteer names; ``nation`` holds symbols and terms of the state (nkri, apbn, asta cita)."""
Evidence: TypeAlias = Literal["capital", "capitals", "designation", "never"]
"""What shows that a name is meant which is an ordinary word too."""


def load_slang() -> dict[str, str]:
    """Informal spellings with their formal words.

    Returns
    -------
    dict of str to str
        One informal token to one or more formal words separated by a space. Keys and words are lower case, no formal
        word is itself a key, so one pass of look-ups suffices.

    Notes
    -----
    Doubled last letters (``bangett``), ``2`` for reduplication (``org2``) and symbols of units (``km``, ``cm``, ``kg``)
    are no entries: rules see to them. Abbreviations that agencies use for other things are none either (``pkl``,
    ``spt``, ``pcr``, ``ttd``). ``g``, ``no`` and ``dr`` are entries, so a caller should leave ``g`` alone after a
    numeral (``4 g``) and ``Dr.`` alone before a capital.

    Examples
    --------
    >>> slang = load_slang()
    >>> slang["yg"], slang["mksh"], slang["ngeliat"]
    ('yang', 'terima kasih', 'melihat')
    """
    return dict(_pairs("slang.tsv"))


def load_spelling() -> dict[str, str]:
    """Misspelt, outdated and wrongly joined words of the standard language with their spelling in KBBI.

    Returns
    -------
    dict of str to str
        One token to one or more words separated by a space, lower case; no formal word is itself a key, here or in
        :func:`load_slang`.

    Examples
    --------
    >>> spelling = load_spelling()
    >>> spelling["resiko"], spelling["silahkan"], spelling["dirumah"]
    ('risiko', 'silakan', 'di rumah')
    """
    return dict(_pairs("spelling.tsv"))


def load_user_slang(path: str | Path) -> dict[str, str]:
    """Read a user's own informal spellings.

    Parameters
    ----------
    path
        UTF-8 text without a header, one entry a line: informal token, formal words. The columns are separated by a
        comma if the name ends in ``.csv`` and by a tab otherwise. Blank lines are skipped, letters are lower-cased.

    Returns
    -------
    dict of str to str
        As :func:`load_slang`; to let the user's entries win, update the shipped ones with them.

    Raises
    ------
    InputError
        The file cannot be read as UTF-8, or a line has other than two filled columns, an informal side of several
        words, or an informal side that stood before with another formal one. ``row`` counts lines from 1.
    """
    path = Path(path)
    slang: dict[str, str] = {}
    for line, cells in _rows(read_text(path), path):
        informal, formal = _checked(cells, path=path, line=line)
        if slang.setdefault(informal, formal) != formal:
            raise InputError(
                f"{informal!r} already stands for {slang[informal]!r}; keep one of the two",
                path=path,
                row=line,
                value=formal,
            )
    return slang


def load_negations() -> frozenset[str]:
    """Negations with their formal and informal spellings.

    Returns
    -------
    frozenset of str
        ``tidak``, ``bukan``, ``belum``, ``jangan``, ``tanpa``, ``kurang`` and the ways to write them.

    Examples
    --------
    >>> sorted({"tidak", "gak", "rumah"} & load_negations())
    ['gak', 'tidak']
    """
    return frozenset(_lines("negations.txt"))


def load_stopwords(*, keep_negations: bool = False, english: bool = True, social: bool = True) -> frozenset[str]:
    """Words that carry no topic.

    Parameters
    ----------
    keep_negations
        Leave negations out of the result, so that they stay in the text: what sentiment needs.
    english
        Include English function words. Those that negate (``not``, ``never``) follow ``keep_negations``.
    social
        Include calls and boilerplate of agency posts (``sobat``, ``yuk``, ``selengkapnya``, ``dokumentasi``): right for
        topics and keywords, wrong for sentiment, where ``selamat`` or ``semangat`` say something.

    Returns
    -------
    frozenset of str
        Lower-case words.

    Examples
    --------
    >>> "tidak" in load_stopwords(), "tidak" in load_stopwords(keep_negations=True)
    (True, False)
    """
    words = set(_lines("stopwords.txt"))
    if english:
        words.update(_lines("stopwords_en.txt"))
    if social:
        words.update(_lines("stopwords_social.txt"))
    if keep_negations:
        return frozenset(words - load_negations() - {word for word in words if _negates_in_english(word)})
    return frozenset(words | load_negations())


def load_names(*, kinds: Collection[NameKind] | None = None) -> frozenset[str]:
    """Names of places, agencies, state companies, programmes and holidays, as they are written in full.

    Parameters
    ----------
    kinds
        Only names of these kinds; all if None.

    Returns
    -------
    frozenset of str
        Lower-case names of one or more words: ``kutai kartanegara``, ``kemenkes``, ``bangga buatan indonesia``.

    Raises
    ------
    ValueError
        One of ``kinds`` is not a :data:`NameKind`.

    Examples
    --------
    >>> len(load_names(kinds={"province"}) & {"papua pegunungan", "jawa barat", "bandung"})
    2
    """
    known = get_args(NameKind)
    unknown = sorted(set(kinds or ()) - set(known))
    if unknown:
        raise ValueError(f"no such kind of name: {', '.join(unknown)}; there are {', '.join(known)}")
    return frozenset(name for name, kind in _pairs("names.tsv") if kinds is None or kind in kinds)


def load_name_words() -> frozenset[str]:
    """Single words that are names and nothing else, which a stemmer must leave as they are.

    Returns
    -------
    frozenset of str
        Words of three letters or more out of :func:`load_names`, without the ordinary ones among them (``kota``,
        ``selatan``, ``kesehatan``), which ``name_common_words.txt`` lists.

    Examples
    --------
    >>> sorted({"bekasi", "bali", "barat", "kesehatan", "kementerian"} & load_name_words())
    ['bali', 'bekasi']
    """
    words = {word for name, _ in _pairs("names.tsv") for word in name.split()}
    return frozenset(word for word in words - set(_lines("name_common_words.txt")) if len(word) >= 3)


def load_name_homographs() -> dict[str, Evidence]:
    """Names that are ordinary words too, and what shows that the name is meant.

    Returns
    -------
    dict of str to str
        Names out of :func:`load_names` with one of ``capital`` (each word of content begins with one: *Malang*, not
        *malang*), ``capitals`` (two letters or more are: *BPK*, not *bpk*, which is bapak), ``designation`` (*Kota
        Batu*, *Bupati Puncak*) and ``never``.

    Examples
    --------
    >>> homographs = load_name_homographs()
    >>> homographs["malang"], homographs["batu"], homographs["bpk"], "bekasi" in homographs
    ('capital', 'designation', 'capitals', False)
    """
    known = {evidence: evidence for evidence in get_args(Evidence)}
    return {name: known[evidence] for name, evidence in _pairs("name_homographs.tsv")}


def _negates_in_english(word: str) -> bool:
    return word in {"no", "nor", "not", "never", "neither", "without", "cannot", "ain"} or word.endswith(("n't", "n’t"))


def _lines(name: str) -> list[str]:
    return (resources.files("textmine") / "data" / name).read_text(encoding="utf-8").splitlines()


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    for line in _lines(name):
        first, second = line.split("\t")
        yield first, second


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    # Quotes mean something in CSV only: in a tab-separated list an apostrophe or a quote is part of the word.
    comma = path.suffix.lower() == ".csv"
    reader = csv.reader(
        StringIO(text, newline=""),
        delimiter="," if comma else "\t",
        quoting=csv.QUOTE_MINIMAL if comma else csv.QUOTE_NONE,
    )
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"not a readable list ({error})", path=path, row=reader.line_num) from error


def _checked(cells: list[str], *, path: Path, line: int) -> tuple[str, str]:
    filled = [" ".join(unicodedata.normalize("NFC", cell.lower()).split()) for cell in cells]
    if len(filled) != 2 or not all(filled):
        separator = "comma" if path.suffix.lower() == ".csv" else "tab"
        raise InputError(
            f"expected an informal token, a {separator} and its formal words, found {len(filled)} column(s)"
            + ("" if all(filled) else ", one of them empty"),
            path=path,
            row=line,
            value=cells,
        )
    if " " in filled[0]:
        raise InputError(
            f"the informal side {filled[0]!r} has several words; only single tokens are looked up",
            path=path,
            row=line,
            value=filled[0],
        )
    return filled[0], filled[1]
