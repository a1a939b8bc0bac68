"""Sheets for judges who work in a spreadsheet: one a judge, blind; and the filled ones that come back."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import polars as pl

from textmine.errors import InputError
from textmine.labels.tasks import LabelTasks
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.report.csvfiles import csv_bytes
from textmine.report.escape import neutralised
from textmine.report.filled import filled_cell, filled_rows, plain
from textmine.report.messages import translations
from textmine.store import translated_os_errors

_TASK: Final = ("task", "tugas")
_LABEL: Final = ("label",)
_NOTE: Final = ("note", "catatan")
_JUDGE: Final = ("judge", "juri")
_SKIPS: Final = frozenset({"-", "?", "skip", "lewati"})
_LONGEST: Final = 32_000
"""Characters that a spreadsheet takes in a cell, with some to spare."""

Ending = Literal["csv", "xlsx"]


def write_label_sheets(
    tasks: LabelTasks,
    directory: str | Path,
    *,
    judges: Sequence[str] | None = None,
    ending: Ending = "xlsx",
    lang: Language = DEFAULT_LANGUAGE,
) -> list[Path]:
    """Write a sheet for each judge: their posts in their own order, with an empty column for the label.

    Parameters
    ----------
    tasks
        The chosen posts.
    directory
        Folder to write into; sheets of the same name are replaced.
    judges
        Whose sheets; all if None.
    ending
        ``"xlsx"`` or ``"csv"``.
    lang
        Of the heads and the instructions.

    Returns
    -------
    list of pathlib.Path
        ``ani.xlsx`` and so on.

    Raises
    ------
    InputError
        There is no such judge.
    """
    folder, paths = Path(directory), []
    for judge in tasks.judges if judges is None else judges:
        table = _table(tasks.of(judge), judge, lang)
        content = csv_bytes(table) if ending == "csv" else _workbook(table, tasks.classes, lang)
        path = folder / f"{judge}.{ending}"
        with translated_os_errors(path):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        paths.append(path)
    return paths


def read_label_sheets(paths: Sequence[str | Path], tasks: LabelTasks) -> pl.DataFrame:
    """Read filled sheets.

    Parameters
    ----------
    paths
        CSV or XLSX files that :func:`write_label_sheets` made, filled in. A label is a class or its number, counted
        from the best; ``-`` passes over a post; empty cells say nothing.
    tasks
        The chosen posts.

    Returns
    -------
    polars.DataFrame
        platform, post_id, judge, action, label, note and source, as :func:`textmine.labels.add_votes` takes them.

    Raises
    ------
    InputError
        A task or a judge is not known, a label is none, or a post stands twice in a sheet; row and column are named.
    """
    found = [_votes(Path(path), tasks) for path in paths]
    names = ("platform", "post_id", "judge", "action", "label", "note", "source")
    return pl.concat([pl.DataFrame(schema=dict.fromkeys(names, pl.String)), *found])


def _table(posts: pl.DataFrame, judge: str, lang: Language) -> pl.DataFrame:
    _ = translations(lang).gettext
    empty = pl.lit(None, pl.String)
    return posts.select(
        pl.col("task").alias(_("task")),
        pl.col("platform").cast(pl.String),
        pl.col("media_type").cast(pl.String).replace("unknown", "").alias(_("medium")),
        neutralised(pl.col("text")).str.head(_LONGEST).alias(_("text")),
        empty.alias(_("label")),
        empty.alias(_("note")),
        pl.lit(judge).alias(_("judge")),
    )


def _workbook(table: pl.DataFrame, classes: Sequence[str], lang: Language) -> bytes:
    from datetime import datetime

    from xlsxwriter import Workbook

    _ = translations(lang).gettext
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2020, 1, 1)})  # the same bytes every time
        sheet, head = book.add_worksheet(_("Posts to judge")), book.add_format({"bold": True, "bottom": 2})
        text = _("Write one label a post: %(classes)s. Write - where you cannot judge. Do not alter the other columns.")
        sheet.write_string(0, 0, text % {"classes": ", ".join(classes)}, book.add_format({"bold": True}))
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        top = book.add_format({"valign": "top"})
        for column, name in enumerate(table.columns):
            sheet.write_string(1, column, name, head)
        for row, cells in enumerate(table.iter_rows(), start=2):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(row, column, cell, wrapped if column == 3 else top)
        allowed = {"validate": "list", "source": [*classes, "-"], "error_type": "warning"}
        sheet.data_validation(2, 4, len(table) + 1, 4, allowed)
        for column, width in enumerate((11, 11, 11, 90, 12, 30, 12)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(2, 0)
    return stream.getvalue()


def _votes(path: Path, tasks: LabelTasks) -> pl.DataFrame:
    keys = {
        task: (platform, post_id)
        for task, platform, post_id in tasks.posts.select("task", pl.col("platform").cast(pl.String), "post_id").rows()
    }
    own = {judge: frozenset(tasks.of(judge)["task"]) for judge in tasks.judges}
    rows, seen = [], set()
    for number, row in enumerate(filled_rows(path, _TASK), start=1):
        task, judge = plain(filled_cell(row, _TASK, path)), plain(filled_cell(row, _JUDGE, path))
        if task not in keys:
            problem = f"{task!r} is none of the posts that were chosen here"
            raise InputError(problem, path=path, row=number, column=_TASK[0], value=task)
        if judge not in own:
            problem = f"{judge!r} is no judge here; there are {', '.join(tasks.judges)}"
            raise InputError(problem, path=path, row=number, column=_JUDGE[0], value=judge)
        if task not in own[judge] or (judge, task) in seen:
            problem = f"post {task} stands twice" if (judge, task) in seen else f"post {task} is not one of {judge}'s"
            raise InputError(problem, path=path, row=number, column=_TASK[0], value=task)
        seen.add((judge, task))
        said = plain(filled_cell(row, _LABEL, path))
        note = plain(filled_cell(row, _NOTE, path)) or None
        if said:
            label = None if said.casefold() in _SKIPS else _label(said, tasks.classes, path, number)
            rows.append((*keys[task], judge, "skip" if label is None else "vote", label, note, path.name))
    names = ("platform", "post_id", "judge", "action", "label", "note", "source")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _label(said: str, classes: Sequence[str], path: Path, row: int) -> str:
    folded = {name.casefold(): name for name in classes}
    number = said.removesuffix(".0")
    if said.casefold() in folded:
        return folded[said.casefold()]
    if number.isdecimal() and 1 <= int(number) <= len(classes):
        return classes[int(number) - 1]
    problem = f"{said!r} is no label; write {', '.join(classes)}, or - where you cannot judge"
    raise InputError(problem, path=path, row=row, column=_LABEL[0], value=said)
