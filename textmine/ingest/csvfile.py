"""CSV and its relatives: comma, semicolon, tab or bar, with or without quotes, whole or damaged.

Whole stretches go through Polars' reader; a stretch whose quotes are broken goes line by line. Both number the rows
alike, and every row is either read or refused with its reason. Blank lines are no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from textmine.ingest.csvstructure import Structure, recover, scan, split_record
from textmine.ingest.encodings import Repairs, utf8_blocks
from textmine.ingest.sources import blocks
from textmine.ingest.synonyms import KNOWN_NAMES, fold_name
from textmine.ingest.table import ROW, RawBatch, RawTable, Refused, unique_names

DELIMITERS: Final = (",", ";", "\t", "|")
BLOCK_BYTES: Final = 1 << 24
LONGEST_RECORD: Final = 1 << 25
"""Bytes that are kept waiting for a record's end before its opening quote is taken as a stray one."""
_PREAMBLE: Final = 20
_NAMES: Final = {",": "CSV", ";": "CSV with semicolons", "\t": "TSV", "|": "CSV with bars"}


@dataclass(frozen=True)
class Dialect:
    """Delimiter, header, and how many lines stand before the first data row."""

    delimiter: str
    header: list[str]
    skip: int


def open_csv(path: Path, head: bytes) -> RawTable | None:
    """Open delimited text; any text is taken, so this format is asked last.

    Parameters
    ----------
    path
        The file.
    head
        Its first unpacked bytes.
    """
    repairs = Repairs()
    text = b"".join(utf8_blocks(iter([head]), Repairs())).decode("utf-8", "replace")
    only_returns = "\n" not in text and "\r" in text
    dialect = sniff(text.replace("\r", "\n") if only_returns else text)
    reader = _Reader(path, dialect, repairs, only_returns=only_returns)
    return RawTable(_NAMES[dialect.delimiter], reader.names, reader.batches, reader.notes)


def sniff(text: str) -> Dialect:
    r"""Find delimiter and header in the first lines: the line that holds most names of the synonyms wins.

    Examples
    --------
    >>> sniff("Laporan Maret\n\nTanggal;Isi;Suka\n2024-03-01;Halo;3\n")
    Dialect(delimiter=';', header=['Tanggal', 'Isi', 'Suka'], skip=3)
    """
    lines = text.split("\n")[: _PREAMBLE + 1]
    best, best_score = Dialect(",", [], 1), (-1, 0, 0)
    for delimiter in DELIMITERS:
        for position, line in enumerate(lines):
            fields = split_record(line.removesuffix("\r"), delimiter) or []
            known = len({fold_name(cell) for cell in fields} & KNOWN_NAMES)
            # among lines without a known name, the first is the header and the longest split tells the delimiter
            score = (known, -position, len(fields))
            if line.strip() and score > best_score:
                best, best_score = Dialect(delimiter, fields, position + 1), score
    return best


