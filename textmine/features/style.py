"""How a caption is written: its length, sentences, signs, readability and language, a column at a time."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.features.words import WORDS_SCHEMA, WordCounter
from textmine.language.clean import DOMAIN, EMAIL, MENTION, URL, clean, decode_entities, plain_forms
from textmine.language.tokens import EMOJI, emoji_tokens

_ABBREVIATIONS: Final = (
    "jl jln gg no nomer tlp telp kab kec kel ds dsn prov rt kav blok lt dr drg drs dra prof ir hj kh tgk tb ust pdt "
    "bpk bp sdr sdri yth tn ny nn alm almh ttd tgl hlm hal vol ed art gbr ps pt cv rp idr usd jan feb mar apr jun jul "
    "agt ags sep sept okt nov des st mr mrs ms vs maks min"
).split()
"""Before a full stop these end no sentence; those of the spaCy pipeline that have no dot inside."""

_SIGNS_SCHEMA: Final = pl.Schema(
    {
        "characters": pl.UInt32(),
        "sentences": pl.UInt32(),
        "questions": pl.UInt32(),
        "exclamations": pl.UInt32(),
        "capitals_share": pl.Float64(),
        "emoji": pl.UInt32(),
        "emoji_distinct": pl.UInt32(),
        "mentions": pl.UInt32(),
        "links": pl.UInt32(),
    }
)
STYLE_SCHEMA: Final = pl.Schema(
    {
        **_SIGNS_SCHEMA,
        **WORDS_SCHEMA,
        "words_per_sentence": pl.Float64(),
        "lix": pl.Float64(),
        "flesch_reading_ease": pl.Float64(),
    }
)


class StyleReader:
    """Reads captions; lexicons are loaded once, here, and words are remembered."""

    def __init__(self) -> None:
        self._counter = WordCounter()

    def read(self, captions: pl.Series) -> pl.DataFrame:
        """Style of each caption.

        Parameters
        ----------
        captions
            String column, shape (n_posts,).

        Returns
        -------
        polars.DataFrame
            Columns of ``STYLE_SCHEMA``, shape (n_posts, 19); see docs/features.md. What is made of words is null where
            there are none.
        """
        prose = captions.to_frame("caption").select("caption", clean(pl.col("caption")).alias("prose"))
        signs = prose.select(_signs())
        words = self._counter.count(prose["prose"])
        return pl.concat([signs, words], how="horizontal").with_columns(*_readability()).select(
            pl.col(name).cast(dtype) for name, dtype in STYLE_SCHEMA.items()
        )  # fmt: skip


def sentences(prose: pl.Expr) -> pl.Expr:
    r"""Sentences with at least one word in text without links, mentions and hashtags.

    A sentence ends at ``. ! ?`` before a space, at three dots before a capital, at the end of a line that does not
    end with a comma, and at emoji before a capital. Full stops after abbreviations, single letters and the numbers of
    list items end none.

    Examples
    --------
    >>> text = "Kantor di Jl. Melati No. 5. Buka pukul 08.00 😊 Gratis!\n1. Bawa KTP\n2. Bawa KK"
    >>> pl.DataFrame({"text": [text, "#", ""]}).select(sentences(pl.col("text")))["text"].to_list()
    [5, 0, 0]
    """
    ends = prose
    for pattern, written in _BOUNDS:
        ends = ends.str.replace_all(pattern, written)
    return ends.str.count_matches(r"[^\n]*\p{L}[^\n]*")


_BOUNDS: Final = (
    (r"(?m)^([ \t]*(?:\d{1,2}|[a-zA-Z]))\.", "$1"),
    (rf"(?i)\b({'|'.join(_ABBREVIATIONS)})\.", "$1"),
    (r"\b(\p{L})\.", "$1"),
    (r",[ \t]*\n", ", "),
    (r"(?:\.{2,}|…)(\s)(\s*\p{Lu})", "\n$2"),
    (r"\.{2,}", " "),
    (rf"(?:{EMOJI})\s*(\p{{Lu}})", "\n$1"),
    (r"[.!?。]+[\x22'”’»)\]}]*(\s|$)", "\n"),
)
"""Patterns in order, and what they are replaced by, so that in the end a line is a sentence."""


def _signs() -> list[pl.Expr]:
    caption, prose = pl.col("caption"), pl.col("prose")
    plain = plain_forms(decode_entities(caption))
    # An address holds what looks like a mention, and a link what looks like an address.
    without_links = plain.str.replace_all(URL, " ")
    without_addresses = without_links.str.replace_all(EMAIL, " ")
    emoji = emoji_tokens(caption)
    letters = prose.str.count_matches(r"\p{L}")
    return [
        caption.str.len_chars().alias("characters"),
        sentences(prose).alias("sentences"),
        prose.str.count_matches(r"[!?]*\?[!?]*").alias("questions"),
        prose.str.count_matches(r"!+").alias("exclamations"),
        pl.when(letters > 0).then(prose.str.count_matches(r"\p{Lu}") / letters).alias("capitals_share"),
        emoji.list.len().alias("emoji"),
        emoji.list.n_unique().alias("emoji_distinct"),
        without_addresses.str.count_matches(MENTION).alias("mentions"),
        (
            plain.str.count_matches(URL)
            + without_addresses.str.replace_all(MENTION, " ").str.count_matches(DOMAIN)
        ).alias("links"),
    ]  # fmt: skip


def _readability() -> list[pl.Expr]:
    """As in :mod:`textmine.language.readability`."""
    per_sentence = pl.when(pl.col("words") > 0).then(pl.col("words") / pl.col("sentences").clip(1))
    return [
        per_sentence.alias("words_per_sentence"),
        (per_sentence + 100 * pl.col("long_words_share")).alias("lix"),
        (206.835 - 1.015 * per_sentence - 84.6 * pl.col("syllables_per_word")).alias("flesch_reading_ease"),
    ]
