"""The definitions that ship, and the choice among them and one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from textmine.errors import ConfigError, did_you_mean
from textmine.rates.definitionfile import read_definitions
from textmine.rates.definitions import RateDefinition
from textmine.tomlplaces import find_places


@cache
def shipped_definitions() -> Mapping[str, RateDefinition]:
    """The published definitions by name, in the order of the documentation.

    Examples
    --------
    >>> shipped_definitions()["crowdtangle_account"].formula
    '100 × Σ interactions / posts / mean followers'
    """
    with resources.as_file(resources.files("textmine") / "data" / "engagement" / "definitions.toml") as path:
        return read_definitions(path, own=False)


def own_definitions(path: Path) -> dict[str, RateDefinition]:
    """Definitions of a file of one's own (:func:`~textmine.rates.definitionfile.read_definitions`).

    Raises
    ------
    ConfigError
        The file cannot be followed, or gives a published name another meaning.
    """
    found = read_definitions(path)
    taken = {name for each in shipped_definitions().values() for name in (each.name, *each.aliases)}
    for name in taken.intersection(found):
        line = find_places(path.read_text(encoding="utf-8-sig")).line_of((name,))
        raise ConfigError("is a published definition; choose another name", path=path, line=line, key=name)
    return found


def choose_definitions(names: Iterable[str], own: Mapping[str, RateDefinition] | None = None) -> list[RateDefinition]:
    """Definitions by name or alias, ``-`` for ``_``; all, the own ones last, where none is named.

    Raises
    ------
    ValueError
        A name is unknown; close ones are told.
    """
    known = {**shipped_definitions(), **(own or {})}
    by_name = {alias: each for each in known.values() for alias in (each.name, *each.aliases)}
    chosen: dict[str, RateDefinition] = {}
    for asked in names:
        name = asked.strip().lower().replace("-", "_")
        if name not in by_name:
            hint = did_you_mean(name, by_name, "; textmine engagement definitions lists them")
            raise ValueError(f"unknown definition {asked!r}{hint}")
        chosen[by_name[name].name] = by_name[name]
    return list((chosen or known).values())


def definitions_table(definitions: Iterable[RateDefinition] | None = None) -> pl.DataFrame:
    """Definitions as a table, one row each, all columns strings but ``scale``."""
    chosen = shipped_definitions().values() if definitions is None else definitions
    rows = [
        {
            "definition": each.name,
            "title": each.title,
            "formula": each.formula,
            "unit": each.unit,
            "figures": each.engagement.name,
            "weights": ", ".join(f"{figure} {weight:g}" for figure, weight in each.engagement.weights.items()),
            "denominator": each.denominator,
            "audience": each.audience if each.denominator == "followers" else None,
            "averaging": each.averaging,
            "scale": each.scale,
            "aliases": " ".join(each.aliases),
            "source": each.source,
            "meaning": each.meaning,
            "not_public": each.not_public,
        }
        for each in chosen
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def definitions_markdown() -> str:
    """The table of docs/engagement.md."""
    lines = ["| `--er` | formula | unit | figures | followers | source |", "|---|---|---|---|---|---|"]
    for each in shipped_definitions().values():
        audience = each.audience if each.denominator == "followers" else f"({each.denominator})"
        name = ", ".join(f"`{one}`" for one in (each.name, *each.aliases))
        lines.append(f"| {name} | {each.formula} | {each.unit} | {each.engagement.name} | {audience} | {each.source} |")
    return "\n".join(lines) + "\n"
