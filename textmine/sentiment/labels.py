"""The three classes, and what is said of each text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CLASSES: Final = ("negative", "neutral", "positive")
"""Labels, in the order of the columns of every ``predict_proba``."""

N_WORDS: Final = 5
"""Deciding words of a text that are kept."""

DESCRIBED_SCHEMA: Final = pl.Schema(
    {
        "label": pl.Enum(CLASSES),
        **dict.fromkeys(CLASSES, pl.Float64()),
        "words": pl.List(pl.Struct({"word": pl.String(), "weight": pl.Float64()})),
    }
)
"""What is said of a text: label and probabilities (six decimals), null for one without text, and deciding words.

The last bits of matrix products depend on the size of the batch: they are rounded away.
"""


@runtime_checkable
class SentimentModel(Protocol):
    """Anything that tells sentiment: textmine's own classifier, and the adapters of :mod:`.adapters`."""

    def predict_proba(self, texts: Sequence[str] | pl.Series) -> npt.NDArray[np.float64]:
        """Probabilities of :data:`CLASSES`, shape (n_texts, 3)."""
        ...

    def explain(self, text: str) -> list[tuple[str, float]]:
        """Words that lean, with how they do."""
        ...

    def describe(self, texts: Sequence[str] | pl.Series, *, n_words: int = N_WORDS) -> pl.DataFrame:
        """Columns of :data:`DESCRIBED_SCHEMA`, shape (n_texts, 5)."""
        ...


def described(
    probabilities: npt.NDArray[np.float64], empty: npt.NDArray[np.bool_], words: pl.Series | None = None
) -> pl.DataFrame:
    """Table of what is said of some texts.

    Parameters
    ----------
    probabilities
        Shape (n_texts, 3).
    empty : shape (n_texts,)
        Which texts hold nothing to be told by.
    words
        Deciding words of each text; none if None.
    """
    labels = pl.Series("label", probabilities.argmax(axis=1)).cast(pl.UInt32).to_frame()
    named = labels.select(pl.col("label").replace_strict(dict(enumerate(CLASSES)), return_dtype=pl.Enum(CLASSES)))
    table = named.with_columns(
        pl.Series(name, probabilities[:, column]).round(6) for column, name in enumerate(CLASSES)
    )
    silent = pl.Series("empty", empty)
    table = table.with_columns(pl.when(~silent).then(pl.col(name)).alias(name) for name in table.columns)
    nothing = pl.lit([], DESCRIBED_SCHEMA["words"])
    return table.with_columns((nothing if words is None else words).alias("words")).cast(DESCRIBED_SCHEMA)
