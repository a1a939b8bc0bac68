"""The topic model: one estimator over posts, whatever the method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from textmine.batches import in_order
from textmine.counting import document_term_matrix
from textmine.csr import take_columns
from textmine.language.settings import LanguageSettings
from textmine.matrix import MatrixSource, n_blocks
from textmine.topics.coherence import COHERENCE_TERMS, DIVERSITY_TERMS, diversity
from textmine.topics.description import describe_topics, top_terms
from textmine.topics.fit_sample import FitSample, draw_sample
from textmine.topics.kept_shares import KeptShares, solved_blocks
from textmine.topics.methods import (
    TOPIC_METHODS,
    FittedTopics,
    TopicMethod,
    fit_topics,
    resolved,
    scaled_components,
    topic_shares,
)
from textmine.topics.number_of_topics import DEFAULT_N_TOPICS, check_enough, default_n_topics
from textmine.topics.outliers import OUTLIER_LABEL, OutlierTally, without_outliers
from textmine.topics.pooling import POOLS, Pool
from textmine.topics.ranking import term_scores
from textmine.topics.seed_words import SeedColumns, SeedWords, find_seed_words
from textmine.topics.shown import TopicsShown
from textmine.topics.tally import TopicTally
from textmine.topics.terms import (
    PostRoles,
    TermRule,
    default_min_document_frequency,
    match_columns,
)

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.engines import Engine


class TopicModel(TopicsShown, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Topics over the words and hashtags of posts.

    The model is fitted on a sample of distinct posts and then applied to all, so memory does not grow with the posts
    and the time a post stays the same. Neither the order of the posts nor that of the columns changes the topics;
    posts with equal terms get equal shares. The same seed and the same posts give the same bytes.

    Parameters
    ----------
    n_topics
        Number of topics; None takes :func:`textmine.topics.number_of_topics.default_n_topics` of the posts that count.
    method
        ``nmf``, non-negative matrix factorisation of TF-IDF weights; ``pairs``, the same of how words attract each
        other, made for short posts; ``auto``, the latter from 500 posts on of which the median holds 30 terms or
        fewer; ``lda``, gensim's latent Dirichlet allocation; ``tomotopy``, the same by Gibbs sampling, an extra.
    pool
        Fit on posts added up by ``hashtag`` or ``agency-day`` (:mod:`textmine.topics.pooling`); on single ones if None.
    seed_words
        Topics that are named beforehand (:mod:`textmine.topics.seed_words`); they keep their names as labels.
    outliers
        Posts that fit their topics less than this (:mod:`textmine.topics.outliers`) get a topic of their own, the last.
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
        Sweeps (``nmf`` and ``pairs`` 200, ``tomotopy`` 500 if None) or iterations a post and pass (``lda`` 50) at
        most.
    language
        Language layer for posts that are given as a frame; the defaults if None.
    seed
        Seed of the sample and of the method's start.

    Attributes
    ----------
    method_ : str
        The method that ``auto`` came to.
    components_ : numpy.ndarray
        float32, shape (n_topics, n_terms). ``nmf``, ``pairs``: rows of length 1; ``lda``, ``tomotopy``: Dirichlet
        parameters. The row of the outliers, if there is one, holds their mean weights.
    term_scores_ : numpy.ndarray
        Order in which terms are shown (:mod:`textmine.topics.ranking`), float32, shape (n_topics, n_terms).
    alpha_ : numpy.ndarray or None
        Prior of a post's topics, shape (n_topics,) without the outliers; None for ``nmf`` and ``pairs``.
    outlier_topic_ : int or None
        Topic of the posts that fit none.
    seed_names_, unknown_seed_words_ : tuple
        Name of each topic that was named beforehand, or None; seed words that too few posts hold.
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
        n_topics: int | None = DEFAULT_N_TOPICS,
        *,
        method: TopicMethod = "auto",
        pool: Pool | None = None,
        seed_words: SeedWords | None = None,
        outliers: float | None = None,
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
        self.pool = pool
        self.seed_words = seed_words
        self.outliers = outliers
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
        keep: KeptShares | None = None,
        engine: Engine | None = None,
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
        keep
            Takes the shares of all posts, which are found on the way, as :meth:`transform_batches` gives them but for
            the last digits.
        engine
            Where the shares that are kept are solved for; in this process if None.

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
        sample = self.sample(X, roles)
        n_topics = default_n_topics(self.n_posts_) if self.n_topics is None else self.n_topics
        self._take(*self.fit_sample(sample, n_topics, seed=self.seed), sample)
        self._describe(X, roles, keep, engine)
        return self

    def sample(self, source: MatrixSource, roles: PostRoles | None = None) -> FitSample:
        """Draw the distinct posts that the topics are fitted on."""
        minimum = self.min_document_frequency
        n_posts = source.n_posts if roles is None else roles.n_posts
        least = default_min_document_frequency(n_posts) if minimum is None else minimum
        rule = TermRule(tuple(self.kinds), least, self.max_document_share, self.max_terms)
        return draw_sample(source, rule, roles, limit=self.max_fit_posts, seed=self.seed)

    def fit_sample(self, sample: FitSample, n_topics: int, *, seed: int) -> tuple[FittedTopics, SeedColumns]:
        """Topics of a sample, and the seed words that it holds; the model itself is not changed."""
        seeds = SeedColumns()
        if self.seed_words:
            seeds = find_seed_words(self.seed_words, sample.vocabulary, self.language)
        counts = sample.pooled(self.pool)
        check_enough(n_topics, counts, len(seeds.names))
        iterations, columns = self.max_iterations, seeds.columns
        found = fit_topics(
            resolved(self.method, sample.counts),
            counts,
            sample.idf,
            n_topics,
            seed=seed,
            max_iterations=iterations,
            seeds=columns,
        )
        return found, seeds

    def _take(self, fitted: FittedTopics, seeds: SeedColumns, sample: FitSample) -> None:
        self.components_, self.alpha_ = fitted.components, fitted.alpha
        self.vocabulary_, self.method_ = sample.vocabulary, resolved(self.method, sample.counts)
        self.outlier_topic_: int | None = None
        names: tuple[str | None, ...] = seeds.names
        self.seed_names_ = names + (None,) * (len(fitted.components) - len(names))
        self.unknown_seed_words_ = seeds.unknown
        self.n_fit_posts_, self.data_hash_ = sample.n_posts, sample.digest
        self.term_scores_ = term_scores(sample.counts, fitted.components)

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

        Yields float64 of shape (rows of the block, n_topics).
        """
        for counts in self.known_counts(source):
            yield self.shares_of(counts)

    def known_counts(self, source: MatrixSource) -> Iterator[sp.csr_array]:
        """Blocks of a matrix in the model's own columns: shape (rows, n_terms)."""
        check_is_fitted(self)
        position = match_columns(source.vocabulary, self.vocabulary_)

        def known(number: int) -> sp.csr_array:
            return take_columns(source.block(number), position, len(self.vocabulary_))

        yield from in_order(known, range(n_blocks(source)), at_once=1)

    def shares_of(self, counts: sp.csr_array) -> npt.NDArray[np.float64]:
        """Topic shares of posts whose counts stand in the model's own columns; shape (n_posts, n_topics)."""
        components = self.components_ if self.outlier_topic_ is None else self.components_[: self.outlier_topic_]
        idf = self.vocabulary_["idf"].to_numpy()
        shares = topic_shares(self.method_, counts, idf, FittedTopics(components, self.alpha_))
        if self.outliers is None:
            return shares
        return without_outliers(counts, idf, shares, self._scaled(components), threshold=self.outliers)

    def top_terms(self, n_terms: int) -> list[list[int]]:
        """Columns of the terms that stand for each topic best, best first; terms that do not are left out."""
        check_is_fitted(self)
        return top_terms(self.term_scores_, n_terms)

    def relabel(self, labels: Sequence[str]) -> None:
        """Give the topics other labels, shape (n_topics,)."""
        check_is_fitted(self)
        self.topics_: pl.DataFrame = self.topics_.with_columns(pl.Series("label", list(labels), dtype=pl.String))

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
        if self.pool is not None and self.pool not in POOLS:
            raise ValueError(f"pool is {self.pool!r}; choose None or one of {', '.join(POOLS)}")
        if self.n_topics is not None and self.n_topics < 1:
            raise ValueError(f"n_topics is {self.n_topics}; at least 1 is needed")
        if self.outliers is not None and not 0 < self.outliers < 1:
            raise ValueError(f"outliers is {self.outliers}; it lies between 0 and 1")
        if not 0 < self.max_document_share <= 1:
            raise ValueError(f"max_document_share is {self.max_document_share}; it lies above 0 and up to 1")
        if min(self.max_terms, self.max_fit_posts, self.max_iterations or 1) < 1:
            raise ValueError("max_terms, max_fit_posts and max_iterations are at least 1")

    def _describe(
        self, source: MatrixSource, roles: PostRoles | None, keep: KeptShares | None, engine: Engine | None
    ) -> None:
        """Pass over all posts for prevalence and coherence; puts the topics into their final order."""
        tally = TopicTally(self.top_terms(COHERENCE_TERMS), len(self.components_) + (self.outliers is not None))
        weigher = OutlierTally(self.vocabulary_["idf"].to_numpy())
        start = 0
        for counts, shares in solved_blocks(self, source, keep, engine):
            rows = slice(None) if roles is None else np.flatnonzero(roles.counts[start : start + counts.shape[0]])
            start += counts.shape[0]
            tally.add(counts[rows], shares[rows])
            if self.outliers is not None:
                weigher.add(counts[rows], shares[rows])
        order = np.argsort(-tally.prevalence[: len(self.components_)].round(9), kind="stable")
        self._reorder(order)
        if self.outliers is not None:
            self._add_outliers(weigher)
            order = np.append(order, len(order))
        if keep is not None:
            keep.reorder(order)
        self.topics_ = describe_topics(
            self.term_scores_.astype(np.float64),
            self.vocabulary_,
            prevalence=tally.prevalence[order],
            npmi=[tally.npmi[topic] for topic in order],
            n_posts=tally.n_largest[order],
            names=self.seed_names_,
        )
        self.n_without_topic_ = tally.n_without
        self.coherence_ = tally.coherence
        self.diversity_ = diversity(self.top_terms(DIVERSITY_TERMS)[: self.outlier_topic_])

    def _reorder(self, order: npt.NDArray[np.int64]) -> None:
        self.components_, self.term_scores_ = self.components_[order], self.term_scores_[order]
        self.alpha_ = None if self.alpha_ is None else self.alpha_[order]
        self.seed_names_ = tuple(self.seed_names_[topic] for topic in order)

    def _add_outliers(self, weigher: OutlierTally) -> None:
        self.outlier_topic_ = len(self.components_)
        weights = weigher.weights()
        self.components_ = np.concatenate([self.components_, weights[None]])
        self.term_scores_ = np.concatenate([self.term_scores_, weights[None]])
        self.seed_names_ = (*self.seed_names_, OUTLIER_LABEL)

    def scaled_components(self) -> npt.NDArray[np.float64]:
        """Components on one scale, to be compared across topics: rows of length 1 or sum 1.

        Shape (n_topics, n_terms).
        """
        return self._scaled(self.components_)

    def _scaled(self, components: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        return scaled_components(self.method_, components)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
        """Tell scikit-learn that posts come in as a frame of text, without labels."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.string = False, True
        tags.target_tags.required = False
        return tags
