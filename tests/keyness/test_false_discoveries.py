"""Simulated collections in which nothing sets the groups apart, and what is found in them all the same.

``TEXTMINE_SIMULATIONS=200 pytest tests/keyness/test_false_discoveries.py`` looks at two hundred of each kind.
"""

import os
from functools import partial

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from scipy.stats import binom, chi2

from textmine.keyness import key_terms
from textmine.matrix import DocumentTermMatrix

N_SIMULATIONS = int(os.environ.get("TEXTMINE_SIMULATIONS", "60"))
WORDS = 120
N_CAMPAIGNS = 12


def simulate(post_table, vocabulary_of, seed, *, n_accounts=6, n_posts=1500, planted=(), changed=0.0, burst=7):
    """Posts of half a year in which words come in bursts of an account's week, and texts are posted again and again.

    Accounts differ in how much they post. A third of the words come in bursts of ``burst`` days that begin on any day
    of the week. One post in four repeats a campaign text, and each account has its own few that it repeats most.
    ``planted`` words go into 12 % of the texts of the first group, and into 1 % of all others. ``changed`` is the
    share of the words of campaign texts that are left out of a copy.
    """
    rng = np.random.default_rng(seed)
    account = rng.choice(n_accounts, size=n_posts, p=rng.dirichlet(np.full(n_accounts, 8.0)))
    account[:n_accounts] = np.arange(n_accounts)
    day = rng.integers(0, 182, size=n_posts)
    rate = 0.4 / np.arange(1, WORDS + 1) ** 0.8
    bursty = np.arange(WORDS) % 3 == 0
    n_bursts = 182 // burst
    loud = rng.uniform(size=(n_accounts * n_bursts, WORDS)) < 0.06
    loudness = np.where(loud, 15.0, 0.1)[account * n_bursts + np.minimum(day // burst, n_bursts - 1)]
    chance = np.minimum(rate * np.where(bursty, loudness, 1.0), 0.9)
    present = rng.uniform(size=(n_posts, WORDS)) < chance
    favour = rng.dirichlet(np.full(N_CAMPAIGNS, 0.2), size=n_accounts).cumsum(axis=1)
    campaign = (rng.uniform(size=n_posts)[:, None] > favour[account]).sum(axis=1).clip(0, N_CAMPAIGNS - 1)
    campaign[rng.uniform(size=n_posts) < 0.75] = -1
    texts = rng.uniform(size=(N_CAMPAIGNS, WORDS)) < 0.08
    present[campaign >= 0] = texts[campaign[campaign >= 0]]
    present[campaign >= 0] &= rng.uniform(size=((campaign >= 0).sum(), WORDS)) >= changed
    for word in planted:
        said = rng.uniform(size=n_posts) < np.where(account == 0, 0.12, 0.01)
        present[:, word] = np.where(campaign >= 0, present[:, word], said)
    # a word of its own for each text, so that only campaign texts are the same
    own = np.where(campaign >= 0, campaign, np.arange(n_posts) + N_CAMPAIGNS)
    counts = sp.csr_array(sp.hstack([sp.csr_array(present.astype(np.int32)), one_hot(own, n_posts + N_CAMPAIGNS)]))
    terms = [f"kata{i:03}" for i in range(WORDS)] + [f"teks{i:05}" for i in range(n_posts + N_CAMPAIGNS)]
    frame = post_table([f"akun{i:02}" for i in account], days=day)
    matrix = DocumentTermMatrix(counts, vocabulary_of(terms, counts))
    return (
        frame,
        matrix,
        frame.select("platform", "post_id", cluster=pl.Series(campaign)).filter(pl.col("cluster") >= 0),
    )


@pytest.fixture
def simulated(post_table, vocabulary_of):
    return partial(simulate, post_table, vocabulary_of)


def one_hot(codes, n):
    return sp.csr_array((np.ones(len(codes), np.int32), (np.arange(len(codes)), codes)), shape=(len(codes), n))


def most_allowed(rate):
    """How many of the simulations may have a finding, if each has one with this probability, 99 times in 100."""
    return int(binom.ppf(0.99, N_SIMULATIONS, rate))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("by", "n_accounts", "burst"),
    [("agency", 6, 7), ("agency", 6, 28), ("column", 36, 7), ("column", 4, 14), ("month", 24, 7)],
    ids=[
        "agencies",
        "agencies, bursts of four weeks",
        "three groups of twelve agencies",
        "two groups of two agencies, bursts of two weeks",
        "months",
    ],
)
def test_no_false_discovery_beyond_the_set_rate_over_many_simulations(simulated, by, n_accounts, burst):
    found = 0
    for seed in range(N_SIMULATIONS):
        frame, matrix, _ = simulated(seed, n_accounts=n_accounts, burst=burst)
        groups = halves_or_thirds(frame, n_accounts) if by == "column" else by
        table = key_terms(frame, matrix=matrix, by=groups, direction="both", top=None, level=0.05, min_agencies=1)
        found += table["significant"].any()
    # All that is found is false, so the false discovery rate is the share of simulations with a finding.
    assert found <= most_allowed(0.05)


def halves_or_thirds(frame, n_accounts):
    """A user's column: which accounts are in which group."""
    number = pl.col("account").str.slice(4).cast(pl.Int64)
    return frame.select("platform", "post_id", klub=number // (12 if n_accounts == 36 else 2))


def test_copies_with_some_words_changed_are_held_together_by_near_duplicates(simulated):
    found = {"known": 0, "unknown": 0}
    for seed in range(60):
        frame, matrix, near_duplicates = simulated(seed, changed=0.1)
        for name, clusters in (("known", near_duplicates), ("unknown", None)):
            table = key_terms(frame, matrix=matrix, direction="both", top=None, near_duplicates=clusters)
            found[name] += table["significant"].any()
    assert found["known"] <= binom.ppf(0.99, 60, 0.05)
    assert found["unknown"] >= 30


def test_plain_g2_would_find_something_in_nearly_all_of_them(simulated):
    found = 0
    for seed in range(20):
        frame, matrix, _ = simulated(seed)
        table = key_terms(frame, matrix=matrix, direction="both", top=None, count="occurrences")
        found += int((chi2.sf(table["g2"], 1) * WORDS * 6 < 0.05).any())
    assert found >= 18


def test_planted_keywords_are_found_with_the_right_sign_and_little_else(simulated):
    planted = (7, 41, 83)
    names = {f"kata{i:03}" for i in planted}
    hits, false = [], []
    for seed in range(40):
        frame, matrix, _ = simulated(seed, n_posts=3000, planted=planted)
        table = key_terms(frame, matrix=matrix, direction="both", top=None).filter("significant")
        over = table.filter(pl.col("group") == "akun00", pl.col("direction") == "over")["term"]
        hits.append(len(names & set(over)))
        true = len(table.filter(pl.col("term").is_in(list(names))))
        false.append(1 - true / len(table) if len(table) else 0.0)
        wrong = table.filter(
            pl.col("term").is_in(list(names)), pl.col("group") == "akun00", pl.col("direction") == "under"
        )
        assert wrong.is_empty()
    assert np.mean(hits) >= 0.9 * len(planted)
    assert np.mean(false) <= 0.05
