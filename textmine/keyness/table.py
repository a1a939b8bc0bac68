"""The keyness table: how much more or less each group uses a term than all others, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import polars as pl

from textmine.batches import in_order
from textmine.counting import document_term_matrix
from textmine.groups import Grouping
from textmine.keyness import statistics
from textmine.keyness.blocks import Blocks, Evidence, make_blocks
from textmine.keyness.dispersion import deviation_of_proportions
from textmine.keyness.examples import example_rows, keys_of_rows
from textmine.keyness.groupings import REST, KeynessGroups, assign
from textmine.keyness.observed import Observed, observe
from textmine.keyness.texts import text_keys, with_near_duplicates
from textmine.keyness.votes import Votes, count_votes
from textmine.language.settings import LanguageSettings
from textmine.matrix import MatrixSource
from textmine.vocabulary import TERM_KINDS, TermKind

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

Statistic = Literal["log_odds", "g2", "chi2", "class_tfidf"]
STATISTICS: Final[tuple[Statistic, ...]] = get_args(Statistic)
Count = Literal["texts", "posts", "occurrences"]
Direction = Literal["over", "under", "both"]

MIN_TEXTS: Final = 3
"""Distinct texts that must hold a keyword: with fewer, one campaign and its repetition are all there is."""

PRIOR: Final = 0.1
"""Weight of the whole collection as the prior of the log-odds ratio; docs/keywords.md shows what it does."""

KEYNESS_SCHEMA: Final = pl.Schema(
    {
        "by": pl.String(),
        "group": pl.String(),
        "versus": pl.String(),
        "kind": pl.String(),
        "direction": pl.String(),
        "rank": pl.UInt32(),
        "term": pl.String(),
        "surface": pl.String(),
        "count": pl.UInt64(),
        "other_count": pl.UInt64(),
        "rate": pl.Float64(),
        "other_rate": pl.Float64(),
        "log_odds": pl.Float64(),
        "g2": pl.Float64(),
        "chi2": pl.Float64(),
        "class_tfidf": pl.Float64(),
        "log_ratio": pl.Float64(),
        "percent_difference": pl.Float64(),
        "p_value": pl.Float64(),
        "q_value": pl.Float64(),
        "significant": pl.Boolean(),
        "evidence": pl.String(),
        "votes": pl.UInt32(),
        "other_votes": pl.UInt32(),
        "blocks": pl.UInt32(),
        "other_blocks": pl.UInt32(),
        "dispersion": pl.Float64(),
        "posts": pl.UInt32(),
        "texts": pl.UInt32(),
        "accounts": pl.UInt32(),
        "agencies": pl.UInt32(),
        "example_platform": pl.String(),
        "example_post_id": pl.String(),
    }
)
"""Columns of a keyness table, in order; docs/keywords.md explains them."""

_CELLS: Final = 1_000_000
"""Pairs of group and term that are worked on together: 8 MB an array."""


def key_terms(
    posts: pl.DataFrame | pl.LazyFrame,
    *,
    by: Grouping | pl.DataFrame = "agency",
    versus: Sequence[str] = (),
    statistic: Statistic = "log_odds",
    count: Count | None = None,
    direction: Direction = "over",
    top: int | None = 50,
    kinds: Sequence[TermKind] = ("word", "hashtag"),
    min_texts: int = MIN_TEXTS,
    min_agencies: int | None = None,
    evidence: Evidence = "auto",
    level: float = 0.05,
    correction: Literal["bh", "by"] = "bh",
    prior: float = PRIOR,
    near_duplicates: pl.DataFrame | None = None,
    agencies: pl.DataFrame | None = None,
    matrix: MatrixSource | None = None,
    language: LanguageSettings | None = None,
) -> pl.DataFrame:
    """Find the terms that a group uses more, or less, than all other groups, and say how sure that is.

    The statistic says how strongly a term sets a group apart and makes the rank. ``q_value`` says at which false
    discovery rate the term is a finding; it comes from votes of blocks (:mod:`textmine.keyness.votes`), not from the
    statistic, since posts are no independent draws: words come in bursts and texts are posted again.

    Parameters
    ----------
    posts
        Canonical posts. Reposts of others and ads are left out.
    by
        A grouping, or a table with ``platform``, ``post_id`` and one more column, the group.
    versus
        Two groups that are set against each other, or one against all the rest; all, each against the others, if empty.
    statistic
        What terms are ranked by: ``log_odds`` (z), ``g2``, ``chi2`` or ``class_tfidf``.
    count
        What is counted: distinct ``texts`` of a group, ``posts`` or ``occurrences``. ``occurrences`` for class TF-IDF
        and ``texts`` for all others if None.
    direction
        Terms that the group uses more (``over``), less (``under``) or both, each ranked apart.
    top
        Terms a group, kind and direction at most; all if None.
    kinds
        Kinds of terms, each ranked apart. All of them are tested together.
    min_texts
        Distinct texts that must hold the term: in the group if it is over-used, in the others if it is under-used.
    min_agencies
        The same for agencies (accounts without agency are their own). If None 1 where groups are agencies or accounts,
        else 2 (in groups that have as many).
    evidence
        How far blocks reach, see :func:`textmine.keyness.blocks.make_blocks`.
    level
        False discovery rate at which a term is called significant.
    correction
        ``bh`` (Benjamini and Hochberg) or ``by`` (Benjamini and Yekutieli).
    prior
        Weight of the whole collection in the log-odds prior; above 0.
    near_duplicates
        What :func:`textmine.near_duplicates` found: nearly the same texts count as one, too, not only equal ones.
    agencies
        The register; needed for ``by="cluster"``.
    matrix
        The document-term matrix of ``posts``, row by row; made here if None.
    language
        What the language layer does when the matrix is made here.

    Returns
    -------
    polars.DataFrame
        Columns of ``KEYNESS_SCHEMA``, sorted by group, kind, direction and rank.

    Raises
    ------
    AgencyError
        There is no group of a name in ``versus``.
    NotEnoughDataError
        Fewer than two groups have posts.

    References
    ----------
    Monroe, Colaresi and Quinn 2008 (log-odds). Dunning 1993 (G2). Hardie 2014 (log ratio). Gabrielatos and Marchi 2012
    (%DIFF). Gries 2008 (dispersion). Lijffijt et al. 2016 (why texts and not words are tested).
    """
    if prior <= 0:
        raise ValueError(f"prior must be above 0, not {prior}")
    if len(versus) > 2:
        raise ValueError(f"versus takes one group or two, not {len(versus)}")
    source = matrix if matrix is not None else document_term_matrix(posts, language=language)
    groups = assign(posts, by, versus=tuple(versus), agencies=agencies)
    if len(groups.group) != source.n_posts:
        raise ValueError(f"the matrix has {source.n_posts} rows, but there are {len(groups.group)} posts")
    blocks = make_blocks(groups, evidence)
    text = text_keys(source)
    if near_duplicates is not None:
        text = with_near_duplicates(text, posts, near_duplicates)
    observed = observe(source, groups, blocks, text, min_texts=min_texts)
    if min_agencies is None:
        min_agencies = 1 if groups.by in ("agency", "account") else 2
    wanted = _Wanted(
        statistic=statistic,
        count=count or ("occurrences" if statistic == "class_tfidf" else "texts"),
        directions=("over", "under") if direction == "both" else (direction,),
        top=top,
        kinds=tuple(TERM_KINDS.index(kind) for kind in kinds),
        min_texts=min_texts,
        min_agencies=min_agencies,
        prior=prior,
    )
    comparison = _Comparison(observed, count_votes(observed, blocks, len(groups.names)), source, wanted)
    ranked, tested = comparison.rank()
    found = ranked.with_columns(pl.Series("q_value", _look_up(tested, ranked["p_value"].to_numpy(), correction)))
    return _finished(found, groups, blocks, observed, source, posts, level=level)


@dataclass(frozen=True)
class _Wanted:
    """What was asked for, with names resolved."""

    statistic: Statistic
    count: Count
    directions: tuple[str, ...]
    top: int | None
    kinds: tuple[int, ...]
    min_texts: int
    min_agencies: int
    prior: float


@dataclass(frozen=True)
class _Tested:
    """The p-values that may matter, sorted, and how many tests there were."""

    p: Floats
    n_tests: int


def _look_up(tested: _Tested, p: Floats, correction: str) -> Floats:
    """q-values of some p-values among all that were tested."""
    q = statistics.q_values(tested.p, n_tests=max(tested.n_tests, len(tested.p)), method=correction)
    # The two sides of one comparison differ in the last bits.
    at = np.searchsorted(tested.p, p * (1 + 1e-9), side="right") - 1
    return np.where(p <= _MOST_P, np.append(q, 1.0)[at], 1.0)


_MOST_P: Final = 0.5
"""p-values above are not kept: their q-values are above it, too, and are given as 1."""


class _Comparison:
    """Every group against all others, some groups at a time."""

    def __init__(self, observed: Observed, votes: Votes, source: MatrixSource, wanted: _Wanted) -> None:
        self._observed = observed
        self._votes = votes
        self._wanted = wanted
        self._kind = source.vocabulary["kind"].to_physical().to_numpy()[observed.terms].astype(np.int64)
        self._counts = getattr(observed, wanted.count)
        self._total = np.asarray(self._counts.sum(axis=0), np.float64).ravel()
        if wanted.count == "occurrences":
            self._sizes = observed.n_occurrences[:, self._kind].astype(np.float64)
        else:
            of_group = observed.n_texts if wanted.count == "texts" else observed.n_posts
            self._sizes = np.broadcast_to(of_group[:, None].astype(np.float64), self._counts.shape)
        self._asked = np.isin(self._kind, wanted.kinds)

    def rank(self) -> tuple[pl.DataFrame, _Tested]:
        """Best terms of each group, kind and direction, and the p-values of all pairs."""
        n_groups, n_terms = self._counts.shape
        at_once = max(1, _CELLS // max(n_terms, 1))

        def of_groups(start: int) -> tuple[Floats, list[pl.DataFrame]]:
            groups = slice(start, min(start + at_once, n_groups))
            columns = self._columns(groups)
            best = [self._best(columns, groups, direction) for direction in self._wanted.directions]
            return columns["p_value"][:, self._asked].ravel(), best

        p_values: list[Floats] = []
        parts: list[pl.DataFrame] = []
        for p_value, best in in_order(of_groups, range(0, n_groups, at_once)):
            p_values.append(p_value)
            parts.extend(best)
        # Two groups are one comparison seen from two sides.
        tests = np.concatenate(p_values)[: (1 if n_groups == 2 else n_groups) * int(self._asked.sum())]
        return pl.concat(parts), _Tested(np.sort(tests[tests <= _MOST_P]), len(tests))

    def _columns(self, groups: slice) -> dict[str, Floats]:
        """All figures of some groups, each of shape (groups, n_terms)."""
        a = self._counts[groups].toarray().astype(np.float64)
        n = self._sizes[groups]
        b, m = self._total - a, self._sizes.sum(axis=0) - n
        ratio = statistics.log_ratio(a, n, b, m)
        return {
            "count": a,
            "other_count": b,
            "rate": a / n,
            "other_rate": b / m,
            "log_odds": statistics.log_odds(
                a, n, b, m, prior=self._wanted.prior * self._total, prior_total=self._wanted.prior * (n + m)
            ),
            "g2": statistics.log_likelihood(a, n, b, m),
            "chi2": statistics.chi_squared(a, n, b, m),
            "class_tfidf": statistics.class_tfidf(a, n, self._total, self._sizes.mean(axis=0)),
            "log_ratio": ratio,
            "percent_difference": statistics.percent_difference(a, n, b, m),
            "p_value": self._votes.p_values(groups, more=ratio > 0),
        }

    def _best(self, columns: dict[str, Floats], groups: slice, direction: str) -> pl.DataFrame:
        """Best terms of some groups in one direction."""
        observed, wanted = self._observed, self._wanted
        texts, agencies = observed.texts[groups].toarray(), observed.agencies[groups].toarray()
        if direction == "under":
            texts = np.asarray(observed.texts.sum(axis=0)) - texts
            agencies = np.asarray(observed.agencies.sum(axis=0)) - agencies
        # A group of one agency cannot have a keyword of two.
        enough = np.minimum(wanted.min_agencies, np.maximum(agencies.max(axis=1, keepdims=True, initial=0), 1))
        chosen = (columns["log_ratio"] > 0) == (direction == "over")
        chosen &= (columns["log_ratio"] != 0) & self._asked & (texts >= wanted.min_texts) & (agencies >= enough)
        group, term = np.nonzero(chosen)
        score = np.abs(columns[wanted.statistic][group, term])
        if wanted.statistic == "class_tfidf" and direction == "under":
            score = -columns["log_ratio"][group, term]  # what a group does not say has no class TF-IDF
        frame = pl.DataFrame(
            {"group_id": group + groups.start, "column": term, "kind_id": self._kind[term], "score": score}
            | {name: column[group, term] for name, column in columns.items()}
        )
        order = ["group_id", "kind_id", "score", "count", "column"]
        frame = frame.sort(order, descending=[False, False, True, True, False])
        if wanted.top is not None:
            frame = frame.group_by("group_id", "kind_id", maintain_order=True).head(wanted.top)
        return frame.with_columns(
            pl.int_range(1, pl.len() + 1).over("group_id", "kind_id").alias("rank"),
            pl.lit(direction).alias("direction"),
            self._votes_of(frame["group_id"].to_numpy(), frame["column"].to_numpy()),
        )

    def _votes_of(self, group: Integers, term: Integers) -> pl.Series:
        votes = _entries(self._votes.by_group, group, term)
        n_blocks, everywhere = self._votes.n_blocks, int(self._votes.n_blocks.sum())
        return pl.DataFrame(
            {
                "votes": votes,
                "other_votes": self._votes.total[term] - votes,
                "blocks": n_blocks[group],
                "other_blocks": everywhere - n_blocks[group],
            }
        ).to_struct("of_votes")


def _finished(
    ranked: pl.DataFrame,
    groups: KeynessGroups,
    blocks: Blocks,
    observed: Observed,
    source: MatrixSource,
    posts: pl.DataFrame | pl.LazyFrame,
    *,
    level: float,
) -> pl.DataFrame:
    """Names, dispersion, texts, accounts and examples beside the figures."""
    group, column = np.array(ranked["group_id"]), np.array(ranked["column"])
    term = observed.terms[column]
    names = pl.Series(groups.names, dtype=pl.String)
    vocabulary = source.vocabulary
    table = ranked.unnest("of_votes").with_columns(
        pl.lit(groups.by).alias("by"),
        names.gather(group).alias("group"),
        _others(names, group).alias("versus"),
        pl.Series("kind", TERM_KINDS, dtype=pl.String).gather(ranked["kind_id"]),
        vocabulary["term"].gather(term),
        vocabulary["surface"].gather(term),
        pl.lit(blocks.evidence).alias("evidence"),
        (pl.col("q_value") <= level).alias("significant"),
        pl.Series("dispersion", deviation_of_proportions(observed, blocks, group, column)).fill_nan(None),
        pl.col("percent_difference").fill_nan(None),
        *(
            pl.Series(name, _entries(getattr(observed, name), group, column))
            for name in ("posts", "texts", "accounts", "agencies")
        ),
    )
    table = pl.concat([table, keys_of_rows(posts, example_rows(source, groups, group, term))], how="horizontal")
    return table.select(pl.col(name).cast(dtype) for name, dtype in KEYNESS_SCHEMA.items()).sort(
        "group", "kind", "direction", "rank"
    )


def _others(names: pl.Series, group: Integers) -> pl.Series:
    """What each group is set against."""
    if len(names) == 2:
        return names.gather(1 - group)
    return pl.repeat(REST, len(group), dtype=pl.String, eager=True)


def _entries(counts: sp.csr_array, row: Integers, column: Integers) -> Integers:
    """Entries of a sparse array, one for each pair of row and column."""
    if not len(row):
        return np.zeros(0, np.int64)
    # Copies: SciPy sets flags that arrays of Polars do not let it set.
    return np.asarray(counts[np.array(row), np.array(column)]).ravel()
