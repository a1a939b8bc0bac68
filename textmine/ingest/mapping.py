"""From the text cells of a file to canonical posts: nothing is guessed, what cannot be read is refused with its reason.

A row is refused when its time is unreadable or absent, when its platform or account is unknown, or when a count is
no whole number; the reason names the column and the value. A row with a wrong figure is not kept with a null
instead, because null says that the platform reports none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from textmine.agencies import normalise_account, normalise_platform
from textmine.ingest import content, identity
from textmine.ingest.counts import Counts, CountStyle, parse_counts
from textmine.ingest.plan import Plan
from textmine.ingest.synonyms import REACTIONS
from textmine.ingest.table import LONGEST_RAW, ROW
from textmine.ingest.times import DayOrder, parse_times
from textmine.posts import FIGURES, PLATFORMS, POLARS_SCHEMA, REJECT_SCHEMA

_TEXT: Final = pl.String()
_MOVING: Final = ("video", "reel", "live", "story", "carousel", "unknown")
"""Media that can have views; a photo's or a link's 0 views are none reported."""
_ROUNDED_ID: Final = r"^\d([.,]\d+)?[eE]\+?\d+$"


@dataclass
class Tally:
    """What was noticed while mapping, over all batches of a file."""

    naive_times: int = 0
    unreadable_collected: int = 0
    rounded_ids: int = 0
    pictures: int = 0

    def notes(self, zone: str) -> list[str]:
        """Sentences for the file's result."""
        found = []
        if self.naive_times:
            found.append(f"{self.naive_times:,} times carry no zone: taken as {zone}")
        if self.unreadable_collected:
            found.append(f"{self.unreadable_collected:,} collection times cannot be read: left empty")
        if self.rounded_ids:
            found.append(f"{self.rounded_ids:,} ids were rounded by a spreadsheet: keyed by address or content instead")
        if self.pictures:
            found.append(f"{self.pictures:,} rows are single pictures of carousels: joined by the post's address")
        return found


@dataclass
class _Rows:
    """The cells of one batch, and which of its rows are refused."""

    frame: pl.DataFrame
    plan: Plan
    refusals: list[tuple[pl.Series, str, str, pl.Series]] = field(default_factory=list)

    def raw(self, target: str) -> pl.Series:
        """Cells of a target as they stand; all null when the file has none."""
        columns = [c for c in self.plan.columns.get(target, ()) if c in self.frame.columns]
        if not columns:
            return pl.Series(target, [None], _TEXT).new_from_index(0, self.frame.height)
        return self.frame.select(
            pl.coalesce(_filled(c) if len(columns) > 1 else pl.col(c) for c in columns)
        ).to_series()

    def cell(self, target: str) -> pl.Series:
        """Cells of a target without white space around; empty ones are null."""
        text = self.raw(target).alias(target).str.strip_chars()
        return text.set(text == "", None)

    def has(self, target: str) -> bool:
        return any(c in self.frame.columns for c in self.plan.columns.get(target, ()))

    def refuse(self, where: pl.Series, reason: str, target: str, values: pl.Series) -> None:
        """Refuse rows; the first reason given for a row counts."""
        where = where.fill_null(False)
        if where.any():
            name = "/".join(self.plan.columns.get(target, (target,)))
            self.refusals.append((where, reason, name, values))

    def refused(self) -> tuple[pl.Series, pl.DataFrame]:
        """Which rows are refused, and the rows for ``rejects.parquet``."""
        bad = pl.Series([False]).new_from_index(0, self.frame.height)
        parts = []
        for where, reason, name, values in self.refusals:
            fresh = where & ~bad
            bad = bad | where
            if fresh.any():
                raw = self.frame.filter(fresh)
                parts.append(reject_rows(raw, self.plan.source, reason, name, values.filter(fresh)))
        rejects = pl.concat(parts).sort("source_row") if parts else pl.DataFrame(schema=REJECT_SCHEMA)
        return bad, rejects


