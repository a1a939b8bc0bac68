"""The figures of a post: counts from their columns, parts added up, what is hidden, rounded or not collected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from textmine.ingest import content
from textmine.ingest.counts import UNREADABLE, Counts, CountStyle, parse_counts
from textmine.ingest.rows import Rows
from textmine.ingest.synonyms import REACTIONS
from textmine.posts import FIGURES, FOLLOWERS_KINDS, POLARS_SCHEMA

_MOVING: Final = ("video", "reel", "live", "story", "unknown")
"""Media of which 0 views can be true; a photo's, a carousel's or a link's 0 views are none reported."""


def figures(rows: Rows, media: pl.Series, on_x: pl.Series) -> list[pl.Series]:
    """Read all figures of a batch.

    Parameters
    ----------
    rows
        The batch; rows with a count that cannot be read are refused in it.
    media
        Canonical media types, shape (n_rows,).
    on_x
        Which rows are posts of X, Boolean, shape (n_rows,).

    Returns
    -------
    list of polars.Series
        One a figure, UInt64 with null = not reported, then ``rounded`` and ``hidden``.
    """
    read: dict[str, Counts] = {name: _counts(rows, name) for name in FIGURES}
    read["likes"] = _likes(rows, read["likes"])
    if rows.has("retweets"):
        parts = [_counts(rows, "retweets")] + ([_counts(rows, "quotes")] if rows.has("quotes") else [])
        read["shares"] = read["shares"] if rows.has("shares") else _sum(parts)
    values = {name: counts.values.alias(name) for name, counts in read.items()}
    values |= {name: values[name].fill_null(0) for name in FIGURES if _if_empty(rows, name) == "zero"}
    hidden = _hidden(rows, values, media)
    for name, where in hidden.items():
        values[name] = values[name].set(where, None)
    if rows.plan.options.zeros == "auto":
        for name in rows.plan.not_collected:
            values[name] = values[name].set(values[name] == 0, None)
        still = ~media.is_in(_MOVING)
        values["views"] = values["views"].set(still & (values["views"] == 0), None)
        _drop_uncounted(values, on_x)
    rounded = {name: counts.rounded for name, counts in read.items()}
    marks = [_names("rounded", rounded), _names("hidden", hidden)]
    return [*values.values(), *marks]


def _if_empty(rows: Rows, figure: str) -> str | None:
    """What an empty cell of a figure says: only where the file reports that figure at all."""
    layout = rows.plan.layout
    return layout.empty.get(figure) if layout is not None and rows.plan.columns.get(figure) else None


def _hidden(rows: Rows, values: Mapping[str, pl.Series], media: pl.Series) -> dict[str, pl.Series]:
    """Which figures the platform hid: those listed by name or left out, and likes by their own mark or by -1."""
    nothing = pl.repeat(False, rows.frame.height, eager=True)
    likes = _says_yes(rows.cell("likes_hidden")) if rows.has("likes_hidden") else nothing
    found: dict[str, pl.Series] = {"likes": likes | _minus_one(rows, values["likes"], nothing)}
    if rows.has("hidden"):
        listed = rows.cell("hidden").fill_null("").str.to_lowercase()
        found = {name: found.get(name, nothing) | listed.str.contains(rf"\b{name}\b") for name in FIGURES}
    empty = {name: values[name].is_null() for name in FIGURES if _if_empty(rows, name) == "hidden"}
    found |= {name: found.get(name, nothing) | where for name, where in empty.items()}
    return found | {"likes": found["likes"] & (media != "story")}  # nobody but its owner sees a story's likes


def _minus_one(rows: Rows, likes: pl.Series, nothing: pl.Series) -> pl.Series:
    """Rows whose likes are -1, in a known tool's table."""
    columns = [name for name in rows.plan.columns.get("likes", ()) if name in rows.frame.columns]
    if rows.plan.layout is None or not columns or not likes.null_count():
        return nothing
    minus_one = pl.any_horizontal(pl.col(columns).str.strip_chars() == "-1").fill_null(False)
    return rows.frame.select(minus_one).to_series() & likes.is_null()


