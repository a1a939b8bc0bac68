from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import textmine.simulation.season as season_module
from textmine import resources
from textmine.errors import ConfigError, WorkspaceError
from textmine.ingest import read_posts
from textmine.ingest.register import read_agencies
from textmine.platforms import PLATFORMS
from textmine.posts import POLARS_SCHEMA, PostSchema
from textmine.simulation import SimulationSettings, simulate
from textmine.simulation.register import apportion


def digest(folder):
    """SHA-256 of every file, by its path inside the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def medium(tmp_path_factory):
    """Canonical posts of a season of 60,000 posts, its truth and its folder."""
    folder = tmp_path_factory.mktemp("medium")
    settings = SimulationSettings(n_agencies=120, n_posts=60_000)
    result = simulate(folder, settings=settings, seed=5, format="parquet")
    posts = pl.read_parquet(folder / "posts.parquet" / "*.parquet")
    return posts, pl.read_parquet(folder / "truth_posts.parquet"), folder, result


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Exports of a season with plenty of defects."""
    folder = tmp_path_factory.mktemp("exported")
    settings = SimulationSettings(n_agencies=20, n_posts=4_000, duplicates=0.02, broken=0.01, replies=0.05)
    return simulate(folder, settings=settings, seed=9), folder


@pytest.mark.parametrize("format", ["exports", "parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path, format):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, n_posts=1500, seed=seed, format=format)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    other = digest(tmp_path / "c")
    changed = [name for name, value in digest(tmp_path / "a").items() if other[name] != value]
    assert set(changed) == set(other)


def test_several_blocks_add_up_to_the_exact_number_of_posts(tmp_path, monkeypatch):
    monkeypatch.setattr(season_module, "BLOCK", 700)
    seen = []
    result = simulate(tmp_path, n_posts=2_000, format="parquet", progress=seen.append)
    posts = pl.read_parquet(tmp_path / "posts.parquet" / "*.parquet")
    assert seen == [700, 1400, 2000]
    assert result.n_posts == len(posts) == 2_000
    assert posts.select("platform", "post_id").is_duplicated().sum() == 0


def test_parquet_is_the_canonical_post(medium):
    posts, _, _, result = medium
    assert posts.schema == POLARS_SCHEMA
    assert len(PostSchema.validate(posts)) == result.n_posts == 60_000
    assert {name: count for name, count in posts["platform"].value_counts().iter_rows()} == result.posts


def test_truth_joins_posts_one_to_one(medium):
    posts, truth, _, _ = medium
    assert len(posts.join(truth, on=["platform", "post_id"], how="inner", validate="1:1")) == len(posts)


def test_what_a_platform_does_not_report_is_null(medium):
    posts = medium[0]
    shares_missing = posts.group_by("platform").agg(pl.col("shares").is_null().all()).sort("platform")
    assert dict(shares_missing.iter_rows()) == {"facebook": False, "x": False, "instagram": True, "youtube": True}
    assert posts["saves"].is_null().all()
    with_views = posts.filter(pl.col("views").is_not_null())
    assert set(with_views["platform"].unique()) == {"facebook", "youtube"}
    assert set(with_views["media_type"].unique()) == {"video"}
    hidden = posts.filter(pl.col("hidden").list.len() > 0)
    assert set(hidden["platform"]) == {"instagram"}
    assert hidden["likes"].is_null().all()


def test_posts_lie_within_the_season_and_follow_office_hours(medium):
    local = medium[0]["published_at"].dt.convert_time_zone("Asia/Jakarta")
    assert str(local.min().date()) == "2019-10-01"
    assert str(local.max().date()) == "2020-10-31"
    hours = local.dt.hour()
    assert hours.is_between(8, 17).mean() > 0.6
    assert (local.dt.weekday() == 7).mean() < 0.12


def test_audiences_span_four_orders_of_magnitude(tmp_path):
    simulate(tmp_path, settings=SimulationSettings(n_agencies=249), n_posts=1000, format="parquet")
    register = read_agencies(tmp_path / "agencies.csv")
    spread = register.group_by("platform").agg((pl.col("followers").max() / pl.col("followers").min()).log10())
    assert spread["followers"].min() > 3.5
    counts = register.unique("agency").group_by("cluster").len()
    assert dict(counts.iter_rows()) == {"kementerian": 34, "lembaga": 50, "pemerintah provinsi": 34, "bumn": 131}


def test_engagement_is_over_dispersed_as_set(medium):
    posts, truth, _, _ = medium
    joined = posts.join(truth, on=["platform", "post_id"]).filter((pl.col("platform") == "x") & ~pl.col("bot_boosted"))
    seen = joined.select(pl.sum_horizontal("likes", "comments", "shares")).to_series().to_numpy().astype(float)
    mean = joined["expected_engagement"].to_numpy()
    assert seen.var() > 2 * seen.mean()
    assert seen.sum() == pytest.approx(mean.sum(), rel=0.1)
    large = mean > 5
    excess = (((seen - mean) ** 2 - mean) / mean**2)[large].mean()
    assert 1 / excess == pytest.approx(SimulationSettings().dispersion, rel=0.25)


@pytest.mark.parametrize("b", [0.6, 1.0])
def test_the_exponent_is_found_again_by_regression(tmp_path, b):
    settings = SimulationSettings(n_agencies=150, n_posts=30_000, b={"default": b}, quality_sd=0.1, jump_agencies=0.0)
    simulate(tmp_path, settings=settings, seed=4, format="parquet")
    posts = pl.read_parquet(tmp_path / "posts.parquet" / "*.parquet")
    mine = posts.filter((pl.col("platform") == "facebook") & (pl.col("post_kind") == "original"))
    mean = mine.group_by("account").agg(
        pl.sum_horizontal("likes", "comments", "shares").mean().alias("engagement"), pl.col("followers").mean()
    )
    slope = np.polyfit(np.log(mean["followers"].to_numpy()), np.log(mean["engagement"].to_numpy()), 1)[0]
    assert slope == pytest.approx(b, abs=0.08)


def test_words_follow_zipf_and_the_vocabulary_grows_as_a_power(medium):
    words = medium[0]["caption"].str.to_lowercase().str.extract_all(r"\p{L}[\p{L}\p{N}-]*").explode()
    counts = words.value_counts()["count"].sort(descending=True).to_numpy().astype(float)
    ranks = np.arange(1, len(counts) + 1)
    zipf = np.polyfit(np.log(ranks[:5000]), np.log(counts[:5000]), 1)[0]
    sizes = [len(words) // 8, len(words)]
    types = [words.head(size).n_unique() for size in sizes]
    heaps = math.log(types[1] / types[0]) / math.log(sizes[1] / sizes[0])
    assert -1.7 < zipf < -0.9
    assert 0.5 < heaps < 0.7


def test_agencies_talk_about_their_own_sector(medium):
    posts, truth, folder, _ = medium
    agencies = pl.read_parquet(folder / "truth_agencies.parquet").filter(pl.col("cluster") == "kementerian")
    joined = posts.join(truth, on=["platform", "post_id"]).join(agencies.select("agency", own="topic"), on="agency")
    shares = joined.group_by("agency").agg((pl.col("topic") == pl.col("own")).mean())["topic"]
    assert shares.min() > 0.3


def test_bought_likes_come_without_comments_and_giveaways_with_many(medium):
    posts, truth, _, _ = medium
    joined = posts.join(truth, on=["platform", "post_id"]).filter(pl.col("platform") == "instagram")
    talk = pl.col("comments").sum() / (pl.col("likes") + pl.col("comments")).sum()
    plain = joined.filter(~pl.col("giveaway") & ~pl.col("bot_boosted")).select(talk).item()
    assert joined.filter("bot_boosted").select(talk).item() < plain / 2
    giveaways = joined.filter("giveaway")
    assert giveaways.select(talk).item() > 3 * plain
    assert giveaways.filter(pl.col("post_kind") == "original")["caption"].str.contains("(?i)kuis|giveaway").mean() > 0.9


def test_a_campaign_tag_stands_in_the_caption_in_its_window(medium):
    posts, truth, _, _ = medium
    joined = posts.join(truth, on=["platform", "post_id"])
    tagged = joined.filter((pl.col("campaign") == "#Merdeka75") & pl.col("post_kind").is_in(["original", "ad"]))
    assert len(tagged) > 20
    assert tagged["caption"].str.contains("#Merdeka75", literal=True).mean() > 0.95
    days = tagged["published_at"].dt.convert_time_zone("Asia/Jakarta").dt.date()
    assert str(days.min()) >= "2020-08-10"
    assert str(days.max()) <= "2020-08-21"


def test_posts_on_x_keep_its_length(medium):
    posts = medium[0].filter((pl.col("platform") == "x") & (pl.col("post_kind") == "original"))
    assert posts["caption"].str.len_chars().max() <= 280


def test_rows_of_exports_are_posts_duplicates_and_broken_rows(exported):
    result, folder = exported
    rows = {name: len(pl.read_csv(folder / f"{name}.csv", infer_schema=False)) for name in PLATFORMS}
    expected = {name: result.posts[name] + result.duplicates[name] + result.broken[name] for name in PLATFORMS}
    assert rows == expected
    assert sum(result.duplicates.values()) > 40
    assert sum(result.broken.values()) > 15
    assert result.n_rows == sum(rows.values())
    described = json.loads((folder / "truth.json").read_text())
    assert described["simulated"] is True
    assert described["duplicates"] == result.duplicates


def test_exports_hold_the_ids_of_the_truth(exported):
    _, folder = exported
    truth = pl.read_parquet(folder / "truth_posts.parquet")
    columns = {"x": "id_str", "instagram": "id", "youtube": "videoId"}
    for platform, column in columns.items():
        exported_ids = set(pl.read_csv(folder / f"{platform}.csv", infer_schema=False)[column])
        assert exported_ids == set(truth.filter(pl.col("platform") == platform)["post_id"])
    urls = pl.read_csv(folder / "facebook.csv", infer_schema=False)["URL"]
    assert set(urls.str.extract(r"/posts/(\d+)$")) == set(truth.filter(pl.col("platform") == "facebook")["post_id"])


def test_crowdtangle_times_are_eastern_with_their_zone(exported):
    _, folder = exported
    created = pl.read_csv(folder / "facebook.csv", infer_schema=False)["Post Created"]
    readable = created.filter(created.str.contains(r"^\d{4}-"))
    assert readable.str.contains(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d E[SD]T$").all()
    summer = readable.filter(readable.str.starts_with("2020-07"))
    assert summer.str.ends_with("EDT").all()
    assert readable.filter(readable.str.starts_with("2020-01")).str.ends_with("EST").all()


def test_a_second_reading_of_a_video_has_later_and_larger_figures(exported):
    _, folder = exported
    videos = pl.read_csv(folder / "youtube.csv", infer_schema=False)
    twice = videos.filter(videos["videoId"].is_duplicated() & videos["viewCount"].str.contains(r"^\d+$"))
    grouped = twice.sort("collected_at").group_by("videoId").agg("collected_at", pl.col("viewCount").cast(pl.Int64))
    both = grouped.filter(pl.col("collected_at").list.n_unique() == 2)
    assert len(both) > 0
    assert (both["viewCount"].list.last() > both["viewCount"].list.first()).all()


def test_everything_says_that_it_is_simulated(exported):
    _, folder = exported
    assert "simulated" in (folder / "SIMULATED.md").read_text()
    register = read_agencies(folder / "agencies.csv")
    assert register["name"].str.ends_with("(simulasi)").all()
    assert register["account"].str.contains(r"_sim$|\(simulasi\)$").all()


def test_paths_are_all_that_was_written(exported):
    result, folder = exported
    assert result.paths[0] == folder / "SIMULATED.md"
    assert set(result.paths) == set(folder.iterdir())


def test_the_committed_sample_is_small_and_complete():
    folder = resources.find("corpora/sample")
    described = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    rows = {name: len(pl.read_csv(folder / f"{name}.csv", infer_schema=False)) for name in PLATFORMS}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 400_000
    parts = ("posts", "duplicates", "broken")
    assert rows == {name: sum(described[part][name] for part in parts) for name in PLATFORMS}
    assert len(pl.read_parquet(folder / "truth_posts.parquet")) == sum(described["posts"].values()) == 400


def test_a_second_simulation_replaces_the_first(tmp_path):
    simulate(tmp_path, n_posts=200)
    simulate(tmp_path, n_posts=300, format="parquet")
    names = {path.name for path in tmp_path.iterdir()}
    assert "posts.parquet" in names
    assert not names & {"x.csv", ".simulating"}


def test_wrong_arguments_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ConfigError, match="n_posts"):
        simulate(tmp_path / "a", n_posts=0)
    with pytest.raises(ValueError, match="format"):
        simulate(tmp_path / "a", format="xlsx")
    with pytest.raises(ValueError, match="seed"):
        simulate(tmp_path / "a", seed=-1)
    assert not (tmp_path / "a").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(WorkspaceError, match="out"):
        simulate(tmp_path / "out", n_posts=10)


def test_seats_follow_the_largest_remainder():
    seats = apportion({"a": 1, "b": 1, "c": 1}, 10)
    assert sum(seats.values()) == 10
    assert set(seats.values()) == {3, 4}


def test_exports_read_back_are_the_canonical_posts(tmp_path):
    settings = SimulationSettings(n_agencies=12, n_posts=3_000, duplicates=0.0, broken=0.0)
    simulate(tmp_path / "exports", settings=settings, seed=3)
    simulate(tmp_path / "parquet", settings=settings, seed=3, format="parquet")
    files = [tmp_path / "exports" / f"{name}.csv" for name in PLATFORMS]
    read = read_posts(*files, agencies=tmp_path / "exports" / "agencies.csv")
    made = pl.read_parquet(tmp_path / "parquet" / "posts.parquet" / "*.parquet")
    told = "platform post_id account agency published_at caption hashtags coauthors likes comments shares views hidden"
    columns = [*told.split(), "followers", "followers_kind"]
    assert_frame_equal(read.select(columns), made.select(columns), check_row_order=False)
