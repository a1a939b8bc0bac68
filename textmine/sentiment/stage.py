"""The stages ``sentiment`` and ``comments_sentiment`` of a workspace: what agencies say, and what the public says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.batches import in_order, iter_batches
from textmine.errors import WorkspaceError
from textmine.ingest.comments import COMMENT_SCHEMA, comment_files, read_comments
from textmine.ingest.sources import source_name
from textmine.platforms import Platform
from textmine.plugins import FORMATS, recorded
from textmine.posts import KEY, POLARS_SCHEMA
from textmine.sentiment.classifier import SentimentClassifier
from textmine.sentiment.labels import DESCRIBED_SCHEMA, SentimentModel
from textmine.sentiment.models import LoadedModel, load_model
from textmine.store import StageResult, Workspace, hash_path

STAGE: Final = "sentiment"
POSTS: Final = "sentiment.parquet"
COMMENTS_STAGE: Final = "comments_sentiment"
COMMENTS: Final = "comments_sentiment.parquet"

POSTS_SCHEMA: Final = pl.Schema({name: POLARS_SCHEMA[name] for name in KEY} | dict(DESCRIBED_SCHEMA))
"""One row a post, in the order of ``posts.parquet``."""

COMMENTS_SCHEMA: Final = pl.Schema(
    {name: dtype for name, dtype in COMMENT_SCHEMA.items() if name not in ("author", "text")} | dict(DESCRIBED_SCHEMA)
)
"""One row a comment; ``by_owner`` marks an agency's own, which are in no figure. Neither text nor author is kept."""

SAMPLED: Final = 20_000
"""Posts whose words are compared with those that the classifier learned."""

Progress = Callable[[int], None]


