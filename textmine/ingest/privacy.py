"""What a workspace with pseudonyms insists on: one key, one setting, no readable names beside them.

``pseudonyms.json`` holds the key's fingerprint, never the key.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.errors import InputError, WorkspaceError
from textmine.ingest.parts import Part
from textmine.ingest.pseudonyms import MADE_ID, Pseudonyms
from textmine.ingest.results import IngestResult
from textmine.store import Workspace, write_json

MARK: Final = "pseudonyms.json"
_ACCOUNT: Final = ("platform", "account")


@dataclass(frozen=True)
class Privacy:
    """Pseudonyms of one ingest into a workspace; ``fresh`` are accounts that the register holds since now."""

    pseudonyms: Pseudonyms
    fresh: pl.DataFrame

    def settings(self) -> dict[str, Any]:
        """Return what the stage's manifest says of the pseudonyms."""
        return {"key": self.pseudonyms.fingerprint, "ids": self.pseudonyms.hash_ids}

    def remember(self, parts: Iterable[Part]) -> None:
        """Learn the pseudonyms of the posts that were stored before."""
        for part in parts:
            self.pseudonyms.remember(part.read("account", "coauthors", "caption"))

    def finished(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Do what needs all posts to be known: fresh agencies get their names back, bare handles go."""
        return self.pseudonyms.bare(self.pseudonyms.reinstated(posts, self.fresh))

    def shown(self, result: IngestResult, files: Iterable[Path]) -> IngestResult:
        """Give a result the names of its files back, for the person who gave them."""
        names = {self.pseudonyms.source(path): str(path) for path in files}
        renamed = (dataclasses.replace(file, path=names.get(file.path, file.path)) for file in result.files)
        return IngestResult.over(tuple(renamed))


def open_privacy(
    workspace: Workspace,
    key: str | Path | None,
    register: pl.DataFrame | None,
    *,
    hash_ids: bool,
    replace: bool,
) -> Privacy | None:
    """Check that an ingest keeps to what the workspace holds.

    Parameters
    ----------
    workspace
        Where the posts go.
    key
        The key file, or None for readable names.
    register
        The register that was given; if None that of the workspace counts, unless it is replaced.
    hash_ids
        See :class:`textmine.ingest.pseudonyms.Pseudonyms`.
    replace
        Whether what the workspace holds is forgotten.

    Returns
    -------
    Privacy or None
        None without a key.

    Raises
    ------
    WorkspaceError
        The workspace holds readable names, or pseudonyms of another key or setting.
    InputError
        The key file cannot be used, or lies in the workspace.
    """
    mark = {} if replace else read_mark(workspace)
    if key is None:
        if hash_ids:
            raise InputError("ids are hashed with a key only: give --pseudonymise KEYFILE too")
        if mark:
            _refuse(workspace, "holds pseudonyms; give their key with --pseudonymise, or start anew with --replace")
        return None
    if Path(key).resolve().is_relative_to(workspace.path.resolve()):
        raise InputError("the key lies in the workspace; who gets the workspace must not get the key", path=key)
    stored = None if replace else workspace.register()
    pseudonyms = Pseudonyms.from_file(key, register if register is not None else stored, hash_ids=hash_ids)
    _insist(workspace, mark, pseudonyms, replace=replace)
    none = pl.DataFrame(schema=dict.fromkeys(_ACCOUNT, pl.String))
    if register is None or not mark:
        return Privacy(pseudonyms, none)
    before = none if stored is None else _accounts(stored)
    _refuse_lost(workspace, before.join(_accounts(register), on=_ACCOUNT, how="anti"))
    fresh = _accounts(register).join(before, on=_ACCOUNT, how="anti")
    _refuse_made_ids(workspace, pseudonyms, fresh)
    return Privacy(pseudonyms, fresh)


def read_mark(workspace: Workspace) -> dict[str, Any]:
    """Read what the workspace says of its pseudonyms; empty when its names are readable."""
    try:
        content = json.loads(workspace.file(MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{MARK} cannot be read: {error}", path=workspace.path) from error
    return content if isinstance(content, dict) and content.get("key") else {}


def write_mark(folder: Path, privacy: Privacy | None) -> None:
    """Write the mark; without pseudonyms it says that names are readable."""
    write_json(folder / MARK, privacy.settings() if privacy is not None else {"key": None, "ids": False})


def _insist(workspace: Workspace, mark: dict[str, Any], pseudonyms: Pseudonyms, *, replace: bool) -> None:
    if not mark:
        others = [path.stem for path in workspace.file("manifests").glob("*.json") if path.stem != "ingest"]
        if replace and others and not read_mark(workspace):
            made = ", ".join(sorted(others))
            _refuse(workspace, f"holds tables made from readable names ({made}); pseudonymise into a new workspace")
        if not replace and workspace.file("posts.parquet").exists():
            _refuse(workspace, "holds readable names; pseudonymise into a new workspace")
    elif mark["key"] != pseudonyms.fingerprint:
        _refuse(
            workspace,
            f"its pseudonyms were made with another key (fingerprint {mark['key']}, this one has"
            f" {pseudonyms.fingerprint}); give that key, or start anew with --replace",
        )
    elif bool(mark.get("ids")) != pseudonyms.hash_ids:
        remedy = "leave --pseudonymise-ids out" if pseudonyms.hash_ids else "give --pseudonymise-ids"
        _refuse(workspace, f"was ingested the other way: {remedy}, or start anew with --replace")


def _accounts(register: pl.DataFrame) -> pl.DataFrame:
    return register.select(pl.col("platform").cast(pl.String), "account").unique(maintain_order=True)


def _refuse_lost(workspace: Workspace, lost: pl.DataFrame) -> None:
    """An account that is no agency's any more would be a person's, and its name stands in the posts."""
    if lost.height:
        platform, account = lost.row(0)
        _refuse(
            workspace,
            f"the register no longer holds {account} on {platform}, which the posts name; put it back, or ingest all"
            " files anew with --replace",
        )


def _refuse_made_ids(workspace: Workspace, pseudonyms: Pseudonyms, fresh: pl.DataFrame) -> None:
    """The ids of a fresh agency's posts cannot be computed back: its posts would be there twice."""
    posts = workspace.file("posts.parquet")
    if not fresh.height or not posts.exists():
        return
    names = [pseudonyms.of(platform, account) for platform, account in fresh.iter_rows()]
    scan = pl.scan_parquet(posts / "**/*.parquet" if posts.is_dir() else posts)
    made = scan.filter(pl.col("account").is_in(names) & pl.col("post_id").str.contains(MADE_ID)).select(pl.len())
    if int(made.collect().item()):
        _refuse(workspace, "the register now holds accounts whose posts have hashed ids; ingest anew with --replace")


def _refuse(workspace: Workspace, problem: str) -> None:
    raise WorkspaceError(problem, path=workspace.path, stage="ingest")
