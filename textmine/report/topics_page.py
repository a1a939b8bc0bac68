"""The page of topics: a map to choose topics from, their terms, and heat maps by month and agency; one offline file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.atomic import translated_os_errors, write_file
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.numbers import Formats
from textmine.report.agency_names import agency_names
from textmine.report.escape import neutralised
from textmine.report.heatmaps import HeatCell, HeatMap, HeatRow, shaded
from textmine.report.html import page_parts
from textmine.report.topic_charts import bubbles
from textmine.store import Workspace
from textmine.topics.map import RELEVANCE, TopicMap, topic_map
from textmine.topics.overview import FOLDER, TopicOverview
from textmine.topics.workspace import WorkspaceTopics

N_TERMS: Final = 20
"""Terms of a topic that are shown at once."""

N_GROUPS: Final = 100
"""Institutions in the heat map, those with most posts."""


@dataclass(frozen=True)
class PageData:
    """What the page shows; all text is free of control characters, none is escaped yet.

    Parameters
    ----------
    map
        Topics and terms.
    months
        Columns of ``TREND_SCHEMA``, all posts together.
    agencies
        group, name, topic, share, n_posts, size (posts of the agency); by name.
    n_posts, n_without
        Credited posts, and those among them without any topic.
    """

    map: TopicMap
    months: pl.DataFrame
    agencies: pl.DataFrame
    n_posts: int
    n_without: int


def write_topics_page(
    workspace: Workspace, path: str | Path, *, lang: Language = DEFAULT_LANGUAGE, seed: int = 0
) -> Path:
    """Write the topics of a workspace as one HTML file that opens offline.

    Parameters
    ----------
    workspace
        With topics.
    path
        File to write; replaced if it is there.
    lang
        ``"id"`` for Bahasa Indonesia, ``"en"`` for English.
    seed
        Seed of the intervals.

    Returns
    -------
    pathlib.Path
        The file. The same workspace gives the same bytes.

    Raises
    ------
    WorkspaceError
        Topics are missing or out of date, or the file cannot be written.
    """
    path = Path(path)
    data = gather_topics(workspace, seed=seed)
    page = render(data, lang=lang, simulated=workspace.simulated)
    with translated_os_errors(path):
        write_file(path, page)
    return path


def gather_topics(workspace: Workspace, *, seed: int = 0) -> PageData:
    """Read what the page shows."""
    opened = WorkspaceTopics.open(workspace)
    model = opened.model
    folder = workspace.file(FOLDER)
    found = TopicOverview.read(folder, n_ids=len(model.components_), n_terms=len(model.vocabulary_))
    shares = workspace.scan("topic_groups.parquet", made_by="topics").filter(pl.col("by") == "agency").collect()
    size = found.groups.select("group", pl.col("n_posts").alias("size"))
    agencies = shares.join(size, on="group").with_columns(
        neutralised(pl.col("group").replace(agency_names(opened.agencies))).alias("name")
    )
    return PageData(
        _neutral(topic_map(model, found.counts, n_terms=N_TERMS)),
        found.months.table(seed=seed),
        agencies.sort("name", "group", "topic"),
        int(found.groups["n_posts"].sum()),
        int(found.groups["n_without"].sum()),
    )


def _neutral(made: TopicMap) -> TopicMap:
    """The map without control characters in labels and terms."""
    topics = made.topics.with_columns(
        neutralised(pl.col("label")),
        *(pl.col(name).list.eval(neutralised(pl.element())) for name in ("words", "hashtags")),
    )
    return TopicMap(topics, made.terms.with_columns(neutralised(pl.col("term"))), made.n_terms, made.explained)


def render(data: PageData, *, lang: Language = DEFAULT_LANGUAGE, simulated: bool = False) -> str:
    """Render the page as HTML."""
    environment, shared = page_parts(lang, simulated=simulated, script="topics.js.j2", style="topics.css.j2")
    formats = Formats.of(lang)
    by_topic = data.map.terms.partition_by("topic", as_dict=True, maintain_order=True)
    topics: list[dict[str, Any]] = [
        {**topic, "terms": _of_topic(by_topic, topic["topic"])} for topic in data.map.topics.iter_rows(named=True)
    ]
    return environment.get_template("topics_page.html.j2").render(
        shared,
        data=data,
        topics=topics,
        bubbles=bubbles(data.map.topics),
        months=_month_map(data, formats),
        month_rows=_month_rows(data, formats),
        agencies=_agency_map(data, formats),
        n_groups=N_GROUPS,
        n_all_groups=data.agencies["group"].n_unique(),
        n_shown=N_TERMS,
        weight=RELEVANCE,
    )


def _of_topic(terms: dict[tuple[Any, ...], pl.DataFrame], topic: int) -> list[dict[str, Any]]:
    found = terms.get((topic,))
    return [] if found is None else found.to_dicts()


def _month_map(data: PageData, formats: Formats) -> HeatMap:
    """Topics down, months across."""
    periods = data.months["period"].unique().sort().to_list()
    found = {(row[0], row[1]): row[2] for row in data.months.select("topic", "period", "share").iter_rows()}
    topics = data.map.topics.select("topic", "label").rows()
    values = [[found.get((topic, period), 0.0) for period in periods] for topic, _ in topics]
    cells = shaded(values, [[formats.percent(value or 0.0) for value in row] for row in values])
    size = dict(data.months.select("period", "n_posts").iter_rows())
    heads = tuple((formats.month_name(day), str(day.year), f"n = {formats.integer(size[day])}") for day in periods)
    rows = [HeatRow(str(topic), label, row) for (topic, label), row in zip(topics, cells, strict=True)]
    return HeatMap(heads, tuple(rows))


def _month_rows(data: PageData, formats: Formats) -> list[list[str]]:
    """Rows of the table with intervals and counts."""
    labels = dict(data.map.topics.select("topic", "label").iter_rows())

    def bounds(low: float | None, high: float | None) -> str:
        return "–" if low is None or high is None else f"{formats.percent(low)} – {formats.percent(high)}"

    return [
        [
            f"{row['topic']} · {labels.get(row['topic'], '')}",
            formats.month(row["period"]),
            formats.percent(row["share"]),
            bounds(row["share_low"], row["share_high"]),
            formats.percent(row["main_share"]),
            bounds(row["main_low"], row["main_high"]),
            formats.integer(row["n_main"]),
            formats.integer(row["n_posts"]),
        ]
        for row in data.months.sort("topic", "period").iter_rows(named=True)
    ]


def _agency_map(data: PageData, formats: Formats) -> HeatMap:
    """Agencies down, topics across."""
    topics = data.map.topics.select("topic", "label").rows()
    found = {(row[0], row[1]): row[2] for row in data.agencies.select("group", "topic", "share").iter_rows()}
    every = data.agencies.select("group", "name", "size").unique(maintain_order=True)
    largest = every.sort("size", "name", "group", descending=[True, False, False]).head(N_GROUPS)
    groups = largest.sort("name", "group").rows()
    values = [[found.get((group, topic), 0.0) for topic, _ in topics] for group, _, _ in groups]
    cells = shaded(values, [[formats.percent(value or 0.0, 0) for value in row] for row in values])
    heads = tuple((str(topic), *label.split(" · ")[:3]) for topic, label in topics)
    rows: list[tuple[HeatCell, ...]] = cells
    return HeatMap(
        heads,
        tuple(
            HeatRow(name, f"n = {formats.integer(size)}", row)
            for (_, name, size), row in zip(groups, rows, strict=True)
        ),
    )
