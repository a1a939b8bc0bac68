"""Pseudonyms: personal accounts, and what names them, replaced by keyed hashes (HMAC-SHA256).

An account that the register holds on its platform is an agency's and stays; every other is a person's. The same
person has the same pseudonym on one platform and another one on the next: who has the key can compute a pseudonym
from a handle, who has not can neither compute nor reverse one.

References
----------
Krawczyk, H., Bellare, M., & Canetti, R. (1997). HMAC: Keyed-Hashing for Message Authentication. RFC 2104.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.agencies import PLATFORM_ALIASES, normalise_account
from textmine.ingest.addresses import platform_named
from textmine.ingest.identity import account_of_url
from textmine.ingest.keyfile import fingerprint, read_key
from textmine.ingest.masking import BARE, PATTERN, distinct, mask_bare, mask_captions
from textmine.ingest.nameless import nameless, post_addresses
from textmine.ingest.outlines import outline, outline_of_row, plain_or_outline
from textmine.ingest.synonyms import SYNONYMS, fold_name
from textmine.platforms import PLATFORMS

_DOMAIN: Final = r"\.(?:com|org|net|id|tv|info|me|io|co|be)$"
"""An ending by which a word is a site's name rather than a handle."""

MADE_ID: Final = rf"^(?:h[0-9a-f]{{24}}|i_[0-9a-f]{{24}}|{PATTERN}_\d+)$"
"""What a post's id looks like that was, or may have been, made with the key."""

_HASHED_ID: Final = r"^h[0-9a-f]{24}$"
_COMPOUND_ID: Final = r"^(\d{5,})_(\d+)$"


