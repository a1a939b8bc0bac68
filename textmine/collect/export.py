"""What was collected, as an export that ``textmine ingest`` reads without options.

One line a reading: the post as the platform wrote it, with keys of our own: ``collected_at``, ``collected_for`` (the
register's account) and the followers, where posts come without: ``channel`` on YouTube, within ``from`` on Facebook. A
post that a refresh read again stands there again with its later figures: ingest makes growth curves of them. There is a
file a platform and day of reading, so that an hourly refresh writes the files of one day and not of a season.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from textmine.atomic import replace, sync, translated_os_errors
from textmine.collect.clock import as_text
from textmine.collect.journal import Journal
from textmine.collect.platform import Platform
from textmine.platforms import Platform as Name
from textmine.zstd import ZstdFile

FOLDER: Final = "export"
_ENDING: Final = ".ndjson.zst"


@dataclass(frozen=True)
class Part:
    """The readings of a platform and a day (UTC): how many, the number of the last answer, and the file for them."""

    platform: Name
    day: str
    readings: int
    last: int
    path: Path


def parts_of(journal: Journal) -> list[Part]:
    """Every part that the journal has readings for, in the order of platforms and days."""
    folder = journal.folder / FOLDER
    return [
        Part(row["platform"], row["day"], row["n"], row["last"], folder / f"{row['platform']}-{row['day']}{_ENDING}")
        for row in journal.rows(
            "SELECT platform, substr(read_at, 1, 10) AS day, count(*) AS n, max(answer) AS last FROM readings"
            " GROUP BY platform, day ORDER BY platform, day"
        )
    ]


def stale(journal: Journal, parts: Sequence[Part]) -> list[Part]:
    """Parts whose file is not there or lacks readings."""
    known = {
        (row["platform"], row["day"]): (row["readings"], row["last"]) for row in journal.rows("SELECT * FROM published")
    }
    return [p for p in parts if known.get((p.platform, p.day)) != (p.readings, p.last) or not p.path.is_file()]


def write_parts(journal: Journal, adapters: Mapping[Name, Platform], parts: Sequence[Part]) -> None:
    """Write the files of parts anew; each is there whole or not at all."""
    for part in parts:
        with translated_os_errors(part.path.parent):
            part.path.parent.mkdir(parents=True, exist_ok=True)
            half = part.path.with_name(f".{part.path.name}.tmp")
            with half.open("wb") as file, ZstdFile(file, "wb", level=9) as packed:
                for line in _lines(journal, adapters[part.platform], part.day):
                    packed.write(line)
            sync(half)
            replace(half, part.path)


def mark(journal: Journal, parts: Sequence[Part], written: Sequence[Part]) -> None:
    """Remember which parts are written, and delete files of parts that are no more."""
    with journal.transaction():
        for part in written:
            values = (part.platform, part.day, part.readings, part.last)
            journal.db.execute("INSERT OR REPLACE INTO published VALUES(?,?,?,?)", values)
    kept = {part.path for part in parts}
    for path in (journal.folder / FOLDER).glob(f"*{_ENDING}"):
        if path not in kept:
            path.unlink()


def _lines(journal: Journal, platform: Platform, day: str) -> Iterator[bytes]:
    holding = "number IN (SELECT answer FROM readings WHERE platform=? AND read_at BETWEEN ? AND ?)"
    for answer in journal.answers(holding, platform.name, f"{day}T", f"{day}Z"):
        wanted = {
            row["post_id"]: row
            for row in journal.rows(
                "SELECT post_id, account, followers FROM readings JOIN posts USING (platform, post_id)"
                " WHERE platform=? AND answer=?", platform.name, answer.number,
            )
        }  # fmt: skip
        for identity, item in platform.items(answer):
            if (row := wanted.pop(identity, None)) is None:  # twice on one page is once
                continue
            ours: dict[str, Any] = {"collected_at": as_text(answer.asked_at), "collected_for": row["account"]}
            if platform.name == "youtube":
                ours["channel"] = {"subscriberCount": row["followers"]}
            elif platform.name == "facebook" and isinstance(author := item.get("from"), dict):
                ours["from"] = {**author, "followers_count": row["followers"]}
            yield json.dumps(item | ours, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
