"""The data dictionary of ``agency_features.parquet``, made from the documented measures and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.ranking.agency.activity import NOUGHT_WITHOUT_POSTS
from textmine.ranking.measures import MEDIA, Measure, measures

OF_THE_MODEL: Final = ("engagement_rate", "size_residual")
"""Measures of the size-adjusted model, which are joined where scores are computed."""

_NEEDS: Final = {
    "quality": "quality",
    **{f"{tone}_{what}": "sentiment" for tone in ("positive", "neutral", "negative") for what in ("posts", "share")},
}
_NULL: Final = {
    "consistency": "no post",
    "media_share": "no post at all",
    "audience": "no followers known",
    "engagement_coverage": "no post",
    "engagement_total": "no post reports them",
    "engagement_per_post": "no post reports them",
    "engagement_median": "no post reports them",
    "views_total": "no post reports them",
    "views_per_post": "no post reports them",
}


@dataclass(frozen=True)
class AgencyFeature:
    """One column: name, type, group, unit, meaning, source, when it is null, and the stage without which it is."""

    name: str
    dtype: pl.DataType
    group: str
    unit: str
    meaning: str
    source: str
    null: str
    needs: str = ""


def base_of(measure: Measure) -> str:
    """Name of a measure without the prefix of its medium."""
    prefixes = (f"{medium}_" for medium in MEDIA)
    return next((measure.name.removeprefix(each) for each in prefixes if measure.name.startswith(each)), measure.name)


def agency_dictionary() -> tuple[AgencyFeature, ...]:
    """All columns in order: the agency, its cluster, then every measure that needs neither campaign nor score model."""
    text = pl.String()
    keys = (
        AgencyFeature(
            "agency", text, "key", "name", "key of the register, or the account without one", "register", "never"
        ),
        AgencyFeature("cluster", text, "key", "name", "cluster of the register", "register", "not registered"),
    )
    return keys + tuple(_columns())


def _columns() -> Iterator[AgencyFeature]:
    for measure in measures().values():
        base = base_of(measure)
        if measure.needs_campaign or base in OF_THE_MODEL:
            continue
        for column in measure.columns:
            platform = column.partition("@")[2]
            meaning = measure.meaning + (f"; on {platform} only" if platform else "")
            yield AgencyFeature(
                column, pl.Float64(), measure.group, _unit(measure, platform), meaning, measure.source,
                _null(base), _NEEDS.get(base, ""),
            )  # fmt: skip


def _unit(measure: Measure, platform: str) -> str:
    if measure.together and not platform:
        return f"{measure.together} of the logarithm on each platform, mean of the agency's platforms"
    return measure.unit


def _null(base: str) -> str:
    if base in NOUGHT_WITHOUT_POSTS:
        return "never"
    if base in _NEEDS:
        return "the stage was not run, or no caption with words"
    return _NULL.get(
        base, "no post with engagement and denominator; on all platforms also where no other agency has one"
    )


def agency_dictionary_table() -> pl.DataFrame:
    """``column, type, group, unit, meaning, source, null, needs``, all strings, a row a column."""
    rows = [
        (each.name, str(each.dtype), each.group, each.unit, each.meaning, each.source, each.null, each.needs)
        for each in agency_dictionary()
    ]
    names = ("column", "type", "group", "unit", "meaning", "source", "null", "needs")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")
