"""Killed in mid-scoring: no acknowledged score is lost, none counts twice; bench/judging_killed.py kills 50 times."""

import importlib.util
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    spec = importlib.util.spec_from_file_location("judging_killed", BENCH / "judging_killed.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "judging_killed", module)
    spec.loader.exec_module(module)
    return module


def test_killed_while_scoring_no_acknowledged_score_is_lost_and_none_counts_twice(bench, address):
    trial = bench.Trial(address, seed=5)
    for _ in range(3):
        trial.kill()
    found = trial.close()
    assert found["stored"] >= found["acknowledged"] > 0
    assert found["killed at a step"] + found["killed from outside"] == 6


def test_the_look_would_find_a_score_that_is_gone_or_doubled(bench, address):
    trial = bench.Trial(address, seed=5)
    trial.kill()
    trial.judges[0].acknowledged += 10
    with pytest.raises(AssertionError, match="was acknowledged"):
        trial.look()
