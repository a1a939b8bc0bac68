"""Topics over time: shares by month or week, of all posts or of groups, with intervals.

Posts of one campaign stand close together, so posts are no independent draws. Intervals come from a bootstrap that
draws blocks of neighbouring posts with replacement: within a month its weeks, within a week its days. With few blocks
a percentile interval is too short; the levels are widened as Hesterberg (2015) has it, by the t distribution and
``sqrt(n / (n - 1))``.

References
----------
Field, C. A., and Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69 (3), 369-390.
Hesterberg, T. C. (2015). What teachers should know about the bootstrap. The American Statistician 69 (4), 371-386.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from textmine.groups import Grouping, group_of
from textmine.posts import is_credited, local_day

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

TrendStep = Literal["month", "week"]
ALL: Final = "(all)"
"""Group of all posts together."""

TREND_SCHEMA: Final = pl.Schema(
    {
        "by": pl.String(),
        "period": pl.Date(),
        "group": pl.String(),
        "topic": pl.UInt32(),
        "share": pl.Float64(),
        "share_low": pl.Float64(),
        "share_high": pl.Float64(),
        "main_share": pl.Float64(),
        "main_low": pl.Float64(),
        "main_high": pl.Float64(),
        "n_posts": pl.UInt32(),
        "n_main": pl.UInt32(),
        "n_blocks": pl.UInt32(),
    }
)

_KEYS: Final = ["group", "period", "block"]


def topic_trends(
    blocks: Iterable[tuple[pl.DataFrame, npt.NDArray[np.float64]]],
    *,
    by: TrendStep = "month",
    group: Grouping | None = None,
    agencies: pl.DataFrame | None = None,
    level: float = 0.95,
    n_resamples: int = 1_000,
    seed: int = 0,
) -> pl.DataFrame:
    """Shares of topics over time.

    Parameters
    ----------
    blocks
        Canonical posts with their shares, shape (n_posts, n_topics), block by block. Reposts of others and ads are left
        out; a post without any topic counts as 0 for all.
    by
        ``month`` or ``week`` (Monday to Sunday), both in Asia/Jakarta.
    group
        ``agency``, ``cluster``, ``platform`` or ``account``; all posts together if None.
    agencies
        The register; needed for ``cluster``.
    level
        Of the intervals.
    n_resamples
        Draws of the bootstrap.
    seed
        Seed of the draws.

    Returns
    -------
    polars.DataFrame
        One row a group, period and topic that has any share: by, period (its first day), group, topic; share (mean over
        posts, 0 to 1) and main_share (share of posts whose largest topic it is), each with low and high; n_posts (of
        the group in the period), n_main, n_blocks (weeks or days with posts). Bounds are null with fewer than two
        blocks, and where no post at all has the topic as its largest (for the bounds of ``main_share``). Sorted by
        group, period and topic.

    Raises
    ------
    AgencyError
        ``cluster`` is asked for without a register.
    ValueError
        An option has a value that it cannot have.

    Examples
    --------
    >>> from datetime import datetime, timedelta, timezone
    >>> days = [datetime(2025, 1, 6, 5, tzinfo=timezone.utc) + timedelta(days=d) for d in range(20)]
    >>> posts = pl.DataFrame({"account": "a", "published_at": days, "post_kind": "original"})
    >>> trends = topic_trends([(posts, np.tile([[1.0, 0.0], [0.0, 1.0]], (10, 1)))])
    >>> trends.select("period", "topic", "share", "n_posts", "n_blocks").rows()[0]
    (datetime.date(2025, 1, 1), 0, 0.5, 20, 3)
    """
    tally = TrendTally(by=by, group=group, agencies=agencies)
    for posts, shares in blocks:
        tally.add(posts, shares)
    return tally.table(level=level, n_resamples=n_resamples, seed=seed)


class TrendTally:
    """Adds up topic shares over time, block by block; see :func:`topic_trends`."""

    def __init__(
        self, *, by: TrendStep = "month", group: Grouping | None = None, agencies: pl.DataFrame | None = None
    ) -> None:
        if by not in ("month", "week"):
            raise ValueError(f"by is {by!r}; choose month or week")
        self._by: TrendStep = by
        self._named = pl.lit(ALL) if group is None else group_of(group, agencies=agencies)
        self._keys: list[pl.DataFrame] = []
        self._sums: list[npt.NDArray[np.float64]] = []
        self._first: list[npt.NDArray[np.float64]] = []

    def add(self, posts: pl.DataFrame, shares: npt.NDArray[np.float64]) -> None:
        """Add canonical posts with their shares, shape (n_posts, n_topics)."""
        labels = posts.select(
            self._named.alias("group"),
            period_of(self._by).alias("period"),
            _block_of(self._by).alias("block"),
            is_credited().alias("kept"),
        ).with_row_index("row")
        found, member = _members(labels.filter("kept", pl.col("period").is_not_null()), len(posts))
        largest = np.zeros_like(shares)
        filled = np.flatnonzero(shares.any(axis=1))
        largest[filled, shares[filled].argmax(axis=1)] = 1.0
        self._keys.append(found.with_columns(pl.Series("n_posts", np.diff(member.indptr), dtype=pl.Int64)))
        self._sums.append(member @ shares)
        self._first.append(member @ largest)

    def sums(self) -> pl.DataFrame:
        """What was added, once at least: group, period, block, n_posts, sums of ``shares`` and ``largest`` topics."""
        keys, join, size = self._joined()
        sums = {"shares": join @ np.concatenate(self._sums), "largest": join @ np.concatenate(self._first)}
        width = next(iter(sums.values())).shape[1]
        return keys.with_columns(
            pl.Series("n_posts", size, dtype=pl.Int64),
            *(pl.Series(name, values, dtype=pl.Array(pl.Float64, width)) for name, values in sums.items()),
        )

    @classmethod
    def read(cls, sums: pl.DataFrame, *, by: TrendStep) -> TrendTally:
        """A tally from what :meth:`sums` gave."""
        tally = cls(by=by)
        tally._keys = [sums.select(*_KEYS, "n_posts")]
        tally._sums, tally._first = [sums["shares"].to_numpy()], [sums["largest"].to_numpy()]
        return tally

    def _joined(self) -> tuple[pl.DataFrame, sp.csr_array, npt.NDArray[np.int64]]:
        """Sorted keys, which rows of what was added belong to each, and posts of each."""
        parts = pl.concat(self._keys).with_row_index("row")
        keys, join = _members(parts, len(parts))
        size = np.rint(join @ parts["n_posts"].to_numpy().astype(np.float64)).astype(np.int64)
        return keys, join, size

    def table(self, *, level: float = 0.95, n_resamples: int = 1_000, seed: int = 0) -> pl.DataFrame:
        """Columns of ``TREND_SCHEMA``."""
        if not 0 < level < 1 or n_resamples < 1:
            raise ValueError("level lies between 0 and 1, n_resamples is at least 1")
        if not sum(map(len, self._keys)):
            return TREND_SCHEMA.to_frame()
        keys, join, size = self._joined()
        sums, first = join @ np.concatenate(self._sums), join @ np.concatenate(self._first)
        cells, start = _cells(keys)
        bounds = np.append(start, len(keys))
        tables = []
        for number, (group, period) in enumerate(cells.select("group", "period").iter_rows()):
            inside = slice(bounds[number], bounds[number + 1])
            table = _cell(sums[inside], first[inside], size[inside], level, n_resamples, seed)
            tables.append(table.with_columns(group=pl.lit(group), period=pl.lit(period, pl.Date)))
        whole = pl.concat(tables).with_columns(by=pl.lit(self._by))
        return whole.with_columns(pl.col(pl.Float64).fill_nan(None)).select(TREND_SCHEMA.names()).cast(TREND_SCHEMA)


def _cell(
    sums: npt.NDArray[np.float64],
    first: npt.NDArray[np.float64],
    size: npt.NDArray[np.int64],
    level: float,
    n_resamples: int,
    seed: int,
) -> pl.DataFrame:
    """Figures of one group in one period; sums are of shape (n_blocks, n_topics)."""
    draws = _draws(len(size), n_resamples, seed)
    share, main = _estimate(sums, size, draws, level), _estimate(first, size, draws, level)
    topic = np.flatnonzero(share[0] > 0)
    columns = {
        **dict(zip(("share", "share_low", "share_high"), share, strict=True)),
        **dict(zip(("main_share", "main_low", "main_high"), main, strict=True)),
        "n_main": first.sum(axis=0),
    }
    table = pl.DataFrame({"topic": topic} | {name: values[topic] for name, values in columns.items()})
    return table.with_columns(n_posts=pl.lit(int(size.sum())), n_blocks=pl.lit(len(size)))


def period_of(by: TrendStep) -> pl.Expr:
    """First day of each post's month or week in Asia/Jakarta, as a date."""
    day = local_day()
    return day.dt.truncate("1mo" if by == "month" else "1w")


