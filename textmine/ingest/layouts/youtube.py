"""Tables of YouTube: the Data API and tools on top of it.

A channel is known by its title, the one name that every source gives; a caption is the title, a line break and the
description. YouTube reports neither shares nor saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textmine.ingest.layouts.layout import UTC, Empty, Layout, layout

_HIDDEN: Final[Mapping[str, Empty]] = {"likes": "hidden", "comments": "hidden", "views": "hidden"}
"""These tools ask for every figure that they have a column for: an empty cell is a figure that the owner hid."""

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout(
        "minet YouTube",
        "video_id channel_id channel_title published_at has_captions",
        "youtube",
        UTC,
        reads={
            "post_id": "video_id",
            "account": "channel_title",
            "published_at": "published_at",
            "title": "title",
            "description": "description",
            "likes": "like_count",
            "comments": "comment_count",
            "views": "view_count",
        },
        empty=_HIDDEN,
        true_zeros=True,
        documented="medialab/minet, minet/youtube/types.py (YouTubeVideo)",
        remarks="An empty figure is one that the owner hid.",
    ),
    layout(
        "minet YouTube playlist",
        "video_id title published_at description channel_id channel_title position default_language",
        "youtube",
        UTC,
        reads={
            "post_id": "video_id",
            "account": "channel_title",
            "published_at": "published_at",
            "title": "title",
            "description": "description",
        },
        documented="medialab/minet, minet/youtube/types.py (YouTubePlaylistVideoSnippet)",
        remarks="No figures; the time is that at which the video came into the playlist. Better: minet youtube videos.",
    ),
    layout(
        "minet YouTube search",
        "video_id title published_at description channel_id channel_title default_language",
        "youtube",
        refused=(
            "its columns title and channel_title hold each other's content in some versions, and it has no figures;"
            " run minet youtube videos on its video_id column"
        ),
        documented="medialab/minet, minet/youtube/types.py (YouTubeVideoSnippet)",
    ),
    layout(
        "minet YouTube comments",
        "video_id comment_id author_channel_id text",
        "youtube",
        refused="holds comments, not posts",
        documented="medialab/minet, minet/youtube/types.py (YouTubeComment)",
    ),
    layout(
        "YouTube Data Tools",
        "videoId channelTitle publishedAt videoTitle videoDescription",
        "youtube",
        UTC,
        reads={
            "post_id": "videoId",
            "account": "channelTitle",
            "published_at": "publishedAt publishedAtSQL",
            "title": "videoTitle",
            "description": "videoDescription",
            "likes": "likeCount",
            "comments": "commentCount",
            "views": "viewCount",
        },
        empty=_HIDDEN,
        true_zeros=True,
        documented="bernorieder/YouTube-Data-Tools, mod_videos_list.php",
        remarks="An empty figure is one that the owner hid. The column `caption` says whether there are subtitles.",
    ),
    layout(
        "YouTube Data Tools comments",
        "id replyCount likeCount publishedAt authorName text isReplyTo",
        "youtube",
        refused="holds comments, not posts",
        documented="bernorieder/YouTube-Data-Tools, mod_video_info.php",
    ),
    layout(
        "YouTube Data API",
        "snippet.publishedAt snippet.title snippet.channelTitle",
        "youtube",
        UTC,
        reads={
            "post_id": "contentDetails.videoId snippet.resourceId.videoId id.videoId id",
            "account": "collected_for snippet.videoOwnerChannelTitle snippet.channelTitle",
            "published_at": "contentDetails.videoPublishedAt snippet.publishedAt",
            "title": "snippet.title",
            "description": "snippet.description",
            "media_type": "broadcast snippet.liveBroadcastContent",
            "likes": "statistics.likeCount",
            "comments": "statistics.commentCount",
            "views": "statistics.viewCount",
            "hidden": "statistics.hidden",
            "followers": "channel.subscriberCount",
        },
        true_zeros=True,
        documented="YouTube Data API v3, reference of videos, search and playlistItems (developers.google.com/youtube)",
        remarks=(
            "Answers of videos.list, search.list and playlistItems.list; search and playlist items have no figures."
            " Items of a playlist that were asked for without contentDetails have the time at which they came into it."
            " A figure that is missing from `statistics` is null and marked as hidden. Search results hold cut"
            " descriptions. Tags are the owner's keywords, not hashtags; they are not read. In exports of"
            " textmine collect, collected_for is the register's account; subscribers are rounded by YouTube."
        ),
    ),
    layout(
        "yt-dlp",
        "id webpage_url upload_date title extractor_key",
        "youtube",
        UTC,
        reads={
            "post_id": "id",
            "url": "webpage_url",
            "account": "channel uploader uploader_id",
            "published_at": "timestamp upload_date",
            "title": "fulltitle title",
            "description": "description",
            "media_type": "media_type live_status",
            "likes": "like_count",
            "comments": "comment_count",
            "views": "view_count",
            "followers": "channel_follower_count",
            "collected_at": "epoch",
        },
        documented="yt-dlp/yt-dlp, README.md, Output template",
        remarks=(
            "Records of videos (.info.json, --dump-json) and of playlists. YouTube shows rounded subscribers. Shorts"
            " are reels. Entries of a flat playlist have no time and are rejected."
        ),
    ),
)
