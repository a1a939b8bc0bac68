"""Keyphrases of single posts: one to three words each, scored by frequency, position and keyness."""

from textmine.keyphrases.extractor import KEYPHRASE_SCHEMA, KeyphraseExtractor, Method, extract_keywords

__all__ = ["KEYPHRASE_SCHEMA", "KeyphraseExtractor", "Method", "extract_keywords"]
