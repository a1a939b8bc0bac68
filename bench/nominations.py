"""Time to nominate for every award of an edition, to explain every agency of one award, and for its sensitivity.

    python bench/nominations.py [--award gsm2025] [--agencies 249] [--draws 2000]

The figures are random: only the time is of interest.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl

from textmine.ranking import agreement, by_definition, contest, explain, load_awards, nominate, weight_shares
from textmine.ranking.sensitivity import engagement_definitions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--award", default="gsm2025")
    parser.add_argument("--agencies", type=int, default=249)
    parser.add_argument("--draws", type=int, default=2_000)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    definition = load_awards(options.award)
    names = [cluster.register[0] for cluster in definition.clusters]
    measures = {*definition.measures, *engagement_definitions(), "n_posts", "engagement_coverage"}
    columns = sorted(f"{prefix}{name}" for prefix in ("", "image_", "video_") for name in measures)
    table = pl.DataFrame(
        {
            "agency": [f"agency {number:03}" for number in range(options.agencies)],
            "cluster": random.choice(names, options.agencies),
            **{name: random.gamma(2, size=options.agencies) * (300 if "n_posts" in name else 1) for name in columns},
        }
    )
    draws = {
        name: table[name].to_numpy() * np.exp(0.2 * random.normal(size=(options.draws, options.agencies)))
        for name in columns
        if name.endswith("engagement_rate")
    }
    started = time.perf_counter()
    for award in definition.awards:
        here = contest(definition, award, table, draws=draws)
        found = nominate(here)
    print(f"{len(definition.awards)} awards nominated: {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    for agency in found.table["agency"]:
        explain(here, found, agency)
    seconds = time.perf_counter() - started
    print(f"{found.table.height} agencies of {here.award.id} explained: {seconds:.1f} s")
    started = time.perf_counter()
    weight_shares(here, found)
    agreement(by_definition(here, found))
    print(f"weights and definitions of {here.award.id}: {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
