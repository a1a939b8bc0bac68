"""Addresses that name a person, shown without the name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import polars as pl

from textmine.ingest.addresses import account_named
from textmine.ingest.identity import account_of_url, id_of_url, instagram_code

_TRACKING: Final = frozenset("igsh igshid fbclid si s t mibextid ref ref_src __tn__ __cft__[0]".split())
_OTHER_ADDRESS: Final = re.compile(
    r"(?i)^((?:https?://)?(?:[a-z0-9-]+\.)*?)(tiktok\.com|threads\.net|threads\.com|t\.me|linktr\.ee)/@?([\w.-]*[\w-])(.*)$"
)
_VIDEO: Final = r"(?i)(?:youtu\.be/|youtube\.com/(?:shorts|live|embed)/|[?&]v=)([\w-]{11})"
_CHAT: Final = re.compile(r"(?i)^(?:https?://)?(?:[a-z]+\.)?wa\.me/")
_HOME: Final = {
    "x": "https://x.com",
    "instagram": "https://www.instagram.com",
    "facebook": "https://www.facebook.com",
    "youtube": "https://www.youtube.com",
}


def post_addresses(frame: pl.DataFrame) -> pl.Series:
    """Addresses of posts built anew from a pseudonym and the id in the address.

    Parameters
    ----------
    frame
        Columns platform, url and name (the pseudonym), shape (n_posts,).

    Returns
    -------
    polars.Series
        Text, shape (n_posts,); null where the address holds no id.
    """
    url = pl.col("url")
    rules = {
        "x": pl.format("https://x.com/{}/status/{}", "name", url.str.extract(r"(?i)/status(?:es)?/(\d+)")),
        "instagram": pl.format("https://www.instagram.com/p/{}/", instagram_code(url)),
        "youtube": pl.format("https://www.youtube.com/watch?v={}", url.str.extract(_VIDEO)),
        "facebook": pl.when(account_of_url(url).is_not_null()).then(
            pl.format("https://www.facebook.com/{}/posts/{}", "name", id_of_url(url))
        ),
    }
    built = pl.Series("url", [None], pl.String).new_from_index(0, frame.height)
    for platform, rule in rules.items():
        places = (frame["platform"] == platform).arg_true()
        if len(places):  # each rule over its own rows alone: patterns are dear
            built = built.scatter(places, frame[places].select(rule.alias("url"))["url"])
    return built


def nameless(address: str, person: Callable[[str], Callable[[str], str | None]]) -> str:
    """Give what stands for an address on a social network that is found in a caption.

    Parameters
    ----------
    address
        Address of a profile, a post or a chat.
    person
        Given a platform (or another site's host), gives a function from a handle to its pseudonym, or None for a
        handle that stays.

    Returns
    -------
    str
        A person's address is that of the pseudonym, without path and query, which lead to the person; another stays
        as it is, without the parameters that name who shared it; a chat's is ``[phone]``.
    """
    named = account_named(address)
    if named is not None and (name := person(named.platform)(named.account)) is not None:
        return f"{_HOME[named.platform]}/{name}{_behind(address[named.end :])}"
    if _CHAT.match(address):
        return "[phone]"
    if named is None and (other := _OTHER_ADDRESS.match(address)):
        host = other[2].lower()
        return f"{other[1]}{host}/{person(host)(other[3].lower())}{_behind(other[4])}"
    return _without_tracking(address)


def _behind(rest: str) -> str:
    """Punctuation behind an address that belongs to the sentence; a path and a query are left out."""
    return "" if rest[:1] in ("/", "?", "#", "&") else rest


def _without_tracking(address: str) -> str:
    """Address without the parameters that name who shared it."""
    if "?" not in address:
        return address
    parts = urlsplit(address)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in _TRACKING]
    return urlunsplit(parts._replace(query=urlencode(kept)))
