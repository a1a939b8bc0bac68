"""One contender of bench/peers.py on one number of posts, in a process of its own: prints JSON.

    python bench/peers_child.py CONTENDER FOLDER

``FOLDER`` holds ``posts.parquet``, canonical posts, and ``posts.json``, their captions and months. Captions are lists
of Python strings before the clock starts for all but textmine, which reads the Parquet itself. This file imports only
what a contender needs: tmtoolkit runs it in an environment without textmine.
"""

from __future__ import annotations

import json
import re
import resource
import string
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

N_TOPICS = 20
STEMS, COUNTS, TFIDF, TOPICS, WEIGHTS = STEPS = (
    "captions to stems",
    "vocabulary and counts",
    "TF-IDF",
    "20 topics",
    "weights of all posts",
)
GIBBS_SWEEPS = 1_000
"""Of tmtoolkit's topics; its own examples take 1,000 to 1,500, the lda package 2,000 by default."""


class Clock:
    """Seconds by the clock and of the processor, and peak memory so far, of each step."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        began, worked = time.perf_counter(), _worked()
        yield
        self.steps[step] = {
            "seconds": time.perf_counter() - began,
            "processor_seconds": _worked() - worked,
            "peak_mb": peak_mb(),
        }


def peak_mb() -> float:
    """Peak memory of this process; that of ``getrusage`` begins with what the process was that started it."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return (int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def _worked() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def captions_of(folder: Path) -> list[str]:
    return json.loads((folder / "posts.json").read_text())["captions"]


def textmine(folder: Path, clock: Clock) -> tuple[int, int]:
    """What ``textmine matrix`` and ``textmine topics`` do: blocks of posts, results in files."""
    import numpy as np
    import polars as pl

    from textmine.counting import store_document_term_matrix
    from textmine.csr import unit_tfidf
    from textmine.language.settings import LanguageSettings
    from textmine.topics import TopicModel
    from textmine.topics.kept_shares import KeptShares
    from textmine.topics.terms import PostRoles

    with tempfile.TemporaryDirectory() as name:
        made, table = Path(name), pl.scan_parquet(folder / "posts.parquet")
        with clock(COUNTS):
            matrix = store_document_term_matrix(table, made / "matrix", language=LanguageSettings())
        with clock(TFIDF):
            idf = np.log((1 + matrix.n_posts) / (1 + matrix.vocabulary["document_frequency"].to_numpy())) + 1
            for block in matrix.batches():
                unit_tfidf(block, idf)
        with clock(WEIGHTS):
            model = TopicModel(n_topics=N_TOPICS)
            model.fit(matrix, roles=PostRoles.of(table), keep=KeptShares(made / "shares"))
    return len(matrix.vocabulary), int(matrix.vocabulary["count"].sum())


def _sastrawi(captions: list[str], clock: Clock) -> list[str]:
    """Stemmed captions, as the stemmer's own page shows it."""
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    with clock(STEMS):
        stemmer = StemmerFactory().create_stemmer()
        return [stemmer.stem(caption) for caption in captions]


def _stopwords() -> list[str]:
    from Sastrawi.StopWordRemover.StopWordRemoverFactory import StopWordRemoverFactory

    return StopWordRemoverFactory().get_stop_words()


def _scikit(folder: Path, clock: Clock, fit: Callable) -> tuple[int, int]:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    stemmed = _sastrawi(captions_of(folder), clock)
    with clock(COUNTS):
        counts = CountVectorizer(stop_words=_stopwords()).fit_transform(stemmed)
    with clock(TFIDF):
        weights = TfidfTransformer().fit_transform(counts)
    model, read = fit()
    with clock(TOPICS):
        model.fit(weights if read == "weights" else counts)
    with clock(WEIGHTS):
        model.transform(weights if read == "weights" else counts)
    return counts.shape[1], int(counts.sum())


def scikit_nmf(folder: Path, clock: Clock) -> tuple[int, int]:
    from sklearn.decomposition import NMF

    return _scikit(folder, clock, lambda: (NMF(N_TOPICS, random_state=0), "weights"))


def scikit_lda(folder: Path, clock: Clock) -> tuple[int, int]:
    from sklearn.decomposition import LatentDirichletAllocation

    return _scikit(folder, clock, lambda: (LatentDirichletAllocation(N_TOPICS, random_state=0), "counts"))


def gensim_lda(folder: Path, clock: Clock) -> tuple[int, int]:
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel, TfidfModel

    stemmed = _sastrawi(captions_of(folder), clock)
    with clock(COUNTS):
        stopwords = set(_stopwords())
        tokens = [[word for word in post.split() if word not in stopwords and len(word) > 1] for post in stemmed]
        dictionary = Dictionary(tokens)
        corpus = [dictionary.doc2bow(post) for post in tokens]
    with clock(TFIDF):
        weigh = TfidfModel(corpus)
        for post in corpus:
            weigh[post]
    with clock(TOPICS):
        model = LdaModel(corpus, num_topics=N_TOPICS, id2word=dictionary, random_state=0)
    with clock(WEIGHTS):
        model.inference(corpus)
    return len(dictionary), sum(map(len, tokens))


