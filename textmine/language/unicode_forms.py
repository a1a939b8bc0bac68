"""Characters of running text in their plain form: entities decoded, styled letters plain, invisible ones gone."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final, Literal

import polars as pl

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_AMPERSANDS: Final = re.compile(r"&(?:amp;)+")
# Bold, italic and script letters, full width, circled and squared letters, ligatures. Superscripts stay: m² is no m2.
_STYLED: Final = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e\u24b6-\u24e9\U0001f130-\U0001f149\ufb00-\ufb06]+")
# The zero-width joiner (U+200D) stays: it holds emoji together.
_INVISIBLE: Final = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]+")
_SPACES: Final = re.compile("[\u00a0\u2007\u202f\u3000]")
_ROUNDS: Final = 8
_LONG: Final = 1_000


def plain_characters(text: str) -> str:
    """Decode HTML entities, make styled letters plain, drop invisible characters, compose (NFC).

    Idempotent. Entities that hide in entities are decoded too; a text that hides them more than eight deep is no
    caption and comes back as it is.

    Examples
    --------
    >>> [plain_characters(text) for text in ["𝗩𝗮𝗸𝘀𝗶𝗻 &amp; ｇｒａｔｉｓ", "sehat &amp;lt;3", "5 m²"]]
    ['Vaksin & gratis', 'sehat <3', '5 m²']
    """
    if text.isascii() and "&" not in text:
        return text
    plain = text
    for _ in range(_ROUNDS):
        before = plain
        plain = _once(plain)
        if plain == before:
            return plain
    return text


def normal_form(text: str, form: Literal["NFC", "NFKC"]) -> str:
    r"""Unicode normal form in time linear in the length of any text.

    Python's own sorts the marks on a letter in the square of their number: a hundred thousand of them, which anybody
    may post, would take a minute. Long texts with lone surrogates, which no file can hold, come back as they are.

    Examples
    --------
    >>> normal_form("e\u0301", "NFC"), normal_form("ｇ", "NFKC")
    ('é', 'g')
    """
    if len(text) <= _LONG:
        return unicodedata.normalize(form, text)
    try:
        return str(pl.Series([text]).str.normalize(form).item())
    except UnicodeEncodeError:
        return text


def _once(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _ESCAPED_AMPERSANDS.sub("&", text))
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", _STYLED.sub(lambda styled: normal_form(styled[0], "NFKC"), text))
    return normal_form(_SPACES.sub(" ", text), "NFC")
