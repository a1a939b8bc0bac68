"""Layouts of known tools: recognised by the columns that only they write, with what the columns do not say.

A layout adds three things to the synonyms: a name for the reader, the platform, and the zone of times that carry
none. gallery-dl and instaloader write UTC without saying so, 4CAT too; CrowdTangle's interface writes EST or EDT and
its API UTC. Times of files that no layout fits are taken as Asia/Jakarta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textmine.ingest.synonyms import fold_name
from textmine.posts import REPORT_TIME_ZONE, Platform


@dataclass(frozen=True)
class Layout:
    """A tool's table: ``columns`` must all be there; ``zone`` holds for times without one."""

    name: str
    columns: frozenset[str]
    platform: Platform | None = None
    zone: str = REPORT_TIME_ZONE


def _layout(name: str, columns: str, platform: Platform | None, zone: str = REPORT_TIME_ZONE) -> Layout:
    return Layout(name, frozenset(fold_name(c) for c in columns.split()), platform, zone)


LAYOUTS: Final = (
    _layout("canonical posts", "platform post_id account published_at caption post_kind", None, "UTC"),
    _layout("tweet-harvest", "conversation_id_str id_str created_at full_text favorite_count", "x", "UTC"),
    _layout("gallery-dl", "shortcode username date caption video_views file_path", "instagram", "UTC"),
    _layout("X API v2", "id author.username public_metrics.like_count created_at text", "x", "UTC"),
    _layout("minet Twitter", "timestamp_utc user_screen_name retweet_count collected_via", "x", "UTC"),
    _layout("minet Instagram", "taken_at_timestamp shortcode like_and_view_counts_disabled", "instagram", "UTC"),
    _layout("minet YouTube", "video_id channel_id channel_title published_at has_captions", "youtube", "UTC"),
    _layout("YouTube Data Tools", "videoId channelTitle publishedAt videoTitle videoDescription", "youtube", "UTC"),
    _layout("YouTube Data API", "snippet.publishedAt snippet.title snippet.channelTitle", "youtube", "UTC"),
    _layout("yt-dlp", "webpage_url uploader upload_date title extractor", "youtube", "UTC"),
    _layout("4CAT Instagram", "thread_id body author num_likes num_comments", "instagram", "UTC"),
    _layout("4CAT X", "thread_id body author retweet_count like_count", "x", "UTC"),
    _layout("CrowdTangle Instagram", "Account User_Name Followers_at_Posting Post_Created URL", "instagram"),
    _layout("CrowdTangle Facebook", "Facebook_Id Likes Message Total_Interactions_ URL", "facebook"),
    _layout("CrowdTangle Facebook", "Facebook_Id Likes Message Love URL", "facebook"),
    _layout("X API v1.1", "id_str full_text favorite_count user.screen_name created_at", "x", "UTC"),
    _layout("CrowdTangle API", "platformId date account.handle statistics.actual.likeCount", None, "UTC"),
    _layout("snscrape", "rawContent likeCount retweetCount user.username", "x", "UTC"),
    _layout("Graph API Facebook", "permalink_url created_time message", "facebook", "UTC"),
    _layout("Graph API Instagram", "permalink media_type timestamp username", "instagram", "UTC"),
)

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
