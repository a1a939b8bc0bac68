"""Reads definitions of engagement rates from TOML: the published ones that ship, and files of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, get_args

from textmine.engagement import PUBLIC, EngagementDefinition
from textmine.errors import ConfigError, did_you_mean
from textmine.platforms import Platform
from textmine.posts import FIGURES, Figure
from textmine.rates.definitions import ALL, AUDIENCE_READINGS, Averaging, Denominator, RateDefinition
from textmine.tomlfile import read_toml
from textmine.tomlplaces import find_places

_FIGURE_SETS: Final = {"public": PUBLIC, "all": ALL}
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "figures": tuple(_FIGURE_SETS),
    "denominator": get_args(Denominator),
    "audience": AUDIENCE_READINGS,
    "averaging": get_args(Averaging),
}
_TEXTS: Final = ("title", "source", "formula", "unit", "meaning", "not_public")
_KEYS: Final = (*_TEXTS, *_CHOICES, "weights", "scale", "aliases")
_DEFAULTS: Final[dict[str, Any]] = {
    "source": "own weights",
    "figures": "public",
    "denominator": "followers",
    "audience": "posting",
    "averaging": "mean of posts",
    "scale": 100,
}
_MOST: Final = 1e12


def read_definitions(path: Path, *, own: bool = True) -> dict[str, RateDefinition]:
    """Definitions of a file by name: a table each, keys as in docs/engagement.md.

    Parameters
    ----------
    path
        TOML.
    own
        Whether it is somebody's own: then only ``weights`` is needed, and only weighted figures are added.

    Raises
    ------
    ConfigError
        With file, line and remedy.
    """
    content, text = read_toml(path)
    if not content:
        raise ConfigError("names no definition; write a table such as [ours] with weights", path=path)
    return {name: _Entry(path, text, name, entry, own).definition() for name, entry in content.items()}


@dataclass(frozen=True)
class _Entry:
    path: Path
    text: str
    name: str
    entry: Any
    own: bool

    def definition(self) -> RateDefinition:
        self._check_keys()
        asked = {**(_DEFAULTS if self.own else {}), **self.entry}
        self._check_values(asked)
        base = _FIGURE_SETS[asked["figures"]]
        weights = self._weights(asked.get("weights", {}), base)
        added = " + ".join(f"{weight:g} {figure}" for figure, weight in weights.items())
        formula = asked.get("formula", f"{asked['scale']:g} × ({added}) / {asked['denominator']}, {asked['averaging']}")
        return RateDefinition(
            name=self.name,
            title=asked.get("title", self.name),
            source=asked["source"],
            formula=formula,
            unit=asked.get("unit", f"weighted, times {asked['scale']:g}"),
            meaning=asked.get("meaning", formula),
            engagement=EngagementDefinition(base.name, self._figures(base, weights), weights),
            denominator=asked["denominator"],
            audience=asked["audience"],
            averaging=asked["averaging"],
            scale=float(asked["scale"]),
            not_public=asked.get("not_public", ""),
            aliases=tuple(asked.get("aliases", ())),
        )

    def _check_keys(self) -> None:
        if not isinstance(self.entry, dict):
            self._refuse(f"is no table; write [{self.name}] and its keys below")
        if not self.name.isidentifier() or not self.name.isascii() or self.name != self.name.lower():
            self._refuse("is no name: write lower-case letters, digits and _")
        for key in self.entry:
            if key not in _KEYS:
                self._refuse("unknown key" + did_you_mean(key, _KEYS, f"; known here: {', '.join(_KEYS)}"), key)

    def _check_values(self, asked: Mapping[str, Any]) -> None:
        for key, choices in _CHOICES.items():
            if asked.get(key) not in choices:
                self._refuse(f"is none of {', '.join(choices)}", key)
        if not _is_number(asked.get("scale")) or not asked["scale"]:
            self._refuse("is no positive number; write 100 for per cent", "scale")
        for key in _TEXTS:
            if not isinstance(asked.get(key, ""), str):
                self._refuse("is no text", key)
        aliases = asked.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            self._refuse('is no list of names; write ["short_name"]', "aliases")

    def _weights(self, weights: object, base: EngagementDefinition) -> dict[Figure, float]:
        if not isinstance(weights, dict) or (self.own and not weights):
            self._refuse("write { likes = 1, comments = 2, shares = 4 }", "weights")
        usable = [each for each in FIGURES if any(each in figures for figures in base.figures.values())]
        for figure, weight in weights.items():
            if figure not in usable:
                self._refuse(f"is none of {', '.join(usable)}", "weights", figure)
            if not _is_number(weight):
                self._refuse("is no number from 0", "weights", figure)
        if self.own and not any(weights.values()):
            self._refuse("are all 0; give one figure a weight", "weights")
        return {figure: float(weight) for figure, weight in weights.items()}

    def _figures(
        self, base: EngagementDefinition, weights: Mapping[Figure, float]
    ) -> Mapping[Platform, tuple[Figure, ...]]:
        """Figures of each platform; of one's own weights only those above 0."""
        if not self.own:
            return base.figures
        kept = {
            platform: tuple(each for each in figures if weights.get(each)) for platform, figures in base.figures.items()
        }
        return {platform: figures for platform, figures in kept.items() if figures}

    def _refuse(self, message: str, *keys: str) -> NoReturn:
        place = (self.name, *keys)
        line = find_places(self.text).line_of(place)
        raise ConfigError(message, path=self.path, line=line, key=".".join(place))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST
