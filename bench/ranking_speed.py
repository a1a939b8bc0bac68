"""From posts to ranks: 249 institutions, 6,036,434 simulated posts without captions; seconds of each step, peak memory.

python bench/ranking_speed.py                      # also makes the posts; writes the last section of the page
python bench/ranking_speed.py --posts 100000 --print
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import ranking
from measure import machine

from textmine.simulation.rows import canonical_posts
from textmine.simulation.season import BLOCK, Season
from textmine.simulation.settings import SimulationSettings

POSTS, AGENCIES, DRAWS = 6_036_434, 249, 2000
STEPS = {
    "posts to account-weeks": "weeks = account_weeks(posts, agencies=agencies)",
    "fit of the model": "model = fit_audience_model(weeks)",
    f"table, {DRAWS:,} draws and {DRAWS:,} resamples of weeks": f"table = league_table(model, n_draws={DRAWS})",
    f"raw rate in {DRAWS:,} resamples": f"bootstrap_score(weeks, raw_rate, week_weights(weeks.n_weeks, {DRAWS}))",
    "small-audience test of all agencies": "leave_out(weeks, model.rescored, group=agency_groups(model))",
}
PROGRAM = """
import json, resource, sys, time
import polars as pl
from textmine.ranking.account_weeks import account_weeks
from textmine.ranking.audience_model import fit_audience_model
from textmine.ranking.bootstrap import bootstrap_score, week_weights
from textmine.ranking.league_table import agency_groups, league_table
from textmine.ranking.leave_out import leave_out
from textmine.ranking.plain_scores import raw_rate
posts = pl.scan_parquet(sys.argv[1] + "/*.parquet")
agencies = pl.read_csv(sys.argv[1] + "/agencies.csv")
seconds = {}
for name, step in json.loads(sys.argv[2]).items():
    started = time.perf_counter()
    exec(step)
    seconds[name] = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peak_mb": peak, "accounts": int((weeks.figures.n_posts > 0).sum())}))
"""


def write_posts(folder: Path, n_posts: int) -> None:
    """Canonical posts, a file a block, and the register."""
    season = Season(SimulationSettings(n_posts=n_posts, n_agencies=AGENCIES), seed=0)
    keys = [each.key for each in season.register.institutions]
    clusters = [each.cluster for each in season.register.institutions]
    pl.DataFrame({"agency": keys, "cluster": clusters}).write_csv(folder / "agencies.csv")
    for first in range(0, n_posts, BLOCK):
        generator = np.random.default_rng([0, 5, first // BLOCK])
        plan = season.planner.draw(first, min(first + BLOCK, n_posts), generator)
        figures = season.audience.draw(plan, generator)
        captions = pl.Series("caption", [""]).new_from_index(0, len(plan.number))
        posts = canonical_posts(plan, figures, captions, season.register, collected_at=season.collected_at)
        posts.write_parquet(folder / f"{first // BLOCK:05}.parquet")


def measure(n_posts: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        write_posts(Path(name), n_posts)
        command = [sys.executable, "-c", PROGRAM, name, json.dumps(STEPS)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {"posts": n_posts, "agencies": AGENCIES, "machine": machine(), **found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--print", action="store_true", help="print what was measured and write nothing")
    options = parser.parse_args()
    found = measure(options.posts)
    if options.print:
        print("\n".join(ranking.speed_section(found)))
        return
    ranking.keep("speed", found)


if __name__ == "__main__":
    main()
