"""Which group each post is in, for keyness: a grouping of textmine's, or any column of a user's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.agencies import normalise_platform
from textmine.errors import InputError, MissingColumnError, NotEnoughDataError, refuse_unknown
from textmine.groups import Grouping, group_of
from textmine.platforms import PLATFORMS
from textmine.posts import KEY, is_credited

if TYPE_CHECKING:
    import numpy.typing as npt

REST: Final = "(rest)"
"""Name of all posts that are not in the group that is set against them."""


@dataclass(frozen=True)
class KeynessGroups:
    """Groups of posts.

    Attributes
    ----------
    by
        Name of the grouping.
    names
        Shape (n_groups,), sorted.
    group
        Group of each post, int32 of shape (n_posts,); -1 for posts that take no part.
    account
        Number of the post's account, int32 of shape (n_posts,), in the order of platform and name.
    agency
        Number of the post's agency, or of its account where it has none, int32 of shape (n_posts,).
    published
        Microseconds since 1970, int64 of shape (n_posts,).
    """

    by: str
    names: tuple[str, ...]
    group: npt.NDArray[np.int32]
    account: npt.NDArray[np.int32]
    agency: npt.NDArray[np.int32]
    published: npt.NDArray[np.int64]


def assign(
    posts: pl.DataFrame | pl.LazyFrame,
    by: Grouping | pl.DataFrame,
    *,
    versus: tuple[str, ...] = (),
    agencies: pl.DataFrame | None = None,
) -> KeynessGroups:
    """Put posts into groups.

    Parameters
    ----------
    posts
        Canonical posts. Reposts of others and ads take no part.
    by
        A grouping, or a table with ``platform``, ``post_id`` and one more column, the group; posts that it does not
        hold, or without a group, take no part.
    versus
        Two groups: only their posts take part. One group: all others become :data:`REST`. None: all groups.
    agencies
        The register; needed for ``by="cluster"``.

    Raises
    ------
    AgencyError
        There is no group of a name in ``versus``.
    NotEnoughDataError
        Fewer than two groups have posts.
    """
    frame = posts.lazy()
    if isinstance(by, pl.DataFrame):
        name, labels = _checked(by)
        frame = frame.join(labels.lazy(), on=list(KEY), how="left", maintain_order="left")
        group = pl.col("__group")
    else:
        name, group = by, group_of(by, agencies=agencies)
    account = pl.concat_str(pl.col("platform").cast(pl.String), "account", separator="\x00")
    table = frame.select(
        pl.when(is_credited()).then(group).alias("group"),
        account.rank("dense").alias("account"),
        pl.coalesce("agency", account).rank("dense").alias("agency"),
        pl.col("published_at").dt.epoch("us").alias("published"),
    ).collect()
    named = _only(table["group"], versus)
    names = named.drop_nulls().unique().sort()
    if len(names) < 2:
        raise NotEnoughDataError(f"keyness sets groups against each other, by {name}", needed=2, got=len(names))
    codes = named.cast(pl.Enum(names)).to_physical().cast(pl.Int32).fill_null(-1).to_numpy()
    return KeynessGroups(
        name,
        tuple(names),
        codes,
        table["account"].cast(pl.Int32).to_numpy() - 1,
        table["agency"].cast(pl.Int32).to_numpy() - 1,
        table["published"].fill_null(0).to_numpy(),
    )


def _only(groups: pl.Series, versus: tuple[str, ...]) -> pl.Series:
    """The groups that are compared; those of no part become null."""
    if not versus:
        return groups
    known = groups.drop_nulls().unique().sort().to_list()
    refuse_unknown(versus, known, "is no group with posts here")
    chosen = groups.is_in(list(versus))
    if len(versus) == 1:
        return pl.select(pl.when(chosen).then(groups).when(groups.is_not_null()).then(pl.lit(REST))).to_series()
    return pl.select(pl.when(chosen).then(groups)).to_series()


def _checked(labels: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    """Name of the user's column, and the table ready to be joined."""
    others = [name for name in labels.columns if name not in KEY]
    if len(others) != 1 or len(labels.columns) != 3:
        raise ValueError(f"groups must have platform, post_id and one more column, not {', '.join(labels.columns)}")
    named = labels.select(
        normalise_platform(pl.col("platform").cast(pl.String)),
        pl.col("post_id").cast(pl.String),
        pl.col(others[0]).cast(pl.String).alias("__group"),
    ).drop_nulls("__group")
    unknown = named.filter(~pl.col("platform").is_in(PLATFORMS) | pl.col("platform").is_null())
    if len(unknown):
        value = unknown["platform"][0]
        raise InputError(f"{value!r} is no platform; there are {', '.join(PLATFORMS)}", column="platform", value=value)
    keyed = named.with_columns(pl.col("platform").cast(pl.Enum(PLATFORMS)))
    repeated = keyed.filter(pl.struct(*KEY).is_duplicated())
    if len(repeated) and repeated.unique().select(pl.struct(*KEY).is_duplicated().any()).item():
        row = repeated.row(0, named=True)
        raise InputError(
            f"post {row['platform']} {row['post_id']} stands in it with two groups; keep one row a post",
            column=others[0],
        )
    return others[0], keyed.unique()


def read_labels(place: str) -> pl.DataFrame:
    """Read a user's groups from ``FILE:COLUMN``, a Parquet or CSV file with platform and post_id.

    Parameters
    ----------
    place
        Path and column, parted by the last colon.

    Returns
    -------
    polars.DataFrame
        ``platform``, ``post_id`` and the column, as strings.

    Raises
    ------
    InputError
        The file cannot be read, or names no column.
    MissingColumnError
        A column is not there.
    """
    file, _, column = place.rpartition(":")
    if not file or not column:
        raise InputError(f"{place!r} must name a file and a column of it, as in sentiment.parquet:label")
    path = Path(file)
    try:
        scanned = pl.scan_parquet(path) if path.suffix.lower() == ".parquet" else pl.scan_csv(path, infer_schema=False)
        found = scanned.collect_schema().names()
        for name in (*KEY, column):
            if name not in found:
                remedy = f"it must hold platform, post_id and {column}"
                raise MissingColumnError(name, found=found, path=path, remedy=remedy)
        return scanned.select(pl.col(*KEY, column).cast(pl.String)).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read: {' '.join(str(error).split())[:200]}", path=path) from error