def fourcat(folder: Path, clock: Clock) -> tuple[int, int]:
    """The calls of 4CAT's steps tokenise, tf-idf and topic modelling, outside of 4CAT.

    As its pages are filled in: words by NLTK's TweetTokenizer, language "other" (there is no stemmer for Indonesian),
    TF-IDF of months, topics by scikit-learn's LDA of the terms that 1 to 80 % of the posts hold. Words to be left out
    are looked up in a set here, in a trie there.
    """
    from nltk.tokenize import TweetTokenizer
    from sklearn.decomposition import LatentDirichletAllocation
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    link = re.compile(r"https?://[^\s]+")
    symbol = re.compile("[" + re.escape(string.punctuation) + "’‘“”" + "]")
    number = re.compile(r"\b[0-9]+\b")
    table = json.loads((folder / "posts.json").read_text())
    with tempfile.TemporaryDirectory() as made:
        file, left_out, kept = Path(made) / "all.json", set(_stopwords()), []
        with clock(STEMS):
            tokenize = TweetTokenizer(preserve_case=False).tokenize
            with file.open("w") as out:
                for caption, month in zip(table["captions"], table["months"], strict=True):
                    words = [number.sub("", symbol.sub("", word.lower())) for word in tokenize(link.sub("", caption))]
                    words = [word for word in words if word and word not in left_out]
                    if words:
                        out.write((",\n" if kept else "[") + json.dumps(words))
                        kept.append(month)
                out.write("\n]")
        with clock(COUNTS):
            tokens = json.loads(file.read_text())
            vectorizer = CountVectorizer(tokenizer=lambda post: post, lowercase=False, min_df=0.01, max_df=0.8)
            counts = vectorizer.fit_transform(tokens)
    with clock(TFIDF):
        of_months: dict[str, list[str]] = {}
        for month, words in zip(kept, tokens, strict=True):
            of_months.setdefault(month, []).extend(words)
        TfidfVectorizer(tokenizer=lambda month: month, lowercase=False).fit_transform(of_months.values())
    with clock(TOPICS):
        model = LatentDirichletAllocation(n_components=N_TOPICS, random_state=0).fit(counts)
    with clock(WEIGHTS):
        model.transform(counts)
    return counts.shape[1], sum(map(len, tokens))


def tmtoolkit(folder: Path, clock: Clock) -> tuple[int, int]:
    """A corpus of spaCy's blank Indonesian pipeline, types stemmed by PySastrawi, topics by the lda package."""
    import spacy
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
    from tmtoolkit.bow.bow_stats import tfidf
    from tmtoolkit.corpus import Corpus, dtm, filter_clean_tokens, to_lowercase, transform_tokens
    from tmtoolkit.topicmod.tm_lda import compute_models_parallel

    texts = dict(enumerate(captions_of(folder)))
    with clock(STEMS):
        corpus = Corpus({f"post{i}": text for i, text in texts.items()}, spacy_instance=spacy.blank("id"))
        to_lowercase(corpus)
        transform_tokens(corpus, StemmerFactory().create_stemmer().stem)
        filter_clean_tokens(corpus, remove_stopwords=_stopwords(), remove_numbers=True, remove_shorter_than=2)
    with clock(COUNTS):
        counts, vocabulary = dtm(corpus, return_vocab=True)
    with clock(TFIDF):
        tfidf(counts)
    with clock(WEIGHTS):
        settings = {"n_topics": N_TOPICS, "n_iter": GIBBS_SWEEPS, "random_state": 0}
        ((_, model),) = compute_models_parallel(counts, constant_parameters=settings, n_max_processes=1)
        assert model.doc_topic_.shape == (len(texts), N_TOPICS)
    return len(vocabulary), int(counts.sum())


CONTENDERS: dict[str, Callable[[Path, Clock], tuple[int, int]]] = {
    "textmine": textmine,
    "PySastrawi, scikit-learn NMF": scikit_nmf,
    "PySastrawi, scikit-learn LDA": scikit_lda,
    "PySastrawi, gensim LDA": gensim_lda,
    "calls of 4CAT": fourcat,
    "tmtoolkit": tmtoolkit,
}


def main() -> None:
    clock = Clock()
    terms, tokens = CONTENDERS[sys.argv[1]](Path(sys.argv[2]), clock)
    print(json.dumps({"steps": clock.steps, "terms": terms, "tokens": tokens}))


if __name__ == "__main__":
    main()
