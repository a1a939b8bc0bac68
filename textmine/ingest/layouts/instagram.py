"""Tables of Instagram: CrowdTangle, Meta Content Library, the Graph API, and what scrapers and browser captures write.

Names as in the tools' own sources (each layout's ``documented``). A post is known by the number that its shortcode
stands for, so that one post from two tools is one post; see :mod:`textmine.ingest.identity`.
"""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.facebook import EASTERN
from textmine.ingest.layouts.layout import UTC, Layout, layout

_CAPTION: Final = "edge_media_to_caption.edges.0.node.text caption.text caption"
_LIKES: Final = "like_count edge_media_preview_like.count edge_liked_by.count likes.count"
_COMMENTS: Final = (
    "comment_count edge_media_to_comment.count edge_media_to_parent_comment.count edge_media_preview_comment.count"
    " comments.count comments"
)
_VIEWS: Final = "play_count ig_play_count video_play_count view_count video_view_count"


def _under(prefixes: str, names: str) -> str:
    """Names below each prefix, all of the first prefix first."""
    return " ".join(f"{prefix}.{name}" for prefix in prefixes.split() for name in names.split())


def _of_media(prefixes: str) -> dict[str, str]:
    """Where Instagram's own media objects, in any of their shapes, hold what a post needs."""
    return {
        "post_id": _under(prefixes, "pk id"),
        "shortcode": _under(prefixes, "code shortcode"),
        "account": _under(prefixes, "user.username owner.username"),
        "account_id": _under(prefixes, "user.pk user.id owner.id"),
        "published_at": _under(prefixes, "taken_at_timestamp taken_at date"),
        "caption": _under(prefixes, _CAPTION),
        "media_type": _under(prefixes, "media_type __typename"),
        "surface": _under(prefixes, "product_type"),
        "is_video": _under(prefixes, "is_video"),
        "coauthors": _under(prefixes, "coauthor_producers"),
        "likes": _under(prefixes, _LIKES),
        "comments": _under(prefixes, _COMMENTS),
        # plays before views of three seconds, wherever they stand
        "views": " ".join(_under(prefixes, name) for name in _VIEWS.split()),
        "likes_hidden": _under(prefixes, "like_and_view_counts_disabled"),
        "followers": _under(prefixes, "owner.edge_followed_by.count user.follower_count"),
    }


