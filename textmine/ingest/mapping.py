"""From the text cells of a file to canonical posts: nothing is guessed, what cannot be read is refused with its reason.

A row is refused when its time is unreadable or absent, when its platform or account is unknown, or when a count is
no whole number; the reason names the column and the value. A row with a wrong figure is not kept with a null
instead, because null says that the platform reports none.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.agencies import normalise_account, normalise_platform
from textmine.ingest import content, identity
from textmine.ingest.figures import audience, figures
from textmine.ingest.plan import Plan
from textmine.ingest.rows import Rows, Tally
from textmine.ingest.table import ROW
from textmine.ingest.times import DayOrder, parse_times
from textmine.posts import PLATFORMS, POLARS_SCHEMA, REJECT_SCHEMA

_ROUNDED_ID: Final = r"^\d([.,]\d+)?[eE]\+?\d+$"


def map_rows(frame: pl.DataFrame, plan: Plan, tally: Tally) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Map one batch.

    Parameters
    ----------
    frame
        Text cells and row numbers, shape (n_rows, n_columns + 1).
    plan
        What was decided about the file.
    tally
        Counts what is worth a note.

    Returns
    -------
    tuple of polars.DataFrame
        Canonical posts, shape (n_posts, 25), and refused rows; together n_rows.
    """
    rows = Rows(frame, plan)
    if not frame.height:
        return pl.DataFrame(schema=POLARS_SCHEMA), pl.DataFrame(schema=REJECT_SCHEMA)
    known = _who_and_when(rows, tally)
    known = known.with_columns(*_what(rows, known))
    known = known.with_columns(*figures(rows, known["media_type"]), *audience(rows), _collected(rows, tally))
    known = known.with_columns(_ids(rows, known, tally))
    bad, rejects = rows.refused()
    posts = known.with_columns(
        pl.lit(None, pl.String).alias("agency"), pl.lit(plan.source).alias("source"), frame[ROW].alias("source_row")
    )
    posts = posts.filter(~bad) if bad.any() else posts
    return posts.select(pl.col(name).cast(dtype) for name, dtype in POLARS_SCHEMA.items()), rejects


def _who_and_when(rows: Rows, tally: Tally) -> pl.DataFrame:
    plan, options = rows.plan, rows.plan.options
    url = rows.cell("url")
    named = rows.cell("platform")
    shown = pl.DataFrame({"url": url, "named": named, "account": rows.cell("account")}).select(
        "url",
        "named",
        pl.coalesce(
            normalise_platform(pl.col("named")),
            pl.lit(options.platform, pl.String),
            identity.platform_of_url(pl.col("url")),
            pl.lit(plan.platform, pl.String),
        ).alias("platform"),
        normalise_account(
            pl.coalesce("account", pl.lit(options.account, pl.String), identity.account_of_url(pl.col("url")))
        ).alias("account"),
    )
    time_cells = _time_cells(rows)
    order = plan.orders.get("published_at", DayOrder())
    times = parse_times(time_cells, zone=plan.zone, day_first=order.day_first)
    tally.naive_times += times.naive
    rows.refuse(time_cells.is_null(), "no time", "published_at", time_cells)
    rows.refuse(times.values.is_null(), "not a time that can be read", "published_at", time_cells)
    platform_bad = ~shown["platform"].is_in(PLATFORMS).fill_null(False)
    rows.refuse(platform_bad, "platform not known", "platform", named)
    rows.refuse((shown["account"].fill_null("") == ""), "no account", "account", shown["account"])
    platform = shown["platform"].set(platform_bad, None)
    return shown.select("url", "account").with_columns(
        platform, times.values.alias("published_at"), _caption(rows, platform)
    )


def _time_cells(rows: Rows) -> pl.Series:
    """Cells of the time; where they hold a day alone, the clock's column is added."""
    day = rows.cell("published_at")
    if not rows.has("clock"):
        return day
    both = pl.DataFrame({"day": day, "clock": rows.cell("clock")})
    # a spreadsheet gives a day its midnight, and a clock its day of 1899
    bare = pl.col("day").str.replace(r"[ T]00:00:00(\.0+)?$", "")
    clock = pl.col("clock").str.replace(r"^18\d\d-\d\d-\d\d ", "")
    add = clock.str.contains(r"^\d{1,2}[:.]\d{2}") & ~bare.str.contains(":")
    return both.select(pl.when(add).then(pl.concat_str(bare, pl.lit(" "), clock)).otherwise("day").alias("day"))["day"]


