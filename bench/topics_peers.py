"""Topic models that are compared: textmine's and its peers', each fitted on the same counts.

A contender takes counts, vocabulary, number of topics, seed and settings, and gives the columns of each topic's 25
first terms, in the order in which its own library shows them, and a function from counts to shares of topics.
``GRIDS`` holds, for every contender, its own defaults first and then the settings among which tuning may choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

N_TERMS = 25


class Fitted(NamedTuple):
    """What is scored of a model."""

    tops: list[list[int]]
    shares: Callable[[sp.csr_array], np.ndarray]


def _heaviest(components: np.ndarray) -> list[list[int]]:
    return np.argsort(-components, axis=1, kind="stable")[:, :N_TERMS].tolist()


def _as_matrix(counts: sp.csr_array, vocabulary: list[str]) -> Any:
    """The counts as textmine's own matrix; all terms count as words."""
    import polars as pl

    from textmine.matrix import DocumentTermMatrix
    from textmine.vocabulary import VOCABULARY_SCHEMA

    described = pl.DataFrame(
        {
            "term": vocabulary,
            "kind": ["word"] * len(vocabulary),
            "surface": vocabulary,
            "count": counts.sum(axis=0),
            "document_frequency": np.bincount(counts.indices, minlength=counts.shape[1]),
        }
    ).cast(VOCABULARY_SCHEMA)
    return DocumentTermMatrix(counts.astype(np.int32), described)


class _Corpus:
    """Documents as gensim reads them."""

    def __init__(self, counts: sp.csr_array) -> None:
        self._rows = [
            list(zip(counts.indices[start:end].tolist(), counts.data[start:end].tolist(), strict=True))
            for start, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        return iter(self._rows)


def gensim_lda(counts: sp.csr_array, vocabulary: list[str], k: int, seed: int, **settings: Any) -> Fitted:
    from gensim.models import LdaModel

    names = dict(enumerate(vocabulary))
    model = LdaModel(_Corpus(counts), k, names, random_state=seed, eval_every=None, **{"passes": 10} | settings)

    def shares(new: sp.csr_array) -> np.ndarray:
        gamma, _ = model.inference(list(_Corpus(new)))
        return gamma / gamma.sum(axis=1, keepdims=True)

    return Fitted(_heaviest(model.get_topics()), shares)


def scikit_lda(counts: sp.csr_array, vocabulary: list[str], k: int, seed: int, **settings: Any) -> Fitted:
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(k, random_state=seed, **settings).fit(counts)
    return Fitted(_heaviest(model.components_), model.transform)


def scikit_nmf(
    counts: sp.csr_array, vocabulary: list[str], k: int, seed: int, sublinear: bool = False, **settings: Any
) -> Fitted:
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfTransformer

    weights = TfidfTransformer(sublinear_tf=sublinear).fit(counts)
    model = NMF(k, random_state=seed, **settings).fit(weights.transform(counts))
    return Fitted(_heaviest(model.components_), lambda new: model.transform(weights.transform(new)))


def tomotopy_lda(
    counts: sp.csr_array,
    vocabulary: list[str],
    k: int,
    seed: int,
    iterations: int = 500,
    weight: str = "ONE",
    **settings: Any,
) -> Fitted:
    import tomotopy

    model = tomotopy.LDAModel(k=k, seed=seed, tw=tomotopy.TermWeight[weight], **settings)
    names = np.array(vocabulary, dtype=object)

    def words(block: sp.csr_array, row: int) -> list[str]:
        span = slice(block.indptr[row], block.indptr[row + 1])
        return np.repeat(names[block.indices[span]], block.data[span]).tolist()

    for row in range(counts.shape[0]):
        model.add_doc(words(counts, row))
    model.train(iterations, workers=1)
    column = {term: i for i, term in enumerate(vocabulary)}
    tops = [[column[word] for word, _ in model.get_topic_words(topic, top_n=N_TERMS)] for topic in range(k)]

    def shares(new: sp.csr_array) -> np.ndarray:
        made = [model.make_doc(words(new, row)) for row in range(new.shape[0])]
        return np.array(model.infer(made, workers=1)[0])

    return Fitted(tops, shares)


def textmine_topics(counts: sp.csr_array, vocabulary: list[str], k: int, seed: int, **settings: Any) -> Fitted:
    from textmine.topics.model import TopicModel

    cuts = {"min_document_frequency": 1, "max_document_share": 1.0}  # the vocabulary was cut for all alike
    model = TopicModel(k, seed=seed, **cuts | settings).fit(_as_matrix(counts, vocabulary))
    column = {term: i for i, term in enumerate(vocabulary)}
    place = [column[term] for term in model.vocabulary_["term"]]
    tops = [[place[column] for column in top] for top in model.top_terms(N_TERMS)]
    return Fitted(tops, lambda new: model.transform(_as_matrix(new, vocabulary)))


def bertopic(counts: sp.csr_array, vocabulary: list[str], k: int, seed: int, **settings: Any) -> Fitted:
    """BERTopic over TF-IDF reduced by SVD: sentence embeddings are not to be had offline."""
    from bertopic import BERTopic
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.preprocessing import normalize
    from umap import UMAP

    # It strips signs from words and divides by how often they occur: numbers go in, and only words that occur.
    names = np.array([f"t{column}" for column in range(len(vocabulary))], dtype=object)
    seen = names[np.unique(counts.indices)].tolist()

    def texts(block: sp.csr_array) -> list[str]:
        spans = zip(block.indptr[:-1], block.indptr[1:], strict=True)
        return [" ".join(np.repeat(names[block.indices[a:b]], block.data[a:b])) for a, b in spans]

    weights = TfidfTransformer(sublinear_tf=True).fit(counts)
    reduced = TruncatedSVD(100, random_state=seed).fit(weights.transform(counts))

    def embedded(block: sp.csr_array) -> np.ndarray:
        return normalize(reduced.transform(weights.transform(block)))

    model = BERTopic(
        embedding_model=None,
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed),
        vectorizer_model=CountVectorizer(vocabulary=seen, tokenizer=str.split, lowercase=False),
        nr_topics=k + 1,  # it counts the outliers as one
        top_n_words=N_TERMS,
        **settings,
    )
    model.fit_transform(texts(counts), embedded(counts))
    found = [topic for topic in sorted(model.get_topics()) if topic >= 0]
    tops = [[int(word[1:]) for word, _ in model.get_topic(topic) if word] for topic in found]

    def shares(new: sp.csr_array) -> np.ndarray:
        topics = np.asarray(model.transform(texts(new), embedded(new))[0])
        return np.eye(len(found) + 1)[topics]  # outliers, -1, come last

    return Fitted(tops, shares)


