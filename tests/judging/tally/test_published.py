"""The tally's figures beside published worked examples."""

import krippendorff
import numpy as np
import pytest
from scipy.stats import friedmanchisquare

from textmine.judging.tally import scores
from textmine.judging.tally.alpha import score_alpha
from textmine.judging.tally.concordance import kendall_w
from textmine.judging.tally.condorcet import cycle_through, pairwise, schulze_scores, smith_scores, strongest_paths
from textmine.judging.tally.severity import severity
from textmine.labels.agreement import krippendorff_alpha

NAN = float("nan")


def from_ranks(*rows):
    """Totals that put nominees in these ranks, 1 the best."""
    return -np.array(rows, dtype=float)


def from_votes(names, *votes):
    """One judge a vote: (how many, the order from best to worst)."""
    rows = [[len(names) - order.index(name) for name in names] for n, order in votes for _ in range(n)]
    return np.array(rows, dtype=float)


# Siegel, S. (1956). Nonparametric Statistics for the Behavioral Sciences. McGraw-Hill, table 9.8: three executives
# rank six applicants; sums of ranks 8, 14, 11, 11, 11, 8; s = 25.5, W = .16.
SIEGEL = from_ranks([1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1])

# Kendall, M. G. (1948). Rank Correlation Methods, chapter 6, and Siegel (1956), page 234: ten objects with ties, sums
# of ranks 5.5, 6.5, 9, 13.5, 12, 20, 23, 23.5, 25.5, 26.5; s = 591; W = .828 with the correction for ties.
KENDALL_TIES = from_ranks(
    [1, 4.5, 2, 4.5, 3, 7.5, 6, 9, 7.5, 10],
    [2.5, 1, 2.5, 4.5, 4.5, 8, 9, 6.5, 10, 6.5],
    [2, 1, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10],
)

# https://influentialpoints.com/Training/coefficient_of_concordance.htm, worked example I: strawberries of eight farms
# by four raters; sum of squares 500, W = 0.744, k(n - 1)W = 20.83, p = 0.004 (chi square).
STRAWBERRIES = from_ranks(
    [8, 4, 2, 3, 5, 1, 6, 7], [7, 3, 1, 4, 5, 2, 6, 8], [8, 2, 5, 6, 7, 1, 4, 3], [8, 3, 4, 2, 5, 1, 6, 7]
)

# https://www.proofwiki.org/wiki/Kendall%27s_Coefficient_of_Concordance/Examples/Arbitrary_Example_1: W = 1/16.
PROOFWIKI = from_ranks([1, 3, 2], [1, 2, 3], [2, 3, 1], [3, 1, 2])


@pytest.mark.parametrize(
    ("totals", "w", "tolerance"),
    [
        (SIEGEL, 12 * 25.5 / 1890, 1e-12),
        (KENDALL_TIES, 0.828, 5e-4),
        (STRAWBERRIES, 0.744, 5e-4),
        (PROOFWIKI, 1 / 16, 1e-12),
    ],
)
def test_kendalls_w_is_that_of_worked_examples(totals, w, tolerance):
    assert kendall_w(totals).w == pytest.approx(w, abs=tolerance)


def test_the_large_sample_p_is_that_of_the_example_and_of_scipy():
    found = kendall_w(STRAWBERRIES)
    assert found.p_chi_square == pytest.approx(0.004, abs=5e-4)
    for totals in (SIEGEL, KENDALL_TIES, STRAWBERRIES, PROOFWIKI):
        peer = friedmanchisquare(*totals.T)
        found = kendall_w(totals)
        assert found.p_chi_square == pytest.approx(peer.pvalue, rel=1e-9)
        assert found.w == pytest.approx(peer.statistic / (len(totals) * (totals.shape[1] - 1)), rel=1e-12)


