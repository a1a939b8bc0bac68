"""Train the keyphrase model that ships with textmine, on the training part of KEPS, and write its weights.

python bench/train_keyphrases.py --cross-validate     # F1 over four folds of the training part, writes nothing
python bench/train_keyphrases.py --write              # models/keyphrases
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from keps import FOLDER, Post, f1, read
from measure import DATA
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

import textmine
from textmine.atomic import hash_path, write_json
from textmine.keyphrases.chunkers import DESCRIPTION, MODEL_FORMAT, WEIGHTS, ModelChunker, features_of
from textmine.keyphrases.features import WordFeatures

TARGET = Path(__file__).resolve().parents[1] / "models" / "keyphrases" / WEIGHTS
STRENGTH = 0.3  # of the regularisation, inverse; chosen by cross-validation, as is the threshold
LEAST_USES = 3  # features of fewer words are left out
LEAST_WEIGHT = 0.03
THRESHOLD = 0.45


def train(posts: Sequence[Post], features: WordFeatures) -> dict[str, dict[str, float]]:
    of_words = [[features_of(features, post.words, i) for i in range(len(post.words))] for post in posts]
    keyword = [
        (names, tag != "O")
        for words, post in zip(of_words, posts, strict=True)
        for names, tag in zip(words, post.tags, strict=True)
    ]
    continues = [
        (words[i], post.tags[i] == "I")
        for words, post in zip(of_words, posts, strict=True)
        for i in range(1, len(words))
        if post.tags[i] != "O" and post.tags[i - 1] != "O"
    ]
    return {"keyword": weights(keyword), "continues": weights(continues)}


def weights(examples: Sequence[tuple[list[str], bool]]) -> dict[str, float]:
    uses = Counter(name for names, _ in examples for name in names)
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform(
        [{name: 1.0 for name in names if uses[name] >= LEAST_USES and name != "bias"} for names, _ in examples]
    )
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, [label for _, label in examples])
    found = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    kept = {str(name): round(float(w), 2) for name, w in found if abs(w) >= LEAST_WEIGHT}
    return {"bias": round(float(model.intercept_[0]), 3)} | dict(sorted(kept.items()))


def cross_validate(posts: Sequence[Post], features: WordFeatures) -> float:
    gold, found = [], []
    for fold in range(4):
        rest = [post for i, post in enumerate(posts) if i % 4 != fold]
        chunker = ModelChunker(features, train(rest, features), threshold=THRESHOLD)
        for post in posts[fold::4]:
            gold.append(post.gold)
            found.append({" ".join(post.words[c.start : c.end]).lower() for c in chunker.chunks(post.words)})
    return f1(gold, found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    posts, features = read(options.data / FOLDER / "train_preprocess.txt"), WordFeatures()
    print(f"{len(posts):,} posts, {np.mean([len(p.gold) for p in posts]):.2f} keyphrases each")
    if options.cross_validate:
        print(f"F1 over four folds {cross_validate(posts, features):.3f}")
    if options.write:
        content = {"threshold": THRESHOLD} | train(posts, features)
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        description = {"format": MODEL_FORMAT, "textmine": textmine.__version__}
        write_json(TARGET.with_name(DESCRIPTION), description | {"checksums": {WEIGHTS: hash_path(TARGET)}})
        print(f"{TARGET.name}: {len(content['keyword']) + len(content['continues']):,} weights")


if __name__ == "__main__":
    main()
