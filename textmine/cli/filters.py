"""Filters for a shell pipe: a line in, a line out, as soon as it comes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import click

_BLOCK: Final = 1 << 20
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
    answers each line of a person who types. Bytes that are not UTF-8 become replacement characters.

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
    for lines in arriving_lines():
        records = line_filter(lines)
        printed = [json.dumps(r, ensure_ascii=False) if as_json else str(r["result"]) for r in records]
        sys.stdout.buffer.write(("\n".join(printed) + "\n").encode("utf-8", errors="replace"))
        sys.stdout.buffer.flush()


def arriving_lines() -> Iterator[list[str]]:
    """Lines of standard input in the lots in which they arrive, without their ends."""
    rest = b""
    source = sys.stdin.buffer
    read = getattr(source, "read1", source.read)
    while block := read(_BLOCK):
        whole, newline, rest = (rest + block).rpartition(b"\n")
        if newline:
            yield _decoded(whole)
    if rest:
        yield _decoded(rest)


def _decoded(lines: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in lines.decode("utf-8", errors="replace").split("\n")]