def sentiment_stage(
    workspace: Workspace,
    *,
    model: str | None = None,
    labels: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> StageResult:
    """Say of every post how it leans, and write ``sentiment.parquet``, a folder of parts.

    The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    model, labels
        As for :func:`~textmine.sentiment.models.load_model`; those of the last run if None, or the shipped model.
    progress
        Called with the number of posts done.

    Raises
    ------
    WorkspaceError
        There are no posts.
    ModelError
        The model cannot be used.
    """
    loaded = _load(workspace, STAGE, model, labels)

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest").select(*KEY, "caption")
        written = _write(staging / POSTS, _described_posts(posts, loaded), POSTS_SCHEMA, "posts", progress)
        return written | _unseen_words(posts, written["posts"], loaded.model)

    return workspace.run_stage(
        STAGE,
        build,
        outputs=[POSTS],
        inputs={"posts.parquet": workspace.output_hashes("ingest")["posts.parquet"]},
        settings=_settings(loaded),
    )


def comments_stage(
    workspace: Workspace,
    sources: Sequence[str | Path],
    *,
    platform: Platform | None = None,
    model: str | None = None,
    labels: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> StageResult:
    """Say of every comment how it leans, and write ``comments_sentiment.parquet``, a folder of parts.

    Comments that agencies wrote themselves are marked: by what the export says, and by the accounts of the posts. A
    comment that stands in the files twice, by its id, is taken once.

    Parameters
    ----------
    workspace
        With posts.
    sources
        Files, folders and patterns, as for :func:`~textmine.ingest.comments.comment_files`.
    platform
        Of comments that do not say theirs.
    model, labels, progress
        As for :func:`sentiment_stage`.

    Raises
    ------
    InputError
        A file cannot be read, or none holds comments.
    """
    loaded = _load(workspace, COMMENTS_STAGE, model, labels)
    files, left_out = comment_files(sources)

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        own = posts.select(pl.col("platform").cast(pl.String), "account").unique().collect()
        batches = _unique(batch for file in files for batch in read_comments(file, platform=platform))
        described = (_described_comments(batch, own, loaded) for batch in batches)
        counted = _write(staging / COMMENTS, described, COMMENTS_SCHEMA, "comments", progress)
        own_rows = pl.scan_parquet(staging / COMMENTS / "*.parquet").select(pl.col("by_owner").sum()).collect().item()
        return {"files": len(files), "files_left_out": len(left_out), **counted, "by_agencies": int(own_rows)}

    return workspace.run_stage(
        COMMENTS_STAGE,
        build,
        outputs=[COMMENTS],
        inputs={source_name(file): hash_path(file) for file in files}
        | {"posts.parquet": workspace.output_hashes("ingest")["posts.parquet"]},
        settings=_settings(loaded) | {"platform": platform} | recorded(FORMATS),
    )


def _load(workspace: Workspace, stage: str, model: str | None, labels: Mapping[str, str] | None) -> LoadedModel:
    """Load the model asked for, or that of the last run."""
    last = workspace.manifest(stage)
    if model is not None or last is None:
        return load_model(model, labels=labels)
    return load_model(last.settings["model"], labels=last.settings["labels"] if labels is None else labels)


def _settings(loaded: LoadedModel) -> dict[str, Any]:
    return {"model": loaded.spec, "labels": dict(loaded.labels), "fingerprint": loaded.fingerprint}


def current_stage(workspace: Workspace, stage: str = STAGE) -> dict[str, Any]:
    """Settings of a stage that is up to date with the posts.

    Raises
    ------
    WorkspaceError
        It has not been run, or the posts have changed since.
    """
    manifest = workspace.manifest(stage)
    command = "textmine sentiment" + (" --comments FILES" if stage == COMMENTS_STAGE else "")
    if manifest is None:
        raise WorkspaceError(f"not done yet; run: {command}", path=workspace.path, stage=stage)
    if not workspace.inputs_unchanged(stage, "ingest"):
        raise WorkspaceError(f"posts have changed since; run: {command}", path=workspace.path, stage=stage)
    return manifest.settings


def _described_posts(posts: pl.LazyFrame, loaded: LoadedModel) -> Iterator[pl.DataFrame]:
    model = loaded.model

    def read(batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        captions = batch["caption"]
        return batch.select(KEY), model.tokens_of(captions) if isinstance(model, SentimentClassifier) else captions

    for keys, captions in in_order(read, iter_batches(posts), at_once=1):
        yield keys.hstack(model.describe(captions))


def _unseen_words(posts: pl.LazyFrame, n_posts: int, model: SentimentModel) -> dict[str, int]:
    """Words that the classifier has not learned, in posts at equal distances; nothing for models of others."""
    if not isinstance(model, SentimentClassifier):
        return {}
    step = max(1, n_posts // SAMPLED)
    drift = model.unseen_words(posts.select(pl.col("caption").gather_every(step)).collect()["caption"])
    expected = round(drift.expected_tokens * drift.n_tokens)
    unseen = round(drift.tokens * drift.n_tokens)
    return {"words": drift.n_tokens, "words_unseen": unseen, "words_expected": expected}


def _described_comments(batch: pl.DataFrame, own: pl.DataFrame, loaded: LoadedModel) -> pl.DataFrame:
    by_account = batch.select(pl.col("platform").cast(pl.String), pl.col("author").alias("account"))
    known = by_account.join(own.with_columns(pl.lit(True).alias("own")), on=["platform", "account"], how="left",
                            maintain_order="left")["own"].fill_null(False)  # fmt: skip
    marked = batch.with_columns((pl.col("by_owner").fill_null(False) | known).alias("by_owner"))
    return marked.drop("author", "text").hstack(loaded.model.describe(batch["text"]))


def _unique(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Drop comments that came before, by platform and id; those without an id are all kept."""
    seen = pl.DataFrame(schema={"key": pl.UInt64})
    for batch in batches:
        keyed = batch.with_columns(pl.struct(pl.col("platform").cast(pl.String), "comment_id").hash(1).alias("key"))
        fresh = keyed.join(seen, on="key", how="anti", maintain_order="left").filter(
            pl.col("comment_id").is_null() | pl.col("key").is_first_distinct()
        )
        seen = pl.concat([seen, fresh.filter(pl.col("comment_id").is_not_null()).select("key")])
        yield fresh.drop("key")


def _write(
    folder: Path, batches: Iterable[pl.DataFrame], schema: pl.Schema, what: str, progress: Progress | None
) -> dict[str, int]:
    """Write parts as they come; returns how many rows there are, and how many without text."""
    folder.mkdir()
    done, silent, number = 0, 0, 0
    for number, batch in enumerate(batches, start=1):
        part = batch.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
        part.write_parquet(folder / f"part-{number - 1:05d}.parquet", compression="zstd")
        done += len(part)
        silent += part["label"].null_count()
        if progress is not None:
            progress(done)
    if not number:
        schema.to_frame().write_parquet(folder / "part-00000.parquet")
    return {what: done, f"{what}_without_text": silent}
