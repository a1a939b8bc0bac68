"""The phrase banks: what the simulated agencies talk about, read from ``corpora/phrases``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from textmine import resources
from textmine.errors import ConfigError
from textmine.simulation.morphology import read_actions
from textmine.tomlfile import read_toml

Bank = tuple[str, ...]
"""Alternatives, the likeliest first where the bank is skewed."""


@dataclass(frozen=True)
class Topic:
    """A subject: its word banks, its effect on engagement (logarithm) and its weight by month, January first."""

    name: str
    label: str
    effect: float
    months: tuple[float, ...]
    banks: Mapping[str, Bank]


@dataclass(frozen=True)
class Campaign:
    """A hashtag campaign of several agencies; ``share`` of their posts on ``topics`` carry ``tag`` in the window."""

    tag: str
    topics: tuple[str, ...]
    start: dt.date
    end: dt.date
    share: float
    boost: float


@dataclass(frozen=True)
class PhraseBook:
    """Everything that captions are made of.

    ``common`` holds frames and words that all topics share; ``skew`` the exponent with which a bank prefers its first
    entries (1 is uniform; "default" for banks that it does not name); ``slang`` the hurried spellings of formal
    words; ``institutions`` the parts of made-up names.
    """

    common: Mapping[str, Bank]
    skew: Mapping[str, float]
    topics: tuple[Topic, ...]
    slang: Mapping[str, Bank]
    campaigns: tuple[Campaign, ...]
    institutions: Mapping[str, Bank]

    def topic_index(self, name: str) -> int:
        """Position of a topic in ``topics``."""
        return [topic.name for topic in self.topics].index(name)


def load_phrases(folder: Path | None = None) -> PhraseBook:
    """Read the phrase banks.

    Parameters
    ----------
    folder
        A folder with umum.toml, slang.toml, kampanye.toml, lembaga.toml and topics/; the shipped one when None.

    Raises
    ------
    ConfigError
        A file is missing or not of its shape.
    """
    folder = folder or resources.find("corpora/phrases")
    common = read_toml(folder / "umum.toml")[0]
    topics = tuple(_topic(path) for path in sorted((folder / "topics").glob("*.toml")))
    if not topics:
        raise ConfigError("holds no topics", path=folder / "topics")
    campaigns = read_toml(folder / "kampanye.toml")[0]["kampanye"]
    return PhraseBook(
        common={name: tuple(bank) for name, bank in common["bank"].items()},
        skew={name: float(value) for name, value in common["skew"].items()},
        topics=topics,
        slang={word: tuple(forms) for word, forms in read_toml(folder / "slang.toml")[0].items()},
        campaigns=tuple(Campaign(**{**entry, "topics": tuple(entry["topics"])}) for entry in campaigns),
        institutions={name: tuple(parts) for name, parts in read_toml(folder / "lembaga.toml")[0].items()},
    )


def _topic(path: Path) -> Topic:
    content, _ = read_toml(path)
    banks = {name: tuple(value) for name, value in content.items() if isinstance(value, list) and name != "months"}
    try:
        actions = [action for line in banks.pop("aksi") for action in read_actions(line)]
    except (KeyError, ValueError) as error:
        raise ConfigError(str(error), path=path, key="aksi") from error
    banks["aksi.me"] = tuple(action.active for action in actions)
    banks["aksi.di"] = tuple(action.passive for action in actions)
    banks["aksi.pe"] = tuple(action.noun for action in actions)
    banks["aksi.imp"] = tuple(action.imperative for action in actions)
    # Thirds of a bank fill lists in which nothing may stand twice.
    banks.update(
        {f"{name}.{third}": banks[name][third::3] for name in ("tips", "tags", "manfaat") for third in range(3)}
    )
    return Topic(
        name=path.stem,
        label=str(content["label"]),
        effect=float(content.get("effect", 0.0)),
        months=tuple(float(weight) for weight in content.get("months", [1.0] * 12)),
        banks=banks,
    )
