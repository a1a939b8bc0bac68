"""Calls to action: words that ask the reader to do something, and where they do not.

A word of ``data/calls.tsv`` calls unless a pronoun stands before it (*yang kami bagikan* tells what was done). Calls
in a row are one: *Yuk, jangan lupa cek* asks for one thing. There is no grammar behind it: *dukung* in *siap dukung*
counts.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

PRONOUNS: Final = frozenset(
    "saya aku kami kita kamu anda mereka dia ia beliau engkau kau gue lo yg yang telah sudah".split()
)
"""Before a word that could call, these say who does it."""

_NEAR: Final = 2
"""Words from one call to the next that is part of it."""
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")


class CallLexicon:
    """Single words and pairs that call.

    Examples
    --------
    >>> lexicon = CallLexicon()
    >>> [lexicon.calls(word) for word in ("yukkk", "kunjungilah", "jangan", "daftar", "kunjungan")]
    [True, True, True, False, False]
    """

    def __init__(self) -> None:
        text = (resources.files("textmine") / "data" / "calls.tsv").read_text(encoding="utf-8")
        terms = [line.split("\t")[0] for line in text.splitlines()]
        self._words = frozenset(term for term in terms if " " not in term)
        self.phrases: tuple[tuple[str, ...], ...] = tuple(tuple(term.split()) for term in terms if " " in term)

    def calls(self, word: str) -> bool:
        """Whether a lower-case word calls by itself."""
        plain = _DRAWN_OUT.sub(r"\1", word)
        return plain in self._words or (plain.endswith("lah") and plain.removesuffix("lah") in self._words)


def count_calls(
    rows: npt.NDArray[np.int64],
    calls: npt.NDArray[np.bool_],
    pronouns: npt.NDArray[np.bool_],
    breaks: npt.NDArray[np.bool_],
    n_texts: int,
) -> npt.NDArray[np.int64]:
    """Calls of each text.

    Parameters
    ----------
    rows
        Text of each word or sign, ascending, shape (n_tokens,).
    calls, pronouns, breaks
        Whether it is a word that calls, one of :data:`PRONOUNS`, or a sign that ends a sentence, shape (n_tokens,).
    n_texts
        Number of texts.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_texts,).
    """
    after_pronoun = np.zeros(len(rows), np.bool_)
    after_pronoun[1:] = pronouns[:-1] & (rows[1:] == rows[:-1])
    at = np.flatnonzero(calls & ~after_pronoun)
    sentence = np.cumsum(breaks)[at]
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (np.diff(at) > _NEAR) | np.diff(sentence).astype(np.bool_) | np.diff(rows[at]).astype(np.bool_)
    return np.bincount(rows[at][begins], minlength=n_texts)
