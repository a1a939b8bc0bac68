"""Grows the vocabulary of a post table batch by batch: each type is analysed once, tokens are counted by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import polars as pl

from textmine.language.analysis import Term, TypeAnalyser
from textmine.language.clean import clean
from textmine.language.hashtags import hashtag_identity
from textmine.language.settings import LanguageSettings
from textmine.language.tokens import emoji_tokens, word_tokens

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

TermKind = Literal["word", "hashtag", "emoji"]
TERM_KINDS: Final[tuple[TermKind, ...]] = get_args(TermKind)

VOCABULARY_SCHEMA: Final = pl.Schema(
    {
        "term": pl.String(),
        "kind": pl.Enum(TERM_KINDS),
        "surface": pl.String(),
        "count": pl.UInt64(),
        "document_frequency": pl.UInt32(),
    }
)
"""Row j of a vocabulary describes column j of its matrix; ``surface`` is the most frequent written form."""


def types_of(tokens: pl.Series) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Codes of a categorical token column and, for each code in use, where it first stands.

    Parameters
    ----------
    tokens
        Categorical column without nulls, shape (n_tokens,).

    Returns
    -------
    codes : shape (n_tokens,), uint32
    first : shape (max code + 1,), int64
        Position of the first token with that code, -1 where there is none.
    """
    codes = tokens.to_physical().to_numpy()
    first = np.full(int(codes.max()) + 1 if len(codes) else 0, -1, np.int64)
    # Assigned backwards: of several writes to one place the last stays, which is the first occurrence.
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


