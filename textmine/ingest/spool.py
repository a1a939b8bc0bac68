"""Frames put aside on disk, so that a file of any size can be looked at whole before it is mapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

_KEPT_BYTES: Final = 1 << 26
"""Bytes of frames that stay in memory: small files never touch the disk."""


class Spool:
    """An append-only list of frames.

    Parameters
    ----------
    folder
        Where frames go once they are too many for memory; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: list[pl.DataFrame] = []
        self._kept_bytes = 0
        self._written: list[Path] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Put a frame at the end."""
        if not self._written and self._kept_bytes < _KEPT_BYTES:
            self._kept.append(frame)
            self._kept_bytes += int(frame.estimated_size())
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{len(self._written):06}.arrow"
        frame.write_ipc(path)
        self._written.append(path)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        yield from self._kept
        for path in self._written:
            yield pl.read_ipc(path)

    def drain(self) -> Iterator[pl.DataFrame]:
        """Yield the frames in order, giving each up as it is passed on."""
        while self._kept:
            yield self._kept.pop(0)
        self._kept_bytes = 0
        for path in self._written:
            yield pl.read_ipc(path)
            path.unlink()
        self._written.clear()
