"""A computed season on disk: the figures that its contests compare and the draws of them, nothing unpickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from textmine.atomic import write_json
from textmine.ranking.awards import AwardDefinition
from textmine.ranking.contest import contest
from textmine.ranking.season import Draws, Season, Tables, followed

_DESCRIPTION: Final = "season.json"


def write_season(folder: Path, season: Season) -> None:
    """Write a season into a new folder: a table and draws for each selection of posts, and what could not be done."""
    folder.mkdir(parents=True)
    tables, draws = _figures(season)
    selections = list(season.definition.selections)
    for selection, table in tables.items():
        number = selections.index(selection)
        table.write_parquet(folder / f"{number}.parquet", compression="zstd")
        np.savez(folder / f"{number}.npz", **draws[selection])  # type: ignore[arg-type]
    told = {"awards": list(season.contests), "unknown": season.unknown, "notes": season.notes}
    write_json(folder / _DESCRIPTION, told)


def read_season(folder: Path, definition: AwardDefinition) -> Season:
    """Read what :func:`write_season` wrote; the contests give the same figures to the last bit.

    Parameters
    ----------
    folder
        Where it stands.
    definition
        The edition, as its file defines it.
    """
    told = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    tables: Tables = {}
    draws: Draws = {}
    for number, selection in enumerate(definition.selections):
        if (folder / f"{number}.parquet").exists():
            tables[selection] = pl.read_parquet(folder / f"{number}.parquet")
            with np.load(folder / f"{number}.npz", allow_pickle=False) as drawn:
                draws[selection] = {name: drawn[name] for name in drawn.files}
    as_followed, _ = followed(definition, tables)
    awards = {award.id: award for award in as_followed.awards}
    contests = {id: contest(as_followed, awards[id], tables, draws=draws) for id in told["awards"]}
    unknown = {id: tuple(names) for id, names in told["unknown"].items()}
    return Season(as_followed, contests, unknown, tuple(told["notes"]))


def _figures(season: Season) -> tuple[Tables, Draws]:
    """What the contests compare, each selection of posts once."""
    tables: Tables = {}
    draws: Draws = {}
    for each in season.contests.values():
        for selection, figures in each.figures.items():
            tables[selection] = figures.table
            draws[selection] = dict(each.uncertain[selection].draws) if each.uncertain is not None else {}
    return tables, draws
