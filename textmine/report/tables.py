"""The figures of all agencies' reports, read from the workspace: aggregates and the few posts that are shown.

Every table is scanned lazily and leaves as aggregates or as the best few rows of each group, so that memory grows
with the agencies and not with the posts. Captions are read last, for the posts that a report quotes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from textmine.batches import detached, iter_batches
from textmine.engines import Engine, LocalEngine
from textmine.errors import WorkspaceError
from textmine.groups import group_of
from textmine.posts import INTERACTIONS, KEY, REPORT_TIME_ZONE, credited, interactions_of_post, is_credited
from textmine.report.agency_names import agency_names
from textmine.report.cluster_terms import CLUSTER_TERM_SCHEMA, gather_cluster_terms
from textmine.report.engagement import EngagementTables, gather_engagement
from textmine.report.escape import neutralised, web_address
from textmine.report.figures import report_figures
from textmine.report.responses import ResponseTables, gather_responses
from textmine.report.sentiment import gather_sentiment
from textmine.report.shifts import ShiftTables, gather_shifts
from textmine.sentiment.tables import SHARES_SCHEMA
from textmine.store import Workspace
from textmine.topics.workspace import topics_in_order

N_TERMS: Final = 100
"""Keywords of each kind that the tables hold for an agency; the page shows the first of them."""

N_BEST: Final = 5
"""Best posts for an agency on each platform."""

MIN_EXAMPLE_WEIGHT: Final = 1 / 3
"""A post is exemplary for a topic only if the topic holds at least this share of it."""

MAX_CAPTION: Final = 2_500
"""Characters of a caption that are read; Instagram allows 2,200."""


_CANDIDATE_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "topic": pl.UInt32(),
        "weight": pl.Float64(),
        "interactions": pl.Int64(),
        "platform": pl.String(),
        "post_id": pl.String(),
    }
)


@dataclass(frozen=True)
class Tables:
    """What the reports are made of. Text is neutralised; ``group`` is the agency's key or, without one, the account.

    ``accounts``: group, platform, account, posts, followers, followers_kind, followers_at; sorted.
    ``totals``: group, posts, first, last (Asia/Jakarta), interactions_reported, interactions_total,
    interactions_median; ``platforms``: the same for each platform, and reported, total, hidden and rounded for each
    of :data:`INTERACTIONS`.
    ``uncredited``: group, reposts, ads. ``days``: group, platform, day, posts, interactions_reported and
    interactions_total.
    ``keywords``: rows of keywords.parquet by agency, the first :data:`N_TERMS` of each kind.
    ``topics``: topics.parquet, or no rows when there are no topics; ``shares``: group, topic, share, n_posts.
    ``best``: group, platform, post_id, interactions; ``exemplary``: group, topic, platform, post_id.
    ``responses``: what is answered more and less; ``shifts``: topics over time; ``engagement``: rates and scores;
    ``cluster_terms``: words against the cluster's. ``posts``: the posts that are quoted. ``register``: agency, name,
    cluster, platform, account, followers, followers_at. ``ingest``: read, posts, duplicates, rejected. ``sentiment``:
    shares by agency, each voice apart.
    """

    accounts: pl.DataFrame
    totals: pl.DataFrame
    platforms: pl.DataFrame
    uncredited: pl.DataFrame
    days: pl.DataFrame
    keywords: pl.DataFrame
    topics: pl.DataFrame
    shares: pl.DataFrame
    best: pl.DataFrame
    exemplary: pl.DataFrame
    posts: pl.DataFrame
    register: pl.DataFrame
    ingest: dict[str, int]
    simulated: bool
    sentiment: pl.DataFrame = field(default_factory=SHARES_SCHEMA.to_frame)
    responses: ResponseTables = field(default_factory=ResponseTables)
    shifts: ShiftTables = field(default_factory=ShiftTables)
    engagement: EngagementTables = field(default_factory=EngagementTables)
    cluster_terms: pl.DataFrame = field(default_factory=CLUSTER_TERM_SCHEMA.to_frame)

    @property
    def has_topics(self) -> bool:
        """Whether topics were computed in this workspace."""
        return not self.topics.is_empty()


def gather(workspace: Workspace, *, engine: Engine | None = None) -> Tables:
    """Read everything that the reports show.

    Parameters
    ----------
    workspace
        A workspace with posts and keywords by agency; topics, register and ingest figures when it has them.
    engine
        Where figures are added up; in this process if None.

    Returns
    -------
    Tables
        Aggregates over the credited posts of each group (reposts and ads are counted apart).

    Raises
    ------
    WorkspaceError
        There are no posts yet, no keywords, or none by agency.
    """
    canonical = workspace.scan("posts.parquet", made_by="ingest")
    posts = _with_group(canonical)
    keywords = _keywords(workspace)
    figures = report_figures(canonical, engine or LocalEngine())
    best = _best(posts)
    topics, shares, exemplary = _topics(workspace, posts)
    responses = gather_responses(workspace)
    quoted = pl.concat(
        [
            best.select(KEY),
            exemplary.select(KEY),
            responses.shown.select(KEY),
            keywords.select(platform="example_platform", post_id="example_post_id").drop_nulls(),
        ]
    ).unique()
    return Tables(
        accounts=_with_audience(figures["accounts"], posts),
        totals=figures["totals"],
        platforms=figures["platforms"],
        uncredited=figures["uncredited"],
        days=figures["days"],
        keywords=keywords,
        topics=topics,
        shares=shares,
        best=best,
        exemplary=exemplary,
        posts=_quoted(posts, quoted),
        register=_register(workspace),
        ingest=_ingest(workspace),
        simulated=workspace.simulated,
        sentiment=gather_sentiment(workspace),
        responses=responses,
        shifts=gather_shifts(workspace),
        engagement=gather_engagement(workspace),
        cluster_terms=gather_cluster_terms(workspace),
    )


def _with_group(posts: pl.LazyFrame) -> pl.LazyFrame:
    local = pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE)
    return posts.with_columns(
        group_of("agency").alias("group"),
        pl.col("platform").cast(pl.String),
        local.alias("published"),
        interactions_of_post().alias("interactions"),
    )


def _with_audience(accounts: pl.DataFrame, posts: pl.LazyFrame) -> pl.DataFrame:
    """Accounts with the audience that was read last; of several read at once, the largest."""
    account = ["group", "platform", "account"]
    read = credited(posts).filter(pl.col("followers").is_not_null())
    audiences = read.select(
        *account,
        "followers",
        pl.col("followers_kind").cast(pl.String),
        pl.coalesce("collected_at", "published_at").alias("followers_at"),
    )
    order = {"followers_at": True, "followers": True, "followers_kind": False}
    newest = _first_of_each(iter_batches(audiences), account, order, n=1, schema=audiences.collect_schema())
    return accounts.join(newest, on=account, how="left", maintain_order="left")


def _best(posts: pl.LazyFrame) -> pl.DataFrame:
    """The posts with the most interactions of each group on each platform; ties go to the earlier post."""
    answered = credited(posts).filter(pl.col("interactions") > 0).select("group", *KEY, "interactions", "published")
    order = {"interactions": True, "published": False, "post_id": False}
    found = _first_of_each(
        iter_batches(answered), ["group", "platform"], order, n=N_BEST, schema=answered.collect_schema()
    )
    return found.select("group", *KEY, "interactions")


def _first_of_each(
    batches: Iterable[pl.DataFrame], by: list[str], order: dict[str, bool], *, n: int, schema: pl.Schema
) -> pl.DataFrame:
    """The first ``n`` rows of each group in an order (column to descending), batch by batch: memory holds one batch."""
    columns, descending = [*by, *order], [*(False for _ in by), *order.values()]
    kept = schema.to_frame()
    for batch in batches:
        candidates = pl.concat([kept, batch.cast(schema)]).sort(columns, descending=descending)
        kept = detached(candidates.group_by(by, maintain_order=True).head(n).select(schema.names()))
    return kept


def _keywords(workspace: Workspace) -> pl.DataFrame:
    kept = workspace.scan("keywords.parquet", made_by="keywords")
    rows = (
        kept.filter((pl.col("by") == "agency") & (pl.col("rank") <= N_TERMS))
        .with_columns(neutralised(pl.col(c).cast(pl.String)) for c in ("kind", "term", "surface"))
        .sort("group", "kind", "rank", descending=[False, True, False])
        .collect(engine="streaming")
    )
    if rows.is_empty() and not kept.head(1).collect().is_empty():
        path = workspace.path
        raise WorkspaceError("holds no keywords by agency; run: textmine keywords --by agency", path=path)
    return rows


def _topics(workspace: Workspace, posts: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Topics, their shares in each group, and exemplary posts; no rows when there are none of these posts."""
    if not workspace.inputs_unchanged("topics", "ingest"):
        return _no_topics()
    topics = (
        workspace.scan("topics.parquet", made_by="topics")
        .select("topic", "label", "words", "hashtags", "prevalence", "npmi", "n_posts")
        .with_columns(
            neutralised(pl.col("label")),
            *(pl.col(c).list.eval(neutralised(pl.element().cast(pl.String))) for c in ("words", "hashtags")),
        )
        .sort("topic")
        .collect()
    )
    shares = (
        workspace.scan("topic_groups.parquet", made_by="topics")
        .filter(pl.col("by") == "agency")
        .select("group", "topic", "share", "n_posts")
        .sort("group", "topic")
        .collect()
    )
    order = {"weight": True, "interactions": True, "platform": False, "post_id": False}
    exemplary = _first_of_each(_candidates(workspace, posts), ["group", "topic"], order, n=1, schema=_CANDIDATE_SCHEMA)
    return topics, shares, exemplary.select("group", "topic", *KEY)


