"""Award definitions, their measures and their problems as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from textmine.ranking.awards import Award, AwardDefinition
from textmine.ranking.fields import Problem, shown
from textmine.ranking.measures import measures

AWARDS_SCHEMA: Final = pl.Schema(
    {
        "award": pl.String(),
        "category": pl.String(),
        "title_id": pl.String(),
        "title_en": pl.String(),
        "awarded_to": pl.String(),
        "clusters": pl.List(pl.String()),
        "register": pl.List(pl.String()),
        "measure": pl.String(),
        "direction": pl.String(),
        "accumulates": pl.List(pl.String()),
        "platforms": pl.List(pl.String()),
        "media_types": pl.List(pl.String()),
        "campaign": pl.String(),
        "hashtags": pl.List(pl.String()),
        "min_posts": pl.Int64(),
        "min_platforms": pl.Int64(),
        "min_coverage": pl.Float64(),
        "min_audience": pl.Int64(),
        "nominees_min": pl.Int64(),
        "nominees_max": pl.Int64(),
        "ties": pl.List(pl.String()),
        "inferred": pl.String(),
    }
)

MEASURES_SCHEMA: Final = pl.Schema(
    {
        "measure": pl.String(),
        "group": pl.String(),
        "unit": pl.String(),
        "by_platform": pl.Boolean(),
        "of": pl.String(),
        "needs_campaign": pl.Boolean(),
        "meaning": pl.String(),
        "source": pl.String(),
    }
)

PROBLEMS_SCHEMA: Final = pl.Schema(
    {
        "severity": pl.String(),
        "line": pl.Int64(),
        "column": pl.Int64(),
        "key": pl.String(),
        "value": pl.String(),
        "message": pl.String(),
    }
)


def awards_table(definition: AwardDefinition) -> pl.DataFrame:
    """Every award that is given: ``AWARDS_SCHEMA``."""
    return pl.DataFrame([_award(award) for award in definition.awards], schema=AWARDS_SCHEMA)


def _award(award: Award) -> dict[str, object]:
    category = award.category
    selection, eligibility = category.selection, category.eligibility
    return {
        "award": award.id,
        "category": category.id,
        "title_id": award.title.id,
        "title_en": award.title.en,
        "awarded_to": category.awarded_to,
        "clusters": [cluster.name for cluster in award.clusters],
        "register": list(award.register),
        "measure": category.measure.text,
        "direction": category.direction,
        "accumulates": list(category.accumulates),
        "platforms": list(selection.platforms),
        "media_types": list(selection.media_types),
        "campaign": selection.campaign,
        "hashtags": list(selection.hashtags),
        "min_posts": eligibility.min_posts,
        "min_platforms": eligibility.min_platforms,
        "min_coverage": eligibility.min_coverage,
        "min_audience": eligibility.min_audience,
        "nominees_min": category.nominees.min,
        "nominees_max": category.nominees.max,
        "ties": [measure.text for measure in category.ties.by],
        "inferred": " ".join(category.inferred.split()),
    }


def measures_table() -> pl.DataFrame:
    """Every measure that an expression may name: ``MEASURES_SCHEMA``; ``of`` is what a variant is of."""
    rows = [
        {
            "measure": measure.name,
            "group": measure.group,
            "unit": measure.unit,
            "by_platform": measure.by_platform,
            "of": measure.base,
            "needs_campaign": measure.needs_campaign,
            "meaning": measure.meaning,
            "source": measure.source,
        }
        for measure in measures().values()
    ]
    return pl.DataFrame(rows, schema=MEASURES_SCHEMA)


def problems_table(problems: Iterable[Problem]) -> pl.DataFrame:
    """Problems of a file: ``PROBLEMS_SCHEMA``."""
    rows = [
        {
            "severity": problem.severity,
            "line": problem.line,
            "column": problem.column,
            "key": problem.key,
            "value": None if problem.value is None else shown(problem.value),
            "message": problem.message,
        }
        for problem in problems
    ]
    return pl.DataFrame(rows, schema=PROBLEMS_SCHEMA)
