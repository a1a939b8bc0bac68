"""From platform exports to the workspace's posts: every row read, kept, counted as a duplicate, or refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.agencies import read_agencies
from textmine.ingest.collector import Collector, results, with_agencies
from textmine.ingest.dedupe import Part, choose, posts_of
from textmine.ingest.parts import PostWriter, restore, stored_parts
from textmine.ingest.plan import Options, Zeros
from textmine.ingest.reading import Progress
from textmine.ingest.results import IngestResult
from textmine.ingest.sources import expand, is_simulated
from textmine.posts import REJECT_SCHEMA, Platform
from textmine.store import Workspace, hash_path, write_json

STAGE: Final = "ingest"
OUTPUTS: Final = ("posts.parquet", "rejects.parquet", "ingest.json")
REGISTER: Final = "agencies.parquet"
"""The register that was given last, for the stages that come after."""


def ingest(
    sources: Sequence[str | Path],
    workspace: Workspace,
    *,
    agencies: pl.DataFrame | str | Path | None = None,
    mapping: Mapping[str, str] | None = None,
    platform: Platform | None = None,
    account: str | None = None,
    zeros: Zeros = "auto",
    replace: bool = False,
    progress: Callable[[int], None] | None = None,
) -> IngestResult:
    """Read exports into a workspace.

    Writes ``posts.parquet`` (a folder of part files once there are many), ``rejects.parquet`` and ``ingest.json``
    as the stage ``ingest``. Posts of earlier calls stay; the same post again is a duplicate, whose figures count
    when they were collected later. The same sources a second time change no byte of the posts. A row with an
    unreadable time or count is refused with column and value, never guessed and never made null.

    The caller holds ``workspace.lock()``.

    Parameters
    ----------
    sources
        Files, folders and patterns. A file ``SIMULATED.md`` beside one of them marks the workspace as simulated.
    workspace
        Where the posts go.
    agencies
        Register, or the path of its CSV; gives the posts their agency. Posts of accounts that it does not hold
        are kept without one.
    mapping
        Canonical column to source column, such as ``{"caption": "full_text"}``; wins over the known names.
    platform, account
        For rows that say neither.
    zeros
        ``"auto"``: a figure that is 0 on every row of a file of 50 rows or more, while the posts have on average at
        least one of another figure, is taken as not collected (null, with a note), and so are 0 views of a photo, a
        link or a text. ``"keep"``: every 0 is a figure.
    replace
        Start anew instead of adding to the workspace's posts. With it, an unchanged call finds its work done.
    progress
        Called after each batch with the number of rows read so far.

    Returns
    -------
    IngestResult
        ``read = posts + duplicates + rejected``, in all and by file.

    Raises
    ------
    InputError
        A source is missing, empty, damaged or no table of posts; nothing of the workspace has changed then.
    AgencyError
        The register contradicts itself.
    WorkspaceError
        The disk is full or the workspace cannot be written.

    Examples
    --------
    >>> workspace = Workspace.create("election")  # doctest: +SKIP
    >>> ingest(["exports/"], workspace, agencies="agencies.csv").posts  # doctest: +SKIP
    12044
    """
    files = expand(sources, register=agencies)
    register = read_agencies(agencies) if isinstance(agencies, str | Path) else agencies
    options = Options(dict(mapping or {}), platform, account, zeros)
    if is_simulated(sources):
        workspace.mark_simulated()
    restore(workspace.file("posts.parquet"))
    earlier = [] if replace else stored_parts(workspace.file("posts.parquet"))
    job = _Job(files, options, register, workspace, earlier, replace=replace, progress=progress)
    outputs = OUTPUTS if register is None else (*OUTPUTS, REGISTER)
    outcome = workspace.run_stage(
        STAGE, job.build, outputs=outputs, inputs=job.inputs(), settings=_settings(options, replace=replace)
    )
    if job.result is not None and outcome.ran:
        return job.result
    return IngestResult.from_dict(json.loads(workspace.file("ingest.json").read_text(encoding="utf-8")))


def _settings(options: Options, *, replace: bool) -> dict[str, Any]:
    return {
        "mapping": dict(sorted(options.mapping.items())),
        "platform": options.platform,
        "account": options.account,
        "zeros": options.zeros,
        "replace": replace,
    }


@dataclass
class _Job:
    """One call of :func:`ingest`."""

    files: list[Path]
    options: Options
    register: pl.DataFrame | None
    workspace: Workspace
    earlier: list[Part]
    replace: bool
    progress: Progress | None
    result: IngestResult | None = field(default=None)

    def inputs(self) -> dict[str, str]:
        """Hashes of all that the posts follow from."""
        found = {str(path): hash_path(path) for path in self.files}
        if self.register is not None:
            found["agencies"] = hashlib.sha256(self.register.write_csv().encode()).hexdigest()
        if not self.replace:
            for name in OUTPUTS[:2]:
                path = self.workspace.file(name)
                found[name] = hash_path(path) if path.exists() else ""
        return found

    def build(self, staging: Path) -> dict[str, int]:
        """Write the stage's outputs into ``staging``."""
        collector = Collector(staging / "new")
        read = [collector.read(path, self.options, self.progress) for path in self.files]
        parts = [*self.earlier, *collector.parts]
        choice = choose(parts)
        writer = PostWriter(staging / "posts.parquet")
        for posts in posts_of(choice, parts):
            writer.add(with_agencies(posts, self.register) if self.register is not None else posts)
        writer.close()
        if self.register is not None:
            self.register.write_parquet(staging / REGISTER)
        self._write_rejects(collector.rejects, staging)
        self.result = results(read, collector, choice.posts, self.register)
        write_json(staging / "ingest.json", self.result.as_dict())
        return {
            "read": self.result.read,
            "posts": self.result.posts,
            "duplicates": self.result.duplicates,
            "rejected": self.result.rejected,
            "stored": writer.rows,
        }

    def _write_rejects(self, rejects: list[pl.DataFrame], staging: Path) -> None:
        before = self.workspace.file("rejects.parquet")
        kept = [pl.read_parquet(before)] if before.exists() and not self.replace else []
        every = pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *kept, *rejects])
        every.unique(keep="first", maintain_order=True).write_parquet(staging / "rejects.parquet")
