"""``textmine topics update``: topics of a workspace learn from the posts that were added since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.errors import WorkspaceError
from textmine.language.settings import LanguageSettings
from textmine.posts import KEY
from textmine.store import StageResult, Workspace
from textmine.topics.coherence import DIVERSITY_TERMS, diversity
from textmine.topics.description import TOPICS_SCHEMA
from textmine.topics.drift import DRIFT_SCHEMA, moved_words, overall, verdict, word_drift
from textmine.topics.revised import RevisedTopicModel
from textmine.topics.revised_files import load_topics
from textmine.topics.revision import described
from textmine.topics.revision_stage import write_revised
from textmine.topics.tally import TopicTally
from textmine.topics.terms import PostRoles
from textmine.topics.update import Grown, grow
from textmine.topics.workspace import WorkspaceTopics

if TYPE_CHECKING:
    import numpy.typing as npt

DRIFT: Final = "topic_drift.parquet"


@dataclass(frozen=True)
class UpdateResult:
    """What an update did.

    Parameters
    ----------
    stage
        The stage ``topics``.
    n_new_posts
        Posts that the topics had not seen.
    drift
        Columns of ``topic_drift.parquet``; no rows without new posts.
    divergence
        Mean divergence of the topics' words beyond chance, in bits.
    words
        What to make of it, in words.
    """

    stage: StageResult
    n_new_posts: int
    drift: pl.DataFrame
    divergence: float
    words: str


def update_stage(
    workspace: Workspace,
    *,
    max_new_topics: int = 5,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> UpdateResult:
    """Let the topics learn from posts that were ingested since; the caller holds the lock and has made the matrix.

    Ids stay: a topic keeps its id and, while its words hold, its label; new topics get ids that were never used; topics
    without new posts are kept and marked. Without new posts nothing changes.

    Raises
    ------
    WorkspaceError
        There are no topics yet.
    ModelError
        The method cannot learn on.
    """
    if workspace.manifest("topics") is None:
        raise WorkspaceError("no topics yet; run: textmine topics", path=workspace.path, stage="topics")
    before = RevisedTopicModel.of(load_topics(workspace.file("topic_model")))
    opened = WorkspaceTopics.read(workspace, before)
    is_new = new_posts(workspace, opened)
    roles = PostRoles.of(opened.posts)
    if not (is_new & roles.counts).any():
        return _nothing_new(workspace, before, progress)
    grown = grow(before, opened.matrix, roles, is_new, max_new_topics=max_new_topics)
    matrix = workspace.manifest("matrix")
    if matrix is not None:  # phrases may have been found anew since the topics were fitted
        grown.model.language = LanguageSettings(**matrix.settings)
    after = RevisedTopicModel(
        grown.model, base_ids=grown.ids, topics=before.topics_, history=(*before.history, _record(before, grown))
    )
    drift = _drift(before, after, grown, opened, is_new, seed)
    same = drift.filter(~pl.col("verdict").is_in(["new", "changed"]))
    kept = dict(same.select("topic", "label_before").iter_rows())
    after.topics_ = described(after, sorted(grown.ids.tolist()), opened.with_model(after).blocks(), labels=kept)
    drift = _labelled(drift, after.topics_)
    _score(grown, after)
    stage = write_revised(workspace, after, progress=progress, more={DRIFT: drift})
    mean, words = overall(drift)
    return UpdateResult(stage, int((is_new & roles.counts).sum()), drift, mean, words)


def new_posts(workspace: Workspace, opened: WorkspaceTopics) -> npt.NDArray[np.bool_]:
    """Which posts the topics have not seen: those that the last tables do not hold.

    A post without any topic is in no table; it counts as new when the old topics do explain it now (then it cannot have
    been there) or when it is younger than all that were there on its platform.
    """
    found_before = workspace.scan("post_topics.parquet", made_by="topics").select(KEY).unique()
    seen = found_before.with_columns(seen=pl.lit(True))
    rows = opened.posts.select(*KEY, "published_at").join(seen, on=KEY, how="left", maintain_order="left").collect()
    known = pl.col("seen").fill_null(value=False)
    last = pl.when(known).then("published_at").max().over("platform")
    table = rows.select(known.alias("known"), (pl.col("published_at") > last).fill_null(value=True).alias("younger"))
    about = np.concatenate([np.zeros(0, bool), *(block.shares.any(axis=1) for block in opened.blocks())])
    found: npt.NDArray[np.bool_] = ~table["known"].to_numpy() & (about | table["younger"].to_numpy())
    return found


def _nothing_new(
    workspace: Workspace, before: RevisedTopicModel, progress: Callable[[int], None] | None
) -> UpdateResult:
    """Leave the topics as they are; the tables follow the posts if figures of these have changed."""
    manifest = workspace.manifest("topics")
    if manifest is not None and workspace.is_current("topics", "ingest", "matrix"):
        stage = StageResult(manifest, ran=False)
    else:
        stage = write_revised(workspace, before, progress=progress)
    return UpdateResult(stage, 0, DRIFT_SCHEMA.to_frame(), 0.0, "no new posts; the topics are what they were")


def _record(before: RevisedTopicModel, grown: Grown) -> dict[str, Any]:
    old = before.topics_.sort("topic")
    return {
        "action": "update",
        "topics": old["topic"].to_list(),
        "labels": old["label"].to_list(),
        "into": [int(topic) for topic in grown.ids[len(old) :]],
        "held": list(grown.held),
        "data": grown.model.data_hash_,
    }


def _drift(
    before: RevisedTopicModel,
    after: RevisedTopicModel,
    grown: Grown,
    opened: WorkspaceTopics,
    is_new: npt.NDArray[np.bool_],
    seed: int,
) -> pl.DataFrame:
    """One row a topic, in the order of ids; labels of new topics are still missing."""
    ids, n_old = grown.ids, len(grown.before)
    share, n_main, n_posts, grown.model.n_without_topic_ = _shares(after, opened, is_new)
    apart, chance, was, now = word_drift(grown.sample, after.shares_of(grown.sample)[:, ids], grown.is_new, seed=seed)
    total = now.sum(axis=1)
    unknown = np.divide(now[:, ~grown.known].sum(axis=1), total, out=np.zeros(len(ids)), where=total > 0)
    gained, lost = moved_words(was, now, grown.model.vocabulary_["surface"].to_list())
    rows = after.scaled_components()[ids[:n_old]]
    length = np.linalg.norm(rows, axis=1)
    cosine = (rows * grown.before).sum(axis=1) / np.where(length > 0, length, 1.0)
    labels = dict(before.topics_.select("topic", "label").iter_rows())
    table = []
    for i, topic in enumerate(ids.tolist()):
        known = not (np.isnan(apart[i]) or np.isnan(chance[i]))
        figures = {
            "divergence": float(apart[i]) if known else None,
            "by_chance": float(chance[i]) if known else None,
            "share_before": float(share[0, topic]),
            "share_after": float(share[1, topic]),
            "n_main_before": int(n_main[0, topic]),
            "n_main_after": int(n_main[1, topic]),
        }
        judged = {**figures, "excess": float(apart[i] - chance[i]) if known else None}
        table.append(
            {
                "topic": topic,
                "label_before": labels.get(topic),
                "verdict": verdict(judged, is_new=i >= n_old, n_before=int(n_posts[0]), n_after=int(n_posts[1])),
                "cosine": float(cosine[i]) if i < n_old else None,
                **figures,
                "new_terms": float(unknown[i]),
                "gained": gained[i],
                "lost": lost[i],
            }
        )
    return pl.DataFrame(table, schema={name: kind for name, kind in DRIFT_SCHEMA.items() if name != "label"})


def _shares(
    after: RevisedTopicModel, opened: WorkspaceTopics, is_new: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Mean shares, posts mainly about each topic, and posts: old in the first row, new in the second; posts without."""
    tallies, start = [TopicTally([], after.n_ids) for _ in range(2)], 0
    for block in opened.with_model(after).blocks():
        counted = block.credited
        flags = is_new[start : start + len(block.posts)]
        for tally, chosen in zip(tallies, (counted & ~flags, counted & flags), strict=True):
            rows = np.flatnonzero(chosen)
            tally.add(block.counts[rows], block.shares[rows])
        start += len(block.posts)
    shares, largest = (np.stack([getattr(tally, name) for tally in tallies]) for name in ("prevalence", "n_largest"))
    posts = np.array([tally.n_posts for tally in tallies])
    return shares, largest, posts, sum(tally.n_without for tally in tallies)


def _labelled(drift: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    named = drift.join(topics.select("topic", "label"), on="topic", how="left", maintain_order="left")
    return named.select(DRIFT_SCHEMA.names()).cast(DRIFT_SCHEMA)


def _score(grown: Grown, after: RevisedTopicModel) -> None:
    """Give the fitted model the description that it is saved with, in the order of its components."""
    model, ids = grown.model, grown.ids
    place = {topic: i for i, topic in enumerate(ids.tolist())}
    rows = after.topics_.with_columns(pl.col("topic").replace_strict(place, return_dtype=pl.UInt32)).sort("topic")
    model.topics_ = rows.cast(TOPICS_SCHEMA)
    known = rows["npmi"].drop_nulls()
    model.coherence_ = float(known.mean()) if len(known) else 0.0  # type: ignore[arg-type]
    model.diversity_ = diversity(model.top_terms(DIVERSITY_TERMS))
