"""Tables of X (Twitter): API clients and scrapers."""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import UTC, Layout, layout

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout("tweet-harvest", "conversation_id_str id_str created_at full_text favorite_count", "x", UTC),
    layout("X API v2", "id author.username public_metrics.like_count created_at text", "x", UTC),
    layout("minet Twitter", "timestamp_utc user_screen_name retweet_count collected_via", "x", UTC),
    layout("4CAT X", "thread_id body author retweet_count like_count", "x", UTC),
    layout("X API v1.1", "id_str full_text favorite_count user.screen_name created_at", "x", UTC),
    layout("snscrape", "rawContent likeCount retweetCount user.username", "x", UTC),
)