def _candidates(workspace: Workspace, posts: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Credited posts that a topic fills well enough to stand for it: group, topic, weight, interactions and key."""
    told = topics_in_order(workspace)
    rows = posts.select("group", *KEY, pl.col("interactions").fill_null(0), is_credited().alias("credited"))
    for batch in iter_batches(rows):
        topics = told.take(batch)
        if topics.is_empty():
            continue
        strong = topics.filter(pl.col("weight") >= MIN_EXAMPLE_WEIGHT).select("row", "topic", "weight")
        own = batch.with_row_index("row").filter("credited")
        yield own.join(strong, on="row").select("group", "topic", "weight", "interactions", *KEY)


def _no_topics() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    key = {"group": pl.String, "topic": pl.UInt32}
    topics = pl.DataFrame(
        schema={
            "topic": pl.UInt32,
            "label": pl.String,
            "words": pl.List(pl.String),
            "hashtags": pl.List(pl.String),
            "prevalence": pl.Float64,
            "npmi": pl.Float64,
            "n_posts": pl.UInt32,
        }
    )
    shares = pl.DataFrame(schema={**key, "share": pl.Float64, "n_posts": pl.UInt32})
    return topics, shares, pl.DataFrame(schema={**key, "platform": pl.String, "post_id": pl.String})


def _quoted(posts: pl.LazyFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """The posts that reports quote: one row a post, captions cut to what an excerpt can need."""
    columns = [pl.col(mark).cast(pl.List(pl.String)) for mark in ("hidden", "rounded")]
    return (
        detached(posts.join(keys.lazy(), on=list(KEY), how="semi"))
        .select(
            *KEY,
            neutralised(pl.col("account")),
            "published",
            neutralised(pl.col("caption").str.slice(0, MAX_CAPTION)),
            web_address(pl.col("url")).alias("url"),
            pl.col("media_type").cast(pl.String),
            *INTERACTIONS,
            "interactions",
            *columns,
        )
        .collect(engine="streaming")
        .sort(KEY)
    )


def _register(workspace: Workspace) -> pl.DataFrame:
    schema = {
        "agency": pl.String,
        "name": pl.String,
        "cluster": pl.String,
        "platform": pl.String,
        "account": pl.String,
        "followers": pl.UInt64,
        "followers_at": pl.Date,
    }
    register = workspace.register()
    if register is None:
        return pl.DataFrame(schema=schema)
    text = [neutralised(pl.col(c).cast(pl.String)) for c in ("cluster", "account")]
    names = agency_names(register)
    return (
        register.select(pl.col(c).cast(t) for c, t in schema.items())
        .with_columns(*text, name=pl.col("agency").replace_strict(names, default=None, return_dtype=pl.String))
        .sort("agency", "platform", "account")
    )


def _ingest(workspace: Workspace) -> dict[str, int]:
    """What ingest counted, or no figures when they are not there."""
    try:
        content: Any = json.loads(workspace.file("ingest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    names = ("read", "posts", "duplicates", "rejected")
    return {name: int(content[name]) for name in names if isinstance(content, dict) and name in content}
