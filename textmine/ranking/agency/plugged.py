"""Measures that other packages add, computed for every platform and medium like those of the house."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from textmine.platforms import PLATFORMS
from textmine.plugins import AwardMeasure, Plugin
from textmine.posts import POLARS_SCHEMA
from textmine.ranking.agency.cells import CELL, TOGETHER, by_medium

Added = tuple[Plugin, AwardMeasure]


def columns_asked(added: Sequence[Added]) -> list[str]:
    """Columns of canonical posts that the measures read, each once.

    Raises
    ------
    PluginError
        One of them asks for a column that posts do not have.
    """
    asked: dict[str, None] = {}
    for plugin, measure in added:
        for name in measure.columns:
            if name not in POLARS_SCHEMA:
                raise plugin.error(f"asks for the column {name!r}; posts have {', '.join(POLARS_SCHEMA)}")
            asked[name] = None
    return list(asked)


def plugged_measures(posts: pl.DataFrame, added: Sequence[Added]) -> pl.DataFrame:
    """Figures of all added measures.

    Parameters
    ----------
    posts
        From :func:`textmine.rates.posts.portions`: all posts of an agency or none.
    added
        At least one measure.

    Returns
    -------
    polars.DataFrame
        ``CELL`` and a column a measure, a row a cell with at least one credited post.
    """
    own = posts.filter("credited").with_columns(pl.col("agency", "account").cast(pl.String))
    table: pl.DataFrame | None = None
    for plugin, measure in added:
        found = _of(own, plugin, measure)
        table = found if table is None else table.join(found, on=CELL, how="full", coalesce=True)
    return CELL_SCHEMA.to_frame() if table is None else table


CELL_SCHEMA = pl.Schema(dict.fromkeys(CELL, pl.String()))


def _of(own: pl.DataFrame, plugin: Plugin, measure: AwardMeasure) -> pl.DataFrame:
    frames = [pl.Schema({**CELL_SCHEMA, plugin.name: pl.Float64()}).to_frame()]
    names = list(dict.fromkeys(("agency", *measure.columns)))
    for prefix, kept in by_medium(own):
        for platform in (TOGETHER, *PLATFORMS):
            part = kept if platform == TOGETHER else kept.filter(pl.col("platform").cast(pl.String) == platform)
            if part.height:
                posts = part.select(names)
                with plugin.blamed("computing it"):
                    values = measure.of(posts)
                known = _checked(values, part["agency"], plugin)
                frames.append(known.select("agency", platform=pl.lit(platform), prefix=pl.lit(prefix), value="value"))
    return pl.concat([frames[0], *(frame.rename({"value": plugin.name}) for frame in frames[1:])])


def _checked(values: object, agencies: pl.Series, plugin: Plugin) -> pl.DataFrame:
    """Refuse anything but one finite number, or null, for agencies that were given."""
    if not isinstance(values, pl.DataFrame) or set(values.columns) != {"agency", "value"}:
        raise plugin.error("of(posts) gives a frame with the columns agency and value")
    if values["agency"].dtype != pl.String or not values["value"].dtype.is_numeric():
        raise plugin.error(f"agency is text and value a number (they are {', '.join(map(str, values.dtypes))})")
    known = values.with_columns(pl.col("value").cast(pl.Float64).fill_nan(None))
    if not known["agency"].is_in(agencies.unique().to_list()).all() or known["agency"].is_duplicated().any():
        raise plugin.error("of(posts) gives one row for each agency of the posts, and for no other")
    if known["value"].is_infinite().any():
        raise plugin.error("a value is infinite; write null where a figure is not known")
    return known.sort("agency")
