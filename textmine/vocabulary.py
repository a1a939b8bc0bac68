"""Grows the vocabulary of a post table batch by batch: each type is analysed once, tokens are counted by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, Protocol, get_args

import numpy as np
import polars as pl

from textmine.codes import TypeTable
from textmine.language.analysis import Term, TypeAnalyser
from textmine.language.clean import clean
from textmine.language.hashtags import hashtag_identity
from textmine.language.identify import LanguageIdentifier
from textmine.language.settings import LanguageSettings
from textmine.language.tokens import emoji_tokens, word_tokens
from textmine.phrases.channel import PhraseChannel, surface_counts
from textmine.phrases.stream import prose_tokens

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

PARTIAL_KEYS: Final = pl.Schema({"kind": pl.String(), "term": pl.String(), "surface": pl.String()})
PARTIAL_SUMS: Final = pl.Schema({"count": pl.Int64(), "document_frequency": pl.Int64()})
"""How often a term was written in a form; the posts that a term is in stand in a row without kind and surface."""

_PARTIAL: Final = pl.Schema({**PARTIAL_KEYS, **PARTIAL_SUMS})


class _TokenChannel(Protocol):
    """One kind of token with its own types."""

    @property
    def dtype(self) -> pl.DataType:
        """Polars type that token lists are read as."""
        ...

    def encode(self, lists: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and term ids of all term occurrences in a batch of token lists, both of shape (n_terms,)."""
        ...

    def surfaces(self) -> pl.DataFrame:
        """How often each term was written in each form: term_id, surface, count."""
        ...


