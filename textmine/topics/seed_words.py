"""Topics that the user names beforehand, each by a few words: read from TOML, found in the vocabulary.

References
----------
Jagarlamudi, J., Daumé III, H., and Udupa, R. (2012). Incorporating lexical priors into topic models. EACL, 204-213.
Vendrow, J., Haddock, J., Rebrova, E., and Needell, D. (2021). On a guided nonnegative matrix factorization. ICASSP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.counting import document_term_matrix
from textmine.errors import ConfigError, NotEnoughDataError
from textmine.language.settings import LanguageSettings
from textmine.tomlfile import read_toml
from textmine.tomlplaces import find_places

if TYPE_CHECKING:
    import numpy.typing as npt

SeedWords = Mapping[str, Sequence[str]]
"""Name of a topic and the words that belong to it, as people write them; hashtags with ``#``."""


def load_seed_words(path: str | Path) -> dict[str, tuple[str, ...]]:
    """Read topics that are named beforehand.

    Parameters
    ----------
    path
        TOML, a line a topic: ``Vaksinasi = ["vaksin", "dosis kedua", "#AyoVaksin"]``.

    Returns
    -------
    dict
        Words of each topic, in the order of the file.

    Raises
    ------
    ConfigError
        The file cannot be read, or a topic is not a list of words; file, line and key are named.
    """
    path = Path(path)
    content, text = read_toml(path)
    if not content:
        raise ConfigError('names no topic; write a line such as: Vaksinasi = ["vaksin", "dosis"]', path=path)
    for name, words in content.items():
        problem = _problem(name, words)
        if problem:
            raise ConfigError(problem, path=path, line=find_places(text).line_of((name,)), key=name, value=words)
    return {name: tuple(words) for name, words in content.items()}


def _problem(name: str, words: object) -> str | None:
    if isinstance(words, dict):
        return 'is a section; write the words beside the name: name = ["word", "#Hashtag"]'
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return f"must be a list of words in quotes (it is {words!r})"
    if not words:
        return "names no word; a topic needs at least one"
    if any(not word.strip(" #") for word in words):
        return "holds an empty word"
    return None if name.strip() else "is a topic without a name"


@dataclass(frozen=True)
class SeedColumns:
    """Seed words found in a vocabulary.

    Parameters
    ----------
    names
        Names of the topics.
    columns
        Columns of each topic's words; each int64, not empty.
    unknown
        Words that the vocabulary does not hold, in the order given.
    """

    names: tuple[str, ...] = ()
    columns: tuple[npt.NDArray[np.int64], ...] = ()
    unknown: tuple[str, ...] = ()


def find_seed_words(seed_words: SeedWords, vocabulary: pl.DataFrame, language: LanguageSettings | None) -> SeedColumns:
    """Find the words of each topic in a vocabulary, through the same language layer as the posts.

    Parameters
    ----------
    seed_words
        As :func:`load_seed_words` gives them.
    vocabulary
        ``kind``, ``term`` and ``surface`` of the columns.
    language
        Settings that the vocabulary was made with; the defaults if None.

    Raises
    ------
    NotEnoughDataError
        None of a topic's words is in the vocabulary.
    """
    kinds = vocabulary["kind"].cast(pl.String).to_list()
    place = {key: i for i, key in enumerate(zip(kinds, vocabulary["term"].to_list(), strict=True))}
    surfaces = {key: i for i, key in enumerate(zip(kinds, vocabulary["surface"].to_list(), strict=True))}
    found, unknown = [], []
    for name, words in seed_words.items():
        columns: list[int] = []
        for word in words:
            matched = [place[key] for key in _terms_of(word, language) if key in place]
            as_written = ("hashtag" if word.startswith("#") else "word", word)
            matched = matched or [places[as_written] for places in (place, surfaces) if as_written in places][:1]
            columns += matched
            unknown += [] if matched else [word]
        if not columns:
            problem = f"none of the seed words of {name!r} is in enough posts: {', '.join(words)}"
            raise NotEnoughDataError(f"{problem}; choose words that posts use", needed=1, got=0)
        found.append(np.unique(columns))
    return SeedColumns(tuple(seed_words), tuple(found), tuple(unknown))


def _terms_of(word: str, language: LanguageSettings | None) -> list[tuple[str, str]]:
    hashtags = [word[1:]] if word.startswith("#") else []
    posts = pl.DataFrame(
        {"caption": [word], "hashtags": [hashtags]}, schema={"caption": pl.String, "hashtags": pl.List(pl.String)}
    )
    vocabulary = document_term_matrix(posts, language=language).vocabulary
    kinds = ("hashtag",) if hashtags else ("word",)
    return [
        (kind, term)
        for kind, term in zip(vocabulary["kind"].cast(pl.String).to_list(), vocabulary["term"].to_list(), strict=True)
        if kind in kinds
    ]
