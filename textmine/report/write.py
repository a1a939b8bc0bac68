"""Write a keyword report for each agency, and an index page over all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import polars as pl

from textmine.atomic import translated_os_errors, write_file
from textmine.engines import Engine
from textmine.errors import refuse_unknown
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.report.agency_files import AgencyFiles
from textmine.report.award_content import AwardContent, standings_of
from textmine.report.award_markdown import award_documents, markdown_name
from textmine.report.award_pages import award_pages
from textmine.report.award_workbook import AwardWorkbooks
from textmine.report.awards import award_frame, gather_awards
from textmine.report.compose import Composer
from textmine.report.content import Agency, Overview
from textmine.report.csvfiles import csv_bytes
from textmine.report.hashtag_page import write_hashtag_page
from textmine.report.html import IndexRow, Pages
from textmine.report.markdown import Markdowns
from textmine.report.messages import translations
from textmine.report.plugged import open_sections
from textmine.report.ranking_page import write_ranking_page
from textmine.report.tables import gather
from textmine.store import Workspace

Format = Literal["html", "xlsx", "csv", "md"]
FORMATS: Final[tuple[Format, ...]] = ("html", "xlsx", "csv", "md")
DEFAULT_FORMATS: Final[tuple[Format, ...]] = ("html", "xlsx", "csv")

INDEX: Final = "index.html"
INDEX_TEXT: Final = "index.md"
INDEX_TABLE: Final = "agencies.csv"
TOPICS_PAGE: Final = "topics.html"
HASHTAGS_PAGE: Final = "hashtags.html"


@dataclass(frozen=True)
class ReportResult:
    """What was written.

    ``index`` is the page over all agencies (``index.md`` or the table ``agencies.csv`` when no pages were asked for);
    ``reports`` holds one path an agency, in the index's order: its page, or its folder when no pages were asked for.
    """

    index: Path
    reports: tuple[Path, ...]
    seconds: float


def write_reports(
    workspace: Workspace,
    directory: Path,
    *,
    lang: Language = DEFAULT_LANGUAGE,
    formats: Collection[Format] = DEFAULT_FORMATS,
    agencies: Collection[str] | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ReportResult:
    """Write the reports of a workspace.

    Each agency has a folder ``DIRECTORY/<slug>/`` with ``<slug>.html``, ``<slug>.xlsx``, ``keywords.csv``,
    ``hashtags.csv`` and ``topics.csv``: it can be mailed whole, and the page alone as well. ``DIRECTORY/index.html``
    leads to all of them, to ``topics.html``, where ``textmine hashtags`` has run to ``hashtags.html``, and where
    ``textmine rank`` has run to ``award-NAME.html`` and from there to a page for each category. The same workspace
    gives the same bytes.

    Parameters
    ----------
    workspace
        With posts and keywords by agency, and topics if the reports are to show them.
    directory
        Where to write; made if it does not exist. Files of the same name are replaced, others are left.
    lang
        ``"id"`` for Bahasa Indonesia, ``"en"`` for English.
    formats
        Which of ``"html"``, ``"xlsx"``, ``"csv"`` and ``"md"`` (Markdown).
    agencies
        Keys of the agencies (or accounts without agency) to report; all of them by default. What they are compared
        with stays the same.
    engine
        Where the figures of posts are added up; in this process if None.
    progress
        Called with reports written and reports in all.

    Returns
    -------
    ReportResult
        Paths and wall-clock seconds.

    Raises
    ------
    WorkspaceError
        A stage is missing, or the disk is full or not writable.
    AgencyError
        One of ``agencies`` has no posts in the workspace.
    ValueError
        A format or language that does not exist, or no format at all.
    """
    started = time.perf_counter()
    unknown = set(formats) - set(FORMATS)
    if unknown or not formats:
        raise ValueError(f"formats must be some of {', '.join(FORMATS)}, not {', '.join(sorted(unknown)) or 'none'}")
    messages = translations(lang)
    tables = gather(workspace, engine=engine)
    composer = Composer(tables)
    groups = _chosen(composer.groups, agencies)
    writer = _Writer(Path(directory), lang, formats, messages.gettext, simulated=tables.simulated)
    overview = composer.overview(groups)
    linked = {group: composer.page(group) for group in groups} if "html" in formats else {}
    awards = gather_awards(workspace, lang, names=composer.names, pages=linked)
    standings = standings_of(awards)
    files = AgencyFiles(
        lang,
        frozenset(formats),
        tables.simulated,
        overview.ingest,
        has_topics=tables.has_topics,
        has_awards=bool(awards),
        alone=len(composer.groups) <= 1,
    )
    sections = open_sections(workspace, lang)
    reports: list[Path] = []
    rows: list[IndexRow] = []
    slugs: list[str] = []

    def agencies_of() -> Iterator[Agency]:
        for group in groups:
            agency = replace(composer.agency(group), standings=standings.get(group, ()), sections=sections(group))
            rows.append(writer.pages.index_row(agency, path=composer.page(group), weekly=overview.weekly[group]))
            slugs.append(agency.slug)
            yield agency

    with translated_os_errors(Path(directory)):
        for done, made in enumerate(files.of_all(agencies_of(), n_agencies=len(groups)), start=1):
            reports.append(writer.agency(slugs[done - 1], made))
            if progress is not None:
                progress(done, len(groups))
        pages = _pages(workspace, Path(directory), lang) if "html" in formats else []
        for award in awards:
            writer.award(award)
            if award.charts is not None and "html" in formats:
                write_ranking_page(workspace, award.name, Path(directory) / award.charts, lang=lang)
        index = writer.index(overview, rows, pages, awards)
    return ReportResult(index, tuple(reports), round(time.perf_counter() - started, 3))


class _Writer:
    """Puts files of agencies and awards, and at last the index, into the directory."""

    def __init__(
        self,
        directory: Path,
        language: Language,
        formats: Collection[Format],
        translate: Callable[[str], str],
        *,
        simulated: bool,
    ) -> None:
        self._directory = directory
        self._formats = formats
        self._notice = translate("SIMULATED DATA") if simulated else None
        self.pages = Pages(language, simulated=simulated)
        self._documents = Markdowns(language, simulated=simulated)
        self._award_workbooks = AwardWorkbooks(language, simulated=simulated)

    def agency(self, slug: str, files: Mapping[str, bytes]) -> Path:
        folder = self._directory / slug
        for name, content in files.items():
            write_file(folder / name, content)
        return folder / f"{slug}.html" if "html" in self._formats else folder

    def award(self, award: AwardContent) -> None:
        table = f"{Path(award.page).stem}.csv"
        if "csv" in self._formats:
            write_file(self._directory / table, csv_bytes(award_frame(award), notice=self._notice))
        book = f"{Path(award.page).stem}.xlsx"
        if "xlsx" in self._formats:
            write_file(self._directory / book, self._award_workbooks.workbook(award))
        if "html" in self._formats:
            beside = (("xlsx", book), ("csv", table))
            tables = [name for format, name in beside if format in self._formats]
            for name, page in award_pages(self.pages, award, tables=tables):
                write_file(self._directory / name, page)
        if "md" in self._formats:
            for name, text in award_documents(self._documents, award):
                write_file(self._directory / name, text)

    def index(
        self, overview: Overview, rows: Sequence[IndexRow], pages: Sequence[str], awards: Sequence[AwardContent]
    ) -> Path:
        if "csv" in self._formats:
            write_file(self._directory / INDEX_TABLE, csv_bytes(_index_frame(rows), notice=self._notice))
        if "md" in self._formats:
            reports = [(row.name, markdown_name(row.path), row.posts) for row in rows]
            text = self._documents.index(overview, reports, [(a.title, markdown_name(a.page)) for a in awards])
            write_file(self._directory / INDEX_TEXT, text)
        if "html" not in self._formats:
            if "md" in self._formats:
                return self._directory / INDEX_TEXT
            return self._directory / INDEX_TABLE if "csv" in self._formats else self._directory
        tables = [INDEX_TABLE] if "csv" in self._formats else []
        write_file(self._directory / INDEX, self.pages.index(overview, rows, tables=tables, pages=pages, awards=awards))
        return self._directory / INDEX


def _pages(workspace: Workspace, directory: Path, lang: Language) -> list[str]:
    """Write the pages over all posts whose stages are up to date; returns their names."""
    from textmine.report.topics_page import write_topics_page  # loads scikit-learn, which takes a second

    pages = []
    for stage, name, write in (
        ("topics", TOPICS_PAGE, write_topics_page),
        ("hashtags", HASHTAGS_PAGE, write_hashtag_page),
    ):
        if workspace.is_current(stage, "ingest", "matrix"):
            write(workspace, directory / name, lang=lang)
            pages.append(name)
    return pages


def _chosen(groups: list[str], agencies: Collection[str] | None) -> list[str]:
    if agencies is None:
        return groups
    refuse_unknown(agencies, groups, "has no posts in this workspace")
    return [group for group in groups if group in set(agencies)]


def _index_frame(rows: Sequence[IndexRow]) -> pl.DataFrame:
    """One row an agency: what the index page shows."""
    return pl.DataFrame(
        {
            "agency_name": [row.name for row in rows],
            "cluster": pl.Series([row.cluster for row in rows], dtype=pl.String),
            "in_register": [row.registered for row in rows],
            "posts": [row.posts for row in rows],
            "posts_a_week": [row.posts_a_week for row in rows],
            "largest_audience": pl.Series([row.followers for row in rows], dtype=pl.UInt64),
            "median_interactions_a_post": pl.Series([row.median_interactions for row in rows], dtype=pl.Float64),
            "most_distinctive_words": [", ".join(row.words) for row in rows],
            "folder": [row.path.partition("/")[0] for row in rows],
        }
    )
