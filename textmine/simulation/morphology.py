"""Affixed forms of Indonesian verb roots: me-, di-, pe-...-an, with -kan and -i.

An action of a phrase bank such as ``"salur-kan: bantuan sembako"`` becomes an active clause, a passive clause, a noun
phrase and an imperative, so that the same event is told in four ways.

References
----------
Sneddon, J. N. (1996). Indonesian: A Comprehensive Grammar. Routledge. Sections 1.5 to 1.8 (sound changes of meN-,
peN-).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ACTION: Final = re.compile(
    r"^(?P<per>per\+)?(?P<root>[a-z-]+?)(?:-(?P<suffix>kan|i))?(?:\((?P<noun>[^)]+)\))?:(?P<objects>.+)$"
)
_CLUSTERS: Final = ("pr", "kl", "kr", "tr", "st", "sp", "str")
"""Loanword onsets that keep their first consonant after the nasal: memproses, mengklarifikasi, menstabilkan."""


@dataclass(frozen=True)
class Action:
    """One verb with one object, in the four forms that sentences need.

    ``active`` is "menyalurkan bantuan", ``passive`` "bantuan disalurkan", ``noun`` "penyaluran bantuan" and
    ``imperative`` "salurkan bantuan".
    """

    active: str
    passive: str
    noun: str
    imperative: str


def nasal(prefix: str, root: str) -> str:
    """Join ``me`` or ``pe`` to a root with its sound changes.

    Examples
    --------
    >>> [nasal("me", root) for root in ["salur", "bagi", "tanam", "kirim", "uji", "latih", "cegah", "stabil"]]
    ['menyalur', 'membagi', 'menanam', 'mengirim', 'menguji', 'melatih', 'mencegah', 'menstabil']
    """
    first = root[0]
    kept = root.startswith(_CLUSTERS)
    if first in "lrmnwy":
        return prefix + root
    if first in "bpfv":
        return prefix + "m" + (root[1:] if first == "p" and not kept else root)
    if first in "dtcjz":
        return prefix + "n" + (root[1:] if first == "t" and not kept else root)
    if first == "s":
        return prefix + ("n" + root if kept else "ny" + root[1:])
    return prefix + "ng" + (root[1:] if first == "k" and not kept else root)


def read_actions(line: str) -> Iterator[Action]:
    """Every action of a bank line ``root-suffix(noun): object | object``.

    Parameters
    ----------
    line
        The root, ``-kan`` or ``-i`` where the verb takes one, its noun in brackets where pe-...-an would be wrong, a
        colon, and objects that fit. ``per+`` before the root keeps the prefix per- whole.

    Yields
    ------
    Action
        One an object.

    Raises
    ------
    ValueError
        The line is not of that shape.

    Examples
    --------
    >>> [action.passive for action in read_actions("salur-kan: bantuan sembako | beras")]
    ['bantuan sembako disalurkan', 'beras disalurkan']
    """
    found = _ACTION.match(line)
    if found is None:
        raise ValueError(f"{line!r} is not of the shape 'root-suffix(noun): object | object'")
    root = found["root"].replace("-", "")
    suffix = found["suffix"] or ""
    stem = root + suffix
    active = f"memper{stem}" if found["per"] else nasal("me", root) + suffix
    imperative = f"per{stem}" if found["per"] else stem
    # Loanwords in -asi are nouns already: evakuasi, not pengevakuasian.
    noun = found["noun"] or (root if root.endswith("asi") else nasal("pe", root) + "an")
    for item in found["objects"].split("|"):
        thing = item.strip()
        yield Action(f"{active} {thing}", f"{thing} di{imperative}", f"{noun} {thing}", f"{imperative} {thing}")
