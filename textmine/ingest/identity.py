"""Which post is it: platform, account and id, from columns where there are some, else from the post's address.

Instagram knows a post by a number and by a shortcode, which is that number in base 64. The number is the id here, so
that one post from two tools is one post. Where a row's address and its own shortcode differ, the row is one picture
of a carousel (gallery-dl writes a row a picture): the address tells the post.
"""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl

_HOSTS: Final = {
    "twitter": "x",
    "x": "x",
    "instagram": "instagram",
    "facebook": "facebook",
    "fb": "facebook",
    "youtube": "youtube",
    "youtu": "youtube",
}
_HOST: Final = (
    r"(?i)^(?:https?://)?(?:[\w-]+\.)*?(twitter|x|instagram|facebook|fb|youtube|youtu)\.(?:com|be|watch)(?:/|$)"
)
_HANDLES: Final = (
    r"(?i)(?:twitter|\bx)\.com/(\w+)/status",
    r"(?i)instagram\.com/([\w.]+)/(?:p|reel|tv)/",
    r"(?i)facebook\.com/([\w.-]+)/(?:posts|videos|photos)/",
    r"(?i)youtube\.com/@([\w.-]+)",
)
_INSTAGRAM_CODE: Final = r"(?i)instagram\.com/(?:[\w.]+/)?(?:p|reels?|tv)/([A-Za-z0-9_-]+)"
_IDS: Final = (
    r"(?i)/status(?:es)?/(\d+)",
    r"(?i)(?:youtu\.be/|youtube\.com/(?:shorts|live|embed)/|[?&]v=)([\w-]{11})",
    r"(?i)(?:story_fbid|fbid)=(\w+)",
    r"(?i)facebook\.com/[^?#]*?/(?:posts|videos|photos|reel)/(?:[^/?#]+/)*?([\w-]+)/?(?:[?#]|$)",
)
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUE: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_CODE_LENGTH: Final = 11


def platform_of_url(url: pl.Expr) -> pl.Expr:
    """Platform that a post's address belongs to, or null."""
    host = url.str.extract(_HOST).str.to_lowercase()
    return host.replace_strict(_HOSTS, default=None, return_dtype=pl.String)


def account_of_url(url: pl.Expr) -> pl.Expr:
    """Handle in a post's address, or null: only some addresses hold it."""
    handle = pl.coalesce(url.str.extract(pattern) for pattern in _HANDLES)
    return pl.when(handle != "i").then(handle)  # x.com/i/status/… names nobody


def id_of_url(url: pl.Expr) -> pl.Expr:
    """Id in a post's address, or null."""
    return pl.coalesce(url.str.extract(pattern) for pattern in _IDS)


def instagram_code(url: pl.Expr) -> pl.Expr:
    """Shortcode in an Instagram address, or null."""
    return url.str.extract(_INSTAGRAM_CODE)


def instagram_number(code: pl.Expr) -> pl.Expr:
    """Number that a shortcode stands for, as text; other text stays as it is.

    Examples
    --------
    >>> frame = pl.DataFrame({"code": ["CQ8i6nHl9s3"]})
    >>> frame.select(instagram_number(pl.col("code"))).item()
    '2611115445282396983'
    """
    number = pl.lit(0, pl.UInt64)
    for place in range(_CODE_LENGTH):
        letter = code.str.slice(place, 1)
        number = number * 64 + letter.replace_strict(_VALUE, default=0, return_dtype=pl.UInt64)
    # eleven letters hold 66 bits: a first letter after P would not fit into 64
    fits = code.str.contains(r"^[A-P][A-Za-z0-9_-]{10}$")
    return pl.when(fits).then(number.cast(pl.String)).otherwise(code)


def instagram_id(given: pl.Expr, shortcode: pl.Expr, url: pl.Expr) -> pl.Expr:
    """Id of an Instagram post: by its address, else the id given (without the owner's behind ``_``), else its code."""
    own = given.str.replace(r"^(\d{8,})_\d+$", "$1")
    code = instagram_code(url)
    return pl.coalesce(instagram_number(code), instagram_number(own), instagram_number(shortcode))


def hashed_id(account: pl.Series, published_at: pl.Series, caption: pl.Series) -> pl.Series:
    """Id for a post that has none: the same account, time and caption give the same id, in every version.

    Parameters
    ----------
    account, published_at, caption
        Columns of the post, each (n_posts,).

    Returns
    -------
    polars.Series
        String, shape (n_posts,), ``h`` and 24 hexadecimal digits.
    """
    time = published_at.dt.epoch("us").cast(pl.String).fill_null("")
    text = account.fill_null("") + "\n" + time + "\n" + caption.fill_null("")
    # Polars' own hash changes between versions, and an id must not
    digests = [f"h{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}" for key in text]
    return pl.Series(account.name, digests, pl.String)
