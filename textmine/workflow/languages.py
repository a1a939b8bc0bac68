"""The stage ``languages`` of a workspace: in which language each post is written, and the shares in each group."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from textmine.batches import iter_batches
from textmine.errors import InputError
from textmine.groups import Grouping, group_of
from textmine.language.identify import LANGUAGE, LanguageIdentifier
from textmine.posts import is_credited
from textmine.store import StageResult, Workspace
from textmine.workflow.stages import last_language_settings, matrix_stage

LANGUAGES_TABLE: Final = "languages.parquet"

LANGUAGE_SHARES_SCHEMA: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "by": pl.String,
    "group": pl.String,
    "language": LANGUAGE,
    "posts": pl.UInt32,
    "share": pl.Float64,
    "mean_probability": pl.Float64,
}


def languages_stage(workspace: Workspace, *, progress: Callable[[int], None] | None = None) -> StageResult:
    """Identify the language of every post and write ``languages.parquet``.

    The table has a row for every post, in the order of ``posts.parquet``: ``platform``, ``post_id``, ``language`` and
    ``language_probability``, both null where there is no word to judge by. The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    progress
        Called with the number of posts done.

    Raises
    ------
    InputError
        There are no posts.
    """

    def build(staging: Path) -> Mapping[str, int]:
        identifier = LanguageIdentifier()
        folder = staging / LANGUAGES_TABLE
        folder.mkdir()
        done = without = 0
        posts = workspace.scan("posts.parquet", made_by="ingest").select("platform", "post_id", "caption")
        for number, batch in enumerate(iter_batches(posts)):
            found = identifier.identify(batch["caption"])
            part = pl.concat([batch.drop("caption"), found], how="horizontal")
            part.write_parquet(folder / f"part-{number:05d}.parquet", compression="zstd")
            without += found["language"].null_count()
            done += len(batch)
            if progress is not None:
                progress(done)
        if not done:
            raise InputError("there are no posts to analyse")
        return {"posts": done, "posts_without_words": without}

    inputs = workspace.output_hashes("ingest")
    return workspace.run_stage("languages", build, outputs=[LANGUAGES_TABLE], inputs=inputs, settings={})


def choose_languages(
    workspace: Workspace, languages: Collection[str], *, progress: Callable[[int], None] | None = None
) -> StageResult:
    """Count terms anew, from now on in posts of these languages only; of all posts if there are none.

    ``rows["posts_in_other_languages"]`` of the manifest says how many posts have no terms for it. The caller holds the
    workspace's lock.
    """
    # Phrases, where they are terms, are found anew.
    chosen = replace(last_language_settings(workspace), languages=tuple(languages), phrases=None)
    return matrix_stage(workspace, language=chosen, progress=progress)


def language_shares(workspace: Workspace, by: Grouping = "agency") -> pl.DataFrame:
    """How many posts of each group are written in each language.

    Parameters
    ----------
    workspace
        With ``languages.parquet``.
    by
        What a group is.

    Returns
    -------
    polars.DataFrame
        Columns of ``LANGUAGE_SHARES_SCHEMA``, sorted by group and language; posts that are credited to nobody are left
        out. ``language`` is null for posts without a word to judge by, and ``share`` is out of all posts of the group.
    """
    group = group_of(by, agencies=workspace.register()).alias("group")
    posts = workspace.scan("posts.parquet", made_by="ingest")
    # Row by row: both tables are in the order of the posts.
    credited = posts.select(group, is_credited().alias("credited")).collect()
    found = workspace.scan(LANGUAGES_TABLE, made_by="languages").select("language", "language_probability").collect()
    beside = pl.concat([credited, found], how="horizontal").filter("credited")
    counted = beside.group_by("group", "language").agg(
        pl.len().alias("posts"), pl.col("language_probability").mean().alias("mean_probability")
    )
    table = counted.with_columns(
        (pl.col("posts") / pl.col("posts").sum().over("group")).alias("share"), pl.lit(by).alias("by")
    )
    return table.select(pl.col(name).cast(dtype) for name, dtype in LANGUAGE_SHARES_SCHEMA.items()).sort(
        "group", "language", nulls_last=True
    )
