"""Example posts: the rule is the same for all and can be followed by hand; what is flagged is never one."""

import numpy as np
import polars as pl
import pytest

from textmine.engagement import engagement_of_post
from textmine.integrity import flagged
from textmine.posts import is_credited
from textmine.ranking import load_awards
from textmine.ranking.evidence import with_evidence
from textmine.ranking.examples import EXAMPLE_SCHEMA, EXCERPT, N_BEST, example_posts
from textmine.ranking.stored import stored_rankings
from textmine.store import Workspace


@pytest.fixture(scope="module")
def workspace(ranked_workspace) -> Workspace:
    return Workspace.open(ranked_workspace)


@pytest.fixture(scope="module")
def kept(workspace):
    return stored_rankings(workspace, "gsm2020")


@pytest.fixture(scope="module")
def own(workspace) -> pl.DataFrame:
    """Posts that could be examples."""
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    posts = posts.filter(is_credited()).with_columns(engagement=engagement_of_post(), platform=pl.col("platform").cast(
        pl.String)).drop_nulls("engagement")  # fmt: skip
    flags = flagged(workspace).with_columns(pl.col("platform").cast(pl.String))
    return posts.join(flags, on=["platform", "post_id"], how="anti")


def test_every_nominee_has_its_three_best_posts_and_a_typical_one(kept):
    found = kept.examples
    assert found.schema == EXAMPLE_SCHEMA
    nominees = kept.ranking.filter("nominee").select("category", "agency")
    assert found.select("category", "agency").unique(maintain_order=True).equals(nominees)
    many = found.filter(pl.col("of") >= 2 * N_BEST + 1).group_by("category", "agency", maintain_order=True)
    for key, rows in many:
        assert rows["kind"].to_list() == ["best"] * N_BEST + ["typical"], key
        assert rows["place"].to_list() == [1, 2, 3, (rows["of"][0] + 1) // 2], key
        assert rows["times"].is_sorted(descending=True), key


def test_the_rule_can_be_followed_by_hand(kept, own, workspace):
    contest = kept.season().contests["best_use_of_image/bumn"]
    agency = kept.ranking.filter(pl.col("category") == "best_use_of_image/bumn")["agency"][0]
    posts = own.filter((pl.col("agency") == agency) & pl.col("media_type").cast(pl.String).is_in(["image", "carousel"]))
    table = contest.figures[contest.award.category.selection].table
    times = np.empty(posts.height)
    for number, (platform, engagement) in enumerate(posts.select("platform", "engagement").iter_rows()):
        known = table.drop_nulls([f"engagement_per_post@{platform}", f"audience@{platform}"])
        x, y = np.log(known[f"audience@{platform}"]), np.log(known[f"engagement_per_post@{platform}"] + 0.5)
        slope, level = np.polyfit(x, y, 1)
        assert 0 < slope < 1, "the line is not held at its bounds here"
        audience = known.filter(pl.col("agency") == agency)[f"audience@{platform}"].item()
        times[number] = engagement / np.exp(level + slope * np.log(audience))
    found = kept.examples.filter((pl.col("category") == "best_use_of_image/bumn") & (pl.col("agency") == agency))
    best = np.sort(times)[::-1]
    assert found["of"].unique().to_list() == [posts.height]
    assert found["times"].to_list() == pytest.approx([*best[:3], best[(posts.height + 1) // 2 - 1]], rel=1e-9)
    shown = posts.filter(pl.col("post_id") == found["post_id"][0]).row(0, named=True)
    first = found.row(0, named=True)
    assert (shown["url"], shown["likes"], shown["account"]) == (first["url"], first["likes"], first["account"])
    assert set(found["media_type"]) <= {"image", "carousel"}


def test_a_flagged_post_is_no_example_and_is_one_where_nothing_is_flagged(kept, workspace):
    flags = flagged(workspace)
    keys = flags.select(pl.col("platform").cast(pl.String), "post_id")
    assert kept.all_examples.join(keys, on=["platform", "post_id"], how="semi").is_empty()
    contests = kept.season(without_flagged=False).contests
    posters = {id: flags["agency"].unique().sort().to_list() for id in contests if id.startswith("most_active")}
    definition = load_awards("gsm2020")
    all_in = example_posts(workspace, definition, contests, posters, flags=flags.clear())
    assert all_in.join(keys, on=["platform", "post_id"], how="semi").height > 0


def test_captions_are_cut_at_a_word_and_hold_no_lines(kept):
    captions = kept.examples["caption"]
    assert captions.str.len_chars().max() <= EXCERPT + 1 and not captions.str.contains(r"[\n\t]|\s\s").any()
    assert captions.str.ends_with("…").any() and not captions.str.contains(r"\s…$").any()


def test_rows_carry_what_stands_behind_them(kept):
    rows = with_evidence(kept.ranking, kept.features, kept.examples)
    assert rows.drop("features", "examples").equals(kept.ranking)
    assert rows.explode("features")["features"].struct.field("measure").null_count() == 0
    lengths = rows.select("nominee", n=pl.col("examples").list.len())
    assert lengths.filter("nominee")["n"].min() >= 1 and lengths.filter(~pl.col("nominee"))["n"].max() == 0
    assert {"category", "agency", *rows["examples"][0][0]} == set(EXAMPLE_SCHEMA.names())
