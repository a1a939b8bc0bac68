"""What an ingest did, row by row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from textmine.notebook import table_html


@dataclass(frozen=True)
class FileResult:
    """One source file: ``read = posts + duplicates + rejected``.

    ``format`` names what was recognised, such as ``"CSV, tweet-harvest"``; ``notes`` say in full sentences what was
    assumed about the file.
    """

    path: str
    format: str
    read: int
    posts: int
    duplicates: int
    rejected: int
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "path": self.path,
            "format": self.format,
            "read": self.read,
            "posts": self.posts,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class IngestResult:
    """All files of one call: ``read = posts + duplicates + rejected``.

    ``posts`` counts posts that were not there before, ``duplicates`` rows of posts that were (in the workspace, or
    earlier in this call), ``rejected`` rows that could not be read.
    """

    read: int
    posts: int
    duplicates: int
    rejected: int
    files: tuple[FileResult, ...]

    def _repr_html_(self) -> str:
        rows = [(each.path, each.format, each.read, each.posts, each.duplicates, each.rejected) for each in self.files]
        names = ("path", "format", "read", "posts", "duplicates", "rejected")
        kinds = [pl.String(), pl.String(), *[pl.Int64()] * 4]
        table = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
        parts = f"{self.posts:,} posts + {self.duplicates:,} duplicates + {self.rejected:,} rejected"
        return table_html(table, title=f"{self.read:,} rows read = {parts}")

    @classmethod
    def over(cls, files: tuple[FileResult, ...]) -> IngestResult:
        """Sum the files."""
        return cls(
            sum(file.read for file in files),
            sum(file.posts for file in files),
            sum(file.duplicates for file in files),
            sum(file.rejected for file in files),
            files,
        )

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> IngestResult:
        """Rebuild a result from :meth:`as_dict`."""
        return cls.over(tuple(FileResult(**{**file, "notes": tuple(file["notes"])}) for file in content["files"]))

    def as_dict(self) -> dict[str, Any]:
        """Return the keys read, posts, duplicates, rejected and files, as JSON values."""
        return {
            "read": self.read,
            "posts": self.posts,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "files": [file.as_dict() for file in self.files],
        }
