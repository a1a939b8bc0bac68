"""The measures that an award's expressions may name: a documented list, kept as data beside the presets."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final

from textmine.posts import PLATFORMS

MEDIA: Final = {"image": ("image", "carousel"), "video": ("video", "reel", "live")}
"""Prefix of a measure and the media types of its posts. Stories, links and unknown types belong to neither."""


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

    Examples
    --------
    >>> measures()["video_n_posts"].meaning
    'credited posts in the period; videos, reels and live only'
    """
    text = (resources.files("textmine") / "data" / "awards" / "measures.toml").read_text(encoding="utf-8")
    found = (measure for name, entry in tomllib.loads(text).items() for measure in _with_media(name, entry))
    return {measure.name: measure for measure in found}


def _with_media(name: str, entry: dict[str, Any]) -> Iterator[Measure]:
    by_media, only_media = entry.pop("by_media", False), entry.pop("only_media", False)
    measure = Measure(name=name, **entry)
    base = None if only_media else name
    if not only_media:
        yield measure
    for medium, said in (("image", "images and carousels only"), ("video", "videos, reels and live only")):
        if by_media:
            yield replace(measure, name=f"{medium}_{name}", meaning=f"{measure.meaning}; {said}", base=base)
