"""How well keyphrases of single posts are found, beside YAKE, TF-IDF of n-grams and a KeyBERT-like peer, on KEPS valid.

    python bench/accuracy_keywords.py
    python bench/accuracy_keywords.py --format json

F1 is micro-averaged over the different keyphrases of each post; a keyphrase is right if it is one of the gold ones in
lower case, whole and no longer. Every contender's settings (how many keyphrases, how long, from which score on) are
those that are best on KEPS train. YAKE is measured where it is installed (``pip install --group bench``).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from keps import FOLDER, Post, f1, read
from scores import Part, Row, package, run

from textmine.keyphrases import KeyphraseExtractor
from textmine.language.lexicons import load_stopwords

Found = list[set[str]]
Extract = Callable[[Sequence[Post]], Found]


def ours(method: str, least: float, background: Sequence[Post] | None) -> Extract:
    extractor = KeyphraseExtractor(method, top=None, min_score=least)  # type: ignore[arg-type]
    if background is not None:
        extractor.fit(post.text for post in background)

    def extract(posts: Sequence[Post]) -> Found:
        return [{k.phrase.lower() for k in extractor.extract_one(post.text)} for post in posts]

    return extract


def yake_settings(part: Part) -> dict[str, Iterable[Extract]]:
    try:
        import yake
    except ImportError:
        part.skip("YAKE", "yake is not installed (pip install --group bench)")
        return {}

    def contender(longest: int, top: int) -> Extract:
        extractor = yake.KeywordExtractor(lan="id", n=longest, top=top)
        return lambda posts: [{k.lower() for k, _ in extractor.extract_keywords(post.text)} for post in posts]

    return {package("yake"): itertools.starmap(contender, itertools.product((1, 2, 3), (3, 4, 5, 8)))}


def candidates(post: Post, longest: int, stopwords: frozenset[str]) -> list[str]:
    """Runs of up to ``longest`` words that are not stopwords at either end: what KeyBERT and TF-IDF choose from."""
    words = [word.lower() for word in post.text.split()]
    spans = ((i, i + n) for n in range(1, longest + 1) for i in range(len(words) - n + 1))
    kept = (words[a:b] for a, b in spans)
    return list(dict.fromkeys(" ".join(w) for w in kept if w[0] not in stopwords and w[-1] not in stopwords))


def tfidf(train: Sequence[Post], longest: int, top: int) -> Extract:
    from sklearn.feature_extraction.text import TfidfVectorizer

    stopwords = load_stopwords()
    vectorizer = TfidfVectorizer(analyzer=lambda post: candidates(post, longest, stopwords)).fit(train)
    names = vectorizer.get_feature_names_out()

    def extract(posts: Sequence[Post]) -> Found:
        found = []
        for row, post in zip(vectorizer.transform(posts), posts, strict=True):
            known = dict(zip(names[row.indices], row.data, strict=True))
            # What train does not hold is rarer than all else.
            ranked = sorted(candidates(post, longest, stopwords), key=lambda c: -known.get(c, 1.0))
            found.append(set(ranked[:top]))
        return found

    return extract


def like_keybert(train: Sequence[Post], longest: int, top: int) -> Extract:
    """KeyBERT's rule (the candidates nearest to the post) with latent semantic vectors in place of BERT's."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer

    stopwords = load_stopwords()
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    space = make_pipeline(letters, TruncatedSVD(100, random_state=0), Normalizer()).fit([post.text for post in train])

    def extract(posts: Sequence[Post]) -> Found:
        found = []
        for vector, post in zip(space.transform([post.text for post in posts]), posts, strict=True):
            chosen = candidates(post, longest, stopwords)
            nearest = np.argsort(-(space.transform(chosen) @ vector))[:top] if chosen else []
            found.append({chosen[i] for i in nearest})
        return found

    return extract


def contenders(train: Sequence[Post], part: Part) -> dict[str, Iterable[Extract]]:
    """Name to all settings."""
    grid = list(itertools.product((1, 2, 3), (3, 4, 5, 8)))
    least = (0.0, 0.2, 0.25, 0.3, 0.35, 0.4)
    return {
        "textmine, trained on KEPS train (default)": (ours("model", score, None) for score in (0.0, 0.2, 0.25, 0.3)),
        "textmine, rules": (ours("rules", score, None) for score in least),
        "textmine, rules, frequencies of KEPS train": (ours("rules", score, train) for score in least),
        **yake_settings(part),
        "TF-IDF of n-grams": (tfidf(train, longest, top) for longest, top in grid),
        "KeyBERT's rule with latent semantic vectors": (like_keybert(train, longest, top) for longest, top in grid),
    }


def measure(data: Path) -> Part:
    part = Part()
    folder = data / FOLDER
    if not part.has(folder / "valid_preprocess.txt", "keywords"):
        return part
    train, valid = read(folder / "train_preprocess.txt"), read(folder / "valid_preprocess.txt")
    scores = {}
    for name, settings in contenders(train, part).items():
        best = max(settings, key=lambda extract: f1([post.gold for post in train], extract(train)))
        scores[name] = f1([post.gold for post in valid], best(valid))
    part.rows.append(Row("keyphrases", "KEPS valid", len(valid), "F1, exact match", scores))
    part.notes.append(
        "**Keyphrases.** KEPS (IndoNLU) is complaints to one bank, in which nearly every content word is marked. F1 is "
        "micro-averaged over the different keyphrases of each post, equal in lower case. Every contender's settings are "
        "the best on KEPS train. The shipped model was fitted on that part and knows by themselves only words that are "
        "frequent in Indonesian at large (`models/keyphrases`); the rules learn nothing. KeyBERT itself needs a "
        "downloaded encoder; its rule was run with TF-IDF of letters, reduced to 100 dimensions by SVD on KEPS train. "
        "IndoNLU's own scores (fine-tuned BERT) count spans, not phrases, and do not compare."
    )
    return part


if __name__ == "__main__":
    run(measure, __doc__)
