"""``textmine rank`` and campaigns: one planted in a simulated season is found, first, explained; figures by hand."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.posts import is_credited, local_day

AGENCY = "bumn-pelayaran-mandiri-raya"
FIRST, LAST = dt.date(2020, 5, 11), dt.date(2020, 6, 7)
FACTOR = 5

AWARD = """
name = "ours"
title = { id = "Kami", en = "Ours" }
period = { first = 2019-10-01, last = 2020-10-31 }

[clusters.semua]
title = { id = "Semua", en = "All" }
register = ["kementerian", "lembaga", "pemerintah provinsi", "bumn"]

[eligibility]
min_posts = 5

[[categories]]
id = "lift"
title = { id = "Kampanye", en = "Campaign" }
campaign = "own"
measure = "campaign_lift"

[[categories]]
id = "own_posts"
title = { id = "Unggahan", en = "Posts" }
campaign = "own"
measure = "campaign_posts"

[[categories]]
id = "tag_posts"
title = { id = "Tagar", en = "Tag" }
hashtags = ["#gerakanbaru", "MaskerKita"]
measure = "campaign_posts"

[[categories]]
id = "tag_total"
title = { id = "Interaksi", en = "Interactions" }
hashtags = ["#gerakanbaru", "MaskerKita"]
measure = "campaign_engagement_total"

[[categories]]
id = "tag_rate"
title = { id = "Keterlibatan", en = "Engagement" }
hashtags = ["#gerakanbaru", "MaskerKita"]
measure = "campaign_engagement_rate"