def _block_of(by: TrendStep) -> pl.Expr:
    day = local_day()
    return day.dt.truncate("1w") if by == "month" else day


def _members(labelled: pl.DataFrame, n_rows: int) -> tuple[pl.DataFrame, sp.csr_array]:
    """Keys of group, period and block in sorted order, and which rows belong to each: shape (n_keys, n_rows)."""
    # Sparse products add in the order of the rows: the same bytes on any number of threads.
    import scipy.sparse as sp

    found = labelled.group_by(_KEYS).agg(pl.col("row").sort()).sort(_KEYS)
    rows = found["row"].explode(empty_as_null=False).to_numpy().astype(np.int64)
    indptr = np.concatenate([[0], np.cumsum(found["row"].list.len().to_numpy().astype(np.int64))])
    return found.select(_KEYS), sp.csr_array((np.ones(len(rows)), rows, indptr), shape=(len(found), n_rows))


def _cells(keys: pl.DataFrame) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """Groups and periods, and where the blocks of each begin."""
    cells = keys.with_row_index("start").group_by("group", "period", maintain_order=True).agg(pl.col("start").min())
    return cells, cells["start"].to_numpy().astype(np.int64)


@cache
def _draws(n_blocks: int, n_resamples: int, seed: int) -> npt.NDArray[np.float64]:
    """How often each block is drawn, shape (n_resamples, n_blocks); one set for all cells with as many blocks."""
    random = np.random.default_rng([seed, n_blocks])
    drawn = random.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), n_resamples)
    return drawn.astype(np.float64)


def _estimate(
    sums: npt.NDArray[np.float64], sizes: npt.NDArray[np.int64], draws: npt.NDArray[np.float64], level: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Share of each topic with low and high; NaN where the blocks cannot tell."""
    share = sums.sum(axis=0) / sizes.sum()
    low, high = np.full_like(share, np.nan), np.full_like(share, np.nan)
    if len(sizes) >= 2:
        held = np.flatnonzero(share > 0)
        drawn = (draws @ sums[:, held]) / (draws @ sizes)[:, None]
        tail = _widened_tail(level, len(sizes))
        low[held], high[held] = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return share, low, high


@cache
def _widened_tail(level: float, n_blocks: int) -> float:
    """Probability below the lower bound: that of the t distribution with the blocks' degrees of freedom."""
    from scipy.stats import norm, t

    quantile = t.ppf((1 - level) / 2, n_blocks - 1) * np.sqrt(n_blocks / (n_blocks - 1))
    return float(norm.cdf(quantile))
