"""What a definition of an engagement rate is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from textmine.engagement import EngagementDefinition
from textmine.platforms import PLATFORMS

Denominator = Literal["followers", "reach", "impressions"]
AudienceReading = Literal["posting", "average", "latest"]
Averaging = Literal[
    "sum over sum",
    "mean of posts",
    "mean post over mean audience",
    "sum of figure means over mean audience",
    "mean of days",
    "total over audience and days",
    "total over audience",
]
AUDIENCE_READINGS: Final[tuple[AudienceReading, ...]] = get_args(AudienceReading)

ALL: Final = EngagementDefinition("all", dict.fromkeys(PLATFORMS, ("likes", "comments", "shares", "saves")))
"""Whatever the export reports: who exports as the owner has more of it."""


@dataclass(frozen=True)
class RateDefinition:
    """An engagement rate.

    Parameters
    ----------
    name
        As ``--er`` and expressions of awards write it.
    title, source, formula, unit, meaning, not_public
        How it is documented; ``not_public`` says what its publisher does not tell.
    engagement
        Which figures are added on each platform, and their weights.
    denominator
        What engagement is held against.
    audience
        Its own reading of the followers: of each post, averaged over the weeks of the period, or the last.
    averaging
        How posts become one figure.
    scale
        100 for per cent.
    aliases
        Other names.
    """

    name: str
    title: str
    source: str
    formula: str
    unit: str
    meaning: str
    engagement: EngagementDefinition
    denominator: Denominator
    audience: AudienceReading
    averaging: Averaging
    scale: float
    not_public: str = ""
    aliases: tuple[str, ...] = field(default=())
