"""Documents on which topic models are compared: Indonesian short posts, and BBC News.

Every document falls into one of three parts by a hash of its text, so equal texts stand in the same part: ``fit``
(half), ``validation`` (a quarter, for choosing settings) and ``test`` (a quarter, looked at last).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp

from textmine.counting import token_matrix
from textmine.language.analyzer import IndonesianAnalyzer

MIN_DOCUMENTS = 5
MAX_SHARE = 0.5


@dataclass(frozen=True)
class Part:
    """Documents in one vocabulary: token lists in order, counts, and labels where there are any."""

    tokens: list[list[str]]
    counts: sp.csr_array
    labels: np.ndarray | None


@dataclass(frozen=True)
class Split:
    """Documents that models are fitted on and documents that are held out, in the same vocabulary."""

    vocabulary: list[str]
    fitted: Part
    held_out: Part


@dataclass(frozen=True)
class Corpus:
    """All documents as token lists, each different, with the part that each falls into."""

    name: str
    tokens: list[list[str]]
    parts: np.ndarray
    labels: np.ndarray | None

    def split(self, fitted: Sequence[str], held_out: str) -> Split:
        """Cut the vocabulary to terms in at least five documents to fit, in at most half, and in one held out."""
        counts, terms = token_matrix(pl.Series(self.tokens, dtype=pl.List(pl.String)))
        inside, outside = np.isin(self.parts, fitted), self.parts == held_out
        frequency = np.bincount(counts[np.flatnonzero(inside)].indices, minlength=counts.shape[1])
        seen = np.bincount(counts[np.flatnonzero(outside)].indices, minlength=counts.shape[1])
        kept = np.flatnonzero((frequency >= MIN_DOCUMENTS) & (frequency <= MAX_SHARE * inside.sum()) & (seen > 0))
        names = [terms[int(column)] for column in kept]
        return Split(names, self._part(inside, counts, kept, names), self._part(outside, counts, kept, names))

    def _part(self, inside: np.ndarray, counts: sp.csr_array, kept: np.ndarray, names: list[str]) -> Part:
        """Documents that hold a word of the vocabulary."""
        cut = sp.csr_array(counts[:, kept])
        rows = np.flatnonzero(inside & (np.diff(cut.indptr) > 0))
        known = set(names)
        tokens = [[token for token in self.tokens[row] if token in known] for row in rows]
        return Part(tokens, cut[rows], None if self.labels is None else self.labels[rows])


def corpora(data: Path) -> list[Corpus]:
    """Those of the two corpora whose files are in ``data``."""
    found = []
    smsa = data / "sentiment" / "smsa" / "train_preprocess.tsv"
    kipk = data / "posts" / "x_tweet_harvest_kipk" / "kipk_first_1000.csv"
    if smsa.is_file() and kipk.is_file():
        texts = [line.split("\t")[0] for line in smsa.read_text(encoding="utf-8").splitlines()]
        with kipk.open(encoding="utf-8", newline="") as file:
            texts += [row["full_text"] for row in csv.DictReader(file)]
        found.append(_corpus("Indonesian short posts", IndonesianAnalyzer(emoji=False).fit_transform(texts), None))
    bbc = data / "topics" / "bbc_news" / "corpus.tsv"
    if bbc.is_file():
        rows = [line.split("\t") for line in bbc.read_text(encoding="utf-8").splitlines()]
        found.append(_corpus("BBC News", [row[0].split() for row in rows], [row[2] for row in rows]))
    return found


def _corpus(name: str, tokens: list[list[str]], labels: list[str] | None) -> Corpus:
    """Distinct documents that are not empty, in the order of the files."""
    first = {tuple(document): i for i, document in reversed(list(enumerate(tokens))) if document}
    rows = sorted(first.values())
    drawn = [hashlib.blake2b(" ".join(tokens[i]).encode(), digest_size=1).digest()[0] for i in rows]
    parts = np.array(["fit", "fit", "validation", "test"])[np.array(drawn) // 64]
    return Corpus(
        name, [tokens[i] for i in rows], parts, None if labels is None else np.array([labels[i] for i in rows])
    )
