"""KEPS: posts with keyphrases in BIO tags, how they are read, and how extractors are scored on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from textmine.keyphrases.tokens import tokenise

FOLDER = Path("keywords") / "keps"


class Post(NamedTuple):
    """Text, its keyphrases in lower case, and the tokens of textmine with their tags."""

    text: str
    gold: frozenset[str]
    words: tuple[str, ...]
    tags: tuple[str, ...]


def read(path: Path) -> list[Post]:
    posts = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line.strip()]
        if rows:
            posts.append(post([row[0] for row in rows], [row[1] for row in rows]))
    return posts


def post(words: Sequence[str], tags: Sequence[str]) -> Post:
    own_words, own_tags = [], []
    for word, tag in zip(words, tags, strict=True):
        for place, token in enumerate(tokenise(word)):
            own_words.append(token.text)
            own_tags.append("I" if tag == "B" and place else tag)
    return Post(" ".join(words), frozenset(phrases(words, tags)), tuple(own_words), tuple(own_tags))


def phrases(words: Sequence[str], tags: Sequence[str]) -> set[str]:
    found: list[list[str]] = []
    before = "O"
    for word, tag in zip(words, tags, strict=True):
        if tag == "B" or (tag == "I" and before == "O"):
            found.append([word.lower()])
        elif tag == "I":
            found[-1].append(word.lower())
        before = tag
    return {" ".join(phrase) for phrase in found}


def f1(gold: Sequence[frozenset[str]], found: Sequence[set[str]]) -> float:
    """Micro F1 over the different keyphrases of each post, equal in lower case."""
    right = sum(len(g & f) for g, f in zip(gold, found, strict=True))
    total = sum(map(len, gold)) + sum(map(len, found))
    return 2 * right / total if total else 0.0
