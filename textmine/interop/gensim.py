"""gensim: ``Dictionary``, bag-of-words corpus (``MmCorpus`` on disk) and ``LdaModel``.

A folder holds ``dictionary.txt`` (``Dictionary.load_from_text``), ``corpus.mm`` (``MmCorpus``), ``vocabulary.parquet``
(kinds and written forms, which gensim does not know) and ``posts.parquet`` (which post each document is).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.errors import InputError, ModelError
from textmine.interop.models import model_of_components
from textmine.interop.vocabularies import whole_matrix
from textmine.matrix import DocumentTermMatrix
from textmine.topics.revised import RevisedTopicModel
from textmine.topics.terms import match_columns

if TYPE_CHECKING:
    from textmine.topics.model import TopicModel
    from textmine.topics.revised import AnyTopics

DICTIONARY: Final = "dictionary.txt"
CORPUS: Final = "corpus.mm"
VOCABULARY: Final = "vocabulary.parquet"
_UNKNOWN: Final = 1e-10
"""Dirichlet parameter of terms that the model does not know: gensim needs it above 0; no topic is drawn to them."""


def to_gensim(matrix: DocumentTermMatrix) -> tuple[Any, Any]:
    """Dictionary and corpus of a matrix; id j is column j.

    Parameters
    ----------
    matrix
        Shape (n_posts, n_terms).

    Returns
    -------
    dictionary : gensim.corpora.Dictionary
        Its tokens are the terms: words as stemmed, hashtags with ``#``.
    corpus : gensim.matutils.Sparse2Corpus
        One document a post, in order; streamed, not copied.

    Examples
    --------
    >>> from textmine.counting import document_term_matrix
    >>> posts = pl.DataFrame({"caption": ["banjir banjir kota", "kota"], "hashtags": [["Siaga"], ["Siaga"]]})
    >>> dictionary, corpus = to_gensim(document_term_matrix(posts))
    >>> [[(dictionary[id], int(n)) for id, n in document] for document in corpus]
    [[('banjir', 2), ('kota', 1), ('#siaga', 1)], [('kota', 1), ('#siaga', 1)]]
    """
    from gensim.corpora import Dictionary
    from gensim.matutils import Sparse2Corpus

    terms = matrix.vocabulary["term"].to_list()
    dictionary = Dictionary()
    dictionary.token2id = {term: column for column, term in enumerate(terms)}
    dictionary.dfs = dict(enumerate(np.bincount(matrix.counts.indices, minlength=len(terms)).tolist()))
    dictionary.cfs = dict(enumerate(np.asarray(matrix.counts.sum(axis=0)).ravel().tolist()))
    dictionary.num_docs, dictionary.num_nnz = matrix.n_posts, int(matrix.counts.nnz)
    dictionary.num_pos = int(matrix.counts.sum())
    return dictionary, Sparse2Corpus(matrix.counts, documents_columns=False)


def from_gensim(
    dictionary: Any,  # noqa: ANN401 -- gensim is untyped
    corpus: Iterable[Any],
    *,
    vocabulary: pl.DataFrame | None = None,
) -> DocumentTermMatrix:
    """Matrix of a gensim dictionary and corpus, for keywords and topics.

    Parameters
    ----------
    dictionary
        ``gensim.corpora.Dictionary``; ids may have gaps.
    corpus
        Documents as lists of (id, count): a list, an ``MmCorpus``, a ``Sparse2Corpus``.
    vocabulary
        Vocabulary of textmine with the same terms in the order of the ids, for kinds and written forms; without it,
        tokens with ``#`` are hashtags, emoji are emoji, others words.

    Returns
    -------
    DocumentTermMatrix
        Shape (n_documents, n_terms), columns by rising id.

    Raises
    ------
    InputError
        A document holds an id that the dictionary lacks, or a weight that is no count.
    """
    from gensim.matutils import corpus2csc

    return _matrix(dictionary, corpus2csc(corpus).T.tocsr(), vocabulary)


def _matrix(dictionary: Any, counts: Any, vocabulary: pl.DataFrame | None) -> DocumentTermMatrix:  # noqa: ANN401
    """Counts by id become counts by column."""
    ids = np.array(sorted(dictionary.token2id.values()), np.int64)
    token = {column: term for term, column in dictionary.token2id.items()}
    width = int(ids[-1]) + 1 if len(ids) else 0
    used = np.unique(counts.indices)
    strange = np.setdiff1d(used, ids)
    if len(strange):
        raise InputError(f"the corpus holds id {strange[0]}, which the dictionary does not know")
    counts.resize((counts.shape[0], width))
    return whole_matrix(counts[:, ids], [token[column] for column in ids.tolist()], vocabulary)


def write_gensim(matrix: DocumentTermMatrix, directory: Path, *, model: AnyTopics | None = None) -> None:
    """Write dictionary, corpus and vocabulary into a folder, and ``lda.model`` for a model of method ``lda``."""
    from scipy.io import mmwrite

    dictionary, _ = to_gensim(matrix)
    dictionary.save_as_text(str(directory / DICTIONARY))
    # gensim reads real values only. Its own writer goes through Python objects post by post, scipy's does not.
    with (directory / CORPUS).open("wb") as file:  # a name would be given the ending .mtx
        mmwrite(file, matrix.counts.astype(np.float32), field="real", precision=9)
    matrix.vocabulary.write_parquet(directory / VOCABULARY, compression="zstd")
    if model is not None and RevisedTopicModel.of(model).holds_parameters:
        lda_to_gensim(model, dictionary).save(str(directory / "lda.model"))


def read_gensim(directory: str | Path) -> DocumentTermMatrix:
    """Read a folder with ``dictionary.txt`` and ``corpus.mm``, of textmine or of gensim itself.

    Raises
    ------
    InputError
        A file is missing or broken.
    """
    from gensim.corpora import Dictionary
    from scipy.io import mmread

    directory = Path(directory)
    for name in (DICTIONARY, CORPUS):
        if not (directory / name).is_file():
            problem = "is not there; write it with Dictionary.save_as_text and MmCorpus.serialize"
            raise InputError(problem, path=directory / name)
    kinds = directory / VOCABULARY
    try:
        dictionary = Dictionary.load_from_text(str(directory / DICTIONARY))
        counts = mmread(directory / CORPUS).tocsr()
        vocabulary = pl.read_parquet(kinds) if kinds.is_file() else None
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as a gensim corpus: {error}", path=directory) from error
    return _matrix(dictionary, counts, vocabulary)


def lda_to_gensim(model: AnyTopics, dictionary: Any) -> Any:  # noqa: ANN401 -- gensim is untyped
    """``LdaModel`` with the topics of a model of method ``lda``.

    Parameters
    ----------
    model
        Fitted or revised; its topics come in the order of ``model.topics_``.
    dictionary
        Of the corpus that it shall be used with; terms that the model does not know have no weight in any topic.

    Raises
    ------
    ModelError
        The model is of another method.
    """
    revised = RevisedTopicModel.of(model)
    prior = revised.base.alpha_
    if prior is None:
        raise ModelError(f"gensim's LdaModel cannot hold topics of method {revised.method}; fit with --method lda")
    from gensim.models import LdaModel

    rows = model.topics_["topic"].to_numpy()
    terms = [dictionary[column] for column in range(len(dictionary))]
    words = model.vocabulary_.with_columns(pl.lit("", pl.String).alias("kind"))
    place = match_columns(pl.DataFrame({"term": terms, "kind": [""] * len(terms)}), words)
    components = np.full((len(rows), len(terms)), _UNKNOWN, np.float32)
    known = place >= 0
    components[:, known] = model.components_[rows][:, place[known]]
    # Revised topics are others in number: the whole prior is shared out evenly.
    alpha = prior if len(prior) == len(rows) else np.full(len(rows), prior.sum() / len(rows))
    lda = LdaModel(id2word=dictionary, num_topics=len(rows), alpha=alpha.astype(np.float32), dtype=np.float32)
    # In double precision, so that eta + sstats gives the same single-precision components again.
    lda.state.sstats = components.astype(np.float64) - lda.eta.astype(np.float64)
    lda.sync_state(lda.state.get_Elogbeta().astype(np.float32))
    return lda


def lda_from_gensim(lda: Any, matrix: DocumentTermMatrix) -> TopicModel:  # noqa: ANN401 -- gensim is untyped
    """Topic model with the topics of a gensim ``LdaModel``.

    Parameters
    ----------
    lda
        Its ids are the columns of ``matrix``.
    matrix
        Posts that say how prevalent the topics are, as :func:`from_gensim` makes it.

    Returns
    -------
    TopicModel
        Method ``lda``; topics in gensim's order.
    """
    return model_of_components(lda.state.get_lambda(), matrix, method="lda", alpha=lda.alpha)
