"""The same post again: its place is that of its first appearance, its figures are the newest, and no state is lost.

Only a hash of the key, the time of collection, a hash of the figures and the place of each row are held in memory (37
bytes a row); the posts themselves stay in part files. Rows of earlier calls count only where a new row has their key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.ingest.parts import Part
from textmine.posts import FIGURES

if TYPE_CHECKING:
    import numpy.typing as npt

SEQUENCE: Final = "\x00seq"
"""Column of new rows: their number in the order of reading, from 1."""
_POST: Final = ["hash", "check"]
_STATE: Final = ["hash", "check", "collected", "state"]
_STATE_COLUMNS: Final = ("collected_at", *FIGURES, "hidden", "followers", "followers_kind")
_BUCKET_ROWS: Final = 1_000_000
_KEYS: Final = pl.Schema(
    {
        "hash": pl.UInt64(),
        "check": pl.UInt32(),
        "collected": pl.Int64(),
        "state": pl.UInt64(),
        "empty": pl.Boolean(),
        "seq": pl.UInt32(),
        "at": pl.UInt32(),
    }
)


@dataclass(frozen=True)
class Choice:
    """Which rows stay, and where. Rows are numbered over all parts, those of the workspace first.

    ``kept`` holds place (the row whose place a post takes) and winner (the row with its newest figures), in order of
    place; rows of the workspace stand in it only where their post changes. ``dropped`` are rows of the workspace whose
    post moves to another month. ``states`` are rows that join the snapshots, in order. ``first`` holds for every new
    post its number in the order of reading.
    """

    parts: Sequence[Part]
    n_stored: int
    kept: pl.DataFrame
    dropped: pl.Series
    states: pl.Series
    first: pl.Series

    def starts(self) -> npt.NDArray[np.int64]:
        """Number of the first row of each part, and behind the last one."""
        return _starts(self.parts)


def keys_of(posts: pl.DataFrame) -> pl.DataFrame:
    """Compute what tells posts and their states apart, a row a post.

    A state is what was collected at a time: the figures and the followers. Followers that come from the register were
    not collected. ``empty`` says that a row reports no figure at all, and none as hidden.
    """
    return posts.select(
        *_post_keys(),
        pl.col("collected_at").to_physical().alias("collected"),
        _state(),
        (pl.all_horizontal(pl.col(*FIGURES).is_null()) & (pl.col("hidden").list.len() == 0)).alias("empty"),
        pl.col(SEQUENCE) if SEQUENCE in posts.columns else pl.lit(0, pl.UInt32).alias(SEQUENCE),
    ).rename({SEQUENCE: "seq"})


def _post_keys() -> tuple[pl.Expr, pl.Expr]:
    post_id, platform = pl.col("post_id"), pl.col("platform").to_physical().cast(pl.UInt64) + 1
    # 96 bits in all: among ten million posts a collision has a chance of 1e-15
    check = ((post_id.hash(3) ^ platform.hash(4)) & 0xFFFFFFFF).cast(pl.UInt32).alias("check")
    return (post_id.hash(1) ^ platform.hash(2)).alias("hash"), check


def _state() -> pl.Expr:
    collected = pl.when(pl.col("followers_kind") != "register").then("followers")
    state = collected.hash(11)
    for number, figure in enumerate(FIGURES):
        state = state ^ pl.col(figure).hash(12 + number)
    return state.alias("state")


def choose(
    stored: Sequence[Part], fresh: Sequence[Part], keys: Iterable[pl.DataFrame], snapshots: Sequence[Part] = ()
) -> Choice:
    """Find the place and the newest figures of each post, and the states that are new.

    Parameters
    ----------
    stored
        The workspace's posts, each of them once.
    fresh
        New rows.
    keys
        :func:`keys_of` each of ``fresh``.
    snapshots
        States that are kept already.
    """
    parts = [*stored, *fresh]
    n_stored = sum(part.rows for part in stored)
    new = pl.concat([_KEYS.to_frame().drop("at"), *keys])
    new = new.with_columns(pl.int_range(n_stored, n_stored + pl.len(), dtype=pl.UInt32).alias("at"))
    rows = pl.concat([_met(stored, new["hash"]), new.select(_KEYS.names())])
    finder = _Finder(parts, n_stored)
    n_buckets = 1 + rows.height // _BUCKET_ROWS
    for bucket in range(n_buckets):
        finder.add(rows.filter(pl.col("hash") % n_buckets == bucket) if n_buckets > 1 else rows)
    return finder.choice(snapshots)


def _met(stored: Sequence[Part], hashes: pl.Series) -> pl.DataFrame:
    """Keys of the workspace's rows that a new row shares its hash with."""
    found, start = [_KEYS.to_frame()], 0
    wanted = np.sort(hashes.to_numpy())  # each hash once would take longer than it saves
    for part in stored if len(wanted) else ():
        where = _among(part.scan().select(_post_keys()[0]).collect().to_series().to_numpy(), wanted)
        if len(where):
            met = keys_of(part.read("platform", "post_id", *_STATE_COLUMNS)[where])
            found.append(met.with_columns(pl.Series("at", start + where, pl.UInt32)))
        start += part.rows
    return pl.concat(found)


