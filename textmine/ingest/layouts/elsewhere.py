"""Tables of platforms that textmine does not read: refused by name instead of being read as nonsense."""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import Layout, layout
from textmine.ingest.shapes.elsewhere import NO_PLATFORM

_TIKTOK: Final = NO_PLATFORM.format("TikTok")

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout(
        "4CAT TikTok",
        "thread_id author body tiktok_url",
        refused=_TIKTOK,
        documented="digitalmethodsinitiative/4cat, datasources/tiktok/search_tiktok.py",
    ),
    layout(
        "TikTok",
        "authorMeta.name diggCount playCount createTime",
        refused=_TIKTOK,
        documented="digitalmethodsinitiative/4cat, datasources/upload/import_formats.py",
    ),
    layout(
        "TikTok, web page",
        "author.uniqueId stats.diggCount createTime",
        refused=_TIKTOK,
        documented="digitalmethodsinitiative/4cat, datasources/tiktok/search_tiktok.py",
    ),
    layout(
        "4CAT Reddit",
        "id thread_id body author subreddit",
        refused=NO_PLATFORM.format("Reddit"),
        documented="digitalmethodsinitiative/4cat, datasources/reddit/search_reddit.py",
    ),
    layout(
        "X API v2 accounts",
        "id username name public_metrics.followers_count public_metrics.tweet_count",
        refused="holds accounts, not posts",
        documented="X API v2, user object (docs.x.com/x-api)",
    ),
    layout(
        "X API v2 counts",
        "start end tweet_count",
        refused="holds numbers of tweets, not posts",
        documented="DocNow/twarc, twarc2 counts",
    ),
)
