"""How well keyphrases of single posts are found, beside YAKE, TF-IDF of n-grams and a KeyBERT-like peer, on KEPS valid.

    python bench/accuracy_keywords.py
    python bench/accuracy_keywords.py --format json

F1 is micro-averaged over the different keyphrases of each post; a keyphrase is right if it is one of the gold ones in
lower case, whole and no longer. Every contender's settings (how many keyphrases, how long, from which score on) are
those that are best on KEPS train. YAKE is measured where it is installed (``pip install --group bench``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from keps import FOLDER, Post, f1, read
from scores import Part, Row, package, run

from textmine.keyphrases import KeyphraseExtractor
from textmine.language.lexicons import load_stopwords

Ranked = list[list[tuple[str, float]]]
"""Keyphrases of each post with their scores, best first."""
Ranker = Callable[[Sequence[Post]], Ranked]
Cut = tuple[str, float]

LONGEST = (1, 2, 3)
FIRST = tuple(("first", n) for n in (3, 4, 5, 8))
LEAST = tuple(("least", score) for score in (0.0, 0.2, 0.25, 0.3, 0.35, 0.4))


def cut(ranked: Ranked, how: Cut) -> list[set[str]]:
    kind, limit = how
    if kind == "first":
        return [{phrase for phrase, _ in found[: int(limit)]} for found in ranked]
    return [{phrase for phrase, score in found if score >= limit} for found in ranked]


def ours(method: str, background: Sequence[Post] | None = None) -> Ranker:
    extractor = KeyphraseExtractor(method, top=None)  # type: ignore[arg-type]
    if background is not None:
        extractor.fit(post.text for post in background)
    return lambda posts: [[(k.phrase.lower(), k.score) for k in extractor.extract_one(post.text)] for post in posts]


def yake_rankers(part: Part) -> dict[str, list[Ranker]]:
    try:
        import yake
    except ImportError:
        part.skip("YAKE", "yake is not installed (pip install --group bench)")
        return {}

    def ranker(longest: int) -> Ranker:
        extractor = yake.KeywordExtractor(lan="id", n=longest, top=8)
        return lambda posts: [[(k.lower(), -score) for k, score in extractor.extract_keywords(p.text)] for p in posts]

    return {package("yake"): [ranker(longest) for longest in LONGEST]}


def candidates(post: Post, longest: int, stopwords: frozenset[str]) -> list[str]:
    """Runs of up to ``longest`` words that have no stopword at either end: what KeyBERT and TF-IDF choose from."""
    words = [word.lower() for word in post.text.split()]
    spans = ((i, i + n) for n in range(1, longest + 1) for i in range(len(words) - n + 1))
    kept = (words[a:b] for a, b in spans)
    return list(dict.fromkeys(" ".join(w) for w in kept if w[0] not in stopwords and w[-1] not in stopwords))


def tfidf(train: Sequence[Post], longest: int) -> Ranker:
    from sklearn.feature_extraction.text import TfidfVectorizer

    stopwords = load_stopwords()
    vectorizer = TfidfVectorizer(analyzer=lambda post: candidates(post, longest, stopwords)).fit(train)
    names = vectorizer.get_feature_names_out()

    def rank(posts: Sequence[Post]) -> Ranked:
        found = []
        for row, post in zip(vectorizer.transform(posts), posts, strict=True):
            known = dict(zip(names[row.indices], row.data, strict=True))
            # What train does not hold is rarer than all else.
            scored = [(phrase, float(known.get(phrase, 1.0))) for phrase in candidates(post, longest, stopwords)]
            found.append(sorted(scored, key=lambda x: -x[1]))
        return found

    return rank


def like_keybert(train: Sequence[Post], longest: int) -> Ranker:
    """KeyBERT's rule (the candidates nearest to the post) with latent semantic vectors in place of BERT's."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer

    stopwords = load_stopwords()
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    space = make_pipeline(letters, TruncatedSVD(100, random_state=0), Normalizer()).fit([post.text for post in train])

    def rank(posts: Sequence[Post]) -> Ranked:
        chosen = [candidates(post, longest, stopwords) for post in posts]
        different = sorted({phrase for phrases in chosen for phrase in phrases})
        vector = dict(zip(different, space.transform(different), strict=True))
        found = []
        for whole, phrases in zip(space.transform([post.text for post in posts]), chosen, strict=True):
            scored = [(phrase, float(np.dot(vector[phrase], whole))) for phrase in phrases]
            found.append(sorted(scored, key=lambda x: -x[1]))
        return found

    return rank


def contenders(train: Sequence[Post], part: Part) -> Mapping[str, tuple[list[Ranker], tuple[Cut, ...]]]:
    """Name to its rankers and the places where their lists may be cut."""
    peers = yake_rankers(part) | {
        "TF-IDF of n-grams": [tfidf(train, longest) for longest in LONGEST],
        "KeyBERT's rule with latent semantic vectors": [like_keybert(train, longest) for longest in LONGEST],
    }
    return {
        "textmine, trained on KEPS train (default)": ([ours("model")], LEAST),
        "textmine, rules": ([ours("rules")], LEAST),
        "textmine, rules, frequencies of KEPS train": ([ours("rules", train)], LEAST),
    } | {name: (rankers, FIRST) for name, rankers in peers.items()}


def measure(data: Path) -> Part:
    part = Part()
    folder = data / FOLDER
    if not part.has(folder / "valid_preprocess.txt", "keywords"):
        return part
    train, valid = read(folder / "train_preprocess.txt"), read(folder / "valid_preprocess.txt")
    gold = {name: [post.gold for post in posts] for name, posts in (("train", train), ("valid", valid))}
    scores = {}
    for name, (rankers, cuts) in contenders(train, part).items():
        tried = [
            (f1(gold["train"], cut(ranked, how)), -i, ranker, how)
            for i, ranker in enumerate(rankers)
            for ranked in [ranker(train)]
            for how in cuts
        ]
        _, _, best, how = max(tried, key=lambda x: x[:2])
        scores[name] = f1(gold["valid"], cut(best(valid), how))
    part.rows.append(Row("keyphrases", "KEPS valid", len(valid), "F1, exact match", scores))
    part.notes.append(NOTE)
    return part


NOTE = (
    "**Keyphrases.** KEPS (IndoNLU) is complaints to one bank, in which nearly every content word is marked. F1 is "
    "micro-averaged over the different keyphrases of each post, equal in lower case, neither longer nor shorter. The "
    "settings of all (words of a keyphrase, how many, from which score on) are the best on KEPS train. The model "
    "that ships was fitted on that part; of single words it knows only those that are frequent in Indonesian at large "
    "(`models/keyphrases`). The rules learn nothing. KeyBERT needs an encoder that is downloaded; its rule ran with "
    "TF-IDF of letters, reduced to 100 dimensions by SVD on KEPS train. The scores of IndoNLU (fine-tuned BERT) count "
    "spans, not phrases, and do not compare."
)


if __name__ == "__main__":
    run(measure, __doc__)
