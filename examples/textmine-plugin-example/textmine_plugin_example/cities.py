"""A step of a word: cities under one name."""

from __future__ import annotations

NAMES = {"jogja": "yogyakarta", "jogjakarta": "yogyakarta", "sby": "surabaya"}


def city_name(word: str) -> str:
    """Cities under their official names."""
    return NAMES.get(word, word)
