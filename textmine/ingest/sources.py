"""From what the user names (files, folders, patterns) to files, and from a file to its bytes."""

from __future__ import annotations

import glob
import gzip
import lzma
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Final, cast

from textmine.errors import InputError
from textmine.store import DESCRIPTION

SUFFIXES: Final = (".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".ndjson", ".jsonl", ".json")
"""Endings that are looked for in a folder, each also packed."""

PACKED: Final = (".gz", ".xz", ".zst")
"""Endings of packed files; what is packed is recognised by its first bytes, though."""
_MAGIC_GZIP: Final = b"\x1f\x8b"
_MAGIC_XZ: Final = b"\xfd7zXZ\x00"
_MAGIC_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_LARGEST_WINDOW_LOG: Final = 31
"""Bytes of memory that unpacking zstd may take: what ``zstd --long=31``, the most there is, needs."""
SIMULATED: Final = "SIMULATED.md"
"""A file of this name beside a source says that its posts come from a simulator."""
REPORT_MARK: Final = "textmine-report.json"
"""File that marks a folder as made by ``textmine report``, so that it may be replaced and is not read as exports."""
REGISTER: Final = "agencies.csv"
"""The register often lies among the exports; a folder is read without it."""


STANDARD_INPUT: Final = "-"
"""What names the standard input among the sources, and in the column ``source``."""


@contextmanager
def standard_input(
    sources: Sequence[str | Path], *, stream: IO[bytes] | None = None, folder: Path | None = None
) -> Iterator[Sequence[str | Path]]:
    """Copy the standard input to a file where ``-`` is among the sources; the file is gone afterwards.

    Parameters
    ----------
    sources
        Files, folders, patterns and ``-``.
    stream
        What is read for ``-``; :data:`sys.stdin` by default.
    folder
        Where the copy goes, in a folder of its own; the system's folder for temporary files by default.

    Yields
    ------
    sequence
        The sources, with the copy in the place of ``-``. Posts, refused rows and errors name it ``-``.
    """
    if not any(str(source) == STANDARD_INPUT for source in sources):
        yield sources
        return
    place = Path(tempfile.mkdtemp(prefix="textmine-")) if folder is None else folder / ".standard-input"
    copy = place / STANDARD_INPUT
    try:
        place.mkdir(parents=True, exist_ok=True)
        with copy.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer if stream is None else stream, file, 1 << 20)
        yield [copy if str(source) == STANDARD_INPUT else source for source in sources]
    except InputError as error:
        if error.path is not None and Path(error.path) == copy:
            error.args = (str(error).replace(str(copy), STANDARD_INPUT, 1),)
            error.path = STANDARD_INPUT
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)


def source_name(path: Path) -> str:
    """Name of a source as posts hold it."""
    return STANDARD_INPUT if path.name == STANDARD_INPUT else str(path)


def expand(sources: Sequence[str | Path], *, register: object = None) -> list[Path]:
    """List the files that the sources name, in the order given; a folder's files sorted by path.

    Parameters
    ----------
    sources
        Files, folders (searched to any depth, but for workspaces and reports of textmine) and patterns such as
        ``exports/*.csv``. The ``agencies.csv`` that a folder or pattern brings along is left out.
    register
        The register, left out too if it is a path: a shell writes ``exports/*.csv`` out with the register in it.

    Raises
    ------
    InputError
        A source is missing, a folder holds no readable file, a pattern fits nothing, or no source is given.
    """
    if not sources:
        raise InputError("no source is given; name at least one file or folder")
    files: dict[Path, None] = {}
    for source in sources:
        files.update(dict.fromkeys(_expand_one(Path(source))))
    own = Path(register).resolve() if isinstance(register, str | Path) else None
    found = [file for file in files if file.resolve() != own]
    if not found:
        raise InputError("the only source is the register itself; name the exports too", path=own)
    return found


