"""What the post is: caption, hashtags, kind of medium, kind of post."""

from __future__ import annotations

from typing import Final

import polars as pl

_URL: Final = r"(?i)\b(?:https?://|www\.)\S+"
_CHAIN: Final = r"(?:^|[^\p{L}\p{M}\p{N}_/&#@])(?:#[\p{L}\p{M}\p{N}_]+)+"
"""One hashtag or several without space between; not inside a word (``a#b``), an address or an entity (``&#39;``)."""

_NOT_SURELY_NFC: Final = (
    r"[^\x00-\u{2ff}\u{2010}-\u{2027}\u{2030}-\u{205e}\u{20e3}\u{2600}-\u{27bf}\u{fe0f}\u{1f000}-\u{1faff}]"
)

_MEDIA: Final = {
    "image": "photo photos image images picture foto gambar graphimage 1 multiphoto xdtgraphimage addedphotos"
    " coverphoto xigpolarisimagemedia profilemedia",
    "video": "video videos graphvideo nativevideo videoinline 2 animatedgif gif xdtgraphvideo feedvideo youtube igtv"
    " clip addedvideo xigpolarisvideomedia vine animatedimageshare",
    "carousel": "carousel carouselalbum album albums graphsidecar sidecar carouselcontainer 8 xdtgraphsidecar karosel"
    " mixed xigpolariscarouselmedia newalbum",
    "link": "link links share tautan article shareditem",
    "reel": "reel reels clips short shorts",
    "story": "story stories",
    "live": "live livevideo livevideos livevideocomplete livevideoscheduled siaran siaranlangsung livestream islive"
    " waslive postlive isupcoming upcoming",
    "text": "text status statuses teks tweet statusupdate mobilestatusupdate",
}
_SEVERAL: Final = ("video", "animated_gif", "gif")
"""Of several media of one post these tell its kind; else the first does."""
_MEDIA_BY_NAME: Final = {name: kind for kind, names in _MEDIA.items() for name in names.split()}
_KINDS: Final = {
    "original": "original asli post",
    "repost": "repost retweet retweeted rt sharedpost share",
    "quote": "quote quoted kutipan",
    "reply": "reply replied balasan",
    "ad": "ad ads iklan",
}
_KIND_BY_NAME: Final = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_FALSE: Final = ("", "0", "false", "f", "no", "n", "tidak", "none", "null", "nan", "0.0", "[]")


def is_true(cell: pl.Expr) -> pl.Expr:
    """Whether a cell says yes: anything but empty, 0, false, no and their like."""
    return ~cell.str.to_lowercase().fill_null("").is_in(_FALSE)


def hashtags_in(caption: pl.Expr) -> pl.Expr:
    """Hashtags of a caption as typed, in order, without ``#``; numbers alone are none.

    Examples
    --------
    >>> frame = pl.DataFrame({"caption": ["#HUTRI78 di https://a.id/#x, a#b #1 #Merdeka_Belajar"]})
    >>> frame.select(hashtags_in(pl.col("caption"))).item().to_list()
    ['HUTRI78', 'Merdeka_Belajar']
    """
    chains = caption.str.replace_all(_URL, " ").str.extract_all(_CHAIN).list.join("")
    tags = chains.str.extract_all(r"#[\p{L}\p{M}\p{N}_]+")
    named = pl.element().str.strip_chars_start("#")
    found = tags.list.eval(named.filter(named.str.contains(r"[^\p{N}_]")))
    return pl.when(caption.str.contains("#", literal=True)).then(found).otherwise(pl.lit([], pl.List(pl.String)))


def hashtags_listed(cell: pl.Expr) -> pl.Expr:
    """Hashtags of a source column: parted by space, comma, bar or ``#``, or a JSON list of words or objects."""
    objects = cell.str.extract_all(r'"(?:text|tag|name)"\s*:\s*"[^"]+"')
    inner = objects.list.eval(pl.element().str.extract(r':\s*"([^"]+)"$'))
    words = cell.str.extract_all(r"[^\s,|;#\[\]'\"]+")
    return pl.when(cell.str.contains(r"^\s*\[\s*\{")).then(inner).otherwise(words)


def handles_listed(cell: pl.Expr) -> pl.Expr:
    """Handles of a source column, lower case and without ``@``."""
    return cell.str.to_lowercase().str.extract_all(r"[\w.-]*[\w-][\w.-]*")


