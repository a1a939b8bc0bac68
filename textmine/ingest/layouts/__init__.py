"""Layouts of known tools: recognised by the columns that only they write.

A layout says which columns mean what, the platform, and the zone of times that carry none. gallery-dl and instaloader
write UTC without saying so, 4CAT too; CrowdTangle's interface writes EST or EDT and its API UTC. Times of files that
no layout fits are taken as Asia/Jakarta.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textmine.ingest.layouts import elsewhere, facebook, instagram, x, youtube
from textmine.ingest.layouts.layout import UTC, Layout, layout
from textmine.ingest.synonyms import fold_name
from textmine.platforms import Platform

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout("canonical posts", "platform post_id account published_at caption post_kind", None, UTC),
    *x.LAYOUTS,
    *facebook.LAYOUTS,
    *instagram.LAYOUTS,
    *youtube.LAYOUTS,
    *elsewhere.LAYOUTS,
)
"""Asked in this order; within a platform the more specific layout stands first."""

_HINTS: Final[dict[Platform, frozenset[str]]] = {
    "x": frozenset(
        fold_name(n)
        for n in "tweet tweets tweet_url tweet_id full_text retweet_count retweets public_metrics.retweet_count".split()
    ),
    "youtube": frozenset(
        fold_name(n) for n in "video_id channel_id channel_title video_title subscriber_count".split()
    ),
    "instagram": frozenset(
        fold_name(n) for n in "shortcode taken_at_timestamp like_and_view_counts_disabled ig_id instagram".split()
    ),
    "facebook": frozenset(fold_name(n) for n in "facebook_id page_name permalink_url love haha facebook".split()),
}


def find_layout(columns: Sequence[str]) -> Layout | None:
    """Return the first layout whose columns the file holds all, or None."""
    folded = frozenset(fold_name(column) for column in columns)
    return next((layout for layout in LAYOUTS if layout.columns <= folded), None)


def platform_by_names(columns: Sequence[str]) -> Platform | None:
    """Platform whose own words stand in the column names, or None when none or several do."""
    folded = frozenset(fold_name(column) for column in columns)
    fitting = [platform for platform, names in _HINTS.items() if names & folded]
    return fitting[0] if len(fitting) == 1 else None
