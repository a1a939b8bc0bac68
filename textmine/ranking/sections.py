"""Reads what a whole award and each of its categories may have: title, eligibility, nominees, ties, measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast, get_args

from textmine.platforms import PLATFORMS, Platform
from textmine.ranking.awards import AtTheCut, Eligibility, Nominees, Ties, Title, Winner
from textmine.ranking.expressions import Expression, Names, compile_expression, expression_problems
from textmine.ranking.fields import Section, shown
from textmine.ranking.measures import measures
from textmine.tomlplaces import KeyPath

MAX_NOMINEES: Final = 20
AT_THE_CUT: Final[tuple[AtTheCut, ...]] = get_args(AtTheCut)


def read_title(section: Section) -> Title:
    """A title in both languages, or one text for both."""
    value = section.content.get("title")
    if not isinstance(value, dict):
        text = section.text("title", what='text, or in two languages: { id = "…", en = "…" }')
        return Title(text, text)
    table = section.section("title")
    assert table is not None  # noqa: S101 - it was a table the line before
    title = Title(table.text("id"), table.text("en"))
    table.finish()
    return title


def read_eligibility(section: Section | None, default: Eligibility) -> Eligibility:
    """Who competes; what is not said stays as in ``default``."""
    if section is None:
        return default
    found = Eligibility(
        min_posts=section.whole("min_posts", default=default.min_posts, least=0),
        platforms=read_platforms(section) or default.platforms,
        min_platforms=section.whole("min_platforms", default=default.min_platforms, least=1, most=len(PLATFORMS)),
        min_coverage=section.number("min_coverage", default=default.min_coverage, least=0, most=1),
        min_audience=section.whole("min_audience", default=default.min_audience, least=0),
        exclude=section.texts("exclude", what="agencies") or default.exclude,
    )
    section.finish()
    return found


def read_nominees(section: Section | None, default: Nominees) -> Nominees:
    """How many are nominated."""
    if section is None:
        return default
    found = Nominees(
        section.whole("min", default=default.min, least=1, most=MAX_NOMINEES),
        section.whole("max", default=default.max, least=1, most=MAX_NOMINEES),
    )
    section.finish()
    if found.min > found.max:
        section.add("min", f"is more than max ({found.max})", found.min)
    return found


def read_platforms(section: Section) -> tuple[Platform, ...]:
    """A list of platforms."""
    return cast("tuple[Platform, ...]", section.texts("platforms", known=PLATFORMS, what="platforms"))


def read_ties(section: Section | None, default: Ties) -> Ties:
    """What happens to equal scores."""
    if section is None:
        return default
    by = section.take("by", [])
    if not isinstance(by, list):
        section.add("by", f'must be a list of measures: ["n_posts"] (it is {shown(by)})', by)
        by = []
    paths: list[KeyPath] = [(*section.path, "by", number) for number in range(len(by))]
    read = [read_expression(section, path, text) for path, text in zip(paths, by, strict=True)]
    found = Ties(
        by=tuple(expression for expression in read if expression is not None) or default.by,
        within=section.number("within", default=default.within, least=0),
        at_the_cut=section.choice("at_the_cut", AT_THE_CUT, default=default.at_the_cut),
    )
    section.finish()
    return found


def read_winner(section: Section | None) -> Winner:
    """Conditions that a winner must meet."""
    if section is None:
        return Winner()
    top = section.whole("top", default=1, least=1) if "top" in section.content else section.take("top")
    found = Winner(above=section.number("above", default=None), top=top)
    section.finish()
    return found


def read_expression(
    section: Section,
    path: KeyPath,
    text: object,
    *,
    weights: Mapping[str, float] | None = None,
    categories: Sequence[str] = (),
) -> Expression | None:
    """A measure, or None where it cannot be followed; every problem in it is noted where it stands in the file."""
    problems = section.problems
    if not isinstance(text, str):
        problems.add(path, f'must be a measure in quotes, such as "pct(n_posts)" (it is {shown(text)})', text)
        return None
    names = measure_names(weights or {}, categories)
    errors, warnings = expression_problems(text, names)
    for error in errors:
        problems.add_in_text(path, error.offset, error.problem, text)
    for warning in warnings:
        problems.add_in_text(path, warning.offset, warning.problem, text, severity="warning")
    return None if errors else compile_expression(text, names)


def measure_names(weights: Mapping[str, float], categories: Sequence[str]) -> Names:
    """The names that a measure of an award may use."""
    known = measures()
    return Names(
        {name: measure.unit for name, measure in known.items()},
        by_platform={name for name, measure in known.items() if measure.by_platform},
        weights=weights,
        categories=categories,
        together={name: measure.together for name, measure in known.items() if measure.together},
    )
