"""``textmine_normaliser``: the formal words of each token, and the whole text written formally."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from spacy.attrs import IDX, ORTH
from spacy.tokens import Doc, Token

from textmine.errors import ConfigError
from textmine.language.normaliser import Memory, Normaliser, NormaliserSettings
from textmine.language.spacy_components.alignment import parts, sources, trimmed
from textmine.language.spacy_components.component import Component, declare, stored, text_of

_MOST_REMEMBERED: Final = 1 << 18


@dataclass(frozen=True)
class NormalisingSettings:
    """Settings of ``textmine_normaliser``.

    Parameters
    ----------
    off
        Steps that are left out, by the names of :class:`~textmine.language.normaliser.NormaliserSettings`.
    slang
        Informal words of the user's own with their formal ones.

    Raises
    ------
    ConfigError
        There is no step of that name.
    """

    off: Sequence[str] = ()
    slang: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        steps = [field.name for field in fields(NormaliserSettings)]
        for step in self.off:
            if step not in steps:
                raise ConfigError(f"no such step; the steps are {', '.join(steps)}", key="off", value=step)


class NormaliserComponent(Component[NormalisingSettings]):
    """Sets ``doc._.normal``, the text as ``textmine text normalise`` writes it, and ``token._.normal``.

    The parts of the tokens, put together, are the words of the normalised text in their order: a replacement belongs to
    the token in which it begins. *Rp 1,5 M* is three tokens; the first gets *1,5 miliar rupiah*, the others the empty
    string. Where invisible characters or HTML entities changed the spaces of a text, each token is normalised on its
    own instead.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("id")
    >>> normaliser = nlp.add_pipe("textmine_normaliser")
    >>> doc = nlp("Mksh yg udh dtg")
    >>> doc._.normal, [token._.normal for token in doc]
    ('Terima kasih yang sudah datang', ['Terima kasih', 'yang', 'sudah', 'datang'])
    """

    settings_class = NormalisingSettings

    def _declare(self) -> None:
        declare(Doc, "normal")
        declare(Token, "normal")

    def _prepare(self) -> None:
        steps = NormaliserSettings(**dict.fromkeys(self.settings.off, False))
        slang = {informal.lower(): formal.lower() for informal, formal in self.settings.slang.items()}
        self._normaliser = Normaliser(steps, slang=slang)
        self._memory = Memory(self._normaliser)

    def _annotate(self, doc: Doc) -> Doc:
        if len(self._memory) > _MOST_REMEMBERED:
            self._memory = Memory(self._normaliser)
        typed = text_of(doc)
        recorded = self._normaliser.explain(typed, memory=self._memory)
        changes = [trimmed(change) if change.step == "unicode" else change for change in recorded]
        strings = doc.vocab.strings
        rows = doc.to_array([IDX, ORTH]).tolist()  # ten times as fast as a loop over tokens
        starts = [start for start, _ in rows]
        if not changes:
            normal, words = typed, [strings[key].strip() for _, key in rows]
        else:
            normal, origin = sources(typed, changes)
            if any(change.step == "unicode" and len(change.before.split()) > 1 for change in changes):
                words = self._normaliser.normalise_texts([strings[key].strip() for _, key in rows], memory=self._memory)
            else:
                words = parts(typed, normal, origin, starts)
        values: dict[Any, Any] = doc.user_data
        values[stored("normal")] = normal
        for start, word in zip(starts, words, strict=True):
            values["._.", "normal", start, None] = word
        return doc
