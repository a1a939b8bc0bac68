"""What a notebook shows of a topic model: its topics once it has some, before that scikit-learn's own drawing."""

from __future__ import annotations

from typing import Any

import polars as pl

from textmine.notebook import table_html


class TopicsShown:
    """Stands before scikit-learn's base class, whose drawing tells parameters only."""

    topics_: pl.DataFrame

    def _repr_html_(self) -> str:
        if not hasattr(self, "topics_"):
            from sklearn.utils import estimator_html_repr

            return str(estimator_html_repr(self))
        names = ("topic", "label", "words", "hashtags", "prevalence", "npmi", "n_posts")
        return table_html(self.topics_.select(names), title=f"{len(self.topics_)} topics", rows=25)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:  # noqa: ANN401 - notebooks pass what they like
        # Notebooks ask for this one first.
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
