"""File names for agencies: safe on every system, short, and different from each other."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_LENGTH: Final = 60
_RESERVED: Final = frozenset(
    ["con", "prn", "aux", "nul", "index", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))]
)
"""Names that Windows refuses, and the index page's own."""


def slug(name: str) -> str:
    """``name`` in lower-case ASCII letters, digits and hyphens; ``agency`` when nothing is left.

    Examples
    --------
    >>> slug("Kementerian PUPR / Ditjen Bina Marga")
    'kementerian-pupr-ditjen-bina-marga'
    >>> slug("../../etc/passwd")
    'etc-passwd'
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:MAX_LENGTH].strip("-")
    return f"{plain}-1" if plain in _RESERVED else plain or "agency"


def unique_slugs(groups: Iterable[str]) -> dict[str, str]:
    """A slug for each group; those that would be alike carry a few digits of their group's SHA-256.

    Parameters
    ----------
    groups
        Keys of the groups, each once.

    Returns
    -------
    dict
        Group to slug. A group's slug does not depend on the order of ``groups``.
    """
    names = {group: slug(group) for group in sorted(groups)}
    taken: dict[str, int] = {}
    for name in names.values():
        taken[name] = taken.get(name, 0) + 1
    return {
        group: name if taken[name] == 1 else f"{name}-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
        for group, name in names.items()
    }
