"""Reads one category of a file that defines an award."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from textmine.errors import ExpressionError
from textmine.posts import MEDIA_TYPES, MediaType
from textmine.ranking.awards import (
    AwardedTo,
    Campaign,
    Category,
    Direction,
    Eligibility,
    Missing,
    Nominees,
    Selection,
    Ties,
)
from textmine.ranking.expressions import FUNCTIONS, Expression, Names, compile_expression
from textmine.ranking.fields import Section
from textmine.ranking.measures import measures
from textmine.ranking.sections import (
    measure_names,
    read_eligibility,
    read_expression,
    read_nominees,
    read_platforms,
    read_ties,
    read_title,
    read_winner,
)

Scale = Literal["pct", "z", "minmax"]
"""The function that brings the scores of accumulated categories to one scale."""

_NOTHING: Final = compile_expression("nothing", Names({"nothing": ""}))
"""Stands for a measure that cannot be read, in a definition that is not handed out."""

_DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)
_AWARDED_TO: Final[tuple[AwardedTo, ...]] = get_args(AwardedTo)
_MISSING: Final[tuple[Missing, ...]] = get_args(Missing)
_SCALES: Final[tuple[Scale, ...]] = get_args(Scale)
_WEIGHT: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class CategoryReader:
    """Reads categories with what the whole file says.

    Parameters
    ----------
    clusters
        Names of the file's clusters.
    ids
        Ids of the file's categories.
    eligibility, nominees, ties
        Where a category says nothing of its own.
    """

    clusters: Sequence[str]
    ids: Sequence[str]
    eligibility: Eligibility
    nominees: Nominees
    ties: Ties

    def read(self, section: Section) -> Category:
        """One category; problems are noted, and what cannot be read is left out."""
        selection = _selection(section)
        measure, accumulates = self._measured(section, selection)
        category = Category(
            id=section.text("id", what='a short name, such as "most_active"'),
            title=read_title(section),
            measure=measure or _NOTHING,
            direction=section.choice("direction", _DIRECTIONS, default="highest"),
            awarded_to=section.choice("awarded_to", _AWARDED_TO, default="each cluster"),
            clusters=section.texts("clusters", known=self.clusters, what="clusters") or tuple(self.clusters),
            selection=selection,
            accumulates=accumulates,
            missing=section.choice("missing", _MISSING, default="null"),
            eligibility=read_eligibility(section.section("eligibility"), self.eligibility),
            nominees=read_nominees(section.section("nominees"), self.nominees),
            ties=read_ties(section.section("ties"), self.ties),
            winner=read_winner(section.section("winner")),
            inferred=section.text("inferred", default=""),
        )
        section.finish()
        return category

    def _measured(self, section: Section, selection: Selection) -> tuple[Expression | None, dict[str, float]]:
        """The measure as written, or that which accumulates other categories."""
        text, others = section.take("measure"), section.take("accumulates")
        weights, scale = _weights(section), section.choice("scale", _SCALES, default="pct")
        if text is not None and others is not None:
            section.add("accumulates", "measure and accumulates exclude each other; keep one", others)
        if others is not None:
            accumulates = self._accumulated(section, weights)
            return _sum_of_scores(section, accumulates, scale), accumulates
        for key in ("missing", "scale"):
            if key in section.content:
                section.add(key, f"{key} belongs to accumulates, which this category does not have")
        if text is None:
            section.add("measure", 'measure is missing; write what is compared, such as measure = "pct(n_posts)"')
            return None, {}
        path = (*section.path, "measure")
        weights = _good_weights(section, weights)
        measure = read_expression(section, path, text, weights=weights, categories=self.ids)
        if measure is not None:
            _check_campaign(section, selection, measure)
            _refuse_unused(section, measure, weights)
        return measure, {}

    def _accumulated(self, section: Section, weights: Mapping[str, float]) -> dict[str, float]:
        """Categories that are added up, and their weights; 1 where none is given."""
        own = section.content.get("id")
        others = [id for id in self.ids if id != own]
        named = (
            tuple(others)
            if section.content["accumulates"] == "others"
            else section.texts("accumulates", known=others, what="categories")
        )
        if not named and not isinstance(section.content["accumulates"], str):
            section.add("accumulates", 'names no category; name some, or write accumulates = "others"')
        for name, weight in weights.items():
            if name not in named:
                section.problems.add((*section.path, "weights", name), f"{name!r} is not accumulated", weight)
            elif weight < 0:
                section.problems.add((*section.path, "weights", name), f"must be 0 or more (it is {weight:g})", weight)
        found = {name: weights.get(name, 1.0) for name in named}
        if found and not sum(found.values()) > 0:
            section.add("weights", "are all 0; give one of the categories a weight", dict(weights))
        return found


def _selection(section: Section) -> Selection:
    """Posts that a category looks at."""
    written = section.texts("hashtags", what="hashtags")
    hashtags = tuple(dict.fromkeys(each.strip().removeprefix("#").lower() for each in written))
    for number, each in enumerate(section.content.get("hashtags", ())):
        if isinstance(each, str) and each.strip() and not re.fullmatch(r"#?[^\s#]+", each.strip()):
            path = (*section.path, "hashtags", number)
            section.problems.add(path, f"{each!r} is not one hashtag; write each in its own quotes", each)
    campaign: Campaign | None = "hashtags" if hashtags else None
    if "campaign" in section.content:
        own = section.choice("campaign", ("own",), default="own")
        if hashtags:
            section.add("campaign", "hashtags and campaign exclude each other: hashtags name the campaign", own)
        campaign = campaign or "own"
    section.take("campaign")
    media_types = section.texts("media_types", known=MEDIA_TYPES, what="media types")
    return Selection(read_platforms(section), cast("tuple[MediaType, ...]", media_types), campaign, hashtags)


def _weights(section: Section) -> dict[str, float]:
    """Numbers with a name."""
    table = section.section("weights")
    if table is None:
        return {}
    found = {name: table.number(name, default=math.nan) for name in table.content}
    return {name: weight for name, weight in found.items() if not math.isnan(weight)}


def _good_weights(section: Section, weights: Mapping[str, float]) -> dict[str, float]:
    """Weights whose names mean nothing else in a measure."""
    good = {}
    for name, weight in weights.items():
        path = (*section.path, "weights", name)
        if name in measures() or name in FUNCTIONS or name in ("and", "or", "not"):
            message = f"{name!r} is the name of a measure or function; give the weight another"
            section.problems.add(path, message, weight)
        elif not _WEIGHT.fullmatch(name):
            section.problems.add(path, f"{name!r} must be lower-case letters, digits and _", weight)
        else:
            good[name] = weight
    return good


def _refuse_unused(section: Section, measure: Expression, weights: Mapping[str, float]) -> None:
    """Refuse a weight that weighs nothing: it was meant for something."""
    for name, weight in weights.items():
        if name not in measure.names:
            path = (*section.path, "weights", name)
            section.problems.add(path, f"the measure does not use the weight {name!r}", weight)


def _check_campaign(section: Section, selection: Selection, measure: Expression) -> None:
    """Refuse a measure of a campaign where the category names none."""
    known = measures()
    needing = [name for name in measure.names if name in known and known[name].needs_campaign]
    if needing and selection.campaign is None:
        remedy = 'name the campaign: hashtags = ["#…"], or campaign = "own" for each agency\'s own'
        section.add("measure", f"{needing[0]} needs a campaign; {remedy}", section.content["measure"])


def _sum_of_scores(section: Section, weights: Mapping[str, float], scale: str) -> Expression | None:
    """The measure that accumulates categories: a weighted mean of their scores on one scale."""
    missing = section.content.get("missing", "null")
    if missing == "zero" and scale == "z":
        section.add("missing", "with the scale z, zero is the mean and no low score; write null or skip", missing)
    total = sum(weights.values())
    if not total > 0:
        return None
    scores = {name: f"{scale}(score({name}))" for name in weights}
    if missing != "null":
        scores = {name: f"coalesce({score}, 0)" for name, score in scores.items()}
    text = f"({_weighted_sum(scores, weights)}) / {_short(total)}"
    if missing == "skip":
        known = {name: f"if(known(score({name})), 1, 0)" for name in weights}
        text = f"({_weighted_sum(scores, weights)}) / ({_weighted_sum(known, weights)})"
    try:
        return compile_expression(text, measure_names({}, list(weights)))
    except ExpressionError as error:
        section.add("accumulates", f"cannot be added up: the measure {error.problem}", list(weights))
        return None


def _weighted_sum(terms: Mapping[str, str], weights: Mapping[str, float]) -> str:
    factors = {name: "" if weight == 1 else f"{_short(weight)} * " for name, weight in weights.items()}
    return " + ".join(factors[name] + term for name, term in terms.items())


def _short(number: float) -> str:
    return f"{number:g}" if float(f"{number:g}") == number else repr(number)
