"""Topics that were changed after they were fitted: merged, split or updated, with ids that stay what they were.

The fitted model is left as it is; what was done to it is a list of revisions that is replayed on the shares of every
post. So nothing but the topics that a revision names is touched, and shares add up exactly: a merged topic has the sum
of the shares it was merged from, the parts of a split topic add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.counting import document_term_matrix
from textmine.language.settings import LanguageSettings
from textmine.matrix import MatrixSource
from textmine.topics import nmf

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.topics.methods import FixedMethod
    from textmine.topics.model import TopicModel

_ETA: Final = 0.01
"""Least Dirichlet parameter of a term in a part of a split topic of ``lda``."""


@dataclass(frozen=True)
class Merge:
    """Several topics become one.

    Parameters
    ----------
    into
        Id of the merged topic, one of ``topics``.
    topics
        Ids that are merged, at least two.
    """

    into: int
    topics: tuple[int, ...]

    @property
    def named(self) -> tuple[int, ...]:
        """Ids that the revision changes."""
        return self.topics

    def change(self, shares: npt.NDArray[np.float64], counts: sp.csr_array) -> None:
        """Move shares, in place; columns are ids."""
        columns = np.asarray(self.topics)
        total = shares[:, columns].sum(axis=1)
        shares[:, columns] = 0.0
        shares[:, self.into] = total

    def change_components(self, components: npt.NDArray[np.float64], prevalence: npt.NDArray[np.float64]) -> None:
        """Move components, in place: means by prevalence for rows of one length, sums are left to the caller."""
        columns = np.asarray(self.topics)
        weights = prevalence[columns] if prevalence[columns].sum() > 0 else np.ones(len(columns))
        merged = weights @ components[columns] / weights.sum()
        components[columns] = 0.0
        components[self.into] = merged

    def as_dict(self) -> dict[str, Any]:
        """JSON values, without arrays."""
        return {"action": "merge", "into": [self.into], "topics": list(self.topics)}


@dataclass(frozen=True)
class Split:
    """One topic becomes several, found among its own posts.

    Parameters
    ----------
    topic
        Id of the topic that is split.
    into
        Ids of the parts; the first is ``topic`` itself, for the largest part.
    components
        Parts over weights by ``idf`` (:func:`textmine.topics.nmf.weigh`), float32, shape (n_parts, n_terms), rows of
        length 1.
    idf
        Inverse document frequencies among the topic's posts, shape (n_terms,).
    """

    topic: int
    into: tuple[int, ...]
    components: npt.NDArray[np.float32]
    idf: npt.NDArray[np.float64]

    @property
    def named(self) -> tuple[int, ...]:
        """Ids that the revision changes or makes."""
        return self.into

    def portions(self, counts: sp.csr_array) -> npt.NDArray[np.float64]:
        """How the topic divides over its parts in each post: shape (n_posts, n_parts), rows sum to 1.

        A post that holds no term of any part is counted for the first.
        """
        found = nmf.loadings(nmf.to_unit_length(nmf.weigh(counts, self.idf)), self.components)
        total = found.sum(axis=1, keepdims=True)
        shares: npt.NDArray[np.float64] = np.divide(found, total, out=np.zeros_like(found), where=total > 0)
        shares[total[:, 0] <= 0, 0] = 1.0
        return shares

    def change(self, shares: npt.NDArray[np.float64], counts: sp.csr_array) -> None:
        """Divide shares, in place; columns are ids."""
        whole = shares[:, self.topic].copy()
        rows = np.flatnonzero(whole)
        shares[:, self.topic] = 0.0
        shares[np.ix_(rows, np.asarray(self.into))] = whole[rows, None] * self.portions(counts[rows])

    def as_dict(self) -> dict[str, Any]:
        """JSON values, without arrays."""
        return {"action": "split", "into": list(self.into), "topics": [self.topic]}


Revision = Merge | Split


class RevisedTopicModel:
    """A fitted topic model and what was done to its topics since.

    A topic's id is its column in the shares and its row in the components; ids are never given twice. Columns and rows
    of ids that are gone hold 0.

    Parameters
    ----------
    base
        Fitted.
    base_ids
        Ids of its topics, int64, shape (n_base_topics,); 0, 1, ... if None.
    revisions
        What was done, in order.
    topics
        Columns of ``topics.parquet``, shape (n_topics, 7): the topics as they are now.
    history
        One record for each change, with ``action``, ``topics``, ``into`` and the labels of the topics it began with.

    Examples
    --------
    >>> from textmine.topics.model import TopicModel
    >>> captions = ["banjir sungai", "banjir hujan", "vaksin dosis", "vaksin dokter"] * 2
    >>> posts = pl.DataFrame({"caption": captions, "hashtags": [["info"]] * 8})
    >>> model = TopicModel(n_topics=2, max_document_share=1.0).fit(posts)
    >>> merged = RevisedTopicModel(model, revisions=(Merge(0, (0, 1)),), topics=model.topics_.head(1))
    >>> merged.transform(posts).round(9).tolist() == [[1.0, 0.0]] * 8
    True
    """

    def __init__(
        self,
        base: TopicModel,
        *,
        base_ids: npt.NDArray[np.int64] | None = None,
        revisions: Sequence[Revision] = (),
        topics: pl.DataFrame,
        history: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.base = base
        self.base_ids = np.arange(len(base.components_)) if base_ids is None else np.asarray(base_ids, np.int64)
        self.revisions = tuple(revisions)
        self.topics_ = topics
        self.history = tuple(history)
        parts = [topic for revision in self.revisions if isinstance(revision, Split) for topic in revision.into]
        # Ids that are gone count too: none is given twice.
        gone = [topic for change in self.history for topic in (*change["topics"], *change["into"])]
        self.n_ids = int(max([*self.base_ids, *topics["topic"], *parts, *gone], default=-1)) + 1

    @classmethod
    def of(cls, model: AnyTopics) -> RevisedTopicModel:
        """The model itself when it was revised before, else a fitted model without revisions."""
        return model if isinstance(model, RevisedTopicModel) else cls(model, topics=model.topics_)

    @property
    def method(self) -> FixedMethod:
        """Method that the model was fitted by."""
        return self.base.method_

    @property
    def holds_parameters(self) -> bool:
        """Whether components are parameters of Dirichlet distributions (``lda``, ``tomotopy``), not directions."""
        return self.base.alpha_ is not None

    @property
    def language(self) -> LanguageSettings | None:
        """Language layer of the fitted model."""
        return self.base.language

    @property
    def vocabulary_(self) -> pl.DataFrame:
        """Columns of the components, as of the fitted model."""
        return self.base.vocabulary_

    @property
    def components_(self) -> npt.NDArray[np.float32]:
        """Components of the topics as they are now, float32, shape (n_ids, n_terms); rows of ids that are gone are 0.

        As of :class:`~textmine.topics.TopicModel`: rows of length 1, or Dirichlet parameters.
        """
        is_lda = self.holds_parameters
        components = np.zeros((self.n_ids, len(self.vocabulary_)))
        components[self.base_ids] = self.base.components_
        prevalence = np.zeros(self.n_ids)
        prevalence[self.base_ids] = self.base.topics_["prevalence"].to_numpy()
        for revision in self.revisions:
            if isinstance(revision, Merge):
                # Dirichlet parameters are counts of terms: they add up, and need no weights.
                weights = np.ones(self.n_ids) if is_lda else prevalence
                revision.change_components(components, weights)
                components[revision.into] *= len(revision.topics) if is_lda else 1
                prevalence[revision.into] = prevalence[list(revision.topics)].sum()
            else:
                components[list(revision.into)] = self._parts(revision, components[revision.topic])
                prevalence[list(revision.into)] = prevalence[revision.topic] / len(revision.into)
        if not is_lda:
            components = _unit_rows(components)
        return components.astype(np.float32)

    def _parts(self, split: Split, whole: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        parts = split.components / nmf.term_weights(split.idf)
        if not self.holds_parameters:
            return _unit_rows(parts * nmf.term_weights(self.vocabulary_["idf"].to_numpy()))
        total = parts.sum(axis=0)
        portions = np.divide(parts, total, out=np.full_like(parts, 1 / len(parts)), where=total > 0)
        divided: npt.NDArray[np.float64] = np.maximum(whole * portions, _ETA)
        return divided

    def scaled_components(self) -> npt.NDArray[np.float64]:
        """As of :meth:`TopicModel.scaled_components`; rows of ids that are gone are 0."""
        components = self.components_.astype(np.float64)
        if not self.holds_parameters:
            return components
        total = components.sum(axis=1, keepdims=True)
        scaled: npt.NDArray[np.float64] = np.divide(components, total, out=np.zeros_like(components), where=total > 0)
        return scaled

    def given_scores(self) -> dict[int, npt.NDArray[np.float32]]:
        """Scores by which the terms of a topic are shown, shape (n_terms,), for the topics that no revision names."""
        named = {topic for revision in self.revisions for topic in revision.named}
        scores = zip(self.base_ids.tolist(), self.base.term_scores_, strict=True)
        return {topic: row for topic, row in scores if topic not in named}

    def transform(self, X: pl.DataFrame | pl.LazyFrame | MatrixSource) -> npt.NDArray[np.float64]:
        """Topic shares of posts: float64, shape (n_posts, n_ids); column j is the topic with id j."""
        if isinstance(X, pl.DataFrame | pl.LazyFrame):
            X = document_term_matrix(X, language=self.language)
        return np.concatenate([np.zeros((0, self.n_ids)), *(self.shares_of(c) for c in self.known_counts(X))])

    def known_counts(self, source: MatrixSource) -> Iterator[sp.csr_array]:
        """Blocks of a matrix in the model's own columns: shape (rows, n_terms)."""
        return self.base.known_counts(source)

    def shares_of(self, counts: sp.csr_array) -> npt.NDArray[np.float64]:
        """Topic shares of posts whose counts stand in the model's own columns; shape (n_posts, n_ids)."""
        shares = np.zeros((counts.shape[0], self.n_ids))
        shares[:, self.base_ids] = self.base.shares_of(counts)
        for revision in self.revisions:
            revision.change(shares, counts)
        return shares

    def save(self, directory: str | Path) -> None:
        """Write the model into a folder, without pickle; an earlier model there is replaced."""
        from textmine.topics.revised_files import save_revised

        save_revised(self, Path(directory))


if TYPE_CHECKING:
    AnyTopics = TopicModel | RevisedTopicModel


def _unit_rows(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: npt.NDArray[np.float64] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return scaled
