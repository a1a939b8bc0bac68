"""Time to score every award of an edition for draws of every figure, as a bootstrap makes them.

    python bench/award_scores.py [--award gsm2025] [--agencies 249] [--draws 4000]

The figures are random: only the time is of interest. Best and worst of five runs.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl

from textmine.ranking import MeasureTable, award_scores, competing, load_awards


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--award", default="gsm2025")
    parser.add_argument("--agencies", type=int, default=249)
    parser.add_argument("--draws", type=int, default=4_000)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    definition = load_awards(options.award)
    shape = (options.draws, options.agencies)
    figures = MeasureTable(
        pl.DataFrame({"agency": [str(number) for number in range(options.agencies)]}),
        {column: random.gamma(2, size=shape) for column in definition.measures},
    )
    names = [cluster.register[0] for cluster in definition.clusters]
    clusters = pl.Series(random.choice(names, options.agencies))
    eligible = {category.id: np.ones(options.agencies, dtype=bool) for category in definition.categories}
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        for award in definition.awards:
            who = competing(clusters, award)
            by_selection = dict.fromkeys(definition.selections, figures)
            scores = award_scores(definition, award, by_selection, competing=who, eligible=eligible)
            assert scores.shape == shape
        seconds.append(time.perf_counter() - started)
    print(
        f"{len(definition.awards)} awards of {options.award}, {options.agencies} agencies, {options.draws:,} draws:"
        f" {min(seconds):.2f} to {max(seconds):.2f} s"
    )


if __name__ == "__main__":
    main()
