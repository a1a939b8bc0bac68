"""Tables of Instagram: scrapers and the Graph API."""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import UTC, Layout, layout

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout("gallery-dl", "shortcode username date caption video_views file_path", "instagram", UTC),
    layout("minet Instagram", "taken_at_timestamp shortcode like_and_view_counts_disabled", "instagram", UTC),
    layout("4CAT Instagram", "thread_id body author num_likes num_comments", "instagram", UTC),
    layout("CrowdTangle Instagram", "Account User_Name Followers_at_Posting Post_Created URL", "instagram"),
    layout("Graph API Instagram", "permalink media_type timestamp username", "instagram", UTC),
)
