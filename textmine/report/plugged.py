"""Sections that other packages add to reports: asked for agency by agency, checked, and freed of what hides in text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from textmine.locales import Language
from textmine.plaintext import plain
from textmine.plugins import (
    Block,
    Bullets,
    Paragraph,
    Plugin,
    Section,
    SectionOfAgency,
    Table,
    report_sections,
)
from textmine.report.content import AddedSection
from textmine.store import Workspace


class WorkspaceTables:
    """What a section may read of a workspace; :class:`textmine.plugins.ReportTables`.

    Parameters
    ----------
    workspace
        The workspace.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def has(self, stage: str) -> bool:
        """Whether a stage was run."""
        return self._workspace.manifest(stage) is not None

    def scan(self, name: str, *, made_by: str) -> pl.LazyFrame:
        """An output of a stage."""
        return self._workspace.scan(name, made_by=made_by)

    def register(self) -> pl.DataFrame | None:
        """The register of agencies, or None."""
        return self._workspace.register()


def open_sections(workspace: Workspace, language: Language) -> Callable[[str], tuple[AddedSection, ...]]:
    """Prepare the sections of all plug-ins.

    Parameters
    ----------
    workspace
        Whose reports are written.
    language
        Of the reports.

    Returns
    -------
    callable
        Sections of an agency, by its key, in the order of the plug-ins' names.

    Raises
    ------
    PluginError
        One of them fails or does not keep to its contract; its package is named.
    """
    tables = WorkspaceTables(workspace)
    opened: list[tuple[Plugin, SectionOfAgency]] = []
    for plugin, prepares in report_sections():
        with plugin.blamed("preparing the section"):
            section = prepares(tables, language=language)
        if not callable(section):
            raise plugin.error("must give a function of an agency's key; see docs/plugins.md")
        opened.append((plugin, section))
    return lambda agency: tuple(_sections(opened, agency))


def _sections(opened: Sequence[tuple[Plugin, SectionOfAgency]], agency: str) -> list[AddedSection]:
    found = []
    for plugin, section in opened:
        with plugin.blamed(f"the section of {agency}"):
            content = section(agency)
        if content is not None:
            if not isinstance(content, Section):
                raise plugin.error(f"must give a Section or None (it gave {type(content).__name__})")
            with plugin.blamed(f"the blocks of the section of {agency}"):  # lists may be no lists, or fail halfway
                blocks = tuple(_block(plugin, each) for each in content.blocks)
            found.append(AddedSection(Section(_text(plugin, content.title), blocks), plugin.label))
    return found


def _block(plugin: Plugin, block: object) -> Block:
    match block:
        case Paragraph(text):
            return Paragraph(_text(plugin, text))
        case Bullets(items):
            return Bullets(tuple(_text(plugin, item) for item in items))
        case Table(head, rows, text_columns):
            lines = [tuple(_text(plugin, cell) for cell in line) for line in (head, *rows)]
            if not head or any(len(line) != len(head) for line in lines):
                raise plugin.error(f"a table has {len(head)} columns and rows of another length")
            return Table(lines[0], tuple(lines[1:]), text_columns)
    raise plugin.error(f"a section holds Paragraph, Bullets and Table, not {type(block).__name__}")


def _text(plugin: Plugin, text: object) -> str:
    if not isinstance(text, str):
        raise plugin.error(f"a section holds text, not {type(text).__name__} ({text!r})")
    return plain(text)
