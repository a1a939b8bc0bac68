"""BLEU-4 of the normaliser from informal to formal on STIF-Indonesia, beside the text as it is.

    python bench/accuracy_normalisation.py
    python bench/accuracy_normalisation.py --part train --format json

Needs sacrebleu (dependency group ``bench``) and the pairs under ``--data``: no tokenisation, lower case on both sides.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import sacrebleu
from measure import DATA

from textmine.language.normaliser import Normaliser


def bleu(texts: list[str], formal: list[str]) -> float:
    return sacrebleu.corpus_bleu(texts, [formal], tokenize="none", lowercase=True).score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA / "normalisation" / "stif")
    parser.add_argument("--part", choices=("dev", "train"), default="dev")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    if not (options.data / f"{options.part}.inf").is_file():
        raise SystemExit(f"no pairs at {options.data}: nothing measured")
    informal, formal = (
        (options.data / f"{options.part}.{side}").read_text(encoding="utf-8").splitlines() for side in ("inf", "for")
    )
    normaliser = Normaliser()
    started = time.perf_counter()
    normalised = normaliser.normalise_texts(informal)
    rate = len(informal) / (time.perf_counter() - started)
    result = {
        "part": options.part,
        "texts": len(informal),
        "as it is": bleu(informal, formal),
        "textmine": bleu(normalised, formal),
        "texts_a_second": rate,
    }
    if options.format == "json":
        print(json.dumps(result, indent=2))
        return
    for name in ("as it is", "textmine"):
        print(f"{name:<10} BLEU-4 {result[name]:.1f}")
    print(f"{len(informal):,} texts of {options.part}, {rate:,.0f} texts/s")


if __name__ == "__main__":
    main()
