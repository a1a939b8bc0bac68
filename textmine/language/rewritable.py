"""What of a running text may be rewritten: no links, addresses, mentions, hashtags, telephone numbers and codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")
_LONE_LETTER_SIGNS: Final = frozenset("(\"'“‘.,!?;:)”’…")
_PROTECTED: Final = re.compile(
    r"(?:https?|ftp)://\S+|(?<!\w)www\.\S+"
    r"|(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
    r"|@[\w.]+|[#＃]\w+"
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,6}(?:go\.id|ac\.id|co\.id|or\.id|desa\.id|com|org|net|ly|id|me)(?!\w)(?:/\S*)?",
    re.IGNORECASE,
)
_MAY_BE_PROTECTED: Final = re.compile(r"[@#＃/.]")
_PHONE: Final = re.compile(
    r"(?<!\w)(?:\+62|62|0)[ .-]?8\d{1,3}(?:[ .-]?\d{3,5}){2}(?!\w)|\(0\d{2,3}\)[ .-]?\d{5,8}(?!\w)"
)
_DEGREES: Final = ("s.pd", "m.pd")


def rewritable_words(chunk: str) -> Iterator[re.Match[str]]:
    """Words of a chunk, without links, mentions, hashtags, and without letters that are part of a sign or a code.

    Examples
    --------
    >>> [match[0] for match in rewritable_words("(yg,#banjir)gak")], list(rewritable_words("S.Pd"))
    (['yg', 'gak'], [])
    """
    protected = [match.span() for match in _PROTECTED.finditer(chunk)] if _MAY_BE_PROTECTED.search(chunk) else []
    for match in _outside(_TOKEN.finditer(chunk), protected):
        if _stands_alone(chunk, *match.span()):
            yield match


def rewritable_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    r"""Matches of a pattern outside of links, mentions, hashtags and telephone numbers.

    Examples
    --------
    >>> [match[0] for match in rewritable_matches(re.compile(r"\d+"), "10 #siaga24 0812-3456-7890 5")]
    ['10', '5']
    """
    protected = sorted(match.span() for shape in (_PROTECTED, _PHONE) for match in shape.finditer(text))
    return _outside(pattern.finditer(text), protected)


def _stands_alone(chunk: str, start: int, end: int) -> bool:
    """Whether the letters are a word: no mark or underscore touches it, and only signs of prose a single letter."""
    beside = (chunk[start - 1] if start else "", chunk[end] if end < len(chunk) else "")
    if any(sign == "_" or (sign and unicodedata.category(sign)[0] == "M") for sign in beside):
        return False
    if "." in beside and _is_part_of_a_degree(chunk, start, end):
        return False
    return end - start > 1 or all(not sign or sign in _LONE_LETTER_SIGNS for sign in beside)


def _is_part_of_a_degree(chunk: str, start: int, end: int) -> bool:
    """Whether letters belong to an abbreviation with points: *S.Pd*, *M.SI*, *Dr.Eng*, *s.d.*."""
    if start >= 2 and chunk[start - 1] == "." and not chunk[max(start - 3, 0) : start - 2].isalnum():
        initial = chunk[start - 2]
        if initial.isupper() or (initial.isalpha() and (end - start == 1 or chunk[start - 2 : end] in _DEGREES)):
            return True
    following = chunk[end : end + 2]
    return end - start <= 3 and chunk[start].isupper() and following[:1] == "." and following[1:].isupper()


def _outside(matches: Iterator[re.Match[str]], spans: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """Matches that touch none of the spans; both come in the order of the text."""
    position = 0
    for match in matches:
        while position < len(spans) and spans[position][1] <= match.start():
            position += 1
        if position == len(spans) or spans[position][0] >= match.end():
            yield match
