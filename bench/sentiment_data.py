"""The labelled texts of the sentiment scripts: SmSA with a test split of the project's own, and IndoLEM."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

SMSA = "sentiment/smsa/{}_preprocess.tsv"
INDOLEM = "sentiment/indolem_fold0/{}.csv"
OWN_TEST = 0.1


class Labelled(NamedTuple):
    texts: list[str]
    labels: list[str]


def smsa(data: Path, part: str) -> Labelled:
    """``train`` or ``valid``, three classes."""
    lines = (data / SMSA.format(part)).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return Labelled([text for text, _ in rows], [label for _, label in rows])


def indolem(data: Path, part: str) -> Labelled:
    """``train0`` or ``dev0``, positive and negative."""
    with (data / INDOLEM.format(part)).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {"1": "positive", "0": "negative"}
    return Labelled([row["sentence"] for row in rows], [names[row["sentiment"]] for row in rows])


def own_split(texts: Labelled) -> tuple[Labelled, Labelled]:
    """What is trained on, and a tenth that is held back; texts of the same words fall into the same part."""
    kept, held = Labelled([], []), Labelled([], [])
    for text, label in zip(*texts, strict=True):
        words = " ".join(sorted(set(re.findall(r"\w{3,}", text))))
        share = int(hashlib.sha256(f"smsa-test-2026{words}".encode()).hexdigest()[:8], 16) / 2**32
        part = held if share < OWN_TEST else kept
        part.texts.append(text)
        part.labels.append(label)
    return kept, held
