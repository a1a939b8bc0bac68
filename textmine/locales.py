"""The languages that textmine writes for people, and how each writes its numbers and dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

Language = Literal["id", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final[Language] = "id"
LOCALES: Final[Mapping[Language, str]] = {"id": "id_ID", "en": "en_GB"}
"""British English: day before month, as Indonesian readers expect."""
