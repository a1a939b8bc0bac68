"""Tables of YouTube: the Data API and tools on top of it."""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import UTC, Layout, layout

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout("minet YouTube", "video_id channel_id channel_title published_at has_captions", "youtube", UTC),
    layout("YouTube Data Tools", "videoId channelTitle publishedAt videoTitle videoDescription", "youtube", UTC),
    layout("YouTube Data API", "snippet.publishedAt snippet.title snippet.channelTitle", "youtube", UTC),
    layout("yt-dlp", "webpage_url uploader upload_date title extractor", "youtube", UTC),
)
