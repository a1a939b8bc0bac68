"""The workbook of one agency: typed cells, frozen and filterable heads, a native chart, and no formula at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from textmine.report.content import Agency, Keyword, Quote
from textmine.report.csvfiles import example_cells
from textmine.report.excerpts import excerpt
from textmine.report.numbers import PLATFORM_NAMES

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

N_CHARTED: Final = 15
"""Keywords in the workbook's chart: the labels of more do not fit."""

Translate = Callable[[str], str]

_MAX_CELL: Final = 32_000  # Excel refuses cells beyond 32,767 characters


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its head, width in characters and the name of its format."""

    head: str
    width: int
    format: str = "text"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, columns and rows."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


class Workbooks:
    """Writes workbooks in one language.

    Parameters
    ----------
    translate
        From the English message to the report's language.
    simulated
        Whether every sheet begins with a notice that its data are simulated.
    """

    def __init__(self, translate: Translate, *, simulated: bool) -> None:
        self._ = translate
        self._simulated = simulated

    def workbook(self, agency: Agency, *, ingest: Mapping[str, int], also: Iterable[Sheet] = ()) -> bytes:
        """Workbook with the sheets Summary, Keywords, Hashtags, Topics, Sentiment (where it was read) and Top posts.

        Parameters
        ----------
        agency
            Content of the report.
        ingest
            Rows read, posts, duplicates and rejected rows of the whole workspace.
        also
            More sheets, put behind them.

        Returns
        -------
        bytes
            An XLSX file; the same content gives the same bytes (its date of creation is that of the last post).
        """
        import xlsxwriter

        buffer = BytesIO()
        book = xlsxwriter.Workbook(
            buffer,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        created = datetime(agency.period[1].year, agency.period[1].month, agency.period[1].day)
        book.set_properties({"title": agency.name, "comments": "textmine", "created": created})
        sheets = _Sheets(book, self._("SIMULATED DATA") if self._simulated else None)
        self._summary(sheets, agency, ingest)
        words = self._terms(sheets, self._("Keywords"), self._("Word"), agency, agency.words)
        if agency.words:
            self._chart(book, words, sheets, min(len(agency.words), N_CHARTED))
        self._terms(sheets, self._("Hashtags"), self._("Hashtag"), agency, agency.hashtags)
        self._topics(sheets, agency)
        if agency.sentiment:
            self._sentiment(sheets, agency)
        self._best(sheets, agency)
        for sheet in also:
            sheets.write(sheet.name, sheet.columns, sheet.rows)
        book.close()
        return buffer.getvalue()

    def _summary(self, sheets: _Sheets, agency: Agency, ingest: Mapping[str, int]) -> None:
        _ = self._
        rows: list[tuple[Any, ...]] = [
            (_("Institution"), agency.name, None),
            (_("Cluster"), agency.cluster, None),
            (_("First post"), agency.period[0], None),
            (_("Last post"), agency.period[1], None),
            (_("Posts"), agency.posts, None),
            (_("Reposts of others, not counted"), agency.reposts, None),
            (_("Ads, not counted"), agency.ads, None),
            (_("Posts a week"), agency.posts_a_week, None),
            (_("Interactions"), self._or_missing(agency.interactions.total), agency.interactions.reported),
            (
                _("Median interactions a post"),
                self._or_missing(agency.interactions.median),
                agency.interactions.reported,
            ),
        ]
        for platform in agency.platforms:
            name = PLATFORM_NAMES.get(platform.platform, platform.platform)
            rows.append((f"{name}: {_('Posts')}", platform.posts, None))
            for label, figure in ((_("Likes"), "likes"), (_("Comments"), "comments"), (_("Shares"), "shares")):
                shown = platform.figures[figure]
                rows.append((f"{name}: {label}", self._or_missing(shown.total), shown.reported))
                rows += [
                    (f"{name}: {label}, {mark}", n, None)
                    for mark, n in ((_("hidden by the platform"), shown.hidden), (_("rounded"), shown.rounded))
                    if n
                ]
        for account in agency.accounts:
            name = PLATFORM_NAMES.get(account.platform, account.platform)
            rows.append((f"{name}: {_('Followers')}, {account.account}", self._or_missing(account.followers), None))
        labels = {
            "read": _("All institutions: rows read"),
            "posts": _("All institutions: posts"),
            "duplicates": _("All institutions: duplicates"),
            "rejected": _("All institutions: rejected rows"),
        }
        rows += [(labels[name], n, None) for name, n in ingest.items()]
        columns = [
            Column(_("Figure"), 44),
            Column(_("Value"), 40, "any"),
            Column(_("Posts that report it"), 22, "whole"),
        ]
        sheets.write(_("Summary"), columns, rows, filterable=False)

    def _or_missing(self, value: float | None) -> float | str:
        return self._("not reported") if value is None else value

    def _terms(self, sheets: _Sheets, sheet: str, head: str, agency: Agency, terms: Sequence[Keyword]) -> Worksheet:
        _ = self._
        columns = [
            Column(_("Rank"), 8, "whole"),
            Column(head, 28),
            Column(_("Score (class TF-IDF)"), 14, "score"),
            Column(_("Index"), 9, "decimal"),
            Column(_("Times used"), 13, "whole"),
            Column(_("In posts"), 13, "whole"),
            Column(_("Share of posts"), 14, "percent"),
            Column(_("Posts of all institutions"), 14, "whole"),
            Column(_("Mean TF-IDF"), 12, "score"),
            *self._example_columns(),
        ]
        rows = [
            (
                k.rank,
                k.surface,
                k.score,
                100 * k.relative_score,
                k.count,
                k.posts,
                k.share_of_posts,
                k.corpus_posts,
                k.tfidf,
                *self._example(k.example, k.surface),
            )
            for k in terms
        ]
        return sheets.write(sheet, columns, rows)

    def _example_columns(self) -> list[Column]:
        _ = self._
        heads = ((_("Example: platform"), 12), (_("Example: date"), 13), (_("Example post"), 80), (_("Address"), 45))
        return [Column(head, width, "date" if i == 1 else "text") for i, (head, width) in enumerate(heads)]

    def _example(self, quote: Quote | None, word: str = "") -> tuple[Any, ...]:
        platform, *rest = example_cells(quote, word)
        return (PLATFORM_NAMES.get(platform, platform), *rest)

    def _chart(self, book: Workbook, sheet: Worksheet, sheets: _Sheets, n: int) -> None:
        """Native bar chart of the first words' scores, to the right of the table."""
        _ = self._
        chart = book.add_chart({"type": "bar"})
        first = sheets.head_row + 1
        chart.add_series(
            {
                "name": _("Score (class TF-IDF)"),
                "categories": [sheet.get_name(), first, 1, first + n - 1, 1],
                "values": [sheet.get_name(), first, 2, first + n - 1, 2],
                "fill": {"color": "#2B7BB0"},
                "gap": 40,
            }
        )
        title = _("Most distinctive words")
        chart.set_title({"name": f"{title} ({sheets.notice})" if sheets.notice else title})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "name": _("Word")})
        chart.set_x_axis({"name": _("Score (class TF-IDF)"), "major_gridlines": {"visible": True}})
        chart.set_size({"width": 620, "height": 440})
        sheet.insert_chart(first, 14, chart, {"description": title})

    def _topics(self, sheets: _Sheets, agency: Agency) -> None:
        _ = self._
        columns = [
            Column(_("Topic"), 8, "whole"),
            Column(_("Label"), 36),
            Column(_("Share of posts"), 14, "percent"),
            Column(_("All institutions, mean"), 14, "percent"),
            Column(_("Posts mainly about it"), 14, "whole"),
            Column(_("Coherence (NPMI)"), 14, "score"),
            Column(_("Top words"), 60),
            Column(_("Top hashtags"), 40),
            *self._example_columns(),
        ]
        rows = [
            (
                t.topic,
                t.label,
                t.share,
                t.mean_share,
                t.posts,
                t.npmi,
                ", ".join(t.words),
                " ".join(t.hashtags),
                *self._example(t.example),
            )
            for t in agency.topics
        ]
        sheets.write(_("Topics"), columns, rows)

    def _sentiment(self, sheets: _Sheets, agency: Agency) -> None:
        _ = self._
        voices = {"agency": _("What the institution says (captions)"), "public": _("What the public says (comments)")}
        labels = {"negative": _("negative"), "neutral": _("neutral"), "positive": _("positive")}
        fits = {True: _("yes"), False: _("no"), None: _("not known")}
        columns = [
            Column(_("Voice"), 36),
            Column(_("Sentiment"), 12),
            Column(_("Share, corrected"), 16, "percent"),
            Column(_("Interval (90%), from"), 18, "percent"),
            Column(_("Interval (90%), to"), 18, "percent"),
            Column(_("As counted"), 14, "percent"),
            Column(_("Texts"), 10, "whole"),
            Column(_("Without text"), 14, "whole"),
            Column(_("Shares to be trusted"), 24),
        ]
        rows = [
            (voices[s.voice], labels[c.label], c.share, c.low, c.high, c.raw, s.n, s.without_text, fits[s.fits])
            for s in agency.sentiment
            for c in s.shares
        ]
        sheets.write(_("Sentiment"), columns, rows)

    def _best(self, sheets: _Sheets, agency: Agency) -> None:
        _ = self._
        columns = [
            Column(_("Platform"), 12),
            Column(_("Rank"), 8, "whole"),
            Column(_("Interactions"), 13, "whole"),
            Column(_("Likes"), 13, "whole"),
            Column(_("Comments"), 13, "whole"),
            Column(_("Shares"), 13, "whole"),
            Column(_("Date"), 13, "date"),
            Column(_("Account"), 24),
            Column(_("Post"), 80),
            Column(_("Address"), 45),
        ]
        rows = [
            (
                PLATFORM_NAMES.get(platform, platform),
                rank,
                quote.interactions,
                *(self._or_missing(quote.figures[f]) for f in ("likes", "comments", "shares")),
                quote.published.date(),
                quote.account,
                str(excerpt(quote.caption, length=400)),
                quote.url,
            )
            for platform, quotes in agency.best.items()
            for rank, quote in enumerate(quotes, start=1)
        ]
        sheets.write(_("Top posts"), columns, rows)


