"""A measure: how often an agency asks its public something."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class QuestionShare:
    """Share of posts whose caption has a question mark."""

    name: str = "question_share"
    unit: str = "share of posts"
    meaning: str = "credited posts whose caption holds a question mark, over credited posts"
    source: str = "the example in docs/plugins.md"
    columns: tuple[str, ...] = ("caption",)

    def of(self, posts: pl.DataFrame) -> pl.DataFrame:
        """``agency`` and ``value``."""
        asks = pl.col("caption").str.contains("?", literal=True)
        return posts.group_by("agency").agg(asks.mean().alias("value"))


question_share = QuestionShare()
