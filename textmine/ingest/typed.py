"""Posts that are canonical already: checked, not mapped."""

from __future__ import annotations

import polars as pl

from textmine.agencies import normalise_account
from textmine.ingest import content
from textmine.ingest.counts import UNREADABLE
from textmine.ingest.rows import reject_rows
from textmine.ingest.table import ROW
from textmine.posts import FIGURES, MOST, POLARS_SCHEMA, REJECT_SCHEMA

_REQUIRED = tuple(
    "platform post_id account published_at caption hashtags media_type post_kind coauthors hidden rounded"
    " followers_kind".split()
)


def check_rows(frame: pl.DataFrame, source: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part canonical rows into posts and rows that lack what a post cannot lack.

    Parameters
    ----------
    frame
        Canonical columns and the row number, shape (n_rows, 26).
    source
        The file, which replaces the rows' own ``source``.

    Returns
    -------
    tuple of polars.DataFrame
        Posts, and refused rows; together n_rows.
    """
    left = frame.with_columns(normalise_account(pl.col("account")), content.in_nfc(frame["caption"]))
    rejects = []
    for name in _REQUIRED:
        empty = left[name].is_null()
        if name in ("post_id", "account"):
            empty = empty | (left[name] == "")
        if empty.any():
            bad = left.filter(empty)
            rejects.append(
                reject_rows(bad, source, f"no {name}", name, pl.Series([None] * bad.height, dtype=pl.String))
            )
            left = left.filter(~empty)
    for name in (*FIGURES, "followers"):
        beyond = (left[name] > MOST).fill_null(False)
        if beyond.any():
            bad = left.filter(beyond)
            rejects.append(reject_rows(bad, source, UNREADABLE, name, bad[name].cast(pl.String)))
            left = left.filter(~beyond)
    posts = left.with_columns(pl.lit(source).alias("source"), pl.col(ROW).alias("source_row"))
    refused = pl.concat(rejects).sort("source_row") if rejects else pl.DataFrame(schema=REJECT_SCHEMA)
    return posts.select(pl.col(name).cast(dtype) for name, dtype in POLARS_SCHEMA.items()), refused