class _Sheets:
    """Adds sheets that share their looks; the notice, if any, stands above every head."""

    def __init__(self, book: Workbook, notice: str | None) -> None:
        self._book = book
        self.notice = notice
        self.head_row = 0 if notice is None else 1
        self._notice_format = book.add_format({"bold": True, "bg_color": "#FFD666"})
        self._head_format = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        plain = {"valign": "top"}
        self._formats = {
            "text": book.add_format(plain),
            "any": book.add_format({**plain, "align": "left"}),
            "whole": book.add_format({**plain, "num_format": "#,##0"}),
            "decimal": book.add_format({**plain, "num_format": "#,##0.0"}),
            "score": book.add_format({**plain, "num_format": "0.0000"}),
            "percent": book.add_format({**plain, "num_format": "0.0%"}),
            "date": book.add_format({**plain, "num_format": "yyyy-mm-dd", "align": "left"}),
        }
        self._any_number = book.add_format({**plain, "align": "left", "num_format": "#,##0"})
        self._any_decimal = book.add_format({**plain, "align": "left", "num_format": "#,##0.0"})

    def write(
        self, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], *, filterable: bool = True
    ) -> Worksheet:
        """Add a sheet; returns it."""
        sheet = self._book.add_worksheet(name)
        if self.notice is not None:
            sheet.write_string(0, 0, self.notice, self._notice_format)
            for beside in range(1, len(columns)):
                sheet.write_blank(0, beside, None, self._notice_format)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width, self._formats[column.format])
            sheet.write_string(self.head_row, position, column.head, self._head_format)
        for row, cells in enumerate(rows, start=self.head_row + 1):
            for position, (column, value) in enumerate(zip(columns, cells, strict=True)):
                self._cell(sheet, row, position, value, column.format)
        sheet.freeze_panes(self.head_row + 1, 2 if filterable else 1)
        if filterable and rows:
            sheet.autofilter(self.head_row, 0, self.head_row + len(rows), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(self.head_row)
        return sheet

    def _cell(self, sheet: Worksheet, row: int, column: int, value: object, kind: str) -> None:
        """Text is always written as text: a caption that begins with ``=`` stays what it is."""
        form = self._formats[kind]
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value[:_MAX_CELL], self._formats["text"])
        elif isinstance(value, int | float):
            whole = self._any_number if isinstance(value, int) else self._any_decimal
            sheet.write_number(row, column, value, whole if kind == "any" else form)
        else:
            sheet.write_datetime(row, column, value, self._formats["date"])
