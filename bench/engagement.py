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

from measure import machine
from ranking_speed import AGENCIES, POSTS, write_posts

STEPS = {
    "ledger, 13 definitions": "ledger(posts, register=agencies)",
    "one row an agency, 467 columns": "agency_table(posts, register=agencies)",
}
PROGRAM = """
import resource, sys, time
import polars as pl
from textmine.rates import ledger
from textmine.ranking.agency.table import agency_table
posts = pl.scan_parquet(sys.argv[1] + "/*.parquet")
agencies = pl.read_csv(sys.argv[1] + "/agencies.csv")
started = time.perf_counter()
exec(sys.argv[2])
seconds = time.perf_counter() - started
print(seconds, time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=POSTS)
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as name:
        write_posts(Path(name), asked.posts)
        for step, program in STEPS.items():
            command = [sys.executable, "-c", PROGRAM, name, program]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
            found[step] = dict(zip(("seconds", "processor_seconds", "peak_mb"), map(float, told), strict=True))
    print(json.dumps({"posts": asked.posts, "agencies": AGENCIES, "machine": machine(), "steps": found}, indent=1))


if __name__ == "__main__":
    main()
