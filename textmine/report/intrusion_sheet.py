"""The sheet of word intrusion that people fill in, the key that stays with the asker, and the sheets that come back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.errors import InputError
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.report.csvfiles import csv_bytes
from textmine.report.escape import neutralised
from textmine.report.filled import filled_cell, filled_rows, plain
from textmine.report.messages import translations
from textmine.store import translated_os_errors, write_json
from textmine.topics.intrusion import ITEMS_SCHEMA

KEY_FORMAT: Final = 1
_ITEM: Final = ("question", "soal")
_ANSWER: Final = ("answer", "jawaban")
_WORD: Final = re.compile(r"^(?:word|kata) (\d+)$")


def key_path(sheet: Path) -> Path:
    """Where the key of a sheet is kept: ``sheet.key.json`` beside ``sheet.csv``."""
    return sheet.with_name(f"{sheet.stem}.key.json")


def write_sheet(items: pl.DataFrame, path: str | Path, *, lang: Language = DEFAULT_LANGUAGE) -> Path:
    """Write questions without answers, and the key beside them.

    Parameters
    ----------
    items
        As :func:`textmine.topics.intrusion.intrusion_items` gives them.
    path
        ``.csv`` or ``.xlsx``.
    lang
        Of the heads and the instructions.

    Returns
    -------
    pathlib.Path
        The key. It holds the answers and a hash of the questions: a sheet is scored with its own key only.

    Raises
    ------
    InputError
        The file is to have another ending.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise InputError("a sheet is written as .csv or .xlsx", path=path)
    shown = items.with_columns(pl.col("words").list.eval(neutralised(pl.element())))
    table = _table(shown, lang)
    content = csv_bytes(table) if path.suffix.lower() == ".csv" else _workbook(table, lang)
    with translated_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows = shown.to_dicts()
        write_json(key_path(path), {"format": KEY_FORMAT, "questions": _digest(shown), "items": rows})
    return key_path(path)


def read_key(path: str | Path) -> pl.DataFrame:
    """Read the questions and answers of a key.

    Raises
    ------
    InputError
        It is missing, broken, or its hash is not that of its questions.
    """
    try:
        content: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        items = pl.DataFrame(content["items"], schema=ITEMS_SCHEMA)
        given = content["questions"]
    except FileNotFoundError as error:
        raise InputError("no such key; give it with --key", path=path) from error
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise InputError(f"is not the key of a sheet: {error}", path=path) from error
    if _digest(items) != given:
        raise InputError("the key was altered: its hash is not that of its questions", path=path)
    return items


def read_answers(paths: Sequence[str | Path], items: pl.DataFrame) -> pl.DataFrame:
    """Read filled sheets, one a person; the person is named after the file.

    Parameters
    ----------
    paths
        CSV or XLSX files, as :func:`write_sheet` made them, filled in. An answer is a place (1 to 6) or the word.
    items
        Questions of the key.

    Returns
    -------
    polars.DataFrame
        rater, item, answer; questions left empty are absent.

    Raises
    ------
    InputError
        A sheet does not hold the questions of the key, or an answer is neither place nor word; the row is named.
    """
    found = [_answers(Path(path), items) for path in paths]
    return pl.concat([pl.DataFrame(schema={"rater": pl.String, "item": pl.UInt32, "answer": pl.UInt32}), *found])


def _table(items: pl.DataFrame, lang: Language) -> pl.DataFrame:
    """Heads and cells of a sheet; nothing in it tells the topic or the intruder."""
    _ = translations(lang).gettext
    n = len(items["words"][0])
    words = [pl.col("words").list.get(i).alias(f"{_('word')} {i + 1}") for i in range(n)]
    empty = pl.lit(None, pl.String)
    return items.select(pl.col("item").alias(_("question")), *words, empty.alias(_("answer")), empty.alias(_("note")))


def _workbook(table: pl.DataFrame, lang: Language) -> bytes:
    from datetime import datetime

    from xlsxwriter import Workbook

    _ = translations(lang).gettext
    n = len(table.columns) - 3
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2020, 1, 1)})  # the same bytes every time
        sheet, head = book.add_worksheet(_("Questions")), book.add_format({"bold": True, "bottom": 2})
        text = _("All words but one belong together. Write the number (1 to %(n)s) of the one that does not.")
        sheet.write_string(0, 0, text % {"n": n}, book.add_format({"bold": True}))
        for column, name in enumerate(table.columns):
            sheet.write_string(1, column, name, head)
        for row, cells in enumerate(table.iter_rows(), start=2):
            sheet.write_number(row, 0, cells[0])
            for column, word in enumerate(cells[1 : n + 1], start=1):
                sheet.write_string(row, column, word)
        whole = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": n}
        sheet.data_validation(2, n + 1, len(table) + 1, n + 1, whole)
        sheet.set_column(1, n, 18)
        sheet.freeze_panes(2, 1)
    return stream.getvalue()


def _digest(items: pl.DataFrame) -> str:
    said = json.dumps(items.select("item", "words", "topic", "intruder").rows(), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _answers(path: Path, items: pl.DataFrame) -> pl.DataFrame:
    rows = filled_rows(path, _ITEM)
    words = dict(items.select("item", "words").iter_rows())
    found = []
    for number, row in enumerate(rows, start=1):
        item = _whole(filled_cell(row, _ITEM, path))
        if item not in words:
            raise InputError("is no question of the key", path=path, row=number, column=_ITEM[0], value=item)
        shown = [plain(cell) for name, cell in row.items() if _WORD.match(name)]
        if shown != [plain(word) for word in words[item]]:
            raise InputError(f"the words of question {item} are not those of the key", path=path, row=number)
        said = plain(filled_cell(row, _ANSWER, path))
        if said:
            found.append((path.stem, item, _place(said, shown, path, number)))
    return pl.DataFrame(found, schema={"rater": pl.String, "item": pl.UInt32, "answer": pl.UInt32}, orient="row")


def _whole(cell: str) -> int:
    text = cell.strip().removesuffix(".0")
    return int(text) if text.isdecimal() else -1


def _place(said: str, words: list[str], path: Path, row: int) -> int:
    if _whole(said) >= 0:
        place = _whole(said)
        if 1 <= place <= len(words):
            return place
    lowered = [word.lower() for word in words]
    if said.lower() in lowered:
        return lowered.index(said.lower()) + 1
    problem = f"{said!r} is neither a number from 1 to {len(words)} nor one of the words"
    raise InputError(problem, path=path, row=row, column=_ANSWER[0], value=said)
