"""What the accuracy scripts share: rows of the table, what was skipped, and their command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from measure import DATA


@dataclass(frozen=True)
class Row:
    """One line of the table: every contender on the same texts."""

    task: str
    texts: str
    n: int
    measure: str
    scores: Mapping[str, float]  # textmine's own settings begin with "textmine"
    goal: str = ""  # what issue and README promise, in words; empty where nothing was promised
    tuned_on: bool = False  # such rows stay out of docs/accuracy.md


@dataclass
class Part:
    """What one script measured."""

    rows: list[Row] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # Markdown, below the table

    def skip(self, what: str, why: str) -> None:
        """Keep it for the page, and say so at once."""
        line = f"{what}: {why}"
        if line not in self.skipped:
            self.skipped.append(line)
            print(f"SKIPPED {line}", file=sys.stderr)

    def has(self, path: Path, what: str) -> bool:
        """Whether a data set is there; says so if not."""
        if not path.exists():
            # From shared/ on: the folders above belong to a machine, not to the page.
            self.skip(what, f"no {'/'.join(path.parts[-3:])}")
        return path.exists()

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def package(name: str) -> str:
    """Name and installed version, as contenders are called in the table."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


def table(rows: list[Row]) -> str:
    """Markdown: one line a set of texts, peers from best to worst."""
    lines = [
        "| task | texts | n | measure | goal | textmine | peers in the same run |",
        "|---|---|---:|---|---|---|---|",
    ]
    for row in rows:
        own = [f"**{shown(score)}**{setting(who)}" for who, score in row.scores.items() if is_own(who)]
        peers = sorted(((score, who) for who, score in row.scores.items() if not is_own(who)), key=lambda x: -x[0])
        lines.append(
            f"| {row.task} | {row.texts} | {row.n:,} | {row.measure} | {row.goal} | {'; '.join(own)}"
            f" | {'; '.join(f'{who} {shown(score)}' for score, who in peers)} |"
        )
    return "\n".join(lines)


def is_own(who: str) -> bool:
    return who.startswith("textmine")


def setting(who: str) -> str:
    name = who.removeprefix("textmine").strip(", ")
    return f" {name}" if name else ""


def shown(score: float) -> str:
    """BLEU in points with one decimal, shares with three."""
    return f"{score:.1f}" if score > 1 else f"{score:.3f}"


def run(measure: Callable[[Path], Part], description: str | None) -> None:
    """Command line of one script."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    part = measure(options.data)
    if options.format == "json":
        print(json.dumps(part.as_dict(), ensure_ascii=False, indent=2))
        return
    print(table(part.rows))
    print(*part.notes, sep="\n\n")
