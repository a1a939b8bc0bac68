"""Topics over captions and hashtags: models, their quality, tables and persistence.

Names are imported when they are first used: scikit-learn takes a second to load.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textmine.topics.model import TopicModel as TopicModel
    from textmine.topics.revised_files import load_topics as load_topics
    from textmine.topics.stage import topics_stage as topics_stage
    from textmine.topics.tables import apply as apply

_HOMES: Final = {
    "TopicModel": "textmine.topics.model",
    "apply": "textmine.topics.tables",
    "load_topics": "textmine.topics.revised_files",
    "topics_stage": "textmine.topics.stage",
}

__all__ = ["TopicModel", *sorted(set(_HOMES) - {"TopicModel"})]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each name has its own type
    """Import a public name when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
