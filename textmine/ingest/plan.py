"""What is decided about a file before its rows are mapped: columns, styles of numbers and times, what is missing.

Decisions are made over all values of a column: rows are read once into a spool, looked at, and then mapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

from textmine.agencies import normalise_platform
from textmine.errors import InputError, MissingColumnError, NotPostsError
from textmine.ingest.counts import CountStyle, parse_counts, style_of
from textmine.ingest.identity import account_of_url, platform_of_url
from textmine.ingest.layouts import find_layout, platform_by_names
from textmine.ingest.layouts.layout import Layout
from textmine.ingest.pseudonyms import Pseudonyms
from textmine.ingest.roundedids import IdDigits, id_digits
from textmine.ingest.synonyms import CHANNEL, REACTIONS, TIME_ZONE, fold_name, resolve
from textmine.ingest.times import DayOrder, day_order, time_zone
from textmine.platforms import PLATFORMS, Platform
from textmine.posts import FIGURES, REPORT_TIME_ZONE

Zeros = Literal["auto", "keep"]

COUNTED: Final = (*FIGURES, "reactions", *REACTIONS, "retweets", "quotes", "followers_at_posting", "followers")
"""Targets that hold counts."""

LEAST_ROWS: Final = 50
"""A column of zeros is taken as not collected from this many rows on."""


@dataclass(frozen=True)
class Options:
    """What the user said about the sources: see :func:`textmine.ingest.ingest`."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    platform: Platform | None = None
    account: str | None = None
    zeros: Zeros = "auto"
    pseudonyms: Pseudonyms | None = None


@dataclass(frozen=True)
class Plan:
    """How the rows of one file become posts.

    ``columns`` gives the source columns of each target; ``styles`` and ``orders`` are what whole columns show;
    ``not_collected`` names figures whose zeros mean nothing; ``ids_rounded`` says that long ids have lost their last
    digits; ``zone`` is that of times without one.
    """

    source: str
    columns: Mapping[str, tuple[str, ...]]
    options: Options
    layout: Layout | None
    platform: Platform | None
    zone: str
    styles: Mapping[str, CountStyle]
    orders: Mapping[str, DayOrder]
    not_collected: tuple[str, ...]
    ids_rounded: bool
    notes: tuple[str, ...]


def make_plan(source: str, columns: Sequence[str], batches: Iterable[pl.DataFrame], options: Options) -> Plan:
    """Look at a whole file and decide how to read it.

    Parameters
    ----------
    source
        The file's name, for messages.
    columns
        Its columns.
    batches
        Its rows as text cells; a batch may lack columns.
    options
        What the user said.

    Raises
    ------
    MissingColumnError
        No caption, no time, no account.
    NotPostsError
        It is a known export of something else.
    InputError
        The platform is nowhere to be seen, or the mapping names an unknown column.
    """
    layout = find_layout(columns)
    if layout is not None and layout.refused:
        raise NotPostsError(f"{layout.name}: {layout.refused}", path=source)
    zone = layout.zone if layout else REPORT_TIME_ZONE
    if TIME_ZONE in options.mapping:
        zone = time_zone(options.mapping[TIME_ZONE])
    said = {target: column for target, column in options.mapping.items() if target != TIME_ZONE}
    chosen = resolve(columns, said, reads=layout.reads if layout else None, path=source)
    _require(chosen, columns, source)
    hinted = layout.platform if layout and layout.platform else platform_by_names(columns)
    seen = _Evidence()
    for batch in batches:
        seen.add(batch, chosen)
    seen.insist(chosen, options, columns, source, hinted)
    doubtful = options.zeros == "auto" and not (layout is not None and layout.true_zeros)
    missing = seen.not_collected() if doubtful else ()
    notes = [_mapping_note(chosen)]
    notes += [f"{name} is 0 on every one of {seen.rows:,} rows: taken as not collected" for name in missing]
    if layout is not None and options.zeros == "auto":
        written = [name for name in layout.no_zero if name in chosen and name not in missing]
        notes += [f"{layout.name} writes 0 where {name} were not collected: 0 is taken as that" for name in written]
        missing = (*missing, *written)
    undecided = any(o.seen and not o.first_above and not o.second_above for o in seen.orders.values())
    if undecided:
        notes.append("dates such as 03/04/2024 are read day first: no value decides it")
    return Plan(
        source, chosen, options, layout, options.platform or hinted, zone, seen.styles, seen.orders, missing,
        seen.ids.rounded, tuple(notes),
    )  # fmt: skip


def _require(chosen: Mapping[str, tuple[str, ...]], columns: Sequence[str], source: str) -> None:
    if not {"caption", "description", "title"} & chosen.keys():
        raise MissingColumnError("caption", found=columns, path=source)
    if "published_at" not in chosen:
        raise MissingColumnError("published_at", found=columns, path=source)


