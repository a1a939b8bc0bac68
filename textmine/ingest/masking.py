"""Finds what names a person in running text: mentions, profile addresses, e-mail addresses, telephone numbers.

Everything goes over the distinct spellings of a batch: each is looked at once and put back by one pass over the text.
The numbers are Indonesian: mobile (``0812-3456-7890``, ``+62 812 ...``), landlines with their area code, and the
16 digits of a resident's number (NIK: region, day, month and year of birth, serial number).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

EMAIL: Final = r"[\p{L}\p{N}._%+-]*[\p{L}\p{N}_%+-]@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_LEFT: Final = r"(^|[^\w.,/+@#=-])"
_MOBILE: Final = r"\(?(?:(?:\+|00)?62\)?[ .-]?|0)8[0-9]{1,2}(?:[ .-]?[0-9]){6,9}\b"
_AREA: Final = r"\(?(?:\+62\)?[ .-]?\(?|0)(?:2[1-9]|[3-79][0-9])[0-9]?\)?"
PHONE: Final = rf"{_LEFT}(?:{_MOBILE}|{_AREA}[ .-]{{1,3}}[0-9]{{3,4}}[ .-]?[0-9]{{3,4}}\b)"
NIK: Final = rf"{_LEFT}[1-9][0-9]{{5}}(?:[0-6][0-9]|7[01])(?:0[1-9]|1[0-2])[0-9]{{6}}\b"
_NUMBERS: Final = r"\b0[2-9][0-9 .)(-]{2}|62[ .)(-]{0,2}[0-9]|[0-9]{9}"
"""What every telephone number and NIK holds; most captions hold none and go through no slower pattern."""

PATTERN: Final = r"p_[0-9a-f]{16}"
"""What a pseudonym looks like."""

_Person = Callable[[str], str | None]
_AT: Final = ["@", "\uff20"]
_MENTIONS: Final = {
    "x": r"[@＠][A-Za-z0-9_]+",
    "instagram": r"[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?",
    "facebook": r"[@＠](?:\[\d+:\d*:[^\]\n]*\]|[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?)",
    "youtube": r"[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.·-]*[\p{L}\p{N}_])?",
}
_FACEBOOK_ID: Final = re.compile(r"\[(\d+):")
_HOSTS: Final = [f"{host}/" for host in "twitter.com x.com instagram.com facebook.com fb.com fb.me youtube.com".split()]
_OTHER_HOSTS: Final = [f"{host}/" for host in "tiktok.com threads.net threads.com t.me wa.me linktr.ee".split()]
_ADDRESS: Final = (
    r"(?i)\b(?:https?://)?(?:[a-z0-9-]+\.)*(?:(?:twitter|x|instagram|facebook|fb|youtube|tiktok|threads)\.(?:com|net|me)"
    r"|t\.me|wa\.me|linktr\.ee)/[^\s\"'<>()\[\]{}]+"
)
_FIRST, _LAST = "\ue000", "\ue001"
"""Marks around the number of an address while mentions are looked for; of the private use area."""

BARE: Final = (
    r"[A-Za-z0-9]*[A-Za-z0-9_]_[A-Za-z0-9_.]*[A-Za-z0-9_]|[A-Za-z][A-Za-z_]*[0-9][A-Za-z0-9_.]*[A-Za-z0-9_]"
    r"|[A-Za-z0-9]+\.[A-Za-z0-9_.]*[A-Za-z0-9_]"
)
"""Words that look like a handle: with an underscore, a digit or a dot inside."""
_BARE_SIGN: Final = r"[._][A-Za-z0-9]|[A-Za-z][0-9]"
_MARKED_WORD: Final = r"[._][A-Za-z0-9]"
_NUMBERED_WORD: Final = r"[A-Za-z][0-9]"
_DIGIT: Final = "[0-9]"


def mask_captions(
    captions: pl.Series,
    platforms: pl.Series,
    *,
    person: Callable[[str], Callable[[str], str | None]],
    address: Callable[[str], str],
) -> pl.Series:
    """Replace what names a person in captions.

    Parameters
    ----------
    captions
        Text, shape (n_posts,).
    platforms
        Platform of each, text, shape (n_posts,); it decides which characters a handle may have.
    person
        Given a platform, gives a function from a handle to its pseudonym, or None for one that stays.
    address
        Gives the address that stands for an address on a social network.

    Returns
    -------
    polars.Series
        Shape (n_posts,); e-mail addresses are ``[email]``, telephone numbers ``[phone]``, resident's numbers
        ``[nik]``.
    """
    linked = captions.str.contains_any([*_HOSTS, *_OTHER_HOSTS], ascii_case_insensitive=True).fill_null(False)
    put_back: dict[str, str] = {}
    if linked.any():
        text, put_back = _without_addresses(captions.filter(linked), address)
        captions = captions.scatter(linked.arg_true(), text)
    captions = _mentions(captions, platforms, person)
    captions = _on(captions, captions.str.contains(_DIGIT), _numbers)
    return _on(captions, linked, lambda text: replaced(text, put_back))


def _on(captions: pl.Series, where: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Change some of the captions."""
    places = where.arg_true()
    return captions.scatter(places, change(captions.gather(places))) if len(places) else captions