class _Channel:
    """One kind of token with its own types: words, hashtags or emoji.

    A type has zero or more slots, one for each of its terms; a slot knows its term and its written form.
    """

    def __init__(self, analyse: Callable[[list[str]], list[list[Term]]], term_ids: dict[str, int]) -> None:
        self._analyse = analyse
        self._term_ids = term_ids
        self._types = TypeTable(self._learn)
        self._slot_terms = np.zeros(0, np.int64)
        self._slot_surfaces: list[str] = []
        self._slot_counts = np.zeros(0, np.int64)

    @property
    def dtype(self) -> pl.DataType:
        return self._types.dtype

    def encode(self, lists: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        slots, rows = self._types.encode(lists)
        self._slot_counts += np.bincount(slots, minlength=len(self._slot_terms))
        return rows, self._slot_terms[slots]

    def _learn(self, types: list[str]) -> list[int]:
        """Analyse the types that no earlier batch had."""
        analysed = self._analyse(types)
        terms = [term for of_type in analysed for term in of_type]
        ids = [self._term_ids.setdefault(term, len(self._term_ids)) for term, _ in terms]
        self._slot_surfaces.extend(surface for _, surface in terms)
        self._slot_terms = np.concatenate([self._slot_terms, np.asarray(ids, np.int64)])
        self._slot_counts = np.concatenate([self._slot_counts, np.zeros(len(ids), np.int64)])
        return list(map(len, analysed))

    def surfaces(self) -> pl.DataFrame:
        return surface_counts(self._slot_terms, self._slot_surfaces, self._slot_counts)


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
        self._channels: dict[TermKind, _TokenChannel] = {
            "word": _word_channel(settings, self._term_ids),
            "hashtag": _Channel(_hashtag_terms, self._term_ids),
        }
        if settings.emoji:
            self._channels["emoji"] = _Channel(_emoji_terms, self._term_ids)
        self._identifier = LanguageIdentifier() if settings.languages else None
        self.n_other_languages = 0
        """Posts so far that have no terms because they are in other languages than those that are asked for."""

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
        return self.count(self.token_lists(posts))

    def token_lists(self, posts: pl.DataFrame) -> pl.DataFrame:
        """The first half of :meth:`add`: token lists, a column a kind. One thread at a time, beside :meth:`count`."""
        return self._of_chosen_languages(posts).lazy().select(self._token_lists()).collect()

    def count(self, lists: pl.DataFrame) -> sp.csr_array:
        """The second half of :meth:`add`, in the order of the batches."""
        import scipy.sparse as sp

        encoded = [self._channels[kind].encode(lists[kind]) for kind in self._channels]
        rows = np.concatenate([row for row, _ in encoded])
        terms = np.concatenate([term for _, term in encoded])
        shape = (len(lists), len(self._term_ids))
        counts = sp.coo_array((np.ones(len(rows), np.int32), (rows, terms)), shape=shape).tocsr()
        frequency = np.bincount(counts.indices, minlength=shape[1])
        frequency[: len(self._document_frequency)] += self._document_frequency
        self._document_frequency = frequency
        return counts

    def _of_chosen_languages(self, posts: pl.DataFrame) -> pl.DataFrame:
        """The posts, those in other languages emptied."""
        if self._identifier is None:
            return posts
        language = self._identifier.identify(posts["caption"])["language"].cast(pl.String)
        other = (~language.is_in(list(self.settings.languages))).fill_null(value=False)
        self.n_other_languages += int(other.sum())
        emptied = pl.when(~other)
        return posts.with_columns(
            emptied.then("caption").otherwise(pl.lit("")).alias("caption"),
            emptied.then("hashtags").otherwise(pl.lit([], pl.List(pl.String))).alias("hashtags"),
        )

    def _token_lists(self) -> list[pl.Expr]:
        caption = pl.col("caption").fill_null("")
        hashtags = pl.col("hashtags").list.eval(pl.element().filter(pl.element().str.strip_chars("# ") != ""))
        lists: dict[TermKind, pl.Expr] = {
            "word": prose_tokens(caption) if self.settings.phrases else word_tokens(clean(caption)),
            "hashtag": hashtags,
            "emoji": emoji_tokens(caption),
        }
        return [lists[kind].cast(channel.dtype).alias(kind) for kind, channel in self._channels.items()]

    @property
    def terms(self) -> list[str]:
        """Term of each provisional column."""
        return list(self._term_ids)

    def partial(self) -> pl.DataFrame:
        """What is known so far of the vocabulary, to be added up with what others know of other posts.

        Returns
        -------
        polars.DataFrame
            Columns of ``PARTIAL_KEYS`` and ``PARTIAL_SUMS``.
        """
        terms = pl.DataFrame({"term": self.terms}, schema={"term": pl.String()})
        written = [
            terms[surfaces["term_id"]].with_columns(surfaces["surface"], surfaces["count"], pl.lit(kind).alias("kind"))
            for kind, channel in self._channels.items()
            for surfaces in [channel.surfaces()]
        ]
        found = terms.with_columns(pl.Series("document_frequency", self._document_frequency, dtype=pl.Int64))
        return pl.concat([_PARTIAL.to_frame(), *written, found], how="diagonal").with_columns(
            pl.col(PARTIAL_SUMS.names()).fill_null(0)
        )

    def finish(self) -> tuple[pl.DataFrame, npt.NDArray[np.int32]]:
        """Vocabulary in its final order, and the final column of every provisional one.

        Returns
        -------
        vocabulary : polars.DataFrame
            Columns of ``VOCABULARY_SCHEMA``, shape (n_terms, 5), sorted by kind and term.
        column : shape (n_terms,), int32
            ``column[i]`` is the final column of provisional column i.
        """
        vocabulary = merge_vocabulary(self.partial())
        return vocabulary, columns_of(self.terms, vocabulary)


def merge_vocabulary(partial: pl.DataFrame) -> pl.DataFrame:
    """Vocabulary from what parts of the posts told.

    Parameters
    ----------
    partial
        Columns of ``PARTIAL_KEYS`` and ``PARTIAL_SUMS``, rows of equal keys added up.

    Returns
    -------
    polars.DataFrame
        Columns of ``VOCABULARY_SCHEMA``, shape (n_terms, 5), sorted by kind and term.
    """
    is_written = pl.col("kind").is_not_null()
    written = partial.filter(is_written).with_columns(pl.col("kind").cast(pl.Enum(TERM_KINDS)))
    table = (
        written.sort("term", "count", "surface", descending=[False, True, False])
        .group_by("kind", "term", maintain_order=True)
        .agg(pl.col("surface").first(), pl.col("count").sum())
        .join(partial.filter(~is_written).select("term", "document_frequency"), on="term")
        .sort("kind", "term")
    )
    return table.select(pl.col(name).cast(dtype) for name, dtype in VOCABULARY_SCHEMA.items())


def columns_of(terms: list[str], vocabulary: pl.DataFrame) -> npt.NDArray[np.int32]:
    """Final column of every term, shape (n_terms,)."""
    last = vocabulary.select("term", pl.int_range(pl.len(), dtype=pl.Int32).alias("column")).unique("term", keep="last")
    named = pl.DataFrame({"term": terms}, schema={"term": pl.String()})
    return named.join(last, on="term", how="left", maintain_order="left")["column"].to_numpy()


def _word_channel(settings: LanguageSettings, term_ids: dict[str, int]) -> _TokenChannel:
    if settings.phrases:
        return PhraseChannel(settings, settings.phrases, term_ids)
    return _Channel(TypeAnalyser(settings).analyse_types, term_ids)


def _hashtag_terms(types: list[str]) -> list[list[Term]]:
    identities = pl.Series("hashtag", types, dtype=pl.String).to_frame().select(hashtag_identity(pl.col("hashtag")))
    return [
        [Term(identity, "#" + tag.lstrip("#＃"))] for identity, tag in zip(identities.to_series(), types, strict=True)
    ]


def _emoji_terms(types: list[str]) -> list[list[Term]]:
    return [[Term(emoji, emoji)] for emoji in types]
