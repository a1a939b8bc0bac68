"""Draws posts by lot, so that everybody can draw them again and nobody can choose them.

The posts of an agency are numbered; SHA-256 over seed, category, agency and the count of draws gives the numbers. A
program of any language, or ``sha256sum`` and a calculator, gives the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from typing import Final

import polars as pl

from textmine.groups import group_of
from textmine.posts import KEY
from textmine.ranking.awards import Period, Selection

_LINKS_AND_SPACE: Final = r"(https?://\S+|\s+)"


@dataclass(frozen=True)
class Lots:
    """What was drawn for a nominee.

    Parameters
    ----------
    seed, category, agency
        What the numbers were made of.
    n_eligible
        Posts that were in the urn.
    numbers
        In the order in which they were drawn.
    """

    seed: int
    category: str
    agency: str
    n_eligible: int
    numbers: tuple[int, ...]


def draw(n: int, n_eligible: int, *, seed: int, category: str, agency: str) -> Lots:
    """Draw ``n`` of the numbers 1 to ``n_eligible``, or all of fewer.

    Examples
    --------
    >>> draw(3, 100, seed=0, category="best_account/bumn", agency="pln").numbers
    (94, 8, 69)
    """
    numbers: dict[int, None] = {}
    for times in count():
        if len(numbers) == min(n, n_eligible):
            break
        digest = hashlib.sha256(f"{seed}/{category}/{agency}/{times}".encode()).hexdigest()
        numbers[int(digest, 16) % n_eligible + 1] = None
    return Lots(seed, category, agency, n_eligible, tuple(numbers))


def numbered(posts: pl.LazyFrame, agencies: Collection[str]) -> pl.DataFrame:
    """Number the posts of each agency from 1 by platform and id, posts with the same text once.

    Returns
    -------
    polars.DataFrame
        ``agency``, ``number``, ``platform``, ``post_id``; in this order. Links and white space make no other text, and
        posts without any text are all kept.
    """
    text = pl.col("caption").str.to_lowercase().str.replace_all(_LINKS_AND_SPACE, " ").str.strip_chars()
    key = pl.concat_str(pl.col("platform"), pl.lit("\n"), "post_id")
    wanted = (
        posts.with_columns(group_of("agency").alias("agency"), pl.col("platform").cast(pl.String))
        .filter(pl.col("agency").is_in(list(agencies)))
        .select("agency", *KEY, pl.when(text != "").then(text).otherwise(key).hash().alias("same"))
    )
    rows = wanted.collect(engine="streaming").sort("agency", *KEY)
    found = rows.unique(["agency", "same"], keep="first", maintain_order=True)
    return found.select("agency", pl.int_range(1, pl.len() + 1).over("agency").alias("number"), *KEY)


def selected(posts: pl.LazyFrame, selection: Selection) -> pl.LazyFrame:
    """Posts that a category looks at; where each agency has a campaign of its own, all."""
    kept = pl.lit(True)
    if selection.platforms:
        kept = kept & pl.col("platform").cast(pl.String).is_in(list(selection.platforms))
    if selection.media_types:
        kept = kept & pl.col("media_type").cast(pl.String).is_in(list(selection.media_types))
    if selection.hashtags:
        tags = pl.col("hashtags").list.eval(pl.element().str.to_lowercase())
        kept = kept & (tags.list.set_intersection(pl.lit(list(selection.hashtags))).list.len() > 0)
    return posts.filter(kept.fill_null(False))


def rule_in_words(lots: Lots, *, wanted: int, selection: Selection, period: Period | None) -> dict[str, str]:
    """The rule and what it drew, in Indonesian and English."""
    numbers = ", ".join(map(str, lots.numbers))
    n, eligible, by = len(lots.numbers), lots.n_eligible, f"{lots.seed}/{lots.category}/{lots.agency}/i"
    if not eligible:
        return {"id": "Tidak ada unggahan yang memenuhi syarat.", "en": "No post is eligible."}
    which = [*selection.platforms, *selection.media_types, *(f"#{tag}" for tag in selection.hashtags)]
    only = f" ({', '.join(which)})" if which else ""
    days = {"id": "", "en": ""}
    if period is not None:
        days = {"id": f" dari {period.first} s.d. {period.last}", "en": f" from {period.first} to {period.last}"}
    fewer = {"id": "", "en": ""}
    if n < wanted:
        fewer = {
            "id": f" Diminta {wanted}; setiap nomine mendapat sebanyak milik nomine dengan unggahan tersedikit.",
            "en": f" {wanted} were asked for; each nominee gets as many as the one with the fewest has.",
        }
    return {
        "id": (
            f"{n} unggahan, diundi dengan cara yang sama untuk setiap nomine. Unggahan asli instansi{only}{days['id']} "
            f"diberi nomor menurut platform dan id, teks yang sama satu kali: {eligible} unggahan. Nomor undian ke-i "
            f"(i = 0, 1, 2, …) adalah sisa pembagian SHA-256 dari “{by}” dengan {eligible}, ditambah 1; nomor yang "
            f"sudah terpilih dilewati. Terpilih: {numbers}.{fewer['id']}"
        ),
        "en": (
            f"{n} posts, drawn by lot in the same way for every nominee. The agency's own posts{only}{days['en']} are "
            f"numbered by platform and id, the same text once: {eligible} posts. The number of draw i (i = 0, 1, 2, …) "
            f"is the remainder of the SHA-256 of “{by}” divided by {eligible}, plus 1; a number drawn before is passed "
            f"over. Drawn: {numbers}.{fewer['en']}"
        ),
    }
