"""From social-media exports of Indonesian government agencies to evidence for award judges.

Names are loaded when they are first used, so that ``import textmine`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textmine.audit import check_agencies as check_agencies
    from textmine.counting import document_term_matrix as document_term_matrix
    from textmine.duplicates import near_duplicates as near_duplicates
    from textmine.errors import TextmineError as TextmineError
    from textmine.hashtags import analyse_hashtags as analyse_hashtags
    from textmine.ingest import read_posts as read_posts
    from textmine.ingest.register import read_agencies as read_agencies
    from textmine.keyness import key_terms as key_terms
    from textmine.keyness import keywords as keywords
    from textmine.keyphrases import KeyphraseExtractor as KeyphraseExtractor
    from textmine.keyphrases import extract_keywords as extract_keywords
    from textmine.kwic import concordance as concordance
    from textmine.language.phrases import Phrases as Phrases
    from textmine.language.settings import LanguageSettings as LanguageSettings
    from textmine.matrix import DocumentTermMatrix as DocumentTermMatrix
    from textmine.phrases import find_phrases as find_phrases
    from textmine.report import write_reports as write_reports
    from textmine.simulation import simulate as simulate
    from textmine.store import Workspace as Workspace
    from textmine.topics import TopicModel as TopicModel
    from textmine.workflow import run as run

__version__ = "1.0.0"

_HOME = {
    "DocumentTermMatrix": "textmine.matrix",
    "KeyphraseExtractor": "textmine.keyphrases",
    "LanguageSettings": "textmine.language.settings",
    "Phrases": "textmine.language.phrases",
    "TextmineError": "textmine.errors",
    "TopicModel": "textmine.topics",
    "Workspace": "textmine.store",
    "analyse_hashtags": "textmine.hashtags",
    "check_agencies": "textmine.audit",
    "concordance": "textmine.kwic",
    "extract_keywords": "textmine.keyphrases",
    "document_term_matrix": "textmine.counting",
    "find_phrases": "textmine.phrases",
    "key_terms": "textmine.keyness",
    "keywords": "textmine.keyness",
    "near_duplicates": "textmine.duplicates",
    "read_agencies": "textmine.ingest.register",
    "read_posts": "textmine.ingest",
    "run": "textmine.workflow",
    "simulate": "textmine.simulation",
    "write_reports": "textmine.report",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type is that of the name, declared above for checkers
    if name not in _HOME:
        raise AttributeError(f"module 'textmine' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