def _filled(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(pl.col(column))


def reject_rows(raw: pl.DataFrame, source: str, reason: str, column: str, values: pl.Series) -> pl.DataFrame:
    """Rows as ``rejects.parquet`` keeps them, in its schema."""
    cells = pl.struct(pl.exclude(ROW)).struct.json_encode().str.slice(0, LONGEST_RAW)
    return raw.select(
        pl.lit(source).alias("source"),
        pl.col(ROW).alias("source_row"),
        pl.lit(reason).alias("reason"),
        pl.lit(column).alias("column"),
        values.cast(pl.String).str.slice(0, LONGEST_RAW).alias("value"),
        cells.alias("raw"),
    ).cast(dict(REJECT_SCHEMA))


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
    rows = _Rows(frame, plan)
    if not frame.height:
        return pl.DataFrame(schema=POLARS_SCHEMA), pl.DataFrame(schema=REJECT_SCHEMA)
    known = _who_and_when(rows, tally)
    known = known.with_columns(*_what(rows, known))
    figures = _figures(rows, known["media_type"])
    known = known.with_columns(*figures, *_audience(rows), _collected(rows, tally))
    known = known.with_columns(_ids(rows, known, tally))
    bad, rejects = rows.refused()
    posts = known.with_columns(
        pl.lit(None, pl.String).alias("agency"), pl.lit(plan.source).alias("source"), frame[ROW].alias("source_row")
    )
    posts = posts.filter(~bad) if bad.any() else posts
    return posts.select(pl.col(name).cast(dtype) for name, dtype in POLARS_SCHEMA.items()), rejects


def _who_and_when(rows: _Rows, tally: Tally) -> pl.DataFrame:
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


def _time_cells(rows: _Rows) -> pl.Series:
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


def _caption(rows: _Rows, platform: pl.Series) -> pl.Series:
    has_text = rows.has("caption")
    text = rows.raw("caption") if has_text else rows.raw("description")
    title = rows.cell("title")
    cells = pl.DataFrame({"text": text, "title": title, "platform": platform})
    fallback = pl.col("text") if has_text or rows.has("description") else pl.col("title")
    return cells.select(content.caption_of(fallback, pl.col("title"), pl.col("platform")).alias("caption")).to_series()


def _what(rows: _Rows, known: pl.DataFrame) -> list[pl.Series]:
    names = (
        "media_type",
        "is_video",
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
    media = content.media_type(pl.col("_media_type"), marks["is_video"], pl.col("url"), pl.col("platform"))
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


def _ids(rows: _Rows, known: pl.DataFrame, tally: Tally) -> pl.Series:
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


def _figures(rows: _Rows, media: pl.Series) -> list[pl.Series]:
    read = {name: _counts(rows, name) for name in FIGURES}
    read["likes"] = _likes(rows, read["likes"])
    if rows.has("retweets"):
        parts = [_counts(rows, "retweets")] + ([_counts(rows, "quotes")] if rows.has("quotes") else [])
        read["shares"] = read["shares"] if rows.has("shares") else _sum(parts)
    values = {name: counts.values.alias(name) for name, counts in read.items()}
    hidden = content_is_true(rows.cell("likes_hidden"))
    values["likes"] = values["likes"].set(hidden, None)
    if rows.plan.options.zeros == "auto":
        for name in rows.plan.not_collected:
            values[name] = values[name].set(values[name] == 0, None)
        still = ~media.is_in(_MOVING)
        values["views"] = values["views"].set(still & (values["views"] == 0), None)
    rounded = {name: counts.rounded for name, counts in read.items()}
    marks = [_names("rounded", rounded), _names("hidden", {"likes": hidden})]
    return [*values.values(), *marks]


def content_is_true(cells: pl.Series) -> pl.Series:
    """Which cells say yes, as a Series."""
    return cells.to_frame("c").select(content.is_true(pl.col("c"))).to_series()


def _counts(rows: _Rows, target: str) -> Counts:
    cells = rows.cell(target)
    counts = parse_counts(cells, rows.plan.styles.get(target, CountStyle()))
    rows.refuse(counts.refused, "not a count that can be read", target, cells)
    return counts


def _likes(rows: _Rows, likes: Counts) -> Counts:
    """All reactions: the source's sum, or likes and the other reactions added up."""
    if rows.has("reactions"):
        total = _counts(rows, "reactions")
        values = pl.select(pl.coalesce(total.values, likes.values)).to_series()
        return Counts(values, total.rounded | (total.values.is_null() & likes.rounded), likes.refused)
    others = [_counts(rows, name) for name in REACTIONS if rows.has(name)]
    return _sum([likes, *others]) if others else likes


def _sum(parts: Iterable[Counts]) -> Counts:
    """Sum of counts: null where the first is, other nulls add nothing."""
    first, *others = parts
    values, rounded = first.values, first.rounded
    for part in others:
        values = values + part.values.fill_null(0)
        rounded = rounded | part.rounded
    return Counts(values, rounded, first.refused)


def _names(column: str, marks: dict[str, pl.Series]) -> pl.Series:
    """List of the figures whose mark is set, row by row."""
    dtype = POLARS_SCHEMA[column]
    raised = {name: mark for name, mark in marks.items() if mark.any()}
    if not raised:
        height = len(next(iter(marks.values())))
        return pl.Series(column, [[]], dtype).new_from_index(0, height)
    named = [pl.when(pl.col(name)).then(pl.lit(name)) for name in raised]
    return pl.DataFrame(raised).select(pl.concat_list(named).list.drop_nulls().cast(dtype).alias(column)).to_series()


def _audience(rows: _Rows) -> list[pl.Series]:
    followers = _counts(rows, "followers").values.alias("followers")
    source = "".join(rows.plan.columns.get("followers", ())).lower()
    at_posting = "posting" in source
    kind = "at_posting" if at_posting else "at_collection" if rows.plan.layout else "unknown"
    kinds = pl.Series("followers_kind", [kind]).new_from_index(0, len(followers))
    given = rows.cell("followers_kind")
    known = given.is_in(list(POLARS_SCHEMA["followers_kind"].categories)) & given.is_not_null()  # type: ignore[attr-defined]
    kinds = given.zip_with(known, kinds) if rows.has("followers_kind") else kinds
    return [followers, kinds.set(followers.is_null(), "unknown").alias("followers_kind")]


def _collected(rows: _Rows, tally: Tally) -> pl.Series:
    cells = rows.cell("collected_at")
    order = rows.plan.orders.get("collected_at", DayOrder())
    times = parse_times(cells, zone=rows.plan.zone, day_first=order.day_first).values
    tally.unreadable_collected += int((times.is_null() & cells.is_not_null()).sum())
    return times.alias("collected_at")
