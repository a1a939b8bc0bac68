"""Times as exports and people write them, to UTC.

ISO 8601, Unix seconds, milliseconds and microseconds, Twitter's and CrowdTangle's spelling, Indonesian and English
month names, day or month first, Excel's serial days. A time without a zone is taken to be in the zone that the
caller names; a zone that is not known is refused, as is a time outside 1990 to 2100.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from textmine.errors import InputError

_UTC: Final = pl.Datetime("us", "UTC")
_NAIVE: Final = pl.Datetime("us")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_PROBE: Final = 64

_DIRECT: Final = (
    ("%Y-%m-%d %H:%M:%S", False),
    ("%Y-%m-%dT%H:%M:%S%.f", False),
    ("%Y-%m-%dT%H:%M:%S%.f%#z", True),
    ("%a %b %d %H:%M:%S %z %Y", True),
)
"""Formats that Polars reads by itself, with whether they hold a zone; the rest is taken apart by the patterns."""

_CLOCK: Final = (
    r"(?:[t\s,]+(?:pukul\s+|at\s+)?(?<hour>\d{1,2})[:.](?<minute>\d{2})(?:[:.](?<second>\d{2})(?:[.,](?<part>\d{1,9}))?)?"
    r"\s*(?<half>[ap]\.?m\.?)?\s*(?<zone>z|[+-]\d{2}:?\d{2}|[a-z]{2,4})?)?$"
)
_WEEKDAY: Final = r"^(?:[a-z']{3,9}\.?,?\s+)?"
_PATTERNS: Final = (
    r"^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})" + _CLOCK,
    _WEEKDAY + r"(?<first>\d{1,2})[-/.](?<other>\d{1,2})[-/.](?<year>\d{4}|\d{2})" + _CLOCK,
    _WEEKDAY + r"(?<day>\d{1,2})[\s-](?<name>[a-z]{3,9})\.?[\s,-]\s*(?<year>\d{4}|\d{2})" + _CLOCK,
    _WEEKDAY + r"(?<name>[a-z]{3,9})\.?\s+(?<day>\d{1,2}),?\s+(?<year>\d{4})" + _CLOCK,
    r"^[a-z]{3} (?<name>[a-z]{3}) (?<day>\d{1,2}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})"
    r" (?<zone>[+-]\d{4}) (?<year>\d{4})$",
)
_PARTS: Final = "year month day first other name hour minute second part half zone".split()

_MONTHS: Final = {
    name: str(number)
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february pebruari feb peb",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu ags agt agst aug",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES: Final = {"z": 0, "utc": 0, "gmt": 0, "wib": 420, "wita": 480, "wit": 540, "est": -300, "edt": -240}
"""Minutes east of Greenwich."""


_INDONESIAN: Final = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}


def time_zone(name: str) -> str:
    """Return the full name of a time zone; WIB, WITA and WIT are Indonesia's.

    Raises
    ------
    InputError
        There is no such zone.

    Examples
    --------
    >>> time_zone("WITA")
    'Asia/Makassar'
    """
    full = _INDONESIAN.get(name.strip().lower(), name.strip())
    try:
        ZoneInfo(full)
    except (ValueError, OSError, KeyError) as error:  # a missing zone is a KeyError, a bad name a ValueError
        raise InputError(f"{name!r} is no time zone; write WIB, WITA, WIT or one such as Asia/Makassar") from error
    return full


@dataclass(frozen=True)
class DayOrder:
    """What the values of a column show about day and month: a first number above 12, a second one above 12."""

    first_above: bool = False
    second_above: bool = False
    seen: bool = False

    def __or__(self, other: DayOrder) -> DayOrder:
        """Join what two stretches of one column show."""
        return DayOrder(
            self.first_above or other.first_above, self.second_above or other.second_above, self.seen or other.seen
        )

    @property
    def day_first(self) -> bool:
        """Day first unless only the second number is ever above 12."""
        return self.first_above or not self.second_above


@dataclass(frozen=True)
class Times:
    """``values``: datetime[us, UTC], null where absent or unreadable; ``naive``: how many carried no zone."""

    values: pl.Series
    naive: int


def day_order(cells: pl.Series) -> DayOrder:
    """Look at the numbers before the year in a stretch of a column.

    Examples
    --------
    >>> day_order(pl.Series(["03/04/2024", "04/17/2024"])).day_first
    False
    """
    numbers = cells.drop_nulls().str.extract_groups(r"^\D{0,12}(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})\b")
    if not len(numbers):
        return DayOrder()
    first, second = (numbers.struct.field(n).cast(pl.UInt8, strict=False) for n in ("1", "2"))
    return DayOrder(bool((first > 12).any()), bool((second > 12).any()), first.is_not_null().any())


def parse_times(cells: pl.Series, *, zone: str, day_first: bool = True) -> Times:
    """Read a column of times.

    Parameters
    ----------
    cells
        Text, shape (n_rows,).
    zone
        Zone of the times that carry none, such as ``"Asia/Jakarta"``.
    day_first
        How to read ``03/04/2024``.

    Examples
    --------
    >>> parse_times(pl.Series(["17 Agustus 2020 10:00 WIB"]), zone="UTC").values.to_list()
    [datetime.datetime(2020, 8, 17, 3, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC'))]
    """
    values = pl.Series("time", [None], _UTC).new_from_index(0, len(cells))
    if cells.null_count() == len(cells):
        return Times(values, 0)
    text = cells.str.strip_chars()
    naive = 0
    for form, zoned in _DIRECT:
        if not _read(text.drop_nulls().head(_PROBE), form, zone, zoned=zoned).is_not_null().any():
            continue
        found = _read(text, form, zone, zoned=zoned)
        hits = found.is_not_null() & values.is_null()
        naive += 0 if zoned else int(hits.sum())
        values = values.zip_with(~hits, found)
    left = values.is_null() & text.is_not_null() & (text != "")
    if left.any():
        slow, slow_naive = _taken_apart(text.filter(left).str.to_lowercase(), zone, day_first=day_first)
        values = values.scatter(left.arg_true(), _plausible(slow))
        naive += slow_naive
    return Times(values, naive)


def _read(text: pl.Series, form: str, zone: str, *, zoned: bool) -> pl.Series:
    read = text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC" if zoned else None)
    # 17-03-24 would be the year 17: it is left for the patterns, which know years of two digits
    return _plausible(read if zoned else _from_zone(read, zone))


def _from_zone(times: pl.Series, zone: str) -> pl.Series:
    local = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _plausible(values: pl.Series) -> pl.Series:
    inside = values.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR).fill_null(False)
    return values.set(~inside, None) if not inside.all() else values


def _taken_apart(text: pl.Series, zone: str, *, day_first: bool) -> tuple[pl.Series, int]:
    """Read what the direct formats do not fit: numbers, then each pattern in turn."""
    values, naive_mask = _numbers(text, zone)
    for pattern in _PATTERNS:
        if not (left := values.is_null()).any():
            break
        parts = text.filter(left).str.extract_groups(pattern).struct.unnest()
        local, minutes = _assemble(parts, day_first=day_first)
        without_zone = parts["zone"].is_null()
        shifted = (local - (minutes * 60_000_000).cast(pl.Duration("us"))).dt.replace_time_zone("UTC")
        found = shifted.zip_with(~without_zone, _from_zone(local, zone))
        where = left.arg_true()
        values = values.scatter(where, found)
        naive_mask = naive_mask.scatter(where, without_zone & found.is_not_null())
    return values, int(naive_mask.sum())


def _numbers(text: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """Unix times by their length, ``YYYYMMDD``, and Excel's days since 1899-12-30; the last two carry no zone."""
    digits = pl.col("t").str.extract(r"^(\d+)(?:\.\d+)?$").cast(pl.Int64, strict=False)
    length = pl.col("t").str.extract(r"^(\d+)").str.len_bytes()
    serial = pl.col("t").str.extract(r"^(\d{5}(?:[.,]\d+)?)$").str.replace(",", ".").cast(pl.Float64, strict=False)
    per_unit = {9: 1_000_000, 10: 1_000_000, 13: 1_000, 16: 1}
    unix = pl.coalesce([pl.when(length == n).then(digits * factor) for n, factor in per_unit.items()])
    excel = (pl.lit(-2_209_161_600_000_000) + (serial * 86_400).round() * 1_000_000).cast(pl.Int64)
    frame = text.to_frame("t").select(
        pl.from_epoch(unix, "us").cast(_NAIVE).dt.replace_time_zone("UTC").alias("unix"),
        pl.coalesce(
            pl.when(length == 8).then(pl.col("t").str.to_datetime("%Y%m%d", strict=False, time_unit="us")),
            pl.from_epoch(excel, "us").cast(_NAIVE),
        ).alias("local"),
    )
    local = _from_zone(frame["local"], zone)
    values = frame["unix"].zip_with(frame["unix"].is_not_null(), local)
    return values, frame["unix"].is_null() & local.is_not_null()


def _assemble(parts: pl.DataFrame, *, day_first: bool) -> tuple[pl.Series, pl.Series]:
    """Local time and minutes east of Greenwich from the parts of a spelling; null where they make no time."""
    missing = [pl.lit(None, pl.String).alias(name) for name in _PARTS if name not in parts.columns]
    parts = parts.with_columns(missing)
    day, month = ("first", "other") if day_first else ("other", "first")
    year = pl.col("year")
    short = pl.when(year.str.len_bytes() == 2).then("20" + year).otherwise(year)
    named = pl.col("name").replace_strict(_MONTHS, default=None, return_dtype=pl.String)
    hour = pl.col("hour").cast(pl.Int16).fill_null(0)
    half = pl.col("half").str.head(1)
    noon = pl.when(half == "p").then(hour % 12 + 12).when(half == "a").then(hour % 12).otherwise(hour)
    spelled = pl.concat_str(
        short, pl.lit("-"), pl.coalesce("month", named, month), pl.lit("-"), pl.coalesce("day", day), pl.lit(" "),
        noon.cast(pl.String), pl.lit(":"), pl.col("minute").fill_null("00"), pl.lit(":"),
        pl.col("second").fill_null("00"), pl.lit("."), pl.col("part").fill_null("0"),
    )  # fmt: skip
    sign = pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    numeric = pl.col("zone").str.extract_groups(r"^[+-](\d{2}):?(\d{2})$").struct
    shift = sign * (numeric.field("1").cast(pl.Int64) * 60 + numeric.field("2").cast(pl.Int64))
    known = pl.col("zone").replace_strict(_ZONES, default=None, return_dtype=pl.Int64)
    made = parts.select(
        spelled.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us").alias("local"),
        pl.coalesce(known, shift).alias("minutes"),
    )
    return made["local"], made["minutes"]
