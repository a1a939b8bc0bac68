"""Tables of Facebook: CrowdTangle, Meta Content Library, the Graph API, Facepager and snscrape.

Names as in the tools' own sources (each layout's ``documented``). Posts are known by the number behind the page's:
``1150042_10158930`` of CrowdTangle's API and the Graph API, ``…/posts/10158930`` of CrowdTangle's CSV.
"""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import UTC, Layout, layout

EASTERN: Final = "America/New_York"
"""CrowdTangle's interface writes US Eastern time, nearly always with EST or EDT behind it."""

_API_REACTIONS: Final = {
    name: f"statistics.actual.{name}Count" for name in ("love", "wow", "haha", "sad", "angry", "thankful", "care")
}
_MINET_REACTIONS: Final = {name: f"actual_{name}_count" for name in _API_REACTIONS}
_LIBRARY_REACTIONS: Final = {
    name: f"statistics.{name}_count" for name in ("love", "wow", "haha", "sad", "angry", "care")
}
_INSIGHT: Final = "insights.post_reactions_by_type_total."
_GRAPH_REACTIONS: Final = {
    "love": f"reactions_love.summary.total_count love.summary.total_count {_INSIGHT}love",
    "wow": f"reactions_wow.summary.total_count wow.summary.total_count {_INSIGHT}wow",
    "haha": f"reactions_haha.summary.total_count haha.summary.total_count {_INSIGHT}haha",
    "sad": f"reactions_sad.summary.total_count sad.summary.total_count {_INSIGHT}sorry",
    "angry": f"reactions_angry.summary.total_count angry.summary.total_count {_INSIGHT}anger",
    "care": "reactions_care.summary.total_count care.summary.total_count",
}
_GRAPH_FIGURES: Final = {
    "reactions": "reactions.summary.total_count",
    "likes": f"likes.summary.total_count like.summary.total_count reactions_like.summary.total_count {_INSIGHT}like",
    **_GRAPH_REACTIONS,
    "comments": "comments.summary.total_count",
    "shares": "shares.count",
    "views": "insights.post_media_view insights.post_video_views",
    "reach": "insights.post_impressions_unique insights.post_total_media_view_unique",
    "impressions": "insights.post_impressions",
}

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout(
        "CrowdTangle Facebook",
        "Facebook_Id Likes Message Love URL",
        "facebook",
        EASTERN,
        reads={
            "account": "User_Name",
            "account_id": "Facebook_Id",
            "account_name": "Page_Name Group_Name",
            "published_at": "Post_Created Created Post_Created_Date",
            "clock": "Post_Created_Time",
            "url": "URL",
            "caption": "Message",
            "media_type": "Type",
            "post_kind": "Video_Share_Status",
            "shared_link": "Link",
            "likes": "Likes",
            **{name: name.capitalize() for name in ("love", "wow", "haha", "sad", "angry", "care", "thankful")},
            "comments": "Comments",
            "shares": "Shares",
            "views": "Post_Views",
            "followers_at_posting": "Followers_at_Posting Likes_at_Posting",
        },
        true_zeros=True,
        documented="digitalmethodsinitiative/4cat:datasources/upload/import_formats.py, import_csv.py (older headers)",
        remarks="Three generations of headers, of pages and of groups. Followers at Posting comes before Likes at"
        " Posting (both are of the day of the post). Post Views is the figure of this post; Total Views, which counts"
        " other posts of the same video, is not read. A video whose share status is share, and a link or text post"
        " that leads to another page's post, are reposts. A page without a handle goes by its number.",
    ),
    layout(
        "CrowdTangle API",
        "platformId date account.handle statistics.actual.commentCount",
        None,
        UTC,
        reads={
            "platform": "platform account.platform",
            "post_id": "platformId",
            "account": "account.handle",
            "account_id": "account.platformId",
            "account_name": "account.name",
            "published_at": "date",
            "url": "postUrl",
            "caption": "message",
            "instagram_caption": "description",
            "media_type": "type",
            "shared_link": "link",
            "likes": "statistics.actual.favoriteCount statistics.actual.likeCount",
            **_API_REACTIONS,
            "comments": "statistics.actual.commentCount",
            "shares": "statistics.actual.shareCount",
            "views": "statistics.actual.viewCount",
            "followers_at_posting": "subscriberCount",
            "followers": "account.subscriberCount",
            "collected_at": "updated",
        },
        true_zeros=True,
        documented="CrowdTangle/API wiki, pages Post and Account",
        remarks="Facebook and Instagram. favoriteCount is Instagram's like. The post's own subscriberCount is that of"
        " the day of the post, the account's is the present one. statistics.expected is a forecast and not read.",
    ),
    layout(
        "minet CrowdTangle",
        "ct_id datetime actual_comment_count expected_comment_count account_name post_url",
        None,
        UTC,
        reads={
            "platform": "platform account_platform",
            "post_id": "id",
            "account": "account_handle",
            "account_id": "account_id",
            "account_name": "account_name",
            "published_at": "datetime date",
            "url": "post_url",
            "caption": "message",
            "instagram_caption": "description",
            "media_type": "type",
            "shared_link": "link",
            "likes": "actual_favorite_count actual_like_count",
            **_MINET_REACTIONS,
            "comments": "actual_comment_count",
            "shares": "actual_share_count",
            "followers": "account_subscriber_count",
            "collected_at": "updated",
        },
        true_zeros=True,
        documented="medialab/minet:minet/crowdtangle/types.py (commit before 28cd1b3e)",
        remarks="The actual counts are read, the expected ones are CrowdTangle's forecast.",
    ),
    layout(
        "Meta Content Library Facebook",
        "creation_time post_owner.name surface.name statistics.share_count",
        "facebook",
        UTC,
        reads={
            "post_id": "id",
            "account": "post_owner.username",
            "account_id": "post_owner.id",
            "account_name": "post_owner.name",
            "published_at": "creation_time",
            "url": "mcl_url",
            "caption": "text",
            "media_type": "content_type media_type",
            "is_repost": "shared_post_id",
            "reactions": "statistics.reaction_count",
            "likes": "statistics.like_count",
            **_LIBRARY_REACTIONS,
            "comments": "statistics.comment_count",
            "shares": "statistics.share_count",
            "views": "statistics.views",
            "collected_at": "statistics.views_date_last_refreshed view_date_last_refreshed",
        },
        true_zeros=True,
        documented="fabiogiglietto/csds-preprocessor:src/types/index.ts;"
        " developers.facebook.com/docs/content-library-and-api/appendix/data-dictionary",
        remarks="The account is the post's owner; the surface, where the post stands, may be another's. Views are"
        " absent below 100 and for new and very old posts, which is no 0. A post with a shared_post_id is a repost."
        " Ids are the library's own: a post of it cannot be matched with the same post from another tool. Ask for the"
        " field text, which is not among those given by default.",
    ),
    layout(
        "Facepager",
        "object_id object_type query_status query_type created_time",
        "facebook",
        not_posts={
            "object_type": r"(?i)^(seed|offcut|headers|error|empty)$",
            "query_status": r"(?i)^error",
            "query_type": r"(?i)[/:](comments|reactions|likes|attachments|insights|members|replies|sharedposts)$",
        },
        empty={"shares": "zero"},
        reads={
            "post_id": "object_id",
            "account": "from.username",
            "account_id": "from.id",
            "account_name": "from.name",
            "published_at": "created_time",
            "url": "permalink_url",
            "caption": "message",
            "media_type": "type attachments.data.0.media_type status_type",
            **_GRAPH_FIGURES,
            "followers": "from.followers_count from.fan_count",
            "collected_at": "query_time",
        },
        documented="strohne/Facepager:src/dialogs/export.py;"
        " digitalmethodsinitiative/4cat:datasources/upload/import_formats.py",
        remarks="Only fetched nodes that are posts: seeds, offcuts, comments and failed queries are refused and say so."
        " id, parent_id and level are numbers of Facepager. query_time is the clock of the computer that asked, taken"
        " as Asia/Jakarta. An empty shares.count is 0 where other rows have one: the API leaves it out when none.",
    ),
    layout(
        "Graph API Facebook",
        "created_time permalink_url message",
        "facebook",
        UTC,
        empty={"shares": "zero"},
        reads={
            "post_id": "id",
            "account": "collected_for from.username",
            "account_id": "from.id",
            "account_name": "from.name",
            "published_at": "created_time",
            "url": "permalink_url",
            "caption": "message",
            "media_type": "attachments.data.0.media_type type attachments.data.0.type status_type",
            "is_repost": "parent_id",
            **_GRAPH_FIGURES,
            "followers": "from.followers_count from.fan_count",
        },
        true_zeros=True,
        documented="developers.facebook.com/docs/graph-api/reference/post and /insights",
        remarks="reactions.summary holds all reactions and comes before likes.summary, which holds the likes alone."
        " The API leaves shares out when there are none: null becomes 0 in a file in which any post has shares, else"
        " shares were not asked for and stay null. post_impressions_unique is reach. A post with a parent_id shares"
        " another. Permalinks with pfbid cannot be turned into numbers: such a post is known by its id.",
    ),
    layout(
        "snscrape Facebook",
        "cleanUrl dirtyUrl date content",
        "facebook",
        UTC,
        reads={"url": "cleanUrl dirtyUrl", "published_at": "date", "caption": "content"},
        documented="JustAnotherArchivist/snscrape:snscrape/modules/facebook.py",
        remarks="No figures at all: every one is null. Account and id come from the address.",
    ),
)
