"""Files of a simulated season: written block by block under temporary names, published at the end."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import polars as pl

from textmine.platforms import PLATFORMS
from textmine.simulation.exports import export_tables
from textmine.simulation.season import Block
from textmine.simulation.settings import SimulationSettings

PART_ROWS: Final = 250_000
"""Posts a Parquet part."""
_ROW_GROUP: Final = 50_000


class Sink(Protocol):
    """Takes blocks in order."""

    def add(self, block: Block) -> None:
        """Write one block."""

    def close(self) -> dict[str, Any]:
        """Finish all files; return posts, duplicates and broken rows by platform."""


class TruthFile:
    """Collects the hidden truth of posts into truth_posts.parquet."""

    def __init__(self, staging: Path) -> None:
        self._staging, self._folder = staging, staging / ".truth"
        self._folder.mkdir()
        self._count = 0

    def add(self, truth: pl.DataFrame) -> None:
        """Add the rows of one block."""
        truth.write_parquet(self._folder / f"{self._count:05d}.parquet", compression="lz4")
        self._count += 1

    def close(self) -> None:
        """Join the blocks into one file without holding them all."""
        parts = pl.scan_parquet(sorted(self._folder.glob("*.parquet")))
        parts.sink_parquet(self._staging / "truth_posts.parquet", row_group_size=_ROW_GROUP, maintain_order=True)
        shutil.rmtree(self._folder)


class ExportFiles:
    """One CSV a platform, as the platforms' tools write them."""

    def __init__(self, staging: Path, settings: SimulationSettings) -> None:
        self._settings = settings
        self._truth = TruthFile(staging)
        self._files: dict[str, BinaryIO] = {name: (staging / f"{name}.csv").open("wb") for name in PLATFORMS}
        self._counts = {kind: dict.fromkeys(PLATFORMS, 0) for kind in ("posts", "duplicates", "broken")}

    def add(self, block: Block) -> None:
        """Append the block to the four files."""
        tables = export_tables(
            block.posts,
            block.titles,
            block.accounts,
            duplicates=self._settings.duplicates,
            broken=self._settings.broken,
            generator=block.generator,
        )
        for platform, table in tables.items():
            file = self._files[platform]
            table.rows.write_csv(file, include_header=file.tell() == 0)
            self._counts["duplicates"][platform] += table.duplicates
            self._counts["broken"][platform] += table.broken
            self._counts["posts"][platform] += len(table.rows) - table.duplicates - table.broken
        self._truth.add(block.truth)

    def close(self) -> dict[str, Any]:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._truth.close()
        return dict(self._counts)


class PartFiles:
    """Canonical posts in a folder posts.parquet of part files."""

    def __init__(self, staging: Path) -> None:
        self._folder = staging / "posts.parquet"
        self._folder.mkdir()
        self._truth = TruthFile(staging)
        self._waiting: list[pl.DataFrame] = []
        self._part = 0
        self._posts = dict.fromkeys(PLATFORMS, 0)

    def add(self, block: Block) -> None:
        """Keep the block until a part is full."""
        self._waiting.append(block.posts)
        self._truth.add(block.truth)
        for platform, count in block.posts["platform"].value_counts().iter_rows():
            self._posts[platform] += count
        if sum(len(posts) for posts in self._waiting) >= PART_ROWS:
            self._flush()

    def _flush(self) -> None:
        path = self._folder / f"part-{self._part:05d}.parquet"
        pl.concat(self._waiting).write_parquet(path, row_group_size=_ROW_GROUP, compression="zstd", compression_level=1)
        self._waiting, self._part = [], self._part + 1

    def close(self) -> dict[str, Any]:
        """Write the last part."""
        if self._waiting:
            self._flush()
        self._truth.close()
        nothing = dict.fromkeys(PLATFORMS, 0)
        return {"posts": self._posts, "duplicates": nothing, "broken": dict(nothing)}


def publish(staging: Path, folder: Path) -> tuple[Path, ...]:
    """Move finished files into the folder, the notice first; files of an earlier simulation are replaced.

    Returns
    -------
    tuple of pathlib.Path
        Every file or folder, the notice first.
    """
    entries = sorted(staging.iterdir(), key=lambda path: (path.name != "SIMULATED.md", path.name))
    stale = {f"{name}.csv" for name in PLATFORMS} | {"posts.parquet"}
    if (folder / "SIMULATED.md").exists():
        for name in stale - {entry.name for entry in entries}:
            _remove(folder / name)
    paths = []
    for entry in entries:
        target = folder / entry.name
        if entry.is_dir():
            _remove(target)
        paths.append(entry.replace(target))
    return tuple(paths)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
