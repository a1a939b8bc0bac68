"""Shares of the weights in closed form, Kendall's tau by published examples, lists by definition and period."""

import itertools

import numpy as np
import polars as pl
import pytest

from textmine.ranking.contest import contest
from textmine.ranking.leave_out import LEAVE_OUT_SCHEMA
from textmine.ranking.nominate import nominate
from textmine.ranking.sensitivity import (
    AS_DEFINED,
    BUMP_SCHEMA,
    VARIANT_SCHEMA,
    agreement,
    bump_chart,
    by_definition,
    by_period,
    differences,
    engagement_definitions,
    with_nominations,
)
from textmine.ranking.weight_space import WEIGHT_SCHEMA, weight_shares

ONE = "nominees = { min = 1, max = 1 }"
TWO = "nominees = { min = 2, max = 2 }"


def table(**columns):
    size = len(next(iter(columns.values())))
    return pl.DataFrame({"agency": list("abcdefghij")[:size], "cluster": "kota", "n_posts": 1, **columns})


def of(award_file, measure, figures, more=ONE):
    definition = award_file(more, measure)
    here = contest(definition, definition.awards[0], figures)
    return here, nominate(here)


def shares(award_file, measure, figures, more=ONE, **options):
    found = weight_shares(*of(award_file, measure, figures, more), **options)
    assert found.schema == WEIGHT_SCHEMA
    return {
        agency: (first, among) for agency, first, among in found.select("agency", "first_share", "nominee_share").rows()
    }


def test_two_parts_are_exact(award_file):
    # w * 4 against (1 - w) * 1, and 0.9 for c at any w: a above c from 0.225 on, b above c below 0.1.
    figures = table(consistency=[4.0, 0.0, 0.9], quality=[0.0, 1.0, 0.9])
    found = shares(award_file, "0.3 * consistency + 0.7 * quality", figures)
    assert {agency: share[0] for agency, share in found.items()} == pytest.approx({"a": 0.775, "b": 0.1, "c": 0.125})
    # Two nominees: a is last below 0.2 (4w < 1 - w), b is last where it is below both: w > 0.2; c is never last.
    found = shares(award_file, "0.3 * consistency + 0.7 * quality", figures, TWO)
    assert {agency: share[1] for agency, share in found.items()} == pytest.approx({"a": 0.8, "b": 0.2, "c": 1.0})


def test_two_parts_agree_with_a_fine_grid(award_file):
    values = np.random.default_rng(3).normal(size=(2, 9))
    found = shares(
        award_file, "0.5 * consistency + 0.5 * quality", table(consistency=values[0], quality=values[1]), TWO
    )
    weights = (np.arange(200_000) + 0.5) / 200_000
    scores = weights[:, None] * values[0] + (1 - weights)[:, None] * values[1]
    places = (-scores).argsort(axis=1).argsort(axis=1)
    for place, agency in enumerate("abcdefghi"):
        assert found[agency] == pytest.approx(((places[:, place] == 0).mean(), (places[:, place] < 2).mean()), abs=1e-4)


def test_three_parts_with_an_agency_best_in_each_share_the_simplex_alike(award_file):
    figures = table(consistency=[1.0, 0.0, 0.0], quality=[0.0, 1.0, 0.0], active_weeks_share=[0.0, 0.0, 1.0])
    found = shares(award_file, "0.2 * consistency + 0.2 * quality + 0.6 * active_weeks_share", figures)
    assert [share[0] for share in found.values()] == pytest.approx([1 / 3] * 3, abs=0.012)


def test_the_share_of_a_corner_is_its_area(award_file):
    # a has the first weight alone, b is 1/2 always: a is first where its weight is above 1/2: a quarter.
    figures = table(consistency=[1.0, 0.5], quality=[0.0, 0.5], active_weeks_share=[0.0, 0.5])
    found = shares(award_file, "consistency + quality + active_weeks_share", figures)
    assert found["a"][0] == pytest.approx(0.25, abs=0.012) and found["b"][0] == pytest.approx(0.75, abs=0.012)


def test_the_error_of_a_share_is_that_of_its_draws_and_the_seed_decides_them(award_file):
    figures = table(consistency=[1.0, 0.5], quality=[0.0, 0.5], active_weeks_share=[0.0, 0.5])
    here = of(award_file, "consistency + quality + active_weeks_share", figures)
    found = weight_shares(*here, n_draws=5000, seed=4)
    assert found["first_error"].to_list() == pytest.approx([np.sqrt(0.1875 / 5000)] * 2, rel=0.05)
    assert found.equals(weight_shares(*here, n_draws=5000, seed=4))
    assert not found.equals(weight_shares(*here, n_draws=5000, seed=5))


def test_a_part_that_counts_against_keeps_its_sign_and_the_lowest_can_be_best(award_file):
    figures = table(consistency=[1.0, 0.0], quality=[1.0, 0.0])
    assert shares(award_file, "consistency - quality", figures)["a"][0] == pytest.approx(0.5)
    assert shares(award_file, "-consistency - quality", figures)["b"][0] == 1.0
    assert shares(award_file, "consistency + quality", figures, ONE + '\ndirection = "lowest"')["b"][0] == 1.0


def test_one_part_alone_has_no_weights_to_change(award_file):
    assert shares(award_file, "quality", table(quality=[1.0, 3.0, None])) == {"b": (1.0, 1.0), "a": (0.0, 0.0)}


def ranked(**orders):
    frames = [
        pl.DataFrame({"variant": name, "agency": [f"s{i}" for i in range(len(ranks))], "score": None, "rank": ranks})
        for name, ranks in orders.items()
    ]
    return pl.concat(frames).with_columns(nominee=pl.col("rank") <= 3).cast(VARIANT_SCHEMA)


