"""Who competes, what they score, and what ties do."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from textmine.errors import MissingColumnError
from textmine.ranking import load_awards, read_awards
from textmine.ranking.eligibility import ELIGIBILITY_SCHEMA, competing, eligible_agencies
from textmine.ranking.expressions import MeasureTable
from textmine.ranking.standings import award_scores, before_the_cut, ranks_of

FILE = """
name = "x"
title = "X"
[clusters.kota]
title = "Kota"
[[categories]]
id = "active"
title = "Active"
measure = "n_posts"
eligibility = {{ {rules} }}
{more}
[[categories]]
id = "calm"
title = "Calm"
measure = "negative_share"
direction = "lowest"
[[categories]]
id = "best"
title = "Best"
accumulates = "others"
missing = "zero"
"""


@pytest.fixture
def award(tmp_path):
    def read(rules="min_posts = 1", more=""):
        path = tmp_path / "awards.toml"
        path.write_text(FILE.format(rules=rules, more=more), encoding="utf-8")
        return read_awards(path)

    return read


TABLE = pl.DataFrame(
    {
        "agency": ["a", "b", "c", "d"],
        "n_posts": [50, 20, None, 40],
        "campaign_posts": [1, 9, 9, 0],
        "n_posts@facebook": [0, 10, 0, 0],
        "n_posts@x": [0, 0, 0, 0],
        "n_posts@instagram": [50, 10, None, 0],
        "n_posts@youtube": [0, 0, 0, 40],
        "engagement_coverage": [1.0, 0.2, 0.9, None],
        "audience": [100, 200, 300, 400],
    }
)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("min_posts = 1", {"c": ("min_posts", None, 1.0)}),
        ("min_posts = 30", {"b": ("min_posts", 20.0, 30.0), "c": ("min_posts", None, 30.0)}),
        ("min_posts = 0", {}),
        ('min_posts = 0, exclude = ["d"]', {"d": ("excluded", None, None)}),
        (
            'min_posts = 0, platforms = ["instagram", "facebook"]',
            {"a": ("platforms", 1.0, 2.0), "c": ("platforms", 0.0, 2.0), "d": ("platforms", 0.0, 2.0)},
        ),
        (
            "min_platforms = 2",
            {"a": ("min_platforms", 1.0, 2.0), "c": ("min_posts", None, 1.0), "d": ("min_platforms", 1.0, 2.0)},
        ),
        (
            "min_posts = 0, min_coverage = 0.5",
            {"b": ("min_coverage", 0.2, 0.5), "d": ("min_coverage", None, 0.5)},
        ),
        ("min_posts = 0, min_audience = 150", {"a": ("min_audience", 100.0, 150.0)}),
    ],
)
def test_who_is_not_eligible_is_told_the_first_rule_and_both_figures(award, rules, expected):
    found = eligible_agencies(TABLE, award(rules).category("active"))
    assert found.schema == ELIGIBILITY_SCHEMA and found["agency"].to_list() == ["a", "b", "c", "d"]
    assert {row[0]: row[2:] for row in found.iter_rows() if not row[1]} == expected
    assert found.filter("eligible").select("rule", "figure", "needed").null_count().row(0) == (4 - len(expected),) * 3


def test_posts_of_the_campaign_count_where_a_category_names_one(award):
    category = award("min_posts = 5", 'hashtags = ["#a"]').category("active")
    assert eligible_agencies(TABLE, category)["eligible"].to_list() == [False, True, True, False]


def test_a_rule_without_its_figure_is_an_error(award):
    with pytest.raises(MissingColumnError, match="audience"):
        eligible_agencies(TABLE.drop("audience"), award("min_audience = 1").category("active"))


def test_clusters_of_the_register_compete_where_the_file_says():
    clusters = pl.Series(["Pemkot ", "kementerian", "PEMERINTAH PROVINSI", None, "bumn"])
    awards = {each.id: each for each in load_awards("gsm2025").awards}
    regional = awards["most_active/pemerintah daerah"]
    assert competing(clusters, regional).tolist() == [True, False, True, False, False]


def test_best_account_accumulates_among_those_who_compete_with_the_higher_the_better(award):
    definition = award()
    table = pl.DataFrame({"n_posts": [10, 30, 20, 99], "negative_share": [0.3, 0.1, None, 0.0]})
    (best,) = (each for each in definition.awards if each.category.id == "best")
    everyone = np.array([True] * 4)
    found = award_scores(
        definition,
        best,
        dict.fromkeys(definition.selections, MeasureTable(table)),
        competing=np.array([True, True, True, False]),
        eligible={"active": everyone, "calm": everyone, "best": everyone},
    )
    # By hand: active 16.7, 83.3, 50 of three; calm, fewest negative best: 25, 75 of two, none for the third.
    np.testing.assert_allclose(found, [(50 / 3 + 25) / 2, (250 / 3 + 75) / 2, 50 / 2, np.nan])


def test_an_accumulated_category_with_rules_of_its_own_leaves_out_who_does_not_meet_them(award):
    definition = award()
    table = MeasureTable(
        pl.DataFrame({"n_posts": [10, 30, 20], "negative_share": [0.3, 0.1, 0.2]}),
        {"negative_share": np.array([[0.3, 0.1, 0.2], [0.1, 0.2, 0.3]])},
    )
    best = definition.awards[-1]
    everyone = np.array([True] * 3)
    found = award_scores(
        definition,
        best,
        dict.fromkeys(definition.selections, table),
        competing=everyone,
        eligible={"active": np.array([True, True, False]), "calm": everyone, "best": everyone},
    )
    third, half = 100 / 6, 50
    calm = [[third, 5 * third, half], [5 * third, half, third]]
    np.testing.assert_allclose(found, [[(25 + c[0]) / 2, (75 + c[1]) / 2, c[2] / 2] for c in calm])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.integers(-3, 3), max_size=12), st.sampled_from(["highest", "lowest"]))
def test_ranks_are_those_of_scipy(values, direction):
    scores = np.array([np.nan if each is None else each for each in values], dtype=float)
    found = ranks_of(scores, direction=direction)
    known = ~np.isnan(scores)
    sign = -1 if direction == "highest" else 1
    np.testing.assert_array_equal(found[known], rankdata(sign * scores[known], method="min") if known.any() else [])
    assert np.isnan(found[~known]).all()


def test_ties_are_broken_by_one_measure_after_the_other_and_else_shared():
    scores = np.array([3.0, 3, 3, 3, 5])
    first, second = np.array([1.0, 2, 2, np.nan, 0]), np.array([0.0, 1, 7, 9, 0])
    assert ranks_of(scores, breakers=[first]).tolist() == [4, 2, 2, 5, 1]
    assert ranks_of(scores, breakers=[first, second]).tolist() == [4, 3, 2, 5, 1]


def test_scores_within_the_tolerance_of_the_best_of_them_are_equal_and_do_not_chain():
    scores = np.array([1.0, 0.95, 0.88, 0.5])
    assert ranks_of(scores, within=0.1).tolist() == [1, 1, 3, 4]
    assert ranks_of(scores, within=0.1, breakers=[np.array([0.0, 1, 0, 0])]).tolist() == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("ranks", "n", "everybody", "nobody"),
    [
        ([1, 2, 3, 4], 3, [1, 1, 1, 0], [1, 1, 1, 0]),
        ([1, 2, 3, 3], 3, [1, 1, 1, 1], [1, 1, 0, 0]),
        ([1, 1, 3, np.nan], 2, [1, 1, 0, 0], [1, 1, 0, 0]),
        ([1, 1, 1, 1], 3, [1, 1, 1, 1], [0, 0, 0, 0]),
        ([np.nan] * 4, 3, [0] * 4, [0] * 4),
    ],
)
def test_of_those_who_share_the_rank_at_the_cut_all_or_none_are_in(ranks, n, everybody, nobody):
    ranks = np.array(ranks, dtype=float)
    assert before_the_cut(ranks, n, "all").tolist() == [bool(each) for each in everybody]
    assert before_the_cut(ranks, n, "none").tolist() == [bool(each) for each in nobody]
