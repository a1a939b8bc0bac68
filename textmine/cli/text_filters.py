"""The filters of ``textmine text``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from textmine.cli.filters import filter_options, run_filter
from textmine.cli.options import Number
from textmine.cli.sentiment_model import labels_said, model_options


@click.command()
@click.option(
    "--protect",
    default="names",
    show_default=True,
    metavar="none|names|FILE",
    help="Words that are never stemmed: none, names of places and agencies, or those and a file's (one a line).",
)
@click.option("--roots", metavar="FILE", help="Roots of your own, one a line, added to Sastrawi's.")
@click.option("--common-roots", is_flag=True, help="Try common roots before rare ones: gerakan is gerak, not gera.")
@filter_options
def stem(protect: str, roots: str | None, common_roots: bool, format_: str, explain: bool) -> None:
    """Give the stem of each word: one word a line in, one stem a line out.

    With --protect none and without --common-roots the stems are those of PySastrawi 1.2.1.

    \b
    Examples:
      echo pelayanan | textmine text stem
      textmine text stem --protect none < words.txt
      echo gerakan | textmine text stem --common-roots
      echo bekasi | textmine text stem --explain
    """
    from textmine.language.frequencies import load_common_roots
    from textmine.language.protection import load_user_roots, protected_words
    from textmine.language.sastrawi import SastrawiStemmer, load_roots

    known = load_roots() | (load_user_roots(roots) if roots else frozenset())
    protected = protected_words(protect)
    first = load_common_roots() if common_roots else ()
    stemmer = SastrawiStemmer(known, protected=protected, tried_first=first)

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


@click.command()
@click.option("--off", multiple=True, metavar="STEP", help="Leave out a step, such as slang or numbers (repeatable).")
@click.option("--slang", metavar="FILE", help="Informal and formal words of your own, tab separated; they win.")
@filter_options
def normalise(off: tuple[str, ...], slang: str | None, format_: str, explain: bool) -> None:
    """Write informal Indonesian formally: slang, abbreviations, elongation, reduplication, numbers, dates.

    Links, mentions, hashtags, signs and spaces stay as they are.

    \b
    Examples:
      echo "yg penting sehat2 aja" | textmine text normalise
      echo "biaya Rp 1,5 M" | textmine text normalise --off numbers
      echo "gak baguuus" | textmine text normalise --explain
    """
    from dataclasses import fields

    from textmine.language.lexicons import load_user_slang
    from textmine.language.normaliser import Normaliser, NormaliserSettings

    steps = [field.name for field in fields(NormaliserSettings)]
    for step in off:
        if step not in steps:
            raise click.BadParameter(f"{step!r} is no step; the steps are {', '.join(steps)}", param_hint="--off")
    settings = NormaliserSettings(**dict.fromkeys(off, False))
    normaliser = Normaliser(settings, slang=load_user_slang(slang) if slang else None)

    def normalise_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        formal = normaliser.normalise_texts(lines)
        records: list[dict[str, Any]] = [
            {"text": line, "result": result} for line, result in zip(lines, formal, strict=True)
        ]
        if explain:
            for record in records:
                record["changes"] = [change._asdict() for change in normaliser.explain(record["text"])]
        return records

    run_filter(normalise_lines, format_=format_, explain=explain)


@click.command("split-hashtags")
@click.option("--languages", default="id,en", show_default=True, help="Languages of the hashtags, the main one first.")
@click.option("--alternatives", type=click.IntRange(min=1), help="Give so many readings with their scores (as JSON).")
@filter_options
def split_hashtags(languages: str, alternatives: int | None, format_: str, explain: bool) -> None:
    """Give the words of each hashtag, separated by spaces: one hashtag a line in, its words out.

    \b
    Examples:
      echo "#BanggaBuatanIndonesia" | textmine text split-hashtags
      echo "#vaksinuntukkita" | textmine text split-hashtags --alternatives 3
    """
    from textmine.language.segmentation import HashtagSegmenter

    try:
        segmenter = HashtagSegmenter([code.strip() for code in languages.split(",")])
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--languages") from error
    readings = alternatives or (5 if explain else 0)

    def split_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = [
            {"hashtag": line, "result": " ".join(words), "words": words}
            for line, words in zip(lines, segmenter.segment_types(lines), strict=True)
        ]
        if readings:
            for record in records:
                found = segmenter.alternatives(record["hashtag"], n=readings)
                record["alternatives"] = [{"words": list(s.words), "score": s.score} for s in found]
        return records

    run_filter(split_lines, format_=format_, explain=bool(readings))


@click.command()
@click.option("--method", type=click.Choice(["model", "rules"]), default="model", show_default=True)
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Keyphrases a line at most.")
@click.option("--min-score", type=Number(min=0), default=0.0, show_default=True, help="Lower are left out.")
@click.option("--background", metavar="FILE", help="Captions, one a line, whose words count as common.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="A JSON object for each line, or its keyphrases separated by semicolons.",
)
def keywords(method: str, top: int, min_score: float, background: str | None, format_: str) -> None:
    """Give the keyphrases of each line: one post a line in, JSON a line out.

    A keyphrase is one to three words, scored by frequency, position and keyness. JSON has the score, how often it
    stands in the line and where it first does (characters from 0).

    \b
    Examples:
      echo "Kementerian Kesehatan membuka vaksinasi gratis di Surabaya" | textmine text keywords
      textmine text keywords --top 3 --format text < captions.txt
      textmine text keywords --background captions.txt < captions.txt > keyphrases.jsonl
    """
    from dataclasses import asdict
    from pathlib import Path

    from textmine.keyphrases import KeyphraseExtractor

    extractor = KeyphraseExtractor("rules" if method == "rules" else "model", top=top, min_score=min_score)
    if background is not None:
        with Path(background).open(encoding="utf-8", errors="replace") as captions:
            extractor.fit(captions)

    def extract_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        found = [extractor.extract_one(line) for line in lines]
        return [
            {
                "text": line,
                "result": "; ".join(keyphrase.phrase for keyphrase in keyphrases),
                "keyphrases": [asdict(keyphrase) for keyphrase in keyphrases],
            }
            for line, keyphrases in zip(lines, found, strict=True)
        ]

    run_filter(extract_lines, format_=format_, explain=False)


@click.command()
@model_options
@click.option("--explain", is_flag=True, help="Add the words that lean.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="A JSON object for each line, or its label.",
)
def sentiment(model: str | None, labels: tuple[str, ...], format_: str, explain: bool) -> None:
    """Say how each line leans, positive, neutral or negative: one text a line in, JSON a line out.

    JSON has the label and the probabilities, and with --explain the words that lean, with how they do so in their
    place. A line without words or signs leans nowhere: its label is null, and an empty line in text.

    \b
    Examples:
      echo "Pelayanannya ramah, makasih min" | textmine text sentiment
      echo "Gak jelas, error mulu" | textmine text sentiment --explain
      textmine text sentiment --format text < comments.txt
      textmine text sentiment --model sklearn:own.skops < comments.txt
    """
    from textmine.sentiment.labels import CLASSES
    from textmine.sentiment.models import load_model

    classifier = load_model(model, labels=labels_said(labels)).model

    def classify_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        for line, row in zip(lines, classifier.predict_proba(lines).tolist(), strict=True):
            label = max(zip(row, CLASSES, strict=True))[1] if line.strip() else None
            shares = {name: round(share, 4) for name, share in zip(CLASSES, row, strict=True)}
            records.append({"text": line, "result": label or "", "label": label, "probabilities": shares})
            if explain:
                records[-1]["words"] = classifier.explain(line)
        return records

    run_filter(classify_lines, format_=format_, explain=explain)
