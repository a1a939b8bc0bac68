"""From posts to the engagement ledger and the table of agencies: seconds and peak memory; posts without captions.

python bench/engagement.py --posts 1000000
python bench/engagement.py                 # 6,036,434 posts of 249 institutions
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from measure import machine
from ranking_speed import AGENCIES, POSTS, write_posts

from textmine.posts import KEY
from textmine.sentiment.labels import CLASSES

STEPS = {
    "ledger, 13 definitions": "ledger(posts, register=agencies)",
    "one row an agency, 467 columns": "agency_table(posts, register=agencies)",
    "sentiment for it": "sentiment_measures(posts.with_columns(is_credited().alias('counts')), said, load_confusion())",
}
PROGRAM = """
import resource, sys, time
from pathlib import Path
import polars as pl
from textmine.features.stored import InOrder
from textmine.posts import is_credited
from textmine.rates import ledger
from textmine.ranking.agency.content import sentiment_measures
from textmine.ranking.agency.table import agency_table
from textmine.sentiment.persistence import load_confusion
posts = pl.scan_parquet(sys.argv[1] + "/*.parquet")
agencies = pl.read_csv(sys.argv[1] + "/agencies.csv")
said = InOrder(pl.scan_parquet(sys.argv[1] + "/said/*"), path=Path(sys.argv[1]), stage="sentiment")
started = time.perf_counter()
exec(sys.argv[2])
seconds = time.perf_counter() - started
print(seconds, time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def write_sentiment(folder: Path) -> None:
    """Labels and probabilities drawn at random, a file beside each file of posts."""
    (folder / "said").mkdir()
    generator = np.random.default_rng(0)
    for path in sorted(folder.glob("*.parquet")):
        keys = pl.read_parquet(path, columns=list(KEY))
        shares = generator.dirichlet([1, 2, 1], len(keys)).round(6)
        label = pl.Series("label", np.array(CLASSES)[shares.argmax(axis=1)], dtype=pl.Enum(CLASSES))
        columns = [pl.Series(name, shares[:, place]) for place, name in enumerate(CLASSES)]
        keys.with_columns(label, *columns).write_parquet(folder / "said" / path.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=POSTS)
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as name:
        write_posts(Path(name), asked.posts)
        write_sentiment(Path(name))
        for step, program in STEPS.items():
            command = [sys.executable, "-c", PROGRAM, name, program]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
            found[step] = dict(zip(("seconds", "processor_seconds", "peak_mb"), map(float, told), strict=True))
    print(json.dumps({"posts": asked.posts, "agencies": AGENCIES, "machine": machine(), "steps": found}, indent=1))


if __name__ == "__main__":
    main()
