"""The page about hashtags: most used, trends and bursts, the network, campaigns, unrelated uses; one offline file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.atomic import translated_os_errors, write_file
from textmine.hashtags import TABLES, hashtag_table, stored_network
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.numbers import Formats
from textmine.posts import REPORT_TIME_ZONE, local_day
from textmine.report import charts
from textmine.report.activity import Activity, activity
from textmine.report.agency_names import agency_names
from textmine.report.escape import neutralised, web_address
from textmine.report.html import Pages
from textmine.report.networkchart import network_picture
from textmine.store import Workspace

N_HASHTAGS: Final = 25
N_TIMELINES: Final = 12
N_CAMPAIGNS: Final = 20
N_UNRELATED: Final = 20
N_PAIRS: Final = 100
"""What the page shows; the workspace holds all."""

_BAR_HEIGHT: Final = 40


@dataclass(frozen=True)
class Period:
    """A burst in a timeline: left edge and width in percent of the chart, and its first and last day."""

    left: float
    width: float
    start: date
    end: date


@dataclass(frozen=True)
class Timeline:
    """Posts with a hashtag over time, with its bursts."""

    label: str
    posts: int
    columns: charts.Columns
    highest: int
    bursts: tuple[Period, ...]


def write_hashtag_page(workspace: Workspace, path: str | Path, *, lang: Language = DEFAULT_LANGUAGE) -> Path:
    """Write the page about the hashtags of a workspace.

    Parameters
    ----------
    workspace
        In which ``textmine hashtags`` has run.
    path
        The file; replaced whole or not at all. The same workspace gives the same bytes.
    lang
        ``"id"`` for Bahasa Indonesia, ``"en"`` for English.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    WorkspaceError
        The stage has not run, or the disk is full or not writable.
    ValueError
        A language that does not exist.
    """
    page = HashtagPages(lang, simulated=workspace.simulated).page(workspace)
    path = Path(path)
    with translated_os_errors(path):
        write_file(path, page)
    return path


class HashtagPages(Pages):
    """Renders the page in one language; parameters as for :class:`textmine.report.html.Pages`."""

    def page(self, workspace: Workspace) -> str:
        """The page about a workspace's hashtags as HTML."""
        manifest = workspace.manifest("hashtags")
        network = stored_network(workspace)
        tables = {name: _clean(hashtag_table(workspace, name)) for name in TABLES if name not in _LARGE}
        names = agency_names(workspace.register())
        period = _period(workspace)
        template = self._environment.get_template("hashtags.html.j2")
        return template.render(
            self._shared,
            rows=manifest.rows if manifest is not None else {},
            settings=manifest.settings if manifest is not None else {},
            first_last=period,
            hashtags=_head(tables["hashtags"], N_HASHTAGS, names),
            timelines=_timelines(workspace, tables["bursts"], period, self.formats) if period else (),
            bursts=_head(tables["bursts"].filter(pl.col("level") == 1), 4 * N_TIMELINES, names),
            picture=network_picture(network, seed=manifest.settings["seed"] if manifest is not None else 0),
            modularity=network.modularity,
            pairs=_head(tables["pairs"], N_PAIRS, names),
            communities=_head(tables["communities"], N_PAIRS, names),
            campaigns=_head(tables["campaigns"], N_CAMPAIGNS, names),
            unrelated=_quoted(workspace, tables["unrelated"].head(N_UNRELATED), names),
            n_subjects=int(tables["subjects"]["has_subject"].sum()),
            files=sorted(TABLES.values()),
        )


_LARGE: Final = ("trends", "campaign_posts", "nodes", "engagement")


def _clean(table: pl.LazyFrame) -> pl.DataFrame:
    """Texts without control characters."""
    schema = table.collect_schema()
    texts = [name for name, dtype in schema.items() if dtype == pl.String()]
    lists = [name for name, dtype in schema.items() if dtype == pl.List(pl.String())]
    return table.with_columns(
        *(neutralised(pl.col(name)) for name in texts),
        *(pl.col(name).list.eval(neutralised(pl.element())) for name in lists),
    ).collect()


