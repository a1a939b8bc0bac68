import numpy as np
import polars as pl
import pytest

from textmine.ranking.audience_model import fit_audience_model
from textmine.ranking.leave_out import LEAVE_OUT_SCHEMA, leave_out, smallest_accounts
from textmine.ranking.plain_scores import raw_rate, size_residual


def rank_of(table: pl.DataFrame, agency: str, what: str) -> list[int | None]:
    return table.filter((pl.col("agency") == agency) & (pl.col("left_out") == what)).row(0)[-2:]


def test_a_win_by_one_post_falls_with_the_post(season):
    lucky = season(12, posts=40, b=1.0, seed=1, viral={(4, 1): 90_000.0})
    lucky.quality[:] = 0
    table = leave_out(lucky.weeks(), raw_rate)
    before, after = rank_of(table, "agency-004", "top post")
    assert before == 1 and after > 1
    top = table.filter((pl.col("agency") == "agency-004") & (pl.col("left_out") == "top post"))
    assert top["platform"].item() == "x"
    assert table.schema == LEAVE_OUT_SCHEMA


def test_the_model_does_not_fall_with_one_post(season):
    best = season(20, seed=2)
    best.quality[7] = 2.0
    weeks = best.weeks()
    table = leave_out(weeks, fit_audience_model(weeks).rescored)
    assert table.filter(pl.col("agency") == "agency-007")["rank_without"].to_list() == [1] * 6


def test_own_is_left_out_alone_and_all_from_everybody(season):
    weeks = season(6, seed=3).weeks()
    smallest = smallest_accounts(weeks.figures)
    alone = np.where(smallest & (np.arange(6) == 2)[:, None], True, False)
    expected_own = raw_rate(without(weeks.figures, alone))[2]
    expected_all = raw_rate(without(weeks.figures, smallest))[2]
    for whose, expected in (("own", expected_own), ("all", expected_all)):
        table = leave_out(weeks, raw_rate, whose=whose, agencies=np.array([2]))
        assert len(table) == 6
        row = table.filter(pl.col("left_out") == "smallest account")
        assert row["score_without"].item() == pytest.approx(expected)


def without(figures, gone):
    from textmine.ranking.leave_out import without_accounts

    return without_accounts(figures, gone)


def test_a_platform_left_out_is_as_if_it_had_never_been_collected(season):
    one = season(10, seed=4)
    table = leave_out(one.weeks(), size_residual).filter(
        (pl.col("left_out") == "platform") & (pl.col("platform") == "x")
    )
    figures = one.weeks().figures
    for part in (figures.n_posts, figures.total):
        part[:, 1] = 0
    assert table["score_without"].to_list() == pytest.approx(size_residual(figures).tolist())


def test_without_its_only_account_an_agency_is_not_ranked(season):
    one = season(6, seed=5)
    one.posts[1, [0, 2, 3]] = 0
    weeks = one.weeks()
    for score in (raw_rate, fit_audience_model(weeks).rescored):
        table = leave_out(weeks, score).filter(pl.col("agency") == "agency-001")
        gone = table.filter((pl.col("left_out") == "smallest account") | (pl.col("platform") == "x"))
        gone = gone.filter(pl.col("left_out") != "top post")
        assert gone["rank_without"].to_list() == [None, None]
        assert table.filter(pl.col("left_out") == "top post")["rank_without"].item() is not None


def test_ranks_are_within_groups(season):
    weeks = season(8, seed=6).weeks()
    group = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    table = leave_out(weeks, raw_rate, group=group)
    assert table["rank"].max() == table["rank_without"].max() == 4
