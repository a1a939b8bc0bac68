"""Tokens of a post with their places: words, mentions, hashtags, numbers and signs; links are gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    # An address is bounded as the standards bound it: unbounded, a megabyte without @ takes hours.
    r"(?P<gap>(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
    r"|[@#＃]\w[\w.]*\w|[@#＃]\w"
    r"|\w+(?:[-'’/]\w+)*|[^\w\s]+"
)


class Token(NamedTuple):
    """A token and where it stands in the text."""

    text: str
    start: int
    end: int


def tokenise(text: str) -> Iterator[Token]:
    """Tokens of a text in order; a link or e-mail address is one token without letters.

    Examples
    --------
    >>> [token.text for token in tokenise("Info @kemenkes: m-banking 24/7, lihat https://x.co/a #DiRumahAja!")]
    ['Info', '@kemenkes', ':', 'm-banking', '24/7', ',', 'lihat', '://', '#DiRumahAja', '!']
    """
    for found in _TOKEN.finditer(text):
        yield Token("://" if found["gap"] else found[0], found.start(), found.end())