def test_tau_is_that_of_a_published_example():
    # Hollander and Wolfe (1973), p. 187: lightness and quality of nine lots of tuna, 26 of 36 pairs agree, tau = 0.444.
    lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
    quality = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
    places = [[sorted(values).index(value) + 1 for value in values] for values in (lightness, quality)]
    found = agreement(ranked(lightness=places[0], quality=places[1]))
    assert found["tau"].item() == pytest.approx(16 / 36) and found["agencies"].item() == 9


def test_tau_with_ties_is_tau_b_as_counted_by_hand():
    one, other = [1, 2, 2, 4, 5], [1, 3, 2, 3, 5]
    pairs = list(itertools.combinations(range(5), 2))
    score = sum(np.sign(one[i] - one[j]) * np.sign(other[i] - other[j]) for i, j in pairs)
    untied = [sum(each[i] != each[j] for i, j in pairs) for each in (one, other)]
    assert agreement(ranked(a=one, b=other))["tau"].item() == pytest.approx(score / np.sqrt(untied[0] * untied[1]))


def test_lists_are_compared_by_nominees_and_first_place():
    variants = ranked(a=[1, 2, 3, 4, 5], b=[2, 1, 4, 3, 5], c=[1, None, None, None, None])
    found = agreement(variants)
    assert found.select("variant", "other").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found["nominees_in_both"].to_list() == [2, 1, 1] and found["nominees_in_one"].to_list() == [2, 2, 2]
    assert found["same_first"].to_list() == [False, True, False] and found["tau"].to_list()[1] is None
    assert differences(variants).rows() == [
        ("a", ["s0"], [], []),
        ("b", ["s1"], ["s3"], ["s2"]),
        ("c", ["s0"], [], ["s1", "s2"]),
    ]


def test_the_chart_has_a_line_for_whoever_is_a_nominee_in_any_list():
    chart = bump_chart(ranked(a=[1, 2, 3, 4, 5], b=[2, 1, 4, 3, 5]))
    assert chart.schema == BUMP_SCHEMA
    assert chart.select("place", "agency", "rank").rows() == [
        (0, "s0", 1), (1, "s0", 2), (0, "s1", 2), (1, "s1", 1), (0, "s2", 3), (1, "s2", 4), (0, "s3", 4), (1, "s3", 3),
    ]  # fmt: skip


FIGURES = table(
    engagement_rate=[3.0, 2.0, 1.0],
    rivaliq=[1.0, 2.0, 3.0],
    tribe=[3.0, 1.0, 2.0],
    **{"engagement_rate@x": [3.0, 2.0, 1.0], "rivaliq@x": [1.0, 2.0, 3.0]},
)


def test_each_definition_of_engagement_that_the_table_has_is_put_in_the_place_of_the_default(award_file):
    found = by_definition(*of(award_file, "0.5 * pct(engagement_rate) + 0.5 * pct(n_posts)", FIGURES))
    assert found.schema == VARIANT_SCHEMA
    orders = {name: "".join(rows["agency"]) for (name,), rows in found.group_by("variant", maintain_order=True)}
    assert orders == {AS_DEFINED: "abc", "rivaliq": "cba", "tribe": "acb"}
    assert agreement(found).filter(pl.col("other") == "rivaliq")["tau"].item() == -1.0


def test_a_definition_is_swapped_on_each_platform_too(award_file):
    found = by_definition(*of(award_file, "mean_of(engagement_rate, x)", FIGURES), ["rivaliq"])
    assert found.filter(pl.col("variant") == "rivaliq")["score"].to_list() == [3.0, 2.0, 1.0]


def test_a_score_without_engagement_has_one_list_and_an_unknown_definition_is_an_error(award_file):
    assert by_definition(*of(award_file, "n_posts", FIGURES))["variant"].unique().to_list() == [AS_DEFINED]
    with pytest.raises(ValueError, match="sotrender"):
        by_definition(*of(award_file, "engagement_rate", FIGURES), ["sotrender"])


def test_definitions_are_rates_and_no_totals():
    names = engagement_definitions()
    assert names[0] == "engagement_per_post" and {"engagement_rate", "rivaliq", "bonson_ratkai"} <= set(names)
    assert not {"engagement_total", "views_total", "video_rivaliq"} & set(names)


def test_periods_are_ranked_each_on_its_own_with_the_agencies_that_they_have(award_file):
    definition = award_file(TWO)
    periods = {"2019": table(n_posts=[3, 2, 1]), "2020": table(n_posts=[1, 2, 3, 4])}
    found = by_period(definition, definition.awards[0], periods, n=2)
    assert found["agency"].to_list() == list("abcdcba")
    assert differences(found).row(1) == ("2020", ["d"], ["d", "c"], ["a", "b"])


def test_who_falls_with_the_smallest_account_is_marked(award_file):
    _, nomination = of(award_file, "n_posts", table(quality=[0, 0, 0]).with_columns(n_posts=pl.Series([3, 2, 1])), TWO)
    rows = [
        ("a", "top post", "x", 3.0, 2.0, 1, 2),
        ("b", "top post", "x", 2.0, 0.0, 2, 3),
        ("b", "platform", "x", 2.0, None, 2, None),
        ("c", "top post", "x", 1.0, 1.0, 3, 3),
        ("elsewhere", "top post", "x", 1.0, 1.0, 1, 1),
    ]
    found = with_nominations(pl.DataFrame(rows, schema=LEAVE_OUT_SCHEMA, orient="row"), nomination)
    assert found["agency"].to_list() == ["a", "b", "b", "c"] and found["nominee"].to_list() == [True, True, True, False]
    assert found["falls"].to_list() == [False, True, True, False]
