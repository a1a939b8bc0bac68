"""``textmine_hashtags``: one token for each hashtag, with its identity and its words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from spacy.attrs import IDX, LENGTH
from spacy.tokens import Doc, Token

from textmine.language.hashtags import fold_hashtag
from textmine.language.segmentation import HashtagSegmenter
from textmine.language.spacy_components.component import Component, TypeMemo, declare, stored, text_of

_SIGNS: Final = "#＃"
_URL: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
# A tag may follow another at once, but not a letter (a#b), a slash (a link's anchor) or an ampersand (&#39;).
_CHAIN: Final = re.compile(r"(?<![\w/&#＃@])[#＃]")


@dataclass(frozen=True)
class HashtagSettings:
    """Settings of ``textmine_hashtags``.

    Parameters
    ----------
    languages
        Codes of the languages of the hashtags, the main one first.
    extra_words
        Words and phrases of the user's own that hashtags are made of.

    Raises
    ------
    ValueError
        There is no language.
    """

    languages: Sequence[str] = ("id", "en")
    extra_words: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("languages is empty; name one at least, such as id")


class HashtagComponent(Component[HashtagSettings]):
    """Makes each hashtag one token, whatever the tokenizer made of it, and reads the words in it.

    Sets ``token._.is_hashtag``, ``token._.hashtag_identity`` (lower case, with one ``#``; None for other tokens) and
    ``token._.hashtag_words`` (those of ``textmine text split-hashtags``; empty for other tokens); ``doc._.hashtags`` is
    the list of the hashtag tokens. Hashtags are those of the post table: not in links, with at least one letter.

    It changes tokens, so it belongs at the beginning of the pipe.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("xx")
    >>> hashtags = nlp.add_pipe("textmine_hashtags")
    >>> doc = nlp("Ayo! #BanggaBuatanIndonesia#vaksinuntukkita, ya")
    >>> [(token.text, token._.hashtag_words) for token in doc._.hashtags]
    [('#BanggaBuatanIndonesia', ['bangga', 'buatan', 'indonesia']), ('#vaksinuntukkita', ['vaksin', 'untuk', 'kita'])]
    """

    settings_class = HashtagSettings

    def _declare(self) -> None:
        declare(Token, "is_hashtag", is_hashtag)
        declare(Token, "hashtag_identity")
        declare(Token, "hashtag_words", hashtag_words)
        declare(Doc, "hashtags", hashtags)

    def _prepare(self) -> None:
        segmenter = HashtagSegmenter(self.settings.languages, extra_words=self.settings.extra_words)
        self._words: TypeMemo[str, list[str]] = TypeMemo(segmenter.segment)
        self._identities: TypeMemo[str, str] = TypeMemo(fold_hashtag)

    def _annotate(self, doc: Doc) -> Doc:
        text = text_of(doc)
        if not any(sign in text for sign in _SIGNS):
            return doc
        spans = list(hashtag_spans(text))
        _cut(doc, spans)
        _merge(doc, spans)
        values: dict[Any, Any] = doc.user_data
        for start, end in spans:
            tag = text[start:end]
            values["._.", "hashtag_identity", start, None] = self._identities[tag]
            values["._.", "hashtag_words", start, None] = list(self._words[tag])
        return doc


def hashtag_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each hashtag of a text, its sign included.

    Examples
    --------
    >>> text = "#HUTRI78 di https://a.id/#x, a#b #1 ＃Merdeka_Belajar#Satu"
    >>> [text[start:end] for start, end in hashtag_spans(text)]
    ['#HUTRI78', '＃Merdeka_Belajar', '#Satu']
    """
    links = [match.span() for match in _URL.finditer(text)]
    ends = [end for _, end in links]
    for match in _CHAIN.finditer(text):
        start = match.start()
        link = bisect_right(ends, start)
        if link < len(links) and links[link][0] <= start:
            continue
        while start < len(text) and text[start] in _SIGNS:
            end = start + 1
            while end < len(text) and _is_of_tag(text[end]):
                end += 1
            if any(map(str.isalpha, text[start:end])):
                yield start, end
            if end == start + 1:
                break
            start = end


def is_hashtag(token: Token) -> bool:
    """Whether the token is a hashtag that the component found."""
    return stored("hashtag_identity", token.idx) in token.doc.user_data


def hashtag_words(token: Token) -> list[str]:
    """Words of a hashtag, empty for other tokens."""
    return list(token.doc.user_data.get(stored("hashtag_words", token.idx), ()))


def hashtags(doc: Doc) -> list[Token]:
    """Hashtag tokens of a text."""
    return [token for token in doc if is_hashtag(token)]


def _is_of_tag(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def _cut(doc: Doc, spans: list[tuple[int, int]]) -> None:
    """Split tokens that hold a border of a hashtag: ``#a#b``."""
    rows = doc.to_array([IDX, LENGTH]).tolist()
    starts = [start for start, _ in rows]
    inside: dict[int, list[int]] = {}
    for border in sorted({border for span in spans for border in span}):
        at = bisect_right(starts, border) - 1
        start, length = rows[at]
        if start < border < start + length:
            inside.setdefault(at, []).append(border - start)
    if not inside:
        return
    with doc.retokenize() as retokenizer:
        for at, cuts in inside.items():
            token = doc[at]
            pieces = [token.text[start:end] for start, end in pairwise([0, *cuts, len(token)])]
            retokenizer.split(token, pieces, heads=[(token, 0)] * len(pieces))


def _merge(doc: Doc, spans: list[tuple[int, int]]) -> None:
    """Join the tokens of each hashtag; its borders are borders of tokens."""
    starts = doc.to_array(IDX).tolist()
    found = [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in spans]
    apart = [(first, last) for first, last in found if last - first > 1]
    if apart:
        with doc.retokenize() as retokenizer:
            for first, last in apart:
                retokenizer.merge(doc[first:last])