class Pseudonyms:
    """Replaces what names a person in posts and refused rows.

    Parameters
    ----------
    key
        At least 16 secret bytes: see :func:`textmine.ingest.keyfile.read_key`.
    register
        Accounts that are no person's (columns platform and account); without it every account is a person's.
    hash_ids
        Replace the ids of personal accounts' posts too, and leave out their addresses: an id leads to the post on
        the platform.
    """

    def __init__(self, key: bytes, register: pl.DataFrame | None = None, *, hash_ids: bool = False) -> None:
        self.hash_ids = hash_ids
        self.fingerprint = fingerprint(key)
        self._key = key
        self._registered: dict[str, frozenset[str]] = {platform: frozenset() for platform in PLATFORMS}
        if register is not None:
            rows = register.select(pl.col("platform").cast(pl.String), normalise_account(pl.col("account")))
            for (platform,), group in rows.group_by("platform"):
                self._registered[str(platform)] = frozenset(group["account"])
        self._shown: dict[str, dict[str, str | None]] = {platform: {} for platform in PLATFORMS}
        self._authors: dict[str, set[str]] = {platform: set() for platform in PLATFORMS}
        self._earlier_authors: set[str] = set()
        self._earlier_mentions: set[str] = set()

    @classmethod
    def from_file(cls, path: str | Path, register: pl.DataFrame | None = None, *, hash_ids: bool = False) -> Pseudonyms:
        """Make pseudonyms with the key in a file.

        Raises
        ------
        InputError
            The file is missing or holds no key of 16 random bytes.
        """
        return cls(read_key(path), register, hash_ids=hash_ids)

    def of(self, platform: str, account: str) -> str:
        """Pseudonym of an account: ``p_`` and 16 hexadecimal digits.

        Examples
        --------
        >>> Pseudonyms(bytes(range(32))).of("x", "Budi") == Pseudonyms(bytes(range(32))).of("x", "budi")
        True
        """
        return f"p_{self._digest('account', platform, account.lower())[:16]}"

    def _digest(self, *parts: str) -> str:
        return hmac.digest(self._key, "\n".join(parts).encode(), "sha256").hex()

    def is_registered(self, platform: str, account: str) -> bool:
        """Whether the register holds an account."""
        return account in self._registered.get(platform, frozenset())

    def person(self, platform: str) -> Callable[[str], str | None]:
        """Give a function from a handle to its pseudonym, or None for an agency's."""
        shown = self._shown.setdefault(platform, {})

        def pseudonym(account: str) -> str | None:
            try:
                return shown[account]
            except KeyError:
                name = None if self.is_registered(platform, account) else self.of(platform, account)
                return shown.setdefault(account, name)

        return pseudonym

    def source(self, path: str | Path) -> str:
        """Stand-in for a file's name, which may be a person's: ``f_`` and 12 hexadecimal digits."""
        return f"f_{self._digest('source', str(path))[:12]}"

    def posts(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Replace what names a person.

        Parameters
        ----------
        posts
            Canonical posts, shape (n_posts, 25).

        Returns
        -------
        polars.DataFrame
            The same posts, same columns and order.
        """
        if not posts.height:
            return posts
        platforms = posts["platform"].cast(pl.String)
        handles = pl.DataFrame([platforms, posts["account"]])
        pseudonyms = self._accounts(handles)
        for (platform,), part in handles.unique().group_by("platform"):
            self._authors[str(platform)].update(part["account"])
        is_person = pseudonyms.is_not_null()
        shown = pseudonyms.zip_with(is_person, posts["account"]).alias("account")
        return posts.with_columns(
            shown,
            self._post_ids(posts, is_person),
            mask_captions(posts["caption"], platforms, person=self.person, address=self.address),
            self._coauthors(posts, handles["platform"]),
            self._urls(posts, shown, is_person),
            self._sources(posts["source"]),
        )

    def _accounts(self, handles: pl.DataFrame) -> pl.Series:
        """Pseudonym of each account, null where it stays."""
        table = handles.unique(maintain_order=True)
        parts = [pl.DataFrame(schema={**table.schema, "pseudonym": pl.String})]
        for (platform,), part in table.group_by("platform", maintain_order=True):
            names = list(map(self.person(str(platform)), part["account"]))
            parts.append(part.with_columns(pl.Series("pseudonym", names, pl.String)))
        joined = handles.join(pl.concat(parts), on=["platform", "account"], how="left", maintain_order="left")
        return joined["pseudonym"]

    def _coauthors(self, posts: pl.DataFrame, platforms: pl.Series) -> pl.Series:
        lists = posts["coauthors"]
        where = (lists.list.len() > 0).fill_null(False)
        if not where.any():
            return lists
        rows = zip(platforms.filter(where), lists.filter(where), strict=True)
        made = []
        for platform, names in rows:
            made.append([self.person(platform)(name.lower()) or name for name in names])
            self._authors[platform].update(name.lower() for name in names)
        return _put(lists, where, pl.Series(made, dtype=lists.dtype))

    def _post_ids(self, posts: pl.DataFrame, is_person: pl.Series) -> pl.Series:
        """Ids: those that were made from an account's name or hold its number are made anew with the key."""
        ids = posts["post_id"]
        telling = is_person if self.hash_ids else is_person & ids.str.contains(f"{_HASHED_ID}|{_COMPOUND_ID}")
        if not telling.any():
            return ids
        rows = posts.filter(telling).select(pl.col("platform").cast(pl.String), "post_id")
        made = [self._post_id(*row) for row in rows.iter_rows()]
        return ids.scatter(telling.arg_true(), pl.Series(made, dtype=pl.String))

    def _post_id(self, platform: str, post_id: str) -> str:
        if self.hash_ids:
            return f"i_{self._digest('post', platform, post_id)[:24]}"
        if match := re.match(_COMPOUND_ID, post_id):
            return f"{self.of(platform, match[1])}_{match[2]}"
        return f"h{self._digest('post', platform, post_id)[:24]}"

    def _urls(self, posts: pl.DataFrame, account: pl.Series, is_person: pl.Series) -> pl.Series:
        """Addresses that name a person, built anew from the pseudonym and the id, or left out."""
        url = posts["url"]
        if url.null_count() == len(url):
            return url
        frame = posts.select(pl.col("platform").cast(pl.String), "url").with_columns(account.alias("name"))
        others = self._others(frame.filter(~is_person))
        if others.is_not_null().any():
            places = (~is_person).arg_true().filter(others.is_not_null())
            frame = frame.with_columns(frame["name"].scatter(places, others.drop_nulls()))
            is_person = is_person.scatter(places, True)
        if not is_person.any():
            return url
        if self.hash_ids:
            return url.set(is_person, None)
        return url.scatter(is_person.arg_true(), post_addresses(frame.filter(is_person)))

    def _others(self, frame: pl.DataFrame) -> pl.Series:
        """Pseudonyms of the persons at whose address an agency's post lies, a repost say; null for the agency's own."""
        named = frame.select("platform", account_of_url(pl.col("url")).str.to_lowercase().alias("account"))
        theirs = self._accounts(named.with_columns(pl.col("account").fill_null("")))
        # a number is a page's own id
        return theirs.zip_with(named["account"].str.contains(r"\D").fill_null(False), theirs.clear(len(theirs)))

    def _sources(self, sources: pl.Series) -> pl.Series:
        names = sources.unique()
        return sources.replace_strict(names, [self.source(name) for name in names], return_dtype=pl.String)

    def address(self, address: str) -> str:
        """Give what stands for an address on a social network that is found in a caption."""
        return nameless(address, self.person)

    def rejects(self, rejects: pl.DataFrame, platform: str | None = None) -> pl.DataFrame:
        """Replace refused rows by their outlines.

        Parameters
        ----------
        rejects
            In :data:`textmine.posts.REJECT_SCHEMA`, shape (n_rejected, 6).
        platform
            Platform of rows that name none.

        Returns
        -------
        polars.DataFrame
            The same rows: source replaced; in ``value`` and ``raw`` accounts are pseudonyms, counts and times stay,
            and of everything else the shape remains.
        """
        if not rejects.height:
            return rejects

        def account(cells: Mapping[str, Any], name: str) -> str | None:
            where = _platform_of(cells) or platform
            handle = name.strip().removeprefix("@").lower()
            return None if where is None or not handle else self.person(where)(handle) or handle

        raw = [None if text is None else outline_of_row(text, account=account) for text in rejects["raw"]]
        value = [None if text is None else plain_or_outline(text) for text in rejects["value"]]
        return rejects.with_columns(
            self._sources(rejects["source"]),
            pl.Series("value", value, pl.String),
            pl.Series("raw", raw, pl.String),
        )

    def note(self, text: str) -> str:
        """Note about a file without what it quotes from the file, such as the name of a sheet."""
        return re.sub(r"'([^']*)'", lambda quoted: f"'{outline(quoted[1])}'", text)

    def remember(self, posts: pl.DataFrame) -> None:
        """Learn the pseudonyms of posts that were stored before."""
        self._earlier_authors.update(posts["account"].str.extract(f"^({PATTERN})$").drop_nulls().unique())
        self._earlier_authors.update(distinct(posts["coauthors"].explode().drop_nulls(), f"^{PATTERN}$"))
        self._earlier_mentions.update(distinct(posts["caption"], PATTERN))

    def bare(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Replace known persons' handles that stand in captions and hashtags without ``@``.

        A word counts as a handle when it has an underscore, a dot or a digit inside: a handle that is a plain word
        cannot be told from the word. Call it when all posts have been met.
        """
        platforms = posts["platform"].cast(pl.String)
        hashtags = posts["hashtags"]
        for platform in platforms.unique().sort():
            where = platforms == platform
            mine = self._hashtags(hashtags.filter(where), platform)
            hashtags = hashtags if mine is None else _put(hashtags, where, mine)
        return posts.with_columns(mask_bare(posts["caption"], platforms, self._known), hashtags)

    def _hashtags(self, hashtags: pl.Series, platform: str) -> pl.Series | None:
        """Hashtags without handles, or None when there is none among them."""
        words = distinct(hashtags.explode().drop_nulls(), f"^(?:{BARE})$")
        names = {word: name for word in words if (name := self._known(platform, word.lower())) is not None}
        if not names:
            return None
        changed = pl.element().replace(list(names), list(names.values()))
        return hashtags.to_frame().select(pl.col("hashtags").list.eval(changed)).to_series()

    def _known(self, platform: str, word: str) -> str | None:
        """Pseudonym of a word that is the handle of a person met so far."""
        marked = "_" in word or "." in word
        is_known = word in self._authors[platform] or (marked and self._shown[platform].get(word) is not None)
        name = self.of(platform, word) if is_known else self._known_earlier(platform, word, marked=marked)
        if name is None or not re.search("[a-z]", word) or re.search(_DOMAIN, word):
            return None
        return None if self.is_registered(platform, word) else name

    def _known_earlier(self, platform: str, word: str, *, marked: bool) -> str | None:
        """Pseudonym of a word if posts that were stored before hold it."""
        if not (self._earlier_authors or self._earlier_mentions):
            return None
        name = self.of(platform, word)
        return name if name in self._earlier_authors or (marked and name in self._earlier_mentions) else None

    def reinstated(self, posts: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
        """Give back the handles of accounts that the register holds now and did not hold before.

        Parameters
        ----------
        posts
            Posts with pseudonyms.
        accounts
            Columns platform and account.
        """
        names = {self.of(platform, account): account for platform, account in accounts.rows()}
        if not names:
            return posts
        old, new = list(names), list(names.values())
        changed = pl.element().replace(old, new)
        texts = pl.col("caption", "url").str.replace_many(old, new, leftmost=True)
        return posts.with_columns(texts, pl.col("account").replace(old, new), pl.col("coauthors").list.eval(changed))


def _put(column: pl.Series, where: pl.Series, values: pl.Series) -> pl.Series:
    """Column with other values on some rows; works for lists, which scatter refuses."""
    places = pl.int_range(len(column), dtype=pl.UInt32, eager=True)
    fresh = pl.int_range(len(column), len(column) + len(values), dtype=pl.UInt32, eager=True)
    return pl.concat([column, values]).gather(places.scatter(where.arg_true(), fresh)).alias(column.name)


def _platform_of(cells: Mapping[str, Any]) -> str | None:
    """Platform that a refused row names, by its column or an address."""
    for name, cell in cells.items():
        fold = fold_name(name)
        if fold in SYNONYMS["platform"] and isinstance(cell, str):
            named = cell.strip().lower()
            platform = PLATFORM_ALIASES.get(named, named)
            if platform in PLATFORMS:
                return platform
        if fold in SYNONYMS["url"] and isinstance(cell, str) and (host := platform_named(cell)):
            return host
    return None
