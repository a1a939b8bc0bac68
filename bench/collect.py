"""What textmine collect itself costs: processor time, memory and disk, against the local server of the tests.

    python bench/collect.py                       # 20 accounts, 2,000 posts each, on YouTube and X; about a minute
    python bench/collect.py --accounts 5 --posts 500

The server runs in a process of its own and is not counted. Figures are quoted in docs/collect.md.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.collect.season import register
from tests.collect.server import SECRETS, Server, posts_every
from textmine.collect import Keys, collect, parse, refresh

LAST = datetime(2026, 3, 31, 12, tzinfo=UTC)
PLATFORMS = ("youtube", "x")
KEYS = {"youtube": {"api_key": SECRETS["youtube"]}, "x": {"bearer_token": SECRETS["x"]}}


class Later:
    """A clock of a chosen day that never waits."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        """Time in UTC."""
        return self.moment

    def sleep(self, seconds):
        """Pass the time at once."""
        self.moment += timedelta(seconds=seconds)


def serve(n_accounts, n_posts):
    """Serve accounts until the parent closes the pipe."""
    server = Server()
    for number, platform in enumerate(PLATFORMS):
        for account in range(n_accounts // 2):
            posts = posts_every(720 / n_posts, n_posts, last=LAST)
            for k, post in enumerate(posts):
                post.id = str(10_000_000 * (number + 1) + 10_000 * account + n_posts - k)
            server.accounts[platform][f"akun{account:03d}"] = posts
    print(json.dumps(server.hosts), flush=True)
    sys.stdin.read()


def measured(what, work):
    """Print a row of the table; returns what the work returns."""
    cpu, clock = time.process_time(), time.perf_counter()
    result = work()
    taken = time.process_time() - cpu, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {what} | {taken[0]:.1f} | {taken[1]:.1f} | {peak:.0f} |", flush=True)
    return result


def main():
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--posts", type=int, default=2_000, help="of each account")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.accounts, asked.posts)
        return
    command = [sys.executable, __file__, "--serve", "--accounts", str(asked.accounts), "--posts", str(asked.posts)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child,
    ):
        measure(Path(folder), json.loads(child.stdout.readline()), asked.accounts // 2)
        child.stdin.close()


def measure(folder, hosts, n_accounts):
    """Collect, collect again, look for what is due, refresh, parse anew."""
    keys = Keys.model_validate(KEYS)
    names = [f"akun{account:03d}" for account in range(n_accounts)]
    agencies = register(folder, **dict.fromkeys(PLATFORMS, names))
    out, clock = folder / "out", Later(datetime(2026, 4, 10, 3, tzinfo=UTC))

    def run():
        return collect(
            agencies, out, begin=date(2026, 3, 1), end=date(2026, 3, 31), keys=keys, clock=clock, hosts=hosts
        )

    print("| step | processor s | clock s | peak MB |\n|---|---:|---:|---:|")
    result = measured("collect", run)
    measured("the same again, nothing to ask", run)
    clock.moment += timedelta(days=60)
    due, _ = measured("find what is due", lambda: refresh(out, keys=keys, clock=clock, dry_run=True))
    measured("refresh", lambda: refresh(out, keys=keys, clock=clock, hosts=hosts))
    measured("parse every answer anew", lambda: parse(out))
    size = sum(path.stat().st_size for path in out.glob("collect.sqlite*")) / 1e6
    n_posts, n_due, n_again = result.accounts["posts"].sum(), due["due"].sum(), due["requests"].sum()
    print(f"\n{n_posts:,} posts in {result.requests:,} requests, {n_due:,} again in {n_again:,}; journal {size:.0f} MB")


if __name__ == "__main__":
    main()
