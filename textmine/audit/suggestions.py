"""Which agency an account may belong to: suggestions to be looked at, never applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import polars as pl

from textmine.audit.bodies import BodyName, Likeness, compare, take_apart

LIKELY: Final = 0.75
"""Score from which a suggestion is made; below it stands only what the nearest body is, and why it is another."""

_NEAR: Final = 60
"""Likeness of letters, of 100, from which two names are compared closely."""
_CLOSEST: Final = 12
"""Names that are compared closely with one account, at most."""
_CHUNK: Final = 2_000
_PSEUDONYM: Final = re.compile(r"p_[0-9a-f]{16}")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_INITIALS: Final = 3
_PREFIX: Final = range(2, 6)


@dataclass(frozen=True)
class Suggestion:
    """The agency that an account is nearest to.

    ``likely`` says whether it is worth proposing; otherwise ``why`` says why the nearest is another body.
    """

    platform: str
    account: str
    agency: str
    score: float
    why: str

    @property
    def likely(self) -> bool:
        """Whether the score reaches :data:`LIKELY`."""
        return self.score >= LIKELY


@dataclass(frozen=True)
class _Alias:
    """A known name of an agency."""

    agency: str
    name: BodyName
    origin: str


def suggest_agencies(accounts: pl.DataFrame, register: pl.DataFrame) -> list[Suggestion]:
    """Find for each account the agency that it may belong to.

    An account is compared with the register's accounts on every platform, the agencies' names and keys, the initials
    of the names (``bnpb``) and their usual short forms (``kemenkes``). Pseudonyms are left out.

    Parameters
    ----------
    accounts
        Columns platform and account, of accounts that the register does not hold; shape (n_accounts, 2).
    register
        Rows of :class:`textmine.agencies.AgencySchema`.

    Returns
    -------
    list of Suggestion
        At most one an account, in the order of ``accounts``; none for an account that is near to no name.
    """
    aliases = _aliases(register)
    shorts = _short_forms(register)
    pairs = [
        (platform, account)
        for platform, account in accounts.select(pl.col("platform").cast(pl.String), "account").iter_rows()
        if not _PSEUDONYM.fullmatch(account) and not account.startswith(_FORMULA)
    ]
    found = []
    for start in range(0, len(pairs), _CHUNK):
        names = [take_apart(account) for _, account in pairs[start : start + _CHUNK]]
        for (platform, account), name, near in zip(
            pairs[start : start + _CHUNK], names, _nearest(names, aliases), strict=True
        ):
            best = _best(name, near, shorts)
            if best is not None:
                agency, likeness = best
                found.append(Suggestion(platform, account, agency, likeness.score, likeness.why))
    return found


def _aliases(register: pl.DataFrame) -> list[_Alias]:
    """Every name of every agency, each once."""
    found: dict[tuple[str, str], _Alias] = {}
    for row in register.select("agency", "name", pl.col("platform").cast(pl.String), "account").iter_rows(named=True):
        for text, origin in ((row["account"], f"its account on {row['platform']}"), (row["name"], "its name"),
                             (row["agency"], "its key")):  # fmt: skip
            found.setdefault((row["agency"], text), _Alias(row["agency"], take_apart(text), origin))
    return list(found.values())


def _nearest(names: Sequence[BodyName], aliases: Sequence[_Alias]) -> Iterator[list[_Alias]]:
    """Aliases whose letters are like a name's, the closest first."""
    import numpy as np
    from rapidfuzz import fuzz, process

    if not aliases:
        yield from ([] for _ in names)
        return
    known = [alias.name for alias in aliases]
    scores = process.cdist(
        [name.compact for name in names],
        [name.compact for name in known],
        scorer=fuzz.ratio,
        score_cutoff=_NEAR,
        dtype=np.uint8,
    )
    cores = process.cdist(
        [name.core or name.compact for name in names], [name.core or name.compact for name in known],
        scorer=fuzz.ratio, score_cutoff=_NEAR, dtype=np.uint8,
    )  # fmt: skip
    scores = np.maximum(scores, cores)
    for row in scores:
        order = np.argsort(-row.astype(int), kind="stable")[:_CLOSEST]
        yield [aliases[i] for i in order if row[i]]


def _best(name: BodyName, near: Sequence[_Alias], shorts: dict[str, dict[str, str]]) -> tuple[str, Likeness] | None:
    """Agency with the highest score; two with the same make each other doubtful."""
    scores: dict[str, Likeness] = {}
    for alias in near:  # the closest first, so that of two different bodies the closer one is named
        likeness = compare(name, alias.name)
        likeness = replace(likeness, why=f"{likeness.why}, {alias.origin}")
        if likeness.score > scores.get(alias.agency, Likeness(0, "")).score:
            scores[alias.agency] = likeness
    if not (name.places or name.kind or name.numbers or name.offices):
        for agency, why in shorts.get(name.core, {}).items():
            if scores.get(agency, Likeness(0, "")).score < 0.8:
                scores[agency] = Likeness(0.8, why)
    if not scores:
        return None
    ranked = sorted(scores.items(), key=lambda item: -item[1].score)
    agency, likeness = ranked[0]
    if len(ranked) > 1 and ranked[1][1].score >= likeness.score >= LIKELY:
        return agency, Likeness(0.6, f"{likeness.why}; {ranked[1][0]} fits as well")
    return agency, likeness


def _short_forms(register: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Short forms of the agencies' names: initials, and beginnings of their words."""
    found: dict[str, dict[str, str]] = {}
    for agency, name in register.select("agency", "name").unique(maintain_order=True).iter_rows():
        words = [word for word in re.findall(r"[a-z]+", re.sub(r"\(.*?\)", "", name.lower())) if _counts(word)]
        initials = "".join(word[0] for word in words)
        if len(initials) >= _INITIALS:
            found.setdefault(initials, {})[agency] = f"the initials of {name!r}"
        if len(words) > 1 and words[0] in ("kementerian", "kementrian"):
            for parts in _beginnings(words[1:3]):
                found.setdefault(f"kemen{parts}", {})[agency] = f"a short form of {name!r}"
    return found


def _counts(word: str) -> bool:
    return word not in ("dan", "republik", "indonesia", "ri", "pt", "persero", "tbk")


def _beginnings(words: Sequence[str]) -> Iterator[str]:
    """Beginnings of the first word, or of both."""
    heads = [[word[:length] for length in _PREFIX if length <= len(word)] for word in words]
    yield from heads[0]
    if len(heads) > 1:
        yield from map("".join, product(*heads))