Contender = Callable[..., Fitted]
CONTENDERS: Mapping[str, Contender] = {
    "textmine": textmine_topics,
    "gensim LDA": gensim_lda,
    "scikit-learn LDA": scikit_lda,
    "scikit-learn NMF": scikit_nmf,
    "tomotopy LDA": tomotopy_lda,
    "BERTopic": bertopic,
}
GRIDS: Mapping[str, list[dict[str, Any]]] = {
    "textmine": [{}],
    "gensim LDA": [
        {},
        {"alpha": "auto", "eta": 0.01},
        {"alpha": "auto", "eta": "auto"},
        {"alpha": "asymmetric", "eta": 0.1},
        {"alpha": 0.1, "eta": 0.01, "chunksize": 512},
    ],
    "scikit-learn LDA": [
        {},
        {"doc_topic_prior": 0.1, "topic_word_prior": 0.01, "max_iter": 20},
        {"doc_topic_prior": 0.1, "topic_word_prior": 0.1, "max_iter": 20},
        {"doc_topic_prior": 0.01, "topic_word_prior": 0.01, "max_iter": 20},
        {"doc_topic_prior": 0.1, "topic_word_prior": 0.01, "learning_method": "online"},
    ],
    "scikit-learn NMF": [
        {},
        {"sublinear": True},
        {"sublinear": True, "alpha_W": 1e-4, "l1_ratio": 0.5},
        {"init": "nndsvda", "beta_loss": "kullback-leibler", "solver": "mu"},
        {"init": "nndsvda", "beta_loss": "kullback-leibler", "solver": "mu", "sublinear": True, "max_iter": 400},
    ],
    "tomotopy LDA": [
        {},
        {"eta": 0.1},
        {"weight": "IDF"},
        {"weight": "PMI"},
        {"weight": "IDF", "eta": 0.1},
    ],
    "BERTopic": [{}],
}