def _head(table: pl.DataFrame, n: int, names: dict[str, str]) -> list[dict[str, Any]]:
    """First rows with the names of agencies in place of their keys."""
    rows = table.head(n).to_dicts()
    for row in rows:
        for column in ("biggest_user", "first_agency", "agency"):
            if row.get(column) is not None:
                row[column] = names.get(row[column], row[column])
        if "agency_list" in row:
            row["agency_list"] = [names.get(key, key) for key in row["agency_list"]]
    return rows


def _period(workspace: Workspace) -> tuple[date, date] | None:
    day = local_day()
    posts = workspace.scan("posts.parquet", made_by="ingest")
    first, last = posts.select(first=day.min(), last=day.max()).collect().row(0)
    return None if first is None else (first, last)


def _timelines(
    workspace: Workspace, bursts: pl.DataFrame, period: tuple[date, date], formats: Formats
) -> tuple[Timeline, ...]:
    """The hashtags with the heaviest bursts, in the order in which these begin."""
    level_1 = bursts.filter(pl.col("level") == 1)
    chosen = level_1.unique("hashtag", keep="first", maintain_order=True).head(N_TIMELINES).sort("start", "hashtag")
    days = (
        hashtag_table(workspace, "trends")
        .filter(pl.col("step") == "day", pl.col("hashtag").is_in(chosen["hashtag"].implode()))
        .select("hashtag", "start", "posts")
        .collect()
    )
    timelines = []
    for row in chosen.iter_rows(named=True):
        own = days.filter(pl.col("hashtag") == row["hashtag"])
        shown = activity(
            (("all", day, n) for day, n in own.select("start", "posts").iter_rows()), first=period[0], last=period[1]
        )
        marked = level_1.filter(pl.col("hashtag") == row["hashtag"]).sort("start").select("start", "end").iter_rows()
        timelines.append(
            Timeline(
                label=row["spelling"],
                posts=int(own["posts"].sum()),
                columns=charts.columns(shown.posts, shown.starts, step=shown.step, formats=formats, height=_BAR_HEIGHT),
                highest=max(shown.posts),
                bursts=tuple(_burst(shown, start, end, period[1]) for start, end in marked),
            )
        )
    return tuple(timelines)


def _burst(shown: Activity, start: date, end: date, last: date) -> Period:
    """Place of a burst: days are spread evenly over their step."""
    left, right = _across(shown, start, last, 0), _across(shown, end, last, 1)
    return Period(round(left, 3), round(max(right - left, 0.4), 3), start, end)


def _across(shown: Activity, day: date, last: date, whole: int) -> float:
    """Percent of the chart's width at which a day begins (``whole`` 0) or ends (1)."""
    starts = shown.starts
    at = max(i for i, start in enumerate(starts) if start <= day)
    after = starts[at + 1] if at + 1 < len(starts) else None
    length = (after - starts[at]).days if after is not None else max((last - starts[at]).days + 1, 7)
    return 100 * (at + min(((day - starts[at]).days + whole) / length, 1.0)) / len(starts)


def _quoted(workspace: Workspace, table: pl.DataFrame, names: dict[str, str]) -> list[dict[str, Any]]:
    """Flagged posts with their captions."""
    posts = workspace.scan("posts.parquet", made_by="ingest").select(
        "platform",
        "post_id",
        neutralised(pl.col("caption").str.head(2_500)).alias("caption"),
        web_address(pl.col("url")),
    )
    with_captions = table.lazy().join(posts, on=["platform", "post_id"], how="left", maintain_order="left").collect()
    local = with_captions.with_columns(
        pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE).alias("published"),
        pl.col("platform").cast(pl.String),
        pl.lit(None).alias("none"),
    )
    return _head(local, len(local), names)