def _caption(rows: Rows, platform: pl.Series) -> pl.Series:
    has_text = rows.has("caption")
    text = rows.raw("caption") if has_text else rows.raw("description")
    title = rows.cell("title")
    cells = pl.DataFrame({"text": text, "title": title, "platform": platform})
    fallback = pl.col("text") if has_text or rows.has("description") else pl.col("title")
    return cells.select(content.caption_of(fallback, pl.col("title"), pl.col("platform")).alias("caption")).to_series()


def _what(rows: Rows, known: pl.DataFrame) -> list[pl.Series]:
    names = (
        "media_type",
        "is_video",
        "picture",
        "post_kind",
        "is_ad",
        "is_repost",
        "is_quote",
        "is_reply",
        "hashtags",
        "coauthors",
    )
    cells = known.with_columns(rows.cell(name).alias(f"_{name}") for name in names)
    marks = {name: pl.col(f"_{name}") for name in names if name.startswith("is_")}
    media = content.media_type(
        pl.col("_media_type"), marks["is_video"], pl.col("_picture"), pl.col("url"), pl.col("platform")
    )
    code = rows.cell("shortcode")
    if rows.has("shortcode") and rows.has("url"):
        cells = cells.with_columns(code.alias("_code"))
        media = pl.when(_is_picture()).then(pl.lit("carousel")).otherwise(media)
    tags = content.hashtags_in(pl.col("caption"))
    if rows.has("hashtags"):
        listed = content.hashtags_listed(pl.col("_hashtags"))
        tags = pl.when(listed.list.len() > 0).then(listed).otherwise(tags)
    coauthors = content.handles_listed(pl.col("_coauthors")) if rows.has("coauthors") else pl.lit(None)
    made = cells.select(
        media.alias("media_type"),
        content.post_kind(pl.col("_post_kind"), marks, pl.col("_media_type"), pl.col("caption")).alias("post_kind"),
        tags.alias("hashtags"),
        coauthors.cast(pl.List(pl.String)).fill_null([]).alias("coauthors"),
    )
    return made.get_columns()


def _is_picture() -> pl.Expr:
    """Whether the row's own shortcode is not that of the post in its address."""
    code = identity.instagram_code(pl.col("url"))
    return (pl.col("platform") == "instagram") & (code != pl.col("_code")).fill_null(False)


def _ids(rows: Rows, known: pl.DataFrame, tally: Tally) -> pl.Series:
    given = rows.cell("post_id")
    rounded = given.str.contains(_ROUNDED_ID).fill_null(False)
    tally.rounded_ids += int(rounded.sum())
    cells = known.with_columns(given.set(rounded, None).alias("_given"), rows.cell("shortcode").alias("_code"))
    own = pl.col("_given").str.replace(r"^(\d+)\.0+$", "$1")
    found = pl.coalesce(own, identity.id_of_url(pl.col("url")), "_code")
    canonical = rows.plan.layout is not None and rows.plan.layout.name == "canonical posts"
    if not canonical and (known["platform"] == "instagram").any():
        instagram = identity.instagram_id(own, pl.col("_code"), pl.col("url"))
        found = pl.when(pl.col("platform") == "instagram").then(pl.coalesce(instagram, found)).otherwise(found)
        tally.pictures += int(cells.select(_is_picture().sum()).item()) if rows.has("shortcode") else 0
    ids = cells.select(found.alias("post_id")).to_series()
    without = ids.is_null()
    if without.any():
        lacking = known.filter(without)
        made = identity.hashed_id(lacking["account"], lacking["published_at"], lacking["caption"])
        ids = ids.scatter(without.arg_true(), made)
    return ids


def _collected(rows: Rows, tally: Tally) -> pl.Series:
    cells = rows.cell("collected_at")
    order = rows.plan.orders.get("collected_at", DayOrder())
    times = parse_times(cells, zone=rows.plan.zone, day_first=order.day_first).values
    tally.unreadable_collected += int((times.is_null() & cells.is_not_null()).sum())
    return times.alias("collected_at")
