import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from textmine.batches import iter_batches
from textmine.contrasts import contrasts, extremes, in_common, tally, typical_engagement, usual_of, with_traits
from textmine.inorder import InOrder
from textmine.posts import POLARS_SCHEMA

NO_ZONES = pl.DataFrame(schema={"agency": pl.String, "time_zone": pl.String})
FIRST = datetime(2025, 1, 6, tzinfo=UTC)


def posts_of(rows):
    """Canonical posts from the columns that matter."""
    plain = {
        "platform": "instagram",
        "account": "a",
        "agency": "a",
        "published_at": FIRST,
        "caption": "Kabar",
        "hashtags": [],
        "media_type": "image",
        "post_kind": "original",
        "hidden": [],
        "rounded": [],
    }
    numbered = [{**plain, "post_id": str(number), **row} for number, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=dict(POLARS_SCHEMA))


def compared(posts, topics=None):
    tallied = tally(posts.lazy(), NO_ZONES, topics=topics)
    return contrasts(tallied, usual_of(tallied))


@pytest.fixture(scope="session")
def season():
    """Factory of posts: log-normal engagement, weeks that differ, and videos that have ``effect`` times as much."""

    def make(*, seed, groups=100, posts=300, effect=1.0, weeks=0.4):
        random = np.random.default_rng(seed)
        n = groups * posts
        group, day, hour = np.repeat(np.arange(groups), posts), random.integers(0, 364, n), random.integers(0, 24, n)
        medium = random.choice(["image", "video", "text"], n, p=[0.5, 0.3, 0.2])
        level = random.normal(3, 1, groups)[group] + random.normal(0, weeks, (groups, 52))[group, day // 7]
        likes = random.poisson(np.exp(level + np.log(effect) * (medium == "video") + random.normal(0, 1, n)))
        names = [f"g{number:03d}" for number in group]
        return pl.DataFrame(
            {
                "platform": random.choice(["instagram", "x"], n),
                "post_id": [str(number) for number in range(n)],
                "account": names,
                "agency": names,
                "published_at": [FIRST + timedelta(days=int(d), hours=int(h)) for d, h in zip(day, hour, strict=True)],
                "caption": np.where(random.random(n) < 0.2, "Sudah tahu?", "Kabar hari ini"),
                "hashtags": [["a"] * int(k) for k in random.integers(0, 6, n)],
                "media_type": medium,
                "post_kind": ["original"] * n,
                "likes": likes,
                "comments": [0] * n,
                "shares": [0] * n,
                "hidden": [[]] * n,
                "rounded": [[]] * n,
            }
        ).cast(
            {
                name: POLARS_SCHEMA[name]
                for name in ("platform", "published_at", "hidden", "likes", "comments", "shares")
            }
        )

    return make


def test_nothing_is_found_where_nothing_is_and_p_values_are_what_they_say(season):
    found = compared(season(seed=1))
    assert len(found) > 1_500
    assert 0.03 <= (found["p_value"] < 0.05).mean() <= 0.08
    assert found["finding"].sum() <= 3


def test_an_effect_is_found_with_intervals_that_hold_it_and_few_findings_are_false(season):
    found = compared(season(seed=2, effect=2.0))
    videos = found.filter(pl.col("trait") == "medium", pl.col("level") == 2)
    assert np.exp(videos["times"].log().mean()) == pytest.approx(2.0, rel=0.06)
    assert ((videos["low"] <= 2) & (videos["high"] >= 2)).mean() >= 0.9
    assert videos["finding"].mean() > 0.8
    findings = found.filter("finding")
    assert (findings["trait"] != "medium").mean() <= 0.1
    assert ((findings["low"] > 1) | (findings["high"] < 1)).all()


def test_the_estimate_is_that_of_a_regression_with_strata_and_the_error_that_of_weeks_left_out(season):
    posts = season(seed=3, groups=1, weeks=0.0)
    tallied = tally(posts.lazy(), NO_ZONES)
    found = compared(posts).filter(pl.col("trait") == "question").row(0, named=True)
    usual = usual_of(tallied)
    rows = with_traits(posts.with_columns(topic=None), NO_ZONES)
    local = pl.col("published_at").dt.convert_time_zone("Asia/Jakarta").dt.date().dt.truncate("1w")
    height = rows["likes"].log1p().to_numpy()
    stratum = rows.select(pl.concat_str("platform", "media_type")).to_series()
    design = np.column_stack([rows["question"], stratum.to_dummies().to_numpy()]).astype(float)
    week = rows.select(local).to_series().to_numpy()
    account = rows["platform"].cast(pl.String).to_numpy()
    lifted = height - design[:, 1:] @ np.linalg.lstsq(design[:, 1:], height, rcond=None)[0]
    effect = np.zeros(len(rows))
    for place in range(len(rows)):
        others = (week == week[place]) & (account == account[place])
        others[place] = False
        effect[place] = lifted[others].sum() / (others.sum() + usual.prior)
    estimate = np.linalg.lstsq(design, height - effect, rcond=None)[0][0]
    assert np.log(found["times"]) == pytest.approx(estimate, abs=1e-3)
    residual = height - effect - design[:, 1:] @ np.linalg.lstsq(design[:, 1:], height - effect, rcond=None)[0]
    question = design[:, 0] - design[:, 1:] @ np.linalg.lstsq(design[:, 1:], design[:, 0], rcond=None)[0]
    weeks = np.unique(week)
    left_out = [(question * residual)[week != w].sum() / (question**2)[week != w].sum() for w in weeks]
    error = np.sqrt((len(weeks) - 1) / len(weeks) * ((np.array(left_out) - estimate) ** 2).sum())
    share = np.array([(question**2)[week == w].sum() for w in weeks]) / (question**2).sum()
    from scipy.stats import t

    reach = t.isf(0.025, 1 / (share**2).sum() - 1) * error
    assert np.log(found["high"] / found["times"]) == pytest.approx(reach, rel=5e-3)


def test_the_order_of_the_posts_changes_nothing(season):
    posts = season(seed=4, groups=5)
    assert compared(posts).equals(compared(posts.sample(fraction=1.0, shuffle=True, seed=1)))


def test_posts_whose_figures_are_hidden_or_unknown_and_those_of_others_do_not_count():
    rows = [
        {"likes": 3, "comments": 1},
        {"likes": None},
        {"comments": 5, "hidden": ["likes"]},
        {"likes": 900, "post_kind": "repost"},
        {"likes": 900, "post_kind": "ad"},
        {"likes": 0, "post_kind": "reply"},
        {"likes": 0, "comments": 0},
    ]
    tallied = tally(posts_of(rows).lazy(), NO_ZONES)
    assert tallied.cells["n"].sum() == 2
    assert typical_engagement(tallied)["typical"].item() == pytest.approx(np.sqrt(5) - 1, abs=1e-3)


def test_without_a_comparable_post_there_are_tables_without_rows():
    posts = posts_of([{"likes": None}]).lazy()
    tallied = tally(posts, NO_ZONES)
    usual = usual_of(tallied)
    chosen = extremes(posts, tallied.coding, usual)
    assert compared(posts.collect()).is_empty() and typical_engagement(tallied).is_empty() and chosen.is_empty()
    assert in_common(chosen, posts, NO_ZONES, tallied, topics=None).is_empty()


def test_the_best_posts_are_those_above_what_is_usual_for_their_medium_not_those_with_most_likes():
    week = [{"published_at": FIRST + timedelta(weeks=w)} for w in range(10)]
    videos = [{"media_type": "video", "likes": 1_000, **at} for at in week]
    texts = [{"media_type": "text", "likes": 10, **at} for at in week]
    texts[4]["likes"] = 90
    videos[7]["likes"] = 200
    posts = posts_of([*videos, *texts]).lazy()
    tallied = tally(posts, NO_ZONES)
    found = extremes(posts, tallied.coding, usual_of(tallied))
    best, weakest = (found.filter(pl.col("side") == side).row(0, named=True) for side in ("best", "weakest"))
    assert (best["post_id"], weakest["post_id"]) == ("14", "7")
    assert best["alike"] == 9 and best["same_medium"]
    assert best["times"] == pytest.approx(91 / 11, rel=0.03)


def test_where_a_medium_is_rare_a_post_is_held_against_its_platform():
    images = [{"likes": 10, "published_at": FIRST + timedelta(weeks=w)} for w in range(12)]
    posts = posts_of([*images, {"media_type": "reel", "likes": 65}]).lazy()
    tallied = tally(posts, NO_ZONES)
    best = extremes(posts, tallied.coding, usual_of(tallied)).row(0, named=True)
    assert best["post_id"] == "12" and not best["same_medium"] and best["alike"] == 12
    assert best["times"] == pytest.approx(6.0, rel=0.02)


def test_what_the_best_posts_have_in_common_is_counted_against_all_posts():
    rows = [
        {"likes": 50 if n % 5 == 0 else 10 + n % 3, "caption": "Tahu?" if n % 5 == 0 else "Kabar",
         "published_at": FIRST + timedelta(days=n)}
        for n in range(100)
    ]  # fmt: skip
    posts = posts_of(rows).lazy()
    tallied = tally(posts, NO_ZONES)
    chosen = extremes(posts, tallied.coding, usual_of(tallied))
    common = in_common(chosen, posts, NO_ZONES, tallied, topics=None)
    first = common.filter(pl.col("side") == "best").row(0, named=True)
    assert (first["trait"], first["level"], first["posts"], first["of"]) == ("question", 1, 10, 10)
    assert first["share"] == 1.0 and first["share_of_all"] == pytest.approx(0.2)


def test_questions_are_told_from_web_addresses_and_hours_are_those_of_the_agency():
    rows = [
        {"caption": "lihat https://a.id/?x=1&y=2", "agency": "papua"},
        {"caption": "siap?", "hashtags": ["a"] * 10},
    ]
    zones = pl.DataFrame({"agency": ["papua"], "time_zone": ["Asia/Jayapura"]})
    traits = with_traits(posts_of(rows).with_columns(topic=None), zones)
    assert traits["question"].to_list() == [0, 1]
    assert traits["hour"].to_list() == [2, 1]  # midnight in Greenwich is nine in Jayapura, seven in Jakarta
    assert traits["hashtags"].to_list() == [0, 3]


def test_topics_are_read_in_step_with_the_posts_whatever_the_batches(season, monkeypatch):
    posts = season(seed=3, groups=4, posts=60)
    main = posts.select("platform", "post_id", topic=pl.int_range(pl.len(), dtype=pl.Int32) % 3)[::2]

    def tallied():
        told = InOrder(main.lazy(), path=Path("post_topics.parquet"), stage="topics")
        return tally(posts.lazy(), NO_ZONES, topics=told)

    at_once = tallied()
    monkeypatch.setattr(sys.modules[tally.__module__], "iter_batches", lambda table: iter_batches(table, rows=11))
    by_batch = tallied()
    assert at_once.cells.equals(by_batch.cells)
    assert all(at_once.levels[trait].equals(by_batch.levels[trait]) for trait in at_once.levels)
    assert at_once.levels["topic"]["n"].sum() == len(main)
    assert tally(posts.lazy(), NO_ZONES).levels["topic"].is_empty()
