"""A section of reports: what an agency posts at the weekend."""

from __future__ import annotations

import polars as pl

from textmine.groups import group_of
from textmine.platforms import PLATFORM_NAMES
from textmine.plugins import Paragraph, ReportTables, Section, SectionOfAgency, Table
from textmine.posts import is_credited

WORDS = {
    "id": ("Akhir pekan", "Platform", "Unggahan", "Sabtu dan Minggu", "Hari dihitung menurut waktu Jakarta."),
    "en": ("Weekend", "Platform", "Posts", "Saturday and Sunday", "Days are those of Jakarta."),
}


def weekend(tables: ReportTables, *, language: str) -> SectionOfAgency:
    """Posts on Saturday and Sunday, by platform."""
    title, *head, note = WORDS[language]
    day = pl.col("published_at").dt.convert_time_zone("Asia/Jakarta").dt.weekday()
    # Once a report, not once an agency: posts may be many.
    counts = (
        tables.scan("posts.parquet", made_by="ingest")
        .filter(is_credited())
        .group_by(group_of("agency").alias("group"), pl.col("platform").cast(pl.String))
        .agg(pl.len().alias("posts"), (day >= 6).sum().alias("weekend"))
        .sort("group", "platform")
        .collect(engine="streaming")
        .partition_by("group", as_dict=True)
    )

    def of_agency(agency: str) -> Section | None:
        found = counts.get((agency,))
        if found is None:
            return None
        rows = [(PLATFORM_NAMES[name], str(n), str(late)) for _, name, n, late in found.iter_rows()]
        return Section(title, [Table(head, rows), Paragraph(note)])

    return of_agency