def _among(values: npt.NDArray[np.uint64], wanted: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Positions of values that are in ``wanted``, which is sorted and not empty."""
    at = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    return np.flatnonzero(wanted[at] == values)


class _Finder:
    """Gathers what is chosen, bucket by bucket: all rows of a post are in one bucket."""

    def __init__(self, parts: Sequence[Part], n_stored: int) -> None:
        self.parts, self.n_stored = parts, n_stored
        names = sorted({part.partition for part in parts})
        self._partition = np.array([names.index(part.partition) for part in parts], np.uint32)
        self._start = _starts(parts)
        self._kept: list[pl.DataFrame] = []
        self._dropped: list[pl.Series] = []
        self._states = [_KEYS.to_frame().with_columns(partition=pl.lit(None, pl.UInt32))]
        self._first: list[pl.Series] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take all rows of some posts."""
        again = rows["hash"].is_duplicated()
        single = rows.filter(~again)
        self._kept.append(single.select(place="at", winner="at"))
        self._first.append(single["seq"])
        if again.any():
            self._several(rows.filter(again))

    def _several(self, rows: pl.DataFrame) -> None:
        part = np.searchsorted(self._start, rows["at"].to_numpy(), side="right") - 1
        rows = rows.with_columns(pl.Series("partition", self._partition[part])).sort("seq", "at")
        # a row that says nothing new decides nothing: most rows, when an export is ingested again
        rows = rows.unique([*_STATE, "partition"], keep="first", maintain_order=True)
        alone = ~rows["hash"].is_duplicated()
        fresh = rows.filter(alone & (rows["at"] >= self.n_stored))
        self._kept.append(fresh.select(place="at", winner="at"))
        self._first.append(fresh["seq"])
        rows = rows.filter(~alone)
        # a tool that reports no figures says nothing newer than one that does
        order, downwards = ["empty", "collected", "seq"], [False, True, False]
        newest = rows.sort(order, descending=downwards, nulls_last=True, maintain_order=True)
        winner = newest.unique(_POST, keep="first", maintain_order=True).select(*_POST, "partition", winner="at")
        # A post whose newest state names another month has its place among those that appeared there.
        there = rows.join(winner, on=[*_POST, "partition"], maintain_order="left")
        place = there.unique(_POST, keep="first", maintain_order=True).select(place="at", winner="winner")
        is_new = (pl.col("place") != pl.col("winner")) | (pl.col("place") >= self.n_stored)
        self._kept.append(place.filter(is_new))
        self._dropped.append(
            rows.filter((pl.col("at") < self.n_stored) & ~pl.col("at").is_in(place["place"].implode()))["at"]
        )
        first = rows.unique(_POST, keep="first", maintain_order=True)
        self._first.append(first.filter(pl.col("at") >= self.n_stored)["seq"])
        states = rows.filter(~pl.col("empty")).unique(_STATE, keep="first", maintain_order=True)
        self._states.append(states.filter(pl.len().over(_POST) > 1).select(self._states[0].columns))

    def choice(self, snapshots: Sequence[Part]) -> Choice:
        """All that was gathered."""
        states = pl.concat(self._states)
        kept = _states_kept(snapshots, states["hash"])
        new = states.join(kept, on=_STATE, how="anti", nulls_equal=True).sort("partition", "at")["at"]
        empty = pl.Series([], dtype=pl.UInt32)
        return Choice(
            self.parts,
            self.n_stored,
            pl.concat(self._kept).sort("place"),
            pl.concat([empty, *self._dropped]),
            new,
            pl.concat([empty, *self._first]),
        )


def _states_kept(snapshots: Sequence[Part], hashes: pl.Series) -> pl.DataFrame:
    found = [_KEYS.to_frame().select(_STATE)]
    wanted = np.sort(hashes.to_numpy())  # each hash once would take longer than it saves
    for part in snapshots if len(wanted) else ():
        where = _among(part.scan().select(_post_keys()[0]).collect().to_series().to_numpy(), wanted)
        if len(where):
            found.append(keys_of(part.read("platform", "post_id", *_STATE_COLUMNS)[where]).select(_STATE))
    return pl.concat(found)


def _starts(parts: Sequence[Part]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([part.rows for part in parts])]).astype(np.int64)


