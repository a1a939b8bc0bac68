"""CSV and its relatives: comma, semicolon, tab or bar, with or without quotes, whole or damaged.

Whole stretches go through Polars' reader; a stretch whose quotes are broken goes line by line. Both number the rows
alike, and every row is either read or refused with its reason. Blank lines are no rows.

Where the last column holds captions and quotes are missing, the first line of a caption looks like a whole row. The
lines behind it do not: a row that lines of few cells follow is refused with them, for its caption may be cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from textmine.ingest.csvdialects import Dialect, sniff, unspaced, unwrapped
from textmine.ingest.csvstructure import Record, Structure, recover, scan
from textmine.ingest.encodings import Repairs, utf8_blocks
from textmine.ingest.sources import blocks
from textmine.ingest.synonyms import SYNONYMS, fold_name
from textmine.ingest.table import ROW, RawBatch, RawTable, Refused, unique_names

BLOCK_BYTES: Final = 1 << 24
LONGEST_RECORD: Final = 1 << 25
"""Bytes that are kept waiting for a record's end before its opening quote is taken as a stray one."""
_CONTINUED: Final = "the line that follows may belong to it: quotes are missing"
_TEXTS: Final = frozenset(name for target in ("caption", "description", "title") for name in SYNONYMS[target])
_NAMES: Final = {",": "CSV", ";": "CSV with semicolons", "\t": "TSV", "|": "CSV with bars"}


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
        self.ends_in_text = bool(self.names) and fold_name(self.names[-1]) in _TEXTS

    def notes(self) -> Sequence[str]:
        preamble = self.dialect.skip - 1
        skipped = [f"{preamble} line{'s' if preamble > 1 else ''} before the header left out"] if preamble else []
        return [*self.repairs.notes(), *skipped]

    def batches(self) -> Iterator[RawBatch]:
        waiting = b""
        for block, final in _marking_last(self._text()):
            waiting += block
            if final and not waiting.endswith(b"\n"):
                waiting += b"\n"
            if self.dialect.spaced:
                waiting = unspaced(waiting, self.dialect.delimiter)
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
                yield unwrapped(block) if self.dialect.wrapped else block

    def _read(self, buffer: bytes, *, final: bool) -> tuple[pl.DataFrame, int]:
        """Read the whole records of ``buffer``; how many bytes they took comes second."""
        structure = scan(buffer, self.dialect.delimiter)
        if structure is not None and (len(structure.ends) or not buffer.strip()):
            end = int(structure.ends[-1]) if len(structure.ends) else len(buffer)
            if self.ends_in_text and not final and len(buffer) < LONGEST_RECORD:  # its caption may go on
                structure, end = structure.before_last(len(self.names), end)
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
        cut = self._cut(structure.fields, lambda i: buffer[structure.starts[i] : structure.ends[i]].decode())
        good &= ~cut
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
            reason = _CONTINUED if cut[i] else f"has {structure.fields[i]} fields instead of {len(self.names)}"
            self.refused.add(int(numbers[i]), reason, text)
        self.row += len(good)
        return frame.with_columns(pl.Series(ROW, numbers[good], pl.UInt64))

    def _cut(self, fields: NDArray[np.int64], text_of: Callable[[int], str]) -> NDArray[np.bool_]:
        """Which rows of the right width end in a caption without quotes and are followed by lines of few cells."""
        cut = np.zeros(len(fields), bool)
        if self.ends_in_text:
            few = (fields[1:] > 0) & (fields[1:] <= len(self.names) // 2)
            for i in np.flatnonzero((fields[:-1] == len(self.names)) & few):
                cut[i] = not text_of(int(i)).rstrip("\r\n").endswith('"')
        return cut

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
        found = list(recover(lines, self.dialect.delimiter, len(self.names), final=forced))
        found = found[: _last_whole(found)] if self.ends_in_text and not forced else found
        consumed = sum(record.lines for record in found)
        found = [record for record in found if record.text]
        fields = np.array([record.n_fields for record in found], np.int64)
        rows: list[list[str]] = []
        numbers: list[int] = []
        for record, cut in zip(found, self._cut(fields, lambda i: found[i].text), strict=True):
            self.row += 1
            if problem := record.problem or (_CONTINUED if cut else "") or self._open_quote(record.fields):
                self.refused.add(self.row, problem, record.text)
            else:
                rows.append(record.fields)
                numbers.append(self.row)
        frame = pl.DataFrame(rows, schema=self.schema, orient="row")
        left = sum(len(line.encode()) + 1 for line in lines[consumed:])
        return frame.with_columns(pl.Series(ROW, numbers, pl.UInt64)), len(buffer) - left

    def _open_quote(self, fields: Sequence[str]) -> str:
        """Why a row is refused in which a quote behind a space was left over."""
        left = self.dialect.spaced and any(cell.lstrip(" ").startswith('"') != cell.startswith('"') for cell in fields)
        return "quotes do not close properly" if left else ""


def _last_whole(found: Sequence[Record]) -> int | None:
    """Place of the last whole row, which may go on in the next stretch; None when there is none."""
    return next((i for i in reversed(range(len(found))) if found[i].text and not found[i].problem), None)


def _marking_last(items: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each block with whether it is the last."""
    iterator = iter(items)
    current = next(iterator, None)
    while current is not None:
        following = next(iterator, None)
        yield current, following is None
        current = following
