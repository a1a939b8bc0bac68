"""Whom an address names: the account in the address of a profile or of a post.

Written after the address forms of the platforms themselves: ``instagram.com/NAME``, ``instagram.com/NAME/p/CODE``,
``x.com/NAME/status/ID``, ``facebook.com/NAME``, ``facebook.com/profile.php?id=ID``, ``facebook.com/pages/NAME/ID``,
``youtube.com/@NAME``, ``/channel/ID``, ``/c/NAME`` and ``/user/NAME``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from textmine.ingest.identity import HOSTS

_ADDRESS: Final = re.compile(
    r"(?i)(?:https?://)?(?:[\w-]+\.)*?(?P<host>twitter|x|instagram|facebook|fb|youtube)\.(?:com|me)(?P<rest>[/?].*)?",
    re.DOTALL,
)
_PLACES: Final = {
    "x": (
        re.compile(r"(?i)^/intent/\w+\?(?:\S*?&)?screen_name=@?(\w+)"),
        re.compile(r"^/@?(\w+)"),
    ),
    "instagram": (
        re.compile(r"(?i)^/(?:stories|_u)/([\w.]+)"),
        re.compile(r"^/@?([\w.]+)"),
    ),
    "facebook": (
        re.compile(r"(?i)^/(?:profile|story|permalink)\.php\?(?:\S*?&)?id=(\d+)"),
        re.compile(r"(?i)^/(?:pages|people|pg|p)/(?:[^/?#]+/)?(\d{5,})"),
        re.compile(r"(?i)^/(?:pages|people|pg|p)/([^/?#]+)"),
        re.compile(r"(?i)^/groups/[^/?#]+/user/(\d+)"),
        re.compile(r"^/([\w.-]+)"),
    ),
    "youtube": (
        re.compile(r"^/@([\w.·-]+)"),
        re.compile(r"(?i)^/(?:channel|c|user)/([\w.-]+)"),
        re.compile(r"^/([\w-]+)/?(?:[?#]|$)"),
    ),
}
_NOBODY: Final = {
    "x": "i search hashtag home explore intent share settings messages notifications login tos privacy",
    "instagram": "p reel reels tv stories explore accounts direct about legal developer s",
    "facebook": "watch groups events photo photos photo.php video.php videos reel reels story.php permalink.php"
    " profile.php share sharer sharer.php hashtag marketplace gaming help login.php plugins media pages people pg p",
    "youtube": "watch shorts live embed playlist feed results hashtag channel c user about premium post",
}
_NOBODYS: Final = {platform: frozenset(names.split()) for platform, names in _NOBODY.items()}


@dataclass(frozen=True)
class Named:
    """The account that an address names, lower case, and where it stands in the address."""

    platform: str
    account: str
    start: int
    end: int


def is_address(text: str) -> bool:
    """Whether a text is an address on one of the platforms rather than a handle.

    Examples
    --------
    >>> is_address("instagram.com/kemenkes_ri"), is_address("kemenkes.ri")
    (True, False)
    """
    return _ADDRESS.fullmatch(text.strip()) is not None


def platform_named(text: str) -> str | None:
    """Platform of an address, or None."""
    match = _ADDRESS.fullmatch(text.strip())
    return HOSTS[match["host"].lower()] if match else None


def account_named(address: str) -> Named | None:
    """Find the account in an address, or answer None where it names nobody.

    Examples
    --------
    >>> account_named("https://www.instagram.com/Kemenkes_RI/?hl=id").account
    'kemenkes_ri'
    >>> account_named("https://www.instagram.com/p/CQ8i6nHl9s3/") is None
    True
    >>> account_named("https://m.facebook.com/profile.php?id=100064").account
    '100064'
    """
    match = _ADDRESS.fullmatch(address)
    if match is None or not match["rest"]:
        return None
    platform, offset = HOSTS[match["host"].lower()], match.start("rest")
    for pattern in _PLACES[platform]:
        found = pattern.match(match["rest"])
        if found is None:
            continue
        name = found[1].rstrip(".").lower()
        if not name or name in _NOBODYS[platform]:
            return None
        return Named(platform, name, offset + found.start(1), offset + found.start(1) + len(name))
    return None
