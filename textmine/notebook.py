"""Small tables for notebooks: escaped, without a resource from elsewhere, and no longer than a screen."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

import polars as pl

from textmine.plaintext import plain

ROWS: Final = 12
"""Rows that are shown; a line below says how many there are."""
_LONGEST: Final = 160
"""Characters of a cell."""


class Done(Protocol):
    """A stage that was run, such as a manifest."""

    @property
    def stage(self) -> str:
        """Its name."""
        ...

    @property
    def rows(self) -> Mapping[str, int]:
        """What it counted."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...


def table_html(frame: pl.DataFrame, *, title: str, note: str = "", simulated: bool = False, rows: int = ROWS) -> str:
    """A frame as an HTML table for a notebook.

    Parameters
    ----------
    frame
        Any columns; lists are joined, null is a dash.
    title, note
        Above and below, as text.
    simulated
        Whether it is said that the data are simulated.
    rows
        Rows at most.

    Examples
    --------
    >>> print(table_html(pl.DataFrame({"word": ["<b>"], "posts": [1200]}), title="Words"))
    <div class="textmine"><table><caption style="caption-side:top;text-align:left"><b>Words</b></caption>
    <thead><tr><th>word</th><th style="text-align:right">posts</th></tr></thead>
    <tbody>
    <tr><td style="text-align:left">&lt;b&gt;</td><td style="text-align:right">1,200</td></tr>
    </tbody></table></div>
    """
    sides = ["right" if dtype.is_numeric() else "left" for dtype in frame.dtypes]
    head = "".join(
        f"<th>{_safe(name)}</th>" if side == "left" else f'<th style="text-align:right">{_safe(name)}</th>'
        for name, side in zip(frame.columns, sides, strict=True)
    )
    lines = [
        "".join(f'<td style="text-align:{side}">{_cell(cell)}</td>' for cell, side in zip(row, sides, strict=True))
        for row in frame.head(rows).iter_rows()
    ]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    said = [note] if note else []
    said += [f"{rows} of {frame.height:,} rows"] if frame.height > rows else []
    below = f"\n<p>{_safe('; '.join(said))}</p>" if said else ""
    warned = "<p><b>SIMULATED DATA</b></p>\n" if simulated else ""
    caption = f'<caption style="caption-side:top;text-align:left"><b>{_safe(title)}</b></caption>'
    return (
        f'<div class="textmine">{warned}<table>{caption}\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>{below}</div>"
    )


def stages_html(stages: Iterable[Done], *, title: str, note: str = "", simulated: bool = False) -> str:
    """Stages with what they counted and how long they took, all of them."""
    rows = [(each.stage, _counted(each.rows), each.seconds) for each in stages]
    frame = pl.DataFrame(rows, schema={"stage": pl.String, "counted": pl.String, "seconds": pl.Float64}, orient="row")
    return table_html(frame, title=title, note=note, simulated=simulated, rows=max(len(rows), 1))


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in rows.items())


def _safe(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return html.escape(plain(short))


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"
    if isinstance(value, list | pl.Series):
        return _safe(", ".join(map(str, value)))
    return _safe(str(value))
