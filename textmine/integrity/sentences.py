"""Evidence in words, in Indonesian and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from textmine.locales import Language

REASONS: Final = (
    "giveaway",
    "engagement_bait",
    "likes_without_comments",
    "copied_comments",
    "repost",
    "collaboration",
    "copy",
)
"""Reasons for which posts are flagged."""
ACCOUNT_REASONS: Final = ("follower_jump",)
"""Reasons for which accounts are."""

NAMES: Final[Mapping[Language, Mapping[str, str]]] = {
    "id": {
        "giveaway": "bagi-bagi hadiah",
        "engagement_bait": "pancingan interaksi",
        "likes_without_comments": "suka tanpa komentar",
        "copied_comments": "komentar salinan",
        "repost": "unggahan ulang",
        "collaboration": "unggahan bersama",
        "copy": "teks instansi lain",
        "follower_jump": "lonjakan pengikut",
    },
    "en": {
        "giveaway": "giveaway",
        "engagement_bait": "engagement bait",
        "likes_without_comments": "likes without comments",
        "copied_comments": "copied comments",
        "repost": "repost",
        "collaboration": "post with others",
        "copy": "text of another agency",
        "follower_jump": "jump of followers",
    },
}
_TEMPLATES: Final[Mapping[Language, Mapping[str, str]]] = {
    "id": {
        "giveaway": "kata-kata bagi-bagi hadiah: {terms}",
        "engagement_bait": "meminta interaksi: {terms}",
        "likes_without_comments": "{likes} suka, biasanya {usual_likes}; {comments} komentar, sewajarnya"
        " {expected_comments} untuk suka sebanyak itu",
        "copied_comments": "{copied} dari {long_comments} komentar panjang memakai teks yang sama",
        "repost": "mengunggah ulang milik orang lain; tidak dihitung bagi siapa pun",
        "collaboration": "diunggah bersama {other}; hanya boleh dihitung sekali",
        "copy": "teksnya lebih dulu dimuat {other}; {number} instansi memuatnya",
        "follower_jump": "pengikut naik dari {followers_before} ke {followers_after} antara {since} dan {until},"
        " {times_noise} kali goyangan biasanya; interaksi {engagement}",
    },
    "en": {
        "giveaway": "words of a giveaway: {terms}",
        "engagement_bait": "asks for engagement: {terms}",
        "likes_without_comments": "{likes} likes, usually {usual_likes}; {comments} comments where so many likes"
        " bring {expected_comments}",
        "copied_comments": "{copied} of {long_comments} longer comments share their text",
        "repost": "posted again from somebody else; credited to nobody",
        "collaboration": "posted together with {other}; to be credited once only",
        "copy": "{other} posted this text before; {number} agencies did",
        "follower_jump": "followers rose from {followers_before} to {followers_after} between {since} and {until},"
        " {times_noise} times the usual noise; engagement {engagement}",
    },
}
_ENGAGEMENT: Final[Mapping[Language, tuple[str, str]]] = {
    "id": ("sesudahnya {} kali sebelumnya", "tidak diketahui"),
    "en": ("afterwards {} times that before", "is not known"),
}


def evidence(reason: str, *, lang: Language) -> pl.Expr:
    """Sentence of a reason over the columns that its finder gives.

    Examples
    --------
    >>> frame = pl.DataFrame({"terms": ["kuis, tag # teman"]})
    >>> frame.select(evidence("giveaway", lang="en")).item()
    'words of a giveaway: kuis, tag … teman'
    """
    template = _TEMPLATES[lang][reason]
    names = [part.split("}")[0] for part in template.split("{")[1:]]
    for name in names:
        template = template.replace(f"{{{name}}}", "{}", 1)
    return (
        pl.format(template, *(_shown(name, lang) for name in names)).alias("evidence")
        if names
        else pl.lit(template).alias("evidence")
    )


def _shown(name: str, lang: Language) -> pl.Expr:
    column = pl.col(name) if name != "engagement" else pl.col("engagement_rise")
    match name:
        case "terms":
            return column.str.replace_all(" # ", " … ", literal=True).str.replace("^# ", "… ")
        case "usual_likes" | "expected_comments":
            return column.round(0).cast(pl.Int64).cast(pl.String)
        case "times_noise":
            return column.round(0).cast(pl.Int64).cast(pl.String)
        case "engagement":
            known, unknown = _ENGAGEMENT[lang]
            times = column.exp().round(1).cast(pl.String)
            times = times.str.replace(".", ",", literal=True) if lang == "id" else times
            return pl.when(column.is_not_null()).then(pl.format(known, times)).otherwise(pl.lit(unknown))
        case "other":
            return column.fill_null("?")
        case _:
            return column.cast(pl.String).fill_null("?")
