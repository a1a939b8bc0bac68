"""Tables of Facebook: CrowdTangle, Meta Content Library and the Graph API."""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import UTC, Layout, layout

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout("CrowdTangle Facebook", "Facebook_Id Likes Message Total_Interactions_ URL", "facebook"),
    layout("CrowdTangle Facebook", "Facebook_Id Likes Message Love URL", "facebook"),
    layout("CrowdTangle API", "platformId date account.handle statistics.actual.likeCount", None, UTC),
    layout("Graph API Facebook", "permalink_url created_time message", "facebook", UTC),
)
