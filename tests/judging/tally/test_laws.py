"""Laws that the tally keeps, whoever judges whom."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import trim_mean

from textmine.judging.tally import METHODS, Rules, tally
from textmine.judging.tally.alpha import score_alpha
from textmine.judging.tally.concordance import _drawn_p, kendall_w
from textmine.judging.tally.methods import leaders, method_scores
from textmine.judging.tally.scores import everybody, trimmed_mean
from textmine.judging.tally.severity import ballot_groups, severity

NAN = float("nan")


@st.composite
def grids(draw, complete=False):
    shape = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    values = draw(arrays(float, shape, elements=st.integers(1, 10).map(float)))
    if not complete:
        values[draw(arrays(bool, shape, elements=st.sampled_from([False, False, False, True])))] = NAN
    return values


def every(totals):
    return {method: method_scores(totals, everybody(totals), method)[0] for method in METHODS}


def table_of(values):
    judges, nominees = values.shape
    rows = [
        (f"j{j}", f"n{i}", "k", float(values[j, i]))
        for j in range(judges)
        for i in range(nominees)
        if not np.isnan(values[j, i])
    ]
    return pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row")


@given(grids(), st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_judges_and_nominees_changes_nothing(totals, random):
    rows, columns = list(range(totals.shape[0])), list(range(totals.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    before, after = every(totals), every(totals[np.ix_(rows, columns)])
    for method in METHODS:
        np.testing.assert_allclose(after[method], before[method][columns], atol=2e-9)
    w, shuffled = kendall_w(totals), kendall_w(totals[np.ix_(rows, columns)])
    assert (shuffled.w, shuffled.p_method) == (pytest.approx(w.w), w.p_method)
    if w.p_method == "exact":
        assert shuffled.p == pytest.approx(w.p)


@given(grids(), st.lists(st.integers(-20, 20), min_size=6, max_size=6))
@settings(deadline=None)
def test_a_harsher_judge_changes_no_z_score_no_ballot_and_no_adjusted_order(totals, harshness):
    shifted = totals + np.array(harshness[: len(totals)], dtype=float)[:, None]
    before, after = every(totals), every(shifted)
    for method in ("z_score", "borda", "condorcet", "schulze"):
        np.testing.assert_allclose(after[method], before[method], atol=2e-9)
    apart = after["adjusted"] - before["adjusted"]  # adjusted scores move by the mean harshness, all alike
    known = apart[~np.isnan(apart)]
    assert not len(known) or np.ptp(known) < 1e-6
    assert kendall_w(shifted).w == pytest.approx(kendall_w(totals).w)


@given(grids(complete=True))
@settings(deadline=None)
def test_full_ballots_need_no_adjusting(totals):
    found = severity(totals)
    np.testing.assert_allclose(found.adjusted, totals.mean(axis=0), atol=1e-8)
    np.testing.assert_allclose(found.severity, totals.mean() - totals.mean(axis=1), atol=1e-8)


@given(grids())
@settings(deadline=None)
def test_the_additive_model_is_least_squares(totals):
    found = severity(totals)
    if found.groups != 1:
        assert np.isnan(found.adjusted).all()
        return
    judges, nominees = np.nonzero(~np.isnan(totals))
    used, place = np.unique(judges, return_inverse=True)
    matrix = np.zeros((len(judges) + 1, totals.shape[1] + len(used)))
    matrix[np.arange(len(judges)), nominees] = 1
    matrix[np.arange(len(judges)), totals.shape[1] + place] = -1
    matrix[-1, totals.shape[1] :] = 1  # severities sum to 0
    answer = np.linalg.lstsq(matrix, np.append(totals[judges, nominees], 0), rcond=None)[0]
    scored = ~np.isnan(totals).all(axis=0)
    np.testing.assert_allclose(found.adjusted[scored], answer[: totals.shape[1]][scored], atol=1e-6)
    np.testing.assert_allclose(found.severity[used], answer[totals.shape[1] :], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_intervals_of_severity_are_those_of_ordinary_least_squares(seed):
    from scipy.stats import t as student

    random = np.random.default_rng(seed)
    totals = random.normal(7, 1, (4, 6)) - np.array([0, 0, 1, 2])[:, None]
    totals[random.random(totals.shape) < 0.15] = NAN
    found = severity(totals)
    judges, nominees = np.nonzero(~np.isnan(totals))
    # Levels of nominees, and severities of all judges but the last, who has minus their sum.
    matrix = np.zeros((len(judges), 6 + 3))
    matrix[np.arange(len(judges)), nominees] = 1
    effects = np.vstack([np.eye(3), -np.ones(3)])
    matrix[:, 6:] = -effects[judges]
    values = totals[judges, nominees]
    inverse = np.linalg.inv(matrix.T @ matrix)
    answer = inverse @ matrix.T @ values
    degrees = len(values) - 9
    variance = ((values - matrix @ answer) ** 2).sum() / degrees
    spread = np.sqrt(np.diag(effects @ inverse[6:, 6:] @ effects.T) * variance)
    assert found.degrees == degrees
    np.testing.assert_allclose(found.severity, effects @ answer[6:])
    np.testing.assert_allclose(found.high - found.severity, spread * student.ppf(0.975, degrees))
    np.testing.assert_allclose(found.severity - found.low, spread * student.ppf(0.975, degrees))


@given(grids())
@settings(deadline=None)
def test_leaving_a_judge_out_is_counting_without_their_ballot(totals):
    keep = ~np.eye(len(totals), dtype=bool)
    for method in METHODS:
        found = method_scores(totals, keep, method)
        for judge in range(len(totals) if len(totals) > 1 else 0):
            rest = np.delete(totals, judge, axis=0)
            alone = method_scores(rest, everybody(rest), method)[0]
            np.testing.assert_allclose(found[judge], alone, atol=2e-9, err_msg=method)


@given(grids(complete=True), st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.4]))
@settings(deadline=None)
def test_the_trimmed_mean_is_scipys(totals, trim):
    np.testing.assert_allclose(trimmed_mean(totals, everybody(totals), trim)[0], trim_mean(totals, trim, axis=0))


@given(grids())
@settings(deadline=None)
def test_who_beats_everybody_is_first_by_schulze_and_alone_in_the_smith_set(totals):
    from textmine.judging.tally.condorcet import pairwise

    wins = pairwise(totals, everybody(totals))[0]
    scored = ~np.isnan(totals).all(axis=0)
    for nominee in np.flatnonzero(scored):
        others = scored.copy()
        others[nominee] = False
        if (wins[nominee, others] > wins[others, nominee]).all():
            alone = np.arange(totals.shape[1]) == nominee
            assert (leaders(method_scores(totals, everybody(totals), "condorcet"))[0] == alone).all()
            assert (leaders(method_scores(totals, everybody(totals), "schulze"))[0] == alone).all()


def test_the_exact_p_is_that_of_all_ways_one_by_one():
    from itertools import permutations, product

    from textmine.judging.tally.ballots import midranks

    totals = np.array([[3.0, 3, 1, 2], [2, 1, 1, 3], [4, 2, 3, 1]])
    ranks = midranks(totals)
    observed = ((ranks.sum(axis=0) - 7.5) ** 2).sum()
    ways = [list(permutations(row)) for row in ranks.tolist()]
    agreeing = [((np.sum(way, axis=0) - 7.5) ** 2).sum() >= observed - 1e-9 for way in product(*ways)]
    found = kendall_w(totals)
    assert found.p_method == "exact"
    assert found.p == pytest.approx(np.mean(agreeing), abs=1e-12)


def test_a_drawn_p_is_near_the_exact_one_and_the_same_for_the_same_seed():
    from textmine.judging.tally.ballots import midranks
    from textmine.judging.tally.concordance import _squares

    totals = np.array([[5.0, 4, 3, 2, 1], [4, 5, 1, 3, 2], [2, 5, 4, 1, 3], [3, 4, 5, 1, 2]])
    doubled = (2 * midranks(totals)).astype(np.int64)
    p, error = _drawn_p(doubled, int(_squares(doubled.sum(axis=0))), 3, 1_000_000)
    exact = kendall_w(totals)
    assert exact.p_method == "exact"
    assert abs(p - exact.p) < 4 * error
    large = np.random.default_rng(0).integers(1, 11, (12, 12)).astype(float)
    assert kendall_w(large, seed=1) == kendall_w(large, seed=1)
    assert kendall_w(large, seed=1).p_method == "drawn"


@given(grids())
@settings(max_examples=40, deadline=None)
def test_the_smallest_change_does_what_it_says_and_nothing_smaller_does(totals):
    table = table_of(totals[:3, :3])
    if table.is_empty():
        return
    found = tally(table)
    flip, scale = found.robustness.flip, found.robustness.scale
    if scale is None:
        assert flip is None
        return
    changes = {steps for steps, winners in outcomes(table, scale) if winners != found.winners}
    if flip is None:
        assert not changes
    else:
        assert round(abs(flip.new - flip.old) / scale.step) == min(changes)
        hit = (pl.col("judge") == flip.judge) & (pl.col("nominee") == flip.nominee)
        then = table.with_columns(value=pl.when(hit).then(flip.new).otherwise("value"))
        assert tally_winners(then) == flip.winners


def outcomes(table, scale):
    """Who wins after each change of a single score, and by how many steps it was changed."""
    for row, value in enumerate(table["value"]):
        for steps in range(1, round((scale.high - scale.low) / scale.step) + 1):
            for new in (value - steps * scale.step, value + steps * scale.step):
                if scale.low <= new <= scale.high:
                    values = table["value"].to_list()
                    values[row] = new
                    yield steps, tally_winners(table.with_columns(pl.Series("value", values)))


def tally_winners(table):
    from textmine.judging.tally import Ballots
    from textmine.judging.tally.decision import decide

    ballots = Ballots.of(table)
    return tuple(ballots.nominees[number] for number in decide(ballots, Rules()).winners())


@given(grids())
@settings(deadline=None)
def test_alpha_knows_no_unit_of_the_scale(totals):
    alpha = score_alpha(totals)
    assert score_alpha(totals * 10 + 3) == (None if alpha is None else pytest.approx(alpha))


def test_groups_without_a_shared_ballot_are_counted():
    totals = np.array([[5.0, 3, NAN, NAN], [4, NAN, NAN, NAN], [NAN, NAN, 2, 1], [NAN, NAN, NAN, NAN]])
    n_groups, judges, nominees = ballot_groups(totals)
    assert n_groups == 2
    assert judges.tolist() == [0, 0, 1, -1]
    assert nominees.tolist() == [0, 0, 1, 1]
