"""Ingest: exports of platforms, API clients and monitoring tools to canonical posts, with every row accounted for.

A format is a function that opens a file or answers None (``formats.py``); the names of columns are in
``synonyms.py``, what tools leave unsaid in ``layouts.py``.
"""

from textmine.ingest.memory import read_posts, read_posts_with_rejects
from textmine.ingest.results import FileResult, IngestResult
from textmine.ingest.stage import ingest

__all__ = ["FileResult", "IngestResult", "ingest", "read_posts", "read_posts_with_rejects"]
