"""The measures that an award's expressions may name: a documented list, kept as data beside the presets."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final

from textmine.platforms import PLATFORMS
from textmine.plugins import Plugin, award_measures

MEDIA: Final = {"image": ("image", "carousel"), "video": ("video", "reel", "live")}
"""Prefix of a measure and the media types of its posts. Stories, links and unknown types belong to neither."""

PLUGGED: Final = "plug-ins"
"""Group of the measures that other packages add."""


@dataclass(frozen=True)
class Measure:
    """A figure of an agency.

    Parameters
    ----------
    name
        As expressions write it: ``engagement_rate``, ``image_engagement_rate``.
    group
        Where documentation lists it.
    unit, meaning, source
        What it is, and whose definition.
    by_platform
        Whether it is known on each platform too: ``engagement_rate@instagram``.
    needs_campaign
        Whether it is known only in a category that names a campaign.
    base
        The measure that a variant for images or videos is of; None for the others.
    together
        Its unit on all platforms together, where that is another one: rates of different platforms are not averaged.
    """

    name: str
    group: str
    unit: str
    meaning: str
    source: str
    by_platform: bool = False
    needs_campaign: bool = False
    base: str | None = None
    together: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table of agencies: together first, then on each platform."""
        each = tuple(f"{self.name}@{platform}" for platform in PLATFORMS) if self.by_platform else ()
        return (self.name, *each)


@cache
def measures() -> dict[str, Measure]:
    """All measures by name, in the order of the documentation; variants come after what they are of.

    Those of plug-ins come last, with the variants that all of them have.

    Raises
    ------
    PluginError
        One of a plug-in does not load, or its name is taken.

    Examples
    --------
    >>> measures()["video_n_posts"].meaning
    'credited posts in the period; videos, reels and live only'
    """
    text = (resources.files("textmine") / "data" / "awards" / "measures.toml").read_text(encoding="utf-8")
    found = (measure for name, entry in tomllib.loads(text).items() for measure in _with_media(name, entry))
    known = {measure.name: measure for measure in found}
    for plugin, added in award_measures():
        _check_name(plugin, known)
        entry: dict[str, Any] = {
            "unit": added.unit,
            "meaning": added.meaning,
            "source": f"{added.source} ({plugin.label})",
        }
        entry |= {"group": PLUGGED, "by_platform": True, "by_media": True}
        known |= {measure.name: measure for measure in _with_media(plugin.name, entry)}
    return known


def _check_name(plugin: Plugin, known: Collection[str]) -> None:
    """Refuse a name that an expression could not write, or that means something else."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", plugin.name) or plugin.name.startswith(tuple(f"{m}_" for m in MEDIA)):
        raise plugin.error("the name of a measure is lower-case letters, digits and _, without image_ or video_ before")
    if plugin.name in known:
        raise plugin.error("a measure of this name is there already; choose another")


def _with_media(name: str, entry: dict[str, Any]) -> Iterator[Measure]:
    by_media, only_media = entry.pop("by_media", False), entry.pop("only_media", False)
    measure = Measure(name=name, **entry)
    base = None if only_media else name
    if not only_media:
        yield measure
    for medium, said in (("image", "images and carousels only"), ("video", "videos, reels and live only")):
        if by_media:
            yield replace(measure, name=f"{medium}_{name}", meaning=f"{measure.meaning}; {said}", base=base)
