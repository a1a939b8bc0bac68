"""Tables of X (Twitter): API clients and scrapers.

On X ``views`` and ``impressions`` are one figure: how often a post was seen, which the web page calls views and the
API ``impression_count``. Plays of a post's video are another figure; they are not read. Quotes count as shares, as
retweets do; bookmarks are saves.
"""

from __future__ import annotations

from typing import Final

from textmine.ingest.layouts.layout import UTC, Layout, layout
from textmine.posts import REPORT_TIME_ZONE

_MERGED: Final = "A retweet carries the text and the figures of the original; it is a repost and credited to nobody."

_V2: Final = {
    "post_id": "id",
    "account": "author.username",
    "published_at": "created_at",
    "caption": "note_tweet.text text",
    "hashtags": "note_tweet.entities.hashtags entities.hashtags",
    "is_repost": "referenced_tweets.retweeted.id",
    "is_quote": "referenced_tweets.quoted.id",
    "is_reply": "referenced_tweets.replied_to.id in_reply_to_user_id",
    "likes": "public_metrics.like_count",
    "comments": "public_metrics.reply_count",
    "retweets": "public_metrics.retweet_count",
    "quotes": "public_metrics.quote_count",
    "saves": "public_metrics.bookmark_count",
    "views": "public_metrics.impression_count",
    "impressions": "public_metrics.impression_count",
    "followers": "author.public_metrics.followers_count",
    "collected_at": "__twarc.retrieved_at",
}
# hashtags are taken from the text: twarc-csv writes them as JSON, with escapes
_TWARC_CSV: Final = {key: names for key, names in _V2.items() if key != "hashtags"} | {
    "caption": "text",
    "media_type": "attachments.media",
}
_TWARC_CSV_MARKS: Final = (
    "id created_at text author.username public_metrics.like_count attachments.poll.voting_status geo.place_type"
    " __twarc.version"
)
_V1: Final = {
    "post_id": "id_str id",
    "account": "user.screen_name",
    "published_at": "created_at",
    "caption": "extended_tweet.full_text full_text text",
    "hashtags": "extended_tweet.entities.hashtags entities.hashtags",
    "media_type": "extended_entities.media.type",
    "is_repost": "retweeted_status.id_str retweeted_status.id",
    "is_quote": "quoted_status_id_str is_quote_status",
    "is_reply": "in_reply_to_status_id_str in_reply_to_user_id_str in_reply_to_screen_name",
    "likes": "favorite_count",
    "comments": "reply_count",
    "retweets": "retweet_count",
    "quotes": "quote_count",
    "followers": "user.followers_count",
}
_V1_REMARKS: Final = (
    "The standard API reports neither replies nor quotes: comments are null, shares are retweets alone. " + _MERGED
)
_4CAT: Final = {
    "post_id": "id",
    "url": "link",
    "account": "author",
    "published_at": "timestamp unix_timestamp",
    "caption": "body",
    "hashtags": "hashtags",
    "is_video": "videos",
    "picture": "images",
    "is_repost": "is_retweet",
    "is_quote": "is_quote_tweet",
    "is_reply": "is_reply",
    "likes": "like_count",
    "comments": "reply_count",
    "retweets": "retweet_count",
    "quotes": "quote_count",
    "saves": "bookmark_count",
    "views": "impression_count",
    "impressions": "impression_count",
    "followers": "author_followers",
}

_SNSCRAPE: Final = {
    "post_id": "id.str id",
    "url": "url",
    "account": "user.username username",
    "published_at": "date",
    "caption": "rawContent content",
    "hashtags": "hashtags",
    "media_type": "media.type",
    "is_repost": "retweetedTweet.id retweetedTweet",
    "is_quote": "quotedTweet.id quotedTweet",
    "is_reply": "inReplyToTweetId",
    "likes": "likeCount",
    "comments": "replyCount",
    "retweets": "retweetCount",
    "quotes": "quoteCount",
    "saves": "bookmarkCount",
    "views": "viewCount",
    "impressions": "viewCount",
    "followers": "user.followersCount",
}