def _numbers(text: pl.Series) -> pl.Series:
    return _on(text, text.str.contains(_NUMBERS), _numbers_masked)


def _numbers_masked(text: pl.Series) -> pl.Series:
    text = _on(text, text.str.contains("[0-9]{16}"), lambda part: part.str.replace_all(NIK, "${1}[nik]"))
    return text.str.replace_all(PHONE, "${1}[phone]")


def _without_addresses(text: pl.Series, address: Callable[[str], str]) -> tuple[pl.Series, dict[str, str]]:
    """Put a mark in place of each address; the marks' new text comes second."""
    text = text.str.replace_all(f"[{_FIRST}{_LAST}]", "")
    found = distinct(text, _ADDRESS)
    marks = {spelling: f"{_FIRST}{number}{_LAST}" for number, spelling in enumerate(found)}
    return replaced(text, marks), {mark: address(spelling) for spelling, mark in marks.items()}


def _mentions(
    captions: pl.Series, platforms: pl.Series, person: Callable[[str], Callable[[str], str | None]]
) -> pl.Series:
    where = captions.str.contains_any(_AT).fill_null(False)
    if not where.any():
        return captions
    text = captions.filter(where).str.replace_all(EMAIL, "[email]")
    mine = platforms.filter(where)
    for platform in mine.unique().sort():
        pseudonym = person(platform)

        def masked(part: pl.Series, platform: str = platform, pseudonym: _Person = pseudonym) -> pl.Series:
            changes = {}
            for spelling in distinct(part, _MENTIONS[platform]):
                number = _FACEBOOK_ID.match(spelling[1:]) if spelling[1] == "[" else None
                name = pseudonym(number[1] if number else spelling[1:].lower())
                changes[spelling] = f"@{name}" if name else spelling  # one that stays guards against shorter ones
            return replaced(part, changes)

        text = _on(text, mine == platform, masked)
    return captions.scatter(where.arg_true(), text)


def distinct(text: pl.Series, pattern: str) -> list[str]:
    """Distinct matches of a pattern, sorted."""
    return text.str.extract_all(pattern).explode().drop_nulls().unique().sort().to_list()


def replaced(text: pl.Series, changes: Mapping[str, str]) -> pl.Series:
    """Replace spellings in one pass; where several begin at one place, the longest counts."""
    if all(old == new for old, new in changes.items()):
        return text
    ordered = sorted(changes, key=len, reverse=True)
    return text.str.replace_many(ordered, [changes[spelling] for spelling in ordered], leftmost=True)


def mask_bare(captions: pl.Series, platforms: pl.Series, known: Callable[[str, str], str | None]) -> pl.Series:
    """Replace handles that stand without ``@``: words with an underscore, a digit or a dot inside.

    Parameters
    ----------
    captions, platforms
        Text and its platform, shape (n_posts,).
    known
        Given a platform and a word, gives the pseudonym if the word is a known person's handle, else None.
    """
    marked = captions.str.contains(_MARKED_WORD).fill_null(False)
    digits = (~marked & captions.str.contains(_DIGIT).fill_null(False)).arg_true()
    where = marked.scatter(digits, captions.gather(digits).str.contains(_NUMBERED_WORD)).arg_true()
    # most of these words are the pseudonyms of mentions: they are left out before the words are looked at
    rest = captions.gather(where).str.replace_all(PATTERN, "")
    left = rest.str.contains(_BARE_SIGN).arg_true()
    where, rest = where.gather(left), rest.gather(left)
    mine = platforms.gather(where)
    for platform in mine.unique().sort():
        here = (mine == platform).arg_true()
        words = distinct(rest.gather(here), BARE)
        names = {word: name for word in words if (name := known(platform, word.lower())) is not None}
        if names:
            held = where.gather(here.gather(rest.gather(here).str.contains_any(list(names)).arg_true()))
            captions = captions.scatter(held, _bare_replaced(captions.gather(held), names))
    return captions


def _bare_replaced(text: pl.Series, names: Mapping[str, str]) -> pl.Series:
    """Replace whole words: the other words of these captions guard against a handle inside a longer one."""
    return replaced(text, {word: names.get(word, word) for word in distinct(text, BARE)})
