"""Keywords in context: every place where a word stands, with what stands before and after it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from textmine.batches import detached, iter_batches
from textmine.errors import InputError, refuse_unknown
from textmine.groups import group_of
from textmine.language.analysis import TypeAnalyser
from textmine.language.clean import clean
from textmine.language.hashtags import fold_hashtag, hashtag_identity
from textmine.language.settings import LanguageSettings
from textmine.language.tokens import word_tokens
from textmine.posts import credited

Match = Literal["surface", "stem", "hashtag", "regex"]
Order = Literal["time", "left", "right"]

CONCORDANCE_SCHEMA: Final = pl.Schema(
    {
        "platform": pl.String(),
        "post_id": pl.String(),
        "account": pl.String(),
        "agency": pl.String(),
        "published_at": pl.Datetime("us", "UTC"),
        "left": pl.String(),
        "match": pl.String(),
        "right": pl.String(),
        "url": pl.String(),
    }
)
"""Columns of a concordance, in order."""

_LIMIT_OF_FORMS: Final = 2_000
_COLUMNS: Final = ("platform", "post_id", "account", "agency", "published_at", "caption", "hashtags", "url")


@dataclass(frozen=True)
class Concordance:
    """Places where a word stands.

    Attributes
    ----------
    lines
        Columns of ``CONCORDANCE_SCHEMA``, a row a place.
    n_posts
        Posts that hold the word, also those that are not in ``lines``.
    forms
        What was searched for: the forms of a stem that the posts hold, else the word itself.
    """

    lines: pl.DataFrame
    n_posts: int
    forms: tuple[str, ...]


def concordance(
    posts: pl.DataFrame | pl.LazyFrame,
    word: str,
    *,
    match: Match | None = None,
    agency: Collection[str] = (),
    platform: Collection[str] = (),
    month: Collection[str] = (),
    context: int = 60,
    distinct: bool = False,
    limit: int | None = None,
    seed: int = 0,
    sort: Order = "time",
    language: LanguageSettings | None = None,
) -> Concordance:
    """Find the places where a word, or several in a row, stands in captions.

    Parameters
    ----------
    posts
        Canonical posts. Reposts of others and ads are left out.
    word
        What to look for. Upper and lower case are the same.
    match
        ``surface``: the words as written, between word boundaries and not in hashtags or mentions. ``stem``: all forms
        of the same stem. ``hashtag``: a hashtag, also one that only the list of hashtags holds. ``regex``: a regular
        expression of the Rust crate ``regex``, without look-around. If None a word that begins with # is a hashtag, and
        any other a surface.
    agency, platform, month
        Posts of these only: register keys (or accounts without), platforms, months as in ``2020-03`` (Asia/Jakarta).
    context
        Characters on either side at most.
    distinct
        Places with the same words before and after are shown once, at their first post.
    limit
        Lines at most: posts are drawn until there are so many. All if None.
    seed
        Of the draw. Neither it nor anything else depends on the order of the posts.
    sort
        By time of posting, by the words before (read backwards from the word) or by those after.
    language
        What the language layer does to find stems.

    Returns
    -------
    Concordance
        Lines, and how many posts hold the word.

    Raises
    ------
    InputError
        The word is empty, a broken regular expression, or a stopword whose stem is asked for; or a month is none.
    AgencyError
        An agency has no posts.

    Examples
    --------
    >>> from textmine.posts import empty_posts
    >>> concordance(empty_posts(), "vaksin").n_posts
    0
    """
    if not word.strip():
        raise InputError("there is no word to look for")
    how = match or ("hashtag" if word.startswith(("#", "＃")) else "surface")
    frame = _filtered(posts, agency, platform, month)
    search = _search(frame, word.strip(), how, language or LanguageSettings())
    found = _holding(frame, search)
    drawn = np.random.default_rng(seed).permutation(len(found)) if limit is not None else np.arange(len(found))
    lines = list(_lines(found[drawn], search, context, limit=limit, distinct=distinct))
    table = pl.DataFrame(lines, schema=CONCORDANCE_SCHEMA, orient="row")
    return Concordance(_sorted(table, sort), len(found), search.forms)


@dataclass(frozen=True)
class _Search:
    """How posts are found (by Polars) and places in them (by Python)."""

    contains: pl.Expr
    place: re.Pattern[str]
    forms: tuple[str, ...]
    tag: str = ""


def _filtered(
    posts: pl.DataFrame | pl.LazyFrame, agency: Collection[str], platform: Collection[str], month: Collection[str]
) -> pl.LazyFrame:
    frame = credited(posts.lazy())
    if agency:
        known = frame.select(group_of("agency").unique()).collect(engine="streaming").to_series().sort().to_list()
        refuse_unknown(agency, known, "has no posts here")
    for each in month:
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", each):
            raise InputError(f"{each!r} is no month; write it as in 2020-03")
    for by, wanted in (("agency", agency), ("platform", platform), ("month", month)):
        if wanted:
            frame = frame.filter(group_of(by).is_in(list(wanted)))  # type: ignore[arg-type]
    # Bold and full-width letters are found as the plain ones that they stand for.
    return frame.select(_COLUMNS).with_columns(pl.col("caption").str.normalize("NFKC"))


def _search(frame: pl.LazyFrame, word: str, how: Match, language: LanguageSettings) -> _Search:
    if how == "regex":
        return _expression(word)
    if how == "hashtag":
        tag = fold_hashtag(word)
        held = pl.col("hashtags").list.eval(hashtag_identity(pl.element())).list.contains(tag)
        place = re.compile(rf"(?<![\w#＃])[#＃]{re.escape(tag[1:])}(?!\w)", re.IGNORECASE)
        return _Search(held.fill_null(value=False), place, (tag,), tag)
    forms = _forms(frame, word, language) if how == "stem" else (word,)
    # Longest first, so that anak-anak is not found as anak.
    one = "|".join(r"\s+".join(map(re.escape, form.split())) for form in sorted(forms, key=lambda f: (-len(f), f)))
    place = re.compile(rf"(?<![\w#＃@])(?:{one})(?!\w)", re.IGNORECASE)
    rust = "|".join(r"\s+".join(map(_escaped, form.split())) for form in forms)
    contains = pl.col("caption").str.contains(rf"(?i)(?:^|[^\w#＃@])(?:{rust})(?:\W|$)")
    return _Search(contains if forms else pl.lit(value=False), place, tuple(sorted(forms)))


def _escaped(text: str) -> str:
    """Text in which no sign means anything to the Rust crate ``regex``."""
    return re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII) if text.isascii() else re.escape(text)


def _expression(word: str) -> _Search:
    try:
        place = re.compile(word, re.IGNORECASE)
        pl.Series([""]).str.contains(f"(?i){word}")
    except (re.error, pl.exceptions.ComputeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise InputError(f"{word!r} is no regular expression that can be used: {reason}") from error
    return _Search(pl.col("caption").str.contains(f"(?i){word}"), place, (word,))


def _forms(frame: pl.LazyFrame, word: str, language: LanguageSettings) -> tuple[str, ...]:
    """Words of the captions that have the stem of ``word``."""
    analyser = TypeAnalyser(language)
    wanted = {term.term for term in analyser.analyse(word.lower())}
    if not wanted:
        raise InputError(f"{word!r} has no stem here: it is a stopword or no word; look for it as it is written")
    types: set[str] = set()
    for batch in iter_batches(frame.select("caption")):
        words = batch.select(word_tokens(clean(pl.col("caption"))).explode(empty_as_null=False)).to_series()
        types.update(words.unique().to_list())
    forms = [form for form in sorted(types) if wanted & {term.term for term in analyser.analyse(form)}]
    return tuple(forms[:_LIMIT_OF_FORMS])


def _holding(frame: pl.LazyFrame, search: _Search) -> pl.DataFrame:
    """Posts that hold the word, in an order of their own."""
    found = frame.filter(search.contains).with_columns(pl.col("platform").cast(pl.String))
    return detached(found).collect(engine="streaming").sort("platform", "post_id")


def _lines(
    found: pl.DataFrame, search: _Search, context: int, *, limit: int | None, distinct: bool
) -> Iterator[tuple[Any, ...]]:
    """Places in posts, until there are enough."""
    seen: set[tuple[str, str, str]] = set()
    n_lines = 0
    for row in found.iter_rows(named=True):
        for left, hit, right in _places(row["caption"], search, context):
            key = (left.casefold(), hit.casefold(), right.casefold())
            if distinct and key in seen:
                continue
            if n_lines == limit:
                return
            seen.add(key)
            n_lines += 1
            yield (*(row[name] for name in _COLUMNS[:5]), left, hit, right, row["url"])


def _places(caption: str, search: _Search, context: int) -> Iterator[tuple[str, str, str]]:
    """Before, match and after of each place in a caption; breaks and runs of spaces become one space."""
    none = True
    for hit in search.place.finditer(caption):
        if not hit[0]:
            continue
        none = False
        before, after = caption[max(0, hit.start() - 4 * context) : hit.start()], caption[hit.end() :][: 4 * context]
        yield _tail(_one_line(before), context), _one_line(hit[0]).strip(), _one_line(after)[:context].rstrip()
    if none and search.tag:
        yield _tail(_one_line(caption + " "), context), search.tag, ""


def _tail(text: str, most: int) -> str:
    return text[-most:].lstrip() if most else ""


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _sorted(lines: pl.DataFrame, order: Order) -> pl.DataFrame:
    by_time = ["published_at", "platform", "post_id"]
    if order == "time":
        return lines.sort(by_time, maintain_order=True)
    side = pl.col("right").str.strip_chars().str.to_lowercase()
    if order == "left":
        side = pl.col("left").str.to_lowercase().str.split(" ").list.reverse().list.join(" ").str.strip_chars()
    return lines.sort(side, *by_time, maintain_order=True)
