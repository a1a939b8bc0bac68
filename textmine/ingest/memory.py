"""Posts in memory, for Python: the same reading as :func:`textmine.ingest.ingest`, without a workspace."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from textmine.errors import InputError
from textmine.ingest.collector import Collector, with_agencies
from textmine.ingest.dedupe import PostReader, choose
from textmine.ingest.plan import Options, Zeros
from textmine.ingest.pseudonyms import Pseudonyms
from textmine.ingest.register import read_agencies
from textmine.ingest.sources import expand, standard_input
from textmine.platforms import Platform
from textmine.posts import REJECT_SCHEMA, PostSchema, empty_posts


def read_posts(
    *sources: str | Path,
    agencies: pl.DataFrame | str | Path | None = None,
    mapping: Mapping[str, str] | None = None,
    platform: Platform | None = None,
    account: str | None = None,
    zeros: Zeros = "auto",
    pseudonymise: str | Path | None = None,
    pseudonymise_ids: bool = False,
    on_reject: Literal["warn", "raise", "ignore"] = "warn",
) -> pl.DataFrame:
    """Read exports as canonical posts.

    Parameters
    ----------
    sources
        Files, folders and patterns; ``-`` is the standard input.
    agencies, mapping, platform, account, zeros, pseudonymise, pseudonymise_ids
        As for :func:`textmine.ingest.ingest`.
    on_reject
        What to do when rows cannot be read: warn with their number and the first reason, raise, or nothing. The
        rows themselves: :func:`read_posts_with_rejects`.

    Returns
    -------
    polars.DataFrame
        Columns of :class:`textmine.posts.PostSchema`, shape (n_posts, 25), in order of first appearance; a post that
        appears several times has its newest figures.

    Raises
    ------
    InputError
        A source cannot be read as posts, or a row was refused and ``on_reject`` is ``"raise"``.

    Examples
    --------
    >>> read_posts("exports/instagram.csv", "exports/x.ndjson")  # doctest: +SKIP
    """
    posts, rejects = read_posts_with_rejects(
        *sources,
        agencies=agencies,
        mapping=mapping,
        platform=platform,
        account=account,
        zeros=zeros,
        pseudonymise=pseudonymise,
        pseudonymise_ids=pseudonymise_ids,
    )
    if rejects.height and on_reject != "ignore":
        first = rejects.row(0, named=True)
        if on_reject == "raise":
            raise InputError(
                first["reason"],
                path=first["source"],
                row=first["source_row"],
                column=first["column"],
                value=first["value"],
            )
        place = f"{first['source']}, row {first['source_row']}"
        warnings.warn(f"{rejects.height:,} rows were refused; the first: {place}: {first['reason']}", stacklevel=2)
    return posts


def read_posts_with_rejects(
    *sources: str | Path,
    agencies: pl.DataFrame | str | Path | None = None,
    mapping: Mapping[str, str] | None = None,
    platform: Platform | None = None,
    account: str | None = None,
    zeros: Zeros = "auto",
    pseudonymise: str | Path | None = None,
    pseudonymise_ids: bool = False,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read exports as canonical posts, and the refused rows beside them.

    Parameters
    ----------
    sources, agencies, mapping, platform, account, zeros, pseudonymise, pseudonymise_ids
        As for :func:`read_posts`.

    Returns
    -------
    posts : polars.DataFrame
        Shape (n_posts, 25).
    rejects : polars.DataFrame
        Columns of :data:`textmine.posts.REJECT_SCHEMA`, shape (n_rejected, 6).

    Raises
    ------
    InputError
        A source cannot be read as posts.
    """
    register = read_agencies(agencies) if isinstance(agencies, str | Path) else agencies
    names = None
    if pseudonymise is not None:
        names = Pseudonyms.from_file(pseudonymise, register, hash_ids=pseudonymise_ids)
    elif pseudonymise_ids:
        raise InputError("ids are hashed with a key only: give pseudonymise too")
    options = Options(dict(mapping or {}), platform, account, zeros, names)
    with tempfile.TemporaryDirectory(prefix="textmine-") as folder, standard_input(sources) as given:
        collector = Collector(Path(folder), partitioned=False)
        collector.read_all(expand(given, register=agencies), options, None)
        reader = PostReader(choose([], collector.parts, collector.keys))
        frames = [reader.read(number, stored=False) for number in range(len(collector.parts))]
    posts = pl.concat([empty_posts(), *(names.bare(frame) if names else frame for frame in frames)]).rechunk()
    if register is not None:
        posts = with_agencies(posts, register)
    return PostSchema.validate(posts), pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *collector.rejects])
