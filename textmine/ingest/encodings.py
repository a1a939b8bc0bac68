"""Bytes of any encoding to UTF-8, never with a crash and never silently.

UTF-8 with or without a byte order mark is passed on as it is; UTF-16 is recognised by its mark, or by the NUL beside
nearly every letter. A line that is not UTF-8 is decoded as Windows-1252 on its own (exports pasted together from
several machines mix encodings), and counted; one that is UTF-8 but for a letter or two (captions cut at a number of
bytes) keeps its letters, and the broken ones become U+FFFD. NUL bytes are taken out, and counted. A byte order mark in
the middle, where files were pasted together, is taken out of the beginning of its line.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROBE: Final = 1 << 12
_FEWEST_PAIRS, _MOST_PAIRS, _FEW_PAIRS = 8, 0.6, 0.05
"""How many pairs of bytes are needed to tell, what share holds a NUL on one side, and on the other at most."""
LARGEST_LINE: Final = 1 << 26
"""Bytes after which a line without an end is passed on all the same, so that memory stays bounded."""


@dataclass
class Repairs:
    """What decoding had to mend."""

    foreign_lines: int = 0
    broken_lines: int = 0
    nul_bytes: int = 0
    utf16: bool = False

    def notes(self) -> list[str]:
        """Sentences for the file's result."""
        found = []
        if self.utf16:
            found.append("read as UTF-16")
        if self.foreign_lines:
            found.append(f"{self.foreign_lines:,} lines are not UTF-8: read as Windows-1252")
        if self.broken_lines:
            found.append(f"{self.broken_lines:,} lines hold bytes that are no whole letter: they stand as \ufffd")
        if self.nul_bytes:
            found.append(f"{self.nul_bytes:,} NUL bytes taken out")
        return found


def utf8_blocks(blocks: Iterable[bytes], repairs: Repairs) -> Iterator[bytes]:
    """Yield clean UTF-8 blocks that end at a line's end (the last one may not).

    Parameters
    ----------
    blocks
        Raw bytes in order, cut anywhere.
    repairs
        Counts what was mended.
    """
    rest = b""
    for block in _without_mark(blocks, repairs):
        if b"\x00" in block:
            repairs.nul_bytes += block.count(b"\x00")
            block = block.replace(b"\x00", b"")
        rest += block
        cut = rest.rfind(b"\n") + 1
        if not cut and len(rest) > LARGEST_LINE:
            cut = len(rest)
        if cut:
            yield as_utf8(_without_inner_marks(rest[:cut]), repairs)
            rest = rest[cut:]
    if rest:
        yield as_utf8(_without_inner_marks(rest), repairs)


def _without_inner_marks(lines: bytes) -> bytes:
    """Lines without byte order marks at their beginnings, where files were pasted together."""
    if codecs.BOM_UTF8 not in lines:
        return lines
    return lines.removeprefix(codecs.BOM_UTF8).replace(b"\n" + codecs.BOM_UTF8, b"\n")


def _without_mark(blocks: Iterable[bytes], repairs: Repairs) -> Iterator[bytes]:
    iterator = iter(blocks)
    first = next(iterator, b"")
    if encoding := utf16_of(first):
        repairs.utf16 = True
        yield from _from_utf16(first, iterator, encoding)
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from iterator


def utf16_of(head: bytes) -> str | None:
    r"""Return which UTF-16 a file's first bytes are, or None when they are something else.

    Without a mark it is UTF-16 if most letters have a NUL on the same side.

    Examples
    --------
    >>> utf16_of("id,teks\n1,Kafé\n".encode("utf-16-le")), utf16_of(b"id,teks\n1,a\x00b\n")
    ('utf-16-le', None)
    """
    if head.startswith(_UTF16):
        return "utf-16"
    pairs = min(len(head), _PROBE) // 2
    if pairs < _FEWEST_PAIRS or b"\x00" not in head:
        return None
    before, behind = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if max(before, behind) < _MOST_PAIRS * pairs or min(before, behind) > _FEW_PAIRS * pairs:
        return None
    return "utf-16-le" if behind > before else "utf-16-be"


def _from_utf16(first: bytes, blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def as_utf8(block: bytes, repairs: Repairs | None = None) -> bytes:
    r"""Return ``block`` as valid UTF-8; lines that are not are decoded as Windows-1252.

    Examples
    --------
    >>> as_utf8("naïve\n".encode("latin-1")).decode()
    'naïve\n'
    """
    if _is_utf8(block):
        return block
    return b"\n".join(_line_as_utf8(line, repairs) for line in block.split(b"\n"))


def _is_utf8(block: bytes) -> bool:
    # Polars' check is ten times as fast as decoding to a Python string
    try:
        pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _mostly_utf8(line: bytes) -> bytes | None:
    """The line with its broken letters marked, or None where fewer letters beyond ASCII are whole than broken."""
    text = line.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = sum(letter > "\x7f" for letter in text) - broken
    return text.encode() if beyond > broken else None


def _line_as_utf8(line: bytes, repairs: Repairs | None) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        if (mended := _mostly_utf8(line)) is not None:
            if repairs is not None:
                repairs.broken_lines += 1
            return mended
        if repairs is not None:
            repairs.foreign_lines += 1
        # five bytes have no meaning in Windows-1252; Latin-1 has one for every byte
        try:
            return line.decode("cp1252").encode("utf-8")
        except UnicodeDecodeError:
            return line.decode("latin-1").encode("utf-8")
    return line
