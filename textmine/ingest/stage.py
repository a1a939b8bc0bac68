"""From platform exports to the workspace's posts: every row read, kept, counted as a duplicate, or refused."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

import textmine
from textmine.atomic import digest
from textmine.ingest.collector import Collector, results, with_agencies
from textmine.ingest.dedupe import Choice, PostReader, choose, rows_at
from textmine.ingest.parts import Part, PartFiles, PartWriter, append_parts, restore, stored_parts
from textmine.ingest.plan import Options, Zeros
from textmine.ingest.privacy import MARK, Privacy, open_privacy, write_mark
from textmine.ingest.reading import Progress
from textmine.ingest.register import read_agencies
from textmine.ingest.results import IngestResult
from textmine.ingest.snapshots import as_snapshots
from textmine.ingest.sources import expand, is_simulated, standard_input
from textmine.platforms import Platform
from textmine.plugins import FORMATS, recorded
from textmine.posts import REJECT_SCHEMA, SNAPSHOT_SCHEMA, PostSchema, empty_posts
from textmine.store import REGISTER, UnchangedError, Workspace, hash_path, write_json

STAGE: Final = "ingest"
OUTPUTS: Final = ("posts.parquet", "snapshots.parquet", "rejects.parquet", "ingest.json")


def ingest(
    sources: Sequence[str | Path],
    workspace: Workspace,
    *,
    agencies: pl.DataFrame | str | Path | None = None,
    mapping: Mapping[str, str] | None = None,
    platform: Platform | None = None,
    account: str | None = None,
    zeros: Zeros = "auto",
    pseudonymise: str | Path | None = None,
    pseudonymise_ids: bool = False,
    replace: bool = False,
    progress: Progress | None = None,
) -> IngestResult:
    """Read exports into a workspace.

    Writes ``posts.parquet`` (a folder a platform and month), ``snapshots.parquet``, ``rejects.parquet`` and
    ``ingest.json`` as the stage ``ingest``. Posts of earlier calls stay; the same post again is a duplicate, whose
    figures count when they were collected later, and both states stand in the snapshots. Months without new posts
    and figures are not written again, and the same sources a second time change no byte of the workspace. A row with
    an unreadable time or count is refused with column and value, never guessed and never made null.

    The caller holds ``workspace.lock()``.

    Parameters
    ----------
    sources
        Files, folders, patterns and ``-`` for the standard input. A file ``SIMULATED.md`` beside one of them marks the
        workspace as simulated, until real ones replace them all.
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
    pseudonymise
        A file with a secret key of at least 16 random bytes. Personal accounts (those that the register does not hold
        on their platform; without a register all) and what names them are replaced by keyed hashes before anything is
        stored, e-mail addresses and telephone numbers in captions are masked, refused rows keep their outline only.
        The key is not stored; its fingerprint is, and a later call needs the same key.
    pseudonymise_ids
        With ``pseudonymise``: replace the ids of personal accounts' posts too.
    replace
        Start anew instead of adding to the workspace's posts. With it, an unchanged call finds its work done.
    progress
        Called after each batch with the number of rows done so far, and with that of all rows of the files so far, or
        None while the last of them is read through for the first time.

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
        The disk is full, the workspace cannot be written, or it holds names or pseudonyms of another key.

    Examples
    --------
    >>> workspace = Workspace.create("election")  # doctest: +SKIP
    >>> ingest(["exports/"], workspace, agencies="agencies.csv").posts  # doctest: +SKIP
    12044
    """
    with standard_input(sources, folder=workspace.path) as given:
        files = expand(given, register=agencies)
        register = read_agencies(agencies) if isinstance(agencies, str | Path) else agencies
        privacy = open_privacy(workspace, pseudonymise, register, hash_ids=pseudonymise_ids, replace=replace)
        options = Options(dict(mapping or {}), platform, account, zeros, privacy.pseudonyms if privacy else None)
        restore(workspace.file("posts.parquet"))
        job = _Job(files, options, register, workspace, replace=replace, progress=progress, privacy=privacy)
        outputs = OUTPUTS if register is None else (*OUTPUTS, REGISTER)
        if job.marked:
            outputs = (*outputs, MARK)
        with _marked(workspace, simulated=is_simulated(given), replace=replace):
            workspace.run_stage(STAGE, job.build, outputs=outputs, inputs=job.inputs(), settings=job.settings())
    if job.result is not None:
        return job.shown(job.result)
    return job.shown(IngestResult.from_dict(json.loads(workspace.file("ingest.json").read_text(encoding="utf-8"))))


@contextlib.contextmanager
def _marked(workspace: Workspace, *, simulated: bool, replace: bool) -> Iterator[None]:
    """Mark a workspace before simulated posts come in; take the mark back if none did, or real ones replaced all."""
    before = workspace.simulated
    workspace.mark_simulated(before or simulated)
    try:
        yield
    except BaseException:
        workspace.mark_simulated(before)
        raise
    workspace.mark_simulated(simulated or (before and not replace))


def _settings(options: Options, *, replace: bool) -> dict[str, Any]:
    return {
        "mapping": dict(sorted(options.mapping.items())),
        "platform": options.platform,
        "account": options.account,
        "zeros": options.zeros,
        "replace": replace,
        **recorded(FORMATS),
    }


@dataclass
class _Job:
    """One call of :func:`ingest`."""

    files: list[Path]
    options: Options
    register: pl.DataFrame | None
    workspace: Workspace
    replace: bool
    progress: Progress | None
    privacy: Privacy | None = None
    result: IngestResult | None = field(default=None)

    @property
    def marked(self) -> bool:
        """Whether the workspace says of its names that they are pseudonyms, or no longer."""
        return self.privacy is not None or self.workspace.file(MARK).exists()

    def settings(self) -> dict[str, Any]:
        """All that the posts follow from besides files."""
        found = _settings(self.options, replace=self.replace)
        if self.privacy is None:
            return found
        account = self.options.account
        hidden = None if account is None else self.privacy.pseudonyms.source(account)
        return found | {"account": hidden, "pseudonyms": self.privacy.settings()}

    def shown(self, result: IngestResult) -> IngestResult:
        """Result with the names of the files that the caller gave."""
        return self.privacy.shown(result, self.files) if self.privacy else result

    def inputs(self) -> dict[str, str]:
        """Hashes of all that the posts follow from."""
        names = self.options.pseudonyms
        found = {names.source(path) if names else str(path): hash_path(path) for path in self.files}
        if self.register is not None:
            found["agencies"] = digest(self.register.write_csv())
        if not self.replace:
            for name in OUTPUTS[:3]:
                path = self.workspace.file(name)
                found[name] = hash_path(path) if path.exists() else ""
        return found

    def build(self, staging: Path) -> dict[str, int]:
        """Write the stage's outputs into ``staging``."""
        collector = Collector(staging / "new")
        stored = [part for part in self._earlier("posts.parquet") if part.rows]
        for part in stored:
            if not part.partition:  # of a version that did not divide posts by month
                collector.add(part.read())
        read = collector.read_all(self.files, self.options, self.progress)
        divided = [part for part in stored if part.partition]
        snapshots = self._earlier("snapshots.parquet")
        choice = choose(divided, collector.parts, collector.keys, snapshots)
        self.result = results(read, collector, collector.posts_by_file(choice.first), self.register)
        rejects, n_rejects = self._rejects(collector.rejects)
        if rejects.height == n_rejects and len(divided) == len(stored) and self._is_done(choice, divided):
            raise UnchangedError
        if self.privacy:
            self.privacy.remember(stored)
        rows = write_posts(choice, len(divided), staging / "posts.parquet", self.register, self.privacy)
        states = map(as_snapshots, rows_at(choice, choice.states))
        n_states = append_parts(snapshots, staging / "snapshots.parquet", states, empty=SNAPSHOT_SCHEMA.to_frame())
        rejects.write_parquet(staging / "rejects.parquet")
        if self.register is not None:
            self.register.write_parquet(staging / REGISTER)
        if self.marked:
            write_mark(staging, self.privacy)
        write_json(staging / "ingest.json", self.result.as_dict())
        counted = {name: count for name, count in self.result.as_dict().items() if isinstance(count, int)}
        return counted | {"stored": rows, "snapshots": n_states}

    def _earlier(self, name: str) -> list[Part]:
        return [] if self.replace else stored_parts(self.workspace.file(name))

    def _is_done(self, choice: Choice, stored: list[Part]) -> bool:
        """Whether every output is there already as it would be written."""
        if self.replace or choice.kept.height or len(choice.dropped) or len(choice.states):
            return False
        if self.register is not None:
            given = self.workspace.file(REGISTER)
            known = _register_digest(self.register)
            if any(part.register != known for part in stored) or not given.exists():
                return False
            if not pl.read_parquet(given).equals(self.register):
                return False
        return all(self.workspace.file(name).exists() for name in OUTPUTS) and self.workspace.is_intact(STAGE)

    def _rejects(self, new: list[pl.DataFrame]) -> tuple[pl.DataFrame, int]:
        """All refused rows, each once, and how many there were before."""
        before = self.workspace.file("rejects.parquet")
        kept = pl.read_parquet(before) if before.exists() and not self.replace else REJECT_SCHEMA.to_frame()
        return pl.concat([kept, *new]).unique(keep="first", maintain_order=True), kept.height


