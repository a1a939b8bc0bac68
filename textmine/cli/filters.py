"""Filters for a shell pipe: a line in, a line out, as soon as it comes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import click

from textmine.cli.output import printable

_BLOCK: Final = 1 << 20
_BYTE_ORDER_MARK: Final = "\ufeff"
# All that some reader or other takes for the end of a line.
_LINE_BREAK: Final = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_Command = TypeVar("_Command", bound=Callable[..., Any])

LineFilter = Callable[[Sequence[str]], Sequence[dict[str, Any]]]
"""Takes lines and gives a record for each; ``result`` is what is printed as text."""


def filter_options(command: _Command) -> _Command:
    """Add ``--explain`` and ``--format``, which every filter has."""
    explain = click.option("--explain", is_flag=True, help="Say how each result came about (as JSON).")
    chosen = click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="A line of text or a JSON object for each line.",
    )
    return explain(chosen(command))


def run_filter(line_filter: LineFilter, *, format_: str, explain: bool) -> None:
    """Read lines from standard input and print what the filter makes of them.

    Lines that have arrived are worked on together and printed at once, so that a filter is quick on a file and
    answers each line of a person who types. A line ends with a line feed, or a carriage return and a line feed. Bytes
    that are not UTF-8 become replacement characters, and a byte order mark at the start is skipped.

    What is printed for a line is one line by anybody's count: other line breaks in a result become spaces in text and
    escapes in JSON. On a terminal, results in text come without the control codes that could drive it.

    Parameters
    ----------
    line_filter
        Called with some of the lines, in order.
    format_
        ``text`` prints ``result`` of each record, ``json`` the record.
    explain
        Print records, with what the filter explains in them.
    """
    as_json = explain or format_ == "json"
    write = json_line if as_json else text_line
    for lines in arriving_lines():
        printed = [write(record) for record in line_filter(lines)]
        sys.stdout.buffer.write(("\n".join(printed) + "\n").encode("utf-8", errors="replace"))
        sys.stdout.buffer.flush()


def text_line(record: Mapping[str, Any]) -> str:
    """The result of a record in one line."""
    result = str(record["result"])
    return printable(result) if sys.stdout.isatty() else _LINE_BREAK.sub(" ", result)


def json_line(record: Mapping[str, Any]) -> str:
    """A record as JSON in one line, with letters of all scripts as they are."""
    return _LINE_BREAK.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(record, ensure_ascii=False))


def arriving_lines() -> Iterator[list[str]]:
    """Lines of standard input in the lots in which they arrive, without their ends."""
    lots = _arriving_lots()
    for first in lots:
        yield _lines(first.removeprefix(_BYTE_ORDER_MARK))
        break
    for lot in lots:
        yield _lines(lot)


def _arriving_lots() -> Iterator[str]:
    source = sys.stdin.buffer
    read = getattr(source, "read1", source.read)
    begun: list[bytes] = []  # a line that has not ended yet
    while block := read(_BLOCK):
        whole, newline, rest = block.rpartition(b"\n")
        if newline:
            yield b"".join((*begun, whole)).decode("utf-8", errors="replace")
            begun.clear()
        begun.append(rest)
    if last := b"".join(begun):
        yield last.decode("utf-8", errors="replace")


def _lines(lot: str) -> list[str]:
    return [line.removesuffix("\r") for line in lot.split("\n")]