class _Reader:
    """Reads one file once, in blocks."""

    def __init__(self, path: Path, dialect: Dialect, repairs: Repairs, *, only_returns: bool) -> None:
        self.path = path
        self.dialect = dialect
        self.repairs = repairs
        self.only_returns = only_returns
        self.names = unique_names(dialect.header)
        self.row = 0
        self.refused = Refused(str(path))
        self.schema = pl.Schema(dict.fromkeys(self.names, pl.String()))

    def notes(self) -> Sequence[str]:
        preamble = self.dialect.skip - 1
        skipped = [f"{preamble} lines before the header left out"] if preamble else []
        return [*self.repairs.notes(), *skipped]

    def batches(self) -> Iterator[RawBatch]:
        waiting = b""
        for block, final in _marking_last(self._text()):
            waiting += block
            if final and not waiting.endswith(b"\n"):
                waiting += b"\n"
            frame, consumed = self._read(waiting, final=final)
            waiting = waiting[consumed:]
            if len(frame) or self.refused.rows:
                yield RawBatch(frame, self.refused.take())

    def _text(self) -> Iterator[bytes]:
        """Clean blocks behind the header."""
        to_skip = self.dialect.skip
        raw: Iterable[bytes] = blocks(self.path, BLOCK_BYTES)
        if self.only_returns:
            raw = (block.replace(b"\r", b"\n") for block in raw)
        for block in utf8_blocks(raw, self.repairs):
            while to_skip and block:
                block = block[block.find(b"\n") + 1 :] if b"\n" in block else b""
                to_skip -= 1
            if block:
                yield block

    def _read(self, buffer: bytes, *, final: bool) -> tuple[pl.DataFrame, int]:
        """Read the whole records of ``buffer``; how many bytes they took comes second."""
        structure = scan(buffer, self.dialect.delimiter)
        if structure is not None and (len(structure.ends) or not buffer.strip()):
            end = int(structure.ends[-1]) if len(structure.ends) else len(buffer)
            if (final and end < len(buffer) and buffer[end:].strip()) or self._swallows(buffer, structure):
                return self._recovered(buffer, final=final)
            frame = self._whole(buffer, structure)
            return (frame, end) if frame is not None else self._recovered(buffer, final=final)
        if structure is not None and not final and len(buffer) < LONGEST_RECORD:
            return pl.DataFrame(schema={**self.schema, ROW: pl.UInt64()}), 0
        return self._recovered(buffer, final=final)

    def _swallows(self, buffer: bytes, structure: Structure) -> bool:
        """Whether a row of the wrong width spans lines: a stray quote may have joined whole rows."""
        wrong = np.flatnonzero(structure.fields != len(self.names))
        spans = (buffer[structure.starts[i] : structure.ends[i] - 1] for i in wrong)
        return any(b"\n" in text or text.rstrip(b"\r").endswith(self.dialect.delimiter.encode()) for text in spans)

    def _whole(self, buffer: bytes, structure: Structure) -> pl.DataFrame | None:
        """Rows of the right width through Polars; None when its count of them differs."""
        good = structure.fields == len(self.names)
        numbers = np.arange(self.row + 1, self.row + 1 + len(good), dtype=np.uint64)
        data = buffer[: structure.ends[-1]] if len(good) else b""
        if not good.all():
            pieces = zip(structure.starts[good], structure.ends[good], strict=True)
            data = b"".join(buffer[start:end] for start, end in pieces)
        frame = self._parse(data, int(good.sum()))
        if frame is None:
            return None
        for i in np.flatnonzero(~good):
            text = buffer[structure.starts[i] : structure.ends[i]].decode().rstrip("\r\n")
            reason = f"has {structure.fields[i]} fields instead of {len(self.names)}"
            self.refused.add(int(numbers[i]), reason, text)
        self.row += len(good)
        return frame.with_columns(pl.Series(ROW, numbers[good], pl.UInt64))

    def _parse(self, data: bytes, n_rows: int) -> pl.DataFrame | None:
        if not n_rows:
            return pl.DataFrame(schema=self.schema)
        try:
            frame = pl.read_csv(
                data,
                has_header=False,
                schema=self.schema,
                separator=self.dialect.delimiter,
                extra_columns="raise",
                missing_columns="raise",
            )
        except pl.exceptions.PolarsError:
            return None
        return frame if len(frame) == n_rows else None

    def _recovered(self, buffer: bytes, *, final: bool) -> tuple[pl.DataFrame, int]:
        """Read line by line what the fast way refuses."""
        lines = buffer.decode("utf-8", "replace").removesuffix("\n").split("\n")
        forced = final or len(buffer) >= LONGEST_RECORD
        rows: list[list[str]] = []
        numbers: list[int] = []
        consumed = 0
        for record in recover(lines, self.dialect.delimiter, len(self.names), final=forced):
            consumed += record.lines
            if not record.text:
                continue
            self.row += 1
            if record.problem:
                self.refused.add(self.row, record.problem, record.text)
            else:
                rows.append(record.fields)
                numbers.append(self.row)
        frame = pl.DataFrame(rows, schema=self.schema, orient="row")
        left = sum(len(line.encode()) + 1 for line in lines[consumed:])
        return frame.with_columns(pl.Series(ROW, numbers, pl.UInt64)), len(buffer) - left


def _marking_last(items: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each block with whether it is the last."""
    iterator = iter(items)
    current = next(iterator, None)
    while current is not None:
        following = next(iterator, None)
        yield current, following is None
        current = following
