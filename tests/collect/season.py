"""Runs a collection against the local server, and looks at what came of it."""

import json
from datetime import date
from pathlib import Path

from tests.collect.server import iso
from textmine.collect import collect
from textmine.zstd import decompress

PLATFORMS = ("youtube", "x", "facebook", "instagram")
BEGIN, END = date(2026, 3, 1), date(2026, 3, 31)


def register(folder: Path, **accounts: list[str]) -> Path:
    """Write ``agencies.csv`` with an agency an account."""
    rows = ["agency,name,platform,account"]
    rows += [f"{name},{name},{platform},{name}" for platform, names in accounts.items() for name in names]
    folder.mkdir(exist_ok=True)
    path = folder / "agencies.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def run(folder, server, keys, clock, *, begin=BEGIN, end=END, **options):
    """Collect what the server has of every account it knows, and of those in ``accounts``."""
    accounts = options.pop("accounts", {name: sorted(held) for name, held in server.accounts.items() if held})
    return collect(
        register(folder, **accounts), folder / "out", begin=begin, end=end, keys=keys, clock=clock, hosts=server.hosts,
        seed=1, **options,
    )  # fmt: skip


def lines(folder, platform):
    """Objects of an export."""
    found = []
    for path in sorted((folder / "out" / "export").glob(f"{platform}-*.ndjson.zst")):
        text = decompress(path.read_bytes()).decode()
        found += [json.loads(line) for line in text.splitlines()]
    return found


def ids(folder, platform):
    """Ids of an export, in its order."""
    return [line["id"] for line in lines(folder, platform)]


def wanted(server, platform):
    begin, end = "2026-02-28T17:00:00Z", "2026-03-31T17:00:00Z"
    return {
        post.id for posts in server.accounts[platform].values() for post in posts if begin <= iso(post.published) < end
    }


def collected(folder, platform):
    found = ids(folder, platform)
    assert len(found) == len(set(found)), "no double"
    return {identity.rpartition("_")[2] for identity in found}


def assert_complete(folder, server, platforms=PLATFORMS):
    for platform in platforms:
        assert collected(folder, platform) == wanted(server, platform), "no gap"
