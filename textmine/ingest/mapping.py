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
from textmine.ingest.damage import decoded_literals, without_mojibake
from textmine.ingest.figures import audience, figures
from textmine.ingest.plan import Plan
from textmine.ingest.roundedids import LONG, written_as_float
from textmine.ingest.rows import Rows, Tally, fill_from
from textmine.ingest.table import ROW
from textmine.ingest.times import DayOrder, parse_times
from textmine.platforms import PLATFORMS
from textmine.posts import FIGURES, POLARS_SCHEMA, REJECT_SCHEMA

_ABOUT: Final = tuple(
    "media_type surface n_media is_video picture post_kind is_ad is_repost is_quote is_reply references shared_link"
    " account account_id hashtags coauthors".split()
)
"""Targets that say what a post is."""

_DRESSED_ID: Final = r"""^(?:=?["']+)?(\d+)(?:\.0+)?["']*$"""
"""An id as a number with nothing behind the point, or in the quotes that keep a spreadsheet from rounding it."""

_ROUNDED_ID: Final = r"^\d([.,]\d+)?[eE]\+?\d+$"
"""An id that went through a floating-point number: beyond 2^53 its last digits are lost."""


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
    known = known.with_columns(
        *figures(rows, known["media_type"], known["platform"] == "x"), *audience(rows), _collected(rows, tally)
    )
    # a capture without a figure read none: it must not take the place of an earlier one that holds them
    says = pl.any_horizontal(pl.col(*FIGURES, "followers").is_not_null(), pl.col("hidden").list.len() > 0)
    known = known.with_columns(pl.when(says).then("collected_at").alias("collected_at"))
    known = known.with_columns(_ids(rows, known, tally))
    bad, rejects = rows.refused()
    posts = known.with_columns(
        pl.lit(None, pl.String).alias("agency"), pl.lit(plan.source).alias("source"), frame[ROW].alias("source_row")
    )
    posts = posts.filter(~bad) if bad.any() else posts
    return posts.select(pl.col(name).cast(dtype) for name, dtype in POLARS_SCHEMA.items()), rejects


def _who_and_when(rows: Rows, tally: Tally) -> pl.DataFrame:
    plan = rows.plan
    _refuse_others(rows)
    platform, account, url = _platform(rows), _account(rows), _url(rows)
    time_cells = _time_cells(rows)
    order = plan.orders.get("published_at", DayOrder())
    times = parse_times(time_cells, zone=plan.zone, day_first=order.day_first)
    tally.naive_times += times.naive
    rows.refuse(time_cells.is_null(), "no time", "published_at", time_cells)
    rows.refuse(times.values.is_null(), "not a time that can be read", "published_at", time_cells)
    unknown = ~platform.is_in(PLATFORMS).fill_null(False)
    rows.refuse(unknown, "platform not known", "platform", platform)
    rows.refuse(account.fill_null("") == "", "no account", "account", account)
    platform = platform.set(unknown, None)
    published = times.values.alias("published_at")
    return pl.DataFrame([url, account, platform, published, _caption(rows, platform, tally)])


def _refuse_others(rows: Rows) -> None:
    """Refuse what a known tool writes beside posts: profiles, comments, queries that failed."""
    for name, pattern in rows.plan.layout.not_posts.items() if rows.plan.layout else ():
        cells = rows.column(name)
        if cells is not None:
            rows.refuse(cells.str.contains(pattern), "not a post", name, cells)


def _url(rows: Rows) -> pl.Series:
    """Address of the post; an Instagram post's follows from its code."""
    url = rows.cell("url")
    return fill_from(url, rows.cell("shortcode"), identity.instagram_url) if rows.plan.platform == "instagram" else url


def _platform(rows: Rows) -> pl.Series:
    """Platform by its column, else by the user's word, the address, the tool's columns."""
    cells = rows.cell("platform")
    named = cells.to_frame().select(normalise_platform(pl.col("platform"))).to_series()
    named = named.fill_null(rows.plan.options.platform) if rows.plan.options.platform else named
    named = fill_from(named, rows.cell("url"), identity.platform_of_url)
    return named.fill_null(rows.plan.platform) if rows.plan.platform else named


def _account(rows: Rows) -> pl.Series:
    """Handle by its column, else by the user's word, the page's number, the address, the page's name.

    The number comes before the address, because Facebook writes some addresses of a page with its number and some
    with its handle: the posts of one page must have one account.
    """
    cells = rows.cell("account")
    cells = cells.fill_null(rows.plan.options.account) if rows.plan.options.account else cells
    number = rows.cell("account_id")
    number = number.set(number.str.contains(_ROUNDED_ID).fill_null(False), None)
    cells = cells.zip_with(cells.is_not_null(), number)
    cells = fill_from(cells, rows.cell("url"), identity.account_of_url)
    cells = cells.zip_with(cells.is_not_null(), rows.cell("account_name"))
    return cells.to_frame().select(normalise_account(pl.col("account"))).to_series()


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


def _caption(rows: Rows, platform: pl.Series, tally: Tally) -> pl.Series:
    has_text = rows.has("caption")
    text = rows.raw("caption") if has_text else rows.raw("description")
    if rows.plan.layout is not None and rows.plan.layout.escaped_lines:
        text = text.str.replace_all(r"\n", "\n", literal=True)
    if rows.has("instagram_caption"):  # CrowdTangle: a link's preview on Facebook, the caption on Instagram
        instagram = (text.fill_null("").str.strip_chars() == "") & (platform == "instagram").fill_null(False)
        text = text.zip_with(~instagram, rows.raw("instagram_caption"))
    text, title = _repaired(text, tally), _repaired(rows.cell("title"), tally)
    cells = pl.DataFrame({"text": text, "title": title, "platform": platform})
    fallback = pl.col("text") if has_text or rows.has("description") else pl.col("title")
    caption = content.caption_of(fallback, pl.col("title"), pl.col("platform"))
    return content.in_nfc(cells.select(caption.alias("caption")).to_series())