def _expand_one(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    if source.is_dir():
        if _is_workspace(source):
            problem = "is a textmine workspace, not a folder of exports; its posts are in posts.parquet"
            raise InputError(problem, path=source)
        inside = list(source.rglob("*"))
        own = {f.parent for f in inside if f.name in (DESCRIPTION, REPORT_MARK) and _is_own(f.parent)}
        found = sorted(
            f
            for f in inside
            if f.is_file() and _is_readable(f.relative_to(source)) and not _is_beside(f) and own.isdisjoint(f.parents)
        )
        if not found:
            raise InputError("the folder holds no file that textmine reads", path=source)
        return found
    if glob.has_magic(str(source)):
        matches = sorted(glob.glob(str(source), recursive=True))
        if not matches:
            raise InputError("no file fits this pattern", path=source)
        return [file for match in matches for file in _expand_one(Path(match)) if not _is_beside(file)]
    if str(source) == STANDARD_INPUT:
        raise InputError("standard input is a source within textmine.ingest.standard_input() only", path=source)
    raise InputError("no such file", path=source)


def _is_workspace(folder: Path) -> bool:
    described = folder / DESCRIPTION
    return described.is_file() and '"textmine":' in described.read_text(encoding="utf-8", errors="replace")


def _is_own(folder: Path) -> bool:
    """Whether textmine made a folder: the workspace and the reports often lie beside the exports."""
    return _is_workspace(folder) or (folder / REPORT_MARK).is_file()


def _is_readable(relative: Path) -> bool:
    if any(part.startswith((".", "~$")) for part in relative.parts):
        return False
    name = relative.name.lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name.endswith((*SUFFIXES, ".parquet")) and relative.name != SIMULATED


def _is_beside(file: Path) -> bool:
    """Whether a file in a folder of exports is no export: the register, a caption's copy, the truth of a simulation."""
    name = file.name.lower()
    if name.endswith(".txt") and any(file.with_suffix(f".json{packed}").is_file() for packed in ("", *PACKED)):
        return True  # instaloader writes each caption once more, beside the post's JSON
    return name == REGISTER or (name.startswith("truth") and (file.parent / SIMULATED).is_file())


def is_simulated(sources: Sequence[str | Path]) -> bool:
    """Whether a file ``SIMULATED.md`` lies beside (or in) one of the sources."""
    return any(
        (folder / SIMULATED).is_file() for file in expand(sources) for folder in (file.parent, file.parent.parent)
    )


def open_bytes(path: Path) -> BufferedIOBase:
    """Open a file for reading, unpacking gzip, xz and zstd by their first bytes.

    Raises
    ------
    InputError
        The file cannot be opened.
    """
    try:
        handle = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be opened: {error.strerror}", path=path) from error
    magic = handle.read(6)
    handle.seek(0)
    if magic.startswith(_MAGIC_GZIP):
        return gzip.GzipFile(fileobj=handle)
    if magic == _MAGIC_XZ:
        return lzma.LZMAFile(handle)
    if magic.startswith(_MAGIC_ZSTD):
        return _zstd_file(handle)
    return handle


def _zstd_file(handle: BufferedIOBase) -> BufferedIOBase:
    """A zstd file being unpacked; several frames in a row are one file, as with gzip's members."""
    from textmine import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW_LOG}

    class OneFile(zstd.ZstdFile):
        """Damage is an OSError, as with gzip."""

        def read1(self, size: int | None = -1) -> bytes:
            try:
                return super().read1(size)
            except zstd.ZstdError as error:
                raise OSError(f"zstd: {error}") from error

    return cast("BufferedIOBase", OneFile(handle, options=options))


def first_bytes(path: Path, size: int = 1 << 16) -> bytes:
    """Return the unpacked beginning of a file.

    Raises
    ------
    InputError
        The file is empty, or packed and broken.
    """
    head = b""
    for block in blocks(path, size):
        head += block
        if len(head) >= size:
            break
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise InputError("the file is empty", path=path)
    return head


def blocks(path: Path, size: int) -> Iterator[bytes]:
    """Yield the unpacked bytes in blocks of about ``size``.

    A packed file that is cut short yields what can be unpacked; the last row then is a cut row like any other.

    Raises
    ------
    InputError
        The packed data are damaged, or the file cannot be read.
    """
    gathered: list[bytes] = []
    try:
        with open_bytes(path) as handle:
            # read1 hands on what was unpacked before a cut; read would lose it
            while piece := handle.read1(size):
                gathered.append(piece)
                if sum(map(len, gathered)) >= size:
                    yield b"".join(gathered)
                    gathered.clear()
    except EOFError:
        pass
    except (OSError, lzma.LZMAError) as error:
        raise InputError(f"cannot be read to the end: {error}", path=path) from error
    if gathered:
        yield b"".join(gathered)
