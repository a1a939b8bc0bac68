"""The bench scripts write the pages that README and docs point to; what they measure is theirs to say."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"


@pytest.fixture
def bench_modules(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import accuracy
    import run

    return accuracy, run


def test_accuracy_without_data_says_what_was_skipped_and_writes_nothing(tmp_path):
    pages = [path.read_bytes() for path in (BENCH.parent / "docs").glob("*.md")]
    command = [sys.executable, str(BENCH / "accuracy.py"), "normalisation", "stems", "--data", str(tmp_path), "--print"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for skipped in ("normalisation: no normalisation/stif/dev.inf", "stems, UD GSD dev: no "):
        assert f"SKIPPED {skipped}" in done.stderr
    assert done.stdout.startswith("# Accuracy\n")
    assert pages == [path.read_bytes() for path in (BENCH.parent / "docs").glob("*.md")]


def test_a_part_that_was_skipped_keeps_what_was_measured_before(bench_modules, tmp_path):
    accuracy, _ = bench_modules
    before = {"normalisation": {"rows": [], "skipped": [], "notes": ["as it was"], "machine": "a machine"}}
    assert accuracy.measured(["normalisation"], tmp_path, before) == before


def test_the_page_of_accuracy_is_made_of_the_results_that_are_kept(bench_modules):
    accuracy, _ = bench_modules
    results = json.loads(accuracy.RESULTS.read_text(encoding="utf-8"))
    assert set(results) == set(accuracy.PARTS)
    assert accuracy.page(results) == accuracy.PAGE.read_text(encoding="utf-8")


def test_textmine_stands_in_every_row_and_peers_come_from_best_to_worst(bench_modules):
    import scores

    row = scores.Row("task", "texts", 2, "share", {"textmine": 0.5, "a": 0.25, "b": 1.0}, "at least 0.5")
    assert scores.table([row]).splitlines()[-1] == (
        "| task | texts | 2 | share | at least 0.5 | **0.500** | b 1.000; a 0.250 |"
    )


def test_one_section_is_refreshed_and_the_others_stay(bench_modules):
    _, run = bench_modules
    page = run.refreshed("", {"ingest": "<!-- ingest -->\n## Ingest\n\nold", "matrix": "<!-- matrix -->\n## M\n\nkept"})
    anew = run.refreshed(page, {"ingest": "<!-- ingest -->\n## Ingest\n\nnew"})
    assert anew.startswith(run.HEAD.strip())
    assert anew == page.replace("old", "new") and "kept" in anew
    assert anew.index("## M") < anew.index("## Ingest")


def test_the_page_of_performance_holds_every_measurement(bench_modules):
    _, run = bench_modules
    page = run.PAGE.read_text(encoding="utf-8")
    assert run.refreshed(page, {}) == page
    for name in run.MEASUREMENTS:
        assert f"<!-- {name} -->\n## " in page


def test_the_page_of_topics_is_made_of_the_results_that_are_kept(bench_modules):
    import topics

    results = json.loads(topics.RESULTS.read_text(encoding="utf-8"))
    assert topics.page(results) == topics.PAGE.read_text(encoding="utf-8")


def test_the_page_of_ranking_is_made_of_the_results_that_are_kept(bench_modules):
    import ranking

    results = json.loads(ranking.RESULTS.read_text(encoding="utf-8"))
    assert set(results) == {*ranking.SETTINGS, "speed"}
    assert ranking.page(results) == ranking.PAGE.read_text(encoding="utf-8")


def test_the_ranking_keeps_its_goals(bench_modules):
    """The default is best or within one standard error, and intervals hold 0.90 +- 0.02, as the page says."""
    import ranking

    results = json.loads(ranking.RESULTS.read_text(encoding="utf-8"))
    for name in ranking.USUAL:
        assert results[name]["seasons"] == 500
        for cell in results[name]["cells"].values():
            assert ranking.verdict(cell) in ("best", "within one se")
        assert abs(results[name]["score_held"][0] - 0.9) <= 0.02
        assert abs(results[name]["rank_held"][0] - 0.9) <= 0.02


def test_a_simulated_season_ranks_the_same_for_the_same_seed(bench_modules):
    import ranking
    from ranking_seasons import Setting

    setting = Setting(agencies=8, posts=1500)
    first, again = ranking.one_season(setting, 3), ranking.one_season(setting, 3)
    assert {**first, "seconds": 0} == {**again, "seconds": 0}
    assert ranking.verdict({"textmine": {"share": [0.5, 0.1], "behind": [0, 0]}}) == "best"
    behind = {"share": [0.6, 0.1], "behind": [-0.1, 0.05]}
    assert (
        ranking.verdict({"textmine": {"share": [0.5, 0.1], "behind": [0, 0]}, "raw rate": behind}) == "behind raw rate"
    )


def test_the_part_of_a_document_depends_on_its_text_alone(bench_modules):
    from topics_corpora import _corpus

    tokens = [[f"kata{i % 7}", f"kata{i % 11}", "sama"] for i in range(300)]
    whole, turned = _corpus("made up", tokens, None), _corpus("made up", tokens[:40][::-1], None)
    parts = {tuple(document): part for document, part in zip(whole.tokens, whole.parts, strict=True)}
    assert len(parts) == len(whole.tokens) == 77
    assert {part: (whole.parts == part).any() for part in ("fit", "validation", "test")} == dict.fromkeys(
        ("fit", "validation", "test"), True
    )
    assert all(parts[tuple(document)] == part for document, part in zip(turned.tokens, turned.parts, strict=True))


def test_npmi_of_many_models_equals_gensims(bench_modules):
    import numpy as np
    import scipy.sparse as sp
    from topics_corpora import Part
    from topics_scores import HeldOutNpmi, gensim_coherences

    random = np.random.default_rng(1)
    vocabulary = [f"kata{i}" for i in range(20)]
    tokens = [[vocabulary[i] for i in random.permutation(20)] for _ in range(80)]
    part = Part(tokens, sp.csr_array((80, 20)), None)
    tops = [list(range(10)), list(range(10, 20))]
    values = gensim_coherences("c_npmi", tops, part, vocabulary)
    assert HeldOutNpmi(part, vocabulary)(tops) == pytest.approx(np.mean(values), abs=1e-6)


def test_a_verdict_allows_one_standard_error_and_no_more(bench_modules):
    from topics import verdict

    def row(model, product, seconds):
        return {"model": model, "kind": "default", "product": product, "seconds": [seconds]}

    lda = row("gensim LDA", [0.10, 0.12, 0.11], 6.0)
    near, far = (row("textmine", [value] * 3, 1.0) for value in (0.106, 0.10))
    assert verdict([near, lda])["holds"] and not verdict([far, lda])["holds"]
    assert verdict([near, lda])["times_as_fast"] == 6.0


def test_the_season_s_section_tells_stages_growth_kills_and_words(bench_modules):
    import season_section

    stage = {
        "seconds": 2.0,
        "processor_seconds": 3.0,
        "read_mb": 5.0,
        "written_mb": 7.0,
        "peak_mb": 100.0,
        "children_mb": 50.0,
    }
    stages = {"matrix": stage, "topics": {**stage, "peak_mb": 300.0}}
    curve = {"tokens": 10**6, "types": 10, "once": 0.5, "heaps_exponent": 0.6, "zipf_exponent": 1.1,
             "heaps": [[10**4, 100], [10**6, 10_000]], "zipf": [[1, 5000], [100, 50]]}  # fmt: skip
    kills = [{"after_seconds": 9.0, "in_stage": "topics", "lost_seconds": 1.0}]
    size = {"posts": 5, "stages": stages, "floor_seconds": 0.5, "load_before": 0.1, "load_after": 2.0, "seconds": 4.0,
            "curve": curve, "killed": {"kills": kills, "spent_seconds": 6.0}}  # fmt: skip
    goals = {"run_seconds": 480.0, "run_peak_mb": 4096.0, "topics_seconds": 100.0, "topics_peak_mb": 3072.0}
    fits = {"matrix": {"time_exponent": 1.0, "memory_exponent": 0.0}}
    page = season_section.season_section({"goals": goals, "season": [size], "fits": fits, "real": curve})
    assert "| 5 | matrix and topics | 4.0 | 6.0 | 300 | 50 | 10 | 14 | 8 |" in page
    assert "| matrix | 1.00 | 0.00 |" in page and "after 9 s in topics (1 s lost)" in page
    assert "| 100,000 | 1,000 | 1,000 | 10 | 500.0 | 500.0 |" in page, "read off between two points"
    assert "| 100,000,000 |  |  | 10,000 |  |  |" in page, "nothing outside of the curve"


def test_a_heaps_curve_counts_types_and_zipf_s_slope_is_found(bench_modules):
    import season

    words = [f"kata{rank}" for rank in range(1, 200) for _ in range(2000 // rank)]
    curve = season.growth_curve(iter([pl.Series("caption", [" ".join(words[i::50]) for i in range(50)])]))
    assert curve["tokens"] == len(words) and curve["types"] == 199
    assert curve["zipf_exponent"] == pytest.approx(1.0, abs=0.02)
    assert curve["heaps"][-1] == (len(words), 199) and curve["zipf"][0] == (1, 2000)
