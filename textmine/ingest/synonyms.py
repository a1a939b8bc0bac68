"""The names under which exports call the columns of a post: one line a column, the name that wins first.

Names are compared without case, spaces, dots, underscores and hyphens, so ``Post Created``, ``post_created`` and
``postCreated`` are one name. Nested JSON is flattened with dots first (``public_metrics.like_count``). Sources of the
names: the tools' own code and the platforms' documentation (X API v1.1 and v2, tweet-harvest, twarc-csv, snscrape,
CrowdTangle, Meta Content Library, Graph API, instaloader, gallery-dl, 4CAT, YouTube Data API, YouTube Data Tools,
yt-dlp, minet), and headers that Indonesian offices give their spreadsheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from textmine.errors import InputError, MissingColumnError
from textmine.platforms import Platform

_TABLE: Final[dict[str, str]] = {
    "platform": "platform jejaring kanal_media_sosial media_sosial medsos social_network network",
    "post_id": "post_id id_str legacy.id_str rest_id tweet_id video_id id.videoId contentDetails.videoId"
    " snippet.resourceId.videoId platform_id status_id id_postingan id_konten id_unggahan id",
    "shortcode": "shortcode code node.shortcode",
    "url": "url permalink permalink_url tweet_url tweet_permalink post_url tautan tautan_postingan webpage_url"
    " clean_url alamat link_postingan link_post link_konten link",
    "account": "account user_screen_name screen_name user.screen_name username user_name user.username"
    " author.username core.user_results.result.legacy.screen_name akun nama_akun account_handle account.handle handle"
    " owner.username node.owner.username post_owner.username author author_name uploader_id pengguna nama_pengguna"
    " channel_title snippet.channelTitle channel uploader page_name group_name from.name post_owner.name account.name"
    " account_name kanal instansi_akun",
    "published_at": "published_at taken_at_timestamp node.taken_at_timestamp unix_timestamp timestamp_utc"
    " snippet.publishedAt contentDetails.videoPublishedAt post_created created_at legacy.created_at created_time"
    " creation_time created utc_time date_utc datetime date taken_at timestamp post_date posted_at publish_date"
    " published upload_date local_time tanggal waktu_posting waktu_publikasi waktu_unggah tanggal_posting tanggal_post"
    " tanggal_publikasi tanggal_unggah tanggal_terbit tanggal_tayang tgl tgl_posting tgl_tayang waktu_tayang"
    " hari_tanggal waktu time",
    "clock": "jam pukul waktu post_created_time time",
    "caption": "video_description caption.text full_text legacy.full_text caption raw_content message text tweet_text"
    " tweet tweets isi isi_postingan isi_konten isi_tweet konten teks takarir keterangan body content postingan"
    " posting post_text post status",
    "description": "video_description snippet.description description deskripsi",
    "title": "video_title snippet.title title judul judul_video judul_postingan",
    "hashtags": "hashtags legacy.entities.hashtags entities.hashtags hashtag tagar tanda_pagar",
    "media_type": "media_type media_product_type content_type product_type jenis_media tipe_media jenis_konten"
    " tipe_konten type tipe jenis __typename",
    "is_video": "is_video node.is_video",
    "picture": "image_url media_url media_urls photo_url photo",
    "post_kind": "post_kind jenis_postingan",
    "is_reply": "in_reply_to_screen_name legacy.in_reply_to_screen_name in_reply_to_status_id_str in_reply_to_status_id"
    " in_reply_to_user_id in_reply_to_tweet_id to_tweetid referenced_tweets.replied_to.id is_reply",
    "is_repost": "referenced_tweets.retweeted.id retweeted_status.id_str retweeted_id retweeted_user is_retweet"
    " retweeted_user_id retweeted_tweet.id",
    "is_quote": "referenced_tweets.quoted.id quoted_status_id_str quoted_id is_quote_tweet is_quote_status"
    " quoted_user_id quoted_tweet.id",
    "references": "referenced_tweets",
    "is_ad": "is_ad is_branded_ad",
    "coauthors": "coauthors coauthor_usernames coauthor_producers",
    "likes": "likes like_count likes_count favorite_count favourite_count num_likes statistics.likeCount"
    " statistics.like_count public_metrics.like_count legacy.favorite_count edge_media_preview_like.count"
    " likes.summary.total_count statistics.actual.likeCount suka jumlah_suka total_suka jml_suka like jumlah_like"
    " total_like favorites",
    "reactions": "reactions reaction_count statistics.reaction_count reactions.summary.total_count reaksi"
    " jumlah_reaksi total_reaksi",
    "love": "love love_count statistics.love_count love.summary.total_count statistics.actual.loveCount",
    "wow": "wow wow_count statistics.wow_count wow.summary.total_count statistics.actual.wowCount",
    "haha": "haha haha_count statistics.haha_count haha.summary.total_count statistics.actual.hahaCount",
    "sad": "sad sad_count statistics.sad_count sad.summary.total_count statistics.actual.sadCount",
    "angry": "angry angry_count statistics.angry_count angry.summary.total_count statistics.actual.angryCount",
    "care": "care care_count statistics.care_count statistics.actual.careCount",
    "thankful": "thankful thankful_count statistics.actual.thankfulCount",
    "comments": "comments comment_count comments_count num_comments statistics.commentCount statistics.comment_count"
    " edge_media_to_comment.count comments.summary.total_count statistics.actual.commentCount komentar jumlah_komentar"
    " total_komentar jml_komentar comment reply_count public_metrics.reply_count legacy.reply_count replies"
    " replies_count num_replies balasan jumlah_balasan",
    "shares": "shares share_count shares_count shares.count statistics.share_count statistics.actual.shareCount"
    " num_shares dibagikan jumlah_dibagikan total_dibagikan bagikan jumlah_bagikan jml_bagikan"
    " share repost_count reposts_count",
    "retweets": "retweet_count retweets_count public_metrics.retweet_count legacy.retweet_count retweets retweet"
    " num_retweets reposts repost jumlah_retweet",
    "quotes": "quote_count quotes_count public_metrics.quote_count legacy.quote_count quotes kutipan jumlah_kutipan",
    "saves": "saves save_count saved saved_count bookmark_count public_metrics.bookmark_count legacy.bookmark_count"
    " bookmarks disimpan jumlah_disimpan simpan jumlah_simpan",
    "views": "views view_count views_count video_views video_view_count statistics.viewCount statistics.views"
    " post_views play_count plays video_play_count views.count total_views tayangan jumlah_tayangan total_tayangan"
    " penayangan jumlah_penayangan ditonton jumlah_ditonton dilihat jumlah_dilihat view",
    "reach": "reach jangkauan jumlah_jangkauan post_impressions_unique reach_count",
    "impressions": "impressions impression_count public_metrics.impression_count impresi jumlah_impresi"
    " post_impressions",
    "likes_hidden": "like_and_view_counts_disabled likes_hidden",
    "hidden": "hidden",
    "rounded": "rounded",
    "followers": "followers_at_posting likes_at_posting followers followers_count follower_count user_followers"
    " author_followers author.public_metrics.followers_count user.followers_count user.followersCount"
    " channel_follower_count subscriber_count account.subscriberCount account_subscriber_count"
    " node.owner.edge_followed_by.count pengikut jumlah_pengikut total_pengikut subscribers subscriber follower",
    "followers_kind": "followers_kind",
    "collected_at": "collected_at __twarc.retrieved_at retrieved_at collection_time timestamp_collected scraped_at"
    " crawled_at query_time statistics.views_date_last_refreshed tanggal_ambil waktu_ambil diambil_pada tanggal_unduh"
    " epoch",
}

TIME_ZONE: Final = "time_zone"
"""Key of ``mapping`` that names no column but the zone of times that carry none."""
EITHER: Final = " | "
"""Parts the columns of which a row takes the first that it fills, in a value of ``mapping``."""
MAPPABLE: Final = frozenset({*_TABLE, TIME_ZONE})
"""Names that ``mapping`` may set: columns of the post, what they are made of, and the time zone."""
OFFERED: Final = tuple(
    sorted(
        "platform post_id account published_at caption hashtags media_type post_kind coauthors likes comments shares"
        " saves views reach impressions followers url collected_at title description time_zone".split()
    )
)
"""Names that the message offers to one who got a name wrong."""


def fold_name(name: str) -> str:
    """Column name without case and punctuation: what synonyms are compared by.

    Examples
    --------
    >>> fold_name("Followers at Posting") == fold_name("followers_at_posting")
    True
    """
    return re.sub(r"[\W_]+", "", name.casefold())


SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    target: tuple(dict.fromkeys(fold_name(name) for name in names.split())) for target, names in _TABLE.items()
}
LAYOUT_ONLY: Final = frozenset(
    "account_id account_name followers_at_posting instagram_caption n_media shared_link surface".split()
)
"""Targets that only the layouts of known tools name columns for: no column name alone tells them."""
KNOWN_NAMES: Final = frozenset(name for names in SYNONYMS.values() for name in names)
"""Every folded name of the table; a header line is recognised by how many of these it holds."""

PLATFORM_NAMES: Final[Mapping[str, Platform]] = {
    **dict.fromkeys(("instagram", "ig"), "instagram"),
    **dict.fromkeys(("x", "xcom", "twitter", "xtwitter", "twitterx"), "x"),
    **dict.fromkeys(("facebook", "fb", "fanpage", "facebookpage"), "facebook"),
    **dict.fromkeys(("youtube", "yt", "kanalyoutube", "youtubechannel"), "youtube"),
}
"""Platforms by the folded names that offices give a column or a sheet for each."""

CHANNEL: Final = "kanal"
"""Folded name that is an account to some and the platform to others; an account where no other column is."""

_EVERY_MATCH: Final = frozenset({"account", "url", "post_id", "is_reply", "is_repost", "is_quote"})
"""Targets for which a later name fills the rows in which an earlier one is empty."""


def resolve(
    columns: Sequence[str],
    mapping: Mapping[str, str] | None = None,
    *,
    reads: Mapping[str, Sequence[str]] | None = None,
    path: str | Path | None = None,
) -> dict[str, tuple[str, ...]]:
    """Find the source columns for each target.

    Parameters
    ----------
    columns
        Column names of the file.
    mapping
        Canonical name to source column, or to several with ``|`` between spaces; wins over the table.
    reads
        Source columns of each target in a known tool's table; with them no other column is read.
    path
        The file, for messages.

    Returns
    -------
    dict
        Target to its source columns. There is one column a target (the first name of the table that the file
        holds), except for account, url, post_id and the marks of replies, reposts and quotes, where rows that are
        empty in the first take the next.

    Raises
    ------
    InputError
        ``mapping`` names a column that is not canonical.
    MissingColumnError
        ``mapping`` names a source column that the file does not hold.

    Examples
    --------
    >>> resolve(["Isi", "Jumlah Suka"])
    {'caption': ('Isi',), 'likes': ('Jumlah Suka',)}
    """
    by_fold: dict[str, str] = {}
    for column in columns:
        by_fold.setdefault(fold_name(column), column)
    chosen = _mapped(columns, by_fold, mapping or {}, path)
    if reads:
        return {target: found for target, found in _by_layout(by_fold, reads, chosen).items() if found}
    taken = {column for found in chosen.values() for column in found}
    for target, names in SYNONYMS.items():
        if target in chosen:
            continue
        held = (by_fold[name] for name in names if name in by_fold and by_fold[name] not in taken)
        found = tuple(dict.fromkeys(held))
        if target == "account" and len(found) > 1:  # offices write the platform into it where others write a channel
            found = tuple(column for column in found if fold_name(column) != CHANNEL)
        if found:
            chosen[target] = found if target in _EVERY_MATCH else found[:1]
    return _without_clashes(chosen)


def _by_layout(
    by_fold: Mapping[str, str], reads: Mapping[str, Sequence[str]], chosen: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Columns of a known tool that the file holds, but for what the user said."""
    held = {
        target: tuple(by_fold[folded] for folded in map(fold_name, names) if folded in by_fold)
        for target, names in reads.items()
    }
    return held | dict(chosen)