# Friedman, M. (1937). The Use of Ranks to Avoid the Assumption of Normality. JASA 32, tables V and VI; also Siegel
# (1956), table N: exact probabilities of a chi-square of ranks as high or higher.
@pytest.mark.parametrize(
    ("m", "n", "chi_square", "p"),
    [
        (3, 3, 6.0, 0.028),
        (3, 3, 14 / 3, 0.194),
        (4, 3, 8.0, 0.0046),
        (4, 3, 6.5, 0.042),
        (5, 3, 10.0, 0.00077),
        (5, 3, 8.4, 0.0085),
        (5, 3, 6.4, 0.039),
        (2, 4, 6.0, 0.042),
        (2, 4, 5.4, 0.167),
        (3, 4, 9.0, 0.0017),
        (3, 4, 7.4, 0.033),
    ],
)
def test_the_exact_p_is_that_of_friedmans_tables(m, n, chi_square, p):
    from itertools import permutations, product

    orders = list(permutations(range(1, n + 1)))
    for rest in product(orders, repeat=m - 1):  # any ballots with this chi square
        totals = from_ranks(orders[0], *rest)
        found = kendall_w(totals) if _chi_square(totals) == pytest.approx(chi_square, abs=1e-9) else None
        if found:
            assert found.p_method == "exact"
            assert found.p == pytest.approx(p, abs=5e-4 if p > 0.01 else 5e-5)
            return
    raise AssertionError("no ballots have this chi square")


def _chi_square(totals):
    m, n = totals.shape
    sums = totals.sum(axis=0)
    return 12 / (m * n * (n + 1)) * ((sums - sums.mean()) ** 2).sum()


# Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units, missing
# values: nominal .743, ordinal .815, interval .849, ratio .797.
KRIPPENDORFF_2011 = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
)
# https://en.wikipedia.org/wiki/Krippendorff%27s_alpha, A computational example: three coders, fifteen units:
# nominal .691, interval .811.
WIKIPEDIA_ALPHA = np.array(
    [
        [NAN, NAN, NAN, NAN, NAN, 3, 4, 1, 2, 1, 1, 3, 3, NAN, 3],
        [1, NAN, 2, 1, 3, 3, 4, 3, NAN, NAN, NAN, NAN, NAN, NAN, NAN],
        [NAN, NAN, 2, 1, 3, 4, 4, NAN, 2, 1, 1, 3, 3, NAN, 4],
    ]
)


def counted(table):
    return np.stack([(table == value).sum(axis=0) for value in range(1, 6)], axis=1)