def _drop_uncounted(values: dict[str, pl.Series], on_x: pl.Series) -> None:
    """Take X's 0 views as none counted: it has counted since December 2022, and a post's author counts too."""
    for name in ("views", "impressions"):
        values[name] = values[name].set(on_x & (values[name] == 0).fill_null(False), None)


def _says_yes(cells: pl.Series) -> pl.Series:
    """Which cells say yes, as a Series."""
    return cells.to_frame("c").select(content.is_true(pl.col("c"))).to_series()


def _counts(rows: Rows, target: str) -> Counts:
    if not rows.has(target):
        height = rows.frame.height
        none = pl.Series([False]).new_from_index(0, height)
        return Counts(pl.Series(target, [None], pl.UInt64).new_from_index(0, height), none, none)
    cells = rows.cell(target)
    if rows.plan.layout is not None:
        cells = cells.set(cells == "-1", None)  # how scrapers write what they could not see
    counts = parse_counts(cells, rows.plan.styles.get(target, CountStyle()))
    rows.refuse(counts.refused, UNREADABLE, target, cells)
    return _with_granularity(rows, target, counts)


def _with_granularity(rows: Rows, target: str, counts: Counts) -> Counts:
    """Mark as rounded what snscrape counts in steps: ``likes`` beside ``likes.granularity``."""
    for column in rows.plan.columns.get(target, ()):
        if f"{column}.granularity" in rows.frame.columns:
            steps = rows.frame[f"{column}.granularity"].cast(pl.Float64, strict=False)
            coarse = (steps > 1).fill_null(False) & counts.values.is_not_null()
            counts = Counts(counts.values, counts.rounded | coarse, counts.refused)
    return counts


def _likes(rows: Rows, likes: Counts) -> Counts:
    """All reactions: the source's sum, else likes and the other reactions added up."""
    others = [_counts(rows, name) for name in REACTIONS if rows.has(name)]
    added = _sum([likes, *others]) if others else likes
    if not rows.has("reactions"):
        return added
    total = _counts(rows, "reactions")
    values = pl.select(pl.coalesce(total.values, added.values)).to_series()
    return Counts(values, total.rounded | (total.values.is_null() & added.rounded), added.refused)


def _sum(parts: Iterable[Counts]) -> Counts:
    """Sum of counts: null where the first is, other nulls add nothing."""
    first, *others = parts
    values, rounded = first.values, first.rounded
    for part in others:
        values = values + part.values.fill_null(0)
        rounded = rounded | part.rounded
    return Counts(values, rounded, first.refused)


def _names(column: str, marks: Mapping[str, pl.Series]) -> pl.Series:
    """List of the figures whose mark is set, row by row."""
    dtype = POLARS_SCHEMA[column]
    raised = {name: mark for name, mark in marks.items() if mark.any()}
    if not raised:
        height = len(next(iter(marks.values())))
        return pl.Series(column, [[]], dtype).new_from_index(0, height)
    named = [pl.when(pl.col(name)).then(pl.lit(name)) for name in raised]
    return pl.DataFrame(raised).select(pl.concat_list(named).list.drop_nulls().cast(dtype).alias(column)).to_series()


def audience(rows: Rows) -> list[pl.Series]:
    """Followers and when they were read: at posting where the column's name says so."""
    at_posting = _counts(rows, "followers_at_posting").values
    at_posting = at_posting.set(at_posting == 0, None)  # CrowdTangle's 0 is an audience that it did not know
    followers = _counts(rows, "followers").values
    source = "".join(rows.plan.columns.get("followers", ())).lower()
    kind = "at_posting" if "posting" in source else "at_collection" if rows.plan.layout else "unknown"
    kinds = pl.Series("followers_kind", [kind]).new_from_index(0, len(followers))
    kinds = kinds.set(at_posting.is_not_null(), "at_posting")
    followers = at_posting.zip_with(at_posting.is_not_null(), followers).alias("followers")
    given = rows.cell("followers_kind")
    known = given.is_in(FOLLOWERS_KINDS) & given.is_not_null()
    kinds = given.zip_with(known, kinds) if rows.has("followers_kind") else kinds
    return [followers, kinds.set(followers.is_null(), "unknown").alias("followers_kind")]
