"""The structure of a stretch of delimited text: where records end, how many fields each has, which are damaged.

Two ways, with the same answer where both can answer. :func:`scan` looks at all bytes at once with NumPy and holds
for text that keeps to RFC 4180; :func:`recover` goes line by line, survives stray quotes and finds its way back to
the next whole row, so that one damaged row costs one row.

References
----------
Shafranovich, Y. (2005). Common Format and MIME Type for Comma-Separated Values (CSV) Files. RFC 4180.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_QUOTE: Final = ord('"')
_NEWLINE: Final = ord("\n")
_RETURN: Final = ord("\r")

LONGEST_RECORD_LINES: Final = 2_000
"""Lines that a quoted field may span before its opening quote is taken as a stray one."""

_LONGEST_FOR_CSV: Final = 1 << 16
"""Characters of a record that the csv module is asked to split; it refuses long fields."""

_MOST_TRIES: Final = 20
"""How often a growing record is split anew, so that no text makes the time grow with its square."""


@dataclass(frozen=True)
class Structure:
    """Records of a buffer.

    ``starts`` and ``ends`` are byte offsets, shape (n_records,), an end lying behind the record's newline; ``fields``
    counts the fields. Blank lines are no records.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    fields: NDArray[np.int64]

    def before_last(self, width: int, end: int) -> tuple[Structure, int]:
        """Records before the last that has ``width`` fields, and where they end; all, to ``end``, when none has."""
        whole = np.flatnonzero(self.fields == width)
        if not len(whole):
            return self, end
        last = int(whole[-1])
        return Structure(self.starts[:last], self.ends[:last], self.fields[:last]), int(self.starts[last])


def scan(buffer: bytes, delimiter: str) -> Structure | None:
    """Find the whole records of ``buffer``, or answer None when its quotes do not keep to RFC 4180.

    Parameters
    ----------
    buffer
        UTF-8 bytes that start at a record's start.
    delimiter
        One ASCII character.
    """
    data = np.frombuffer(buffer, np.uint8)
    newlines, delimiters = np.flatnonzero(data == _NEWLINE), np.flatnonzero(data == ord(delimiter))
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes):
        if not _quotes_are_strict(data, quotes, ord(delimiter)):
            return None
        newlines = newlines[~_inside(newlines, quotes)]
        delimiters = delimiters[~_inside(delimiters, quotes)]
    ends = newlines + 1
    starts = np.concatenate([np.zeros(1, np.int64), ends])[: len(ends)]
    fields = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
    length = ends - starts
    blank = (length == 1) | ((length == 2) & (data[starts] == _RETURN))
    return Structure(starts[~blank], ends[~blank], fields[~blank])


