"""The sentiment lexicon: how a word, phrase, emoticon or emoji of social-media Indonesian leans, and how strongly."""

from __future__ import annotations

from importlib import resources
from typing import Literal, NamedTuple, TypeAlias, get_args

EntryKind: TypeAlias = Literal[
    "word",
    "slang",
    "english",
    "phrase",
    "idiom",
    "wish",
    "emoticon",
    "emoji",
    "intensifier",
    "diminisher",
    "negator",
    "contrast",
]
"""What a term is; the last four have no leaning of their own but act on the terms beside them."""


class SentimentEntry(NamedTuple):
    """A term's leaning, -3 (most negative) to 3, and what kind of term it is."""

    polarity: int
    kind: EntryKind


def load_sentiment() -> dict[str, SentimentEntry]:
    """Terms with their leaning.

    Returns
    -------
    dict of str to SentimentEntry
        Lower-case terms; those of several words have single spaces. A polarity of 0 keeps a term from the leaning of
        its stem (*kebersihan* from *bersih*) or a phrase from that of its words (*air panas*).

    Examples
    --------
    >>> lexicon = load_sentiment()
    >>> lexicon["gercep"], lexicon["ingkar janji"].polarity, lexicon["nggak"].kind
    (SentimentEntry(polarity=2, kind='slang'), -3, 'negator')
    """
    kinds = {kind: kind for kind in get_args(EntryKind)}
    text = (resources.files("textmine") / "data" / "sentiment.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {term: SentimentEntry(int(polarity), kinds[kind]) for term, polarity, kind in rows}
