"""Collects posts and figures from the platforms themselves, for ``textmine ingest`` to read.

One HTTP layer serves all platforms (``client.py``): retries, limits, cursors and the journal are written and tested
once, and a platform is a module that says what to ask and what an answer means (``youtube.py``, ``x.py``,
``facebook.py``, ``instagram.py``). The fields of posts are read by :mod:`textmine.ingest` alone.
"""

from textmine.collect.forecast import forecast
from textmine.collect.keys import Keys, read_keys
from textmine.collect.refresh import refresh
from textmine.collect.reparse import parse
from textmine.collect.result import CollectResult
from textmine.collect.run import collect

__all__ = ["CollectResult", "Keys", "collect", "forecast", "parse", "read_keys", "refresh"]