def _inside(positions: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether an odd number of quotes stands before each position; both sorted."""
    # there are far fewer quotes than delimiters: they are looked up, not the positions
    passed = np.bincount(np.searchsorted(positions, quotes), minlength=len(positions) + 1)
    return (np.cumsum(passed[:-1]) & 1).astype(bool)


def _quotes_are_strict(data: NDArray[np.uint8], quotes: NDArray[np.int64], delimiter: int) -> bool:
    """Each opening quote starts a field (or doubles the quote before it), each closing one ends it."""
    border = np.zeros(256, bool)
    border[[delimiter, _NEWLINE, _QUOTE]] = True
    opening, closing = quotes[::2], quotes[1::2]
    if opening[0] == 0:
        opening = opening[1:]
    if not border[data[opening - 1]].all():
        return False
    border[_RETURN] = True
    if len(closing) and closing[-1] == len(data) - 1:
        closing = closing[:-1]
    return bool(border[data[closing + 1]].all())


@lru_cache(maxsize=16)
def _field_pattern(delimiter: str, *, backslash: bool) -> re.Pattern[str]:
    d = re.escape(delimiter)
    quoted = r'(?:[^"\\]|\\.|"")*' if backslash else r'[^"]*(?:""[^"]*)*'
    return re.compile(rf'(?:"({quoted})"|([^"{d}\n][^{d}\n]*|))({d}|\Z)', re.DOTALL)


def split_record(text: str, delimiter: str, *, backslash: bool = False) -> list[str] | None:
    r"""Split one record into fields, or answer None when its quotes do not close properly.

    Parameters
    ----------
    text
        The record without its line end; may hold line breaks inside quotes.
    delimiter
        One character.
    backslash
        Read ``\"`` inside quotes as a quote.

    Examples
    --------
    >>> split_record('1,"a ""b"", c",', ",")
    ['1', 'a "b", c', '']
    >>> split_record('1,"a" b', ",") is None
    True
    """
    if '"' not in text:
        return text.split(delimiter)
    if not backslash and len(text) < _LONGEST_FOR_CSV:
        with contextlib.suppress(csv.Error):  # strict, so it takes nothing that the pattern would refuse
            return next(csv.reader([text], delimiter=delimiter, strict=True))
    fields, rest = _fields(text, delimiter, backslash=backslash)
    return None if rest is not None else fields


def _fields(text: str, delimiter: str, *, backslash: bool = False) -> tuple[list[str], str | None]:
    """Fields up to the first that is not well formed, and the text from there on (None when all are)."""
    pattern = _field_pattern(delimiter, backslash=backslash)
    fields, position = [], 0
    while match := pattern.match(text, position):
        quoted, plain, end = match.groups()
        if quoted is not None:
            plain = quoted.replace('\\"', '"') if backslash else quoted
            plain = plain.replace('""', '"')
        fields.append(plain)
        position = match.end()
        if not end:
            return fields, None
    return fields, text[position:]


def _fields_before_open_quote(text: str, delimiter: str) -> int | None:
    """How many whole fields stand before a quote that opens a field and is not closed, or None when none is open."""
    if text.count('"') % 2 == 0 and '\\"' not in text:
        return None
    fields, rest = _fields(text, delimiter)
    is_open = rest is not None and rest.startswith('"') and '"' not in rest[1:].replace('""', "")
    return len(fields) if is_open else None


@dataclass(frozen=True)
class Record:
    """One record of damaged text: its fields, or the reason why there are none, and the lines it took.

    ``n_fields`` counts the fields also of a record that is refused for their number, and is -1 where quotes are broken.
    """

    fields: list[str]
    problem: str
    text: str
    lines: int
    n_fields: int = -1


def recover(lines: Sequence[str], delimiter: str, width: int, *, final: bool) -> Iterator[Record]:
    """Read records line by line, refusing those that do not have ``width`` fields.

    Parameters
    ----------
    lines
        Lines without their newline (a carriage return may remain).
    delimiter
        One character.
    width
        Fields of a whole row. Further empty fields at its end are dropped.
    final
        Whether the text ends here. Otherwise reading stops at a record that may go on behind the last line.

    Yields
    ------
    Record
        Whole and refused records in order; blank lines yield a record without text.
    """
    position = 0
    while position < len(lines):
        record = _next_record(lines, position, delimiter, width, final=final)
        if record is None:
            return
        yield record
        position += record.lines


def _next_record(lines: Sequence[str], start: int, delimiter: str, width: int, *, final: bool) -> Record | None:
    first = lines[start].removesuffix("\r")
    if not first:
        return Record([], "", "", 1)
    open_quote = '"' in first and _fields_before_open_quote(first, delimiter) is not None
    if not open_quote and '\\"' not in first:
        return _judge(first, delimiter, width, lines=1)
    return _spanning(lines, start, delimiter, width, final=final)


def _judge(text: str, delimiter: str, width: int, *, lines: int) -> Record:
    fields = split_record(text, delimiter)
    if (fields is None or len(fields) != width) and '\\"' in text:
        escaped = split_record(text, delimiter, backslash=True)
        fields = escaped if escaped is not None and len(escaped) == width else fields
    if fields is None:
        return Record([], "quotes do not close properly", text, lines)
    while len(fields) > width and not fields[-1]:
        fields.pop()
    if len(fields) != width:
        return Record([], f"has {len(fields)} fields instead of {width}", text, lines, len(fields))
    return Record(fields, "", text, lines, width)


def _spanning(lines: Sequence[str], start: int, delimiter: str, width: int, *, final: bool) -> Record | None:
    """Join lines until the quotes close; if nothing whole comes of it, refuse as few lines as possible."""
    stop = min(len(lines), start + LONGEST_RECORD_LINES)
    quotes = tries = 0
    for end in range(start + 1, stop + 1):
        quotes += lines[end - 1].count('"')
        escaped = '\\"' in lines[end - 1]
        if quotes % 2 and not escaped:
            continue
        tries += 1
        if tries > _MOST_TRIES:
            return _stray(lines[start])
        record = _judge("\n".join(lines[start:end]).removesuffix("\r"), delimiter, width, lines=end - start)
        if not record.problem:
            return record
        if quotes % 2 == 0 and not escaped:
            swallowed = lines[start + 1 : end]
            return record if not _holds_new_row(swallowed, delimiter, width) else _stray(lines[start])
    if stop == len(lines) and not final:
        return None
    return _stray(lines[start])


def _stray(line: str) -> Record:
    return Record([], "a quote is opened and never closed", line.removesuffix("\r"), 1)


def _holds_new_row(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether one of the lines is a row, or begins one: then the quote before them was a stray one."""
    bare = [line.removesuffix("\r") for line in lines]
    return any(not _judge(line, delimiter, width, lines=1).problem for line in bare if line) or any(
        _fields_before_open_quote(line, delimiter) for line in bare
    )
