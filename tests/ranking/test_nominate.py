"""How many are nominated, who, and what is said of those who are not."""

import numpy as np
import polars as pl
import pytest

from textmine.errors import MissingColumnError
from textmine.ranking import load_awards
from textmine.ranking.contest import contest
from textmine.ranking.nominate import CUT_SCHEMA, NOMINATION_SCHEMA, nominate, probability_within


def table(posts, cluster="kota", **more):
    return pl.DataFrame({"agency": list("abcdefghijkl")[: len(posts)], "cluster": cluster, "n_posts": posts, **more})


def spread(posts, sd, seed=0):
    """Draws of ``n_posts`` around what was counted."""
    noise = np.random.default_rng(seed).normal(size=(4000, len(posts)))
    return {"n_posts": np.asarray(posts, dtype=float) + sd * noise}


def of(award_file, posts, *, draws=None, more="", **columns):
    definition = award_file(more)
    return nominate(contest(definition, definition.awards[0], table(posts, **columns), draws=draws))


@pytest.mark.parametrize(
    ("posts", "n"),
    [([100, 99, 98, 60, 59, 58, 57], 3), ([100, 99, 98, 97, 60, 59, 58], 4), ([100, 99, 98, 97, 96, 60, 59], 5)],
)
def test_the_list_is_cut_at_the_obvious_gap_with_draws_and_without(award_file, posts, n):
    for draws in (None, spread(posts, 5.0)):
        found = of(award_file, posts, draws=draws)
        assert found.n == n and found.table["nominee"].to_list() == [True] * n + [False] * (7 - n)
        assert found.cuts.schema == CUT_SCHEMA and found.cuts["n"].to_list() == [3, 4, 5]
        assert found.clear is (draws is not None)


def test_the_separation_is_the_probability_that_two_normal_scores_stand_in_their_order(award_file):
    posts = [100, 95, 90, 84, 83, 82, 50]
    found = of(award_file, posts, draws=spread(posts, 5.0))
    # Differences of 6, 1 and 1 with a standard deviation of 5 * sqrt(2): Phi(0.849) = 0.802, Phi(0.141) = 0.556.
    assert found.cuts["separation"].to_list() == pytest.approx([0.802, 0.556, 0.556], abs=0.03)
    assert found.n == 3 and found.separation == found.cuts["separation"][0] and not found.clear


def test_a_wide_gap_between_uncertain_scores_is_no_gap(award_file):
    posts = [100, 95, 90, 70, 65, 60]
    noise = np.random.default_rng(1).normal(size=(4000, 6)) * [1, 1, 60, 60, 0.5, 0.5]
    draws = {"n_posts": np.asarray(posts, dtype=float) + noise}
    assert of(award_file, posts).n == 3
    assert of(award_file, posts, draws=draws).n == 5


def test_equal_cuts_leave_fewer_out(award_file):
    assert of(award_file, [70, 60, 50, 40, 30, 20, 10]).n == 5


@pytest.mark.parametrize(
    ("posts", "at", "nominees"),
    [
        ([9, 8, 7, 7, 5, 4, 3], "all", [4, 5]),
        ([9, 8, 7, 7, 7, 7, 3], "all", [6]),
        ([9, 8, 7, 7, 7, 7, 3], "none", [2]),
        ([9, 8, 7, 6, 6, 6, 3], "none", [3]),
    ],
)
def test_ties_at_the_cut_follow_the_award(award_file, posts, at, nominees):
    found = of(award_file, posts, more=f'ties = {{ at_the_cut = "{at}" }}')
    assert found.cuts["nominees"].to_list() == nominees
    assert found.nominees.sum() == found.cuts.filter("chosen")["nominees"].item()


def test_who_is_tied_at_the_cut_is_told(award_file):
    everybody = of(award_file, [9, 8, 7, 7, 7, 7, 3]).table["reasons"].to_list()
    assert everybody[2:] == [["nominated", "tied at the cut"]] * 4 + [["below the cut"]]
    nobody = of(award_file, [9, 8, 7, 7, 7, 7, 3], more='ties = { at_the_cut = "none" }').table["reasons"].to_list()
    assert nobody == [["nominated"]] * 2 + [["tied at the cut"]] * 4 + [["below the cut"]]


def test_ties_are_broken_by_the_measures_of_the_award(award_file):
    found = of(
        award_file,
        [9, 8, 7, 7, 7, 7, 3],
        more='ties = { by = ["audience"] }',
        audience=[1, 1, 1, 4, 2, 3, 9],
    )
    assert found.table["agency"].to_list() == list("abdfecg") and found.table["rank"].to_list() == list(range(1, 8))


