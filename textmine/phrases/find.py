"""Finds the phrases of a corpus: neighbours that stand together far more often than chance would have it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from textmine.batches import BATCH_ROWS, iter_batches
from textmine.language.analysis import TypeAnalyser
from textmine.language.phrases import CONNECTORS
from textmine.language.settings import LanguageSettings
from textmine.phrases.corpus import MAX_SYMBOLS, Block, SpooledCorpus, pair_keys, split_keys
from textmine.phrases.figures import Found, phrase_table
from textmine.phrases.lists import normalise_phrases
from textmine.phrases.match import Pattern, strongest_pairs
from textmine.phrases.rule import THRESHOLDS, PhraseScore, Rule
from textmine.phrases.scores import log_likelihood, npmi
from textmine.phrases.stream import Slot, WordStream, prose_tokens, word_stream
from textmine.phrases.tally import PairTally
from textmine.posts import is_credited

if TYPE_CHECKING:
    import numpy.typing as npt

_MAX_PAIRS: Final = 8_000_000


def find_phrases(
    posts: pl.DataFrame | pl.LazyFrame,
    *,
    phrases: Collection[str] = (),
    only: bool = False,
    language: LanguageSettings | None = None,
    score: PhraseScore = "npmi",
    threshold: float | None = None,
    min_count: int = 5,
    min_posts: int | None = None,
    min_agencies: int = 1,
    max_length: int = 3,
    max_phrases: int = 10_000,
    connectors: Collection[str] = CONNECTORS,
    distinct: bool = True,
    scratch: Path | None = None,
    batch_rows: int = BATCH_ROWS,
) -> pl.DataFrame:
    """Find phrases in captions.

    Pairs of neighbours are scored first, then pairs of a phrase and its neighbour, as gensim's Phrases does when it
    is applied to its own output. Neighbours are normalised words as written (*bantuan sosial*, not their stems) with
    nothing between them but space or one connector. A word that the language settings drop is no part of a phrase.

    Parameters
    ----------
    posts
        Canonical posts; ``caption`` is read, and ``agency``, ``account`` and ``post_kind`` where they are. Reposts of
        others and ads are left out.
    phrases
        Phrases of your own, as typed. They are in the table whatever their figures.
    only
        Nothing is searched for: count ``phrases`` alone.
    language
        What the language layer does; the defaults of :class:`LanguageSettings` if None.
    score, threshold
        Which score must be above which threshold; 0.75 for ``npmi`` and 100 for ``log_likelihood`` if None.
    min_count, min_posts, min_agencies
        Occurrences, posts (as many if None) and agencies (accounts where there is no agency) that a phrase needs at
        least.
    max_length
        Words of a phrase at most, connectors not counted.
    max_phrases
        Of more phrases, those in the most posts are kept.
    connectors
        Words that may stand between two others inside a phrase, one at a time.
    distinct
        Posts with the same words count once: a text that was posted three hundred times proves no phrase.
    scratch
        Folder for a temporary file of 5 bytes a word; the system's own if None.
    batch_rows
        Posts a batch; changes no figure while there are fewer than 8 million different pairs.

    Returns
    -------
    polars.DataFrame
        Columns of ``PHRASE_SCHEMA``: your own phrases (``own``) by falling count, then those found by falling score.
        ``count``, ``document_frequency`` and ``n_agencies`` count what stands by itself, not inside a longer phrase;
        ``n_agencies`` is null where posts name neither agency nor account. The scores are those of the pair when it
        was found, null for a phrase of your own that was not.

    Raises
    ------
    InputError
        One of ``phrases`` can never be found in a caption.
    ValueError
        An option has a value that it cannot have.

    References
    ----------
    Mikolov et al. 2013, Distributed representations of words and phrases (two passes). Bouma 2009 (NPMI).
    Dunning 1993 (log-likelihood).

    Examples
    --------
    >>> captions = ["Tanggap darurat banjir", "Masa tanggap darurat", "Posko tanggap darurat gempa", "Banjir dan gempa"]
    >>> find_phrases(pl.DataFrame({"caption": captions}), min_count=3, min_posts=3)["phrase"].to_list()
    ['tanggap darurat']
    """
    least = THRESHOLDS.get(score, 0.0) if threshold is None else threshold
    fewest = min_count if min_posts is None else min_posts
    rule = Rule(score, least, min_count, fewest, min_agencies, max_length, max_phrases)
    # Phrases are words as written: stems would be thrown away.
    settings = replace(language or LanguageSettings(), stem=False)
    own = normalise_phrases(phrases, language=settings)
    stream = word_stream(TypeAnalyser(settings), own, connectors)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        corpus = SpooledCorpus(Path(folder), distinct=distinct)
        authors: dict[str | None, int] = {}
        columns = posts.lazy().collect_schema().names()
        for batch in iter_batches(_own_captions(posts, columns), rows=batch_rows):
            lists = (
                batch.lazy()
                .select(prose_tokens(pl.col("caption").fill_null("")).cast(stream.dtype))
                .collect(engine="streaming")
            )
            corpus.add(stream.encode(lists.to_series()), _author_codes(batch["author"], authors))
        found = [] if only else _search(corpus, stream, rule, connectors)
        known = "agency" in columns or "account" in columns
        return phrase_table(found, own, corpus, stream, rule, with_agencies=known)


def find_phrases_in_tokens(
    tokens: pl.Series,
    *,
    score: PhraseScore = "npmi",
    threshold: float | None = None,
    min_count: int = 5,
    max_length: int = 2,
    connectors: Collection[str] = (),
) -> pl.DataFrame:
    """Find phrases in token lists: for pairs the same as gensim's ``Phrases`` with ``scoring="npmi"``.

    All tokens are words, every list counts, and a phrase is listed even where it stands inside longer ones only.

    Parameters
    ----------
    tokens
        ``list[str]`` column, shape (n_posts,).
    score, threshold, min_count, max_length, connectors
        As for :func:`find_phrases`.

    Returns
    -------
    polars.DataFrame
        Columns of ``PHRASE_SCHEMA``, by falling score.

    Examples
    --------
    >>> lists = pl.Series([["a", "b", "c"], ["a", "b"], ["c", "d"]])
    >>> find_phrases_in_tokens(lists, min_count=2)["phrase"].to_list()
    ['a b']
    """
    least = THRESHOLDS.get(score, 0.0) if threshold is None else threshold
    rule = Rule(score, least, min_count, 1, 1, max_length, None)
    dropped = frozenset(connectors)
    stream = WordStream(lambda types: [[Slot(t, None if t in dropped else t)] for t in types], connectors)
    with tempfile.TemporaryDirectory() as folder:
        corpus = SpooledCorpus(Path(folder), distinct=False)
        for batch in iter_batches(tokens.cast(pl.List(pl.String)).to_frame("tokens")):
            lists = (
                batch.lazy()
                .select(pl.col("tokens").list.drop_nulls().cast(stream.dtype))
                .collect(engine="streaming")
                .to_series()
            )
            corpus.add(stream.encode(lists), np.zeros(len(batch), np.int64))
        found = _search(corpus, stream, rule, connectors)
        return phrase_table(found, (), corpus, stream, rule, with_agencies=False)


def _own_captions(posts: pl.DataFrame | pl.LazyFrame, columns: list[str]) -> pl.DataFrame | pl.LazyFrame:
    """Captions of the posts that their accounts wrote themselves, and who they are."""
    known = [pl.col(name).cast(pl.String) for name in ("agency", "account") if name in columns]
    own = posts.filter(is_credited()) if "post_kind" in columns else posts
    return own.select("caption", (pl.coalesce(known) if known else pl.lit(None, pl.String)).alias("author"))


def _author_codes(author: pl.Series, known: dict[str | None, int]) -> npt.NDArray[np.int64]:
    names = author.unique(maintain_order=True).to_list()
    codes = {name: known.setdefault(name, len(known)) for name in names}
    return author.replace_strict(list(codes), list(codes.values()), return_dtype=pl.Int64).to_numpy()


def _search(corpus: SpooledCorpus, stream: WordStream, rule: Rule, connectors: Collection[str]) -> list[Found]:
    joins = np.zeros(256, bool)
    joins[[0, *(stream.gap(word) or 0 for word in connectors)]] = True
    if len(stream.words) >= MAX_SYMBOLS // 2:
        raise ValueError(f"{len(stream.words):,} different words are too many")
    found: dict[Pattern, Found] = {}
    levels: list[_Level] = []
    symbols = [Pattern((number,), ()) for number in range(len(stream.words))]
    for _ in range(2, rule.max_length + 1):
        level = _next_level(corpus, levels, symbols, rule, joins, stream.n_silent)
        if level is None:
            break
        for entry in level.found:
            best = found.get(entry.pattern)
            found[entry.pattern] = entry if best is None or entry.npmi > best.npmi else best
        symbols.extend(entry.pattern for entry in level.found)
        levels.append(level)
    return list(found.values())


class _Level(NamedTuple):
    """Pairs of one pass, sorted by key, in the symbols of that pass; they are symbols from ``first_symbol`` on."""

    keys: npt.NDArray[np.uint64]
    rank: npt.NDArray[np.int64]
    first_symbol: int
    found: list[Found]


def _next_level(
    corpus: SpooledCorpus,
    levels: list[_Level],
    symbols: list[Pattern],
    rule: Rule,
    joins: npt.NDArray[np.bool_],
    n_silent: int,
) -> _Level | None:
    """Score the pairs of the stream in which all phrases found so far are single symbols.

    ``joins`` says of every gap whether it may stand inside a phrase that is found, shape (256,); the first ``n_silent``
    symbols are in none.
    """
    n_plain = levels[-1].first_symbol if levels else len(symbols)
    length = np.array([len(pattern.symbols) for pattern in symbols], np.int64)
    upper = np.pad(corpus.counts, (0, len(symbols) - len(corpus.counts)), constant_values=rule.min_count)
    counts, n_words, tally = np.zeros(len(symbols), np.int64), corpus.n_words, PairTally(_MAX_PAIRS)
    for block in corpus.blocks():
        for level in levels:
            block, n_merged = _merge(block, level)
            n_words -= n_merged
        counts += np.bincount(block.symbol, minlength=len(symbols))
        keys, second = pair_keys(block)
        a, b = block.symbol[second - 1], block.symbol[second]
        # A word that is rarer than a phrase may be is in none: this leaves a small part of all pairs.
        kept = (upper[a] >= rule.min_count) & (upper[b] >= rule.min_count) & (length[a] + length[b] <= rule.max_length)
        kept &= joins[block.gap[second]] & (np.minimum(a, b) >= n_silent)
        if levels:
            kept &= (a >= n_plain) | (b >= n_plain)
        tally.add(keys[kept], block.row[second[kept]])
    table = tally.table().filter(pl.col("count") >= rule.min_count, pl.col("document_frequency") >= rule.min_posts)
    return _accepted(table, counts, n_words, symbols, rule)


def _accepted(
    table: pl.DataFrame, counts: npt.NDArray[np.int64], n_words: int, symbols: list[Pattern], rule: Rule
) -> _Level | None:
    """Pairs above the threshold."""
    key, together = table["key"].to_numpy(), table["count"].to_numpy()
    a, gap, b = split_keys(key)
    scores = {
        "npmi": npmi(together, counts[a], counts[b], n_words),
        "log_likelihood": log_likelihood(together, counts[a], counts[b], n_words),
    }
    above = np.flatnonzero(scores[rule.score] > rule.threshold)
    found = []
    for i in above:
        left, right = symbols[a[i]], symbols[b[i]]
        whole = Pattern(left.symbols + right.symbols, (*left.gaps, int(gap[i]), *right.gaps))
        found.append(Found(whole, float(scores["npmi"][i]), float(scores["log_likelihood"][i])))
    rank = np.empty(len(above), np.int64)
    rank[np.lexsort((key[above], scores[rule.score][above]))] = np.arange(len(above))
    return _Level(key[above], rank, len(symbols), found) if found else None


def _merge(block: Block, level: _Level) -> tuple[Block, int]:
    """Write the phrases of a level as one symbol each; says how many words less there are, connectors included."""
    keys, second = pair_keys(block)
    pair = np.minimum(np.searchsorted(level.keys, keys), len(level.keys) - 1)
    hit = level.keys[pair] == keys
    second, pair = second[hit], pair[hit]
    # Where two phrases share a word, the stronger one is right more often than the left one.
    taken = strongest_pairs(second, pair, level.rank)
    second, pair = second[taken], pair[taken]
    symbol = block.symbol.copy()
    symbol[second - 1] = level.first_symbol + pair
    kept = np.ones(len(symbol), bool)
    kept[second] = False
    n_merged = len(second) + int((block.gap[second] > 0).sum())
    return Block(symbol[kept], block.gap[kept], block.row[kept], block.author), n_merged
