"""From a vocabulary type to its terms: normalise, drop stopwords, stem, each type once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textmine.language.lexicons import load_name_words, load_stopwords
from textmine.language.normalise import join_apostrophes
from textmine.language.sastrawi import SastrawiStemmer, load_roots
from textmine.language.settings import LanguageSettings
from textmine.language.wordforms import WordNormaliser
from textmine.plugins import applied, language_step, language_step_named


class Term(NamedTuple):
    """A term of the document-term matrix and the written form that it came from."""

    term: str
    surface: str


class TypeAnalyser:
    """Turns types into terms by the settings.

    The lexicons are loaded once, here. The same type always gives the same terms, in any order and any batch.

    Parameters
    ----------
    settings
        Which steps are taken.

    Raises
    ------
    ResourceNotFoundError
        A lexicon is not installed.
    PluginError
        A step of another package is not installed, or fails.
    """

    def __init__(self, settings: LanguageSettings) -> None:
        self.settings = settings
        own = frozenset(settings.protected)
        self._normaliser = WordNormaliser(
            settings.word_steps(), slang=dict(settings.own_slang), known=own.union(settings.roots)
        )
        names_of_steps = [str(name) for name in settings.steps]
        self._added = [(language_step_named(name), language_step(name)) for name in names_of_steps]
        self._stopwords = _stopwords(settings)
        names = load_name_words() if settings.protect_names else frozenset[str]()
        self._stemmer = SastrawiStemmer(load_roots(), extra_roots=settings.roots, protected=names | own)

    def normalise(self, word: str) -> list[str]:
        """Formal words for one lower-case word as typed."""
        formal = self._normaliser.normalise(join_apostrophes(word))
        for plugin, step in self._added:
            formal = [applied(plugin, step, each) for each in formal]
        return formal

    def analyse(self, word: str) -> list[Term]:
        """Terms of one lower-case word as typed: none for a stopword, several where the formal form has several."""
        return [Term(self._stem(formal), formal) for formal in self.normalise(word) if self._keeps(formal)]

    def term_of(self, formal: str) -> str | None:
        """Term of a word that was normalised; None where the settings drop it."""
        return self._stem(formal) if self._keeps(formal) else None

    def _keeps(self, formal: str) -> bool:
        return len(formal) >= self.settings.min_length and formal not in self._stopwords

    def _stem(self, word: str) -> str:
        """Stem of a word; words in other scripts or with accents stay, since the stemmer would cut them apart."""
        if not (self.settings.stem and word.isascii()):
            return word
        return self._stemmer.stem(word) or word  # of signs alone, nothing is left

    def analyse_types(self, types: Iterable[str]) -> list[list[Term]]:
        """Terms of many types, in their order."""
        return [self.analyse(word) for word in types]


def _stopwords(settings: LanguageSettings) -> frozenset[str]:
    if settings.stopwords == "none":
        return frozenset()
    for_topics = settings.stopwords == "topics"
    return load_stopwords(keep_negations=not for_topics, social=for_topics)
