"""How long a tally takes, and how often each method crowns the truly best nominee of simulated juries.

    python bench/tally.py                 # both parts, about a minute
    python bench/tally.py speed           # one of them
    python bench/tally.py methods --juries 500

Figures are quoted in docs/judge_tally.md.
"""

import argparse
import statistics
import time

import numpy as np
import polars as pl

from textmine.judging.tally import METHODS, Rules, tally
from textmine.judging.tally.methods import leaders, method_scores
from textmine.judging.tally.scores import everybody

SIZES = ((3, 5, 5), (5, 5, 5), (9, 20, 6), (200, 50, 6))


def table(n_judges, n_nominees, n_criteria, seed=0):
    """Scores 1 to 10 of judges of different severity; one in fifty left out."""
    random = np.random.default_rng(seed)
    quality = random.normal(size=n_nominees)[None, :, None]
    severity = random.normal(0, 0.5, n_judges)[:, None, None]
    noise = random.normal(size=(n_judges, n_nominees, n_criteria))
    values = np.clip(np.round(7 + quality - severity + noise), 1, 10)
    left_out = random.random((n_judges, n_nominees)) < 0.02
    rows = [
        (f"j{j}", f"n{i}", f"c{c}", float(values[j, i, c]))
        for j, i in zip(*np.nonzero(~left_out), strict=True)
        for c in range(n_criteria)
    ]
    return pl.DataFrame(rows, schema=["judge", "nominee", "criterion", "value"], orient="row")


def speed(repetitions=5):
    """Median seconds of a whole tally: all methods, agreement, severity, leave-one-out and the smallest change."""
    print("| judges | nominees | criteria | deciding method | median s | lowest | highest |")
    print("|---:|---:|---:|---|---:|---:|---:|")
    for size in SIZES:
        scores = table(*size)
        for method in ("mean", "schulze"):
            tally(scores, rules=Rules(method=method))
            taken = []
            for _ in range(repetitions):
                start = time.perf_counter()
                tally(scores, rules=Rules(method=method))
                taken.append(time.perf_counter() - start)
            cells = " | ".join(f"{value:.2f}" for value in (statistics.median(taken), min(taken), max(taken)))
            print(f"| {size[0]} | {size[1]} | {size[2]} | {method} | {cells} |")


def methods(n_juries):
    """Share of simulated juries in which a method puts the truly best nominee first."""
    cases = {
        "judges alike, nobody left out": (0.0, 0.0, 0.0),
        "severity 1 apart, nobody left out": (1.0, 0.0, 0.0),
        "severity 1 apart, 20% left out": (1.0, 0.2, 0.0),
        "severity 1 apart, 20% left out, one judge in five scores at random": (1.0, 0.2, 0.2),
    }
    print(f"| {n_juries} juries of 5 judges and 5 nominees | {' | '.join(METHODS)} |")
    print("|---|" + "---:|" * len(METHODS))
    for name, (apart, missing, careless) in cases.items():
        hits = dict.fromkeys(METHODS, 0)
        for seed in range(n_juries):
            totals, best = jury(apart, missing, careless, np.random.default_rng(seed))
            for method in METHODS:
                first = leaders(method_scores(totals, everybody(totals), method))[0]
                hits[method] += first[best] / max(first.sum(), 1)  # a shared place counts its share
        print(f"| {name} | " + " | ".join(f"{100 * hits[method] / n_juries:.0f}%" for method in METHODS) + " |")


def jury(apart, missing, careless, random, n_judges=5, n_nominees=5):
    """Totals of a jury on a scale of half points, and the truly best nominee."""
    quality = random.normal(size=n_nominees)
    severity = random.normal(0, apart, n_judges)
    totals = 7 + quality - severity[:, None] + random.normal(0, 0.7, (n_judges, n_nominees))
    at_random = random.random(n_judges) < careless
    totals[at_random] = 7 + random.normal(0, 1.2, (at_random.sum(), n_nominees))
    totals = np.round(2 * np.clip(totals, 1, 10)) / 2
    totals[random.random(totals.shape) < missing] = np.nan
    return totals, int(quality.argmax())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=["speed", "methods"])
    parser.add_argument("--juries", type=int, default=2000)
    given = parser.parse_args()
    if given.part != "methods":
        speed()
    if given.part != "speed":
        methods(given.juries)


if __name__ == "__main__":
    main()
