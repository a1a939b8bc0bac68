"""What a tool's table looks like and which of its columns mean what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from textmine.ingest.synonyms import fold_name
from textmine.platforms import Platform
from textmine.posts import REPORT_TIME_ZONE

UTC: Final = "UTC"
Empty = Literal["zero", "hidden"]
"""What an empty cell of a figure says where the tool reports that figure for other posts of the file."""


@dataclass(frozen=True)
class Layout:
    """A tool's table.

    Parameters
    ----------
    name
        The tool and the kind of its table, as the output of ingest and docs/formats.md name it.
    columns
        Columns that together only this tool writes, folded; all must be there.
    platform
        Platform of every post, or None where the rows say it.
    zone
        Zone of times that carry none.
    reads
        Source columns of each target of :mod:`textmine.ingest.synonyms`: a row takes the first that it fills. Where
        this is given no other column is read, so a figure without an entry is one that the tool does not report. Empty:
        columns are found by their names. A column ``collected_at`` is read in every table: scripts add it to exports of
        tools that do not say when they collected.
    escaped_lines
        Whether line breaks of captions are written as a backslash and an n.
    refused
        Why posts of this table cannot be read; the file is refused with it.
    written
        The columns that it is recognised by, as the tool writes them.
    documented
        Where the names are documented: the tool's own source or the platform's pages.
    remarks
        What a user must know of the figures, one sentence or two, for docs/formats.md.
    not_posts
        Source columns with a regular expression each: rows whose cell fits are something else than a post (a profile,
        a comment, a failed query) and are refused as such.
    empty
        Figures of which the tool leaves out a certain value: none (``zero``) or what the owner hides (``hidden``).
        It holds in files that report the figure for at least one post; elsewhere the figure is null.
    no_zero
        Figures for which the tool writes 0 where it knows nothing: their 0 is null.
    true_zeros
        Whether the tool hands on the platform's own counts and leaves out what it does not know, so that even a column
        of zeros alone is a column of counts.
    """

    name: str
    columns: frozenset[str]
    platform: Platform | None = None
    zone: str = REPORT_TIME_ZONE
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    escaped_lines: bool = False
    refused: str = ""
    documented: str = ""
    remarks: str = ""
    written: tuple[str, ...] = ()
    not_posts: Mapping[str, str] = field(default_factory=dict)
    empty: Mapping[str, Empty] = field(default_factory=dict)
    no_zero: tuple[str, ...] = ()
    true_zeros: bool = False


def layout(
    name: str,
    columns: str,
    platform: Platform | None = None,
    zone: str = REPORT_TIME_ZONE,
    *,
    reads: Mapping[str, str] | None = None,
    escaped_lines: bool = False,
    refused: str = "",
    documented: str = "",
    remarks: str = "",
    not_posts: Mapping[str, str] | None = None,
    empty: Mapping[str, Empty] | None = None,
    no_zero: str = "",
    true_zeros: bool = False,
) -> Layout:
    """Write a layout with its columns parted by spaces; ``_`` stands for a space inside a name."""
    if reads:
        reads = {**reads, "collected_at": f"{reads.get('collected_at', '')} collected_at"}
    return Layout(
        name,
        frozenset(fold_name(column) for column in columns.split()),
        platform,
        zone,
        {target: tuple(names.split()) for target, names in (reads or {}).items()},
        escaped_lines,
        refused,
        documented,
        remarks,
        tuple(columns.split()),
        not_posts or {},
        empty or {},
        tuple(no_zero.split()),
        true_zeros,
    )
