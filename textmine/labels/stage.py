"""The stages ``label select`` and ``label merge`` of a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from textmine.errors import InputError, NotEnoughDataError, WorkspaceError
from textmine.labels.blinding import blind_captions, own_hashtags
from textmine.labels.candidates import Candidates, PostPool
from textmine.labels.merge import merge_votes
from textmine.labels.selection import CANDIDATES, PER_POST, RANDOM_SHARE, choose_posts
from textmine.labels.tasks import (
    CLASSES,
    POSTS_FILE,
    SELECT,
    SETTINGS_FILE,
    TASK_SCHEMA,
    LabelTasks,
    check_classes,
    check_judges,
    dealt,
    task_names,
)
from textmine.labels.votes import VOTES_FILE, current_votes, read_votes
from textmine.matrix import StoredMatrix
from textmine.store import StageResult, Workspace, hash_path, write_json

MERGE: Final = "label merge"
MERGED_FILE: Final = "merged_labels.parquet"
JUDGES_FILE: Final = "label_judges.parquet"
CONFUSIONS_FILE: Final = "label_confusions.parquet"
OVERLAP: Final = 100
"""Posts that all judges see. With 50 of 200 a model of three judges, two of them poor, is still worse than the majority
(``bench/labels.py judges``)."""


def select_stage(
    workspace: Workspace,
    *,
    judges: Sequence[str],
    n: int = 200,
    overlap: int | None = None,
    classes: Sequence[str] | None = None,
    probabilities: Path | None = None,
    random_share: float = RANDOM_SHARE,
    also_mask: Sequence[str] = (),
    add: bool = False,
    seed: int = 0,
) -> StageResult:
    """Choose posts for judges and write ``label_posts.parquet``.

    The caller holds the workspace's lock and has made the matrix.

    Parameters
    ----------
    workspace
        With posts and a matrix.
    judges
        Names of the judges.
    n
        Posts to choose.
    overlap
        Posts that all judges see; 100 if None, or all where there are fewer.
    classes
        Labels, the best first; :data:`~textmine.labels.tasks.CLASSES`, or those of the earlier choice, if None.
    probabilities
        Parquet or CSV: platform, post_id and a column a class, of all posts or of some.
    random_share
        Part of the posts that is drawn plainly at random.
    also_mask
        Further words to hide.
    add
        Choose beside the posts that were chosen before; without it they must not exist.
    seed
        Of every draw.

    Raises
    ------
    WorkspaceError
        Posts were chosen before and ``add`` is not given.
    InputError
        ``overlap`` or ``random_share`` is out of range, or the classes are not those of the earlier choice.
    NotEnoughDataError
        There are fewer different texts than posts to choose.
    """
    named, before = check_judges(judges), _before(workspace)
    kept = check_classes(classes or (before.classes if before is not None else CLASSES))
    shared = min(OVERLAP, n) if overlap is None else overlap
    if not 0 <= shared <= n or not 0 <= random_share <= 1:
        raise InputError(f"at most all {n} posts can be judged by all judges, and a share lies between 0 and 1")
    batch = 1 + (before.n_batches if before is not None else 0)
    settings = {
        "judges": list(named), "n": n, "overlap": shared, "classes": list(kept), "random_share": random_share,
        "also_mask": list(also_mask), "seed": seed, "batch": batch,
    }  # fmt: skip
    inputs = workspace.output_hashes("ingest", "matrix")
    if probabilities is not None:
        inputs["probabilities"] = hash_path(probabilities)
    if before is not None and not add:
        return _as_before(workspace, {**settings, "batch": batch - 1}, inputs)
    if before is not None and kept != before.classes:
        raise InputError(f"the posts chosen before are judged as {', '.join(before.classes)}; so must these be")

    def build(staging: Path) -> Mapping[str, int]:
        pool = PostPool(
            workspace.scan("posts.parquet", made_by="ingest"),
            StoredMatrix.open(workspace.file("matrix")),
            register=workspace.register(),
            taken=None if before is None else before.posts.select("platform", "post_id"),
            seed=seed,
        )
        table = None if probabilities is None else _probabilities(probabilities)
        chosen = _chosen(pool, n, round(random_share * n), table, kept, seed)
        text = blind_captions(
            chosen,
            register=workspace.register(),
            own_tags=own_hashtags(workspace.scan("posts.parquet", made_by="ingest")),
            also=also_mask,
        )
        first = 1 + (len(before.posts) if before is not None else 0)
        fresh = chosen.with_columns(
            task_names(chosen, first=first),
            text,
            pl.lit(batch).alias("batch"),
            pl.Series("judges", dealt(n, named, overlap=shared, seed=seed), pl.List(pl.String)),
        )
        rows = fresh.select(TASK_SCHEMA.names()).cast(TASK_SCHEMA)
        every = rows if before is None else pl.concat([before.posts, rows])
        every.write_parquet(staging / POSTS_FILE, compression="zstd")
        known = tuple(before.judges) if before is not None else ()
        people = [*known, *(name for name in named if name not in known)]
        write_json(staging / SETTINGS_FILE, {"classes": list(kept), "judges": people})
        return {"posts": len(every), "new": len(rows)}

    return workspace.run_stage(SELECT, build, outputs=[POSTS_FILE, SETTINGS_FILE], inputs=inputs, settings=settings)


def merge_stage(workspace: Workspace) -> StageResult:
    """Merge the votes that stand: ``merged_labels.parquet``, ``label_judges.parquet`` and ``label_confusions.parquet``.

    The caller holds the workspace's lock.

    Raises
    ------
    WorkspaceError
        No posts were chosen yet.
    NotEnoughDataError
        There are no votes.
    """
    tasks = LabelTasks.open(workspace)
    votes = standing_votes(workspace, tasks)
    if votes.is_empty():
        raise NotEnoughDataError("there are no votes yet; judge with: textmine label judge", needed=1, got=0)

    def build(staging: Path) -> Mapping[str, int]:
        merged = merge_votes(votes, tasks.classes)
        drawn = tasks.posts.select("platform", "post_id", "drawn")
        table = merged.labels.join(drawn, on=["platform", "post_id"], how="left", maintain_order="left")
        table.write_parquet(staging / MERGED_FILE, compression="zstd")
        merged.judges.write_parquet(staging / JUDGES_FILE, compression="zstd")
        merged.confusions.write_parquet(staging / CONFUSIONS_FILE, compression="zstd")
        return {"posts": len(table), "votes": len(votes), "judges": len(merged.judges)}

    inputs = {VOTES_FILE: hash_path(workspace.file(VOTES_FILE))} | workspace.output_hashes(SELECT)
    outputs = [MERGED_FILE, JUDGES_FILE, CONFUSIONS_FILE]
    return workspace.run_stage(MERGE, build, outputs=outputs, inputs=inputs, settings={"classes": list(tasks.classes)})


def standing_votes(workspace: Workspace, tasks: LabelTasks) -> pl.DataFrame:
    """Votes that stand on the chosen posts, without skips."""
    votes = current_votes(read_votes(workspace)).filter(pl.col("action") == "vote")
    return votes.join(tasks.posts, on=["platform", "post_id"], how="semi").filter(pl.col("label").is_in(tasks.classes))


def _before(workspace: Workspace) -> LabelTasks | None:
    if workspace.manifest(SELECT) is None or not workspace.file(POSTS_FILE).exists():
        return None
    return LabelTasks.open(workspace)


def _as_before(workspace: Workspace, settings: Mapping[str, object], inputs: Mapping[str, str]) -> StageResult:
    """The earlier choice, if the same was asked for."""
    manifest = workspace.manifest(SELECT)
    if manifest is None or manifest.settings != settings or manifest.inputs != inputs:
        problem = f"posts were chosen before; --add chooses more beside them (or delete {POSTS_FILE} to start anew)"
        raise WorkspaceError(problem, path=workspace.path)
    return StageResult(manifest, ran=False)


def _chosen(
    pool: PostPool, n: int, n_random: int, table: pl.LazyFrame | None, classes: Sequence[str], seed: int
) -> pl.DataFrame:
    """The posts: some at random, the others chosen among the rest."""
    sample = pool.at_random(n_random if table is not None else max(CANDIDATES, PER_POST * n))
    if len(sample.posts) < n_random or (table is None and len(sample.posts) < n):
        raise NotEnoughDataError("there are too few different texts to choose from", needed=n, got=len(sample.posts))
    at_random = sample.posts[:n_random]
    if table is None:
        rest = Candidates(sample.posts[n_random:], sample.counts[n_random:])
    else:
        unsure = pool.unsure(table, classes, PER_POST * n + n_random)
        kept = np.flatnonzero(~unsure.posts["row"].is_in(at_random["row"].implode()).to_numpy())
        rest = Candidates(unsure.posts[kept], unsure.counts[kept])
    rows = choose_posts(rest.posts, rest.counts, n - n_random, population=pool.population(), seed=seed)
    parts = [at_random.with_columns(pl.lit("random").alias("drawn"))]
    parts.append(rest.posts[rows].with_columns(pl.lit("chosen").alias("drawn")))
    found = pl.concat(parts, how="diagonal")
    if "uncertainty" not in found.columns:
        found = found.with_columns(pl.lit(None, pl.Float64).alias("uncertainty"))
    return found.sort("row")


def _probabilities(path: Path) -> pl.LazyFrame:
    if not path.exists():
        raise InputError("no such table of probabilities", path=path)
    if path.is_dir() or path.suffix.lower() == ".parquet":
        return pl.scan_parquet(sorted(path.rglob("*.parquet")) if path.is_dir() else path)
    return pl.scan_csv(path, schema_overrides={"post_id": pl.String})
