"""Multi-word expressions: found by their statistics, matched in captions, counted as terms."""

from textmine.phrases.figures import PHRASE_SCHEMA
from textmine.phrases.find import find_phrases, find_phrases_in_tokens
from textmine.phrases.lists import normalise_phrases, read_phrases
from textmine.phrases.rule import PHRASE_SCORES, THRESHOLDS, PhraseScore

__all__ = [
    "PHRASE_SCHEMA",
    "PHRASE_SCORES",
    "THRESHOLDS",
    "PhraseScore",
    "find_phrases",
    "find_phrases_in_tokens",
    "normalise_phrases",
    "read_phrases",
]
