"""Giveaways and engagement bait by their wording, and news about them told apart.

Words and pairs of ``data/giveaways.tsv`` are looked up among the normalised words of a caption; each type is learned
once. A kind counts as much as its strongest term in a stretch of text, and the kinds add up: *kuis* alone says little,
*kuis* with *hadiah* and *tag 3 teman* much. Prizes count only beside a giveaway or a request,
rules only beside a prize too. Words of news
(*penyerahan*, *penipuan*, *pemenang kuis diumumkan*) take away. There is no grammar behind it.
"""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.codes import TypeTable
from textmine.language.clean import clean, decode_entities, plain_forms
from textmine.language.lexicons import load_slang
from textmine.language.tokens import WORD

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

WORDING_SCHEMA: Final = pl.Schema(
    {"row": pl.UInt32(), "reason": pl.String(), "score": pl.Float64(), "terms": pl.String()}
)
ENOUGH: Final = 3.0
"""Weight at which the score is one half."""
STRETCH: Final = 80
"""Words that are read together: a description of a video says many things that have nothing to do with each other."""

_STEEP: Final = 0.8
_LEAST: Final = 2.0
"""Less weight than this is not kept."""
_MOST_TERMS: Final = 5
_NEWS_ENDS: Final = -4.0
_LONGEST: Final = 3
_TAG_WORDS: Final = ("giveaway", "kuis", "berhadiah", "quiz", "bagihadiah", "bagibagihadiah")
_TAG_WEIGHTS: Final = {"giveaway": 3, "kuis": 2, "berhadiah": 2, "quiz": 2, "bagihadiah": 3, "bagibagihadiah": 3}
_TOKEN: Final = rf"{WORD}|[0-9]+|&"
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
_NUMBERS: Final = frozenset("dua tiga empat lima enam tujuh delapan sembilan sepuluh".split())


