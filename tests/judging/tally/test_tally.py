"""The tally of a category as organisers meet it: conflicts, ties, small juries, harsh judges."""

import hashlib

import numpy as np
import polars as pl
import pytest

from textmine.errors import ConfigError, InputError, NotEnoughDataError
from textmine.judging.tally import METHODS, Ballots, Rules, Scale, tally

NAN = float("nan")


def scored(**ballots):
    """A table of one criterion: judge=[totals], nominees a, b, c ...; None is not scored."""
    rows = [
        (judge, "abcdefgh"[place], "k", float(value))
        for judge, values in ballots.items()
        for place, value in enumerate(values)
        if value is not None
    ]
    return pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row")


def places(found):
    return dict(found.nominees.select("nominee", "place").iter_rows())


def column(found, name):
    return dict(found.nominees.select("nominee", name).iter_rows())


def test_methods_stand_side_by_side():
    found = tally(scored(ani=[9, 8, 5], budi=[8, 9, 6], citra=[10, 7, 7]))
    assert found.winners == ("a",)
    assert column(found, "mean") == {"a": 9.0, "b": 8.0, "c": 6.0}
    assert column(found, "borda") == {"a": pytest.approx(5 / 6), "b": pytest.approx(7 / 12), "c": pytest.approx(1 / 12)}
    assert column(found, "condorcet") == {"a": 2.0, "b": 1.0, "c": 0.0}
    assert all(column(found, f"rank_{method}")["a"] == 1 for method in METHODS)
    assert found.condorcet_winner == "a"
    assert found.robustness.methods_agree == METHODS


def test_criteria_count_by_their_weights():
    rows = [("ani", "a", "ide", 10.0), ("ani", "a", "mutu", 4.0), ("ani", "b", "ide", 5.0), ("ani", "b", "mutu", 8.0)]
    table = pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row")
    assert tally(table).winners == ("a",)
    weighted = tally(table, {"ide": 30, "mutu": 70})
    assert weighted.winners == ("b",)
    assert column(weighted, "mean") == {"a": pytest.approx(5.8), "b": pytest.approx(7.1)}