def _mapping_note(chosen: Mapping[str, tuple[str, ...]]) -> str:
    pairs = (f"{target}={'/'.join(found)}" for target, found in sorted(chosen.items()))
    return f"columns read: {', '.join(pairs)}"


class _Evidence:
    """Gathers what batch after batch shows."""

    def __init__(self) -> None:
        self.rows = 0
        self.styles: dict[str, CountStyle] = {}
        self.orders: dict[str, DayOrder] = {}
        self.given: dict[str, int] = {}
        self.totals: dict[str, int] = {}
        self.ids = IdDigits()
        self.platforms = False
        self.accounts = False
        self.channels: set[str] = set()

    def add(self, batch: pl.DataFrame, chosen: Mapping[str, tuple[str, ...]]) -> None:
        self.rows += batch.height
        for target in COUNTED:
            for column in _present(batch, chosen, target):
                self._count(target, batch[column])
        for target in ("published_at", "collected_at"):
            for column in _present(batch, chosen, target):
                self.orders[target] = self.orders.get(target, DayOrder()) | day_order(batch[column])
        for column in () if self.ids.cleared else _present(batch, chosen, "post_id"):
            self.ids = self.ids | id_digits(batch[column])
        self._who(batch, chosen)

    def _count(self, target: str, cells: pl.Series) -> None:
        style = style_of(cells)
        self.styles[target] = self.styles.get(target, CountStyle()) | style
        counts = parse_counts(cells, style)
        values = counts.values
        # a refused cell (a repeated header, say) is no sign that the others were collected
        said = len(values) - values.null_count() + int(counts.refused.sum())
        self.given[target] = self.given.get(target, 0) + said
        self.totals[target] = self.totals.get(target, 0) + int(values.cast(pl.Float64).sum())

    def _who(self, batch: pl.DataFrame, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Whether any row says its platform and account, as long as that is open."""
        for column in _present(batch, chosen, "url"):
            urls = pl.col(column)
            self.platforms = self.platforms or _any(batch, platform_of_url(urls))
            self.accounts = self.accounts or _any(batch, account_of_url(urls))
        for column in _present(batch, chosen, "account"):
            if fold_name(column) == CHANNEL and len(self.channels) <= len(PLATFORMS):
                self.channels.update(batch.select(normalise_platform(pl.col(column))).to_series().drop_nulls())

    def insist(
        self,
        chosen: Mapping[str, tuple[str, ...]],
        options: Options,
        columns: Sequence[str],
        source: str,
        hinted: Platform | None,
    ) -> None:
        """Refuse a file whose rows would all lack their platform or account."""
        if not self.rows:
            return
        if not ("platform" in chosen or options.platform or hinted or self.platforms):
            problem = (
                f"the platform is not in the file, which has {', '.join(columns)}; "
                "give it with --platform, or name its column with --map platform=YOUR_COLUMN"
            )
            raise InputError(problem, path=source, column="platform")
        if "account" not in options.mapping and self.channels and self.channels <= set(PLATFORMS):
            (channel,) = chosen["account"]
            problem = (
                f"holds platforms and no accounts; say so with --map platform={channel}, and where the account is with "
                "--map account=YOUR_COLUMN or --account"
            )
            raise InputError(problem, path=source, column=channel)
        if not (chosen.keys() & {"account", "account_id", "account_name"} or options.account or self.accounts):
            remedy = "give it with --account, or name the column with --map account=YOUR_COLUMN"
            raise MissingColumnError("account", found=columns, path=source, remedy=remedy)

    def not_collected(self) -> tuple[str, ...]:
        """Figures that are 0 on every row, while the posts have on average at least one of another figure."""
        sums = {name: self.totals[name] for name in self.totals if not name.startswith("followers")}
        figures = {f: sum(sums.get(part, 0) for part in _PARTS.get(f, (f,))) for f in FIGURES}
        rows = {f: max((self.given.get(part, 0) for part in _PARTS.get(f, (f,))), default=0) for f in FIGURES}
        lively = max(figures.values(), default=0) >= self.rows
        return tuple(f for f in FIGURES if lively and not figures[f] and rows[f] == self.rows >= LEAST_ROWS)


_PARTS: Final = {"likes": ("likes", "reactions", *REACTIONS), "shares": ("shares", "retweets", "quotes")}


def _present(batch: pl.DataFrame, chosen: Mapping[str, tuple[str, ...]], target: str) -> list[str]:
    return [column for column in chosen.get(target, ()) if column in batch.columns]


def _any(batch: pl.DataFrame, expression: pl.Expr) -> bool:
    return bool(batch.select(expression.is_not_null().any()).item())
