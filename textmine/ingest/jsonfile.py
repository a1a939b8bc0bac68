"""JSON and newline-delimited JSON: objects are flattened with dots, lists are kept as JSON text.

Every number stays the text that it was, so that ids beyond 2^53 stay exact. A line of NDJSON that is broken is
refused and the rest goes on; a JSON array that breaks off gives the objects before the break.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.errors import InputError, NotPostsError
from textmine.ingest.encodings import Repairs, as_utf8, utf8_blocks
from textmine.ingest.shapes import unfold
from textmine.ingest.shapes.shape import NotAPost
from textmine.ingest.sources import PACKED, blocks
from textmine.ingest.table import ROW, RawBatch, RawTable, Refused

_LIST_KEYS: Final = ("data", "items", "posts", "results", "result", "records", "rows", "tweets", "entries", "node")
_NOT_POSTS: Final = {
    "youtube#channel": "YouTube channels",
    "youtube#commentThread": "YouTube comments",
    "youtube#comment": "YouTube comments",
}
_BLOCK: Final = 1 << 23
_LONGEST_REASON: Final = 200
_ROWS: Final = 20_000
"""Rows in a batch: objects in memory are many times the size of their text."""
_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda _: None)

Item = dict[str, Any] | NotAPost | str
"""An object that is a post, one that is none, or text that is no whole object."""


def open_json(path: Path, head: bytes) -> RawTable | None:
    """Open a JSON document or NDJSON, or answer None when the file does not begin like either.

    Raises
    ------
    InputError
        The document is broken, or holds no list of objects.
    """
    text = b"".join(utf8_blocks(iter([head]), Repairs())).decode("utf-8", "replace").lstrip()
    if text[:1] not in ("{", "["):
        return None
    repairs = Repairs()
    if _is_ndjson(path, text):
        rows = _lines(path, repairs)
        name = "NDJSON"
    else:
        rows = _document(path, repairs)
        name = "JSON"
    return RawTable(name, [], lambda: _batches(path, rows), repairs.notes)


def _is_ndjson(path: Path, text: str) -> bool:
    name = path.name.lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    if name.endswith((".ndjson", ".jsonl")):
        return True
    if text[0] != "{":
        return False
    lines = [line.strip() for line in text.split("\n", 50)[:50] if line.strip()]
    if len(lines) == 1:  # a line may be a whole page of posts, longer than the beginning that was read
        return _holds_second_line(path)
    return sum(line[0] == "{" and line[-1] == "}" for line in lines) > 1


def _holds_second_line(path: Path) -> bool:
    waiting = b""
    for block in utf8_blocks(blocks(path, _BLOCK), Repairs()):
        waiting += block
        first, newline, second = waiting.lstrip().partition(b"\n")
        if newline and second.strip():
            return first.rstrip().endswith(b"}") and second.lstrip().startswith(b"{")
    return False


def _lines(path: Path, repairs: Repairs) -> Iterator[Item]:
    """Objects of an NDJSON file; a line that is none is passed on as text."""
    for block in utf8_blocks(blocks(path, _BLOCK), repairs):
        for line in block.decode("utf-8", "replace").split("\n"):
            if text := line.strip():
                yield from _objects_of_line(text)


def _objects_of_line(text: str) -> Iterator[Item]:
    try:
        content = _DECODER.decode(text)
    except (ValueError, RecursionError):
        yield text
        return
    known = unfold(content) is not None
    page = _list_in(content) if isinstance(content, dict) and "data" in content and not known else None
    yield from _unfolded([content] if page is None else page)


def _unfolded(items: Iterable[Any]) -> Iterator[Item]:
    """Posts in objects of known shapes; other objects as they are, anything else as text."""
    for item in items:
        found = unfold(item)
        for each in [item] if found is None else found:
            yield each if isinstance(each, dict | NotAPost) else _clean(json.dumps(each, ensure_ascii=False))


def _document(path: Path, repairs: Repairs) -> Iterator[Item]:
    content = b"".join(utf8_blocks(blocks(path, _BLOCK), repairs))
    text = as_utf8(content).decode().strip()
    if text.startswith("["):
        yield from _array(text)
        return
    try:
        document = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"broken JSON: {error}", path=path) from error
    known = isinstance(document, dict) and unfold(document) is not None
    items = None if known else _list_in(document)
    if items is None:
        if not known and not (isinstance(document, dict) and any(isinstance(v, str) for v in document.values())):
            raise InputError("the JSON holds no list of objects", path=path)
        items = [document]
    yield from _unfolded(items)


def _array(text: str) -> Iterator[Item]:
    """Objects of an array one by one; what stands behind a break is passed on as one text."""
    position = 1
    while position < len(text):
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        if position >= len(text) or text[position] == "]":
            return
        try:
            item, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            yield text[position:]
            return
        yield from _unfolded([item])
        position = end


def _list_in(document: object, depth: int = 0) -> list[Any] | None:
    """Find the list of objects in a document: under a usual key, or the only list there is."""
    if not isinstance(document, dict) or depth > 2:
        return None
    lists = {k: v for k, v in document.items() if isinstance(v, list) and any(isinstance(i, dict) for i in v)}
    for key in _LIST_KEYS:
        if key in lists:
            return lists[key]
    if len(lists) == 1 and not any(isinstance(v, str) and k in ("text", "caption") for k, v in document.items()):
        return next(iter(lists.values()))
    nested = (_list_in(document[key], depth + 1) for key in _LIST_KEYS if key in document)
    return next((found for found in nested if found is not None), None)


def _batches(path: Path, rows: Iterator[Item]) -> Iterator[RawBatch]:
    refused = Refused(str(path))
    number = 0
    while chunk := list(islice(rows, _ROWS)):
        flat: list[dict[str, str | None]] = []
        numbers: list[int] = []
        for item in chunk:
            number += 1
            if isinstance(item, str):
                refused.add(number, "not a whole JSON object", item)
                continue
            if isinstance(item, NotAPost):
                # names of platforms come from the file: whatever they hold, the reason is one short line
                refused.add(number, _clean(" ".join(item.reason.split()))[:_LONGEST_REASON], item.raw)
                continue
            if isinstance(kind := item.get("kind"), str) and kind in _NOT_POSTS:
                raise NotPostsError(f"holds {_NOT_POSTS[kind]}, not posts", path=path)
            flat.append(dict(flatten(item)))
            numbers.append(number)
        columns = list(dict.fromkeys(name for row in flat for name in row))
        frame = pl.DataFrame(flat, schema=dict.fromkeys(columns, pl.String()), orient="row")
        yield RawBatch(frame.with_columns(pl.Series(ROW, numbers, pl.UInt64)), refused.take())


def flatten(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Yield the leaves of an object with dotted names and text values.

    Examples
    --------
    >>> dict(flatten({"id": "1", "public_metrics": {"like_count": "3"}, "tags": ["a", "b"]}))
    {'id': '1', 'public_metrics.like_count': '3', 'tags': '["a", "b"]'}
    """
    for key, value in item.items():
        name = _name(prefix, key)
        if isinstance(value, dict):
            yield from flatten(value, f"{name}.")
        elif isinstance(value, list):
            yield name, _clean(json.dumps(value, ensure_ascii=False)) if value else None
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        else:
            yield name, None if value is None else _clean(str(value))


@lru_cache(maxsize=1 << 14)
def _name(prefix: str, key: str) -> str:
    return _clean(f"{prefix}{key}")


def _clean(text: str) -> str:
    """Text without NUL bytes and without halves of surrogate pairs, which JSON can hold and UTF-8 cannot."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