LAYOUTS: Final[tuple[Layout, ...]] = (
    layout(
        "tweet-harvest",
        "conversation_id_str id_str created_at full_text favorite_count username",
        "x",
        UTC,
        reads={
            "post_id": "id_str",
            "url": "tweet_url",
            "account": "username",
            "published_at": "created_at",
            "caption": "full_text",
            "picture": "image_url",
            "is_reply": "in_reply_to_screen_name",
            "likes": "favorite_count",
            "comments": "reply_count",
            "retweets": "retweet_count",
            "quotes": "quote_count",
        },
        documented="helmisatria/tweet-harvest, src/crawl.ts",
        remarks="Quotes of others are not marked: they are read as original posts.",
    ),
    layout(
        "twarc-csv",
        f"{_TWARC_CSV_MARKS} referenced_tweets.retweeted.id",
        "x",
        UTC,
        reads=_TWARC_CSV,
        escaped_lines=True,
        documented="DocNow/twarc-csv, dataframe_converter.py",
        remarks=_MERGED,
    ),
    layout(
        "twarc-csv, first generation",
        f"{_TWARC_CSV_MARKS} referenced_tweets in_reply_to_user.username",
        "x",
        UTC,
        reads=_TWARC_CSV | {"references": "referenced_tweets"},
        escaped_lines=True,
        documented="DocNow/twarc-csv, twarc_csv.py before version 0.4",
        remarks="Tweets that others refer to stand in rows of their own.",
    ),
    layout(
        "X API v2",
        "id text created_at author.username public_metrics.like_count",
        "x",
        UTC,
        reads=_V2
        | {
            "account": "collected_for author.username",
            "media_type": "attachments.media.type",
            "references": "referenced_tweets",
        },
        documented="DocNow/twarc, src/twarc/expansions.py; X API v2, tweet object (docs.x.com/x-api)",
        remarks=(
            "Pages and flattened tweets, as twarc2 writes them. A retweet's retweet_count is the original's; it is a"
            " repost and credited to nobody. The full text of a long post comes from note_tweet."
        ),
    ),
    layout(
        "X API v2, without authors",
        "id text created_at author_id public_metrics.like_count",
        "x",
        UTC,
        reads=_V2
        | {
            "account": "collected_for author.username username author_username user.username",
            "media_type": "attachments.media.type",
            "references": "referenced_tweets",
        },
        documented="X API v2, tweet object (docs.x.com/x-api)",
        remarks="Tweets alone, as other clients save them; where no column names the author, give --account.",
    ),
    layout(
        "minet Twitter",
        "timestamp_utc user_screen_name retweet_count like_count collected_via",
        "x",
        REPORT_TIME_ZONE,
        reads={
            "post_id": "id",
            "url": "url",
            "account": "user_screen_name",
            "published_at": "timestamp_utc",
            "caption": "text",
            "media_type": "media_types",
            "is_repost": "retweeted_id",
            "is_quote": "quoted_id",
            "is_reply": "to_tweetid to_userid",
            "likes": "like_count",
            "comments": "reply_count",
            "retweets": "retweet_count",
            "views": "impression_count",
            "impressions": "impression_count",
            "followers": "user_followers",
            "collected_at": "collection_time",
        },
        documented="medialab/twitwi, twitwi/constants.py (TWEET_FIELDS)",
        remarks=(
            "Quotes are not reported: shares are retweets alone. The time of collection is that of the machine's"
            " clock, taken as Asia/Jakarta."
        ),
    ),
    layout(
        "TCAT",
        "id time created_at from_user_name text retweet_count favorite_count from_user_followercount",
        "x",
        UTC,
        reads={
            "post_id": "id",
            "url": "url",
            "account": "from_user_name",
            "published_at": "time created_at",
            "caption": "text",
            "media_type": "media_type",
            "is_repost": "retweeted_id",
            "is_quote": "quoted_status_id",
            "is_reply": "in_reply_to_status_id to_user_name",
            "likes": "favorite_count",
            "retweets": "retweet_count",
            "followers": "from_user_followercount",
        },
        documented="medialab/twitwi, twitwi/constants.py (TWEET_FIELDS_TCAT); digitalmethodsinitiative/dmi-tcat",
        remarks=(
            "Replies and quotes are not reported: comments are null, shares are retweets alone. Tweets that were"
            " caught in a stream have the figures of their first second."
        ),
    ),
    layout(
        "4CAT X",
        "thread_id body author retweet_count like_count",
        "x",
        UTC,
        reads=_4CAT,
        documented=(
            "digitalmethodsinitiative/4cat, datasources/twitter-import/search_twitter.py and"
            " datasources/twitterv2/search_twitter.py"
        ),
        remarks=(
            "Both its X sources. `timestamp` is UTC; `unix_timestamp` may be off by the zone of 4CAT's server and is"
            " read only where the other is empty."
        ),
    ),
    layout(
        "X API v1.1",
        "id_str full_text favorite_count user.screen_name created_at",
        "x",
        UTC,
        reads=_V1,
        documented="X API v1.1, tweet object (developer.x.com, data dictionary)",
        remarks=_V1_REMARKS,
    ),
    layout(
        "X API v1.1, streamed",
        "id_str text favorite_count user.screen_name created_at truncated",
        "x",
        UTC,
        reads=_V1,
        documented="X API v1.1, tweet object (developer.x.com, data dictionary)",
        remarks="The full text of a long tweet comes from extended_tweet. " + _V1_REMARKS,
    ),
    layout(
        "snscrape",
        "url date likeCount retweetCount replyCount user.username conversationId",
        "x",
        UTC,
        reads=_SNSCRAPE,
        documented="JustAnotherArchivist/snscrape, snscrape/modules/twitter.py and snscrape/base.py",
        remarks="Tweets of old (content) and new files (rawContent). A figure with a granularity is marked as rounded.",
    ),
    layout(
        "snscrape, table",
        "url date likeCount retweetCount replyCount quoteCount conversationId",
        "x",
        UTC,
        reads={target: names for target, names in _SNSCRAPE.items() if target != "media_type"},
        documented="JustAnotherArchivist/snscrape, snscrape/modules/twitter.py",
        remarks="Its tweets as a data frame writes them: where no column names the author, the address does.",
    ),
    layout(
        "Zeeschuimer X",
        "rest_id legacy.full_text legacy.created_at legacy.favorite_count timestamp_collected",
        "x",
        UTC,
        reads={
            "post_id": "rest_id legacy.id_str",
            "url": "media_url",
            "account": (
                "core.user_results.result.core.screen_name core.user_results.result.legacy.screen_name user.screen_name"
            ),
            "published_at": "legacy.created_at",
            "caption": "note_tweet.text legacy.full_text",
            "hashtags": "legacy.entities.hashtags",
            "media_type": "legacy.extended_entities.media.type",
            "is_ad": "promoted",
            "is_repost": "legacy.retweeted_status_result.rest_id",
            "is_quote": "quoted_status_result.rest_id legacy.quoted_status_id_str legacy.is_quote_status",
            "is_reply": "legacy.in_reply_to_status_id_str legacy.in_reply_to_screen_name",
            "likes": "legacy.favorite_count",
            "comments": "legacy.reply_count",
            "retweets": "legacy.retweet_count",
            "quotes": "legacy.quote_count",
            "saves": "legacy.bookmark_count",
            "views": "views.count ext_views.count",
            "impressions": "views.count ext_views.count",
            "followers": (
                "core.user_results.result.relationship_counts.followers"
                " core.user_results.result.legacy.followers_count user.followers_count"
            ),
            "collected_at": "timestamp_collected",
        },
        documented=(
            "digitalmethodsinitiative/zeeschuimer, modules/twitter.js; digitalmethodsinitiative/4cat,"
            " datasources/twitter-import/search_twitter.py"
        ),
        remarks=(
            "Promoted tweets are ads, credited to nobody. Where X leaves the views out they are null. 4CAT's NDJSON of"
            " the same captures is read too."
        ),
    ),
)
