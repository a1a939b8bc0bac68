"""The stage ``season_weeks`` of a workspace: posts are read once, and thinned to the figures that a ranking adds up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from textmine.atomic import digest, remove
from textmine.batches import iter_batches
from textmine.engagement import engagement_of_post
from textmine.errors import NotEnoughDataError
from textmine.groups import UNREGISTERED, known_clusters
from textmine.inorder import InOrder
from textmine.platforms import PLATFORMS
from textmine.posts import KEY, MEDIA_TYPES, local_day
from textmine.quality.stage import QUALITY
from textmine.ranking.account_tally import AccountTally
from textmine.ranking.account_weeks import RANKED_KINDS, AccountFigures, AccountWeeks, weeks_of
from textmine.ranking.agency.content import HIGH
from textmine.ranking.agency.stage import sources_there
from textmine.ranking.season_weeks import SUMS, SeasonWeeks, View, WeeksAsked, media_groups
from textmine.sentiment.labels import CLASSES
from textmine.store import Workspace

STAGE: Final = "season_weeks"
WEEKS: Final = "season_weeks.npz"
_BATCH: Final = 262_144
"""Thinned posts at once: larger batches than elsewhere, since each fills tables of all weeks."""

_FIGURES: Final = ("n_posts", "total", "capped", "followers", "top", "top_capped")


def season_weeks(
    workspace: Workspace,
    posts: pl.LazyFrame,
    register: pl.DataFrame,
    asked: WeeksAsked,
    *,
    flags: pl.DataFrame,
    progress: Callable[[int], None] | None = None,
) -> SeasonWeeks:
    """Read the stage, or run it where it is not there for this award, these posts and these flags.

    Parameters
    ----------
    workspace
        With posts; the caller holds its lock.
    posts
        All of its posts in their order, with ``counts``.
    register
        Agencies and their clusters; posts of others do not count.
    asked
        The period and the views.
    flags
        ``platform`` and ``post_id`` of flagged posts.
    progress
        Called with the number of posts done.

    Raises
    ------
    NotEnoughDataError
        No post counts.
    """
    there = sources_there(workspace)
    keys = flags.select(pl.col("platform").cast(pl.String), "post_id").unique().sort("platform", "post_id")
    names = tuple(register["agency"].unique().sort())

    def build(staging: Path) -> Mapping[str, int]:
        thin = _Thinned(staging / "thin", names)
        try:
            n = thin.write(workspace, posts, keys, there, progress)
            if not n:
                raise NotEnoughDataError("no post of a registered agency counts in the period", needed=1, got=0)
            _write(staging / WEEKS, _added_up(thin, asked))
        finally:
            remove(thin.folder)
        return {"posts": n, "weeks": thin.n_weeks}

    workspace.run_stage(
        STAGE,
        build,
        outputs=[WEEKS],
        inputs=workspace.output_hashes("ingest", *there),
        settings={**asked.as_dict(), "flags": digest(keys.rows()), "agencies": digest(names)},
    )
    return _read(workspace.file(WEEKS), dict(known_clusters(register).iter_rows()))


class _Thinned:
    """Posts of the period with nothing but numbers, in files of a temporary folder."""

    def __init__(self, folder: Path, agencies: tuple[str, ...]) -> None:
        self.folder, self.agencies = folder, agencies
        self.first = self.last = 0

    @property
    def n_weeks(self) -> int:
        return self.last - self.first + 1

    def write(
        self,
        workspace: Workspace,
        posts: pl.LazyFrame,
        flags: pl.DataFrame,
        there: Sequence[str],
        progress: Callable[[int], None] | None,
    ) -> int:
        """Read all posts once; number of those that count."""
        self.folder.mkdir()
        said = _said(workspace, there)
        flagged = flags.with_columns(pl.lit(True).alias("flagged"))
        waiting: list[pl.DataFrame] = []
        done, kept = 0, 0
        bounds: list[int] = []
        for batch in iter_batches(_rows(posts, self.agencies)):
            done += len(batch)
            parts = [batch.join(flagged, on=KEY, how="left", maintain_order="left") if len(flags) else
                     batch.with_columns(pl.lit(None, pl.Boolean).alias("flagged"))]  # fmt: skip
            parts += [_of_batch(table, batch, columns) for table, columns in said]
            rows = pl.concat(parts, how="horizontal").filter("counts").drop(*KEY, "counts")
            if len(rows):
                bounds += rows.select(pl.col("week").min(), last=pl.col("week").max()).row(0)
                waiting.append(rows)
            if sum(map(len, waiting)) >= _BATCH:
                kept += self._put(waiting)
            if progress is not None:
                progress(done)
        kept += self._put(waiting)
        for table, _ in said:
            table.finish()
        if bounds:
            self.first, self.last = min(bounds), max(bounds)
        return kept

    def _put(self, waiting: list[pl.DataFrame]) -> int:
        if not waiting:
            return 0
        rows = pl.concat(waiting, how="diagonal")
        waiting.clear()
        number = sum(1 for _ in self.folder.iterdir())
        rows.write_parquet(self.folder / f"{number:06}.parquet", compression="lz4", statistics=False)
        return len(rows)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for path in sorted(self.folder.iterdir()):
            rows = pl.read_parquet(path)
            yield rows.with_columns(pl.col("week") - self.first, pl.col("flagged").fill_null(value=False))

    def scan(self) -> pl.LazyFrame:
        """All rows, for what cannot be added up."""
        rows = pl.scan_parquet(sorted(self.folder.iterdir()))
        return rows.with_columns(pl.col("week") - self.first, pl.col("flagged").fill_null(value=False))


def _rows(posts: pl.LazyFrame, agencies: Sequence[str]) -> pl.LazyFrame:
    views_hidden = pl.col("hidden").cast(pl.List(pl.String)).list.contains("views").fill_null(False)
    known = pl.col("agency").is_in(list(agencies)).fill_null(False)
    return posts.select(
        pl.col("platform").cast(pl.String),
        "post_id",
        (pl.col("counts") & known).alias("counts"),
        pl.when(known).then("agency").cast(pl.Enum(agencies)).to_physical().cast(pl.Int32).alias("agency"),
        pl.col("platform").cast(pl.Enum(PLATFORMS)).to_physical().cast(pl.Int32).alias("place"),
        pl.col("media_type").cast(pl.Enum(MEDIA_TYPES)).to_physical().cast(pl.Int32).alias("media"),
        # 1970-01-01 was a Thursday: three days on, weeks begin on Mondays.
        ((local_day().to_physical().cast(pl.Int32) + 3) // 7).alias("week"),
        pl.col("post_kind").cast(pl.String).is_in(list(RANKED_KINDS)).alias("ranked"),
        engagement_of_post().cast(pl.Float64).alias("engagement"),
        pl.when(~views_hidden).then(pl.col("views").cast(pl.Float64)).alias("views"),
        pl.when(pl.col("followers") > 0).then(pl.col("followers").cast(pl.Float64)).alias("followers"),
    )


def _said(workspace: Workspace, there: Sequence[str]) -> list[tuple[InOrder, tuple[str, ...]]]:
    """What classifiers say of posts, with the columns that are read."""
    columns = {"sentiment": ("sentiment.parquet", CLASSES), "quality": (QUALITY, (HIGH,))}
    found = []
    for stage in there:
        name, wanted = columns[stage]
        table = workspace.scan(name, made_by=stage).select(*KEY, *wanted)
        found.append((InOrder(table, path=workspace.file(name), stage=stage), tuple(wanted)))
    return found


def _of_batch(said: InOrder, batch: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    rows = batch.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    told = rows.join(said.take(batch.select(KEY)), on="row", how="left", maintain_order="left")
    return told.select(pl.col(name).cast(pl.Float64) for name in columns)


def _added_up(thin: _Thinned, asked: WeeksAsked) -> SeasonWeeks:
    groups = media_groups(asked.media)
    tallies = {view: _Pair(view, thin) for view in asked.views}
    for rows in thin:
        for tally in tallies.values():
            tally.measure(rows)
    sums = np.zeros((2, len(SUMS), len(thin.agencies) * len(PLATFORMS) * len(groups) * thin.n_weeks))
    group_of_type = np.array([next(n for n, group in enumerate(groups) if name in group) for name in MEDIA_TYPES])
    for rows in thin:
        for tally in tallies.values():
            tally.add(rows)
        cell = rows["agency"].to_numpy().astype(np.int64) * len(PLATFORMS) + rows["place"].to_numpy()
        cell = (cell * len(groups) + group_of_type[rows["media"].to_numpy()]) * thin.n_weeks + rows["week"].to_numpy()
        flagged = rows["flagged"].to_numpy()
        for number, values in enumerate(_values(rows)):
            for part, mask in enumerate((None, flagged)):
                if values is not None and (mask is None or mask.any()):
                    kept = values if mask is None else values[mask]
                    where = cell if mask is None else cell[mask]
                    sums[part, number] += np.bincount(where, kept, minlength=sums.shape[2])
    shape = (2, len(SUMS), len(thin.agencies), len(PLATFORMS), len(groups), thin.n_weeks)
    return SeasonWeeks(
        agencies=thin.agencies,
        first_week=str(np.datetime64(0, "D") + np.timedelta64(thin.first * 7 - 3, "D")),
        period_weeks=max(_period_weeks(asked), thin.n_weeks),
        groups=groups,
        sums=sums.reshape(shape),
        accounts={view: pair.finished() for view, pair in tallies.items()},
        medians={view: _medians(thin, view) for view in asked.medians},
    )


def _period_weeks(asked: WeeksAsked) -> int:
    if asked.first is None or asked.last is None:
        return 0
    first, last = (np.datetime64(day).astype(np.int64) for day in (asked.first, asked.last))
    return int((last + 3) // 7 - (first + 3) // 7 + 1)


def _values(rows: pl.DataFrame) -> Iterator[np.ndarray[Any, Any] | None]:
    """What is added up, in the order of ``SUMS``; None for what no classifier said."""
    yield np.ones(len(rows))
    for names in (("engagement",), ("views",), (HIGH,), CLASSES):
        if names[0] not in rows.columns:
            yield from [None] * (1 + len(names))
            continue
        yield rows[names[0]].is_not_null().cast(pl.Float64).to_numpy()
        for name in names:
            yield rows[name].fill_null(0.0).to_numpy()


class _Pair:
    """Tallies of a view, of all posts and without the flagged ones."""

    def __init__(self, view: View, thin: _Thinned) -> None:
        self.platforms = [PLATFORMS.index(name) for name in view[0]]
        self.media = [MEDIA_TYPES.index(name) for name in view[1]]
        self.agencies = thin.agencies
        self.tallies = [AccountTally(len(thin.agencies), thin.n_weeks) for _ in range(2)]

    def _kept(self, rows: pl.DataFrame) -> Iterator[tuple[AccountTally, pl.DataFrame]]:
        kept = pl.col("ranked") & pl.col("engagement").is_not_null()
        kept = kept & pl.col("place").is_in(self.platforms) if self.platforms else kept
        kept = kept & pl.col("media").is_in(self.media) if self.media else kept
        mine = rows.filter(kept).with_columns(pl.col("agency").cast(pl.Int64) * len(PLATFORMS) + pl.col("place"))
        yield self.tallies[0], mine
        yield self.tallies[1], mine.filter(~pl.col("flagged"))

    def measure(self, rows: pl.DataFrame) -> None:
        for tally, mine in self._kept(rows):
            tally.measure(mine["agency"].to_numpy(), mine["engagement"].to_numpy())

    def add(self, rows: pl.DataFrame) -> None:
        for tally, mine in self._kept(rows):
            week = mine["week"].cast(pl.Int64).to_numpy()
            followers = mine["followers"].fill_null(float("nan")).to_numpy()
            tally.add(mine["agency"].to_numpy(), week, mine["engagement"].to_numpy(), followers, week)

    def finished(self) -> tuple[AccountWeeks, AccountWeeks]:
        whole, rest = (
            weeks_of(tally, agencies=self.agencies, clusters=[""] * len(self.agencies)) for tally in self.tallies
        )
        return whole, rest


def _medians(thin: _Thinned, view: View) -> np.ndarray[Any, Any]:
    """Median engagement by agency and week, of all posts and without the flagged ones."""
    kept = pl.col("engagement").is_not_null()
    for column, known, names in (("place", PLATFORMS, view[0]), ("media", MEDIA_TYPES, view[1])):
        if names:
            kept = kept & pl.col(column).is_in([known.index(name) for name in names])
    found = np.full((2, len(thin.agencies), thin.n_weeks), np.nan)
    for part, rows in enumerate((thin.scan().filter(kept), thin.scan().filter(kept & ~pl.col("flagged")))):
        table = rows.group_by("agency", "week").agg(pl.col("engagement").median()).collect(engine="streaming")
        found[part, table["agency"].to_numpy(), table["week"].to_numpy()] = table["engagement"].to_numpy()
    return found


def _write(path: Path, weeks: SeasonWeeks) -> None:
    told = {
        "agencies": weeks.agencies,
        "first_week": weeks.first_week,
        "period_weeks": weeks.period_weeks,
        "groups": weeks.groups,
        "accounts": list(weeks.accounts),
        "medians": list(weeks.medians),
    }
    arrays: dict[str, Any] = {"told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), "sums": weeks.sums}
    for number, pair in enumerate(weeks.accounts.values()):
        for part, each in enumerate(pair):
            for name in ("n_posts", "total", "capped", "squares"):
                arrays[f"{number}/{part}/{name}"] = getattr(each, name)
            for name in _FIGURES:
                arrays[f"{number}/{part}/figures/{name}"] = getattr(each.figures, name)
    for number, values in enumerate(weeks.medians.values()):
        arrays[f"medians/{number}"] = values
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def _read(path: Path, clusters: Mapping[str, str]) -> SeasonWeeks:
    with np.load(path, allow_pickle=False) as arrays:
        told = json.loads(arrays["told"].tobytes())
        agencies = tuple(told["agencies"])
        known = tuple(clusters.get(name, UNREGISTERED) for name in agencies)

        def account_weeks(number: int, part: int) -> AccountWeeks:
            at = f"{number}/{part}"
            own = {name: arrays[f"{at}/{name}"] for name in ("n_posts", "total", "capped", "squares")}
            figures = AccountFigures(**{name: arrays[f"{at}/figures/{name}"] for name in _FIGURES})
            return AccountWeeks(
                agencies, known, **own, figures=figures, reading="posting", first_week=told["first_week"]
            )

        def views(name: str) -> list[View]:
            return [(tuple(platforms), tuple(media)) for platforms, media in told[name]]

        return SeasonWeeks(
            agencies=agencies,
            first_week=told["first_week"],
            period_weeks=told["period_weeks"],
            groups=tuple(tuple(group) for group in told["groups"]),
            sums=arrays["sums"],
            accounts={view: (account_weeks(n, 0), account_weeks(n, 1)) for n, view in enumerate(views("accounts"))},
            medians={view: arrays[f"medians/{n}"] for n, view in enumerate(views("medians"))},
        )
