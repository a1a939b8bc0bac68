"""Kleinberg's automaton against all sequences of states, and planted bursts."""

from datetime import date, timedelta
from itertools import product
from math import comb, log

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.hashtags import burst_states, hashtag_bursts, hashtag_uses
from textmine.hashtags.bursts import _chance


def cost_of(states, relevant, total, scale, gamma):
    """Cost of a sequence as the paper writes it, binomial coefficient included."""
    base = sum(relevant) / sum(total)
    cost, before = 0.0, 0
    for state, r, d in zip(states, relevant, total, strict=True):
        rate = min(base * scale**state, 1 - 1e-6)
        cost += max(state - before, 0) * gamma * log(len(total))
        cost -= log(comb(d, r)) + r * log(rate) + (d - r) * log(1 - rate)
        before = state
    return cost


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7),
    st.sampled_from([1.5, 2.0, 3.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(1, 2),
)
def test_no_sequence_of_states_is_cheaper(days, scale, gamma, levels):
    relevant = [min(pair) for pair in days]
    total = [max(pair) for pair in days]
    if not 0 < sum(relevant) < sum(total):
        return
    states, _ = burst_states(np.array([relevant]), np.array(total), scale=scale, gamma=gamma, levels=levels)
    cheapest = min(
        cost_of(sequence, relevant, total, scale, gamma) for sequence in product(range(levels + 1), repeat=len(total))
    )
    assert cost_of(states[0].tolist(), relevant, total, scale, gamma) == pytest.approx(cheapest)


def test_many_streams_at_once_are_as_one_after_the_other():
    draw = np.random.default_rng(5)
    total = draw.integers(0, 40, 60)
    relevant = draw.binomial(total, 0.1, (20, 60))
    together, _ = burst_states(relevant, total)
    alone = np.concatenate([burst_states(row[None], total)[0] for row in relevant])
    assert (together == alone).all()


def test_a_steady_share_has_no_burst_however_the_number_of_posts_changes():
    total = np.array([10, 200, 15, 0, 300, 20, 100, 40])
    states, _ = burst_states((total // 5)[None], total)
    assert not states.any()


def test_a_higher_price_gives_fewer_bursts_and_a_day_without_posts_breaks_none():
    total = np.full(60, 20)
    relevant = np.full(60, 1)
    relevant[20:30] = 6
    relevant[40] = 4
    total[25] = relevant[25] = 0
    states = [burst_states(relevant[None], total, gamma=gamma)[0][0] for gamma in (0.2, 1.0, 60)]
    runs = [int((np.diff((path > 0).astype(int)) == 1).sum()) for path in states]
    assert runs == [2, 1, 0]
    states, _ = burst_states(relevant[None], total)
    assert np.flatnonzero(states[0]).tolist() == list(range(20, 30))


@pytest.mark.parametrize("wrong", [{"scale": 1.0}, {"gamma": -1.0}, {"levels": 0}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="scale"):
        burst_states(np.ones((1, 3), np.int64), np.ones(3, np.int64), **wrong)


def planted(season, *, first, last, share, seed):
    """The season with a campaign hashtag on ``share`` of the posts of some days, and on one in 300 of the others."""
    draw = np.random.default_rng(seed)
    rows = [dict(row) for row in season]
    for row in rows:
        if draw.random() < (share if first <= row["day"] <= last else 1 / 300):
            row["hashtags"] = [*row["hashtags"], "KampanyeKita"]
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_burst_is_found_within_a_day_and_nothing_else(posts_of, season, seed):
    rows = planted(season, first=80, last=100, share=0.15, seed=seed)
    bursts = hashtag_bursts(hashtag_uses(posts_of(rows)))
    level_1 = bursts.filter(pl.col("level") == 1)
    assert level_1["hashtag"].to_list() == ["#kampanyekita"]
    row = level_1.row(0, named=True)
    begin = date(2020, 1, 6)
    assert abs((row["start"] - (begin + timedelta(80))).days) <= 1
    assert abs((row["end"] - (begin + timedelta(100))).days) <= 1
    inside = [r for r in rows if "KampanyeKita" in r["hashtags"] and
              row["start"] <= begin + timedelta(r["day"]) <= row["end"]]  # fmt: skip
    assert (row["posts"], row["agencies"]) == (len(inside), len({r["agency"] for r in inside}))
    days = (row["end"] - row["start"]).days + 1
    assert row["share"] == pytest.approx(len(inside) / (30 * days))
    assert row["weight"] > 30 and row["p_value"] < 1e-9


def test_a_burst_of_level_2_lies_inside_one_of_level_1(posts_of, season):
    rows = [dict(row) for row in season]
    for row in rows:
        heat = 1.0 if 90 <= row["day"] <= 93 else 0.1 if 80 <= row["day"] <= 100 else 0.0
        if np.random.default_rng([row["day"], len(row["caption"])]).random() < heat:
            row["hashtags"] = [*row["hashtags"], "Panas"]
    bursts = hashtag_bursts(hashtag_uses(posts_of(rows))).filter(pl.col("hashtag") == "#panas")
    outer = bursts.filter(pl.col("level") == 1).row(0, named=True)
    inner = bursts.filter(pl.col("level") == 2).row(0, named=True)
    assert outer["start"] <= inner["start"] <= inner["end"] <= outer["end"]
    assert inner["days"] < outer["days"]


def test_days_are_those_of_jakarta(posts_of):
    from datetime import UTC, datetime

    quiet = [{"day": n % 100} for n in range(2000)]
    late = [{"hashtags": ["malam"], "published_at": datetime(2020, 2, 1, 18, n, tzinfo=UTC)} for n in range(20)]
    bursts = hashtag_bursts(hashtag_uses(posts_of(quiet + late)))
    assert bursts.select("level", "start", "end").row(0) == (1, date(2020, 2, 2), date(2020, 2, 2))


def test_a_quiet_season_has_no_burst_unless_all_are_kept(posts_of, season):
    uses = hashtag_uses(posts_of(season))
    assert hashtag_bursts(uses).is_empty()
    kept = hashtag_bursts(uses, alpha=1)
    assert 0 < kept.filter(pl.col("level") == 1).height <= len(uses.hashtags) / 2


def test_the_p_value_bounds_the_chance_of_such_a_period():
    from scipy.stats import hypergeom

    draw = np.random.default_rng(2)
    frame = pl.DataFrame({"all_posts": draw.integers(5, 400, 300), "tag_posts": draw.integers(5, 80, 300)})
    fair = frame["tag_posts"].to_numpy() * frame["all_posts"].to_numpy() / 1000
    most = np.minimum(frame["tag_posts"].to_numpy(), frame["all_posts"].to_numpy())
    frame = frame.with_columns(posts=np.minimum(np.ceil(fair * draw.uniform(1.2, 9, 300)), most))
    bound = frame.select(_chance(1, 1000)).to_series().to_numpy()
    posts, within, tagged = (frame[name].to_numpy() for name in ("posts", "all_posts", "tag_posts"))
    exact = hypergeom.sf(posts - 1, 1000, tagged, within)
    assert (exact <= bound * (1 + 1e-9)).all() and np.median(bound) < 0.5
