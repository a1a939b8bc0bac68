"""How often phrases stand for themselves, and the table of them."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from textmine.phrases.corpus import SpooledCorpus
from textmine.phrases.match import Matcher, Pattern
from textmine.phrases.rule import Rule
from textmine.phrases.stream import WordStream
from textmine.phrases.tally import sorted_unique

if TYPE_CHECKING:
    import numpy.typing as npt

PHRASE_SCHEMA: Final = pl.Schema(
    {
        "phrase": pl.String(),
        "words": pl.List(pl.String()),
        "length": pl.UInt8(),
        "count": pl.UInt64(),
        "document_frequency": pl.UInt32(),
        "n_agencies": pl.UInt32(),
        "npmi": pl.Float64(),
        "log_likelihood": pl.Float64(),
        "own": pl.Boolean(),
    }
)
"""Columns of a phrase table, in order."""


class Found(NamedTuple):
    """A phrase and its scores, which are not a number for a phrase that was given and not found."""

    pattern: Pattern
    npmi: float
    log_likelihood: float


def phrase_table(
    found: Collection[Found],
    own: Collection[str],
    corpus: SpooledCorpus,
    stream: WordStream,
    rule: Rule,
    *,
    with_agencies: bool,
) -> pl.DataFrame:
    """Count the phrases as they stand for themselves, and drop those found that then fall short.

    Returns
    -------
    polars.DataFrame
        ``PHRASE_SCHEMA``, shape (n_phrases, 9).
    """
    given = {stream.pattern(phrase) for phrase in own}
    scored = {entry.pattern for entry in found}
    entries = [*found, *(Found(pattern, math.nan, math.nan) for pattern in sorted(given - scored))]
    entries, figures = _standing(entries, given, corpus, rule, with_agencies=with_agencies)
    table = figures.with_columns(
        pl.Series("words", [stream.words_of(entry.pattern) for entry in entries], dtype=pl.List(pl.String)),
        pl.Series("npmi", [entry.npmi for entry in entries], dtype=pl.Float64).fill_nan(None),
        pl.Series("log_likelihood", [entry.log_likelihood for entry in entries], dtype=pl.Float64).fill_nan(None),
        pl.Series("own", [entry.pattern in given for entry in entries], dtype=pl.Boolean),
        pl.col("n_agencies") if with_agencies else pl.lit(None, pl.UInt32).alias("n_agencies"),
    ).with_columns(pl.col("words").list.join(" ").alias("phrase"), pl.col("words").list.len().alias("length"))
    rank = pl.when("own").then("count").otherwise(rule.score)
    ordered = table.sort("own", rank, "count", "phrase", descending=[True, True, True, False])
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in PHRASE_SCHEMA.items())


def _standing(
    entries: list[Found], given: Collection[Pattern], corpus: SpooledCorpus, rule: Rule, *, with_agencies: bool
) -> tuple[list[Found], pl.DataFrame]:
    """Phrases that are given or reach the rule's figures, and their figures."""
    figures = _count(entries, corpus)
    while rule.max_phrases is not None:
        is_given = np.array([entry.pattern in given for entry in entries], bool)
        kept = np.flatnonzero(_enough(figures, rule, with_agencies=with_agencies) | is_given)
        if len(kept) > rule.max_phrases:
            frequency = figures["document_frequency"].to_numpy()[kept]
            first = np.lexsort((-frequency, ~is_given[kept]))[: max(rule.max_phrases, len(given))]
            kept = np.sort(kept[first])
        if len(kept) == len(entries):
            break
        # Without a phrase its words are free for others: the figures of those change.
        entries = [entries[i] for i in kept]
        figures = _count(entries, corpus)
    return entries, figures


def _enough(figures: pl.DataFrame, rule: Rule, *, with_agencies: bool) -> npt.NDArray[np.bool_]:
    least = {"count": rule.min_count, "document_frequency": rule.min_posts}
    if with_agencies:
        least["n_agencies"] = rule.min_agencies
    return (
        figures.select(pl.all_horizontal(pl.col(name) >= value for name, value in least.items())).to_series().to_numpy()
    )


def _count(found: list[Found], corpus: SpooledCorpus) -> pl.DataFrame:
    """Count, document_frequency and n_agencies of each phrase in the longest-match reading; shape (n_phrases, 3)."""
    matcher = Matcher([entry.pattern for entry in found])
    count, frequency = np.zeros(len(found), np.int64), np.zeros(len(found), np.int64)
    by_author = np.zeros(0, np.int64)
    n_phrases = max(len(found), 1)
    for block in corpus.blocks() if found else ():
        matches = matcher.find(block.symbol, block.gap)
        row = block.row[matches.start]
        count += np.bincount(matches.pattern, minlength=len(found))
        in_posts = sorted_unique(row * n_phrases + matches.pattern)
        row, pattern = np.divmod(in_posts, n_phrases)
        frequency += np.bincount(pattern, minlength=len(found))
        by_author = sorted_unique(np.concatenate([by_author, block.author[row] * n_phrases + pattern]))
    agencies = np.bincount(by_author % n_phrases, minlength=len(found))[: len(found)]
    return pl.DataFrame({"count": count, "document_frequency": frequency, "n_agencies": agencies})
