"""Indonesian words made of a root and affixes, found where a text without spaces may hold them.

A frequency list of 31,000 words knows *vaksin* and not *divaksin*, *bahaya* and not *bahayanya*. Writing out all forms
of 30,000 roots would take millions of entries; instead the prefix is read off the text, the sound that it swallowed
is put back (*me-* before *tanam* is *menanam*), and what follows must be a root and may bear suffixes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

# Costs are natural logarithms, a little below how often the affixes occur on the words of running text.
_PREFIXES: Final = {
    "di": 4.0,
    "ber": 4.0,
    "ter": 4.5,
    "ke": 5.0,
    "se": 5.5,
    "per": 5.5,
    "pe": 6.0,
    "memper": 5.5,
    "diper": 5.5,
    "keber": 6.0,
    "keter": 6.0,
    "pember": 6.5,
}
_NASALS: Final = {  # what of the root is written after the prefix, and what it swallows
    "me": ("l", "m", "n", "r", "w", "y"),
    "mem": ("b", "f", "v", "-p"),
    "men": ("c", "d", "j", "z", "-t"),
    "meny": ("-s",),
    "meng": ("a", "e", "i", "o", "u", "g", "h", "-k"),
}
_NASAL_COST: Final = {"me": 4.0, "pe": 5.0}
_SUFFIXES: Final = {
    "nya": 3.0,
    "an": 4.5,
    "kan": 4.0,
    "i": 5.5,
    "ku": 5.0,
    "mu": 5.0,
    "lah": 5.5,
    "kah": 6.0,
    "annya": 6.0,
    "kannya": 7.0,
    "inya": 7.5,
}
_SHORTEST_ROOT: Final = 4
_LONGEST_ROOT: Final = 12


class Derivation:
    """Finds affixed words at a position of a text.

    Parameters
    ----------
    roots
        Lower-case roots with the natural logarithms of their probabilities; those of three letters or fewer are left
        out, as they would be found everywhere.

    Attributes
    ----------
    openings
        The first two letters of all prefixes.

    Examples
    --------
    >>> derivation = Derivation({"vaksin": -10.0, "tanam": -11.0})
    >>> list(derivation.prefixed("sudahdivaksin", 5))
    [(13, -14.0)]
    >>> list(derivation.prefixed("menanamkan", 0))
    [(7, -15.0), (10, -19.0)]
    """

    def __init__(self, roots: Mapping[str, float]) -> None:
        self.roots = {root: score for root, score in roots.items() if len(root) >= _SHORTEST_ROOT}
        self._prefixes: dict[str, list[tuple[str, str, str, float]]] = {}
        for prefix, first, swallowed, cost in _prefix_rules():
            self._prefixes.setdefault(prefix[:2], []).append((prefix, first, swallowed, cost))
        self.openings = frozenset(self._prefixes)

    def prefixed(self, text: str, start: int) -> Iterator[tuple[int, float]]:
        """Give the ends and log probabilities of the words with a prefix, and perhaps suffixes, that begin here."""
        roots = self.roots
        for prefix, first, swallowed, cost in self._prefixes.get(text[start : start + 2], ()):
            if not text.startswith(prefix, start):
                continue
            at = start + len(prefix)
            if first and text[at : at + 1] != first:
                continue
            shortest = _SHORTEST_ROOT - len(swallowed)
            for end in range(at + shortest, min(len(text), at + _LONGEST_ROOT) + 1):
                score = roots.get(swallowed + text[at:end])
                if score is not None:
                    yield end, score - cost
                    yield from self.suffixed(text, end, score - cost)

    def suffixed(self, text: str, end: int, score: float) -> Iterator[tuple[int, float]]:
        """Give the ends and log probabilities of the words that suffixes make of the word that ends here."""
        for suffix, cost in _SUFFIXES_BY_LETTER.get(text[end : end + 1], ()):
            if text.startswith(suffix, end):
                yield end + len(suffix), score - cost


def _prefix_rules() -> Iterator[tuple[str, str, str, float]]:
    for prefix, cost in _PREFIXES.items():
        yield prefix, "", "", cost
    for stem, base_cost in _NASAL_COST.items():
        for prefix, sounds in _NASALS.items():
            for sound in sounds:
                written = stem + prefix[2:]
                swallowed = sound[1:] if sound.startswith("-") else ""
                yield written, "" if swallowed else sound, swallowed, base_cost


_SUFFIXES_BY_LETTER: Final = {
    letter: [(suffix, cost) for suffix, cost in _SUFFIXES.items() if suffix[0] == letter]
    for letter in {suffix[0] for suffix in _SUFFIXES}
}
