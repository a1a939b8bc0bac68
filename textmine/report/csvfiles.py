"""Tables beside a report as CSV, for programs and for spreadsheets.

Comma-separated with a decimal point, as programs expect, and English column names that do not change with the
report's language. A byte order mark leads the file: without it Excel reads UTF-8 as the local code page and breaks
names and emoji, with it every reader that knows ``utf-8-sig`` is content. Where Excel is set to Indonesian numbers
(comma as decimal sign) it takes the XLSX file that lies beside: CSV cannot serve both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from textmine.report.content import Agency, Keyword, Quote, TopicShare
from textmine.report.escape import defused
from textmine.report.excerpts import excerpt

EXAMPLE_LENGTH: Final = 280
"""Characters of an example post's caption in a table."""

_EXAMPLE: Final[Mapping[str, Any]] = {
    "example_platform": pl.String,
    "example_date": pl.Date,
    "example_caption": pl.String,
    "example_url": pl.String,
}
_AGENCY: Final[Mapping[str, Any]] = {"agency": pl.String, "agency_name": pl.String}
_KEYWORD: Final[Mapping[str, Any]] = {
    **_AGENCY,
    "rank": pl.UInt32,
    "term": pl.String,
    "count": pl.UInt64,
    "posts": pl.UInt64,
    "share_of_posts": pl.Float64,
    "posts_of_all_agencies": pl.UInt64,
    "tfidf": pl.Float64,
    "class_tfidf": pl.Float64,
    **_EXAMPLE,
}
_TOPIC: Final[Mapping[str, Any]] = {
    **_AGENCY,
    "topic": pl.UInt32,
    "label": pl.String,
    "words": pl.String,
    "hashtags": pl.String,
    "share": pl.Float64,
    "mean_share_of_agencies": pl.Float64,
    "posts": pl.UInt64,
    "npmi": pl.Float64,
    **_EXAMPLE,
}
_SENTIMENT: Final[Mapping[str, Any]] = {
    **_AGENCY,
    "voice": pl.String,
    "label": pl.String,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "share_as_counted": pl.Float64,
    "texts": pl.UInt64,
    "without_text": pl.UInt64,
    "fits": pl.Boolean,
}


def csv_files(agency: Agency, *, notice: str | None = None) -> dict[str, bytes]:
    """Contents of keywords.csv, hashtags.csv and topics.csv, and of sentiment.csv where sentiment was read.

    Parameters
    ----------
    agency
        Content of the report.
    notice
        Stands in a first column ``notice`` of every row, such as ``"DATA SIMULASI"``; no such column without it.

    Returns
    -------
    dict
        File name to bytes: UTF-8 with byte order mark, one row a keyword, hashtag or topic; text that a spreadsheet
        would take for a formula begins with an apostrophe.
    """
    frames = {
        "keywords.csv": pl.DataFrame(_keyword_rows(agency, agency.words), schema=dict(_KEYWORD), orient="row"),
        "hashtags.csv": pl.DataFrame(_keyword_rows(agency, agency.hashtags), schema=dict(_KEYWORD), orient="row"),
        "topics.csv": pl.DataFrame(_topic_rows(agency, agency.topics), schema=dict(_TOPIC), orient="row"),
    }
    if agency.sentiment:
        frames["sentiment.csv"] = pl.DataFrame(_sentiment_rows(agency), schema=dict(_SENTIMENT), orient="row")
    return {name: csv_bytes(frame, notice=notice) for name, frame in frames.items()}


def csv_bytes(frame: pl.DataFrame, *, notice: str | None = None) -> bytes:
    """One table as CSV bytes, its text defused; ``notice`` as in :func:`csv_files`."""
    safe = frame.with_columns(defused(pl.col(pl.String)))
    if notice is not None:
        safe = safe.select(pl.lit(notice).alias("notice"), pl.all())
    return b"\xef\xbb\xbf" + safe.write_csv(line_terminator="\r\n").encode()


def _keyword_rows(agency: Agency, keywords: Sequence[Keyword]) -> list[tuple[Any, ...]]:
    return [
        (
            agency.group,
            agency.name,
            k.rank,
            k.surface,
            k.count,
            k.posts,
            k.share_of_posts,
            k.corpus_posts,
            k.tfidf,
            k.score,
            *example_cells(k.example, k.surface),
        )
        for k in keywords
    ]


def _topic_rows(agency: Agency, topics: Sequence[TopicShare]) -> list[tuple[Any, ...]]:
    return [
        (
            agency.group,
            agency.name,
            t.topic,
            t.label,
            ", ".join(t.words),
            " ".join(t.hashtags),
            t.share,
            t.mean_share,
            t.posts,
            t.npmi,
            *example_cells(t.example),
        )
        for t in topics
    ]


def _sentiment_rows(agency: Agency) -> list[tuple[Any, ...]]:
    return [
        (agency.group, agency.name, s.voice, c.label, c.share, c.low, c.high, c.raw, s.n, s.without_text, s.fits)
        for s in agency.sentiment
        for c in s.shares
    ]


def example_cells(quote: Quote | None, word: str = "") -> tuple[Any, ...]:
    """Platform, date (Asia/Jakarta), excerpt and address of an example post; nulls when there is none."""
    if quote is None:
        return (None, None, None, None)
    text = str(excerpt(quote.caption, word, length=EXAMPLE_LENGTH))
    return (quote.platform, quote.published.date(), text, quote.url)
