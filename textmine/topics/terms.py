"""Which terms a topic model works on: cuts by document frequency, and signature hashtags left out.

A term in very few posts cannot form a topic, a term in most posts does not tell topics apart. A hashtag that one
agency puts under most of its posts, and hardly anybody else uses, says who speaks, not about what: it would make a
topic of that agency's signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import in_order
from textmine.csr import RunningSum, membership, positions, presence, take_columns
from textmine.errors import NotEnoughDataError
from textmine.matrix import n_blocks
from textmine.posts import is_credited, local_day

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.matrix import MatrixSource

SIGNATURE_OWNERSHIP: Final = 0.9
"""Share of a hashtag's posts that one author must have written for it to be that author's signature."""


@dataclass(frozen=True)
class PostRoles:
    """Which posts count for topics, and who wrote them; row i belongs to row i of the matrix.

    Parameters
    ----------
    counts
        Whether the post is the account's own word, bool, shape (n_posts,): reposts of others and ads are not.
    author
        Code of the agency, or of the account where there is no agency; int64, shape (n_posts,).
    day
        Day of publication in Asia/Jakarta, since 1970; int64, shape (n_posts,), None where it is not known.
    """

    counts: npt.NDArray[np.bool_]
    author: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(cls, posts: pl.DataFrame | pl.LazyFrame) -> PostRoles:
        """Roles of canonical posts; without ``post_kind`` all count, without ``account`` all have one author."""
        frame = posts.lazy()
        columns = frame.collect_schema().names()
        known = [name for name in ("agency", "account") if name in columns]
        author = pl.coalesce(known).rank("dense") if known else pl.lit(0)
        counts = is_credited() if "post_kind" in columns else pl.lit(True)
        dated = "published_at" in columns
        local = local_day().cast(pl.Int32)
        day = (local if dated else pl.lit(0)).fill_null(-1).cast(pl.Int64).alias("day")
        rows = pl.col(columns[0]).is_null().alias("row")  # gives the literals above their length
        author = author.fill_null(0).cast(pl.Int64).alias("author")
        table = frame.select(rows, author, counts.alias("counts"), day).collect()
        return cls(table["counts"].to_numpy(), table["author"].to_numpy(), table["day"].to_numpy() if dated else None)

    @property
    def n_posts(self) -> int:
        """Posts that count."""
        return int(self.counts.sum())

    def agency_days(self) -> npt.NDArray[np.int64]:
        """Author and day of the posts that count, as one number each; int64, shape (n_posts,)."""
        day = np.zeros(len(self.author), np.int64) if self.day is None else self.day
        # Days since 1970 stay below 2^20 for 2,800 years.
        return (self.author * 2**20 + day)[self.counts]


@dataclass(frozen=True)
class TermRule:
    """The cuts that a term must pass; see :class:`textmine.topics.TopicModel` for their meaning."""

    kinds: tuple[str, ...]
    min_document_frequency: int
    max_document_share: float
    max_terms: int


def default_min_document_frequency(n_posts: int) -> int:
    """Five posts, fewer for small tables: one in a hundred, at least two.

    Examples
    --------
    >>> [default_min_document_frequency(n) for n in (50, 348, 1_000_000)]
    [2, 3, 5]
    """
    return max(2, min(5, n_posts // 100))


def choose_columns(source: MatrixSource, rule: TermRule, roles: PostRoles | None) -> npt.NDArray[np.int64]:
    """Columns of the matrix that the model keeps, ordered by kind and term so that no row order shows in them.

    Parameters
    ----------
    source
        The matrix.
    rule
        The cuts. ``max_terms`` keeps the terms in most posts.
    roles
        Only posts that count are looked at, and signature hashtags are found; None takes the vocabulary's figures.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_chosen,).

    Raises
    ------
    NotEnoughDataError
        No term passes.
    """
    vocabulary = source.vocabulary
    frequency, n_posts = vocabulary["document_frequency"].to_numpy().astype(np.int64), source.n_posts
    of_kind = vocabulary["kind"].cast(pl.String).is_in(list(rule.kinds)).to_numpy()
    if roles is not None:
        n_posts = roles.n_posts
        hashtags = of_kind & (vocabulary["kind"] == "hashtag").to_numpy() & (frequency >= rule.min_document_frequency)
        frequency, signature = _frequencies(source, roles, np.flatnonzero(hashtags), rule.max_document_share)
        of_kind[signature] = False
    fits = of_kind & (frequency >= rule.min_document_frequency) & (frequency <= rule.max_document_share * n_posts)
    table = vocabulary.select(pl.col("kind").cast(pl.String), "term").with_columns(
        pl.Series("frequency", frequency), pl.int_range(pl.len()).alias("column")
    )
    chosen = table.filter(pl.Series(fits)).sort("frequency", "kind", "term", descending=[True, False, False])
    if chosen.is_empty():
        raise NotEnoughDataError(
            f"no term is in at least {rule.min_document_frequency} and in at most {rule.max_document_share:.0%} "
            f"of the {n_posts} posts; more posts or a lower min_document_frequency are needed",
            needed=1,
            got=0,
        )
    return chosen.head(rule.max_terms).sort("kind", "term")["column"].to_numpy()


def _frequencies(
    source: MatrixSource, roles: PostRoles, hashtags: npt.NDArray[np.int64], max_share: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Document frequency of every column among the posts that count, and the columns of signature hashtags."""
    n_terms, n_authors = len(source.vocabulary), int(roles.author.max(initial=0)) + 1
    frequency = np.zeros(n_terms, np.int64)
    used = RunningSum((n_authors, len(hashtags)))
    position = positions(hashtags, n_terms)

    def of_block(number: int) -> tuple[npt.NDArray[np.int64], sp.csr_array]:
        block, rows = _that_count(source, number, roles)
        taken = take_columns(block, position, len(hashtags))
        member = membership(roles.author[rows], n_authors)
        return np.bincount(block.indices, minlength=n_terms), member @ presence(taken)

    for frequency_of_block, used_of_block in in_order(of_block, range(n_blocks(source))):
        frequency += frequency_of_block
        used.add(used_of_block)
    n_posts = np.bincount(roles.author[roles.counts], minlength=n_authors)
    return frequency, hashtags[_signatures(used.total(), n_posts, max_share)]


