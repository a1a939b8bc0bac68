"""Names that ``textmine_entities`` looks for: the gazetteer's, those of a register of agencies, a user's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from textmine.errors import ConfigError
from textmine.language.lexicons import Evidence, NameKind, load_name_homographs, load_names

_IN_BRACKETS: Final = re.compile(r"\s*\(([^()]*)\)\s*$")
_ACRONYM: Final = re.compile(r"[A-Z][A-Za-z]*[A-Z][A-Za-z]*")
_WORD_KEY: Final = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True)
class Name:
    """A name, what it names, and what shows that it is meant.

    Attributes
    ----------
    text
        As it is written, in lower case.
    labels
        Of the entity; more than one where a city and a regency, or a city and a province, share the name.
    id
        The agency's key in the register, the user's id, or the name itself.
    evidence
        What must be seen beside the letters; None: they suffice.
    rank
        Of two names over the same words the lower rank wins.
    """

    text: str
    labels: tuple[str, ...]
    id: str
    evidence: Evidence | None = None
    rank: int = 2


def checked_kinds(kinds: Iterable[str]) -> None:
    """Refuse kinds of names that there are not.

    Raises
    ------
    ConfigError
        One is unknown.
    """
    known = get_args(NameKind)
    for kind in kinds:
        if kind not in known:
            raise ConfigError(f"no such kind of name; there are {', '.join(known)}", key="kinds", value=kind)


def gazetteer_names() -> list[Name]:
    """All names that come with textmine, of all kinds; labels are the kinds in capitals.

    Examples
    --------
    >>> names = {name.text: name for name in gazetteer_names()}
    >>> names["semarang"].labels, names["malang"].evidence
    (('CITY', 'REGENCY'), 'capital')
    """
    labels: dict[str, list[str]] = {}
    # A bare name is the city's rather than the regency's, and the province's rather than either.
    for kind in ("province", "city", *(kind for kind in get_args(NameKind) if kind not in ("province", "city"))):
        for text in sorted(load_names(kinds=[kind])):
            labels.setdefault(text, []).append(kind.upper())
    homographs = load_name_homographs()
    return [Name(text, tuple(found), text, homographs.get(text)) for text, found in labels.items()]


def register_names(path: str | Path) -> list[Name]:
    """Names of the agencies of a register, with their acronyms and accounts.

    Parameters
    ----------
    path
        CSV or XLSX as :func:`textmine.ingest.register.read_agencies` reads it.

    Returns
    -------
    list of Name
        The names (what stands in brackets behind one is a name of its own if it is an acronym), keys that are single
        words, and ``@`` with each account. Ids are the keys.

    Raises
    ------
    InputError
        The register cannot be read.
    """
    from textmine.ingest.register import read_agencies

    homographs = load_name_homographs()
    register = read_agencies(path)
    found: dict[str, Name] = {}
    for key, name, account in register.select("agency", "name", "account").iter_rows():
        bracket = _IN_BRACKETS.search(name)
        texts = {name.lower(), _IN_BRACKETS.sub("", name).lower(), f"@{account}"}
        if bracket is not None and _ACRONYM.fullmatch(bracket[1]):
            texts.add(bracket[1].lower())
        if _WORD_KEY.fullmatch(key.lower()):
            texts.add(key.lower())
        for text in texts - {"", "@"}:
            found.setdefault(text, Name(text, ("AGENCY",), key, homographs.get(text), rank=1))
    return list(found.values())


def pattern_names(patterns: Sequence[Mapping[str, str]]) -> list[Name]:
    """Names of a user's own patterns: ``label``, ``pattern`` (words), and ``id`` if wanted.

    Raises
    ------
    ConfigError
        A pattern lacks its label or words, or has another key.

    Examples
    --------
    >>> pattern_names([{"label": "EVENT", "pattern": "Pekan Raya Jakarta", "id": "prj"}])
    [Name(text='pekan raya jakarta', labels=('EVENT',), id='prj', evidence=None, rank=0)]
    """
    names = []
    for pattern in patterns:
        if not {"label", "pattern"} <= set(pattern) <= {"label", "pattern", "id"} or not all(pattern.values()):
            raise ConfigError(
                "a pattern has a label, a pattern (words) and perhaps an id", key="patterns", value=pattern
            )
        text = pattern["pattern"].lower()
        names.append(Name(text, (pattern["label"],), pattern.get("id", text), rank=0))
    return names