def test_all_are_nominated_where_all_fit_unless_a_cut_is_clear(award_file):
    posts = [100, 99, 98, 97]
    assert of(award_file, posts, draws=spread(posts, 5.0)).nominees.all()
    posts = [100, 99, 98, 20]
    assert of(award_file, posts, draws=spread(posts, 5.0)).n == 3
    assert of(award_file, [100, 20]).nominees.all()


def test_who_does_not_compete_is_not_listed_and_who_may_not_is_last_with_the_rule(award_file):
    found = of(
        award_file,
        [9, None, 80, 70, 60, 50, 99],
        cluster=["kota", "kota", "Kota", "kota", "kota", "kota", "elsewhere"],
        more="eligibility = { min_posts = 10 }",
    ).table
    assert found.schema == NOMINATION_SCHEMA
    assert found["agency"].to_list() == ["c", "d", "e", "f", "a", "b"]
    assert (
        found.tail(2).select("eligible", "rank", "nominee", "reasons").rows()
        == [(False, None, False, ["min_posts"])] * 2
    )


def test_nobody_with_a_score_is_nobody_nominated(award_file):
    found = of(award_file, [None, None], more="eligibility = { min_posts = 0 }")
    assert not found.nominees.any() and found.separation is None
    assert found.table["reasons"].to_list() == [["no score"]] * 2


def test_the_lowest_is_best_where_the_award_says_so(award_file):
    posts = [60, 59, 58, 100, 10, 11, 12]
    found = of(award_file, posts, draws=spread(posts, 2.0), more='direction = "lowest"')
    assert found.table["agency"].to_list()[:3] == list("efg") and found.n == 3
    top = found.table.row(0, named=True)
    assert top["low"] < top["score"] < top["high"] and top["p_nominee"] > 0.99
    assert found.table["p_first"].sum() == pytest.approx(1.0)


def test_probabilities_are_shares_of_draws():
    draws = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [3.0, np.nan, 1.0], [3.0, 2.0, np.nan]])
    assert probability_within(draws, 1).tolist() == [0.75, 0.0, 0.25]
    assert probability_within(draws, 2).tolist() == [0.75, 0.75, 0.5]
    assert probability_within(draws, 3).tolist() == [1.0, 0.75, 0.75]


def test_categories_of_images_read_the_columns_of_images():
    definition = load_awards("gsm2020")
    columns = {*definition.measures, "n_posts", "engagement_coverage"}
    values = {f"{prefix}{name}": [50.0, 60.0, 70.0, 80.0] for name in columns for prefix in ("", "video_")}
    values |= {f"image_{name}": [80.0, 70.0, 60.0, 50.0] for name in columns}
    agencies = pl.DataFrame({"agency": list("abcd"), "cluster": "kementerian", **values})
    best = {
        award.category.id: nominate(contest(definition, award, agencies)).table["agency"][0]
        for award in definition.awards
        if award.register == definition.awards[0].register
    }
    assert best["best_use_of_image"] == "a" and best["most_active"] == "d"


def test_a_table_without_clusters_is_an_error(award_file):
    definition = award_file("")
    with pytest.raises(MissingColumnError, match="cluster"):
        contest(definition, definition.awards[0], table([1, 2]).drop("cluster"))


def test_a_winner_meets_the_conditions_of_the_file_and_nobody_wins_by_numbers_where_there_are_none(award_file):
    table = pl.DataFrame({"agency": list("abcd"), "cluster": ["kota"] * 4, "n_posts": [140.0, 120.0, 101.0, 90.0]})
    definition = award_file("winner = { above = 100, top = 2 }")
    found = nominate(contest(definition, definition.awards[0], table)).table
    assert dict(found.select("agency", "winner").iter_rows()) == {"a": True, "b": True, "c": False, "d": False}
    assert found["p_winner"].null_count() == 4  # nothing is uncertain
    noise = np.array([[140.0, 120.0, 101.0, 90.0], [140.0, 99.0, 101.0, 90.0], [99.0, 120.0, 101.0, 90.0]])
    drawn = nominate(contest(definition, definition.awards[0], table, draws={"n_posts": noise})).table
    shares = dict(drawn.select("agency", "p_winner").iter_rows())
    assert shares == pytest.approx({"a": 2 / 3, "b": 2 / 3, "c": 2 / 3, "d": 0})
    without = award_file()
    open_ended = nominate(contest(without, without.awards[0], table)).table
    assert open_ended["winner"].null_count() == open_ended["p_winner"].null_count() == 4


def test_only_the_height_of_a_score_may_decide_a_winner(award_file):
    table = pl.DataFrame({"agency": list("ab"), "cluster": ["kota"] * 2, "n_posts": [140.0, None]})
    definition = award_file("winner = { above = 139 }")
    found = nominate(contest(definition, definition.awards[0], table)).table
    assert dict(found.select("agency", "winner").iter_rows()) == {"a": True, "b": None}
