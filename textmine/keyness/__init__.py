"""What sets groups of posts apart: class TF-IDF, and keyness with tests that repeated texts and bursts cannot fool."""

from textmine.keyness.class_tfidf import KEYWORD_SCHEMA, keywords
from textmine.keyness.groupings import KeynessGroups, read_labels
from textmine.keyness.table import KEYNESS_SCHEMA, STATISTICS, Count, Direction, Statistic, key_terms

__all__ = [
    "KEYNESS_SCHEMA",
    "KEYWORD_SCHEMA",
    "STATISTICS",
    "Count",
    "Direction",
    "KeynessGroups",
    "Statistic",
    "key_terms",
    "keywords",
    "read_labels",
]
