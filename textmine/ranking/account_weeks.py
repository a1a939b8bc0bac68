"""Posts, engagement and audience of every account in every week: all that the ranking needs to know about posts.

Everything after it is independent of the number of posts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.batches import iter_batches
from textmine.engagement import PUBLIC, EngagementDefinition, engagement_of_post
from textmine.errors import NotEnoughDataError
from textmine.groups import UNREGISTERED, group_of, known_clusters
from textmine.platforms import PLATFORMS
from textmine.posts import PostKind, local_day
from textmine.ranking.account_tally import CAP, AccountTally
from textmine.rates.definitions import AUDIENCE_READINGS, AudienceReading
from textmine.rates.posts import registered

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RANKED_KINDS: Final[tuple[PostKind, ...]] = ("original",)
"""Kinds of posts that are ranked: retweets carry another's figures, ads are paid for, replies speak to one person."""


@dataclass(frozen=True)
class AccountFigures:
    """Figures of accounts over a period, each of shape (n_agencies, 4), platforms in the order of ``PLATFORMS``.

    Attributes
    ----------
    n_posts
        Posts with figures; 0 where an agency has no account.
    total
        Their engagement.
    capped
        The same with each post held to the account's cap (see :mod:`textmine.ranking.account_tally`).
    followers
        Audience by the reading that was asked for; NaN where none is known.
    top
        Engagement of the best post; ``top_capped`` is the same, capped.
    """

    n_posts: Floats
    total: Floats
    capped: Floats
    followers: Floats
    top: Floats
    top_capped: Floats


@dataclass(frozen=True)
class AccountWeeks:
    """Accounts by week.

    Attributes
    ----------
    agencies, clusters
        Sorted keys of agencies and the cluster of each, shape (n_agencies,).
    n_posts, total, capped
        As in :class:`AccountFigures`, by week: shape (n_agencies, 4, n_weeks).
    squares
        Sum of squares of the capped figures over all weeks, shape (n_agencies, 4).
    figures
        The whole period.
    reading
        Which reading of the audience ``figures.followers`` is.
    first_week
        Monday of week 0, Asia/Jakarta, as ISO date.
    left_out
        Posts that do not count, by reason.
    """

    agencies: tuple[str, ...]
    clusters: tuple[str, ...]
    n_posts: Floats
    total: Floats
    capped: Floats
    squares: Floats
    figures: AccountFigures
    reading: AudienceReading
    first_week: str = ""
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def n_weeks(self) -> int:
        """Weeks from the first post to the last."""
        return int(self.n_posts.shape[2])


def account_weeks(
    posts: pl.LazyFrame | pl.DataFrame,
    *,
    agencies: pl.DataFrame | None = None,
    audience: AudienceReading = "posting",
    kinds: Collection[PostKind] = RANKED_KINDS,
    cap: float = CAP,
    definition: EngagementDefinition = PUBLIC,
) -> AccountWeeks:
    """Add posts up by agency, platform and week.

    A post without any figure, or with a hidden one, is left out; it never counts as 0. Posts are streamed three times:
    for the names, for the heights of posts, and for the sums.

    Parameters
    ----------
    posts
        Canonical posts.
    agencies
        The register: its agencies are ranked, each in its cluster, and posts of others are left out. Without it every
        agency that posts name is ranked, and every account that has none, all in one cluster.
    audience
        ``posting`` is the mean audience over posts, ``average`` the mean over weeks, ``latest`` the last reading.
    kinds
        Kinds of posts that count.
    cap
        Ordinary posts of its account that one post counts for at the most; ``inf`` for no cap.
    definition
        What engagement is: the figures that a platform shows to everybody, each counting once, if nothing is said.

    Returns
    -------
    AccountWeeks

    Raises
    ------
    NotEnoughDataError
        No post counts.
    """
    own = registered(posts.lazy(), agencies)
    rows = _rows(own, kinds, engagement_of_post(definition))
    names, monday, n_weeks, left_out = _frame(rows, own, posts.lazy(), kinds)
    tally = AccountTally(len(names), n_weeks, cap=cap)
    for batch in _coded(rows, names, monday):
        tally.measure(batch["account"].to_numpy(), batch["engagement"].to_numpy())
    for batch in _coded(rows, names, monday):
        columns = ("account", "week", "engagement", "followers", "time")
        tally.add(*(batch[name].to_numpy() for name in columns))
    return weeks_of(
        tally,
        agencies=names,
        clusters=_clusters(names, agencies),
        audience=audience,
        first_week=_date(monday),
        left_out=left_out,
    )


