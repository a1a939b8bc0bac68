"""Service information in a caption: whom to call, where to look, when and where to come."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.language.clean import EMAIL, PHONE, decode_entities, plain_forms

SERVICE_SCHEMA: Final = pl.Schema(
    {
        "has_telephone": pl.Boolean(),
        "has_email": pl.Boolean(),
        "has_date": pl.Boolean(),
        "has_time": pl.Boolean(),
        "has_address": pl.Boolean(),
    }
)

_MONTH: Final = (
    "jan(?:uari)?|[fp]eb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|jun[i]?|jul[i]?|agu(?:stus)?|ag[st]|sep(?:t|tember)?|"
    "okt(?:ober)?|nov(?:ember)?|nopember|des(?:ember)?"
)
_CALLED: Final = (
    "hotline|call ?cent(?:er|re)|contact ?cent(?:er|re)|halo|telp|tlp|telepon|telpon|hubungi|wa|whatsapp|sms|layanan"
)
TELEPHONE: Final = (
    PHONE,
    r"\[phone\]",
    r"\b0(?:2[1-9]|[3-79][0-9])[0-9]?[ )/-]{1,3}[0-9]{3,4}[ .-]?[0-9]{3,4}\b",
    r"\b1500[ .-]?[0-9]{2,3}\b",
    r"\b0800[ .-]?[0-9][0-9 .-]{4,9}\b",
    rf"(?i)\b(?:{_CALLED})[^\w\n]{{0,4}}(?:(?:di|ke|nomor|no)\.?[^\w\n]{{1,2}})?[0-9]{{3,5}}\b",
)
"""Mobile and landline numbers, 1500-xxx, free 0800 numbers, short numbers behind a word such as *hotline*;
``[phone]`` is what pseudonyms leave of a number."""
DATE: Final = (
    rf"(?i)\b[0-3]?[0-9](?:[ -]{{1,2}}|\s?(?:s\.?/?d\.?|-|–|dan|hingga|sampai)\s?[0-3]?[0-9][ -]{{1,2}})(?:{_MONTH})\b",
    r"\b[0-3]?[0-9]([/.-])[01]?[0-9][/.-](?:20)?[0-9]{2}\b",
    r"\b20[0-9]{2}-[01][0-9]-[0-3][0-9]\b",
)
"""A day with its month, in words or figures; a day of the week alone is none."""
CLOCK_TIME: Final = (
    r"(?i)\b(?:pukul|pkl|jam)[ .:]{1,2}[0-2]?[0-9]\b",
    r"(?i)\b[0-2]?[0-9][.:][0-5][0-9](?:\s?(?:-|–|s\.?/?d\.?|sampai|hingga)\s?(?:[0-2]?[0-9][.:][0-5][0-9]|selesai))?\s?(?:wib|wita|wit|am|pm)\b",
    r"\b[0-2]?[0-9]:[0-5][0-9]\b",
)
ADDRESS: Final = (
    r"\b(?:Jl|Jln|JL|JLN)\.?\s?\p{Lu}",
    r"\bJalan\s(?:\p{Lu}[\p{L}.]+\s){1,5}(?:[Nn]o|Nomor|Km|KM|RT|[0-9])",
    r"\b(?i:rt)[ .]{0,2}[0-9]{1,3}\s?/\s?(?i:rw)[ .]{0,2}[0-9]{1,3}\b",
    r"(?i)\b(?:kode pos|kodepos)\b",
    r"\b(?:Gedung|Gd\.)\s[^\n]{2,60}?\b(?:[Ll]antai|Lt\.?)\s?[0-9IVX]",
)
"""A street with its name, RT and RW, a floor of a building, a postal code."""


def service_information(captions: pl.Series) -> pl.DataFrame:
    """Which service information each caption holds.

    Parameters
    ----------
    captions
        String column, shape (n_posts,).

    Returns
    -------
    polars.DataFrame
        Columns of ``SERVICE_SCHEMA``, shape (n_posts, 5).

    Examples
    --------
    >>> captions = pl.Series(["Hotline 119. Senin, 3 Agustus pukul 08.00 WIB di Jl. Merdeka 5", "Vaksin 2021"])
    >>> service_information(captions).rows()
    [(True, False, True, True, True), (False, False, False, False, False)]
    """
    plain = captions.to_frame("caption").select(plain_forms(decode_entities(pl.col("caption"))).alias("text"))
    text = pl.col("text")
    has_digit = text.str.contains("[0-9]")
    return plain.select(
        (_any(text, TELEPHONE[1:2]) | (has_digit & _any(text, (TELEPHONE[0], *TELEPHONE[2:])))).alias("has_telephone"),
        _any(text, (EMAIL, r"\[email\]")).alias("has_email"),
        (has_digit & _any(text, DATE)).alias("has_date"),
        (has_digit & _any(text, CLOCK_TIME)).alias("has_time"),
        _any(text, ADDRESS).alias("has_address"),
    )


def _any(text: pl.Expr, patterns: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(text.str.contains(pattern) for pattern in patterns)