def _repaired(text: pl.Series, tally: Tally) -> pl.Series:
    """Text without the damage of earlier programs."""
    text, literals = decoded_literals(text)
    text, mojibake = without_mojibake(text)
    tally.literals += literals
    tally.mojibake += mojibake
    return text


def _what(rows: Rows, known: pl.DataFrame) -> list[pl.Series]:
    cells = known.with_columns(rows.cell(name).alias(f"_{name}") for name in _ABOUT)
    marks = {name: pl.col(f"_{name}") for name in _ABOUT if name.startswith(("is_", "ref"))}
    media = content.media_type(
        pl.col("_media_type"),
        pl.col("_surface"),
        marks["is_video"],
        pl.col("_picture"),
        pl.col("url"),
        pl.col("platform"),
    )
    if rows.has("n_media"):
        media = pl.when(pl.col("_n_media").cast(pl.UInt32, strict=False) > 1).then(pl.lit("carousel")).otherwise(media)
    code = rows.cell("shortcode")
    if rows.has("shortcode") and rows.has("url"):
        cells = cells.with_columns(code.alias("_code"))
        media = pl.when(_is_picture("_code")).then(pl.lit("carousel")).otherwise(media)
    tags = content.hashtags_in(pl.col("caption"))
    if rows.has("hashtags"):
        listed = content.hashtags_listed(pl.col("_hashtags"))
        tags = pl.when(listed.list.len() > 0).then(listed).otherwise(tags)
    kind = content.post_kind(pl.col("_post_kind"), marks, pl.col("_media_type"), pl.col("_surface"), pl.col("caption"))
    if rows.has("shared_link"):
        kind = pl.when(_shares_another(media)).then(pl.lit("repost")).otherwise(kind)
    coauthors = content.handles_listed(pl.col("_coauthors")) if rows.has("coauthors") else pl.lit(None)
    listed = coauthors.cast(pl.List(pl.String)).fill_null([])
    made = cells.select(
        media.alias("media_type"),
        kind.alias("post_kind"),
        tags.alias("hashtags"),
        # the account itself is no coauthor of its post
        listed.list.set_difference(pl.concat_list("account")).alias("coauthors")
        if rows.has("coauthors")
        else listed.alias("coauthors"),
    )
    return made.get_columns()


def _shares_another(media: pl.Expr) -> pl.Expr:
    """Whether a Facebook post shares another account's.

    The link of a picture or a video to another handle is no sign: pages that changed their name keep the old one in
    the links of their own pictures and videos.
    """
    own = pl.col("account"), pl.col("_account_id")
    elsewhere = identity.is_of_another(pl.col("_shared_link"), *own) & media.is_in(["link", "text"])
    return (pl.col("platform") == "facebook") & pl.col("_account").is_not_null() & elsewhere


def _is_picture(shortcode: str) -> pl.Expr:
    """Whether the row's own shortcode is not that of the post in its address."""
    code = identity.instagram_code(pl.col("url"))
    return (pl.col("platform") == "instagram") & (code != pl.col(shortcode)).fill_null(False)


def _ids(rows: Rows, known: pl.DataFrame, tally: Tally) -> pl.Series:
    cells = rows.cell("post_id")
    given = cells.str.replace(_DRESSED_ID, "$1")
    rounded = cells.str.contains(_ROUNDED_ID).fill_null(False) | written_as_float(cells)
    if rows.plan.ids_rounded:
        rounded = rounded | given.str.contains(LONG).fill_null(False)
    tally.rounded_ids += int(rounded.sum())
    code = rows.cell("shortcode")
    ids = given.set(rounded, None)
    facebook = known["platform"] == "facebook"
    if facebook.any():
        ids = ids.zip_with(
            ~facebook.fill_null(False), ids.to_frame("id").select(identity.facebook_id(pl.col("id")))["id"]
        )
    canonical = rows.plan.layout is not None and rows.plan.layout.name == "canonical posts"
    instagram = (known["platform"] == "instagram").fill_null(False)
    if not canonical and instagram.any():
        mine = pl.DataFrame([ids, code, known["url"], known["platform"]]).filter(instagram)
        made = mine.select(identity.instagram_id(pl.col("post_id"), pl.col("shortcode"), pl.col("url")))
        ids = ids.scatter(instagram.arg_true(), made.to_series())
        tally.pictures += int(mine.select(_is_picture("shortcode").sum()).item()) if rows.has("shortcode") else 0
    ids = fill_from(ids, known["url"], identity.id_of_url)
    ids = ids.zip_with(ids.is_not_null(), code)
    without = ids.is_null()
    if without.any():
        lacking = known.filter(without)
        hashed = identity.hashed_id(lacking["account"], lacking["published_at"], lacking["caption"])
        ids = ids.scatter(without.arg_true(), hashed)
    return ids


def _collected(rows: Rows, tally: Tally) -> pl.Series:
    cells = rows.cell("collected_at")
    order = rows.plan.orders.get("collected_at", DayOrder())
    times = parse_times(cells, zone=rows.plan.zone, day_first=order.day_first).values
    tally.unreadable_collected += int((times.is_null() & cells.is_not_null()).sum())
    return times.alias("collected_at")
