"""Bursts of hashtags: days on which a hashtag stands in a larger share of posts than it usually does.

Kleinberg's automaton in its batched form, found exactly by the Viterbi algorithm for many hashtags at once.

References
----------
J. Kleinberg, "Bursty and hierarchical structure in streams", KDD 2002; the batched form is its section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.hashtags.uses import MIN_POSTS, HashtagUses

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]
    States = npt.NDArray[np.int8]

SCALE: Final = 2.0
GAMMA: Final = 1.0
LEVELS: Final = 2
ALPHA: Final = 0.05
"""Chance of any burst at all in posts without one, from which on bursts are left out."""

_CELLS: Final = 1_000_000
"""Days times hashtags that are worked on together: costs, ways and counts take about 100 MB."""

BURSTS_SCHEMA: Final = pl.Schema(
    {
        "hashtag": pl.String(),
        "spelling": pl.String(),
        "level": pl.UInt8(),
        "start": pl.Date(),
        "end": pl.Date(),
        "days": pl.UInt32(),
        "posts": pl.UInt32(),
        "share": pl.Float64(),
        "usual_share": pl.Float64(),
        "weight": pl.Float64(),
        "p_value": pl.Float64(),
        "accounts": pl.UInt32(),
        "agencies": pl.UInt32(),
        "texts": pl.UInt32(),
        "first_account": pl.String(),
    }
)


def burst_states(
    relevant: Integers, total: Integers, *, scale: float = SCALE, gamma: float = GAMMA, levels: int = LEVELS
) -> tuple[States, Floats]:
    """Cheapest sequence of states of Kleinberg's batched automaton, for each of many streams.

    State i emits relevant posts at the rate p0 · scale^i, where p0 is the share of relevant posts over all batches.
    Being in it on a batch costs -ln of the binomial probability of what was seen; going up costs
    gamma · ln(n_batches) a level, going down nothing; the automaton starts in state 0.

    Parameters
    ----------
    relevant
        Relevant posts, int64, shape (n_streams, n_batches).
    total
        All posts of each batch, int64, shape (n_batches,); a batch without posts costs the same in every state.
    scale
        Ratio of the rates of two neighbouring states, above 1.
    gamma
        Price of going up a level, 0 or more.
    levels
        States above state 0. A rate that would reach 1 stays just under it.

    Returns
    -------
    states : shape (n_streams, n_batches), int8
        The lower of equally cheap ones.
    costs : shape (n_streams, n_batches, levels + 1), float64
        Of being in each state on each batch, without the binomial coefficient, which is the same in all of them.

    Raises
    ------
    ValueError
        A parameter is out of range.
    """
    if not scale > 1 or gamma < 0 or not 1 <= levels <= 20:
        raise ValueError(f"scale {scale}, gamma {gamma}, levels {levels}: need scale > 1, gamma >= 0, levels 1 to 20")
    n_streams, n_batches = relevant.shape
    base = relevant.sum(axis=1) / max(int(total.sum()), 1)
    rates = np.clip(base[:, None] * scale ** np.arange(levels + 1), 1e-12, 1 - 1e-6)
    with_it, without = -np.log(rates), -np.log1p(-rates)
    costs = relevant[:, :, None] * with_it[:, None, :] + (total - relevant)[:, :, None] * without[:, None, :]
    step = np.arange(levels + 1)
    rise = np.maximum(step[None, :] - step[:, None], 0) * gamma * np.log(max(n_batches, 1))  # from, to
    reached = costs[:, 0] + rise[0] if n_batches else np.zeros((n_streams, levels + 1))
    came_from = np.zeros((n_batches, n_streams, levels + 1), np.int8)
    for batch in range(1, n_batches):
        ways = reached[:, :, None] + rise
        came_from[batch] = ways.argmin(axis=1)  # the lowest of equally cheap ones
        reached = ways.min(axis=1) + costs[:, batch]
    states = np.zeros((n_streams, n_batches), np.int8)
    state = reached.argmin(axis=1)
    for batch in range(n_batches - 1, -1, -1):
        states[:, batch] = state
        state = np.take_along_axis(came_from[batch], state[:, None], axis=1)[:, 0]
    return states, costs


def hashtag_bursts(
    uses: HashtagUses,
    *,
    min_posts: int = MIN_POSTS,
    scale: float = SCALE,
    gamma: float = GAMMA,
    levels: int = LEVELS,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Find the bursts of every hashtag over days in Asia/Jakarta, with all credited posts of a day as its batch.

    Parameters
    ----------
    uses
        From :func:`textmine.hashtags.hashtag_uses`.
    min_posts
        Hashtags with fewer posts are left out.
    scale, gamma, levels
        As for :func:`burst_states`.
    alpha
        Largest ``p_value`` of a burst; 1 keeps everything that the automaton finds. In a quiet season the automaton
        alone finds about one burst in five hashtags.

    Returns
    -------
    polars.DataFrame
        Columns of ``BURSTS_SCHEMA``, a row for each period in which a hashtag is at ``level`` or above; a burst of
        level 2 lies inside one of level 1. ``share`` is the hashtag's share of the posts of these days,
        ``usual_share`` that over all days, ``weight`` what the level saves over the one below it (Kleinberg's weight,
        in nats). ``p_value`` bounds the chance that so many of the hashtag's posts fall into any one
        period, had they been dealt out over time as all posts are: Chernoff's bound times the number of periods and
        hashtags looked at. Sorted by weight, the heaviest first.
    """
    if uses.posts.is_empty():
        return pl.DataFrame(schema=BURSTS_SCHEMA)
    total, origin = _posts_a_day(uses)
    frequent = uses.with_posts(uses.frequent(min_posts), "day").with_columns(
        (pl.col("day") - origin).dt.total_days().cast(pl.Int64).alias("at")
    )
    tags = frequent["tag"].unique().sort()
    found = []
    rows = max(_CELLS // len(total), 1)
    for start in range(0, len(tags), rows):
        block = tags.slice(start, rows)
        periods = burst_periods(
            _matrix(frequent, block, len(total)),
            total,
            n_looked_at=len(tags),
            scale=scale,
            gamma=gamma,
            levels=levels,
            alpha=alpha,
        )
        found.append(periods.select(block.gather(periods["stream"]).alias("tag"), pl.exclude("stream")))
    if not found:
        return pl.DataFrame(schema=BURSTS_SCHEMA)
    periods = pl.concat(found)
    if periods.is_empty():
        return pl.DataFrame(schema=BURSTS_SCHEMA)
    return _described(uses, frequent, periods, origin)


def burst_periods(
    relevant: Integers,
    total: Integers,
    *,
    n_looked_at: int,
    scale: float = SCALE,
    gamma: float = GAMMA,
    levels: int = LEVELS,
    alpha: float = ALPHA,
) -> pl.DataFrame:
    """Periods in which a stream is in a higher state and has more than chance would give it.

    Parameters
    ----------
    relevant, total, scale, gamma, levels
        As for :func:`burst_states`.
    n_looked_at
        Streams that are looked at in all, these among them: what ``p_value`` allows for.
    alpha
        Largest ``p_value`` of a period.

    Returns
    -------
    polars.DataFrame
        stream (row of ``relevant``), level, from and to (batches, both included), posts (relevant ones), all_posts,
        tag_posts (relevant ones of all batches), usual_share, weight and p_value, as :func:`hashtag_bursts` has them.
    """
    states, costs = burst_states(relevant, total, scale=scale, gamma=gamma, levels=levels)
    before = np.concatenate([[0], np.cumsum(total)])
    periods = pl.concat([_periods(states, costs, relevant, before, level) for level in range(1, levels + 1)])
    n_periods = n_looked_at * len(total) * (len(total) + 1) / 2
    chance = _chance(n_periods, int(before[-1])).alias("p_value")
    return periods.with_columns(chance).filter(pl.col("p_value") <= alpha)


def _chance(n_looked_at: float, n_posts: int) -> pl.Expr:
    """Bonferroni's and Chernoff's bound, exp(-n KL(part of the hashtag's posts, part of all posts)) a period."""
    part, fair = pl.col("posts") / pl.col("tag_posts"), pl.col("all_posts") / n_posts
    rest, fair_rest = 1 - part, 1 - fair
    outside = pl.when(rest > 0).then(rest * (rest / fair_rest).log()).otherwise(0.0)
    divergence = part * (part / fair).log() + outside
    bound = (n_looked_at * (-pl.col("tag_posts") * divergence).exp()).clip(0, 1)
    return pl.when(part > fair).then(bound).otherwise(1.0)


def _posts_a_day(uses: HashtagUses) -> tuple[Integers, pl.Expr]:
    """Posts of every day from the first to the last, and the first day."""
    first, last = uses.posts["day"].min(), uses.posts["day"].max()
    days = uses.posts.select((pl.col("day") - pl.lit(first)).dt.total_days().cast(pl.Int64))["day"].to_numpy()
    n_days = (last - first).days + 1  # type: ignore[operator, union-attr]
    return np.bincount(days, minlength=n_days).astype(np.int64), pl.lit(first)


def _matrix(frequent: pl.DataFrame, block: pl.Series, n_days: int) -> Integers:
    inside = frequent.filter(pl.col("tag").is_between(block[0], block[-1]))
    rows = np.searchsorted(block.to_numpy(), inside["tag"].to_numpy())
    flat = rows * n_days + inside["at"].to_numpy()
    return np.bincount(flat, minlength=len(block) * n_days).reshape(len(block), n_days).astype(np.int64)


def _periods(states: States, costs: Floats, counts: Integers, before: Integers, level: int) -> pl.DataFrame:
    """Runs of days at ``level`` or above."""
    inside = np.pad((states >= level).astype(np.int8), ((0, 0), (1, 1)))
    edges = np.diff(inside, axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]  # both row by row, so that they belong together
    saved = _running(costs[:, :, level - 1] - costs[:, :, level])
    posts = _running(counts.astype(np.float64))
    return pl.DataFrame(
        {
            "stream": rows,
            "level": np.full(len(rows), level, np.uint8),
            "from": starts,
            "to": ends - 1,
            "posts": posts[rows, ends] - posts[rows, starts],
            "all_posts": before[ends] - before[starts],
            "tag_posts": counts.sum(axis=1)[rows],
            "usual_share": (counts.sum(axis=1) / max(int(before[-1]), 1))[rows],
            "weight": saved[rows, ends] - saved[rows, starts],
        }
    )


def _running(values: Floats) -> Floats:
    return np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))


