"""Groupings of posts that tables are made by: agency, cluster, platform, month or account."""

from __future__ import annotations

from typing import Final, Literal, get_args

import polars as pl

from textmine.batches import detached
from textmine.errors import AgencyError
from textmine.posts import REPORT_TIME_ZONE, is_credited

Grouping = Literal["agency", "cluster", "platform", "month", "account"]
GROUPINGS: Final[tuple[Grouping, ...]] = get_args(Grouping)

UNREGISTERED: Final = "(unregistered)"
"""Cluster of the posts whose agency is not in the register."""


def group_of(by: Grouping, *, agencies: pl.DataFrame | None = None) -> pl.Expr:
    """Group of each post as a string.

    Parameters
    ----------
    by
        ``agency`` is the register key, or the account where there is none; ``month`` is ``2020-03`` in Asia/Jakarta.
    agencies
        The register; needed for ``cluster``.

    Returns
    -------
    polars.Expr
        String expression over canonical posts, never null.

    Raises
    ------
    AgencyError
        ``cluster`` is asked for without a register.
    ValueError
        ``by`` is not a grouping.
    """
    match by:
        case "agency":
            return pl.coalesce("agency", "account")
        case "account":
            return pl.col("account")
        case "platform":
            return pl.col("platform").cast(pl.String)
        case "month":
            return pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE).dt.strftime("%Y-%m")
        case "cluster":
            return _cluster(agencies)
    raise ValueError(f"cannot group by {by!r}; choose one of {', '.join(GROUPINGS)}")


def known_clusters(agencies: pl.DataFrame) -> pl.DataFrame:
    """``agency`` and ``cluster`` of a register: the first cluster of each agency that has one."""
    known = agencies.filter(pl.col("cluster").is_not_null()).unique("agency", keep="first", maintain_order=True)
    return known.select("agency", "cluster")


def _cluster(agencies: pl.DataFrame | None) -> pl.Expr:
    if agencies is None:
        raise AgencyError("cluster", problem="is known only with a register: give --agencies to textmine ingest")
    clusters = known_clusters(agencies)
    return pl.col("agency").replace_strict(
        clusters["agency"], clusters["cluster"], default=UNREGISTERED, return_dtype=pl.String
    )


def post_groups(
    posts: pl.DataFrame | pl.LazyFrame, by: Grouping, *, agencies: pl.DataFrame | None = None
) -> tuple[pl.Series, pl.Series]:
    """Code of each post's group, for sparse one-hot products.

    Parameters
    ----------
    posts
        Canonical posts.
    by, agencies
        As for :func:`group_of`.

    Returns
    -------
    codes : polars.Series
        Int32, shape (n_posts,); -1 for reposts of others and ads, which are credited to nobody.
    groups : polars.Series
        Names in sorted order, shape (n_groups,).
    """
    named = posts.lazy().select(group_of(by, agencies=agencies).alias("group"), (~is_credited()).alias("uncredited"))
    table = named.collect()
    groups = detached(table.filter(~pl.col("uncredited")).select(pl.col("group").unique().sort()))["group"]
    coded = table.select(
        pl.when("uncredited").then(None).otherwise("group").cast(pl.Enum(groups)).to_physical().cast(pl.Int32)
    ).to_series()
    return coded.fill_null(-1).rename("code"), groups.rename("group")