class PostReader:
    """Reads the posts that stay, a part at a time, each with its newest figures.

    Parameters
    ----------
    choice
        Output of :func:`choose`.
    """

    def __init__(self, choice: Choice) -> None:
        self._parts = choice.parts
        self._start = choice.starts()
        self._place = choice.kept["place"].to_numpy()
        self._winner = choice.kept["winner"].to_numpy()
        self._dropped = np.sort(choice.dropped.to_numpy())

    def is_changed(self, number: int) -> bool:
        """Whether a part has rows that are new, changed or dropped."""
        return any(low < high for low, high in (self._range(self._place, number), self._range(self._dropped, number)))

    def read(self, number: int, *, stored: bool) -> pl.DataFrame:
        """Rows of a part that stay; of a part that is ``stored`` also those that stay as they are."""
        start, (low, high) = self._start[number], self._range(self._place, number)
        place, winner = self._place[low:high] - start, self._winner[low:high]
        pieces: list[tuple[npt.NDArray[np.int64], pl.DataFrame]] = []
        if stored:
            low, high = self._range(self._dropped, number)
            rest = np.setdiff1d(np.arange(self._parts[number].rows), [*place, *(self._dropped[low:high] - start)])
            pieces.append((rest, self._parts[number].read()[rest]))
        for other, where in groups_of(np.searchsorted(self._start, winner, side="right") - 1):
            pieces.append((place[where], _rows(self._parts[other], winner[where] - self._start[other])))
        if len(pieces) == 1:
            return pieces[0][1]
        order = np.argsort(np.concatenate([where for where, _ in pieces]), kind="stable")
        return pl.concat([frame for _, frame in pieces])[order]

    def _range(self, rows: npt.NDArray[np.uint32], number: int) -> tuple[int, int]:
        low, high = np.searchsorted(rows, self._start[number : number + 2])
        return int(low), int(high)


def rows_at(choice: Choice, at: pl.Series) -> Iterator[pl.DataFrame]:
    """Yield rows by their numbers, in the order of ``at`` as long as the numbers of a part stand together."""
    start, numbers = choice.starts(), at.to_numpy()
    part = np.searchsorted(start, numbers, side="right") - 1
    edges = np.flatnonzero(np.diff(part, prepend=-1))
    for low, high in zip(edges, np.append(edges, len(part))[1:], strict=True):
        yield _rows(choice.parts[part[low]], numbers[low:high] - start[part[low]])


def groups_of(values: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Yield each value, smallest first, with the positions where it stands."""
    order = np.argsort(values, kind="stable")
    edges = np.flatnonzero(np.diff(values[order], prepend=-1))
    for low, high in zip(edges, np.append(edges, len(order))[1:], strict=True):
        yield int(values[order[low]]), order[low:high]


def _rows(part: Part, rows: npt.NDArray[np.int64]) -> pl.DataFrame:
    frame = part.read()
    if SEQUENCE in frame.columns:
        frame = frame.drop(SEQUENCE)
    return frame if len(rows) == frame.height and np.array_equal(rows, np.arange(frame.height)) else frame[rows]
