"""A page that shows how numbers of topics score: one small line a score, and the table under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from textmine.atomic import translated_os_errors, write_file
from textmine.numbers import Formats
from textmine.report.charts import nice_ticks
from textmine.report.html import content_hash, page_templates
from textmine.store import Workspace

HEIGHT: Final = 90
"""Pixels of one line's area."""

_SCORES: Final = {
    "score": "Score: NPMI × diversity × stability",
    "npmi": "NPMI of the ten first words, held-out posts",
    "diversity": "Diversity: unique words among the 25 first",
    "stability": "Stability over draws of the posts",
    "c_v": "C_V, held-out posts: its authors now advise against it",
}


@dataclass(frozen=True)
class Line:
    """One score over the numbers of topics.

    ``path`` draws it in a view box 100 wide and ``HEIGHT`` high; ``dots`` are percent across and pixels down of each
    number, with its text; ``ticks`` are pixels down and text of the scale.
    """

    title: str
    path: str
    dots: tuple[tuple[float, float, str, bool], ...]
    ticks: tuple[tuple[float, str], ...]


def score_line(numbers: Sequence[int], values: Sequence[float], chosen: int, *, title: str, formats: Formats) -> Line:
    """Geometry of one score.

    Parameters
    ----------
    numbers, values
        Numbers of topics, rising, and the score of each; below 0 is drawn at 0.
    chosen
        Number that is marked.
    title, formats
        Text above the line, formats of its figures.
    """
    ticks = nice_ticks(max(*values, 0.0), most=3)
    top = ticks[-1]
    down = [round(HEIGHT * (1 - max(value, 0.0) / top), 2) for value in values]
    span = max(numbers[-1] - numbers[0], 1)
    across = [round(4 + 92 * (number - numbers[0]) / span, 3) for number in numbers]
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in zip(across, down, strict=True))
    dots = tuple(
        (x, y, formats.fixed(value, 2), number == chosen)
        for x, y, value, number in zip(across, down, values, numbers, strict=True)
    )
    scale = tuple((round(HEIGHT * (1 - tick / top), 2), formats.decimal(tick, 2)) for tick in ticks)
    return Line(title, path, dots, scale)


def topic_numbers_page(selection: pl.DataFrame, *, simulated: bool) -> str:
    """Page of the scores of numbers of topics.

    Parameters
    ----------
    selection
        ``topic_selection.parquet``, at least one row.
    simulated
        Whether the page says that the data are simulated.
    """
    formats = Formats.of("en")
    numbers = selection["n_topics"].to_list()
    chosen = int(selection.filter("chosen")["n_topics"].item())
    lines = [
        score_line(numbers, selection[name].to_list(), chosen, title=title, formats=formats)
        for name, title in _SCORES.items()
    ]
    environment = page_templates("en", formats)
    style = environment.get_template("topic_numbers.css.j2").render()
    return environment.get_template("topic_numbers.html.j2").render(
        style=style,
        style_hash=content_hash(style),
        simulated=simulated,
        lines=lines,
        height=HEIGHT,
        numbers=list(zip(numbers, [dot[0] for dot in lines[0].dots], strict=True)),
        chosen=chosen,
        names=list(_SCORES),
        rows=[[formats.fixed(row[name], 3) for name in _SCORES] for row in selection.iter_rows(named=True)],
    )


def write_topic_numbers(workspace: Workspace, path: Path) -> None:
    """Write the page of the last ``textmine topics -k LEAST..MOST``."""
    selection = workspace.scan("topic_selection.parquet", made_by="topics").collect()
    with translated_os_errors(path):
        write_file(path, topic_numbers_page(selection, simulated=workspace.simulated))
