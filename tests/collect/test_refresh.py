"""Figures are read again at chosen ages, once each."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.collect.season import run
from tests.collect.server import graph_error, posts_every
from textmine.collect import parse, refresh
from textmine.collect.curves import CURVE_SCHEMA
from textmine.collect.refresh import AGES, ages_of
from textmine.errors import ConfigError, WorkspaceError

START = datetime(2026, 3, 20, 0, 0, tzinfo=UTC)
PLATFORMS = ("youtube", "x", "facebook", "instagram")


@pytest.fixture
def fresh(tmp_path, server, keys, clock):
    """Ten posts a platform, one an hour, collected ten minutes after the newest."""
    for number, platform in enumerate(PLATFORMS):
        server.accounts[platform]["kemenkes"] = posts_every(1, 10, last=START, prefix=f"{number + 1}0")
    clock.moment = START + timedelta(minutes=10)
    assert run(tmp_path, server, keys, clock, begin=date(2026, 3, 1), end=date(2026, 3, 31)).complete
    return server


def again(tmp_path, server, keys, clock, **options):
    return refresh(tmp_path / "out", keys=keys, clock=clock, hosts=server.hosts, seed=1, **options)


def curve(tmp_path):
    return pl.read_parquet(tmp_path / "out" / "curve.parquet")


def test_a_post_is_read_once_for_each_age_that_it_passes(tmp_path, fresh, keys, clock):
    assert set(curve(tmp_path).group_by("platform", "post_id").len()["len"]) == {1}
    read = []
    for hours in [1] * 26 + [71] + [1] * 3 + [68] + [1] * 4:  # hourly around each age, for a week
        clock.move(hours=hours)
        fresh.growth += 1
        table, result = again(tmp_path, fresh, keys, clock)
        assert result.complete
        read.append(table["due"].sum())
    # the newest post, ten minutes old when it was collected, is read at 1 h, 1 d and 7 d; the others passed 1 h before
    posts = curve(tmp_path).group_by("platform", "post_id").agg(pl.len(), pl.col("age_hours").sort())
    newest = {name: ages for name, _, n, ages in posts.iter_rows() if n == 4}
    assert set(newest) == set(PLATFORMS)
    for ages in newest.values():
        assert [round(age) for age in ages] == [0, 1, 24, 168]
    assert sorted(posts["len"]) == [3] * 36 + [4] * 4
    assert sum(read) == 36 * 2 + 4 * 3


def test_the_curve_grows_as_the_figures_did(tmp_path, fresh, keys, clock):
    for _ in range(3):
        clock.move(days=8)
        fresh.growth += 7
        again(tmp_path, fresh, keys, clock, ages=ages_of("1d,1w,2w,3w"))
    table = curve(tmp_path)
    assert dict(table.schema) == dict(CURVE_SCHEMA)
    for (platform, _), part in table.group_by("platform", "post_id"):
        assert part.sort("read_at")["likes"].to_list() == [10, 17, 24, 31]
        if platform in ("youtube", "x"):
            assert part.sort("read_at")["views"].to_list() == [1000, 1350, 1700, 2050]


def test_a_run_that_comes_late_asks_once(tmp_path, fresh, keys, clock):
    clock.move(days=60)
    table, _ = again(tmp_path, fresh, keys, clock)
    assert dict(table.select("platform", "due").iter_rows()) == dict.fromkeys(PLATFORMS, 10)
    assert dict(table.select("platform", "read").iter_rows()) == dict.fromkeys(PLATFORMS, 10)
    assert again(tmp_path, fresh, keys, clock)[0].height == 0


def test_posts_are_asked_for_together(tmp_path, fresh, keys, clock):
    clock.move(days=2)
    asked = len(fresh.requests)
    table, _ = again(tmp_path, fresh, keys, clock)
    kinds = [name for name, _ in fresh.requests[asked:]]
    # ten posts in one request each; Instagram lists the account again, whose name was asked 48 hours ago
    assert {name: kinds.count(name) for name in PLATFORMS} == {"youtube": 1, "x": 1, "facebook": 1, "instagram": 2}
    assert table["requests"].sum() == 4


def test_a_dry_run_asks_nothing(tmp_path, fresh, keys, clock):
    clock.move(days=2)
    asked, before = len(fresh.requests), curve(tmp_path)
    table, result = again(tmp_path, fresh, keys, clock, dry_run=True)
    assert result is None and table["due"].sum() == 40 and len(fresh.requests) == asked
    assert curve(tmp_path).equals(before)


def test_posts_that_were_deleted_or_made_private_are_recorded_and_the_others_read(tmp_path, fresh, keys, clock):
    for platform in PLATFORMS:
        fresh.accounts[platform]["kemenkes"][2].shown = "private" if platform == "x" else "deleted"
        fresh.accounts[platform]["kemenkes"][7].shown = "deleted"
    clock.move(days=2)
    table, result = again(tmp_path, fresh, keys, clock)
    assert result.complete
    assert set(table["read"]) == {8} and set(table["gone"]) == {2}
    missing = pl.read_csv(tmp_path / "out" / "missing.csv", infer_schema=False)
    reasons = missing.group_by("platform").agg(pl.col("reason").sort())
    assert dict(reasons.iter_rows()) == {
        "youtube": ["deleted or private"] * 2,
        "x": ["deleted", "private"],
        "facebook": ["deleted, private, or not visible to this token"] * 2,
        "instagram": ["not listed any more"] * 2,
    }
    assert curve(tmp_path).group_by("post_id").len()["len"].sum() == 40 + 32, "what was read before stays"
    parse(tmp_path / "out")
    assert missing.equals(pl.read_csv(tmp_path / "out" / "missing.csv", infer_schema=False)), "also after a new parse"
    clock.move(days=6)
    assert set(again(tmp_path, fresh, keys, clock)[0]["due"]) == {8}, "what is gone is not asked for again"


def test_a_refresh_that_is_cut_off_goes_on(tmp_path, fresh, keys, clock):
    clock.move(days=2)
    over = graph_error(190, "expired", subcode=463)
    fresh.before.append(lambda n, platform, path: over if platform in ("facebook", "instagram") else None)
    table, result = again(tmp_path, fresh, keys, clock)
    assert not result.complete and {problem.platform for problem in result.problems} == {"facebook", "instagram"}
    assert dict(table.select("platform", "read").iter_rows()) == {"youtube": 10, "x": 10, "facebook": 0, "instagram": 0}
    fresh.before.clear()
    table, result = again(tmp_path, fresh, keys, clock)
    assert result.complete and dict(table.select("platform", "read").iter_rows()) == {"facebook": 10, "instagram": 10}


def test_ages_are_hours_days_and_weeks():
    assert ages_of("1h,1d,7d,30d") == AGES
    for wrong in ("", "1", "0h", "1m", "-1d", "1h,,2h"):
        with pytest.raises(ConfigError, match="is no age"):
            ages_of(wrong)


def test_nothing_to_refresh_is_said(tmp_path, keys):
    with pytest.raises(WorkspaceError, match="nothing was collected here"):
        refresh(tmp_path, keys=keys)
