"""A document of headings, paragraphs, tables and lines to sign, as Markdown and as PDF.

Names and notes are hostile: in Markdown every character that could be markup is escaped; to Typst the document goes as
JSON that a fixed template shows as text, so that nothing in it is ever read as markup or code.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from textmine.errors import MissingExtraError
from textmine.report.escape import neutralised

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_LIST_START: Final = re.compile(r"^(\d*)([-+=.)])")
_LONG_RUN: Final = re.compile(r"(\S{20})(?=[0-9A-Za-z]{4})")
_LINE: Final = "_" * 28


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``strong`` for what must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Labels with values, one a line; ``mono`` for hashes."""

    pairs: tuple[tuple[str, str], ...]
    mono: bool = False


@dataclass(frozen=True)
class Table:
    """A table; ``numeric`` says which columns stand to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True)
class Signatures:
    """Place and date, and a line to sign for each: role, name, institution."""

    above: str
    people: tuple[tuple[str, str, str], ...]


Block = Heading | Paragraph | Bullets | Facts | Table | Signatures


@dataclass(frozen=True)
class Document:
    """A document; whatever text goes in is cleaned.

    Parameters
    ----------
    title, subtitle, footer
        As printed.
    language
        ISO 639-1.
    blocks
        In their order.
    """

    title: str
    subtitle: str
    footer: str
    language: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        for name in ("title", "subtitle", "footer", "blocks"):
            object.__setattr__(self, name, _clean(getattr(self, name)))


@lru_cache(maxsize=4096)
def cleaned(text: str) -> str:
    r"""Text on one line without terminal codes and characters that hide or reorder it.

    Examples
    --------
    >>> cleaned("akta\u202egpj.exe\nbaru")
    'aktagpj.exe baru'
    """
    plain = pl.DataFrame({"text": [text]}).select(neutralised(pl.col("text"))).item()
    return " ".join(str(plain).split())


def _clean(value: object) -> object:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, tuple):
        return tuple(_clean(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes: dict[str, Any] = {field.name: _clean(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **changes)
    return value


def markdown(document: Document) -> str:
    """The document as Markdown."""
    parts = [f"# {_escaped(document.title)}", f"**{_escaped(document.subtitle)}**"]
    parts += [_markdown_block(block) for block in document.blocks]
    return "\n\n".join([*parts, f"*{_escaped(document.footer)}*"]) + "\n"


def pdf(document: Document, *, day: dt.date | None = None, fonts: Sequence[str | Path] = ()) -> bytes:
    """The document as PDF, A4; the same document gives the same bytes.

    Parameters
    ----------
    document
        Any.
    day
        Written into the file as its date, so that the clock is not.
    fonts
        Folders with further fonts. Latin text is set in a font that comes with Typst; for other scripts and emoji a
        font of the system or of these folders is taken, and where none has a character an empty box stands for it.

    Raises
    ------
    MissingExtraError
        The package ``typst`` is not installed.
    """
    return bytes(_compiled(document, "pdf", day, fonts)[0])


def pages(document: Document, *, resolution: int = 100, fonts: Sequence[str | Path] = ()) -> list[bytes]:
    """Pages of the PDF as PNG pictures, for a look."""
    return _compiled(document, "png", None, fonts, ppi=float(resolution))


def _compiled(
    document: Document,
    kind: Literal["pdf", "png"],
    day: dt.date | None,
    fonts: Sequence[str | Path],
    ppi: float | None = None,
) -> list[bytes]:
    try:
        import typst
    except ImportError as error:
        raise MissingExtraError("judging", package="typst") from error

    template = (files("textmine.judging") / "templates" / "document.typ").read_bytes()
    found = typst.compile(
        template,
        format=kind,
        ppi=ppi,
        font_paths=typst.Fonts(font_paths=[str(folder) for folder in fonts]),
        sys_inputs={"document": json.dumps(_data(document, day), ensure_ascii=False)},
        timestamp=0,
    )
    assert found is not None  # noqa: S101 - None only where an output file is named
    return found if isinstance(found, list) else [found]


def _data(document: Document, day: dt.date | None = None) -> dict[str, object]:
    """The document for the template, with places to break in long runs of letters."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in document.blocks]
    broken = json.loads(json.dumps(blocks), object_hook=_breakable)
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "footer": document.footer,
        "language": document.language,
        "day": None if day is None else [day.year, day.month, day.day],
        "blocks": broken,
    }


def _breakable(block: dict[str, object]) -> dict[str, object]:
    return block if block.get("mono") else {key: _broken(value) for key, value in block.items()}


def _broken(value: object) -> object:
    if isinstance(value, str):
        return _LONG_RUN.sub("\\1\u200b", value)
    return [_broken(item) for item in value] if isinstance(value, list) else value


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _line(text: str) -> str:
    """Text at the start of a line, where a number with a point or a dash would start a list."""
    return _LIST_START.sub(r"\1\\\2", _escaped(text))


def _markdown_block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * (block.level + 1)} {_escaped(block.text)}"
    if isinstance(block, Paragraph):
        return f"**{_escaped(block.text)}**" if block.strong else _line(block.text)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_line(item)}" for item in block.items)
    if isinstance(block, Facts):
        quote = "`" if block.mono else ""
        return "\n".join(f"- {_line(name)}: {quote}{_escaped(value)}{quote}" for name, value in block.pairs)
    if isinstance(block, Table):
        return _markdown_table(block)
    rows = tuple((role, name, institution, _LINE) for role, name, institution in block.people)
    lines = [_row((_escaped(role), _escaped(name), _escaped(where), line)) for role, name, where, line in rows]
    return "\n".join([_line(block.above), "", "| | | | |", "|---|---|---|---|", *lines])


def _markdown_table(table: Table) -> str:
    ruler = "|" + "|".join("---:" if number else "---" for number in table.numeric) + "|"
    heads = _row([_escaped(head) for head in table.heads])
    return "\n".join([heads, ruler, *(_row([_escaped(cell) for cell in row]) for row in table.rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
