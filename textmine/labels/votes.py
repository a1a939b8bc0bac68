"""Votes of judges: appended, never altered; the last one of a judge on a post counts."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Final, Literal

import polars as pl
from filelock import FileLock, Timeout

from textmine.atomic import translated_os_errors, write_file
from textmine.errors import WorkspaceError
from textmine.posts import POLARS_SCHEMA
from textmine.store import Workspace

VOTES_FILE: Final = "labels.parquet"
Action = Literal["vote", "skip", "undo"]

VOTE_SCHEMA: Final = pl.Schema(
    {
        "platform": POLARS_SCHEMA["platform"],
        "post_id": pl.String(),
        "judge": pl.String(),
        "action": pl.Enum(["vote", "skip", "undo"]),
        "label": pl.String(),
        "note": pl.String(),
        "voted_at": pl.Datetime("us", "UTC"),
        "source": pl.String(),
    }
)
"""Columns of ``labels.parquet``, in the order in which votes came in; ``label`` is null for a skip and an undo."""

_WAIT: Final = 10.0
"""Seconds to wait for another judge who is saving a vote."""


def read_votes(workspace: Workspace) -> pl.DataFrame:
    """All votes of a workspace, in the order in which they came in; none if there are none.

    Raises
    ------
    WorkspaceError
        The file is damaged.
    """
    path = workspace.file(VOTES_FILE)
    if not path.exists():
        return VOTE_SCHEMA.to_frame()
    try:
        return pl.read_parquet(path).select(VOTE_SCHEMA.names()).cast(VOTE_SCHEMA)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise WorkspaceError(f"{VOTES_FILE} cannot be read: {error}", path=workspace.path) from error


def current_votes(votes: pl.DataFrame) -> pl.DataFrame:
    """What stands: the last entry of each judge on each post, without those that were taken back.

    Parameters
    ----------
    votes
        Columns of ``VOTE_SCHEMA``, in the order in which they came in.

    Returns
    -------
    polars.DataFrame
        Votes and skips, same columns, sorted by post and judge.
    """
    key = ["platform", "post_id", "judge"]
    last = votes.unique(key, keep="last", maintain_order=True)
    return last.filter(pl.col("action") != "undo").sort(key)


def add_votes(workspace: Workspace, new: pl.DataFrame, *, now: dt.datetime | None = None) -> int:
    """Append votes to ``labels.parquet``; killed at any moment, the file is the old or the new one.

    Votes that say what already stands are left out, so that a sheet can be collected twice.

    Parameters
    ----------
    workspace
        With chosen posts.
    new
        platform, post_id, judge, action, label, note and source.
    now
        Time of the votes.

    Returns
    -------
    int
        How many were appended.

    Raises
    ------
    WorkspaceError
        The disk is full, or another process has been saving for ten seconds.
    """
    path = workspace.file(VOTES_FILE)
    lock = FileLock(workspace.file(".labels.lock"), timeout=_WAIT)
    try:
        with translated_os_errors(workspace.path), lock:
            old = read_votes(workspace)
            stamped = new.with_columns(pl.lit(now or dt.datetime.now(dt.UTC)).alias("voted_at"))
            fresh = _changed(old, stamped.select(VOTE_SCHEMA.names()).cast(VOTE_SCHEMA))
            if len(fresh):
                content = BytesIO()
                pl.concat([old, fresh]).write_parquet(content, compression="zstd")
                write_file(path, content.getvalue(), durable=True)
            return len(fresh)
    except Timeout as error:
        raise WorkspaceError("another judge is saving; try again", path=workspace.path) from error


def _changed(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Votes that differ from what stands."""
    key = ["platform", "post_id", "judge"]
    standing = current_votes(old).select(*key, "action", "label", "note")
    both = new.join(standing, on=key, how="left", suffix="_old", maintain_order="left")
    same = (
        (pl.col("action") == pl.col("action_old"))
        & pl.col("label").eq_missing(pl.col("label_old"))
        & pl.col("note").eq_missing(pl.col("note_old"))
    )
    nothing_to_undo = (pl.col("action") == "undo") & pl.col("action_old").is_null()
    return both.filter(~(same.fill_null(False) | nothing_to_undo)).select(VOTE_SCHEMA.names())
