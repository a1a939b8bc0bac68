"""Keyphrases of posts, ranked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl
from sklearn.base import BaseEstimator

from textmine.keyphrases.chunkers import Chunk, Chunker, ModelChunker, RuleChunker
from textmine.keyphrases.features import WordFeatures
from textmine.keyphrases.tokens import Token, tokenise

Method = Literal["model", "rules"]

KEYPHRASE_SCHEMA: Final = pl.Schema(
    {
        "post": pl.UInt32(),
        "rank": pl.UInt32(),
        "phrase": pl.String(),
        "score": pl.Float64(),
        "count": pl.UInt32(),
        "start": pl.UInt32(),
        "end": pl.UInt32(),
    }
)
"""Columns of keyphrases: row of the post from 0, rank, phrase as written at its first place, score, times it stands in
the post, and that first place in characters."""

_LATER: Final = 0.25
"""How much less a phrase at the very end counts than one at the beginning."""
_RAREST: Final = 7.0


@dataclass(frozen=True)
class Keyphrase:
    """A keyphrase of one text."""

    phrase: str
    score: float
    count: int
    start: int
    end: int


class KeyphraseExtractor(BaseEstimator):  # type: ignore[misc]
    """Finds the keyphrases of single posts.

    A candidate is one to three words. Its score is the product of

    - the chance that its words are part of a keyphrase: by the model that ships with textmine, from the words and
      their neighbours (frequency in Indonesian, shape, affixes, lists); by rules 0.8, and 1 with capitals or hashtags;
    - keyness: the mean over its words of how rare they are, from 0 to 1: in Indonesian at large, or, after
      :meth:`fit`, among posts of the user's own (``ln((1 + n) / (1 + df)) / ln(1 + n)``);
    - frequency: ``1 + ln(times it stands in the post)``;
    - position: from 1 at the beginning to 0.75 at the end.

    Parameters
    ----------
    method
        ``model`` or ``rules``.
    top
        Keyphrases a post at most; all if None.
    min_score
        Those with a lower score are left out.

    Attributes
    ----------
    document_frequency_ : dict of str to int
        Posts that hold each word, after :meth:`fit`.
    n_posts_ : int
        Posts seen in :meth:`fit`.

    Examples
    --------
    >>> found = KeyphraseExtractor(top=2).extract_one("Kementerian Kesehatan membuka vaksinasi gratis di Surabaya")
    >>> [keyphrase.phrase for keyphrase in found]
    ['vaksinasi gratis', 'Kementerian Kesehatan']
    """

    def __init__(self, method: Method = "model", *, top: int | None = 10, min_score: float = 0.0) -> None:
        self.method = method
        self.top = top
        self.min_score = min_score

    def fit(self, texts: Iterable[str], y: object = None) -> KeyphraseExtractor:
        """Learn how frequent words are among posts like those that are to come.

        Parameters
        ----------
        texts
            Captions, shape (n_posts,).
        y
            Ignored.
        """
        frequency: Counter[str] = Counter()
        n_posts = 0
        for text in texts:
            frequency.update({token.text.lower() for token in tokenise(text or "")})
            n_posts += 1
        self.document_frequency_ = dict(frequency)
        self.n_posts_ = n_posts
        return self

    def extract(self, texts: Iterable[str | None]) -> pl.DataFrame:
        """Keyphrases of each text.

        Returns
        -------
        polars.DataFrame
            Columns of ``KEYPHRASE_SCHEMA``, sorted by post and rank.
        """
        rows = [
            (post, rank, k.phrase, k.score, k.count, k.start, k.end)
            for post, text in enumerate(texts)
            for rank, k in enumerate(self.extract_one(text or ""), start=1)
        ]
        return pl.DataFrame(rows, schema=KEYPHRASE_SCHEMA, orient="row")

    def extract_one(self, text: str) -> list[Keyphrase]:
        """Keyphrases of one text, best first."""
        features, chunker = self._tools()
        tokens = list(tokenise(text))
        words = [token.text for token in tokens]
        first: dict[str, Chunk] = {}
        count: Counter[str] = Counter()
        for chunk in chunker.chunks(words):
            key = " ".join(words[chunk.start : chunk.end]).casefold()
            first.setdefault(key, chunk)
            count[key] += 1
        found = [self._keyphrase(text, tokens, chunk, count[key], features) for key, chunk in first.items()]
        kept = [keyphrase for keyphrase in found if keyphrase.score >= self.min_score]
        return sorted(kept, key=lambda keyphrase: (-keyphrase.score, keyphrase.start))[: self.top]

    def _keyphrase(
        self, text: str, tokens: Sequence[Token], chunk: Chunk, count: int, features: WordFeatures
    ) -> Keyphrase:
        start, end = tokens[chunk.start].start, tokens[chunk.end - 1].end
        words = [token.text for token in tokens[chunk.start : chunk.end]]
        keyness = sum(self._keyness(word, features) for word in words) / len(words)
        position = 1 - _LATER * start / max(len(text), 1)
        score = chunk.probability * keyness * (1 + math.log(count)) * position
        return Keyphrase(text[start:end], round(score, 6), count, start, end)

    def _keyness(self, word: str, features: WordFeatures) -> float:
        if hasattr(self, "document_frequency_") and self.n_posts_:
            n = self.n_posts_
            return math.log((1 + n) / (1 + self.document_frequency_.get(word.lower(), 0))) / math.log(1 + n)
        return features.rarity(word) / _RAREST

    def _tools(self) -> tuple[WordFeatures, Chunker]:
        """Lexicons and chunker, loaded at the first text: parameters may be set until then."""
        if getattr(self, "_loaded", (None,))[0] != self.method:
            if self.method not in ("model", "rules"):
                raise ValueError(f"method must be 'model' or 'rules', not {self.method!r}")
            features = WordFeatures()
            chunker = ModelChunker.load(features) if self.method == "model" else RuleChunker(features)
            self._loaded = (self.method, features, chunker)
        return self._loaded[1], self._loaded[2]


def extract_keywords(
    posts: pl.DataFrame | pl.LazyFrame | pl.Series | Iterable[str | None],
    *,
    method: Method = "model",
    top: int | None = 10,
    min_score: float = 0.0,
    background: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Find the keyphrases of each post.

    Parameters
    ----------
    posts
        Canonical posts (``caption`` is read, and ``platform`` and ``post_id`` if they are there), or captions.
    method, top, min_score
        As for :class:`KeyphraseExtractor`.
    background
        Captions whose words are taken for common; Indonesian at large if None.

    Returns
    -------
    polars.DataFrame
        Columns of ``KEYPHRASE_SCHEMA``; for posts with ``platform`` and ``post_id``, those stand in front.

    Examples
    --------
    >>> extract_keywords(["Panen raya padi di Karawang"], top=1)["phrase"].to_list()
    ['Karawang']
    """
    extractor = KeyphraseExtractor(method, top=top, min_score=min_score)
    if background is not None:
        extractor.fit(background)
    if isinstance(posts, (pl.DataFrame, pl.LazyFrame)):
        keys = [name for name in ("platform", "post_id") if name in posts.collect_schema()]
        table = posts.lazy().select(*keys, "caption").collect()
        found = extractor.extract(table["caption"])
        return pl.concat([table.select(keys)[found["post"].to_list()], found], how="horizontal") if keys else found
    return extractor.extract(_texts(posts))


def _texts(posts: Any) -> Iterable[str | None]:  # noqa: ANN401 - a series or any iterable
    return posts.to_list() if isinstance(posts, pl.Series) else posts
