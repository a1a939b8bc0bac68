"""What a delimited text is written like: delimiter, header, what stands before it, and two habits that need undoing.

Some programs put a whole line into quotes as if it were one cell (Excel, when a CSV was pasted into one column), some
write a space after each delimiter. Both are seen in the header and undone before the text is split.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from textmine.ingest.csvstructure import split_record
from textmine.ingest.synonyms import KNOWN_NAMES, fold_name

DELIMITERS: Final = (",", ";", "\t", "|")
_PREAMBLE: Final = 20


@dataclass(frozen=True)
class Dialect:
    """Delimiter, header, and how many lines stand before the first data row.

    ``wrapped`` says that each line stands in quotes as one cell, ``spaced`` that a space follows each delimiter.
    """

    delimiter: str
    header: list[str]
    skip: int
    wrapped: bool = False
    spaced: bool = False


def sniff(text: str) -> Dialect:
    r"""Find delimiter and header in the first lines: the line that holds most names of the synonyms wins.

    Examples
    --------
    >>> sniff("Laporan Maret\n\nTanggal;Isi;Suka\n2024-03-01;Halo;3\n")
    Dialect(delimiter=';', header=['Tanggal', 'Isi', 'Suka'], skip=3, wrapped=False, spaced=False)
    >>> sniff('"Tanggal,""Isi"",Suka"\n').header
    ['Tanggal', 'Isi', 'Suka']
    """
    lines = text.split("\n")[: _PREAMBLE + 1]
    best, best_score = Dialect(",", [], 1), (-1, 0, 0)
    for delimiter in DELIMITERS:
        for position, line in enumerate(lines):
            found = _header(line.removesuffix("\r"), delimiter, position + 1)
            known = len({fold_name(cell) for cell in found.header} & KNOWN_NAMES)
            # among lines without a known name, the first is the header and the longest split tells the delimiter
            score = (known, -position, len(found.header))
            if line.strip() and score > best_score:
                best, best_score = found, score
    return best


def _header(line: str, delimiter: str, skip: int) -> Dialect:
    """The line as a header."""
    fields = split_record(line, delimiter) or []
    wrapped = len(fields) == 1 and line.startswith('"') and delimiter in fields[0]
    if wrapped:
        fields = split_record(fields[0], delimiter) or []
    spaced = len(fields) > 1 and delimiter != "\t" and all(cell.startswith(" ") and cell.strip() for cell in fields[1:])
    if spaced:
        fields = split_record(re.sub(rf"(?<={re.escape(delimiter)}) +", "", line), delimiter) or fields
    return Dialect(delimiter, fields, skip, wrapped, spaced)


def unwrapped(block: bytes) -> bytes:
    r"""Lines without the quotes that made them one cell each.

    Examples
    --------
    >>> unwrapped(b'"1,""Halo, semua"",3"\n')
    b'1,"Halo, semua",3\n'
    """
    # doubled quotes are the line's own; a single one, alone or at the end of a run, is the wrapping
    return re.sub(rb'"+', lambda run: b'"' * (len(run[0]) // 2), block)


def unspaced(records: bytes, delimiter: str) -> bytes:
    r"""Records without the spaces behind delimiters that stand outside quotes; what is in quotes stays.

    Examples
    --------
    >>> unspaced(b'1, "Halo, semua", 3\n', ",")
    b'1,"Halo, semua",3\n'
    """
    d = re.escape(delimiter).encode()
    quoted = rb"(?:\A|(?<=[\n" + d + rb'])) *("(?:[^"]|"")*")(?= *(?:' + d + rb"|\r?\n|\Z))"
    opened = rb"(?<=" + d + rb') *("(?:[^"]|"")*)\Z'  # goes on in the next stretch
    bare = rb"(?<=" + d + rb') +(?=[^ "])'
    pattern = re.compile(quoted + rb"|" + opened + rb"|" + bare)
    return pattern.sub(lambda found: found[1] or found[2] or b"", records)
