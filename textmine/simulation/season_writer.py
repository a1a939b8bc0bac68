"""Writes a whole simulated season: posts, the register of agencies, and the hidden truth beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from textmine.platforms import PLATFORMS
from textmine.simulation.files import ExportFiles, PartFiles, Sink, publish
from textmine.simulation.season import Season
from textmine.simulation.settings import SimulationSettings
from textmine.simulation.truth import account_truth, agency_register, agency_truth
from textmine.store import translated_os_errors


@dataclass(frozen=True)
class SimulationResult:
    """What was written.

    ``posts`` counts distinct posts by platform. ``duplicates`` and ``broken`` count the extra rows of exports, so that
    rows = posts + duplicates + broken. ``paths`` holds every file or folder, SIMULATED.md first.
    """

    directory: Path
    seed: int
    posts: dict[str, int]
    duplicates: dict[str, int]
    broken: dict[str, int]
    paths: tuple[Path, ...]

    @property
    def n_posts(self) -> int:
        """Distinct posts on all platforms."""
        return sum(self.posts.values())

    @property
    def n_rows(self) -> int:
        """Rows of all exports."""
        return self.n_posts + sum(self.duplicates.values()) + sum(self.broken.values())


def simulate(
    directory: str | Path,
    *,
    settings: SimulationSettings | None = None,
    n_posts: int | None = None,
    seed: int = 2020,
    format: Literal["exports", "parquet"] = "exports",
    progress: Callable[[int], None] | None = None,
) -> SimulationResult:
    """Simulate a season of Indonesian government agencies' posts. All of it is made up.

    The same settings, seed and versions of textmine, NumPy and Polars give the same bytes, however many cores there
    are. Files appear under their names only when all are complete.

    Parameters
    ----------
    directory
        Folder to write into; made if there is none. Files of an earlier simulation in it are replaced.
    settings
        The season; defaults are :class:`SimulationSettings`.
    n_posts
        Overrides the settings' number of posts.
    seed
        Whole number from 0.
    format
        ``"exports"`` writes one file a platform as the platforms' tools do (facebook.csv, x.csv, instagram.csv,
        youtube.csv), with a few duplicates and broken rows; ``"parquet"`` writes canonical posts (posts.parquet, a
        folder of part files).
    progress
        Called with the number of posts written so far.

    Returns
    -------
    SimulationResult
        Counts and paths. Beside the posts stand agencies.csv, truth_agencies.parquet, truth_accounts.parquet,
        truth_posts.parquet, truth.json and SIMULATED.md.

    Raises
    ------
    ConfigError
        A setting is out of range.
    WorkspaceError
        The folder cannot be written, or the disk is full.
    ValueError
        An unknown format or a negative seed.
    """
    if format not in ("exports", "parquet"):
        raise ValueError(f"format must be 'exports' or 'parquet', not {format!r}")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, not {seed}")
    chosen = settings or SimulationSettings()
    season = Season(replace(chosen, n_posts=n_posts) if n_posts is not None else chosen, seed=seed)
    folder = Path(directory)
    staging = folder / ".simulating"
    with translated_os_errors(folder):
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            return _write(season, folder, staging, format, progress)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _write(
    season: Season, folder: Path, staging: Path, format: str, progress: Callable[[int], None] | None
) -> SimulationResult:
    sink: Sink = ExportFiles(staging, season.settings) if format == "exports" else PartFiles(staging)
    done = 0
    for block in season.blocks():
        sink.add(block)
        done += len(block.posts)
        if progress:
            progress(done)
    counts = sink.close()
    per_account = season.schedule.per_account()
    agency_register(season.settings, season.register).write_csv(staging / "agencies.csv")
    agency_truth(season, per_account).write_parquet(staging / "truth_agencies.parquet")
    account_truth(season, per_account).write_parquet(staging / "truth_accounts.parquet")
    described = {
        "simulated": True,
        "settings": season.settings.name,
        "seed": season.seed,
        "format": format,
        "first_day": season.settings.start.isoformat(),
        "last_day": season.settings.end.isoformat(),
        "agencies": len(season.register.institutions),
        **counts,
    }
    (staging / "truth.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    (staging / "SIMULATED.md").write_text(_notice(season), encoding="utf-8")
    paths = publish(staging, folder)
    return SimulationResult(folder, season.seed, counts["posts"], counts["duplicates"], counts["broken"], paths)


def _notice(season: Season) -> str:
    """Text of SIMULATED.md."""
    settings = season.settings
    return f"""# Simulated data

Everything in this folder is **simulated** by textmine (`textmine.simulation`): no post, person, place, account or
institution in it is real, and no figure was measured. Accounts end in `_sim`, institutions in `(simulasi)`.

- Season `{settings.name}`, seed {season.seed}, {settings.n_posts:,} posts of {settings.n_agencies} made-up institutions
  on {len(PLATFORMS)} platforms, {settings.start} to {settings.end}.
- `truth*.parquet` and `truth.json` hold what a real season never tells: hidden quality, topics, bought likes.
- Licence: MIT, as textmine.
"""
