"""The stage ``integrity`` of a workspace: reasons to look at a post or an account before it is ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from textmine.batches import detached, iter_batches
from textmine.duplicates import NEAR_DUPLICATES
from textmine.features.audience import audience_readings
from textmine.groups import group_of
from textmine.ingest.comments import COMMENT_SCHEMA, comment_files, read_comments
from textmine.ingest.sources import source_name
from textmine.integrity.copied import copied_comments
from textmine.integrity.credit import borrowed_posts
from textmine.integrity.jumps import follower_jumps
from textmine.integrity.likes import likes_without_comments
from textmine.integrity.sentences import ACCOUNT_REASONS, REASONS, evidence
from textmine.integrity.wording import GiveawayReader, lexicon_hash
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.platforms import Platform
from textmine.posts import KEY, POLARS_SCHEMA, is_credited
from textmine.store import StageResult, Workspace, hash_path

STAGE: Final = "integrity"
FLAGS: Final = "integrity.parquet"
ACCOUNTS: Final = "integrity_accounts.parquet"

FLAGS_SCHEMA: Final = pl.Schema(
    {
        "platform": POLARS_SCHEMA["platform"],
        "post_id": pl.String(),
        "account": pl.String(),
        "agency": pl.String(),
        "reason": pl.Enum(REASONS),
        "score": pl.Float64(),
        "evidence": pl.String(),
    }
)
"""One row a post and reason, in the order of ``posts.parquet``; ``agency`` is the account where there is none."""

ACCOUNTS_SCHEMA: Final = pl.Schema(
    {
        "platform": POLARS_SCHEMA["platform"],
        "account": pl.String(),
        "agency": pl.String(),
        "reason": pl.Enum(ACCOUNT_REASONS),
        "score": pl.Float64(),
        "since": pl.Date(),
        "until": pl.Date(),
        "followers_before": pl.Int64(),
        "followers_after": pl.Int64(),
        "engagement_rise": pl.Float64(),
        "evidence": pl.String(),
    }
)
"""One row an account and reason: days between which it happened, what was read before and after."""

_FOUND: Final = ("row", "reason", "score", "evidence")


def integrity_stage(
    workspace: Workspace,
    *,
    comments: Sequence[str | Path] = (),
    platform: Platform | None = None,
    lang: Language = DEFAULT_LANGUAGE,
    progress: Callable[[int], None] | None = None,
) -> StageResult:
    """Write ``integrity.parquet`` and ``integrity_accounts.parquet``. No post is removed and no figure is changed.

    Copies of other agencies' posts are looked for where the stage ``duplicates`` is up to date. The caller holds the
    workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    comments
        Files, folders and patterns of comments, as for :func:`textmine.ingest.comments.comment_files`.
    platform
        Of comments that do not say theirs.
    lang
        Of the evidence.
    progress
        Called with the number of posts read.

    Raises
    ------
    WorkspaceError
        There are no posts.
    InputError
        A file of comments cannot be read.
    """
    made = workspace.output_hashes("ingest")
    copies = workspace.inputs_unchanged("duplicates", "ingest")
    files = comment_files(comments)[0] if comments else []
    inputs = made | (workspace.output_hashes("duplicates") if copies else {})

    def build(staging: Path) -> Mapping[str, int]:
        posts = workspace.scan("posts.parquet", made_by="ingest")
        near = workspace.scan(NEAR_DUPLICATES, made_by="duplicates") if copies else None
        found = [_wording(posts, lang, progress), _likes(posts, lang), *_borrowed(posts, near, lang)]
        if files:
            found.append(_copied(posts, files, platform, staging, lang))
        flags = _keyed(posts, pl.concat(found))
        flags.write_parquet(staging / FLAGS, compression="zstd")
        snapshots = workspace.scan("snapshots.parquet", made_by="ingest")
        readings = audience_readings(posts, snapshots)
        accounts = _accounts(posts, readings, lang)
        accounts.write_parquet(staging / ACCOUNTS, compression="zstd")
        several = readings.group_by("platform", "account").len().filter(pl.col("len") > 1)
        return {
            "posts": posts.select(pl.len()).collect().item(),
            "flags": len(flags),
            "accounts": len(accounts),
            "accounts_with_readings": len(several),
            "copies_sought": int(copies),
        }

    return workspace.run_stage(
        STAGE,
        build,
        outputs=[FLAGS, ACCOUNTS],
        inputs=inputs | {source_name(file): hash_path(file) for file in files},
        settings={"lang": lang, "comments": len(files), "platform": platform, "lexicon": lexicon_hash()},
    )


def current_integrity_stage(workspace: Workspace, *, progress: Callable[[int], None] | None = None) -> StageResult:
    """Flags of the posts as they are now: as they were found last, with the comments of then, or found anew.

    Parameters
    ----------
    workspace
        With posts. The caller holds its lock.
    progress
        Called with the number of posts read.

    Raises
    ------
    WorkspaceError
        There are no posts.
    """
    last = workspace.manifest(STAGE)
    if last is not None and workspace.is_current(STAGE, "ingest"):
        return StageResult(last, ran=False)
    return integrity_stage(workspace, progress=progress)


def _wording(posts: pl.LazyFrame, lang: Language, progress: Callable[[int], None] | None) -> pl.DataFrame:
    reader, first, parts = GiveawayReader(), 0, []
    for batch in iter_batches(posts.select("caption", "hashtags", is_credited().alias("credited"))):
        own = batch["credited"].arg_true()
        found = reader.read(batch[own])
        parts.append(found.with_columns((own.gather(found["row"]) + first).cast(pl.UInt32).alias("row")))
        first += len(batch)
        if progress is not None:
            progress(first)
    if not parts:
        return _evident(reader.read(_no_captions()), None, lang)
    return _evident(pl.concat(parts), None, lang)


def _no_captions() -> pl.DataFrame:
    return pl.DataFrame(schema={"caption": pl.String, "hashtags": pl.List(pl.String)})


def _likes(posts: pl.LazyFrame, lang: Language) -> pl.DataFrame:
    return _evident(likes_without_comments(posts), "likes_without_comments", lang)


def _borrowed(posts: pl.LazyFrame, near: pl.LazyFrame | None, lang: Language) -> list[pl.DataFrame]:
    return [_evident(borrowed_posts(posts, near), None, lang)]


def _copied(
    posts: pl.LazyFrame, files: Sequence[Path], platform: Platform | None, staging: Path, lang: Language
) -> pl.DataFrame:
    """Comments are laid on the disk while they are compared: they are read twice."""
    folder = staging / "comments"
    folder.mkdir()
    COMMENT_SCHEMA.to_frame().write_parquet(folder / "0.parquet")
    batches = (batch for file in files for batch in read_comments(file, platform=platform))
    for number, batch in enumerate(batches, start=1):
        batch.select(COMMENT_SCHEMA.names()).write_parquet(folder / f"{number:06}.parquet")
    comments = pl.scan_parquet(sorted(folder.glob("*.parquet")))
    once = comments.filter(pl.col("comment_id").is_null() | pl.struct("platform", "comment_id").is_first_distinct())
    return _evident(copied_comments(once, posts), "copied_comments", lang)


def _evident(found: pl.DataFrame, reason: str | None, lang: Language) -> pl.DataFrame:
    """Row, reason, score and evidence; the reason is a column where it is not given."""
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String, "score": pl.Float64, "evidence": pl.String})]
    if reason is not None:
        found = found.with_columns(pl.lit(reason).alias("reason"))
    for name in REASONS:
        mine = found.filter(pl.col("reason") == name)
        if not mine.is_empty():
            parts.append(mine.with_columns(evidence(name, lang=lang)).select(_FOUND))
    return pl.concat(parts)


def _keyed(posts: pl.LazyFrame, found: pl.DataFrame) -> pl.DataFrame:
    keys = posts.select(*KEY, "account", group_of("agency").alias("agency")).with_row_index("row")
    flagged = detached(keys.filter(pl.col("row").is_in(found["row"].unique().implode())))
    whole = flagged.join(found.lazy(), on="row", how="inner").collect(engine="streaming")
    typed = whole.select("row", *(pl.col(name).cast(dtype) for name, dtype in FLAGS_SCHEMA.items()))
    return typed.sort("row", "reason").drop("row")


def _accounts(posts: pl.LazyFrame, readings: pl.DataFrame, lang: Language) -> pl.DataFrame:
    found = follower_jumps(readings, posts)
    account = (pl.col("platform").cast(pl.String), pl.col("account"))
    owners = posts.group_by(*account).agg(group_of("agency").min().alias("agency"))
    owned = found.lazy().join(owners, on=("platform", "account"), how="left").collect()
    said = owned.with_columns(pl.lit("follower_jump").alias("reason"), evidence("follower_jump", lang=lang))
    return said.select(pl.col(name).cast(dtype) for name, dtype in ACCOUNTS_SCHEMA.items()).sort("platform", "account")
