"""Ingest: exports of platforms, API clients and monitoring tools to canonical posts, with every row accounted for.

A format is a function that opens a file or answers None (``formats.py``); the names of columns are in
``synonyms.py``, what known tools mean by them in ``layouts/``, and how they
pack posts into JSON in ``shapes/``.
"""

from textmine.ingest.mapfile import SavedMap, read_mapping, used_mapping
from textmine.ingest.memory import read_posts, read_posts_with_rejects
from textmine.ingest.results import FileResult, IngestResult
from textmine.ingest.snapshots import growth_curve
from textmine.ingest.sources import standard_input
from textmine.ingest.stage import ingest

__all__ = [
    "FileResult",
    "IngestResult",
    "SavedMap",
    "growth_curve",
    "ingest",
    "read_mapping",
    "read_posts",
    "read_posts_with_rejects",
    "standard_input",
    "used_mapping",
]
