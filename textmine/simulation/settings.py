"""What a simulation is made of: sizes, shares, exponents, and the small defects of real exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from textmine.errors import ConfigError
from textmine.platforms import PLATFORMS
from textmine.tomlfile import read_toml

CLUSTERS: Final = ("kementerian", "lembaga", "pemerintah provinsi", "bumn")


def _clusters() -> dict[str, float]:
    return {"kementerian": 34, "lembaga": 50, "pemerintah provinsi": 34, "bumn": 131}


def _platform_share() -> dict[str, float]:
    return {"facebook": 0.26, "x": 0.36, "instagram": 0.28, "youtube": 0.10}


def _base() -> dict[str, float]:
    return {"facebook": 0.05, "x": 0.012, "instagram": 0.10, "youtube": 0.03}


def _audience() -> dict[str, float]:
    return {"facebook": 4.9, "x": 4.8, "instagram": 4.8, "youtube": 4.1}


@dataclass(frozen=True)
class SimulationSettings:
    """Settings of a simulated season; the seed is not one of them.

    Parameters
    ----------
    name
        What the season is called in its files.
    n_posts, n_agencies
        Distinct posts, and institutions with four accounts each.
    start, end
        First and last day of publication, Asia/Jakarta.
    clusters
        Institutions by cluster; scaled to ``n_agencies`` by largest remainder.
    platform_share
        Expected share of posts by platform.
    audience
        Mean of log10 followers by platform.
    audience_sd
        Standard deviation of log10 followers over institutions; 0.85 spreads 249 of them over four to five orders.
    b
        Exponent of engagement on followers, by ``"default"``, cluster, platform or ``"cluster/platform"``; the most
        specific name wins.
    base
        Expected engagement of a post is base x followers^b x exp(effects), by platform.
    quality_sd, post_quality_sd
        Standard deviations of the hidden quality of agencies and of single posts, in logarithms.
    quality_traces
        How strongly quality shows in the words (:mod:`textmine.simulation.traces`); at 0 it leaves none.
    dispersion
        Size k of the negative binomial: variance = mean + mean^2 / k.
    rate_sd
        Standard deviation of the logarithm of posting rates.
    reposts, quotes, replies, ads
        Share of posts of each kind, on platforms that have it.
    giveaway_agencies, bot_agencies, jump_agencies
        Share of agencies that hold giveaways, buy likes, buy followers.
    giveaways
        Share of the posts of such an agency that are giveaways.
    hidden_likes
        Share of Instagram posts with hidden likes.
    slang, typos
        Chance that a friendly post is spelled in slang; chance of a slip in a phrase.
    duplicates, broken
        Extra export rows, as shares of posts: posts collected twice, and rows that cannot be read.
    """

    name: str = "demo"
    n_posts: int = 12_000
    n_agencies: int = 36
    start: dt.date = dt.date(2019, 10, 1)
    end: dt.date = dt.date(2020, 10, 31)
    clusters: Mapping[str, float] = field(default_factory=_clusters)
    platform_share: Mapping[str, float] = field(default_factory=_platform_share)
    audience: Mapping[str, float] = field(default_factory=_audience)
    audience_sd: float = 0.85
    b: Mapping[str, float] = field(default_factory=lambda: {"default": 0.8})
    base: Mapping[str, float] = field(default_factory=_base)
    quality_sd: float = 0.5
    post_quality_sd: float = 0.5
    quality_traces: float = 0.0
    dispersion: float = 1.2
    rate_sd: float = 0.7
    reposts: float = 0.012
    quotes: float = 0.006
    replies: float = 0.010
    ads: float = 0.004
    giveaway_agencies: float = 0.10
    bot_agencies: float = 0.04
    jump_agencies: float = 0.05
    giveaways: float = 0.03
    hidden_likes: float = 0.03
    slang: float = 0.45
    typos: float = 0.012
    duplicates: float = 0.002
    broken: float = 0.0005

    def __post_init__(self) -> None:
        for problem, key, value in _problems(self):
            raise ConfigError(problem, key=key, value=value)

    @property
    def n_days(self) -> int:
        """Days of the period, first and last included."""
        return (self.end - self.start).days + 1

    def exponent(self, cluster: str, platform: str) -> float:
        """Exponent b of engagement on followers for a cluster on a platform.

        Examples
        --------
        >>> SimulationSettings(b={"default": 0.8, "x": 0.7, "bumn/x": 1.0}).exponent("bumn", "x")
        1.0
        """
        for key in (f"{cluster}/{platform}", platform, cluster):
            if key in self.b:
                return float(self.b[key])
        return float(self.b.get("default", 0.8))


_SHARES: Final = (
    "reposts quotes replies ads giveaway_agencies bot_agencies jump_agencies giveaways hidden_likes slang typos"
    " duplicates broken"
).split()
_POSITIVE: Final = ("n_posts", "n_agencies", "dispersion")
_NOT_NEGATIVE: Final = ("audience_sd", "quality_sd", "post_quality_sd", "quality_traces", "rate_sd")
_BOTH: Final = tuple(f"{cluster}/{platform}" for cluster in CLUSTERS for platform in PLATFORMS)
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "clusters": CLUSTERS,
    "platform_share": PLATFORMS,
    "audience": PLATFORMS,
    "base": PLATFORMS,
    "b": ("default", *CLUSTERS, *PLATFORMS, *_BOTH),
}

Problem = tuple[str, str, object]
"""What is wrong, the key, the value."""


def _problems(settings: SimulationSettings) -> Iterator[Problem]:
    for key in _SHARES:
        if not 0 <= getattr(settings, key) <= 1:
            yield f"{getattr(settings, key)} is not between 0 and 1", key, getattr(settings, key)
    for key in _POSITIVE:
        if not getattr(settings, key) > 0:
            yield f"{getattr(settings, key)} is not above 0", key, getattr(settings, key)
    for key in _NOT_NEGATIVE:
        if not getattr(settings, key) >= 0:
            yield f"{getattr(settings, key)} is negative", key, getattr(settings, key)
    if settings.end < settings.start:
        yield f"{settings.end} lies before start {settings.start}", "end", settings.end
    for key in _NAMES:
        yield from _table_problems(key, getattr(settings, key))


def _table_problems(key: str, table: Mapping[str, float]) -> Iterator[Problem]:
    for name, value in table.items():
        if name not in _NAMES[key]:
            yield f"unknown name; known are {', '.join(_NAMES[key][:9])}", f"{key}.{name}", value
        elif not value >= 0:
            yield f"{value} is negative", f"{key}.{name}", value
    if key in ("audience", "base"):
        missing = [name for name in PLATFORMS if name not in table]
        if missing:
            yield f"says nothing about {', '.join(missing)}", key, table
    if key in ("clusters", "platform_share") and not sum(table.values()) > 0:
        yield "needs at least one number above 0", key, table


def load_settings(path: str | Path) -> SimulationSettings:
    """Read settings from TOML; keys that are absent keep their default.

    Tables (``clusters``, ``audience``, ``b`` and so on) are laid over their defaults name by name, except
    ``clusters`` and ``platform_share``, which replace them.

    Parameters
    ----------
    path
        A TOML file with the names of :class:`SimulationSettings`.

    Raises
    ------
    ConfigError
        The file is missing, is not TOML, or holds an unknown key, a wrong type or a number out of range (the key is
        named).
    """
    path = Path(path)
    given, _ = read_toml(path)
    defaults = SimulationSettings()
    known = {each.name: getattr(defaults, each.name) for each in fields(SimulationSettings)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise ConfigError(f"unknown; known are {', '.join(known)}", path=path, key=key, value=value)
        values[key] = _typed(key, value, known[key], path)
    try:
        return SimulationSettings(**values)
    except ConfigError as error:
        text = str(error).split(": ", 1)[-1]
        raise ConfigError(text, path=path, key=error.key, value=error.value) from error


def _typed(key: str, value: object, default: object, path: Path) -> object:
    """``value`` in the type of ``default``."""
    if isinstance(default, Mapping):
        if not isinstance(value, dict) or not all(_is_number(number) for number in value.values()):
            raise ConfigError("must be a table of numbers", path=path, key=key, value=value)
        return dict(value) if key in ("clusters", "platform_share") else {**default, **value}
    if isinstance(default, float) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, type(default)) and not isinstance(value, (bool, dt.datetime)):
        return value
    kinds = {int: "a whole number", float: "a number", str: "a text", dt.date: "a date such as 2020-10-31"}
    raise ConfigError(f"{value!r} is not {kinds[type(default)]}", path=path, key=key, value=value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
