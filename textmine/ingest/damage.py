"""Text that an earlier program damaged: Python bytes written out, and UTF-8 read in another encoding (mojibake).

Both are repaired only where the damage shows beyond doubt, and counted. Whole columns are looked at by one pattern
first, so that undamaged text, nearly all there is, costs a scan and no more.

References
----------
Speer, R. (2019). ftfy: fixes text for you. https://doi.org/10.5281/zenodo.2591652
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

import ftfy
import polars as pl
from ftfy.badness import is_bad

_LITERAL: Final = r"""(?s)^\s*b(?:'.*'|".*")\s*$"""

_SUSPECT: Final = r"[\x{80}-\x{25ff}]{2}|Ã "
"""Two characters side by side that are neither ASCII nor emoji nor East Asian: every byte of UTF-8 beyond ASCII has
such a neighbour once it was read as Latin-1, Windows-1250 to 1252, Mac Roman or a code page of DOS."""

_CUT: Final = 200_000
"""Characters above which text is left alone: no caption is as long, and ftfy's time grows with the length."""


def decoded_literals(text: pl.Series) -> tuple[pl.Series, int]:
    r"""Decode cells that hold Python bytes as a program printed them.

    Parameters
    ----------
    text
        Cells, shape (n_rows,).

    Returns
    -------
    tuple
        The cells, and how many were decoded. A cell that is no literal, or no UTF-8, stays as it is.

    Examples
    --------
    >>> decoded_literals(pl.Series([r"b'Selamat \xf0\x9f\x8e\x89'", "b'aja"]))[0].to_list()
    ['Selamat 🎉', "b'aja"]
    """
    return _mended(text, _LITERAL, _from_literal)


def without_mojibake(text: pl.Series) -> tuple[pl.Series, int]:
    """Repair text that was UTF-8 and was read as something else, perhaps twice.

    Parameters
    ----------
    text
        Cells, shape (n_rows,).

    Returns
    -------
    tuple
        The cells, and how many were repaired. Text in which ftfy's badness sees nothing stays as it is, and so do
        curly quotes, width and entities everywhere: only the encoding is repaired.

    Examples
    --------
    >>> without_mojibake(pl.Series(["Hari Kartini â€“ semangat!", "café – ½ m²"]))[0].to_list()
    ['Hari Kartini – semangat!', 'café – ½ m²']
    """
    return _mended(text, _SUSPECT, _from_mojibake)


def _mended(text: pl.Series, suspect: str, mend: Callable[[str], str]) -> tuple[pl.Series, int]:
    where = text.str.contains(suspect).fill_null(False)
    if not where.any():
        return text, 0
    old = text.filter(where)
    new = pl.Series(text.name, [mend(cell) for cell in old], pl.String)
    return text.scatter(where.arg_true(), new), int((old != new).sum())


def _from_literal(cell: str) -> str:
    try:
        value = ast.literal_eval(cell.strip())
        return value.decode("utf-8") if isinstance(value, bytes) else cell
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return cell


def _from_mojibake(cell: str) -> str:
    return ftfy.fix_encoding(cell) if len(cell) <= _CUT and is_bad(cell) else cell
