"""How hard a text is to read: counts of sentences, words and syllables, and published figures made of them.

No formula is validated for Indonesian posts. What is given, with what is known of its worth:

LIX
    Words a sentence plus the percentage of long words (more than six letters). Made for Swedish, used across many
    languages since it needs no syllables; not calibrated for Indonesian, whose affixes make words long. Good for
    comparing Indonesian texts with each other, not with Swedish norms (below 30 easy, above 50 difficult).
Fry's two coordinates
    Sentences and syllables in 100 words, the syllables times 0.6 as Indonesian teacher training has it, because
    Indonesian words have more of them than English ones (10 for 6). Read the grade off Fry's graph, plus or minus one.
    The factor is a convention of textbooks; samples of 100 words are asked for.
Flesch reading ease
    With the coefficients for English. Indonesian prose often falls below 0, so the English scale (60 to 70 is plain)
    does not hold; only the order of texts means something.

A caption of 30 words is a small sample: add up the figures of many posts before you compare agencies.

References
----------
Björnsson, C.-H. (1968). Läsbarhet. Liber. Anderson, J. (1983). Lix and Rix: variations on a little-known readability
index. Journal of Reading 26(6), 490-496.
Fry, E. (1968). A readability formula that saves time. Journal of Reading 11(7), 513-516. Harjasujana, A. S. and
Mulyati, Y. (1996/1997). Membaca 2. Departemen Pendidikan dan Kebudayaan (the factor 0.6).
Flesch, R. (1948). A new readability yardstick. Journal of Applied Psychology 32(3), 221-233.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Final

from textmine.language.syllables import SyllableCounter
from textmine.language.unicode_forms import plain_characters

_FRY_FACTOR: Final = 0.6
_LONG: Final = 7
_MOST_REMEMBERED: Final = 1 << 18  # a vocabulary without end would fill the memory
_NOT_PROSE: Final = re.compile(
    r"(?:https?|ftp)://\S+|(?<!\w)www\.\S+"
    r"|(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
    r"|@[\w.]+|[#＃]\w+"
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,6}(?:go\.id|ac\.id|co\.id|or\.id|desa\.id|com|org|net|ly|id|me)(?!\w)(?:/\S*)?",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_][^\W_]*(?:['’ʼ][^\W_]+)*(?:-[^\W_]+)*")


@dataclass(frozen=True)
class Readability:
    """Counts of a text, and the figures that follow from them. Counts can be added: ``first + second``.

    Parameters
    ----------
    n_sentences
        Sentences with at least one word.
    n_words
        Words: they begin with a letter. Numbers, links, mentions, hashtags, addresses and emoji are none.
    n_syllables
        By :class:`~textmine.language.syllables.SyllableCounter`.
    n_letters
        Letters and digits of the words.
    n_long_words
        Words of seven letters or more.

    Examples
    --------
    >>> figures = Readability(n_sentences=2, n_words=10, n_syllables=24, n_letters=55, n_long_words=3)
    >>> figures.words_per_sentence, figures.lix, round(figures.flesch_reading_ease, 1), figures.fry
    (5.0, 35.0, -1.3, (20.0, 144.0))
    """

    n_sentences: int
    n_words: int
    n_syllables: int
    n_letters: int
    n_long_words: int

    @property
    def words_per_sentence(self) -> float:
        """Mean length of a sentence in words."""
        return self.n_words / self.n_sentences

    @property
    def syllables_per_word(self) -> float:
        """Mean length of a word in syllables."""
        return self.n_syllables / self.n_words

    @property
    def letters_per_word(self) -> float:
        """Mean length of a word in letters."""
        return self.n_letters / self.n_words

    @property
    def lix(self) -> float:
        """Björnsson's LIX: words a sentence + 100 x long words / words. Higher is harder."""
        return self.words_per_sentence + 100 * self.n_long_words / self.n_words

    @property
    def fry(self) -> tuple[float, float]:
        """Sentences, and syllables times 0.6, in 100 words: where the text stands on Fry's graph."""
        return 100 * self.n_sentences / self.n_words, 100 * _FRY_FACTOR * self.syllables_per_word

    @property
    def flesch_reading_ease(self) -> float:
        """206.835 - 1.015 x words a sentence - 84.6 x syllables a word, as for English. Lower is harder."""
        return 206.835 - 1.015 * self.words_per_sentence - 84.6 * self.syllables_per_word

    def __add__(self, other: Readability) -> Readability:
        return Readability(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))


def words_of(text: str) -> list[str]:
    """Words of a text as typed, without links, e-mail addresses, mentions, hashtags and numbers.

    Examples
    --------
    >>> words_of("Yuk, anak-anak ke-2! Cek https://a.go.id/x @kemenkes #Vaksin 17 Agustus")
    ['Yuk', 'anak-anak', 'ke-2', 'Cek', 'Agustus']
    """
    return _WORD.findall(_NOT_PROSE.sub(" ", plain_characters(text)))


class ReadabilityMeter:
    """Measures texts that are split into sentences; the roots are loaded once and each word is counted once.

    Parameters
    ----------
    syllables
        Counts syllables.

    Examples
    --------
    >>> meter = ReadabilityMeter()
    >>> meter.measure(["Ayo pakai masker!", "Layanan kesehatan gratis untuk warga. #Sehat", "#Satu #Dua"])
    Readability(n_sentences=2, n_words=8, n_syllables=19, n_letters=46, n_long_words=2)
    >>> meter.measure(["#Sehat 😀"]) is None
    True
    """

    def __init__(self, syllables: SyllableCounter | None = None) -> None:
        self._syllables = syllables or SyllableCounter()
        self._seen: dict[str, tuple[int, int, int, int]] = {}

    def measure(self, sentences: Iterable[str]) -> Readability | None:
        """Figures of a text.

        Parameters
        ----------
        sentences
            Its sentences. Those without a word do not count: lists of hashtags, lines of emoji.

        Returns
        -------
        Readability or None
            None if no sentence holds a word.
        """
        seen = self._seen
        if len(seen) > _MOST_REMEMBERED:
            seen.clear()
        n_sentences = n_words = n_syllables = n_letters = n_long = 0
        for sentence in sentences:
            before = n_words
            for chunk in sentence.split():
                words, syllables, letters, long = seen.get(chunk) or self._figures(chunk)
                n_words += words
                n_syllables += syllables
                n_letters += letters
                n_long += long
            n_sentences += n_words > before
        return Readability(n_sentences, n_words, n_syllables, n_letters, n_long) if n_words else None

    def _figures(self, chunk: str) -> tuple[int, int, int, int]:
        """Words, syllables, letters and long words of what stands between two spaces."""
        words = words_of(chunk)
        letters = [sum(map(str.isalnum, word)) for word in words]
        syllables = sum(max(self._syllables.count(word), 1) for word in words)
        figures = len(words), syllables, sum(letters), sum(length >= _LONG for length in letters)
        self._seen[chunk] = figures
        return figures