[[categories]]
id = "nothing"
title = { id = "Kosong", en = "Nothing" }
hashtags = ["tagaryangtidakada"]
measure = "0.5 * pct(campaign_lift) + 0.5 * pct(campaign_engagement_rate)"
"""


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> tuple[Path, pl.DataFrame]:
    """A season in which an agency runs a campaign that five times as many people answer, and its posts."""
    folder = tmp_path_factory.mktemp("campaigns")
    textmine_("simulate", "-o", folder / "season", "--format", "parquet")
    posts = pl.read_parquet(folder / "season/posts.parquet/*.parquet")
    mine = (pl.col("agency") == AGENCY) & local_day().is_between(FIRST, LAST)
    marked = posts.with_row_index("at").with_columns((mine & (pl.col("at") % 5 < 3)).fill_null(False).alias("led"))
    tagged = pl.concat_list("hashtags", pl.lit(["GerakanBaru"]))
    led = marked.with_columns(
        pl.when("led").then(tagged).otherwise("hashtags").alias("hashtags"),
        *(pl.when("led").then(pl.col(name) * FACTOR).otherwise(name).alias(name)
          for name in ("likes", "comments", "shares")),
    ).drop("at", "led").select(posts.columns).cast(dict(posts.schema))  # fmt: skip
    led.write_parquet(folder / "posts.parquet")
    textmine_("ingest", folder / "posts.parquet", "--agencies", folder / "season/agencies.csv", "-o", folder / "ws")
    (folder / "ours.toml").write_text(AWARD, encoding="utf-8")
    return folder, led


def ranked(planted, *arguments):
    """Rows of JSON by category, and what was said."""
    folder, _ = planted
    result = textmine_("rank", folder / "ws", "--awards", folder / "ours.toml", "--draws", 500, *arguments,
                       "--format", "json")  # fmt: skip
    return pl.DataFrame(json.loads(result.stdout), infer_schema_length=None), result.stderr


@pytest.fixture(scope="module")
def season(planted):
    return ranked(planted)


def test_the_planted_campaign_is_found_and_first(season):
    rows = season[0].filter(pl.col("category") == "lift/semua")
    best = rows.row(0, named=True)
    assert best["agency"] == AGENCY and best["p_first"] > 0.9 and best["nominee"] and best["uncertain"]
    assert "#gerakanbaru" in best["campaign"]
    assert best["low"] < FACTOR * 1.1 and best["high"] > FACTOR / 2 and best["low"] > 1.5
    others = rows.slice(1)
    assert others.height >= 10 and others["campaign"].is_not_null().all()
    assert (others["score"] < 2).all() and (others["p_first"] < 0.1).all()


def carrying(planted, *tags):
    """Credited posts of the period with one of the hashtags."""
    named = pl.col("hashtags").list.eval(pl.element().str.to_lowercase().str.strip_chars("#"))
    has = pl.any_horizontal(named.list.contains(tag) for tag in tags)
    return planted[1].filter(has, is_credited(), local_day().is_between(dt.date(2019, 10, 1), dt.date(2020, 10, 31)))


def test_counts_of_a_hashtag_s_campaign_are_those_of_its_posts(planted, season):
    posts = carrying(planted, "gerakanbaru", "maskerkita")
    counts = dict(posts.group_by("agency").len().iter_rows())
    rows = season[0].filter(pl.col("category") == "tag_posts/semua")
    assert rows.height > 5
    assert dict(rows.select("agency", "score").iter_rows()) == {a: n for a, n in counts.items() if n >= 5}
    assert rows["campaign"].is_null().all() and not rows["uncertain"].any()
    shown = pl.when(pl.col("platform").cast(pl.String).is_in(["facebook", "x"])).then("shares").otherwise(0)
    each = pl.col("likes").fill_null(0) + pl.col("comments").fill_null(0) + shown.fill_null(0)
    whole = posts.filter(pl.col("hidden").cast(pl.List(pl.String)).list.set_difference(["views"]).list.len() == 0)
    total = dict(whole.group_by("agency").agg(each.sum()).iter_rows())
    sums = season[0].filter(pl.col("category") == "tag_total/semua")
    assert all(score == total[agency] for agency, score in sums.select("agency", "score").iter_rows())
    assert sums.select(((pl.col("low") < pl.col("score")) & (pl.col("score") < pl.col("high"))).all()).item()


def test_the_engagement_rate_of_a_campaign_s_posts_is_drawn(season):
    rows = season[0].filter(pl.col("category") == "tag_rate/semua")
    assert rows["uncertain"].all() and (rows["low"] < rows["score"]).all() and (rows["score"] < rows["high"]).all()


def test_a_campaign_that_nobody_has_ranks_nobody_and_says_so(season):
    rows, said = season
    assert rows.filter(pl.col("category") == "nothing/semua").is_empty()
    assert "no post has #tagaryangtidakada" in said and "nothing: " not in said


def test_explanations_name_the_campaign_and_its_days(planted):
    rows, _ = ranked(planted, "--category", "lift", "--explain", AGENCY, "--lang", "en")
    told = rows["explanation"].item()
    assert "#gerakanbaru" in told and "May 2020" in told and "June 2020" in told
    rows, _ = ranked(planted, "--category", "lift", "--explain", AGENCY)
    assert "Mei 2020" in rows["explanation"].item()


def test_who_has_no_campaign_of_its_own_is_told_so(planted):
    rows, _ = ranked(planted, "--category", "lift", "--explain", "bumn-bandara-persada", "--lang", "en")
    told = rows["explanation"].item()
    assert "Its campaign has 0 posts; at least 5" in told and "No campaign of its own was found" in told


def test_a_table_for_people_names_the_campaigns(planted):
    folder, _ = planted
    shown = textmine_(
        "rank", folder / "ws", "--awards", folder / "ours.toml", "--draws", 500, "--format", "table"
    ).stdout
    lift, posts, *others = shown.split("\n\n")
    assert f"campaign of {AGENCY}: #gerakanbaru" in lift and "…" not in lift
    assert "campaign of" in posts and "campaign of" not in "".join(others)


def test_sensitivity_and_flags_know_campaigns(planted):
    rows, _ = ranked(planted, "--category", "lift", "--category", "tag_rate", "--sensitivity")
    assert {"flagged"} <= set(rows["kind"])
    unmoved = rows.filter(pl.col("kind").is_in(["period", "platform", "top post", "smallest account"]))
    assert unmoved.is_empty()  # nobody can tell a lift of other weeks from sums
    other = rows.filter(pl.col("kind") == "definition")
    assert other["category"].unique().to_list() == ["tag_rate/semua"]  # no other definition of a lift
    assert {"rivaliq", "bonson_ratkai", "engagement_per_post"} <= set(other["variant"])
    assert other["tau"].is_between(-1, 1).all() and other["tau"].n_unique() > 3
    rows, said = ranked(planted, "--category", "tag_posts", "--without-flagged")
    assert "are left out" in said and not rows.is_empty()


def test_examples_are_posts_of_the_campaign(planted, season):
    rows = season[0].filter(pl.col("nominee"))
    own = rows.filter((pl.col("category") == "lift/semua") & (pl.col("agency") == AGENCY))["examples"].item()
    days = [dt.date.fromisoformat(post["day"]) for post in own]
    ids = {post["post_id"] for post in own}
    assert len(own) == 4 and all(FIRST <= day <= LAST for day in days)
    assert ids <= set(carrying(planted, "gerakanbaru").filter(pl.col("agency") == AGENCY)["post_id"])
    tagged = carrying(planted, "gerakanbaru", "maskerkita")
    for row in rows.filter(pl.col("category") == "tag_posts/semua").iter_rows(named=True):
        assert {post["post_id"] for post in row["examples"]} <= set(tagged["post_id"]), row["agency"]
        assert all(post["of"] <= row["score"] for post in row["examples"])


def test_the_same_seed_gives_the_same_bytes(planted):
    folder, _ = planted

    def once(seed):
        return textmine_("rank", folder / "ws", "--awards", folder / "ours.toml", "--category", "lift", "--draws", 200,
                         "--seed", seed).stdout  # fmt: skip

    assert once(1) == once(1) != once(2)
