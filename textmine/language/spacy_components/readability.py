"""``textmine_readability``: sentence bounds, and how hard the text is to read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from spacy.attrs import SENT_START
from spacy.tokens import Doc

from textmine.language.readability import Readability, ReadabilityMeter
from textmine.language.spacy_components.component import Component, declare, stored, text_of
from textmine.language.spacy_components.sentences import PostSentences

_COUNTS: Final = tuple(field.name for field in fields(Readability))


@dataclass(frozen=True)
class ReadabilitySettings:
    """Settings of ``textmine_readability``.

    Parameters
    ----------
    overwrite_sents
        Set sentence bounds even where another component did.
    """

    overwrite_sents: bool = False


class ReadabilityComponent(Component[ReadabilitySettings]):
    """Sets ``doc._.readability``, and the sentence bounds if no component before it did.

    The figures are those of :class:`~textmine.language.readability.Readability`; None for a text without words.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("id")
    >>> meter = nlp.add_pipe("textmine_readability")
    >>> doc = nlp("Ayo pakai masker! Layanan kesehatan gratis untuk warga. #Sehat")
    >>> doc._.readability
    Readability(n_sentences=2, n_words=8, n_syllables=19, n_letters=46, n_long_words=2)
    >>> [sentence.text for sentence in doc.sents]
    ['Ayo pakai masker!', 'Layanan kesehatan gratis untuk warga.', '#Sehat']
    """

    settings_class = ReadabilitySettings

    def _declare(self) -> None:
        declare(Doc, "readability", readability)

    def _prepare(self) -> None:
        self._sentences = PostSentences()
        self._meter = ReadabilityMeter()

    def _annotate(self, doc: Doc) -> Doc:
        if len(doc) > 0 and (self.settings.overwrite_sents or not doc.has_annotation("SENT_START")):
            starts = np.where(self._sentences.starts(doc), 1, -1)
            doc.from_array([SENT_START], starts.astype(np.uint64))  # type: ignore[arg-type]
        text = text_of(doc)
        figures = self._meter.measure([text[sentence.start_char : sentence.end_char] for sentence in doc.sents])
        # Plain numbers, for a doc is sent between processes and saved as MessagePack.
        doc.user_data[stored("readability")] = None if figures is None else [getattr(figures, name) for name in _COUNTS]
        return doc


def readability(doc: Doc) -> Readability | None:
    """Figures of a text, None before the component saw it or if it holds no words."""
    figures = doc.user_data.get(stored("readability"))
    return None if figures is None else Readability(*figures)