def _described(uses: HashtagUses, frequent: pl.DataFrame, periods: pl.DataFrame, origin: pl.Expr) -> pl.DataFrame:
    """Adopters and texts of each period."""
    numbered = periods.with_row_index("burst")
    inside = frequent.join(numbered.select("burst", "tag", "from", "to"), on="tag").filter(
        pl.col("at").is_between("from", "to")
    )
    users = (
        uses.with_posts(inside, "account", "agency", "text")
        .sort("burst", "post")
        .group_by("burst", maintain_order=True)
        .agg(
            pl.col("account").n_unique().alias("accounts"),
            pl.col("agency").n_unique().alias("agencies"),
            pl.col("text").n_unique().alias("texts"),
            pl.col("account").first().cast(pl.String).str.splitn("/", 2).struct.field("field_1").alias("first_account"),
        )
    )
    table = uses.named(numbered.join(users, on="burst", maintain_order="left")).with_columns(
        (origin + pl.duration(days="from")).alias("start"),
        (origin + pl.duration(days="to")).alias("end"),
        (pl.col("to") - pl.col("from") + 1).alias("days"),
        (pl.col("posts") / pl.col("all_posts")).alias("share"),
    )
    return table.select(pl.col(name).cast(dtype) for name, dtype in BURSTS_SCHEMA.items()).sort(
        "weight", "hashtag", "level", "start", descending=[True, False, False, False]
    )
