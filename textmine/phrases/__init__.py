"""Multi-word expressions: found by their statistics, matched in captions, counted as terms."""

from textmine.phrases.find import PHRASE_SCHEMA, PhraseScore, find_phrases, find_phrases_in_tokens

__all__ = ["PHRASE_SCHEMA", "PhraseScore", "find_phrases", "find_phrases_in_tokens"]
