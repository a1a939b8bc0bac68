"""Calls to action: words that ask the reader to do something, and where they do not.

Words of ``data/calls.tsv`` call wherever they stand (*yuk*, *jangan*, *kunjungi*), the bare roots among them only at
the beginning of a sentence (*Baca selengkapnya*, not *ruang baca*), and none behind a pronoun (*yang kami bagikan*
tells what was done). Calls in a row are one: *Yuk, jangan lupa cek* asks for one thing. There is no grammar behind
it.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]

PRONOUNS: Final = frozenset(
    "saya aku kami kita kamu kalian anda mereka dia ia beliau engkau kau gue lo yg yang telah sudah".split()
)
"""Before a word that could call, these say who does it."""

_NEAR: Final = 2
"""Words from one call to the next that is part of it."""
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")


class CallLexicon:
    """Words and pairs that call.

    Attributes
    ----------
    phrases : tuple of (tuple of str, bool)
        Words in a row, and whether they call; those that do not take the call from their first word.

    Examples
    --------
    >>> lexicon = CallLexicon()
    >>> [lexicon.calls(word) for word in ("yukkk", "kunjungilah", "baca", "daftar")]
    [True, True, False, False]
    >>> lexicon.calls_first("baca"), lexicon.calls_first("buku")
    (True, False)
    """

    def __init__(self) -> None:
        text = (resources.files("textmine") / "data" / "calls.tsv").read_text(encoding="utf-8")
        kinds = dict(line.split("\t") for line in text.splitlines())
        single = {term: kind for term, kind in kinds.items() if " " not in term}
        self._roots = frozenset(term for term, kind in single.items() if kind == "root")
        self._words = frozenset(single) - self._roots
        self.phrases = tuple((tuple(term.split()), kind != "not") for term, kind in kinds.items() if " " in term)

    def calls(self, word: str) -> bool:
        """Whether a lower-case word calls wherever it stands; with *-lah* roots do too."""
        plain = _DRAWN_OUT.sub(r"\1", word)
        base = plain.removesuffix("lah")
        return plain in self._words or (base != plain and base in self._words | self._roots)

    def calls_first(self, word: str) -> bool:
        """Whether a lower-case word calls at the beginning of a sentence only."""
        return _DRAWN_OUT.sub(r"\1", word) in self._roots


def count_calls(
    rows: npt.NDArray[np.int64], calls: Flags, roots: Flags, pronouns: Flags, breaks: Flags, n_texts: int
) -> npt.NDArray[np.int64]:
    """Calls of each text.

    Parameters
    ----------
    rows
        Text of each word or sign, ascending, shape (n_tokens,).
    calls, roots, pronouns, breaks
        Whether it is a word that calls, a root that calls at the beginning of a sentence, one of :data:`PRONOUNS`, or a
        sign that ends a sentence, shape (n_tokens,).
    n_texts
        Number of texts.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_texts,).
    """
    same_text = rows[1:] == rows[:-1]
    after_pronoun, begins_sentence = np.zeros(len(rows), np.bool_), np.ones(len(rows), np.bool_)
    after_pronoun[1:] = pronouns[:-1] & same_text
    begins_sentence[1:] = breaks[:-1] | ~same_text
    at = np.flatnonzero((calls & ~after_pronoun) | (roots & begins_sentence))
    sentence = np.cumsum(breaks)[at]
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (np.diff(at) > _NEAR) | np.diff(sentence).astype(np.bool_) | np.diff(rows[at]).astype(np.bool_)
    return np.bincount(rows[at][begins], minlength=n_texts)