def test_a_ballot_with_a_criterion_left_out_does_not_count_and_is_said():
    rows = [("ani", "a", "ide", 10.0), ("ani", "b", "ide", 5.0), ("ani", "b", "mutu", 8.0), ("budi", "a", "ide", 6.0)]
    rows += [("budi", "a", "mutu", 6.0), ("budi", "b", "ide", 5.0), ("budi", "b", "mutu", 5.0)]
    found = tally(pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row"))
    assert dict(found.judges.select("judge", "n_incomplete").iter_rows()) == {"ani": 1, "budi": 0}
    assert column(found, "n_judges") == {"a": 1, "b": 2}


def test_a_lenient_judge_in_conflict_is_taken_out_of_the_adjusted_score():
    # Citra gives two points more to everybody; she may not judge c. By the mean c loses those points, b does not.
    found = tally(scored(ani=[5, 6, 6.5], budi=[5, 6, 6.5], citra=[7, 8, None]))
    assert found.winners == ("b",)
    assert column(found, "rank_adjusted") == {"a": 3, "b": 2, "c": 1}
    severity = dict(found.judges.select("judge", "severity").iter_rows())
    assert severity["citra"] == pytest.approx(-4 / 3) and severity["ani"] == pytest.approx(2 / 3)
    assert dict(found.judges.select("judge", "not_scored").iter_rows())["citra"] == ["c"]


def test_a_harsh_judge_is_named_only_where_the_scores_show_it():
    random = np.random.default_rng(0)
    base = random.normal(7, 1, 8)
    ballots = {f"j{n}": (base + random.normal(0, 0.2, 8) - (2 if n == 0 else 0)).tolist() for n in range(5)}
    manner = dict(tally(scored(**ballots)).judges.select("judge", "manner").iter_rows())
    assert manner["j0"] == "harsh"
    assert all(tally(scored(ani=[3, 5], budi=[6, 5])).judges["manner"] == "ordinary")


def test_judges_who_share_no_nominee_cannot_be_adjusted():
    found = tally(scored(ani=[5, 6, None, None], budi=[None, None, 7, 8]))
    assert found.severity.groups == 2
    assert found.nominees["adjusted"].null_count() == 4
    assert "adjusted" not in found.robustness.methods_agree + found.robustness.methods_differ


def test_a_cycle_is_shown_and_schulze_breaks_it_where_defeats_differ():
    table = scored(j1=[3, 2, 1], j2=[3, 2, 1], j3=[1, 3, 2], j4=[1, 3, 2], j5=[2, 1, 3])
    found = tally(table, rules=Rules(method="schulze"))
    assert found.smith_set == ("a", "b", "c") and found.condorcet_winner is None
    assert found.cycle == ("a", "b", "c", "a")
    assert column(found, "rank_condorcet") == {"a": 1, "b": 1, "c": 1}
    # a over b by 3, b over c by 4, c over a by 3: the winning votes of b over c are the strongest.
    assert found.pairs.rows() == [("a", "b", 3, 2, 0), ("a", "c", 2, 3, 0), ("b", "c", 4, 1, 0)]


def test_ties_go_by_the_rules_in_their_order():
    table = scored(ani=[9, 7, 5], budi=[6, 8, 5], citra=[7, 7, 5])  # a and b have 22 points each
    shared = tally(table)
    assert shared.winners == ("a", "b") and places(shared) == {"a": 1, "b": 1, "c": 3}
    assert shared.decision.ties[0].steps == ()
    by_chair = tally(table, rules=Rules(ties=("first_places", "head_to_head", "judge:citra", "judge:budi")))
    (tie,) = by_chair.decision.ties
    assert by_chair.winners == ("b",)
    assert tie.nominees == ("b", "a") and tie.places == (1, 2)
    assert [rule for rule, _ in tie.steps] == ["first_places", "head_to_head", "judge:citra", "judge:budi"]
    assert tie.steps[-1] == ("judge:budi", (8.0, 6.0))


def test_a_lot_is_drawn_by_a_number_that_anybody_can_compute():
    table = scored(ani=[5, 5, 5], budi=[5, 5, 5])
    found = tally(table, rules=Rules(last="lot", seed=2020))
    order = sorted("abc", key=lambda name: hashlib.sha256(f"2020:{name}".encode()).hexdigest())
    assert found.nominees["nominee"].to_list() == order
    assert found.nominees["place"].to_list() == [1, 2, 3]
    assert found.decision.ties[0].steps[-1][0] == "lot"


def test_a_rule_without_a_value_for_all_decides_nothing():
    table = scored(ani=[9, 7], budi=[7, 9], ketua=[None, 8])
    found = tally(table, rules=Rules(ties=("judge:ketua",)))
    assert found.winners == ("a", "b")
    assert found.decision.ties[0].steps == (("judge:ketua", (None, 8.0)),)


def test_scores_that_look_alike_are_alike_where_the_rules_say_so():
    table = scored(ani=[8.111, 8.112], budi=[8.111, 8.112])
    assert tally(table).winners == ("b",)
    assert tally(table, rules=Rules(decimals=2)).winners == ("a", "b")


def test_tenths_add_up():
    # 0.1 + 0.2 is not 0.3 in floating point; it is in an award.
    rows = [("ani", "a", "x", 0.1), ("ani", "a", "y", 0.2), ("ani", "a", "z", 0.3)]
    rows += [("ani", "b", "x", 0.3), ("ani", "b", "y", 0.2), ("ani", "b", "z", 0.1)]
    found = tally(pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row"))
    assert found.winners == ("a", "b")


def test_leaving_out_any_one_judge_is_shown_for_each_method():
    found = tally(scored(ani=[9, 5], budi=[6, 7], citra=[6, 7]))
    assert found.winners == ("a",)
    rows = {(row["left_out"], row["method"]): row for row in found.robustness.left_out.iter_rows(named=True)}
    assert rows["ani", "decision"]["winners"] == ["b"] and not rows["ani", "mean"]["same"]
    assert rows["budi", "decision"]["winners"] == ["a"] and rows["budi", "decision"]["same"]
    assert (found.robustness.n_same, found.robustness.n_judges) == (2, 3)
    assert found.robustness.methods_agree == ("mean", "trimmed_mean", "adjusted")
    assert found.robustness.methods_differ == ("z_score", "borda", "condorcet", "schulze")


def test_the_margin_and_the_smallest_change_are_in_points():
    found = tally(scored(ani=[9, 5], budi=[6, 7], citra=[6, 7]), scale=Scale(1, 10, 1))
    assert found.robustness.margin == pytest.approx(2 / 3)
    flip = found.robustness.flip
    # Two points on one score make it a tie, which is no longer a's alone.
    assert abs(flip.new - flip.old) == 2 and flip.winners == ("a", "b")
    assert flip.n_scores == 6
    by_rule = tally(
        scored(ani=[9, 5], budi=[6, 7], citra=[6, 7]), scale=Scale(1, 10, 1), rules=Rules(ties=("judge:ani",))
    )
    assert abs(by_rule.robustness.flip.new - by_rule.robustness.flip.old) == 3


@pytest.mark.parametrize("method", METHODS)
def test_a_change_is_searched_for_every_method(method):
    table = scored(ani=[9, 8, 5], budi=[7, 9, 6], citra=[9, 8, 7], dewi=[7, 8, 7], eko=[9, 6, 8])
    found = tally(table, rules=Rules(method=method), scale=Scale(1, 10, 1))
    flip = found.robustness.flip
    assert found.robustness.flip_searched and flip is not None
    changed = pl.when((pl.col("judge") == flip.judge) & (pl.col("nominee") == flip.nominee)).then(flip.new)
    again = tally(table.with_columns(value=changed.otherwise("value")), rules=Rules(method=method))
    assert again.winners == flip.winners != found.winners


@pytest.mark.parametrize("method", METHODS)
def test_one_judge_is_enough_to_count(method):
    found = tally(scored(ani=[5, 9, 7]), rules=Rules(method=method))
    assert places(found) == {"b": 1, "c": 2, "a": 3}
    assert found.concordance.w is None and found.agreement["alpha_interval"].null_count() == 1
    assert found.judges["severity"].to_list() == [0.0] and found.judges["low"].null_count() == 1
    assert found.robustness.n_same == 0  # without the only judge nobody wins


@pytest.mark.parametrize("method", METHODS)
def test_a_single_nominee_wins(method):
    found = tally(scored(ani=[5], budi=[7]), rules=Rules(method=method))
    assert found.winners == ("a",) and found.robustness.margin is None
    assert found.concordance.w is None


@pytest.mark.parametrize("method", METHODS)
def test_equal_scores_share_the_first_place(method):
    found = tally(scored(ani=[5, 5], budi=[5, 5]), rules=Rules(method=method))
    assert found.winners == ("a", "b")
    assert found.concordance.w is None
    assert found.agreement["alpha_interval"].to_list() == [None]
    assert found.robustness.flip is None and not found.robustness.flip_searched


@pytest.mark.parametrize("method", METHODS)
def test_a_judge_of_a_single_nominee_compares_nothing(method):
    found = tally(scored(ani=[5, 6], budi=[5, 6], citra=[9, None]), rules=Rules(method=method))
    expected = ("a",) if method in ("mean", "trimmed_mean") else ("b",)
    assert found.winners == expected


@pytest.mark.parametrize("method", METHODS)
def test_everybody_in_conflict_makes_no_winner(method):
    nothing = pl.DataFrame(
        schema={"judge": pl.String, "nominee": pl.String, "criterion": pl.String, "value": pl.Float64}
    )
    found = tally(nothing, {"k": 1.0}, judges=("ani", "budi"), nominees=("a", "b"), rules=Rules(method=method))
    assert found.winners == () and found.smith_set == ()
    assert found.nominees["place"].null_count() == 2
    assert found.robustness.n_judges == 0 and found.robustness.flip is None


def test_a_nominee_whom_all_judges_left_out_has_no_place():
    found = tally(scored(ani=[5, 6], budi=[7, 6]), nominees=("c",))
    assert places(found) == {"a": 1, "b": 1, "c": None}
    assert found.smith_set != () and "c" not in found.smith_set
    assert found.nominees.filter(nominee="c").select("mean", "rank_schulze", "adjusted").row(0) == (None, None, None)


def test_what_cannot_be_counted_is_said_with_its_place():
    twice = pl.concat([scored(ani=[5]), scored(ani=[6])])
    with pytest.raises(InputError, match="row 1, column 'value': ani scored a twice by k"):
        tally(twice)
    with pytest.raises(InputError, match="row 2, column 'value': inf is not a finite number"):
        tally(scored(ani=[5, float("inf")]))
    with pytest.raises(InputError, match="row 1, column 'criterion': 'k' has no weight; there are ide"):
        tally(scored(ani=[5]), {"ide": 1.0})
    with pytest.raises(InputError, match="the weight 0 of 'k' is not above 0"):
        tally(scored(ani=[5]), {"k": 0})
    with pytest.raises(ConfigError, match="'dewi' is not among ani"):
        tally(scored(ani=[5]), rules=Rules(ties=("judge:dewi",)))
    with pytest.raises(ConfigError, match="'toss' is no rule for ties; there are mean, "):
        tally(scored(ani=[5]), rules=Rules(ties=("toss",)))
    with pytest.raises(NotEnoughDataError):
        tally(scored())
    with pytest.raises(ConfigError, match="a scale needs"):
        Scale(10, 1, 1)


def test_ballots_keep_the_order_of_criteria():
    rows = [("ani", "a", "z", 1.0), ("ani", "a", "b", 2.0)]
    table = pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row")
    assert Ballots.of(table, {"z": 3, "b": 1}).criteria == ("z", "b")
    assert Ballots.of(table, {"z": 3, "b": 1}).totals.tolist() == [[1.25]]
