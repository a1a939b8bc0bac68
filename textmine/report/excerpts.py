"""An excerpt of a caption around the word that it is an example of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LENGTH: Final = 180
"""Characters of an excerpt: two to three lines on a phone."""

_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Excerpt:
    """Text before the word, the word as the caption writes it, text after it; word may be empty."""

    before: str
    word: str
    after: str

    def __str__(self) -> str:
        return self.before + self.word + self.after


def excerpt(caption: str, word: str = "", *, length: int = LENGTH) -> Excerpt:
    """Cut ``caption`` to about ``length`` characters around the first place where ``word`` stands.

    Parameters
    ----------
    caption
        Text of a post.
    word
        What must be seen; a whole word is preferred to a part of one, case is ignored. Without it, or where the
        caption writes it otherwise (another form of the same stem), the excerpt is the caption's beginning.
    length
        Most characters kept, ellipses not counted.

    Returns
    -------
    Excerpt
        White space runs are single spaces; ``…`` marks what was cut.

    Examples
    --------
    >>> excerpt("Hari ini vaksinasi gratis di puskesmas", "puskesmas", length=24)
    Excerpt(before='…gratis di ', word='puskesmas', after='')
    """
    text = _SPACE.sub(" ", caption).strip()
    found = _find(text, word) if word else None
    if found is None:
        return Excerpt(_cut_end(text, length), "", "")
    start, end = found.span()
    room = max(length - (end - start), 0)
    if len(text) <= length:
        return Excerpt(text[:start], text[start:end], text[end:])
    lead = max(min(start, room // 2), room - (len(text) - end))
    before = _cut_start(text[:start], lead)
    return Excerpt(before, text[start:end], _cut_end(text[end:], room - lead))


def _find(text: str, word: str) -> re.Match[str] | None:
    quoted = re.escape(word)
    return re.search(rf"(?<!\w){quoted}(?!\w)", text, re.IGNORECASE) or re.search(quoted, text, re.IGNORECASE)


def _cut_end(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[: length + 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > length * 2 // 3 else text[:length]).rstrip(" .,;:!?…") + "…"


def _cut_start(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[len(text) - length :]
    at = cut.find(" ")
    return "…" + (cut[at + 1 :] if 0 <= at < length // 3 else cut)
