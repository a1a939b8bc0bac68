"""What the fuzzers hold every file to: an error of the family or posts and refused rows that add up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from textmine.errors import TextmineError
from textmine.ingest.plan import Options
from textmine.ingest.reading import read_file
from textmine.posts import POLARS_SCHEMA, REJECT_SCHEMA

FIXTURES = Path(__file__).resolve().parents[1] / "tests" / "ingest" / "fixtures"
NAMES = ("posts.csv", "posts.json", "posts.ndjson", "posts.txt")
OPTIONS = (
    Options(),
    Options(platform="instagram", account="dinas"),
    Options(platform="x", zeros="keep"),
    Options(mapping={"caption": "isi", "published_at": "tanggal"}, platform="facebook", account="dinas"),
)


def survives(content: bytes, *, name: str = NAMES[0], options: Options = OPTIONS[0]) -> bool:
    """Read a file; whether it was read rather than refused as a whole.

    Raises
    ------
    AssertionError
        Rows do not add up, have no reason, or do not have the schema.
    """
    read, rejected, numbers = 0, 0, []
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / name
        path.write_bytes(content)

        def emit(posts: pl.DataFrame, rejects: pl.DataFrame) -> None:
            nonlocal read, rejected
            read, rejected = read + posts.height, rejected + rejects.height
            for frame, schema in ((posts, POLARS_SCHEMA), (rejects, REJECT_SCHEMA)):
                if frame.height:
                    assert frame.schema == schema, frame.schema
                    numbers.extend(frame["source_row"])
            if rejects.height:
                assert (rejects["reason"].str.len_chars() > 0).all()
            if posts.height:
                needed = posts.select("platform", "post_id", "account", "published_at")
                assert not sum(column.null_count() for column in needed), "a post lacks what every post has"

        try:
            result = read_file(path, options, Path(folder) / "scratch", emit)
        except TextmineError as error:
            assert str(error)
            return False
    assert (result.read, result.rejected) == (read + rejected, rejected)
    assert len(numbers) == len(set(numbers)), "a row was counted twice"
    return True


def seeds() -> Iterator[tuple[str, bytes]]:
    """Small real-shaped files of every format, with their names."""
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and path.suffix in (".csv", ".json", ".jsonl", ".ndjson", ".tab"):
            yield path.relative_to(FIXTURES).as_posix(), path.read_bytes()
