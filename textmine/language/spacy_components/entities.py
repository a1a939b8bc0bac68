"""``textmine_entities``: provinces, regencies, cities, agencies and programmes as entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from spacy.attrs import IDX
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from textmine.errors import InputError
from textmine.language.spacy_components.component import Component
from textmine.language.spacy_components.gazetteer import (
    Name,
    checked_kinds,
    gazetteer_names,
    pattern_names,
    register_names,
)
from textmine.language.spacy_components.sentences import PostSentences

_OF_PLACES: Final = {
    **dict.fromkeys(("kota", "kotamadya"), "CITY"),
    **dict.fromkeys(("kabupaten", "kab"), "REGENCY"),
    **dict.fromkeys(("provinsi", "propinsi", "prov"), "PROVINCE"),
}
"""Designations that become part of the entity, and the label that they show."""
_LEVELS: Final = {
    **dict.fromkeys(("pemkot", "walikota", "wako", "polresta", "polrestabes"), "CITY"),
    **dict.fromkeys(("pemkab", "bupati", "wabup"), "REGENCY"),
    **dict.fromkeys(("pemprov", "gubernur", "polda"), "PROVINCE"),
    **dict.fromkeys(("polres", "kodim", "kejari", "dprd", "rsud", "kpud", "bpbd", "stasiun", "bandara"), ""),
}
"""Words that stand before names of places, and the label that they show, if one."""
_STREETS: Final = frozenset(("jl", "jl.", "jln", "jln.", "jalan"))
_SCHOOLS: Final = frozenset("universitas univ institut politeknik poltekkes poltek upn uin iain stain isi".split())
_AFTER_A_PLACE: Final = frozenset((",", "(", ")", "-", "–", "—", ":", "|"))
_SMALL: Final = frozenset("dan di ke dari untuk yang of the".split())


@dataclass(frozen=True)
class EntitySettings:
    """Settings of ``textmine_entities``.

    Parameters
    ----------
    kinds
        Kinds of names of the gazetteer that become entities, of :data:`~textmine.language.lexicons.NameKind`.
    agencies
        Path of a register of agencies.
    patterns
        A user's own names, see :func:`~textmine.language.spacy_components.gazetteer.pattern_names`.
    overwrite_ents
        Entities of other components give way; otherwise they stay.

    Raises
    ------
    ConfigError
        A kind or a pattern is not as it should be.
    """

    kinds: Sequence[str] = ("province", "regency", "city", "agency", "programme")
    agencies: str | None = None
    patterns: Sequence[Mapping[str, str]] = ()
    overwrite_ents: bool = False

    def __post_init__(self) -> None:
        checked_kinds(self.kinds)
        pattern_names(self.patterns)


class EntityComponent(Component[EntitySettings]):
    """Adds names of the state to ``doc.ents``, longest match first, upper and lower case alike.

    Labels are the kinds in capitals: ``PROVINCE``, ``REGENCY``, ``CITY``, ``AGENCY``, ``PROGRAMME`` (and, if asked for,
    ``TOWN``, ``ISLAND``, ``NATURE``, ``COMPANY``, ``UNIVERSITY``, ``HOLIDAY``, ``NATION``); ``ent.id_`` is the name in
    lower case, or the agency's key in the register. The words *Kota*, *Kabupaten* and *Provinsi* before a name belong
    to the entity and decide which place is meant; a bare *Semarang* is the city.

    Names that are ordinary words too need evidence (:func:`~textmine.language.lexicons.load_name_homographs`), names of
    streets and of universities are none, and a name within a longer name of any kind is none either. A hashtag is an
    entity if ``textmine_hashtags`` stands before and its words are a name.

    Parameters
    ----------
    tokenizer
        The pipeline's, by which names are split as texts are.
    settings
        What the pipeline's configuration says.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("id")
    >>> entities = nlp.add_pipe("textmine_entities")
    >>> doc = nlp("Kemenkes dan Wali Kota Malang hadir di Kab. Malang. Malang nian, kata warga jawa timur.")
    >>> [(entity.text, entity.label_) for entity in doc.ents]
    [('Kemenkes', 'AGENCY'), ('Kota Malang', 'CITY'), ('Kab. Malang', 'REGENCY'), ('jawa timur', 'PROVINCE')]
    """

    settings_class = EntitySettings

    def __init__(self, tokenizer: Any, settings: EntitySettings) -> None:  # noqa: ANN401 - spaCy has no type for it
        super().__init__(settings)
        self._tokenizer = tokenizer
        self._register: list[Name] | None = None
        if settings.agencies is not None and Path(settings.agencies).exists():
            self._register = register_names(settings.agencies)

    def _declare(self) -> None:
        """Entities are spaCy's own."""

    def _prepare(self) -> None:
        if self._register is None and self.settings.agencies is not None:
            # Not at once: a pipeline that is loaded elsewhere brings the names along and needs no file.
            raise InputError("no such file", path=self.settings.agencies)
        names = (*gazetteer_names(), *(self._register or ()), *pattern_names(self.settings.patterns))
        self._names: dict[str, Name] = {}
        for name in sorted(names, key=lambda name: -name.rank):
            self._names[name.text] = name
        self._wanted = {kind.upper() for kind in self.settings.kinds}
        self._matcher = PhraseMatcher(self._tokenizer.vocab, attr="LOWER")
        for text in self._names:
            self._matcher.add(text, [self._tokenizer(text)])
        self._sentences = PostSentences()

    def _annotate(self, doc: Doc) -> Doc:
        found = [*self._in_text(doc), *self._in_hashtags(doc)]
        if not found:
            return doc
        chosen = [span for span in filter_spans(found) if span.label_]
        if self.settings.overwrite_ents:
            kept = [entity for entity in doc.ents if not any(_overlap(entity, span) for span in chosen)]
        else:
            kept = list(doc.ents)
            chosen = [span for span in chosen if not any(_overlap(entity, span) for entity in kept)]
        doc.set_ents([*kept, *chosen])
        return doc

    def _in_text(self, doc: Doc) -> Iterator[Span]:
        matches = self._matcher(doc)
        if not matches:
            return
        context = _Context(doc, self._sentences)
        for key, start, end in matches:
            name = self._names[doc.vocab.strings[key]]
            first, shown = context.designation(start)
            if context.is_part_of_a_name(name, start):
                continue
            if not context.shows(name, start, end, designated=shown is not None):
                continue
            yield self._span(doc, name, start, end, first=first, shown=shown)

    def _in_hashtags(self, doc: Doc) -> Iterator[Span]:
        values: dict[Any, Any] = doc.user_data
        if not values:
            return
        for at, start in enumerate(doc.to_array(IDX).tolist()):
            words = values.get(("._.", "hashtag_words", start, None))
            if words is None:
                continue
            name = self._names.get(" ".join(words)) or self._names.get("".join(words))
            if name is not None and name.evidence in (None, "capital"):
                yield self._span(doc, name, at, at + 1, first=at, shown=None)

    def _span(self, doc: Doc, name: Name, start: int, end: int, *, first: int, shown: str | None) -> Span:
        """Span of a name; without a label if it is of a kind that is not wanted and only hides shorter names."""
        wanted = [label for label in name.labels if label in self._wanted or name.rank < 2]
        label = shown if shown in wanted else next(iter(wanted), "")
        joins = first < start and (label == shown or {label, shown} == {"CITY", "REGENCY"})
        return Span(doc, first if joins else start, end, label=label, span_id=name.id)

    def _extra(self) -> dict[str, Any]:
        names = None if self._register is None else [[name.text, name.id, name.evidence] for name in self._register]
        return {"register": names}

    def _restore_extra(self, extra: Mapping[str, Any]) -> None:
        names = extra.get("register")
        self._register = (
            None if names is None else [Name(text, ("AGENCY",), key, evidence, rank=1) for text, key, evidence in names]
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "tokenizer": self._tokenizer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        EntityComponent.__init__(self, state["tokenizer"], state["settings"])
        self._restore_extra(state["extra"])


class _Context:
    """What stands around names of one text."""

    def __init__(self, doc: Doc, sentences: PostSentences) -> None:
        self._doc = doc
        self._sentences = sentences
        self._starts: list[bool] | None = None
        self._shouting = doc.text.isupper()

    def designation(self, start: int) -> tuple[int, str | None]:
        """Token from which a place's designation runs, and the label that it shows ("" for no certain one).

        Without a designation: the name's own first token, and None.
        """
        before = start - 1
        if before > 0 and self._doc[before].text == "." and not self._doc[before - 1].whitespace_:
            before -= 1  # Kab. Malang
        word = self._doc[before].lower_.rstrip(".") if before >= 0 else ""
        if word in _OF_PLACES:
            return before, _OF_PLACES[word]
        if word == "kota" and before and self._doc[before - 1].lower_ == "wali":
            return start, "CITY"
        return start, _LEVELS.get(word)

    def is_part_of_a_name(self, name: Name, start: int) -> bool:
        """Whether the name of a place is that of a street or of a university (*Universitas Negeri Medan*)."""
        if not set(name.labels) & {"PROVINCE", "CITY", "REGENCY"}:
            return False
        before = start - 1
        if before > 0 and self._doc[before].text == ".":
            before -= 1
        if before >= 0 and self._doc[before].lower_ in _STREETS:
            return True
        for token in reversed(self._doc[max(start - 3, 0) : start]):
            if token.lower_ in _SCHOOLS:
                return True
            if not token.is_alpha:
                return False
        return False

    def shows(self, name: Name, start: int, end: int, *, designated: bool) -> bool:
        """Whether the text shows that a name is meant, and not a word."""
        if name.evidence is None:
            return True
        if name.evidence == "never":
            return False
        if designated and name.labels[0] in ("PROVINCE", "CITY", "REGENCY"):
            return True
        if name.evidence == "designation" or self._shouting:
            return False
        words = [token.text for token in self._doc[start:end] if token.lower_ not in _SMALL]
        if name.evidence == "capitals":
            return all(sum(map(str.isupper, word)) >= 2 for word in words)
        return all(word[:1].isupper() for word in words) and (len(words) > 1 or self._is_no_first_word(start, end))

    def _is_no_first_word(self, start: int, end: int) -> bool:
        """Whether the capital is more than that of a sentence; a date line (*Malang, 5 Mei*) is."""
        if self._starts is None:
            self._starts = self._sentences.starts(self._doc)
        if not self._starts[start]:
            return True
        return end < len(self._doc) and self._doc[end].text in _AFTER_A_PLACE


def _overlap(one: Span, other: Span) -> bool:
    return bool(one.start < other.end and other.start < one.end)
