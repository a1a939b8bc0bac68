"""Writes the page of two groups."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from textmine.atomic import translated_os_errors, write_file
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.numbers import Formats
from textmine.report.comparison import compare
from textmine.report.html import Pages


def write_comparison(
    table: pl.DataFrame,
    path: str | Path,
    *,
    lang: Language = DEFAULT_LANGUAGE,
    names: Mapping[str, str] | None = None,
    level: float = 0.05,
    simulated: bool = False,
) -> Path:
    """Write a page that compares two groups: a picture, its data and how to read it, in one file that opens offline.

    Parameters
    ----------
    table
        Of :func:`textmine.key_terms` for two groups, with ``direction="both"`` and ``top=None``.
    path
        The file; an old one is replaced.
    lang
        ``id`` or ``en``.
    names
        Names of groups to show in place of their keys.
    level
        The false discovery rate of ``table``.
    simulated
        Whether the page says that its data are simulated.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    ValueError
        The table does not hold two groups.
    """
    target = Path(path)
    content = compare(table, formats=Formats.of(lang), names=names, level=level)
    with translated_os_errors(target):
        write_file(target, Pages(lang, simulated=simulated).comparison(content))
    return target
