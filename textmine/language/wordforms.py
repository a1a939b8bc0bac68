"""One informal word to its formal words, by the rules of a word in their order; posts and running text share it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from textmine.language.clitics import complete_clitic, formal_affixes, part_negation
from textmine.language.lexicons import load_name_words, load_slang, load_spelling
from textmine.language.normalise import (
    LONGEST_WORD,
    expand_reduplication,
    has_long_run,
    has_run,
    join_apostrophes,
    letters_for_digits,
    replace_slang,
    shorten_doubled,
    shorten_elongation,
    unify_laughter,
)
from textmine.language.spelling import KnownWords, TypoCorrector, is_english, zipf

WordStep: TypeAlias = Literal["letters", "elongation", "reduplication", "spelling", "slang", "affixes", "typos"]
_RARE_ENGLISH: Final = 2.4
"""Zipf frequency from which double letters may be those of a foreign word or name: *puree*, *pollo*."""
_VOWELS: Final = ("a", "i", "u", "e", "o")
_ENDS: Final = ("nya", "ku", "mu", "lah", "kah", "ny", "nye", "x")
_CONTRACTION: Final = re.compile(r"[a-z]+(?:n['’ʼ]t|['’ʼ](?:re|ve|ll|[smd]))")  # we're, don't
_ANOTHER_WORD_TWICE: Final = frozenset(("kaya", "kok", "min", "ngomong", "pas"))
"""Informal words that mean something else in a reduplication: *pas-pasan*, *ngomong-ngomong*."""
_ROUNDS: Final = 4
"""A word that still changes after so many rounds is in a circle of the user's making."""


@dataclass(frozen=True)
class WordSteps:
    """Which rules of a word are applied; all of them unless switched off.

    Parameters
    ----------
    letters
        Digits in place of letters: ``4ku`` becomes ``aku``.
    elongation
        ``baguuus`` becomes ``bagus``, and laughter gets one length.
    reduplication
        ``anak2`` becomes ``anak-anak``.
    spelling
        Misspelt, outdated and wrongly joined words: ``resiko`` becomes ``risiko``, ``dirumah`` becomes ``di rumah``.
    slang
        Informal words and abbreviations: ``yg`` becomes ``yang``.
    affixes
        Colloquial affixes and clitics: ``kirimin`` becomes ``kirimkan``, ``isiny`` becomes ``isinya``.
    typos
        One slip of the fingers in a long word that is not written with a capital: ``ternuata`` becomes ``ternyata``.
    english
        Words of English are left alone by all rules but the slang list.
    """

    letters: bool = True
    elongation: bool = True
    reduplication: bool = True
    spelling: bool = True
    slang: bool = True
    affixes: bool = True
    typos: bool = True
    english: bool = True


class WordChange(NamedTuple):
    """What one step made of a word: lower case, several words separated by a space."""

    step: WordStep
    before: str
    after: str