class _Channel:
    """One kind of token with its own types: words, hashtags or emoji.

    A type has zero or more slots, one for each of its terms; a slot knows its term and its written form.
    """

    def __init__(self, analyse: Callable[[list[str]], list[list[Term]]], term_ids: dict[str, int]) -> None:
        self._analyse = analyse
        self._term_ids = term_ids
        self._categories = pl.Categories.random()
        # Polars drops the codes of categories that no column uses, and would number the next batch anew.
        self._anchor = pl.Series(dtype=pl.Categorical(self._categories))
        self._start = np.zeros(0, np.int64)
        self._length = np.full(0, -1, np.int64)  # -1: type not seen yet
        self._slot_terms = np.zeros(0, np.int64)
        self._slot_surfaces: list[str] = []
        self._slot_counts = np.zeros(0, np.int64)

    @property
    def dtype(self) -> pl.DataType:
        """Polars type that token lists of this channel are read as."""
        return pl.List(pl.Categorical(self._categories))

    def encode(self, lists: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and term ids of all term occurrences in a batch of token lists, both of shape (n_terms,)."""
        tokens = lists.explode(empty_as_null=False, keep_nulls=False)
        codes, first = types_of(tokens)
        self._learn(tokens, first)
        lengths = self._length[codes]
        n_tokens = lists.list.len().fill_null(0).to_numpy().astype(np.int64)
        token_rows = np.repeat(np.arange(len(lists), dtype=np.int64), n_tokens)
        ends = np.cumsum(lengths)
        within = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64) - np.repeat(ends - lengths, lengths)
        slots = np.repeat(self._start[codes], lengths) + within
        self._slot_counts += np.bincount(slots, minlength=len(self._slot_terms))
        return np.repeat(token_rows, lengths), self._slot_terms[slots]

    def _learn(self, tokens: pl.Series, first: npt.NDArray[np.int64]) -> None:
        """Analyse the types that no earlier batch had."""
        grow = len(first) - len(self._length)
        if grow > 0:
            self._length = np.concatenate([self._length, np.full(grow, -1, np.int64)])
            self._start = np.concatenate([self._start, np.zeros(grow, np.int64)])
        new = np.flatnonzero((first >= 0) & (self._length[: len(first)] < 0))
        types = tokens.gather(first[new]).cast(pl.String).to_list()
        analysed = self._analyse(types)
        lengths = np.fromiter(map(len, analysed), np.int64, len(analysed))
        self._length[new] = lengths
        self._start[new] = len(self._slot_terms) + np.cumsum(lengths) - lengths
        terms = [term for of_type in analysed for term in of_type]
        ids = [self._term_ids.setdefault(term, len(self._term_ids)) for term, _ in terms]
        self._slot_surfaces.extend(surface for _, surface in terms)
        self._slot_terms = np.concatenate([self._slot_terms, np.asarray(ids, np.int64)])
        self._slot_counts = np.concatenate([self._slot_counts, np.zeros(len(ids), np.int64)])

    def surfaces(self) -> pl.DataFrame:
        """How often each term was written in each form: term_id, surface, count."""
        columns = {"term_id": self._slot_terms, "surface": self._slot_surfaces, "count": self._slot_counts}
        schema = {"term_id": pl.Int64(), "surface": pl.String(), "count": pl.Int64()}
        return pl.DataFrame(columns, schema=schema).group_by("term_id", "surface").agg(pl.col("count").sum())


class VocabularyBuilder:
    """Counts terms over batches of posts with a vocabulary that grows.

    Parameters
    ----------
    settings
        What the language layer does to each type.
    """

    def __init__(self, settings: LanguageSettings) -> None:
        self.settings = settings
        self._term_ids: dict[str, int] = {}
        self._document_frequency = np.zeros(0, np.int64)
        self._channels: dict[TermKind, _Channel] = {
            "word": _Channel(TypeAnalyser(settings).analyse_types, self._term_ids),
            "hashtag": _Channel(_hashtag_terms, self._term_ids),
        }
        if settings.emoji:
            self._channels["emoji"] = _Channel(_emoji_terms, self._term_ids)

    def add(self, posts: pl.DataFrame) -> sp.csr_array:
        """Count a batch of posts.

        Parameters
        ----------
        posts
            Columns ``caption`` and ``hashtags``, shape (n_posts, any).

        Returns
        -------
        scipy.sparse.csr_array
            int32 counts, shape (n_posts, terms so far). Columns are in order of first appearance until
            :meth:`finish` says their final place.
        """
        import scipy.sparse as sp

        lists = posts.lazy().select(self._token_lists()).collect()
        encoded = [self._channels[kind].encode(lists[kind]) for kind in self._channels]
        rows = np.concatenate([row for row, _ in encoded])
        terms = np.concatenate([term for _, term in encoded])
        shape = (len(posts), len(self._term_ids))
        counts = sp.coo_array((np.ones(len(rows), np.int32), (rows, terms)), shape=shape).tocsr()
        frequency = np.bincount(counts.indices, minlength=shape[1])
        frequency[: len(self._document_frequency)] += self._document_frequency
        self._document_frequency = frequency
        return counts

    def _token_lists(self) -> list[pl.Expr]:
        caption = pl.col("caption").fill_null("")
        hashtags = pl.col("hashtags").list.eval(pl.element().filter(pl.element().str.strip_chars("# ") != ""))
        lists: dict[TermKind, pl.Expr] = {
            "word": word_tokens(clean(caption)),
            "hashtag": hashtags,
            "emoji": emoji_tokens(caption),
        }
        return [lists[kind].cast(channel.dtype).alias(kind) for kind, channel in self._channels.items()]

    def finish(self) -> tuple[pl.DataFrame, npt.NDArray[np.int32]]:
        """Vocabulary in its final order, and the final column of every provisional one.

        Returns
        -------
        vocabulary : polars.DataFrame
            Columns of ``VOCABULARY_SCHEMA``, shape (n_terms, 5), sorted by kind and term.
        column : shape (n_terms,), int32
            ``column[i]`` is the final column of provisional column i.
        """
        surfaces = pl.concat(
            channel.surfaces().with_columns(pl.lit(kind, pl.Enum(TERM_KINDS)).alias("kind"))
            for kind, channel in self._channels.items()
        )
        terms = surfaces.sort("term_id", "count", "surface", descending=[False, True, False]).group_by(
            "term_id", "kind", maintain_order=True
        )
        table = terms.agg(pl.col("surface").first(), pl.col("count").sum()).join(
            pl.DataFrame(
                {
                    "term_id": np.arange(len(self._term_ids)),
                    "term": list(self._term_ids),
                    "document_frequency": self._document_frequency,
                },
                schema_overrides={"term": pl.String()},
            ),
            on="term_id",
        )
        table = table.sort("kind", "term")
        column = np.empty(len(table), np.int32)
        column[table["term_id"].to_numpy()] = np.arange(len(table), dtype=np.int32)
        return table.select(pl.col(name).cast(dtype) for name, dtype in VOCABULARY_SCHEMA.items()), column


def _hashtag_terms(types: list[str]) -> list[list[Term]]:
    identities = pl.Series("hashtag", types, dtype=pl.String).to_frame().select(hashtag_identity(pl.col("hashtag")))
    return [
        [Term(identity, "#" + tag.lstrip("#＃"))] for identity, tag in zip(identities.to_series(), types, strict=True)
    ]


def _emoji_terms(types: list[str]) -> list[list[Term]]:
    return [[Term(emoji, emoji)] for emoji in types]
