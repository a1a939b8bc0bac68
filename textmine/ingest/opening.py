"""The workspace that an ingest writes into: one that it had to make is gone again when nothing came in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from textmine.store import DESCRIPTION, LOCK, Workspace


@contextlib.contextmanager
def workspace_for_writing(path: str | Path) -> Iterator[Workspace]:
    """Open the workspace, made if there is none, and hold it for writing.

    Where the block fails and nothing is stored, a workspace that was made for it is taken away, with the folders above
    that were made too. What was there before stays, and so does whatever else was put into the folder meanwhile.

    Raises
    ------
    WorkspaceError
        As :meth:`textmine.store.Workspace.create` and :meth:`~textmine.store.Workspace.lock`.

    Examples
    --------
    >>> with workspace_for_writing("election") as workspace:  # doctest: +SKIP
    ...     ingest(["exports/"], workspace)
    """
    path = Path(path)
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    is_new = not (path / DESCRIPTION).exists()
    workspace = Workspace.create(path)
    gone = False
    try:
        with workspace.lock():
            try:
                yield workspace
            except BaseException:
                if is_new and {entry.name for entry in path.iterdir()} <= {DESCRIPTION, LOCK}:
                    (path / DESCRIPTION).unlink()  # while it is held: nobody else has begun to write into it
                    gone = True
                raise
    finally:
        if gone:
            _take_away(path, made)


def _take_away(path: Path, made: Sequence[Path]) -> None:
    """Remove the lock, which Windows refuses while it is held, and the folders, each only if it is empty."""
    with contextlib.suppress(OSError):
        (path / LOCK).unlink(missing_ok=True)
        for folder in made:
            folder.rmdir()