class WordNormaliser:
    """Brings lower-case words to their formal spelling; the lexicons are loaded once, here.

    Parameters
    ----------
    steps
        Which rules are applied.
    slang
        A user's own informal words; they win over the shipped ones.
    known
        A user's own words, which are formal as they stand.

    Examples
    --------
    >>> words = WordNormaliser()
    >>> [words.normalise(word) for word in ["mksh", "baguuus", "anak2nya", "resiko", "dirumah", "meeting"]]
    [['terima', 'kasih'], ['bagus'], ['anak-anaknya'], ['risiko'], ['di', 'rumah'], ['meeting']]
    """

    def __init__(
        self,
        steps: WordSteps = WordSteps(),
        *,
        slang: Mapping[str, str] | None = None,
        known: Iterable[str] = (),
    ) -> None:
        own, kept = dict(slang or {}), frozenset(known)
        # What stands in both lists is a matter of spelling: with that step off it stays.
        shipped = _without(load_slang(), load_spelling().keys()) if steps.slang else {}
        self.steps = steps
        self._slang = {**_without(shipped, kept), **own} if steps.slang else {}
        self._spelling = _without(load_spelling(), own.keys() | kept) if steps.spelling else {}
        self._lexicon = {**self._spelling, **self._slang}
        self._names = load_name_words() - self._lexicon.keys()
        self.known = KnownWords(kept)
        self._corrector = TypoCorrector(self.known)
        self._rules = self._chosen_rules()
        self._rules_of_letters = [(step, rule) for step, rule in self._rules if step in ("affixes", "typos")]

    def normalise(self, word: str) -> list[str]:
        """Formal words for one lower-case word as typed."""
        changes = self.changes(word)
        return (changes[-1].after if changes else word).split(" ")

    def changes(self, word: str, *, name_like: bool = False) -> list[WordChange]:
        """What each step did to the word, in order; empty for a word that is formal already.

        Parameters
        ----------
        word
            One lower-case word as typed.
        name_like
            The word was written with a capital: it may be a name, so no affix is mended unless the lexicons have it.
        """
        changes: list[WordChange] = []
        if self._is_formal(word):
            return changes
        rules = self._rules_of_letters if self._is_of_letters(word) else self._rules
        for _ in range(_ROUNDS):
            before = word
            for step, rule in rules:
                if len(word) > LONGEST_WORD and step != "elongation":
                    continue
                if name_like and self._may_spoil_a_name(step, word):
                    continue
                formal = rule(word)
                if formal != word:
                    changes.append(WordChange(step, word, formal))
                    word = formal
                if " " in word:
                    return changes
            if word == before:
                return changes
            rules = self._rules
        return changes

    def is_root(self, word: str) -> bool:
        """Whether the word is a root, or stands for one by the lexicons."""
        return self.known.is_root(word) or word in self._lexicon

    def is_informal(self, word: str) -> bool:
        """Whether the word is an entry of a lexicon."""
        return word in self._lexicon

    def _chosen_rules(self) -> list[tuple[WordStep, Callable[[str], str]]]:
        rules: list[tuple[WordStep, Callable[[str], str]]] = [
            ("letters", self._letters),
            ("elongation", self._elongation),
            ("reduplication", self._reduplication),
            ("spelling", self._from_spelling),
            ("slang", self._from_slang),
            ("affixes", self._affixes),
            ("typos", self._typos),
        ]
        return [(step, rule) for step, rule in rules if getattr(self.steps, step)]

    def _is_formal(self, word: str) -> bool:
        """Whether no rule concerns the word: most words of a text are of this kind, and this is quickly asked."""
        if word in self._names:
            return True
        if not word.isalpha() or has_long_run(word) or word in self._lexicon or word not in self.known:
            return False
        return unify_laughter(word) == word  # the stopwords hold laughter of some lengths

    def _is_of_letters(self, word: str) -> bool:
        """Whether a word that is not formal holds nothing that the rules before the affixes look for."""
        return (
            word.isascii()
            and word.isalpha()
            and word not in self._lexicon
            and not has_run(word)
            and unify_laughter(word) == word
        )

    def _may_spoil_a_name(self, step: WordStep, word: str) -> bool:
        if step == "typos":
            return True
        if step == "elongation":  # Maal and Anna; letters at the end are drawn out: Ingatt
            return has_run(word) and not has_long_run(word) and word[-1] != word[-2]
        return step == "affixes" and not any(
            word.endswith(end) and word.removesuffix(end) in self._lexicon for end in _ENDS
        )

    def _is_left_alone(self, word: str) -> bool:
        return self.steps.english and is_english(word)

    def _is_word(self, word: str) -> bool:
        return word in self._lexicon or word in self.known

    def _letters(self, word: str) -> str:
        return letters_for_digits(word, _Either(self._lexicon, self.known))

    def _elongation(self, word: str) -> str:
        known = _Either(self._lexicon, self.known, english=self.steps.english)
        short = shorten_elongation(word, known, frequency=lambda form: max(zipf(form), zipf(form, "en") - 1))
        return unify_laughter(short if short != word else self._without_doubles(word))

    def _without_doubles(self, word: str) -> str:
        """Shorten double letters of a word that is nothing else; "nn" before "ya" is a clitic after -in."""
        if not has_run(word) or self._is_word(word) or word.endswith("nnya"):
            return word
        if word[0] == word[1] and word[2:3] not in _VOWELS:  # ttdnya is no tdnya
            return word
        if self._is_left_alone(word.removeprefix("di")) or (self.steps.english and zipf(word, "en") >= _RARE_ENGLISH):
            return word
        short = shorten_doubled(word, _Either(self._lexicon, self.known))
        # "mall" and "bella" are written for themselves, "yaa" for a word that is far more frequent.
        return short if short in self._lexicon or zipf(short) >= zipf(word) + 1 else word

    def _reduplication(self, word: str) -> str:
        return expand_reduplication(word, self)

    def _from_spelling(self, word: str) -> str:
        if self.steps.english and _CONTRACTION.fullmatch(word):
            return self._spelling.get(word, word)
        joined = join_apostrophes(word)
        formal = " ".join(replace_slang(word, self._spelling))
        if formal == word != joined and (joined in self.known or joined in self._lexicon):
            return joined
        return formal

    def _from_slang(self, word: str) -> str:
        first, hyphen, _ = word.partition("-")
        if hyphen and first in _ANOTHER_WORD_TWICE and word not in self._slang:
            return word
        return " ".join(replace_slang(word, self._slang))

    def _affixes(self, word: str) -> str:
        if word in self.known:
            return word
        formal = self._with_formal_affixes(word)
        return word if formal == word or self._is_left_alone(word) else formal

    def _with_formal_affixes(self, word: str) -> str:
        completed = complete_clitic(word, slang=self._lexicon, known=self.known)
        if completed != word and zipf(completed) >= zipf(word):  # "denny" is written more often than "dennya"
            return completed
        parted = part_negation(word, self.known)
        return formal_affixes(word, self.known) if parted == word else parted

    def _typos(self, word: str) -> str:
        return word if word in self._lexicon or self._is_left_alone(word) else self._corrector.corrected(word)


def _without(lexicon: Mapping[str, str], words: Collection[str]) -> dict[str, str]:
    return {word: formal for word, formal in lexicon.items() if word not in words}


class _Either:
    """Words that are in one collection or the other, or in English if that is asked for."""

    def __init__(self, lexicon: Mapping[str, str], known: KnownWords, *, english: bool = False) -> None:
        self._lexicon = lexicon
        self._known = known
        self._english = english

    def __contains__(self, word: object) -> bool:
        if word in self._lexicon or word in self._known:
            return True
        return self._english and isinstance(word, str) and is_english(word)