def test_alpha_is_that_of_krippendorffs_example():
    assert score_alpha(KRIPPENDORFF_2011, "interval") == pytest.approx(0.849, abs=5e-4)
    assert score_alpha(KRIPPENDORFF_2011, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(counted(KRIPPENDORFF_2011), "nominal") == pytest.approx(0.743, abs=5e-4)
    assert score_alpha(WIKIPEDIA_ALPHA, "interval") == pytest.approx(0.811, abs=5e-4)
    assert krippendorff_alpha(counted(WIKIPEDIA_ALPHA), "nominal") == pytest.approx(0.691, abs=5e-4)


@pytest.mark.parametrize("seed", range(20))
def test_alpha_is_that_of_the_package_and_of_labels(seed):
    random = np.random.default_rng(seed)
    table = random.integers(1, 6, (4, 9)).astype(float)
    table[random.random(table.shape) < 0.3] = NAN
    for level in ("interval", "ordinal"):
        peer = krippendorff.alpha(reliability_data=table, level_of_measurement=level)
        assert score_alpha(table, level) == pytest.approx(peer, abs=1e-9)
    assert score_alpha(table, "ordinal") == pytest.approx(krippendorff_alpha(counted(table), "ordinal"), abs=1e-9)


# https://en.wikipedia.org/wiki/Borda_count and https://en.wikipedia.org/wiki/Condorcet_method: the capital of
# Tennessee, 100 voters. Borda's counts 126 (Memphis), 194 (Nashville), 173 (Chattanooga), 107 (Knoxville); Nashville
# beats Memphis 58:42, Chattanooga 68:32 and Knoxville 68:32.
TENNESSEE = from_votes("MNCK", (42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM"))


def test_bordas_count_is_that_of_tennessee():
    shares = scores.borda(TENNESSEE, scores.everybody(TENNESSEE))[0]
    assert (shares * 3 * 100).round(9).tolist() == [126, 194, 173, 107]
    assert scores.first_places(TENNESSEE, scores.everybody(TENNESSEE))[0].tolist() == [42, 26, 15, 17]


def test_nashville_is_the_condorcet_winner_of_tennessee():
    wins, present = pairwise(TENNESSEE, scores.everybody(TENNESSEE)), np.ones((1, 4), dtype=bool)
    assert wins[0].tolist() == [[0, 42, 42, 42], [58, 0, 68, 68], [58, 32, 0, 83], [58, 32, 17, 0]]
    assert smith_scores(wins, present)[0].tolist() == [1, 4, 3, 2]
    assert schulze_scores(wins, present)[0].tolist() == [0, 3, 2, 1]


def test_condorcets_paradox_is_a_cycle():
    # Condorcet (1785); https://en.wikipedia.org/wiki/Condorcet_paradox: A > B > C, B > C > A, C > A > B.
    totals = from_votes("ABC", (1, "ABC"), (1, "BCA"), (1, "CAB"))
    wins, present = pairwise(totals, scores.everybody(totals)), np.ones((1, 3), dtype=bool)
    assert smith_scores(wins, present)[0].tolist() == [3, 3, 3]
    assert cycle_through(wins[0], present[0]) == [0, 1, 2]
    assert schulze_scores(wins, present)[0].tolist() == [0, 0, 0]


# Schulze, M. (2011), and https://en.wikipedia.org/wiki/Schulze_method, example: 45 voters, five candidates; the
# strongest paths are listed there, and the order is E > A > C > B > D.
SCHULZE = from_votes(
    "ABCDE",
    (5, "ACBED"),
    (5, "ADECB"),
    (8, "BEDAC"),
    (3, "CABED"),
    (7, "CAEBD"),
    (2, "CBADE"),
    (7, "DCEBA"),
    (8, "EBADC"),
)


def test_schulzes_example_has_his_paths_and_his_order():
    wins, present = pairwise(SCHULZE, scores.everybody(SCHULZE)), np.ones((1, 5), dtype=bool)
    assert wins[0].tolist() == [
        [0, 20, 26, 30, 22],
        [25, 0, 16, 33, 18],
        [19, 29, 0, 17, 24],
        [15, 12, 28, 0, 14],
        [23, 27, 21, 31, 0],
    ]
    assert strongest_paths(wins)[0].tolist() == [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ]
    order = np.argsort(-schulze_scores(wins, present)[0])
    assert "".join("ABCDE"[place] for place in order) == "EACBD"
    assert smith_scores(wins, present)[0].tolist() == [5] * 5


def test_the_additive_model_is_that_of_montgomerys_incomplete_blocks():
    # Montgomery, D. C. Design and Analysis of Experiments, section 4.4, the catalyst experiment: four batches (judges),
    # three of four catalysts (nominees) each. Effects -9/8, -7/8, -4/8, 20/8; error sum of squares 3.25, 5 degrees.
    totals = np.array([[73, NAN, 73, 75], [74, 75, 75, NAN], [NAN, 67, 68, 72], [71, 72, NAN, 75]])
    found = severity(totals)
    effects = found.adjusted - found.adjusted.mean()
    assert effects == pytest.approx([-9 / 8, -7 / 8, -4 / 8, 20 / 8])
    assert found.degrees == 5
    assert found.rest**2 * 5 == pytest.approx(3.25)
    assert found.groups == 1
