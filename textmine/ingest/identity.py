"""Which post is it: platform, account and id, from columns where there are some, else from the post's address.

Instagram knows a post by a number and by a shortcode, which is that number in base 64. The number is the id here, so
that one post from two tools is one post. Where a row's address and its own shortcode differ, the row is one picture
of a carousel (gallery-dl writes a row a picture): the address tells the post.
"""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl

HOSTS: Final = {
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
_FACEBOOK_HANDLE: Final = r"(?i)facebook\.com/([\w.-]+)/(?:posts|videos|photos)/"
_HANDLES: Final = (
    r"(?i)(?:twitter|\bx)\.com/(\w+)/status",
    r"(?i)instagram\.com/([\w.]+)/(?:p|reel|tv)/",
    _FACEBOOK_HANDLE,
    r"(?i)youtube\.com/@([\w.-]+)",
)
_IS_CODE: Final = r"^[A-Za-z0-9_-]{9,14}$"
_INSTAGRAM_CODE: Final = r"(?i)instagram\.com/(?:[\w.]+/)?(?:p|reels?|tv)/([A-Za-z0-9_-]+)"
_IDS: Final = (
    r"(?i)/status(?:es)?/(\d+)",
    r"(?i)facebook\.com/watch/?\?(?:[^#]*&)?v=(\d+)",
    r"(?i)(?:youtu\.be/|youtube\.com/(?:shorts|live|embed)/|[?&]v=)([\w-]{11})",
    r"(?i)(?:story_fbid|fbid)=(\w+)",
    r"(?i)facebook\.com/(?:[^?#]*?/)?(?:posts|videos|photos|permalink|reel)/(?:[^/?#]+/)*?([\w-]+)/?(?:[?#]|$)",
)


def platform_of_url(url: pl.Expr) -> pl.Expr:
    """Platform that a post's address belongs to, or null."""
    host = url.str.extract(_HOST).str.to_lowercase()
    return host.replace_strict(HOSTS, default=None, return_dtype=pl.String)


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


def _is_code(cell: pl.Expr) -> pl.Expr:
    """Whether a cell looks like a shortcode; a number is none."""
    return cell.str.contains(_IS_CODE) & cell.str.contains(r"[A-Za-z_-]")


def instagram_number(code: pl.Expr) -> pl.Expr:
    """Number that a shortcode stands for, as text; other text stays as it is.

    Examples
    --------
    >>> frame = pl.DataFrame({"code": ["CQ8i6nHl9s3"]})
    >>> frame.select(instagram_number(pl.col("code"))).item()
    '2611115445282396983'
    """
    fits = code.str.contains(r"^[A-P][A-Za-z0-9_-]{10}$")
    # with a leading zero a code is nine bytes of base 64, of which the first is nought: eleven letters hold 66 bits,
    # and a first letter after P would not fit into 64
    padded = pl.concat_str(pl.lit("A"), pl.when(fits).then(code)).str.replace_all("-", "+", literal=True)
    octets = padded.str.replace_all("_", "/", literal=True).str.decode("base64")
    number = octets.bin.slice(1, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big")
    return pl.when(~fits).then(code).otherwise(number.cast(pl.String))


def instagram_id(given: pl.Expr, shortcode: pl.Expr, url: pl.Expr) -> pl.Expr:
    """Id of an Instagram post: by its address, else its code, else the id given (without the owner's behind ``_``).

    The id given comes last because the Graph API's is a number of its own, which no other tool knows.
    """
    own = given.str.replace(r"^(\d{8,})_\d+$", "$1")
    code = instagram_code(url)
    # a column called "code" may hold something else: only what looks like a shortcode comes before the id
    sure = pl.when(_is_code(shortcode)).then(shortcode)
    return pl.coalesce(
        instagram_number(code), instagram_number(sure), instagram_number(own), instagram_number(shortcode)
    )


def facebook_id(given: pl.Expr) -> pl.Expr:
    """Id of a Facebook post without its page's before ``_``, as the post's address has it.

    Examples
    --------
    >>> frame = pl.DataFrame({"id": ["1150042_10158930", "10158930"]})
    >>> frame.select(facebook_id(pl.col("id")))["id"].to_list()
    ['10158930', '10158930']
    """
    return given.str.replace(r"^\d+_(\d+)$", "$1")


def instagram_url(code: pl.Expr) -> pl.Expr:
    """Address of an Instagram post by its code; null where the cell is no code."""
    return pl.when(_is_code(code)).then(pl.concat_str(pl.lit("https://www.instagram.com/p/"), code, pl.lit("/")))


def is_of_another(link: pl.Expr, account: pl.Expr, account_id: pl.Expr) -> pl.Expr:
    """Whether a link leads to a Facebook post of another account; false where that cannot be told.

    Parameters
    ----------
    link
        The address that a post links to.
    account, account_id
        The post's own handle and number: a link that names its account by handle is held against the handle, one by
        number against the number.
    """
    other = link.str.extract(_FACEBOOK_HANDLE).str.to_lowercase()
    own = pl.when(other.str.contains(r"^\d+$")).then(account_id).otherwise(account.str.to_lowercase())
    return (other != own).fill_null(False)


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
