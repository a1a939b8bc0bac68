"""The cost model, the bounds of smaller vocabularies and the pages of bench/scale.py and bench/peers.py."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.fixture(autouse=True)
def bench_modules(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))


def run_of(posts, parts):
    """A run on Spark as a law without noise would have it."""
    given = parts * 50 * (posts / parts) ** 0.6
    merged = 30 * posts**0.65
    return {
        "engine": "Spark",
        "step": "matrix",
        "posts": posts,
        "parts": parts,
        "part_rows": given,
        "rows": merged,
        "cpu": 2 + 2e-5 * posts,
        "java_cpu": 3e-5 * given,
        "shuffled": 35 * given,
        "driver_cpu": 3e-6 * posts + 2e-6 * merged,
    }


def test_a_law_without_noise_is_found_and_continued():
    from scale import StepModel

    model = StepModel.fit([run_of(60_000, 4), run_of(200_000, 4)])
    expected = run_of(6_000_000_000, 200)
    told = model.costs(expected["posts"], expected["parts"])
    assert told == pytest.approx({name: expected[name] for name in told}, rel=1e-6)


def test_a_step_that_merges_nothing_costs_by_its_posts():
    from scale import StepModel

    nothing = {"part_rows": 0, "rows": 0, "java_cpu": 0.0, "shuffled": 100}
    times = [{"cpu": 2 + 1e-5 * posts, "driver_cpu": 1 + 2e-5 * posts} for posts in (1_000, 3_000)]
    model = StepModel.fit(
        [run_of(posts, 4) | nothing | took for posts, took in zip((1_000, 3_000), times, strict=True)]
    )
    told = model.costs(10**6, 8)
    assert told["cpu"] == pytest.approx(12.0) and told["shuffled"] == told["rows"] == 0
    assert told["driver_cpu"] == pytest.approx(21.0)


def counts_of(rows):
    return sp.csr_array(np.array(rows, np.int32))


def test_the_bounds_of_pruning_are_reached_and_not_crossed(monkeypatch):
    """A term once in each of four parts is lost; with one post more it is kept and misses three of its posts."""
    import polars as pl
    import scale_vocabulary

    from textmine.matrix import DocumentTermMatrix
    from textmine.vocabulary import VOCABULARY_SCHEMA

    monkeypatch.setattr(scale_vocabulary, "PARTS", (4,))
    monkeypatch.setattr(scale_vocabulary, "LEAST", (2,))
    lost, kept = [1, 0] * 4, [1, 1, 1, 0, 1, 0, 1, 0]
    counts = counts_of(list(zip(lost, kept, strict=True)))
    described = pl.DataFrame(
        {"term": ["lost", "kept"], "kind": ["word"] * 2, "surface": ["lost", "kept"], "count": [4, 5]}
    ).with_columns(pl.Series("document_frequency", [4, 5]))
    (row,) = scale_vocabulary.pruned(DocumentTermMatrix(counts, described.cast(VOCABULARY_SCHEMA)))
    assert row["never_lost_from"] == 5 and row["most_posts_of_a_lost_term"] == 4
    assert row["terms_left"] == 1 and row["largest_miss"] == row["bound_of_misses"] == 3
    assert row["rows"] == 8 and row["rows_left"] == 1 and row["entries_lost"] == pytest.approx(4 / 9)


def test_a_part_counts_the_posts_that_hold_a_term_and_no_occurrence_twice():
    from scale_vocabulary import document_frequencies

    found = document_frequencies(counts_of([[3, 0], [1, 1], [0, 2], [0, 0]]), 2)
    assert found.tolist() == [[2, 1], [0, 1]]


def test_heaps_law_says_the_terms_of_the_largest_number_of_posts():
    import polars as pl
    from scale import terms_at
    from scale_vocabulary import heaps

    random = np.random.default_rng(0)
    words = [" ".join(f"kata{chr(97 + n % 26)}{n}x" for n in row) for row in random.zipf(1.4, (2_000, 6)) % 10**6]
    law = heaps(
        pl.DataFrame(
            {"caption": words, "hashtags": [[] for _ in words]}, schema_overrides={"hashtags": pl.List(pl.String)}
        )
    )
    last = law["points"][-1]
    assert last["posts"] == 2_000 and 0.3 < law["exponent"] < 1
    assert terms_at(law, 1, last["tokens"]) == pytest.approx(last["terms"], rel=law["largest_error"] + 1e-9)


def test_the_page_of_scale_is_made_of_the_results_that_are_kept():
    import scale
    from scale_page import page

    found = [scale.read(name) for name in ("spark", "scale_vocabulary", "scale_growth")]
    assert page(*found, scale.POSTS, scale.CORES, 2 * scale.CORES) == scale.PAGE.read_text(encoding="utf-8")


def test_the_page_of_peers_is_made_of_the_results_that_are_kept():
    import peers

    result = json.loads(peers.RESULTS.read_text(encoding="utf-8"))
    assert peers.page(result) == peers.PAGE.read_text(encoding="utf-8")


def test_growth_is_a_straight_line_through_the_medians():
    import peers

    def run(seconds, megabytes):
        return {"steps": {"all": {"processor_seconds": seconds, "seconds": seconds, "peak_mb": megabytes}}}

    of = {"1000": [run(2.0, 110.0), run(2.0, 110.0), run(99.0, 110.0)], "3000": [run(4.0, 130.0)]}
    grown = peers.growth(of)
    assert grown["microseconds"] == pytest.approx(1000.0)
    assert grown["season_hours"] == pytest.approx((1.0 + peers.SEASON * 1e-3) / 3600)
    assert grown["season_gb"] == pytest.approx((100 + peers.SEASON / 100) / 1024)


@pytest.mark.parametrize("contender", ["textmine", "PySastrawi, scikit-learn NMF", "PySastrawi, gensim LDA"])
def test_every_contender_gives_weights_to_all_posts_and_tells_its_steps(contender, tmp_path):
    import peers
    import peers_child

    (folder,) = peers.prepared([300], tmp_path).values()
    clock = peers_child.Clock()
    terms, tokens = peers_child.CONTENDERS[contender](folder, clock)
    assert terms > 500 and tokens > 3_000
    assert peers_child.WEIGHTS in clock.steps and set(clock.steps) <= set(peers_child.STEPS)
    assert all(step["peak_mb"] > 10 for step in clock.steps.values())