def _mapped(
    columns: Sequence[str], by_fold: Mapping[str, str], mapping: Mapping[str, str], path: str | Path | None
) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for target, source in mapping.items():
        if target not in MAPPABLE:
            known = ", ".join(OFFERED)
            raise InputError(f"{target!r} is not a column of a post; --map takes {known}", path=path, column=target)
        names = [source] if source in columns else source.split(EITHER)
        held = (name if name in columns else by_fold.get(fold_name(name)) for name in names)
        chosen[target] = tuple(dict.fromkeys(column for column in held if column is not None))
        if not chosen[target]:
            remedy = f"--map {target}={source} names a column that is not there"
            raise MissingColumnError(source, found=columns, path=path, remedy=remedy)
    for fixed, parts in _WHOLE.items():
        if fixed in chosen:  # the user's word is the whole figure: nothing is added to it unasked
            chosen.update({part: () for part in parts if part not in chosen})
    return chosen


REACTIONS: Final = ("love", "wow", "haha", "sad", "angry", "care", "thankful")
"""Facebook's reactions other than the like; the sum of all is ``likes``."""

_WHOLE: Final[Mapping[str, tuple[str, ...]]] = {
    "likes": ("reactions", *REACTIONS),
    "shares": ("retweets", "quotes"),
    "followers": ("followers_at_posting",),
}
"""Targets that stand for the whole when the user names their column, with the parts that are then left out."""


def _without_clashes(chosen: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Drop the second use of a column that two targets claim: the clock that already is the time, the caption twice."""
    for weaker, stronger in {"clock": "published_at", "description": "caption"}.items():
        if weaker in chosen and chosen[weaker] == chosen.get(stronger):
            del chosen[weaker]
    return {target: found for target, found in chosen.items() if found}