def weeks_of(
    tally: AccountTally,
    *,
    agencies: Collection[str],
    clusters: Collection[str],
    audience: AudienceReading = "posting",
    first_week: str = "",
    left_out: dict[str, int] | None = None,
) -> AccountWeeks:
    """Give a finished tally its names and its reading of the audience."""
    if audience not in AUDIENCE_READINGS:
        raise ValueError(f"cannot read the audience {audience!r}; choose one of {', '.join(AUDIENCE_READINGS)}")
    shape = (len(agencies), len(PLATFORMS))
    n_posts, total, capped = (sums.reshape(*shape, -1) for sums in (tally.n_posts, tally.total, tally.capped))
    caps = tally.caps().reshape(shape)
    top = tally.top.reshape(shape)
    figures = AccountFigures(
        n_posts=n_posts.sum(axis=2),
        total=total.sum(axis=2),
        capped=capped.sum(axis=2),
        followers=tally.followers(audience).reshape(shape),
        top=top,
        top_capped=np.minimum(top, caps),
    )
    return AccountWeeks(
        agencies=tuple(agencies),
        clusters=tuple(clusters),
        n_posts=n_posts,
        total=total,
        capped=capped,
        squares=tally.squares.reshape(shape),
        figures=figures,
        reading=audience,
        first_week=first_week,
        left_out=left_out or {},
    )


def _rows(posts: pl.LazyFrame, kinds: Collection[PostKind], engagement: pl.Expr) -> pl.LazyFrame:
    """Posts that count, with the five columns that matter."""
    local = local_day()
    return (
        posts.filter(pl.col("post_kind").cast(pl.String).is_in(list(kinds)))
        .select(
            group_of("agency").alias("agency"),
            pl.col("platform").cast(pl.Enum(PLATFORMS)).to_physical().cast(pl.Int64).alias("platform"),
            # 1970-01-01 was a Thursday: three days on, weeks begin on Mondays.
            ((local.to_physical().cast(pl.Int64) + 3) // 7).alias("week"),
            engagement.cast(pl.Float64).alias("engagement"),
            # No replace(): the streaming engine would hold the whole table in memory for it.
            pl.when(pl.col("followers") > 0)
            .then(pl.col("followers").cast(pl.Float64))
            .fill_null(float("nan"))
            .alias("followers"),
            pl.col("published_at").to_physical().cast(pl.Int64).alias("time"),
        )
        .filter(pl.col("engagement").is_not_null())
    )


def _frame(
    rows: pl.LazyFrame, own: pl.LazyFrame, posts: pl.LazyFrame, kinds: Collection[PostKind]
) -> tuple[list[str], int, int, dict[str, int]]:
    """Agencies, first week, number of weeks, and how many posts do not count and why."""
    known = rows.select(pl.len().alias("n"), pl.col("week").min().alias("first"), pl.col("week").max().alias("last"))
    names = rows.select(pl.col("agency").unique().sort())
    of_kind = pl.col("post_kind").cast(pl.String).is_in(list(kinds))
    counted = own.select(pl.len().alias("own"), of_kind.sum().alias("of_kind"))
    everything = posts.select(pl.len())
    (table, agencies, kinds_of_own, all_posts) = pl.collect_all([known, names, counted, everything], engine="streaming")
    n, first, last = table.row(0)
    n_own, n_kind = kinds_of_own.row(0)
    if not n:
        raise NotEnoughDataError("no original post reports its engagement: there is nothing to rank", needed=1, got=0)
    left_out = {
        "unregistered": all_posts.item() - n_own,
        "other_kinds": n_own - n_kind,
        "no_figures_or_hidden": n_kind - n,
    }
    return agencies["agency"].to_list(), int(first), int(last - first + 1), left_out


def _coded(rows: pl.LazyFrame, names: list[str], first_week: int) -> Iterator[pl.DataFrame]:
    """Batches with account = agency x 4 + platform."""
    code = pl.col("agency").cast(pl.Enum(names)).to_physical().cast(pl.Int64)
    coded = rows.with_columns(
        (code * len(PLATFORMS) + pl.col("platform")).alias("account"), pl.col("week") - first_week
    ).drop("agency", "platform")
    yield from iter_batches(coded)


def _clusters(names: Collection[str], agencies: pl.DataFrame | None) -> list[str]:
    if agencies is None:
        return [UNREGISTERED] * len(names)
    clusters = dict(known_clusters(agencies).iter_rows())
    return [clusters.get(name, UNREGISTERED) for name in names]


def _date(week: int) -> str:
    return str(np.datetime64(0, "D") + np.timedelta64(week * 7 - 3, "D"))
