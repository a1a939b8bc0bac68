"""The filters of ``textmine text``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from textmine.cli.filters import filter_options, run_filter


@click.command()
@click.option(
    "--protect",
    default="names",
    show_default=True,
    metavar="none|names|FILE",
    help="Words that are never stemmed: none, names of places and agencies, or those and a file's (one a line).",
)
@click.option("--roots", metavar="FILE", help="Roots of your own, one a line, added to Sastrawi's.")
@filter_options
def stem(protect: str, roots: str | None, format_: str, explain: bool) -> None:
    """Give the stem of each word: one word a line in, one stem a line out.

    With --protect none the stems are those of PySastrawi 1.2.1.

    \b
    Examples:
      echo pelayanan | textmine text stem
      textmine text stem --protect none < words.txt
      echo bekasi | textmine text stem --explain
    """
    from textmine.language.protection import load_user_roots, protected_words
    from textmine.language.sastrawi import SastrawiStemmer, load_roots

    known = load_roots() | (load_user_roots(roots) if roots else frozenset())
    protected = protected_words(protect)
    stemmer = SastrawiStemmer(known, protected=protected)

    def stem_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        words = [line.strip().lower() for line in lines]
        records: list[dict[str, Any]] = [
            {"word": word, "result": found} for word, found in zip(words, stemmer.stem_types(words), strict=True)
        ]
        if explain:
            for record in records:
                record |= {"protected": record["word"] in protected, "is_root": record["result"] in known}
        return records

    run_filter(stem_lines, format_=format_, explain=explain)


@click.command()
@filter_options
def tokens(format_: str, explain: bool) -> None:
    """Give the words of each line, in lower case and separated by spaces.

    Links, e-mail addresses, mentions and telephone numbers are left out. JSON has hashtags and emoji too, and
    --explain the terms that keywords and topics would count.

    \b
    Examples:
      echo "Vaksinasi gratis! #Vaksin" | textmine text tokens
      textmine text tokens --format json < captions.txt
    """
    import polars as pl

    from textmine.language.analysis import TypeAnalyser
    from textmine.language.clean import HASHTAG, clean
    from textmine.language.settings import LanguageSettings
    from textmine.language.tokens import emoji_tokens, word_tokens

    analyser = TypeAnalyser(LanguageSettings()) if explain else None

    def split_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        caption = pl.col("text")
        found = pl.DataFrame({"text": lines}, schema={"text": pl.String}).with_columns(
            word_tokens(clean(caption)).alias("words"),
            caption.str.extract_all(HASHTAG).alias("hashtags"),
            emoji_tokens(caption).alias("emoji"),
        )
        records = [{"result": " ".join(row["words"]), **row} for row in found.iter_rows(named=True)]
        if analyser is not None:
            for record in records:
                record["terms"] = [[t.term for t in analyser.analyse(word)] for word in record["words"]]
        return records

    run_filter(split_lines, format_=format_, explain=explain)


@click.command()
@filter_options
def language(format_: str, explain: bool) -> None:
    """Say in which language each line is written: id, en, ms, jv, su or other.

    A line without words has no language: an empty line in text, null in JSON. Short lines are uncertain: JSON has the
    probability.

    \b
    Examples:
      echo "Selamat pagi semuanya" | textmine text language
      textmine text language --format json < captions.txt
    """
    import polars as pl

    from textmine.language.identify import LanguageIdentifier

    identifier = LanguageIdentifier()

    def identify_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        found = identifier.identify(pl.Series(lines, dtype=pl.String))
        rows = zip(lines, found.iter_rows(named=True), strict=True)
        return [{"text": line, "result": row["language"] or "", **row} for line, row in rows]

    run_filter(identify_lines, format_=format_, explain=explain)
