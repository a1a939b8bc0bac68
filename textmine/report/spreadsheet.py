"""The workbook of one agency: typed cells, frozen and filterable heads, native charts, and no formula at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from textmine.locales import Language
from textmine.platforms import platform_name
from textmine.report.content import Agency, Keyword, Quote
from textmine.report.csvfiles import example_cells
from textmine.report.excerpts import excerpt
from textmine.report.messages import translations
from textmine.report.sheetcharts import Series, SheetChart, lengths
from textmine.report.sheets import Column, Sheet, Sheets, interval_columns, length_columns

N_CHARTED: Final = 15
"""Keywords, hashtags and topics in a chart: the labels of more do not fit."""

MONTH_FORMATS: Final[Mapping[Language, str]] = {"id": "[$-421]mmm yyyy", "en": "[$-409]mmm yyyy"}
"""Number formats of months in the language of the report, wherever the workbook is opened."""

_DAY_FORMATS: Final[Mapping[Language, str]] = {"id": "[$-421]d mmm yyyy", "en": "[$-409]d mmm yyyy"}


class Workbooks:
    """Writes workbooks in one language.

    Parameters
    ----------
    language
        Of heads, cells and charts.
    simulated
        Whether every sheet begins with a notice that its data are simulated.
    """

    def __init__(self, language: Language, *, simulated: bool) -> None:
        self._ = translations(language).gettext
        self._language: Language = language
        self._simulated = simulated

    def workbook(self, agency: Agency, *, ingest: Mapping[str, int], also: Iterable[Sheet] = ()) -> bytes:
        """Workbook with the sheets Summary, Activity, Platforms, Keywords, Hashtags, Topics, Sentiment and Top posts.

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
            Sentiment is there where it was read.
        """
        _ = self._
        created = datetime(agency.period[1].year, agency.period[1].month, agency.period[1].day)
        sheets = Sheets(agency.name, created=created, notice=_("SIMULATED DATA") if self._simulated else None)
        sheets.write(self._summary(agency, ingest))
        sheets.write(self._activity(agency))
        sheets.write(self._platforms(agency))
        sheets.write(self._terms(_("Keywords"), _("Word"), _("Most distinctive words"), agency.words))
        sheets.write(self._terms(_("Hashtags"), _("Hashtag"), _("Most distinctive hashtags"), agency.hashtags))
        sheets.write(self._topics(agency))
        if agency.sentiment:
            sheets.write(self._sentiment(agency))
        sheets.write(self._best(agency))
        for sheet in also:
            sheets.write(sheet)
        return sheets.close()

    def _summary(self, agency: Agency, ingest: Mapping[str, int]) -> Sheet:
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
            name = platform_name(platform.platform)
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
            name = platform_name(account.platform)
            rows.append((f"{name}: {_('Followers')}, {account.account}", self._or_missing(account.followers), None))
        labels = {
            "read": _("All institutions: rows read"),
            "posts": _("All institutions: posts"),
            "duplicates": _("All institutions: duplicates"),
            "rejected": _("All institutions: rejected rows"),
        }
        rows += [(labels[name], n, None) for name, n in ingest.items()]
        columns = (
            Column(_("Figure"), 44),
            Column(_("Value"), 40, "any"),
            Column(_("Posts that report it"), 22, "whole"),
        )
        return Sheet(_("Summary"), columns, tuple(rows), filterable=False)

    def _activity(self, agency: Agency) -> Sheet:
        """Posts and interactions of each week, month or year."""
        _, shown = self._, agency.activity
        platforms = [platform_name(platform) for platform in shown.by_platform]
        unit = {"week": _("posts a week"), "month": _("posts a month"), "year": _("posts a year")}[shown.step]
        axis = {"week": _("Week from"), "month": _("Month"), "year": _("Year from")}[shown.step]
        columns = (
            Column(axis, 14, "date"),
            Column(_("Posts"), 12, "whole"),
            *(Column(platform, 12, "whole") for platform in platforms),
            Column(_("Posts that report it"), 14, "whole"),
            Column(_("Interactions"), 14, "whole"),
            Column(_("Interactions a post"), 14, "decimal"),
        )
        rows = tuple(
            (start, posts, *of_platforms, reporting, total, None if total is None else total / reporting)
            for start, posts, reporting, total, *of_platforms in zip(
                shown.starts, shown.posts, shown.reporting, shown.interactions, *shown.by_platform.values(), strict=True
            )
        )
        dates = (_DAY_FORMATS if shown.step == "week" else MONTH_FORMATS)[self._language]
        first, last = 2, len(columns) - 1
        of_each = tuple(Series(column) for column in range(first, first + len(platforms)))
        posted = SheetChart("column", _("How often it posted"), axis, unit, (0, 0), of_each, n=len(rows), stacked=True,
                            value_format="#,##0", category_format=dates)  # fmt: skip
        answers = _("Interactions a post, mean of the posts that report any")
        answered = replace(posted, kind="line", title=answers, value_axis=_("Interactions a post"),
                           series=(Series(last),), stacked=False)  # fmt: skip
        return Sheet(_("Activity"), columns, rows, (posted, answered) if len(rows) > 1 else ())

    def _platforms(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Platform"), 16),
            Column(_("Posts"), 12, "whole"),
            Column(_("Share of posts"), 14, "percent"),
            *(Column(name, 14, "whole") for name in (_("Likes"), _("Comments"), _("Shares"), _("Interactions"))),
            Column(_("Posts that report it"), 16, "whole"),
            Column(_("Median interactions a post"), 18, "decimal"),
        )
        rows = tuple(
            (
                platform_name(each.platform),
                each.posts,
                each.posts / agency.posts,
                *(self._or_missing(each.figures[name].total) for name in ("likes", "comments", "shares")),
                self._or_missing(each.interactions.total),
                each.interactions.reported,
                self._or_missing(each.interactions.median),
            )
            for each in agency.platforms
        )
        posts = SheetChart("column", _("Posts by platform"), _("Platform"), _("Posts"), (0, 0), (Series(1),),
                           n=len(rows), value_format="#,##0")  # fmt: skip
        median = _("Median interactions a post")
        typical = replace(posts, title=median, value_axis=_("Interactions"), series=(Series(8),))
        return Sheet(_("Platforms"), columns, rows, (posts, typical))

    def _or_missing(self, value: float | None) -> float | str:
        return self._("not reported") if value is None else value

    def _terms(self, sheet: str, head: str, title: str, terms: Sequence[Keyword]) -> Sheet:
        _ = self._
        columns = (
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
        )
        rows = tuple(
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
        )
        score = _("Score (class TF-IDF)")
        chart = SheetChart("bar", title, head, score, (1, 1), (Series(2),), n=min(len(rows), N_CHARTED))
        return Sheet(sheet, columns, rows, (chart,) if rows else ())

    def _example_columns(self) -> list[Column]:
        _ = self._
        heads = ((_("Example: platform"), 12), (_("Example: date"), 13), (_("Example post"), 80), (_("Address"), 45))
        return [Column(head, width, "date" if i == 1 else "text") for i, (head, width) in enumerate(heads)]

    def _example(self, quote: Quote | None, word: str = "") -> tuple[Any, ...]:
        platform, *rest = example_cells(quote, word)
        return (platform_name(platform), *rest)

    def _topics(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Topic"), 8, "whole"),
            Column(_("Label"), 36),
            Column(_("Share of posts"), 14, "percent"),
            Column(_("All institutions, mean"), 14, "percent"),
            Column(_("Posts mainly about it"), 14, "whole"),
            Column(_("Coherence (NPMI)"), 14, "score"),
            Column(_("Top words"), 60),
            Column(_("Top hashtags"), 40),
            *self._example_columns(),
        )
        rows = tuple(
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
        )
        chart = SheetChart("bar", _("Topics of its posts, beside the mean of all institutions"), _("Topic"),
                           _("Share of posts"), (1, 1), (Series(2), Series(3)), n=min(len(rows), N_CHARTED),
                           value_format="0%")  # fmt: skip
        return Sheet(_("Topics"), columns, rows, (chart,) if rows else ())

    def _sentiment(self, agency: Agency) -> Sheet:
        _ = self._
        voices = {"agency": _("What the institution says (captions)"), "public": _("What the public says (comments)")}
        labels = {"negative": _("negative"), "neutral": _("neutral"), "positive": _("positive")}
        fits = {True: _("yes"), False: _("no"), None: _("not known")}
        columns = (
            Column(_("Voice"), 36),
            Column(_("Sentiment"), 12),
            Column(_("Share, corrected"), 16, "percent"),
            *interval_columns(_, "percent"),
            Column(_("As counted"), 14, "percent"),
            Column(_("Texts"), 10, "whole"),
            Column(_("Without text"), 14, "whole"),
            Column(_("Shares to be trusted"), 24),
            *length_columns(_, "percent"),
        )
        rows = tuple(
            (voices[s.voice], labels[c.label], c.share, c.low, c.high, c.raw, s.n, s.without_text, fits[s.fits],
             *lengths(c.share, c.low, c.high))
            for s in agency.sentiment
            for c in s.shares
        )  # fmt: skip
        corrected = any(share.share is not None for said in agency.sentiment for share in said.shares)
        series = Series(2, down=9, up=10) if corrected else Series(5)
        chart = SheetChart("column", _("Sentiment, with its interval (90%)"), _("Sentiment"),
                           _("Share of texts"), (0, 1), (series,), n=len(rows), value_format="0%")  # fmt: skip
        return Sheet(_("Sentiment"), columns, rows, (chart,))

    def _best(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
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
        )
        rows = tuple(
            (
                platform_name(platform),
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
        )
        return Sheet(_("Top posts"), columns, rows)
