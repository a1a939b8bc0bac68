"""Sums over blocks against one query of Polars over all posts."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from textmine.engines import LocalEngine
from textmine.groups import group_of
from textmine.ingest import ingest
from textmine.posts import FIGURES, INTERACTIONS, REPORT_TIME_ZONE, credited, interactions_of_post
from textmine.report.figures import report_figures
from textmine.simulation import simulate
from textmine.store import Workspace


@pytest.fixture(scope="module")
def posts(tmp_path_factory):
    """Simulated posts, of which some have no agency, are hidden or rounded, or report nothing."""
    folder = tmp_path_factory.mktemp("posts")
    simulate(folder / "exports", n_posts=3_000)
    workspace = Workspace.create(folder / "ws")
    files = [folder / "exports" / f"{name}.csv" for name in ("facebook", "x", "instagram", "youtube")]
    ingest(files, workspace, agencies=folder / "exports" / "agencies.csv")
    table = workspace.scan("posts.parquet", made_by="ingest").collect()
    row = pl.int_range(pl.len())
    changed = table.with_columns(
        pl.when(row % 11 > 0).then("agency").alias("agency"),
        pl.when(row % 7 == 0).then(pl.lit(["likes"])).otherwise("hidden").cast(table.schema["hidden"]).alias("hidden"),
        pl.when(row % 5 == 0)
        .then(pl.lit(["likes", "shares"]))
        .otherwise("rounded")
        .cast(table.schema["rounded"])
        .alias("rounded"),
        *(pl.when(row % 3 > 0).then(name).alias(name) for name in INTERACTIONS),
        pl.when(row % 13 == 0)
        .then(pl.lit("ad"))
        .otherwise("post_kind")
        .cast(table.schema["post_kind"])
        .alias("post_kind"),
    )
    return changed.lazy()


def by_polars(posts):
    """The same tables, each as one query over all posts."""
    local = pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE)
    posts = posts.with_columns(
        group_of("agency").alias("group"),
        pl.col("platform").cast(pl.String),
        local.alias("published"),
        interactions_of_post().alias("interactions"),
    )
    counted, kind = credited(posts), pl.col("post_kind").cast(pl.String)

    def total(name):
        reported = pl.col(name).count()
        return reported.alias(f"{name}_reported"), pl.when(reported > 0).then(pl.col(name).sum()).alias(f"{name}_total")

    def marked(mark, name):
        figure = pl.lit(name, dtype=pl.Enum(FIGURES))
        return pl.col(mark).list.contains(figure).fill_null(False).sum().alias(f"{name}_{mark}")

    shared = [
        pl.len().alias("posts"),
        pl.col("published").min().alias("first"),
        pl.col("published").max().alias("last"),
        *total("interactions"),
        pl.col("interactions").median().alias("interactions_median"),
    ]
    single = [e for f in INTERACTIONS for e in (*total(f), marked("hidden", f), marked("rounded", f))]
    days = [
        pl.len().alias("posts"),
        pl.col("interactions").count().alias("interactions_reported"),
        pl.col("interactions").sum().alias("interactions_total"),
    ]
    uncredited = [(kind == "repost").sum().alias("reposts"), (kind == "ad").sum().alias("ads")]
    queries = {
        "totals": (counted, ["group"], shared),
        "platforms": (counted, ["group", "platform"], [*shared, *single]),
        "accounts": (counted, ["group", "platform", "account"], [pl.len().alias("posts")]),
        "uncredited": (posts, ["group"], uncredited),
        "days": (counted.with_columns(pl.col("published").dt.date().alias("day")), ["group", "platform", "day"], days),
    }
    return {name: rows.group_by(by).agg(figures).sort(by).collect() for name, (rows, by, figures) in queries.items()}


@pytest.mark.parametrize("name", ["totals", "platforms", "accounts", "uncredited", "days"])
def test_sums_of_blocks_are_those_of_all_posts(posts, name):
    found, expected = report_figures(posts, LocalEngine())[name], by_polars(posts)[name]
    assert len(found) > 30 and found.columns == expected.columns
    assert_frame_equal(found, expected, check_exact=True)


def test_the_block_never_shows(posts):
    whole = report_figures(posts, LocalEngine())
    for name, table in report_figures(posts, LocalEngine(), batch_rows=257).items():
        assert_frame_equal(table, whole[name], check_exact=True)
