"""The outline of a refused cell: its shape without its content.

A row is refused because its cells are not what their columns promise; any of them may hold a name. What is plainly
a number, a time or one of the usual words stays readable; of everything else only the shape is kept (``Budi_1990``
becomes ``Aaaa_9999``), which still shows that a column has slipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from textmine.ingest.synonyms import SYNONYMS, fold_name
from textmine.platforms import PLATFORMS
from textmine.posts import FIGURES

LONGEST: Final = 120
"""Characters of an outline that are kept."""

_PLAIN: Final = (
    *("published_at", "clock", "collected_at", "platform", "media_type", "is_video", "post_kind", "is_ad"),
    *(*FIGURES, "reactions", "love", "wow", "haha", "sad", "angry", "care", "thankful", "retweets", "quotes"),
    *("followers", "likes_hidden", "rounded", "followers_kind"),
)
_PLAIN_NAMES: Final = frozenset(name for target in _PLAIN for name in SYNONYMS[target])
_ACCOUNT_NAMES: Final = frozenset(SYNONYMS["account"])
_KNOWN_NAMES: Final = frozenset(name for names in SYNONYMS.values() for name in names)
_WORDS: Final = (
    "jan|januari|january|feb|februari|february|mar|maret|march|apr|april|mei|may|jun|juni|june|jul|juli|july|agu|agt|"
    "agustus|aug|august|sep|sept|september|okt|oktober|oct|october|nov|november|des|desember|dec|december|senin|selasa|"
    "rabu|kamis|jumat|sabtu|minggu|mon|tue|wed|thu|fri|sat|sun|pukul|wib|wita|wit|utc|gmt|edt|est|am|pm|t|z|rb|ribu|jt|"
    "juta|k|m|e|true|false|null|none|nan|n/a|ya|tidak|yes|no|image|photo|foto|video|reel|carousel|text|link|album|"
    + "|".join(PLATFORMS)
)
_HARMLESS: Final = re.compile(rf"(?i)(?:[\s.,:/+\-'\"()%]|\d+|(?<![a-z])(?:{_WORDS})(?![a-z]))*")
_LONG_NUMBER: Final = re.compile(r"\d{9,}")
_UNIX_TIME: Final = re.compile(r"1\d{9}(?:\d{3}|\d{6})?")
_LETTER: Final = re.compile(r"[^\W\d_]")


def outline(text: str) -> str:
    """Shape of a text: letters become ``a`` or ``A``, digits ``9``, the rest stays.

    Examples
    --------
    >>> outline("Budi_1990, Jl. Mawar 5")
    'Aaaa_9999, Aa. Aaaaa 9'
    """
    shape = _LETTER.sub(lambda letter: "A" if letter[0].isupper() else "a", text[:LONGEST])
    shape = re.sub(r"\d", "9", shape)
    return shape if len(text) <= LONGEST else f"{shape}… ({len(text):,} characters)"


def plain_or_outline(text: str) -> str:
    """Text as it stands where it is plainly a count, a time or one of the usual words, else its outline.

    Examples
    --------
    >>> plain_or_outline("31/02/2020 10:00 WIB"), plain_or_outline("budi_s"), plain_or_outline("081234567890")
    ('31/02/2020 10:00 WIB', 'aaaa_a', '999999999999')
    """
    if len(text) > LONGEST or not _HARMLESS.fullmatch(text):
        return outline(text)
    numbers = _LONG_NUMBER.findall(re.sub(r"(?<=\d)[\s.,:/+\-()]+(?=\d)", "", text))
    separated = re.search(r"\d[\s.:/+\-]\d", text) is not None and len(text) >= 10 and _is_time(text)
    return text if separated or all(_UNIX_TIME.fullmatch(number) for number in numbers) else outline(text)


def _is_time(text: str) -> bool:
    """Whether the digits are grouped as a date's or a clock's: never more than four together."""
    groups = re.findall(r"\d+", text)
    return max(map(len, groups)) <= 6 and any(re.fullmatch(r"(?:19|20)\d\d", group) for group in groups)


def outline_of_row(raw: str, *, account: Callable[[Mapping[str, Any], str], str | None]) -> str:
    """Outline of a refused row.

    Parameters
    ----------
    raw
        The row as JSON, as ``rejects.parquet`` keeps it.
    account
        Given the row's cells and the cell of its account, answers what stands for the account, or None.

    Returns
    -------
    str
        JSON: accounts replaced, counts and times as they stand, everything else in outline.
    """
    try:
        cells = json.loads(raw)
    except ValueError:
        return json.dumps(outline(raw), ensure_ascii=False)
    if not isinstance(cells, dict):
        return json.dumps(outline(cells if isinstance(cells, str) else raw), ensure_ascii=False)
    masked: dict[str, Any] = {}
    for position, (name, cell) in enumerate(cells.items(), start=1):
        fold = fold_name(name)
        shown = name if fold in _KNOWN_NAMES else f"column_{position}"
        masked[shown] = None if cell is None else _cell(fold, cell, cells, account)
    return json.dumps(masked, ensure_ascii=False)


def _cell(
    fold: str, cell: object, cells: Mapping[str, Any], account: Callable[[Mapping[str, Any], str], str | None]
) -> str:
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    if fold in _ACCOUNT_NAMES and isinstance(cell, str):
        return account(cells, text) or outline(text)
    return plain_or_outline(text) if fold in _PLAIN_NAMES else outline(text)
