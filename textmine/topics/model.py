"""The topic model: one estimator over posts, whatever the method."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, get_args

import numpy as np
import polars as pl
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from textmine.errors import NotEnoughDataError
from textmine.language.settings import LanguageSettings
from textmine.matrix import MatrixSource, document_term_matrix
from textmine.topics import lda, nmf
from textmine.topics.coherence import COHERENCE_TERMS, DIVERSITY_TERMS, CoOccurrence, diversity
from textmine.topics.description import describe_topics, top_terms
from textmine.topics.sample import DistinctPosts, sample_distinct
from textmine.topics.terms import (
    PostRoles,
    TermRule,
    choose_columns,
    chosen_blocks,
    default_min_document_frequency,
    match_columns,
    positions,
    take_columns,
    term_keys,
)

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

TopicMethod = Literal["nmf", "lda"]
TOPIC_METHODS: Final[tuple[TopicMethod, ...]] = get_args(TopicMethod)

_DEFAULT_TOPICS: Final = 20
_DEFAULT_ITERATIONS: Final[dict[TopicMethod, int]] = {"nmf": 200, "lda": 50}


def default_n_topics(n_posts: int) -> int:
    """Twenty topics, fewer below 4,000 posts: ``sqrt(n_posts / 10)``, at least two.

    A plain rule, not a choice from the data: on 1,000 short posts about one matter, 10 topics read as subjects and 20
    as single words.

    Examples
    --------
    >>> [default_n_topics(n) for n in (15, 348, 1_000, 1_000_000)]
    [2, 6, 10, 20]
    """
    return max(2, min(_DEFAULT_TOPICS, round(math.sqrt(n_posts / 10))))


class TopicModel(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Topics over the words and hashtags of posts.

    The model is fitted on a sample of distinct posts and then applied to all, so memory does not grow with the posts
    and the time a post stays the same. Neither the order of the posts nor that of the columns changes the topics;
    posts with equal terms get equal shares. The same seed and the same posts give the same bytes.

    Parameters
    ----------
    n_topics
        Number of topics; None takes :func:`default_n_topics` of the posts that count.
    method
        ``nmf``, non-negative matrix factorisation of TF-IDF weights; or ``lda``, gensim's latent Dirichlet allocation.
    kinds
        Kinds of terms that make topics: ``word``, ``hashtag``, ``emoji``.
    min_document_frequency
        Terms in fewer posts are left out; None takes 5, less below 500 posts. Counted over the posts that count and
        again over the distinct posts of the sample, so that no campaign text makes a term by repetition.
    max_document_share
        Terms in a larger share of the posts are left out; so are hashtags in a larger share of one agency's posts
        that this agency owns (90 % of their uses): such a signature says who speaks, not about what.
    max_terms
        The terms in most posts are kept.
    max_fit_posts
        Distinct posts that the topics are fitted on at most, drawn by seeded hash.
    max_iterations
        Sweeps (``nmf``, 200 if None) or iterations a post and pass (``lda``, 50 if None) at most.
    language
        Language layer for posts that are given as a frame; the defaults if None.
    seed
        Seed of the sample and of the method's start.

    Attributes
    ----------
    components_ : numpy.ndarray
        float32, shape (n_topics, n_terms). ``nmf``: rows of length 1; ``lda``: Dirichlet parameters.
    alpha_ : numpy.ndarray
        ``lda`` only: prior of a post's topics, shape (n_topics,).
    vocabulary_ : polars.DataFrame
        term, kind, surface, document_frequency (in the sample), idf; shape (n_terms, 5).
    topics_ : polars.DataFrame
        Columns of ``topics.parquet``, shape (n_topics, 7), by falling prevalence.
    n_posts_, n_fit_posts_, n_without_topic_ : int
        Posts that count, distinct posts in the sample, posts that hold no term of a topic.
    coherence_, diversity_ : float
        Mean NPMI of the topics, and share of unique terms among their first 25.
    data_hash_ : str
        SHA-256 of the sample.

    References
    ----------
    See :mod:`textmine.topics.nmf`, :mod:`textmine.topics.lda` and :mod:`textmine.topics.coherence`.

    Examples
    --------
    >>> flood = ["banjir sungai hujan", "banjir hujan pompa", "sungai pompa banjir"]
    >>> vaccine = ["vaksin dosis dokter", "vaksin dokter suntik", "dosis suntik vaksin"]
    >>> posts = pl.DataFrame({"caption": flood + vaccine, "hashtags": [["siaga"]] * 3 + [["sehat"]] * 3})
    >>> model = TopicModel(n_topics=2).fit(posts)
    >>> model.transform(posts).round(2)[[0, 5]].tolist() in ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]])
    True
    >>> sorted(model.topics_["hashtags"].to_list())
    [['#sehat'], ['#siaga']]
    """

    def __init__(
        self,
        n_topics: int | None = _DEFAULT_TOPICS,
        *,
        method: TopicMethod = "nmf",
        kinds: Sequence[str] = ("word", "hashtag"),
        min_document_frequency: int | None = None,
        max_document_share: float = 0.5,
        max_terms: int = 20_000,
        max_fit_posts: int = 200_000,
        max_iterations: int | None = None,
        language: LanguageSettings | None = None,
        seed: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.method = method
        self.kinds = kinds
        self.min_document_frequency = min_document_frequency
        self.max_document_share = max_document_share
        self.max_terms = max_terms
        self.max_fit_posts = max_fit_posts
        self.max_iterations = max_iterations
        self.language = language
        self.seed = seed

    def fit(
        self,
        X: pl.DataFrame | pl.LazyFrame | MatrixSource,
        y: None = None,
        *,
        roles: PostRoles | None = None,
    ) -> Self:
        """Find the topics.

        Parameters
        ----------
        X
            Canonical posts, shape (n_posts, any), of which ``caption`` and ``hashtags`` are needed; or a matrix.
        y
            Not used; scikit-learn's convention.
        roles
            Which posts of a matrix count and who wrote them; taken from the posts themselves when ``X`` is a frame.

        Raises
        ------
        NotEnoughDataError
            There are more topics than distinct posts or terms, or no terms.
        ValueError
            An option has a value that it cannot have.
        """
        self._check_options()
        if isinstance(X, pl.DataFrame | pl.LazyFrame):
            roles = PostRoles.of(X)
            X = document_term_matrix(X, language=self.language)
        self.n_posts_ = X.n_posts if roles is None else roles.n_posts
        columns = choose_columns(X, self._term_rule(), roles)
        sample, columns = self._sample(X, columns, roles)
        n_topics = default_n_topics(self.n_posts_) if self.n_topics is None else self.n_topics
        _check_enough(n_topics, sample)
        self._fit_components(sample, n_topics)
        self.vocabulary_ = (
            X.vocabulary[columns]
            .select("term", "kind", "surface")
            .with_columns(
                pl.Series("document_frequency", _document_frequency(sample.counts), dtype=pl.UInt32),
                pl.Series("idf", nmf.inverse_document_frequency(sample.counts)),
            )
        )
        self.n_fit_posts_, self.data_hash_ = len(sample.hashes), sample.digest
        self._describe(X, columns, roles)
        return self

    def transform(self, X: pl.DataFrame | pl.LazyFrame | MatrixSource) -> npt.NDArray[np.float64]:
        """Topic shares of posts.

        Parameters
        ----------
        X
            Canonical posts or a matrix; terms that the model does not know are ignored.

        Returns
        -------
        numpy.ndarray
            float64, shape (n_posts, n_topics); rows sum to 1, or are all zero where a post holds no term of a topic.
        """
        check_is_fitted(self)
        if isinstance(X, pl.DataFrame | pl.LazyFrame):
            X = document_term_matrix(X, language=self.language)
        return np.concatenate([np.zeros((0, len(self.components_))), *self.transform_batches(X)])

    def transform_batches(self, source: MatrixSource) -> Iterator[npt.NDArray[np.float64]]:
        """Topic shares of consecutive blocks of posts, in bounded memory.

        Yields
        ------
        numpy.ndarray
            float64, shape (rows of the block, n_topics).
        """
        for counts in self.known_counts(source):
            yield self.shares_of(counts)

    def known_counts(self, source: MatrixSource) -> Iterator[sp.csr_array]:
        """Blocks of a matrix in the model's own columns: shape (rows, n_terms)."""
        check_is_fitted(self)
        position = match_columns(source.vocabulary, self.vocabulary_)
        for counts in source.batches():
            yield take_columns(counts, position, len(self.vocabulary_))

    def shares_of(self, counts: sp.csr_array) -> npt.NDArray[np.float64]:
        """Topic shares of posts whose counts stand in the model's own columns; shape (n_posts, n_topics)."""
        if self.method == "lda":
            return lda.topic_shares(counts, lda.LdaComponents(self.components_, self.alpha_))
        weights = nmf.to_unit_length(nmf.tfidf(counts, self.vocabulary_["idf"].to_numpy()))
        found = nmf.loadings(weights, self.components_)
        total = found.sum(axis=1, keepdims=True)
        shares: npt.NDArray[np.float64] = np.divide(found, total, out=np.zeros_like(found), where=total > 0)
        return shares

    def save(self, directory: str | Path) -> None:
        """Write the model into a folder, without pickle; an earlier model there is replaced."""
        from textmine.topics.persistence import save_model

        save_model(self, Path(directory))

    @classmethod
    def load(cls, directory: str | Path) -> TopicModel:
        """Read a saved model; ModelError says what is wrong with it."""
        from textmine.topics.persistence import load_model

        return load_model(Path(directory))

    def _check_options(self) -> None:
        if self.method not in TOPIC_METHODS:
            raise ValueError(f"method is {self.method!r}; choose one of {', '.join(TOPIC_METHODS)}")
        if self.n_topics is not None and self.n_topics < 1:
            raise ValueError(f"n_topics is {self.n_topics}; at least 1 is needed")
        if not 0 < self.max_document_share <= 1:
            raise ValueError(f"max_document_share is {self.max_document_share}; it lies above 0 and up to 1")
        if min(self.max_terms, self.max_fit_posts, self.max_iterations or 1) < 1:
            raise ValueError("max_terms, max_fit_posts and max_iterations are at least 1")

    def _term_rule(self) -> TermRule:
        minimum = self.min_document_frequency
        least = default_min_document_frequency(self.n_posts_) if minimum is None else minimum
        return TermRule(tuple(self.kinds), least, self.max_document_share, self.max_terms)

    def _sample(
        self, source: MatrixSource, columns: npt.NDArray[np.int64], roles: PostRoles | None
    ) -> tuple[DistinctPosts, npt.NDArray[np.int64]]:
        """Distinct posts, and the columns that are frequent among them too."""
        position = positions(columns, len(source.vocabulary))
        blocks = chosen_blocks(source, position, len(columns), roles)
        terms = term_keys(source.vocabulary[columns])
        sample = sample_distinct(blocks, terms, limit=self.max_fit_posts, seed=self.seed)
        # Of a sample, two distinct posts are enough: the whole had enough of them.
        least = self._term_rule().min_document_frequency if sample.complete else 2
        frequent = np.flatnonzero(_document_frequency(sample.counts) >= least)
        kept = take_columns(sample.counts, positions(frequent, len(columns)), len(frequent))
        filled = np.flatnonzero(np.diff(kept.indptr))
        return DistinctPosts(kept[filled], sample.hashes[filled], sample.complete), columns[frequent]

    def _fit_components(self, sample: DistinctPosts, n_topics: int) -> None:
        iterations = self.max_iterations or _DEFAULT_ITERATIONS[self.method]
        if self.method == "lda":
            fitted = lda.fit_components(sample.counts, n_topics, seed=self.seed, max_iterations=iterations)
            self.components_, self.alpha_ = fitted.components, fitted.alpha
            return
        weights = nmf.tfidf(sample.counts, nmf.inverse_document_frequency(sample.counts))
        self.components_ = nmf.fit_components(weights, n_topics, seed=self.seed, max_iterations=iterations)

    def _describe(self, source: MatrixSource, columns: npt.NDArray[np.int64], roles: PostRoles | None) -> None:
        """Pass over all posts for prevalence and coherence; puts the topics into their final order."""
        tops = top_terms(self.components_, DIVERSITY_TERMS)
        leading = [top[:COHERENCE_TERMS] for top in tops]
        together = CoOccurrence(np.unique(np.concatenate([np.zeros(0, np.int64), *leading]).astype(np.int64)))
        total, largest, without = np.zeros(len(tops)), np.zeros(len(tops), np.int64), 0
        for counts in chosen_blocks(source, positions(columns, len(source.vocabulary)), len(columns), roles):
            shares = self.shares_of(counts)
            together.add(counts)
            total += shares.sum(axis=0)
            found = shares.any(axis=1)
            largest += np.bincount(shares[found].argmax(axis=1), minlength=len(tops))
            without += int((~found).sum())
        npmi = [together.npmi(top) for top in leading]
        prevalence = total / max(self.n_posts_, 1)
        order = np.argsort(-prevalence.round(9), kind="stable")
        self.components_ = self.components_[order]
        if self.method == "lda":
            self.alpha_ = self.alpha_[order]
        self.topics_ = describe_topics(
            self.scaled_components(),
            self.vocabulary_,
            prevalence=prevalence[order],
            npmi=[npmi[topic] for topic in order],
            n_posts=largest[order],
        )
        self.n_without_topic_ = without
        known = [value for value in npmi if value is not None]
        self.coherence_ = float(np.mean(known)) if known else 0.0
        self.diversity_ = diversity(tops)

    def scaled_components(self) -> npt.NDArray[np.float64]:
        """Components on one scale, to be compared across topics: shape (n_topics, n_terms).

        ``nmf``: as they are, rows of length 1; ``lda``: probabilities of the terms, rows that sum to 1.
        """
        components: npt.NDArray[np.float64] = self.components_.astype(np.float64)
        return components / components.sum(axis=1, keepdims=True) if self.method == "lda" else components

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
        """Tell scikit-learn that posts come in as a frame of text, without labels."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.string = False, True
        tags.target_tags.required = False
        return tags


def _document_frequency(counts: sp.csr_array) -> npt.NDArray[np.int64]:
    return np.bincount(counts.indices, minlength=counts.shape[1])


def _check_enough(n_topics: int, sample: DistinctPosts) -> None:
    n_posts, n_terms = sample.counts.shape
    if n_topics > n_posts:
        problem = f"{n_topics} topics are more than the {n_posts} different posts that hold a term; ask for fewer"
        raise NotEnoughDataError(problem, needed=n_topics, got=n_posts)
    if n_topics > n_terms:
        problem = f"{n_topics} topics are more than the {n_terms} terms that are frequent enough; ask for fewer"
        raise NotEnoughDataError(problem, needed=n_topics, got=n_terms)
