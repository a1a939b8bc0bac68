"""The pages: one file each that opens offline, asks nobody for anything and runs no foreign script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from textmine.locales import Language
from textmine.numbers import Formats
from textmine.platforms import platform_name
from textmine.posts import REPORT_TIME_ZONE
from textmine.report import charts
from textmine.report.activity import Activity
from textmine.report.award_content import AwardContent
from textmine.report.award_words import AwardWords
from textmine.report.comparison import Comparison
from textmine.report.content import Agency, Overview
from textmine.report.excerpts import excerpt
from textmine.report.intervals import Estimate, Intervals, figure, intervals
from textmine.report.messages import translations
from textmine.report.trait_words import TraitWords

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MIN_BARS: Final = 3
"""Fewer bars than this are a sentence, not a chart."""

N_WORDS_WITH_EXAMPLE: Final = 12
N_HASHTAGS_WITH_EXAMPLE: Final = 8
N_MORE_WORDS: Final = 24
N_MORE_HASHTAGS: Final = 12
N_TOPICS_SHOWN: Final = 8
N_AGAINST: Final = 8
N_FIRST: Final = 5
N_AROUND: Final = 2
"""What a page shows; the tables beside it hold more."""


_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class IndexRow:
    """One agency on the index page; ``path`` leads to its report, ``spark`` draws its posts a week."""

    path: str
    name: str
    cluster: str | None
    registered: bool
    posts: int
    posts_a_week: float
    followers: int | None
    median_interactions: float | None
    words: tuple[str, ...]
    spark: str


class Pages:
    """Renders reports in one language.

    Parameters
    ----------
    language
        Of all text and formats.
    simulated
        Whether every page says that its data are simulated.
    """

    def __init__(self, language: Language, *, simulated: bool) -> None:
        self.formats = Formats.of(language)
        self._environment = page_templates(language, self.formats)
        self._say: TraitWords = self._environment.globals["say"]  # type: ignore[assignment]
        style = self._environment.get_template("style.css.j2").render(simulated=simulated)
        script = self._environment.get_template("index.js.j2").render()
        self._shared: dict[str, Any] = {
            "language": language,
            "simulated": simulated,
            "style": style,
            "script": script,
            "style_hash": content_hash(style),
            "script_hash": content_hash(script),
        }
        self._agency = self._environment.get_template("agency.html.j2")
        self._index = self._environment.get_template("index.html.j2")
        self._comparison = self._environment.get_template("comparison.html.j2")

    def agency(
        self,
        agency: Agency,
        *,
        ingest: Mapping[str, int],
        tables: Sequence[str],
        has_topics: bool,
        has_awards: bool = False,
        alone: bool = False,
    ) -> str:
        """Report of one agency as HTML.

        Parameters
        ----------
        agency
            What it says.
        ingest
            Rows read, posts, duplicates and rejected rows of the whole workspace.
        tables
            Names of the files with the same figures that lie beside the page.
        has_topics
            Whether topics were computed.
        has_awards
            Whether an award was ranked.
        alone
            Whether it is the only group of the workspace: then there is nobody to compare it with.
        """
        shown, words, said = agency.topics[:N_TOPICS_SHOWN], agency.telling_words, agency.responses
        return self._agency.render(
            self._shared,
            agency=agency,
            words=words[:N_WORDS_WITH_EXAMPLE],
            more_words=words[N_WORDS_WITH_EXAMPLE:][:N_MORE_WORDS],
            hashtags=agency.hashtags[:N_HASHTAGS_WITH_EXAMPLE],
            more_hashtags=agency.hashtags[N_HASHTAGS_WITH_EXAMPLE:][:N_MORE_HASHTAGS],
            topics=shown,
            topic_chart=charts.dots([(t.label, t.share, t.mean_share) for t in shown], formats=self.formats),
            chart=self._columns(agency.activity),
            small_charts=self._small_multiples(agency.activity),
            advice_chart=intervals(
                [Estimate(self._say.posts(c), c.times, c.low, c.high, c.finding) for c in said.charted],
                formats=self.formats,
                ratios=True,
            ),
            equal_chart=self._equal_audience(agency),
            shift_paths=[self._spark(shift.shares, height=28) for shift in agency.shifts.topics[:N_TOPICS_SHOWN]],
            n_topics=N_TOPICS_SHOWN,
            n_against=N_AGAINST,
            ingest=ingest,
            tables=tables,
            has_topics=has_topics,
            has_awards=has_awards,
            alone=alone,
            index_path="../index.html",
        )

    def index(
        self,
        overview: Overview,
        rows: Sequence[IndexRow],
        *,
        tables: Sequence[str] = (),
        pages: Sequence[str] = (),
        awards: Sequence[AwardContent] = (),
    ) -> str:
        """Index page over all agencies as HTML; ``tables``, ``pages`` and the pages of ``awards`` lie beside it."""
        chart = self._columns(overview.activity)
        return self._index.render(
            self._shared, overview=overview, rows=rows, tables=tables, pages=pages, awards=awards, chart=chart
        )

    def render(self, template: str, **content: object) -> str:
        """A page of a template, with what all pages share."""
        return self._environment.get_template(template).render(self._shared, **content)

    def comparison(self, comparison: Comparison) -> str:
        """Two groups side by side as HTML."""
        return self._comparison.render(self._shared, comparison=comparison)

    def index_row(self, agency: Agency, *, path: str, weekly: Sequence[int]) -> IndexRow:
        """What the index page says of ``agency``; ``weekly`` are its posts on the common calendar."""
        return IndexRow(
            path=path,
            name=agency.name,
            cluster=agency.cluster,
            registered=agency.registered,
            posts=agency.posts,
            posts_a_week=agency.posts_a_week,
            followers=agency.followers,
            median_interactions=agency.interactions.median,
            words=tuple(word.surface for word in agency.telling_words[:3]),
            spark=self._spark(weekly, height=24),
        )

    def _spark(self, values: Sequence[float], *, height: int) -> str:
        """Bars of a row of its own scale."""
        return charts.bars(values, top=max(values, default=0) or 1, height=height)

    def _equal_audience(self, agency: Agency) -> Intervals:
        """The cluster's first places and those around the agency's own."""
        scores = agency.equal_audience
        own = next((place for place, row in enumerate(scores) if row.own), 0)
        shown = [row for place, row in enumerate(scores) if place < N_FIRST or abs(place - own) <= N_AROUND]
        estimates = [
            Estimate(f"{self.formats.integer(row.rank)}. {row.name}", row.times, row.low, row.high, row.own)
            for row in shown
        ]
        return intervals(estimates, formats=self.formats, ratios=True)

    def _columns(self, shown: Activity) -> charts.Columns:
        return charts.columns(shown.posts, shown.starts, step=shown.step, formats=self.formats)

    def _small_multiples(self, shown: Activity) -> dict[str, charts.Columns]:
        """A small chart for each platform on one scale; none when there is one platform only."""
        if len(shown.by_platform) < 2:
            return {}
        highest = max(max(values) for values in shown.by_platform.values())
        return {
            platform: charts.columns(
                values, shown.starts, step=shown.step, formats=self.formats, height=70, highest=highest
            )
            for platform, values in shown.by_platform.items()
        }


def page_templates(language: Language, formats: Formats) -> Environment:
    """Templates of pages with the filters and messages of a language."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("textmine.report"),
        autoescape=select_autoescape(["html.j2"], default=True, disabled_extensions=["css.j2", "js.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "integer": formats.integer,
        "decimal": formats.decimal,
        "fixed": formats.fixed,
        "percent": formats.percent,
        "figure": partial(figure, formats=formats),
        "points": formats.points,
        "long_date": formats.long_date,
        "short_date": formats.short_date,
        "month": formats.month,
        "platform": platform_name,
        "excerpt": excerpt,
        "breakable": _breakable,
        "jakarta": lambda time: time.astimezone(ZoneInfo(REPORT_TIME_ZONE)),
    }
    environment.globals |= {"period": formats.period, "min_bars": MIN_BARS, "say": TraitWords(language)}
    environment.globals["awarded"] = AwardWords(language)
    return environment


def _breakable(text: str) -> Markup:
    """Escaped text that may be broken before the capitals inside a hashtag: #SigapMembangunNegeri."""
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(part) for part in _CAMEL.split(text))


def content_hash(text: str) -> str:
    """Source expression of a Content-Security-Policy for exactly this inline text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def page_parts(
    language: Language, *, simulated: bool, style: str, script: str | None = None
) -> tuple[Environment, dict[str, Any]]:
    """Templates, and what every page is given, for a page with a style sheet of its own, and a script or none.

    Parameters
    ----------
    language
        Of all text and formats.
    simulated
        Whether the page says that its data are simulated.
    style, script
        Names of the templates; the style is put after that of all pages.

    Returns
    -------
    environment : jinja2.Environment
        With filters and messages.
    shared : dict
        Style and script with the hashes that the page's Content-Security-Policy allows, and nothing else.
    """
    environment = page_templates(language, Formats.of(language))
    whole = environment.get_template("style.css.j2").render(simulated=simulated)
    whole += environment.get_template(style).render()
    code = "" if script is None else environment.get_template(script).render()
    shared = {
        "language": language,
        "simulated": simulated,
        "style": whole,
        "script": code,
        "style_hash": content_hash(whole),
        "script_hash": content_hash(code),
    }
    return environment, shared