def _signatures(used: sp.csr_array, n_posts: npt.NDArray[np.int64], max_share: float) -> npt.NDArray[np.int64]:
    """Hashtags that one author owns and puts under most of its posts; ``used`` is (n_authors, n_hashtags)."""
    entries = used.tocoo()
    total = used.sum(axis=0)
    owned = entries.data >= SIGNATURE_OWNERSHIP * total[entries.coords[1]]
    usual = entries.data > max_share * n_posts[entries.coords[0]]
    return np.unique(entries.coords[1][owned & usual])


def match_columns(source: pl.DataFrame, model: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Place of every term of another vocabulary in a model's vocabulary, -1 for unknown terms.

    Parameters
    ----------
    source, model
        Vocabularies with ``kind`` and ``term``, shapes (n_terms, any) and (n_known, any).

    Returns
    -------
    numpy.ndarray
        int64, shape (n_terms,).
    """
    key = [pl.col("kind").cast(pl.String), pl.col("term")]
    known = model.select(*key, pl.int_range(pl.len()).alias("position"))
    joined = source.select(key).join(known, on=["kind", "term"], how="left", maintain_order="left")
    return joined["position"].fill_null(-1).to_numpy()


def chosen_blocks(
    source: MatrixSource, position: npt.NDArray[np.int64], n_columns: int, roles: PostRoles | None
) -> Iterator[sp.csr_array]:
    """Blocks of the matrix with the chosen columns only, and only the posts that count."""

    def chosen(number: int) -> sp.csr_array:
        block = source.block(number) if roles is None else _that_count(source, number, roles)[0]
        return take_columns(block, position, n_columns)

    yield from in_order(chosen, range(n_blocks(source)))


def _that_count(source: MatrixSource, number: int, roles: PostRoles) -> tuple[sp.csr_array, npt.NDArray[np.int64]]:
    """Posts of a block that count, and their rows in the whole matrix."""
    counts, start = source.block(number), number * source.batch_rows
    rows = np.flatnonzero(roles.counts[start : start + counts.shape[0]])
    return counts[rows], start + rows


def term_keys(vocabulary: pl.DataFrame) -> Sequence[str]:
    """One string a term that holds its kind too: the word ``garuda`` and the hashtag ``#garuda`` differ anyway."""
    return vocabulary.select(pl.concat_str("kind", pl.lit("\t"), "term"))["kind"].to_list()
