"""What a judge may see of a post: its text without what names the account or the agency.

Replaced are links, e-mail addresses, telephone numbers, every mention, hashtags that one agency alone uses or that hold
its name, and the agency's own name, key and handles. What the text says in other words stays: a minister's name, a
place, a slogan, the subject itself. ``bench/labels.py`` measures how often a program still guesses the agency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from textmine.groups import group_of
from textmine.ingest.masking import EMAIL, PHONE
from textmine.language.hashtags import hashtag_identity
from textmine.posts import credited

OWNERSHIP: Final = 0.9
"""Share of a hashtag's posts that one agency wrote, from which it is that agency's own."""
_MIN_POSTS: Final = 3

LINK, EMAILED, CALLED, MENTION, TAG, AGENCY, HIDDEN = (
    "[tautan]",
    "[surel]",
    "[telepon]",
    "[akun]",
    "[tagar]",
    "[instansi]",
    "[disamarkan]",
)

_LINKS: Final = (
    r"(?i)\b(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:go\.id|co\.id|or\.id|ac\.id|id|com|net|org"
    r"|example|ly|gl)(?:/\S*)?\b"
)
_MENTIONS: Final = r"[@＠](?:\[[^\]\n]*\]|[\p{L}\p{N}_](?:[\p{L}\p{N}_.·-]*[\p{L}\p{N}_])?)"
_TITLES: Final = re.compile(
    r"^(?:pt\.?|perum|perusahaan umum|pemerintah (?:provinsi|kota|kabupaten|daerah)|pemprov|pemkot|pemkab)\s+", re.I
)
_ENDINGS: Final = re.compile(r"[\s,]+(?:tbk\.?|republik indonesia|r\.?i\.?|persero)$", re.I)
_GENERIC: Final = frozenset(
    "badan dinas humas indonesia info kabupaten kantor kementerian kota lembaga official pemda pemerintah pemkab "
    "pemkot pemprov persero provinsi republik resmi simulasi update center media public relations satu bersama".split()
)
"""Parts of handles that name no agency."""
_GREETED: Final = "sobat|sahabat|kawan|teman|insan|keluarga besar|warga"
"""What agencies call their followers, followed by a word of their own name."""
_LEAST: Final = 3
_LEAST_PART: Final = 5


def own_hashtags(posts: pl.LazyFrame) -> pl.DataFrame:
    """Hashtags of which one agency wrote nine in ten posts, and at least three.

    Parameters
    ----------
    posts
        Canonical posts.

    Returns
    -------
    polars.DataFrame
        agency (the account where there is none) and tag (identity, with ``#``), sorted.
    """
    uses = credited(posts).select(group_of("agency").alias("agency"), "hashtags").explode("hashtags").drop_nulls()
    counted = uses.select("agency", hashtag_identity(pl.col("hashtags")).alias("tag")).group_by("agency", "tag").len()
    share = pl.col("len") / pl.col("len").sum().over("tag")
    own = counted.filter((share >= OWNERSHIP) & (pl.col("len") >= _MIN_POSTS))
    return own.select("agency", "tag").sort("agency", "tag").collect(engine="streaming")


def agency_names(register: pl.DataFrame | None) -> dict[str, tuple[str, ...]]:
    """Names by which an agency's own posts call it, longest first.

    Parameters
    ----------
    register
        As :func:`textmine.read_agencies` gives it, or None.

    Returns
    -------
    dict
        Agency to names: the registered one without legal form, its initials, the key, the handles and their parts.

    Examples
    --------
    >>> row = {"agency": "kemenkes", "name": "Kementerian Kesehatan RI", "account": "kemenkes_ri"}
    >>> agency_names(pl.DataFrame([row]))["kemenkes"]
    ('Kementerian Kesehatan RI', 'Kementerian Kesehatan', 'kemenkes_ri', 'kemenkesri', 'kemenkes')
    """
    if register is None:
        return {}
    rows = register.group_by("agency", maintain_order=True).agg(pl.col("name").unique(), pl.col("account").unique())
    return {agency: _names(agency, names, accounts) for agency, names, accounts in rows.sort("agency").iter_rows()}


def blind_captions(
    posts: pl.DataFrame,
    *,
    register: pl.DataFrame | None = None,
    own_tags: pl.DataFrame | None = None,
    also: Iterable[str] = (),
) -> pl.Series:
    """Captions as judges see them.

    Parameters
    ----------
    posts
        agency, account and caption, shape (n_posts,); meant for the few posts that are shown, not for a season.
    register
        The agency register, for names.
    own_tags
        Of :func:`own_hashtags`.
    also
        Further words to hide in every post: slogans, names of ministers and spokespeople.

    Returns
    -------
    polars.Series
        ``text``, shape (n_posts,).
    """
    text = posts["caption"].str.replace_all(EMAIL, EMAILED).str.replace_all(_LINKS, LINK)
    text = text.str.replace_all(_MENTIONS, MENTION).str.replace_all(PHONE, "${1}" + CALLED)
    names = agency_names(register)
    tags = _tags_by_agency(own_tags)
    table = pl.DataFrame([posts.select(group_of("agency").alias("agency")).to_series(), posts["account"], text])
    table = table.rename({"caption": "text"}).with_row_index("row")
    parts = [table.clear()]
    for (agency,), part in table.group_by("agency", maintain_order=True):
        known = names.get(str(agency)) or _names(str(agency), (), tuple(part["account"].unique().sort()))
        parts.append(part.with_columns(_without(pl.col("text"), known, tags.get(str(agency), ()))))
    found = pl.concat(parts).sort("row")["text"]
    hidden = [word.strip() for word in also if word.strip()]
    return found.str.replace_all(_any_of(hidden), HIDDEN) if hidden else found


def _names(agency: str, names: Iterable[str], accounts: Iterable[str]) -> tuple[str, ...]:
    found: set[str] = set()
    for name in names:
        plain = re.sub(r"\s*\([^)]*\)", "", name).strip()
        short = _ENDINGS.sub("", _TITLES.sub("", _ENDINGS.sub("", plain)))
        found |= {plain, _ENDINGS.sub("", plain), short}
        initials = "".join(word[0] for word in re.findall(r"\w+", short) if word[0].isupper())
        found |= {initials} if len(initials) >= _LEAST else set()
    for handle in (agency, *accounts):
        found |= {handle, re.sub(r"[\W_]+", "", handle)}
        words = [word.lower() for word in re.split(r"[\W_\d]+", handle)]
        # a key such as lem-badan-statistik is made of words of the language; a handle such as kemenkes_ri is not
        found |= {word for word in words if len(words) <= 2 and len(word) >= _LEAST_PART and word not in _GENERIC}
    kept = {name.casefold(): name for name in sorted(found, reverse=True) if len(name) >= _LEAST}
    kept = {fold: name for fold, name in kept.items() if fold not in _GENERIC}
    return tuple(sorted(kept.values(), key=lambda name: (-len(name), name)))


def _tags_by_agency(own_tags: pl.DataFrame | None) -> Mapping[str, tuple[str, ...]]:
    if own_tags is None:
        return {}
    grouped = own_tags.group_by("agency").agg(pl.col("tag").sort())
    return {agency: tuple(tags) for agency, tags in grouped.iter_rows()}


def _without(text: pl.Expr, names: tuple[str, ...], tags: tuple[str, ...]) -> pl.Expr:
    """Text without an agency's own hashtags and names."""
    squeezed = {re.sub(r"[\W_]+", "", name) for name in names}
    telling = "|".join(re.escape(name) for name in sorted(squeezed, key=lambda name: (-len(name), name)) if name)
    if telling:
        text = text.str.replace_all(rf"(?i)[#＃][\p{{L}}\p{{N}}_]*(?:{telling})[\p{{L}}\p{{N}}_]*", TAG)
    if tags:
        plain = "|".join(re.escape(tag[1:]) for tag in sorted(tags, key=lambda tag: (-len(tag), tag)))
        text = text.str.replace_all(rf"(?i)[#＃](?:{plain})(?:\b|$)", TAG)
    if not names:
        return text
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name) if word.lower() not in _GENERIC}
    greeted = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    text = text.str.replace_all(_any_of(names), AGENCY)
    return text.str.replace_all(rf"(?i)\b({_GREETED})[\s_]*(?:{greeted})\b", f"${{1}} {AGENCY}") if greeted else text


def _any_of(words: Iterable[str]) -> str:
    """Pattern of any of these words, with whatever stands between their parts, as whole words."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    parts = [r"[\s_.-]+".join(re.escape(part) for part in re.split(r"[\s_.-]+", word) if part) for word in ordered]
    return r"(?i)\b(?:" + "|".join(part for part in parts if part) + r")\b"