def write_posts(
    choice: Choice, n_stored: int, folder: Path, register: pl.DataFrame | None, privacy: Privacy | None = None
) -> int:
    """Write the posts, a folder a platform and month, taking over the files that stay as they are.

    Parameters
    ----------
    choice
        Which posts stay; the first ``n_stored`` of its parts are the workspace's.
    folder
        Made anew.
    register
        Gives all posts their agency.
    privacy
        Finishes pseudonyms: a person met now may be named in any post, so that no file is taken over.

    Returns
    -------
    int
        Number of posts.
    """

    def finish(posts: pl.DataFrame) -> pl.DataFrame:
        nameless = privacy.finished(posts) if privacy else posts
        return PostSchema.validate(nameless if register is None else with_agencies(nameless, register))

    reader, rows = PostReader(choice), 0
    files = PartFiles(finish, None if register is None else _register_digest(register))
    by_folder: dict[str, list[int]] = {}
    for number, part in enumerate(choice.parts):
        if number < n_stored or reader.is_changed(number):
            by_folder.setdefault(part.partition, []).append(number)
    for partition, numbers in sorted(by_folder.items()):
        writer = PartWriter(folder / partition, files)
        for number in numbers:
            part, stored = choice.parts[number], number < n_stored
            same = stored and privacy is None and not reader.is_changed(number)
            if not (same and writer.keep(part, last=number == numbers[-1])):
                writer.add(reader.read(number, stored=stored))
        writer.close()
        rows += writer.rows
    if not rows:
        PartWriter(folder, files).close(empty=empty_posts())
    files.flush()
    return rows


def _register_digest(register: pl.DataFrame) -> str:
    return digest([register.write_csv(), textmine.__version__])