LAYOUTS: Final[tuple[Layout, ...]] = (
    layout(
        "instaloader",
        "instaloader.node_type",
        "instagram",
        UTC,
        not_posts={"instaloader.node_type": r"^(Profile|StoryItem|Highlight|Hashtag|TopSearchResults|\w*Iterator)$"},
        reads=_of_media("node node.iphone_struct"),
        documented="instaloader/instaloader:instaloader/structures.py",
        remarks="Posts only: profiles, story items and hashtags are refused and say so. Likes of -1, or marked as"
        " disabled, are hidden: null. Plays come before views. Nothing says when the figures were read.",
    ),
    layout(
        "instaloader comments",
        "id created_at text likes_count answers owner.username",
        "instagram",
        UTC,
        not_posts={"id": r""},
        reads={"post_id": "id", "account": "owner.username", "published_at": "created_at", "caption": "text"},
        documented="instaloader/instaloader:instaloader/instaloader.py, update_comments",
        remarks="Comments lie beside posts in instaloader's folders: every row is refused as no post.",
    ),
    layout(
        "Zeeschuimer Instagram",
        "source_platform timestamp_collected data.code",
        "instagram",
        UTC,
        reads={**_of_media("data"), "collected_at": "timestamp_collected"},
        documented="digitalmethodsinitiative/zeeschuimer:modules/instagram.js, js/zs-background.js;"
        " digitalmethodsinitiative/4cat:datasources/instagram/search_instagram.py",
        remarks="Lists of items, Graph and Polaris objects; Polaris holds no likes and comments: null. Hidden likes are"
        " written as a small number (3) beside like_and_view_counts_disabled: null. Ads are kept and not credited. No"
        " followers. A partial object has no caption; without a time it is refused.",
    ),
    layout(
        "gallery-dl",
        "shortcode username date caption video_views file_path",
        "instagram",
        UTC,
        no_zero="comments views",
        reads={
            "post_id": "post_id",
            "shortcode": "shortcode",
            "account": "username",
            "published_at": "date",
            "url": "url",
            "caption": "caption",
            "hashtags": "hashtags",
            "media_type": "media_type",
            "is_video": "is_video",
            "likes": "likes",
            "comments": "comments",
            "views": "video_views",
        },
        documented="mikf/gallery-dl:gallery_dl/extractor/instagram.py; the CSV is a widespread script's",
        remarks="A row for each picture of a carousel: joined by the post's address. Comments and views are 0 on every"
        " row, because they are not collected: null.",
    ),
    layout(
        "gallery-dl metadata",
        "post_shortcode post_url description likes username",
        "instagram",
        UTC,
        reads={
            "post_id": "post_id",
            "shortcode": "shortcode",
            "account": "username",
            "account_id": "owner_id",
            "published_at": "post_date date",
            "url": "post_url",
            "caption": "description",
            "coauthors": "coauthors",
            "media_type": "typename type",
            "is_video": "video_url",
            "picture": "display_url",
            "likes": "likes",
        },
        documented="mikf/gallery-dl:gallery_dl/extractor/instagram.py",
        remarks="One object for each picture of a carousel: joined by the post's address. Neither comments nor views."
        " likes is 0 also where Instagram gave none; that cannot be told from a true 0.",
    ),
    layout(
        "minet Instagram",
        "taken_at_timestamp shortcode like_and_view_counts_disabled",
        "instagram",
        UTC,
        reads={
            "post_id": "id",
            "shortcode": "shortcode",
            "account": "username",
            "published_at": "taken_at_timestamp utc_time",
            "url": "url",
            "caption": "caption",
            "hashtags": "hashtags",
            "coauthors": "coauthor_usernames",
            "media_type": "media_type",
            "likes": "like_count",
            "comments": "comment_count",
            "likes_hidden": "like_and_view_counts_disabled",
        },
        documented="medialab/minet:minet/instagram/types.py, InstagramPost",
        remarks="Lists are joined by |. Neither views nor followers.",
    ),
    layout(
        "4CAT Instagram",
        "thread_id body author num_likes num_comments",
        "instagram",
        UTC,
        not_posts={"type": r"^comment$"},
        reads={
            "shortcode": "id",
            "account": "author",
            "published_at": "unix_timestamp timestamp",
            "url": "url",
            "caption": "body",
            "hashtags": "hashtags",
            "coauthors": "coauthors",
            "media_type": "media_type type",
            "n_media": "num_media",
            "likes": "num_likes",
            "comments": "num_comments",
            "views": "play_count",
            "likes_hidden": "likes_hidden",
        },
        documented="digitalmethodsinitiative/4cat:datasources/instagram/search_instagram.py",
        remarks="num_comments of -1 is unknown: null. num_media above 1 is a carousel, whatever media_type says. No"
        " followers, and ads were left out by 4CAT. timestamp is in the zone of 4CAT's server: unix_timestamp first.",
    ),
    layout(
        "CrowdTangle Instagram",
        "Account User_Name Followers_at_Posting Likes URL Photo Description",
        "instagram",
        EASTERN,
        reads={
            "account": "User_Name",
            "account_name": "Account",
            "published_at": "Post_Created Created Post_Created_Date",
            "clock": "Post_Created_Time",
            "url": "URL",
            "caption": "Description",
            "media_type": "Type",
            "likes": "Likes",
            "comments": "Comments",
            "views": "Views",
            "followers_at_posting": "Followers_at_Posting",
        },
        true_zeros=True,
        documented="digitalmethodsinitiative/4cat:datasources/upload/import_formats.py (the columns that 4CAT requires;"
        " the whole header is not documented)",
        remarks="Description is the caption; Title is that of IGTV videos and is not read. Neither shares nor saves.",
    ),
    layout(
        "Meta Content Library Instagram",
        "creation_time post_owner.username media_type statistics.like_count",
        "instagram",
        UTC,
        reads={
            "post_id": "id",
            "account": "post_owner.username",
            "account_id": "post_owner.id",
            "account_name": "post_owner.name",
            "published_at": "creation_time",
            "caption": "text",
            "hashtags": "hashtags",
            "media_type": "media_type",
            "likes": "statistics.like_count",
            "comments": "statistics.comment_count",
            "views": "statistics.views",
            "collected_at": "statistics.views_date_last_refreshed view_date_last_refreshed",
        },
        true_zeros=True,
        documented="developers.facebook.com/docs/content-library-and-api/appendix/data-dictionary (shape as documented,"
        " not seen in a live export)",
        remarks="Ids are the library's own: a post of it cannot be matched with the same post from another tool. Views"
        " are absent, never 0, where the library shows none. No shares. Posts of original producers only.",
    ),
    layout(
        "Graph API Instagram",
        "permalink media_type timestamp caption",
        "instagram",
        UTC,
        empty={"likes": "hidden"},
        reads={
            "post_id": "ig_id legacy_instagram_media_id id",
            "shortcode": "shortcode",
            "account": "collected_for username owner.username",
            "account_id": "owner.id",
            "published_at": "timestamp",
            "url": "permalink",
            "caption": "caption",
            "media_type": "media_type",
            "surface": "media_product_type",
            "likes": "like_count",
            "comments": "comments_count",
            "shares": "shares_count insights.shares",
            "saves": "saved_count insights.saved",
            "views": "view_count insights.views insights.plays insights.video_views",
            "reach": "insights.reach",
            "impressions": "insights.impressions",
            "followers": "followers_count",
        },
        true_zeros=True,
        documented="developers.facebook.com/docs/instagram-platform/reference/instagram-media, /insights and"
        " /business-discovery",
        remarks="like_count leaves out likes of ads, total_like_count takes them in and is not read. The API leaves out"
        " like_count where the owner hides likes: null and hidden, in a file in which any post has it. The id is the"
        " API's own number; posts are known by permalink or shortcode. Product type AD is an ad.",
    ),
    layout(
        "snscrape Instagram",
        "url date content username likes comments isVideo displayUrl",
        "instagram",
        UTC,
        reads={
            "url": "url",
            "account": "username",
            "published_at": "date",
            "caption": "content",
            "is_video": "isVideo",
            "likes": "likes",
            "comments": "comments",
        },
        documented="JustAnotherArchivist/snscrape:snscrape/modules/instagram.py",
        remarks="Neither views nor followers; carousels look like pictures.",
    ),
)
