"""The files of agencies' reports: made here, or for many agencies by a process for each core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from textmine.locales import Language
from textmine.report.content import Agency
from textmine.report.csvfiles import csv_bytes, csv_files
from textmine.report.html import Pages
from textmine.report.markdown import Markdowns
from textmine.report.messages import translations
from textmine.report.response_sheets import ResponseSheets
from textmine.report.spreadsheet import Workbooks

_AGENCIES_A_PROCESS: Final = 30
"""Agencies that make a process worth its start, which takes two seconds."""
_MOST_PROCESSES: Final = 8


@dataclass(frozen=True)
class AgencyFiles:
    """Makes the files of one agency after another.

    Parameters
    ----------
    language, formats, simulated
        As for :func:`textmine.report.write_reports`.
    ingest
        Counts of the ingest.
    has_topics, has_awards, alone
        Whether there are pages of topics and of awards to link to, and whether there is one agency only.
    """

    language: Language
    formats: frozenset[str]
    simulated: bool
    ingest: Mapping[str, int]
    has_topics: bool
    has_awards: bool
    alone: bool

    def of(self, agency: Agency) -> dict[str, bytes]:
        """Content of each file by its name."""
        tools = _tools(self.language, self.simulated)
        files: dict[str, bytes] = {}
        if "xlsx" in self.formats:
            also = tools.sheets.sheets(agency)
            files[f"{agency.slug}.xlsx"] = tools.workbooks.workbook(agency, ingest=self.ingest, also=also)
        if "csv" in self.formats:
            files |= csv_files(agency, notice=tools.notice)
            more = tools.sheets.csv_frames(agency)
            files |= {name: csv_bytes(frame, notice=tools.notice) for name, frame in more.items()}
        if "md" in self.formats:
            files[f"{agency.slug}.md"] = tools.documents.agency(agency, ingest=self.ingest).encode()
        if "html" in self.formats:
            page = tools.pages.agency(
                agency,
                ingest=self.ingest,
                tables=list(files),
                has_topics=self.has_topics,
                has_awards=self.has_awards,
                alone=self.alone,
            )
            files[f"{agency.slug}.html"] = page.encode()
        return files

    def of_all(self, agencies: Iterable[Agency], *, n_agencies: int) -> Iterator[dict[str, bytes]]:
        """Files of each agency, in their order; the same bytes however many processes make them."""
        from joblib import Parallel, cpu_count, delayed

        n_processes = min(cpu_count(), _MOST_PROCESSES, n_agencies // _AGENCIES_A_PROCESS)
        if n_processes < 2:
            yield from map(self.of, agencies)
            return
        # Content goes out and bytes come back: only this process writes, so one that is left behind spoils nothing.
        workers = Parallel(n_jobs=n_processes, return_as="generator")
        yield from workers(delayed(self.of)(agency) for agency in agencies)


@dataclass(frozen=True)
class _Tools:
    pages: Pages
    documents: Markdowns
    sheets: ResponseSheets
    workbooks: Workbooks
    notice: str | None


@cache
def _tools(language: Language, simulated: bool) -> _Tools:
    """What is made once in each process."""
    return _Tools(
        Pages(language, simulated=simulated),
        Markdowns(language, simulated=simulated),
        ResponseSheets(language),
        Workbooks(language, simulated=simulated),
        translations(language).gettext("SIMULATED DATA") if simulated else None,
    )
