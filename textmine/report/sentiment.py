"""Sentiment in reports: shares by agency, what the agency says apart from what the public says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from textmine.report.content import Sentiment, SentimentShare
from textmine.sentiment.grouped import sentiment_shares
from textmine.sentiment.stage import COMMENTS_STAGE, STAGE
from textmine.sentiment.tables import SHARES_SCHEMA, VOICES
from textmine.store import Workspace


def gather_sentiment(workspace: Workspace) -> pl.DataFrame:
    """Shares by agency of each voice that was read and is up to date; columns of ``SHARES_SCHEMA``."""
    stages = dict(zip(VOICES, (STAGE, COMMENTS_STAGE), strict=True))
    tables = [
        sentiment_shares(workspace, by="agency", voice=voice)
        for voice in VOICES
        if workspace.inputs_unchanged(stages[voice], "ingest")
    ]
    return pl.concat([SHARES_SCHEMA.to_frame(), *tables])


def sentiment_of(rows: Sequence[dict[str, Any]]) -> tuple[Sentiment, ...]:
    """What a report says of a group's rows, voice by voice."""
    found = []
    for voice in VOICES:
        of_voice = [row for row in rows if row["voice"] == voice]
        if not of_voice or not of_voice[0]["n"]:
            continue
        shares = tuple(
            SentimentShare(row["label"], row["raw"], row["share"], row["low"], row["high"]) for row in of_voice
        )
        first = of_voice[0]
        found.append(Sentiment(voice, round(first["n"]), round(first["without_text"]), first["fits"], shares))
    return tuple(found)
