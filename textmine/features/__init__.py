"""One documented row a post: what it says, how it is written, how new it is, and what the audience did with it."""

from textmine.features.dictionary import FEATURES, Feature, dictionary_markdown, dictionary_table
from textmine.features.stage import (
    FEATURES_TABLE,
    FeatureSettings,
    features_of,
    features_stage,
    missing_stages,
)

__all__ = [
    "FEATURES",
    "FEATURES_TABLE",
    "Feature",
    "FeatureSettings",
    "dictionary_markdown",
    "dictionary_table",
    "features_of",
    "features_stage",
    "missing_stages",
]
