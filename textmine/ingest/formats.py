"""The formats that textmine reads, in the order in which they are asked; each answers None for "not mine"."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from textmine.errors import UnknownFormatError
from textmine.ingest.csvfile import open_csv
from textmine.ingest.encodings import utf16_of
from textmine.ingest.jsonfile import open_json
from textmine.ingest.parquetfile import open_parquet
from textmine.ingest.plugged import open_plugged
from textmine.ingest.sources import first_bytes
from textmine.ingest.spreadsheet import open_spreadsheet
from textmine.ingest.table import Format, RawTable

KNOWN: Final = ("CSV", "TSV", "Excel", "JSON", "NDJSON", "Parquet", "each also packed with gzip, xz or zstd")
FORMATS: Final[tuple[Format, ...]] = (open_plugged, open_parquet, open_spreadsheet, open_json, open_csv)

_FOREIGN: Final = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format": "a database",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "XML",
}
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\x00\x0b\x0c\x1b")
_MOST_CONTROLS: Final = 0.02
_MOST_NULS: Final = 0.2


def open_table(path: Path) -> RawTable:
    """Recognise a file by its content and open it.

    Raises
    ------
    InputError
        It is missing, empty or damaged.
    UnknownFormatError
        No format fits.
    """
    head = first_bytes(path)
    for opens in FORMATS[:-1]:
        if (table := opens(path, head)) is not None:
            return table
    _refuse_binary(path, head)
    table = open_csv(path, head)
    if table is None:
        raise UnknownFormatError(path, seen="text without columns", known=KNOWN)
    return table


def _refuse_binary(path: Path, head: bytes) -> None:
    """What is no text would be read as a table of nonsense."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _FOREIGN.items():
        if start[: len(magic)].lower() == magic.lower():
            raise UnknownFormatError(path, seen=f"it is {name}", known=KNOWN)
    if utf16_of(head):
        return
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    if controls > _MOST_CONTROLS * len(head) or head.count(0) > _MOST_NULS * len(head):
        raise UnknownFormatError(path, seen="it is not text", known=KNOWN)
