"""What a person does to topics after reading them: merge some, split one, cut the tree of topics to a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.errors import ModelError, NotEnoughDataError
from textmine.topics import nmf
from textmine.topics.coherence import COHERENCE_TERMS, DIVERSITY_TERMS
from textmine.topics.description import describe_topics, top_terms
from textmine.topics.ranking import shown_scores
from textmine.topics.revised import Merge, RevisedTopicModel, Revision, Split
from textmine.topics.sample import sample_distinct
from textmine.topics.tally import TopicTally
from textmine.topics.terms import term_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    import scipy.sparse as sp

    from textmine.topics.revised import AnyTopics
    from textmine.topics.workspace import TopicBlock

    Blocks = Callable[[AnyTopics], Iterable[TopicBlock]]

_SPLIT_POSTS: Final = 50_000
_SPLIT_SWEEPS: Final = 200


def merge_topics(model: AnyTopics, topics: Sequence[int], blocks: Blocks) -> RevisedTopicModel:
    """Merge topics into the most prevalent of them, which keeps its id.

    Parameters
    ----------
    model
        Fitted or revised; it is left as it is.
    topics
        Ids, two or more.
    blocks
        Called with a model; gives the posts with their counts and that model's shares, block by block.

    Returns
    -------
    RevisedTopicModel
        The share of the merged topic is the sum of theirs in every post; all other shares are the same.

    Raises
    ------
    ModelError
        A topic is not there, or is named twice.
    """
    return cut_topics(model, [topics], blocks)


def split_topic(model: AnyTopics, topic: int, n_parts: int, blocks: Blocks, *, seed: int = 0) -> RevisedTopicModel:
    """Split a topic into parts, found by NMF among the distinct posts that have it as their largest.

    The largest part keeps the id, the others get new ones. In every post the parts add up to the topic's share.

    Parameters
    ----------
    model
        Fitted or revised; it is left as it is.
    topic
        Id.
    n_parts
        Two or more.
    blocks
        As for :func:`merge_topics`.
    seed
        Seed of the sample and of the start.

    Raises
    ------
    ModelError
        The topic is not there.
    NotEnoughDataError
        There are too few different posts about the topic, or a part would have none.
    """
    if n_parts < 2:
        raise ValueError(f"n_parts is {n_parts}; at least 2 are needed")
    before = RevisedTopicModel.of(model)
    _known(before, [topic], at_least=1)
    counts = _posts_about(before, topic, blocks, seed)
    if counts.shape[0] < 2 * n_parts:
        problem = f"topic {topic} is the largest of only {counts.shape[0]} different posts; it cannot be split"
        raise NotEnoughDataError(problem, needed=2 * n_parts, got=counts.shape[0])
    idf = nmf.inverse_document_frequency(counts)
    found = nmf.fit_components(nmf.weigh(counts, idf), n_parts, seed=seed, max_iterations=_SPLIT_SWEEPS)
    draft = Split(topic, tuple(range(n_parts)), found, idf)
    largest = np.bincount(draft.portions(counts).argmax(axis=1), minlength=n_parts)
    if largest.min() == 0:
        problem = f"topic {topic} does not fall into {n_parts} parts: one would be the largest of no post"
        raise NotEnoughDataError(problem, needed=n_parts, got=int((largest > 0).sum()))
    order = np.argsort(-largest, kind="stable")
    into = (topic, *range(before.n_ids, before.n_ids + n_parts - 1))
    return _revised(before, [Split(topic, into, found[order], idf)], blocks)


def cut_topics(model: AnyTopics, groups: Sequence[Sequence[int]], blocks: Blocks) -> RevisedTopicModel:
    """Merge each of several groups of topics, as :func:`textmine.topics.hierarchy.cut_tree` names them.

    Raises
    ------
    ModelError
        A topic is not there, or is named twice.
    """
    before = RevisedTopicModel.of(model)
    named = [topic for group in groups for topic in group]
    if len(set(named)) < len(named):
        raise ModelError("at least 2 different topics are needed, each named once")
    prevalence = dict(before.topics_.select("topic", "prevalence").iter_rows())
    merges = []
    for group in groups:
        chosen = _known(before, group, at_least=2)
        into = min(chosen, key=lambda topic: (-prevalence[topic], topic))
        merges.append(Merge(into, tuple(sorted(chosen))))
    return _revised(before, merges, blocks)


def _known(model: RevisedTopicModel, topics: Sequence[int], *, at_least: int) -> list[int]:
    """The ids asked for, all of them there and different."""
    live = model.topics_["topic"].to_list()
    for topic in topics:
        if topic not in live:
            raise ModelError(
                f"there is no topic {topic}{_fate(model, topic)}; there are {', '.join(map(str, sorted(live)))}"
            )
    if len(set(topics)) < max(len(topics), at_least):
        raise ModelError(f"at least {at_least} different topics are needed, each named once")
    return list(topics)


def _fate(model: RevisedTopicModel, topic: int) -> str:
    for change in reversed(model.history):
        if change["action"] == "merge" and topic in change["topics"]:
            return f" (it was merged into {change['into'][0]})"
    return ""


def _posts_about(model: RevisedTopicModel, topic: int, blocks: Blocks, seed: int) -> sp.csr_array:
    """Distinct posts that have the topic as their largest, without reposts of others and ads."""

    def chosen() -> Iterable[sp.csr_array]:
        for block in blocks(model):
            mine = (block.shares.argmax(axis=1) == topic) & (block.shares[:, topic] > 0)
            yield block.counts[np.flatnonzero(mine & block.credited)]

    return sample_distinct(chosen(), term_keys(model.vocabulary_), limit=_SPLIT_POSTS, seed=seed).counts


def _revised(before: RevisedTopicModel, revisions: Sequence[Revision], blocks: Blocks) -> RevisedTopicModel:
    """The model with more revisions, and its topics described anew."""
    labels = dict(before.topics_.select("topic", "label").iter_rows())
    ids, keep, records = set(labels), dict(labels), []
    for revision in revisions:
        said = revision.as_dict()
        records.append({**said, "labels": [labels[topic] for topic in said["topics"]]})
        ids = (ids - set(said["topics"])) | set(said["into"])
        keep = {topic: label for topic, label in keep.items() if topic not in said["into"]}
    after = RevisedTopicModel(
        before.base,
        base_ids=before.base_ids,
        revisions=(*before.revisions, *revisions),
        topics=before.topics_,
        history=(*before.history, *records),
    )
    after.topics_ = described(after, sorted(ids), blocks(after), labels=keep)
    return after


def described(
    model: RevisedTopicModel, ids: Sequence[int], blocks: Iterable[TopicBlock], *, labels: dict[int, str]
) -> pl.DataFrame:
    """Topics as a table, from a pass over the posts.

    Parameters
    ----------
    model
        The topics.
    ids
        Which of them there are.
    blocks
        Posts with counts and the model's shares.
    labels
        Labels to keep; the others are made.

    Returns
    -------
    polars.DataFrame
        Columns of ``topics.parquet``, by falling prevalence.
    """
    rows = np.asarray(ids, np.int64)
    scaled, given = model.scaled_components()[rows], model.given_scores()
    tops = top_terms(scaled, DIVERSITY_TERMS)
    tally = TopicTally(tops, len(rows))
    for block in blocks:
        kept = np.flatnonzero(block.credited)
        tally.add(block.counts[kept], block.shares[np.ix_(kept, rows)])
    scores = shown_scores(scaled, tally.together)
    for place, topic in enumerate(rows.tolist()):
        scores[place] = given.get(topic, scores[place])
    npmi = [tally.together.npmi(top) for top in top_terms(scores, COHERENCE_TERMS)]
    order = np.argsort(-tally.prevalence.round(9), kind="stable")
    table = describe_topics(
        scores[order],
        model.vocabulary_,
        prevalence=tally.prevalence[order],
        npmi=[npmi[i] for i in order],
        n_posts=tally.n_largest[order],
    )
    named = [labels.get(int(topic), made) for topic, made in zip(rows[order], table["label"], strict=True)]
    return table.with_columns(
        pl.Series("topic", rows[order], dtype=table.schema["topic"]), pl.Series("label", named, dtype=pl.String)
    )
