"""Syllables of Indonesian words, by the spelling rules of the Language Agency.

A syllable has one nucleus: a vowel letter, or one of the combinations ``ai, au, ei, oi`` (diphthongs) and ``eu`` where
they are said as one sound. The spelling does not tell *pan-dai* from *la-in*; three rules do, in this order:

1. An affix is split from its root, so no diphthong reaches over the border: *me-nyu-ka-i* (suka), *la-ut-an* (laut).
2. The combination is one sound in an open syllable, that is at the end or before one consonant and a vowel:
   *pan-dai*, *sau-da-ra*, *sur-vei*.
3. In a closed syllable it is two: *la-in*, *ba-ik*, *ja-uh*, *ka-um*.

References
----------
Kementerian Pendidikan dan Kebudayaan (2015). Pedoman Umum Ejaan Bahasa Indonesia, I.B-C (letters) and I.F.3 (word
division). Badan Pengembangan dan Pembinaan Bahasa (2022). Ejaan yang Disempurnakan, edition V.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from textmine.language.lexicons import load_name_words
from textmine.language.sastrawi import SastrawiStemmer

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
_NUCLEUS: Final = re.compile(
    r"(?:ai|au|ei|oi|eu)(?=$|(?:ng|ny|sy|kh|[bcdfghjklmnpqrstvwxyz])[aeiou])"  # one sound in an open syllable
    r"|[aeiou]"
    r"|(?<=[bcdfghjklmnpqrstvwxz])y(?=$|[^aeiouy])"  # my, party, gym: English words of captions
)
_SPLIT_ALL_THE_SAME: Final = {"mau": 2, "bau": 2, "yaitu": 3}
"""Open syllables that are two: ma-u, ba-u, ya-i-tu."""


class SyllableCounter:
    """Counts the syllables of Indonesian words; the roots that show affixes are loaded once, here.

    Parameters
    ----------
    stemmer
        Finds the roots; by default Sastrawi's, names protected (*Ku-tai*, not *Ku-ta-i*).

    Notes
    -----
    Letters without a vowel are spelled one by one (*k-p-k*, 3), so acronyms with a vowel are counted as if they were
    said as words (*BUMN*, 1). Digits are not read out. Letters that stand three times or more count once
    (*baguuus*, 2). English words are counted by Indonesian rules.

    Examples
    --------
    >>> counter = SyllableCounter()
    >>> [counter.count(word) for word in ["pandai", "lain", "lautan", "menyukai", "KPK", "anak-anak", "jum'at"]]
    [2, 2, 3, 4, 3, 4, 2]
    """

    def __init__(self, stemmer: SastrawiStemmer | None = None) -> None:
        self._stemmer = stemmer or SastrawiStemmer(protected=load_name_words())

    def count(self, word: str) -> int:
        """Number of syllables of one word; 0 if it holds no letter of the Latin alphabet."""
        plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
        return sum(self._count_part(_DRAWN_OUT.sub(r"\1", part)) for part in _LETTERS.findall(plain) if part.isascii())

    def _count_part(self, letters: str) -> int:
        nuclei = sum(_SPLIT_ALL_THE_SAME.get(part) or len(_NUCLEUS.findall(part)) for part in self._morphemes(letters))
        return nuclei or len(letters)

    def _morphemes(self, letters: str) -> tuple[str, ...]:
        """What stands before the root, the root, and what follows; the whole where the root is not to be seen."""
        root = self._stemmer.stem(letters)
        if root == letters:
            return (letters,)
        if self._stemmer.stem(root + "i") == root + "i":  # nilai is a root as nila is
            root += "i" * (root + "i" in letters)
        for seen in (root, root[1:]):  # a nasal prefix swallows the first letter: menyapu, sapu
            at = letters.rfind(seen)
            if len(seen) > 1 and at >= 0:
                return letters[:at].removesuffix("y"), letters[at : at + len(seen)], letters[at + len(seen) :]
        return (letters,)