class GiveawayReader:
    """Scores captions; it grows with the vocabulary. The lexicon is loaded once, here.

    Examples
    --------
    >>> reader = GiveawayReader()
    >>> captions = pl.Series(["Kuis! Tag 3 teman kamu, ada hadiah menarik", "Rapat kuis evaluasi di kampus"])
    >>> posts = pl.DataFrame({"caption": captions, "hashtags": [["Kuis"], []]})
    >>> reader.read(posts).select("row", "reason", pl.col("score").round(2), "terms").rows()
    [(0, 'giveaway', 0.96, 'kuis, tag # teman, hadiah menarik, #kuis'), (1, 'giveaway', 0.31, 'kuis')]
    """

    def __init__(self) -> None:
        lines = [line.split("\t") for line in _lexicon().splitlines()]
        self._skipped = frozenset(term for term, kind, _ in lines if kind == "skip")
        terms = [(term, kind, float(weight)) for term, kind, weight in lines if kind != "skip"]
        terms += [(f"#{word}", "giveaway", float(_TAG_WEIGHTS[word])) for word in _TAG_WORDS]
        words = sorted({word for term, _, _ in terms for word in term.split()})
        self._ids = {word: number for number, word in enumerate(words, start=1)}
        self._terms = pl.DataFrame(terms, schema=["term", "kind", "weight"], orient="row").with_row_index("number")
        self._keys = [self._table(length, terms) for length in range(1, _LONGEST + 1)]
        self._slang = load_slang()
        self._asking = self._parts([term for term, kind, _ in terms if kind in ("giveaway", "bait")])
        self._words = np.zeros(0, np.int64)
        self._types = TypeTable(self._learn)

    def read(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Score a batch.

        Parameters
        ----------
        posts
            ``caption`` and ``hashtags``, shape (n_posts, any).

        Returns
        -------
        polars.DataFrame
            Columns of ``WORDING_SCHEMA``: row of the batch, reason (``giveaway``, or ``engagement_bait`` where nothing
            is given away), score and the terms that were found; posts without enough of them are left out.
        """
        captions, hashtags = pl.col("caption").fill_null(""), pl.col("hashtags").fill_null([])
        # Without a giveaway or a request nothing counts: two captions in three need not be taken apart.
        texts = (plain_forms(decode_entities(captions)), hashtags.list.join(" "))
        asks = pl.any_horizontal(text.str.to_lowercase().str.contains_any(self._asking) for text in texts)
        words = clean(captions).str.to_lowercase().str.extract_all(_TOKEN)
        tags = hashtags.list.eval("#" + pl.element().str.to_lowercase())
        lists = (
            posts.lazy()
            .with_row_index("row")
            .filter(asks)
            .select("row", words.list.concat(tags).cast(self._types.dtype).alias("words"))
            .collect()
        )
        slots, rows = self._types.encode(lists["words"])
        found = self._found(self._words[slots], rows)
        found = found.with_columns(lists["row"].gather(found["row"]))
        return _scored(found.join(self._terms, on="number", how="left", maintain_order="left"))

    def _found(self, words: Integers, rows: Integers) -> pl.DataFrame:
        """Row, place and number of every term."""
        parts, longest = [], np.zeros(len(words), np.int64)
        for length, (keys, numbers) in enumerate(self._keys, start=1):
            n = max(len(words) - length + 1, 0)
            key = np.zeros(n, np.int64)
            for place in range(length):
                key = key * (len(self._ids) + 1) + words[place : place + n]
            at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
            hit = np.flatnonzero((keys[at] == key) & (rows[:n] == rows[length - 1 :][:n]))
            parts.append(pl.DataFrame({"row": rows[hit], "place": hit, "number": numbers[at[hit]]}))
            for place in range(length):
                longest[hit + place] = length
        # Evidence names *kuis berhadiah*, not *kuis* and *berhadiah* beside it.
        found = pl.concat(
            part.with_columns(shown=pl.Series(longest[part["place"].to_numpy()] == length, dtype=pl.Boolean))
            for length, part in enumerate(parts, start=1)
        )
        within = found["place"].to_numpy() - np.searchsorted(rows, found["row"].to_numpy())
        whole = (pl.col(name).cast(pl.UInt32) for name in ("row", "number"))
        return found.with_columns(*whole, pl.Series("place", within, dtype=pl.Int64))

    def _parts(self, terms: list[str]) -> list[str]:
        """What stands in every text with one of the terms: its longest word, or what that is written as."""
        words = {term.removeprefix("#") for term in terms if " " not in term}
        words |= {max(term.split(), key=len) for term in terms if words.isdisjoint(term.split())}
        slang = {word for word, plain in self._slang.items() if plain in words}
        drawn_out = {3 * letter for word in words | slang for letter in word if letter.isalnum()}
        return sorted(words | slang | drawn_out)

    def _table(self, length: int, terms: list[tuple[str, str, float]]) -> tuple[Integers, Integers]:
        """Keys of all terms of so many words, ascending, and the number of each."""
        keys, numbers = [], []
        for number, (term, _, _) in enumerate(terms):
            words = term.split()
            if len(words) == length:
                key = 0
                for word in words:
                    key = key * (len(self._ids) + 1) + self._ids[word]
                keys.append(key)
                numbers.append(number)
        order = np.argsort(keys)
        return np.asarray(keys, np.int64)[order], np.asarray(numbers, np.int64)[order]

    def _learn(self, types: list[str]) -> list[int]:
        """No slot for words that may stand between, one for all others: 0 where no term has the word."""
        ids = [self._id(word) for word in types]
        self._words = np.concatenate([self._words, np.asarray([each for each in ids if each >= 0], np.int64)])
        return [int(each >= 0) for each in ids]

    def _id(self, word: str) -> int:
        if word.startswith("#"):
            tag = next((each for each in _TAG_WORDS if word[1:].startswith(each) or word.endswith(each)), None)
            return self._ids[f"#{tag}"] if tag else 0
        plain = _DRAWN_OUT.sub(r"\1", word)
        if plain.isdigit() or plain in _NUMBERS:
            return self._ids["#"]
        for form in (plain, self._slang.get(plain, plain), "dan" if plain == "&" else plain):
            if form in self._skipped:
                return -1
            if form in self._ids:
                return self._ids[form]
        return 0


def lexicon_hash() -> str:
    """SHA-256 of the lexicon, so that whoever kept scores knows when they are of another one."""
    return hashlib.sha256(_lexicon().encode("utf-8")).hexdigest()


def _lexicon() -> str:
    return (resources.files("textmine") / "data" / "giveaways.tsv").read_text(encoding="utf-8")


def _scored(found: pl.DataFrame) -> pl.DataFrame:
    """Best stretch of each post. Every term lies in two stretches that overlap by half."""
    half = pl.col("place") // (STRETCH // 2)
    both = pl.concat([found.with_columns(stretch=half), found.with_columns(stretch=half + 1)]).sort(
        "row", "place", "number"
    )
    weight = pl.col("weight")
    kinds = ("giveaway", "bait", "prize", "rules")
    summed = both.group_by("row", "stretch").agg(
        *(weight.filter(pl.col("kind") == kind).max().fill_null(0.0).alias(kind) for kind in kinds),
        weight.filter((pl.col("kind") == "news") & pl.col("term").is_first_distinct()).sum().alias("news"),
        pl.col("term").filter((pl.col("kind") != "news") & pl.col("shown")).unique(maintain_order=True),
    )
    asked = pl.col("giveaway") + pl.col("bait")
    ruled = pl.when((pl.col("giveaway") > 0) | (pl.col("prize") > 0)).then("rules").otherwise(0.0)
    told = pl.when(asked > 0).then(pl.col("prize") + ruled).otherwise(0.0)
    total = asked + told + pl.col("news").clip(lower_bound=_NEWS_ENDS)
    best = (
        summed.with_columns(total.alias("total"))
        .filter(pl.col("total") >= _LEAST)
        .sort("row", "total", "stretch", descending=[False, True, False])
        .unique("row", keep="first", maintain_order=True)
    )
    gives = (pl.col("giveaway") > 0) | (pl.col("prize") > 0)
    return best.select(
        "row",
        pl.when(gives).then(pl.lit("giveaway")).otherwise(pl.lit("engagement_bait")).alias("reason"),
        (1 / (1 + (-_STEEP * (pl.col("total") - ENOUGH)).exp())).alias("score"),
        pl.col("term").list.head(_MOST_TERMS).list.join(", ").alias("terms"),
    )
