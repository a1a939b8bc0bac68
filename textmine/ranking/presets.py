"""Award definitions that ship with textmine."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import ConfigError, ResourceNotFoundError, did_you_mean
from textmine.ranking.awardfile import read_awards
from textmine.ranking.awards import AwardDefinition

PRESETS: Final = ("gsm2020", "gsm2022", "gsm2025", "emss")
"""Names, editions in their order and the neighbour's index last."""


def preset_path(name: str) -> Path:
    """File of a preset.

    Raises
    ------
    ResourceNotFoundError
        There is no preset of that name.
    """
    if name not in PRESETS:
        hint = did_you_mean(name, PRESETS, f"; known: {', '.join(PRESETS)}")
        raise ResourceNotFoundError(f"award {name!r}", places=[f"the file {name}", f"the presets{hint}"])
    return Path(str(resources.files("textmine") / "data" / "awards" / f"{name}.toml"))


def find_awards(name: str | Path) -> Path:
    """File of an award by the name of a preset or by its own path.

    Raises
    ------
    ResourceNotFoundError
        It is neither.
    """
    path = Path(name)
    if str(name) not in PRESETS and (path.is_file() or path.suffix == ".toml" or len(path.parts) > 1):
        return path
    return preset_path(str(name))


def load_awards(name: str | Path) -> AwardDefinition:
    """Read an award by the name of a preset or from a file.

    Raises
    ------
    ResourceNotFoundError
        There is neither a preset nor a file of that name.
    ConfigError
        The file cannot be followed.

    Examples
    --------
    >>> len(load_awards("gsm2020").awards)
    16
    """
    return read_awards(find_awards(name))


def write_new(path: str | Path, *, source: str | Path) -> Path:
    """Write a definition to start from: that of a preset or of another file, with its comments.

    Raises
    ------
    ConfigError
        The file exists already, or cannot be written.
    ResourceNotFoundError
        There is no such definition to start from.
    """
    path, text = Path(path), find_awards(source).read_text(encoding="utf-8")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigError("exists already; choose another name", path=path) from error
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", path=path) from error
    return path


def presets_table() -> pl.DataFrame:
    """The presets: name, titles, period, numbers of awards and categories, clusters."""
    rows = []
    for name in PRESETS:
        definition = load_awards(name)
        period = definition.period
        rows.append(
            {
                "name": name,
                "title_id": definition.title.id,
                "title_en": definition.title.en,
                "first": period.first if period else None,
                "last": period.last if period else None,
                "awards": len(definition.awards),
                "categories": len(definition.categories),
                "clusters": len(definition.clusters),
            }
        )
    return pl.DataFrame(rows, schema_overrides={"first": pl.Date(), "last": pl.Date()})
