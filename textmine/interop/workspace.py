"""Exports the matrix and the topics of a workspace into a folder that another toolkit reads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, Literal, get_args

from textmine.errors import WorkspaceError
from textmine.interop.gensim import write_gensim
from textmine.interop.pyldavis import to_pyldavis, write_pyldavis
from textmine.interop.scikit import write_sklearn
from textmine.matrix import StoredMatrix
from textmine.posts import KEY
from textmine.store import Workspace, replace, translated_os_errors, write_json
from textmine.topics.workspace import WorkspaceTopics

Toolkit = Literal["gensim", "sklearn", "pyldavis"]
TOOLKITS: Final[tuple[Toolkit, ...]] = get_args(Toolkit)
MARK: Final = "textmine-export.json"
"""File that marks a folder as made by an export, so that it may be replaced."""


def export_workspace(workspace: Workspace, directory: str | Path, *, to: Toolkit) -> Path:
    """Write what another toolkit reads into ``directory``, replacing an earlier export and nothing else.

    Parameters
    ----------
    workspace
        With a matrix; with topics if they shall be exported (``pyldavis`` needs them).
    directory
        Folder to make.
    to
        ``gensim``, ``sklearn`` or ``pyldavis``.

    Returns
    -------
    pathlib.Path
        The folder. ``posts.parquet`` in it says which post each row is; the row order is that of the workspace.

    Raises
    ------
    WorkspaceError
        The matrix or the topics are missing or out of date, or the folder holds other files.
    """
    if to not in TOOLKITS:
        raise ValueError(f"to is {to!r}; choose one of {', '.join(TOOLKITS)}")
    directory = Path(directory)
    if directory.exists() and not _replaceable(directory):
        raise WorkspaceError("holds other files; choose an empty or new folder for the export", path=directory)
    topics = WorkspaceTopics.open(workspace) if to == "pyldavis" or workspace.manifest("topics") else None
    draft = directory.with_name(f".{directory.name}.tmp")
    with translated_os_errors(directory):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        _write(workspace, topics, draft, to)
        write_json(draft / MARK, {"to": to, "simulated": workspace.simulated})
        replace(draft, directory)
    return directory


def _write(workspace: Workspace, topics: WorkspaceTopics | None, draft: Path, to: Toolkit) -> None:
    columns = (*KEY, "account", "agency", "published_at")
    posts = workspace.scan("posts.parquet", made_by="ingest").select(columns)
    if to == "pyldavis" and topics is not None:
        inputs = to_pyldavis(topics.model, ((block.counts, block.shares) for block in topics.blocks()))
        write_pyldavis(inputs, draft)
        kept = workspace.scan("post_topics.parquet", made_by="topics").select(KEY).unique()
        posts = posts.join(kept, on=KEY, how="semi", maintain_order="left")
    else:
        matrix = StoredMatrix.open(workspace.file("matrix")).load()
        write = write_gensim if to == "gensim" else write_sklearn
        write(matrix, draft, model=None if topics is None else topics.model)
    posts.collect().write_parquet(draft / "posts.parquet", compression="zstd")


def _replaceable(directory: Path) -> bool:
    return directory.is_dir() and ((directory / MARK).exists() or not any(directory.iterdir()))