def media_type(
    kind: pl.Expr, surface: pl.Expr, is_video: pl.Expr, picture: pl.Expr, url: pl.Expr, platform: pl.Expr
) -> pl.Expr:
    """Kind of medium by the source's word, else by its mark for videos, its picture, the address and the platform.

    A video that was published as a reel or a story is a reel or a story: the platform says so in a word of its own
    (``surface``: Instagram's ``product_type`` and ``media_product_type``) or in the address.
    """
    by_name, by_surface = (
        _folded(word).replace_strict(_MEDIA_BY_NAME, default=None, return_dtype=pl.String)
        for word in (_one_of_several(kind), surface)
    )
    is_reel = (by_name.fill_null("video") == "video") & url.str.contains(r"(?i)/(?:reels?|shorts)/")
    by_mark = pl.when(is_true(is_video)).then(pl.lit("video")).when(is_video.is_not_null()).then(pl.lit("image"))
    by_surface = pl.when(by_surface.is_in(["reel", "story"])).then(by_surface)
    by_url = pl.when(is_reel).then(pl.lit("reel"))
    by_picture = pl.when(picture.is_not_null()).then(pl.lit("image"))
    by_platform = pl.when(platform == "youtube").then(pl.lit("video"))
    return pl.coalesce(by_surface, by_url, by_name, by_mark, by_picture, by_platform, pl.lit("unknown"))


def _one_of_several(kind: pl.Expr) -> pl.Expr:
    """Kind of medium of a cell that lists several: words with bars between, or JSON objects with a ``type``."""
    is_list = kind.str.contains(r"^\s*\[\s*\{")
    typed = kind.str.extract_all(r'"type"\s*:\s*"[^"]+"').list.eval(pl.element().str.extract(r'"([^"]+)"$'))
    words = pl.when(is_list).then(typed).otherwise(kind.str.split("|"))
    moving = words.list.set_intersection(pl.lit(list(_SEVERAL), pl.List(pl.String))).list.first()
    several = kind.str.contains("|", literal=True) | is_list
    return pl.when(several).then(pl.coalesce(moving, words.list.first())).otherwise(kind)


def _folded(word: pl.Expr) -> pl.Expr:
    return word.str.to_lowercase().str.replace_all(r"[\W_]+", "")


def post_kind(given: pl.Expr, marks: dict[str, pl.Expr], media: pl.Expr, surface: pl.Expr, caption: pl.Expr) -> pl.Expr:
    """Original, repost, quote, reply or ad.

    Parameters
    ----------
    given
        The source's own word, or null.
    marks
        Cells that mark ``is_ad``, ``is_repost``, ``is_quote`` and ``is_reply``, and ``references``, X API v2's list.
    media, surface
        The source's words for the medium and where it was published; ``ad`` marks an advertisement.
    caption
        A caption that begins with ``RT @`` is a repost.
    """
    named = _folded(given)
    is_ad = is_true(marks["is_ad"]) | (media.str.to_lowercase() == "ad") | (surface.str.to_lowercase() == "ad")
    chosen = pl.when(is_ad).then(pl.lit("ad"))

    def refers(word: str) -> pl.Expr:
        # in JSON, or as Python writes a list
        return marks["references"].str.contains(f"[\"']{word}[\"']").fill_null(False)

    is_repost = is_true(marks["is_repost"]) | refers("retweeted") | caption.str.starts_with("RT @")
    return pl.coalesce(
        named.replace_strict(_KIND_BY_NAME, default=None, return_dtype=pl.String),
        chosen.when(is_repost).then(pl.lit("repost"))
        .when(is_true(marks["is_quote"]) | refers("quoted")).then(pl.lit("quote"))
        .when(is_true(marks["is_reply"]) | refers("replied_to")).then(pl.lit("reply"))
        .otherwise(pl.lit("original")),
    )  # fmt: skip


def in_nfc(text: pl.Series) -> pl.Series:
    """Text in Unicode's composed form (NFC)."""
    # normalising costs more than all else; text of these characters is composed already
    open_to_doubt = text.str.contains(_NOT_SURELY_NFC).fill_null(False)
    if not open_to_doubt.any():
        return text
    return text.scatter(open_to_doubt.arg_true(), text.filter(open_to_doubt).str.normalize("NFC"))


def caption_of(text: pl.Expr, title: pl.Expr, platform: pl.Expr) -> pl.Expr:
    """Caption as published; a YouTube video's is its title, a line break and its description."""
    whole = pl.concat_str(title, text, separator="\n", ignore_nulls=True)
    chosen = pl.when((platform == "youtube") & title.is_not_null() & (title != text.fill_null(""))).then(whole)
    return chosen.otherwise(text).fill_null("")
