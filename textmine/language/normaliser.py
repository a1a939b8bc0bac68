"""Running text to formal Indonesian, with a record of what each step did.

The signs, the spaces and the line breaks of the text stay, and so do links, e-mail addresses, mentions, hashtags and
telephone numbers. Case follows the word as typed: ``Yg`` becomes ``Yang``, ``YG`` becomes ``YANG``, a word in mixed
case becomes lower case where it is rewritten; a word that is formal already keeps its letters whatever their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from textmine.language.contexts import ACRONYMS, CHUNK, ContextRules, Neighbours, Verdict
from textmine.language.rewritable import rewritable_matches, rewritable_words
from textmine.language.unicode_forms import plain_characters
from textmine.language.units import DATE_RULES, NUMBER_RULES, Rule
from textmine.language.wordforms import WordNormaliser, WordStep, WordSteps

Step: TypeAlias = Literal["unicode", "dates", "numbers", "context"] | WordStep

_SPACE: Final = re.compile(r"(\s+)")
_DIGIT: Final = re.compile(r"\d")
_LONGEST_ACRONYM: Final = 4
_ROUNDS: Final = 6
"""What one round joins or splits, the next may shorten; texts settle in two or three."""


@dataclass(frozen=True)
class NormaliserSettings:
    """Steps of the normaliser, in their order, each of which can be switched off.

    Parameters
    ----------
    unicode
        HTML entities are decoded, letters in bold, italics or full width become plain, invisible characters go, NFC.
    dates
        ``17/8/2020`` becomes ``17 Agustus 2020``.
    numbers
        ``Rp 1,5 M`` becomes ``1,5 miliar rupiah``, ``10rb`` ``10 ribu``, ``50%`` ``50 persen``, ``5kg`` ``5 kg``.
    context
        Ambiguous words are decided by their neighbours (:mod:`textmine.language.contexts`).
    letters, elongation, reduplication, spelling, slang, affixes, typos
        Rules of a word, see :class:`textmine.language.wordforms.WordSteps`.
    english
        Words of English are left alone.
    """

    unicode: bool = True
    dates: bool = True
    numbers: bool = True
    context: bool = True
    letters: bool = True
    elongation: bool = True
    reduplication: bool = True
    spelling: bool = True
    slang: bool = True
    affixes: bool = True
    typos: bool = True
    english: bool = True

    def as_dict(self) -> dict[str, bool]:
        """Return the settings as JSON values."""
        return asdict(self)

    def word_steps(self) -> WordSteps:
        """Return the part that concerns single words."""
        return WordSteps(**{name: getattr(self, name) for name in WordSteps.__dataclass_fields__})


class Change(NamedTuple):
    """One change: ``before``, from character ``start`` of the text as the changes ahead left it, became ``after``."""

    step: Step
    before: str
    after: str
    start: int


class Normaliser:
    """Brings Indonesian social-media text to its formal spelling.

    Idempotent: a normalised text stays as it is. The lexicons are loaded once, here.

    Parameters
    ----------
    settings
        Which steps are taken.
    slang
        A user's own informal words with their formal ones; they win over the shipped ones.

    Raises
    ------
    ResourceNotFoundError
        A lexicon is not installed.

    Examples
    --------
    >>> normaliser = Normaliser()
    >>> normaliser.normalise("Sy gak tau, anak2nya udh pulang blm? Cek @kemenkes_ri #PulihBersama")
    'Saya tidak tahu, anak-anaknya sudah pulang belum? Cek @kemenkes_ri #PulihBersama'
    >>> normaliser.normalise("Meeting tgl 17/8/2020 jam 7.30, biaya Rp 1,5 M, please!")
    'Meeting tanggal 17 Agustus 2020 jam 7.30, biaya 1,5 miliar rupiah, please!'
    >>> normaliser.explain("yg baguuus")[1]
    Change(step='elongation', before='baguuus', after='bagus', start=5)
    """

    def __init__(
        self, settings: NormaliserSettings = NormaliserSettings(), *, slang: Mapping[str, str] | None = None
    ) -> None:
        self.settings = settings
        self._words = WordNormaliser(settings.word_steps(), slang=slang)
        self._context = ContextRules(
            self._words.known, slang=settings.slang, affixes=settings.affixes, spelling=settings.spelling
        )

    def normalise(self, text: str) -> str:
        """Normalise one text."""
        return self.normalise_texts([text])[0]

    def normalise_texts(self, texts: Sequence[str], *, memory: Memory | None = None) -> list[str]:
        """Normalise many texts: each distinct word once, each text on its own (any split gives the same).

        Parameters
        ----------
        texts
            Texts of any length.
        memory
            Keeps what was worked out from one call to the next.

        Returns
        -------
        list of str
            Normalised texts in the same order.
        """
        memory = memory or Memory(self)
        return [self._settled(text, memory.chunks, None) for text in texts]

    def explain(self, text: str, *, memory: Memory | None = None) -> list[Change]:
        """What the steps do to a text, in order; to apply the changes one after the other is to normalise it."""
        record: list[Change] = []
        self._settled(text, (memory or Memory(self)).chunks, record)
        return record

    def asks_neighbours(self, word: str, *, changed: bool) -> bool:
        """Whether the words beside it decide about a word."""
        return self.settings.context and self._context.concern(word, changed=changed)

    def word_changes(self, word: str, *, shouting: bool = False) -> list[Change]:
        """What the rules of a word do to one word as typed, without its neighbours.

        Parameters
        ----------
        word
            A word without spaces and signs.
        shouting
            The whole text stands in capitals, so that a word in capitals is no acronym.
        """
        lower = word.lower()
        if word.isupper() and len(word) > 1 and not shouting and self._is_acronym(lower):
            return []
        changes = self._words.changes(lower, name_like=word[:1].isupper() and not shouting)
        before, written = word, []
        for change in changes:
            after = _in_case_of(word, change.after)
            written.append(Change(change.step, before, after, 0))
            before = after
        return written

    def _is_acronym(self, word: str) -> bool:
        """Whether a word in capitals is no informal word: *PPPK* and *P3K* are neither drawn out nor disguised."""
        return word in ACRONYMS or (len(word) <= _LONGEST_ACRONYM and not self._words.is_informal(word))

    def _settled(self, text: str, chunks: tuple[_Chunks, _Chunks], record: list[Change] | None) -> str:
        for _ in range(_ROUNDS):
            before = text
            text = self._rewrite_characters(text, record)
            text = self._rewrite_words(text, chunks[text.isupper()], record)
            if text == before:
                break
        return text

    def _rewrite_characters(self, text: str, record: list[Change] | None) -> str:
        if self.settings.unicode:
            plain = plain_characters(text)
            if record is not None:
                record.extend(_differences(text, plain))
            text = plain
        if _DIGIT.search(text) is None:
            return text
        if self.settings.dates:
            text = _rewrite(text, "dates", DATE_RULES, record)
        if self.settings.numbers:
            text = _rewrite(text, "numbers", NUMBER_RULES, record)
        return text

    def _rewrite_words(self, text: str, chunks: _Chunks, record: list[Change] | None) -> str:
        pieces = _SPACE.split(text)
        written = [chunks[piece] for piece in pieces]
        verdicts = {} if chunks.flagged.isdisjoint(pieces) else self._verdicts(pieces, chunks)
        for index, (verdict, before, after) in verdicts.items():
            word = pieces[index][len(before) : len(pieces[index]) - len(after)]
            written[index] = f"{before}{_in_case_of(word, verdict.formal)}{after}"
            if verdict.join_before:
                written[index - 1] = ""
            if verdict.join_after:
                written[index + 1] = ""
        if record is not None:
            self._record_words(record, pieces, written, verdicts, chunks)
        return "".join(written)

    def _verdicts(self, pieces: list[str], chunks: _Chunks) -> dict[int, tuple[Verdict, str, str]]:
        """What the neighbours say, by the position of the piece, with the signs around the word."""
        verdicts = {}
        for index, piece in enumerate(pieces):
            if piece not in chunks.flagged:
                continue
            match = CHUNK.fullmatch(piece)
            if match is None:
                continue
            before = pieces[index - 2] if index >= 2 else ""
            after = pieces[index + 2] if index + 2 < len(pieces) else ""
            verdict = self._context.verdict(Neighbours(before, match[2], after, match[3]))
            if verdict is not None:
                verdicts[index] = (verdict, match[1], match[3])
        return verdicts

    def _record_words(
        self,
        record: list[Change],
        pieces: list[str],
        written: list[str],
        verdicts: Mapping[int, tuple[Verdict, str, str]],
        chunks: _Chunks,
    ) -> None:
        start = 0
        for index, (piece, after) in enumerate(zip(pieces, written, strict=True)):
            if piece != after:
                if index in verdicts or not piece.strip():
                    record.append(Change("context", piece, after, start))
                else:
                    record.extend(change._replace(start=start + change.start) for change in chunks.changes(piece))
            start += len(after)


class Memory:
    """What a normaliser worked out about the words that it met, for calls to come; it grows with the vocabulary.

    Parameters
    ----------
    normaliser
        The one that it serves.
    """

    def __init__(self, normaliser: Normaliser) -> None:
        self.chunks = (_Chunks(normaliser, shouting=False), _Chunks(normaliser, shouting=True))

    def __len__(self) -> int:
        """Number of chunks that are remembered."""
        return sum(map(len, self.chunks))

    def __bool__(self) -> bool:
        return True


class _Chunks(dict[str, str]):
    """What stands between two spaces, as typed, with its normalised form, each worked out once."""

    def __init__(self, normaliser: Normaliser, *, shouting: bool) -> None:
        super().__init__()
        self._normaliser = normaliser
        self._shouting = shouting
        self._of_word: dict[str, list[Change]] = {}
        self.flagged: set[str] = set()
        self._changes: dict[str, list[Change]] = {}

    def __missing__(self, chunk: str) -> str:
        parts: list[str] = []
        end = 0
        for match, changes in self._changed_words(chunk):
            parts += (chunk[end : match.start()], changes[-1].after)
            end = match.end()
        written = "".join((*parts, chunk[end:]))
        self[chunk] = written
        self._flag(chunk, written)
        return written

    def changes(self, chunk: str) -> list[Change]:
        """What the rules of a word do to the words of a chunk, from left to right."""
        known = self._changes.get(chunk)
        if known is not None:
            return known
        changes: list[Change] = []
        shift = 0
        for match, of_word in self._changed_words(chunk):
            start = match.start() + shift
            changes += [change._replace(start=start) for change in of_word]
            shift += len(of_word[-1].after) - len(match[0])
        if changes:
            self._changes[chunk] = changes
        return changes

    def _changed_words(self, chunk: str) -> Iterator[tuple[re.Match[str], list[Change]]]:
        for match in rewritable_words(chunk):
            word = match[0]
            changes = self._of_word.get(word)
            if changes is None:
                changes = self._of_word[word] = self._normaliser.word_changes(word, shouting=self._shouting)
            if changes:
                yield match, changes

    def _flag(self, chunk: str, written: str) -> None:
        match = CHUNK.fullmatch(chunk)
        if match is not None and self._normaliser.asks_neighbours(match[2], changed=chunk != written):
            self.flagged.add(chunk)


def _rewrite(text: str, step: Step, rules: tuple[Rule, ...], record: list[Change] | None) -> str:
    """Apply rules of numbers or dates outside of links, mentions, hashtags and telephone numbers."""
    for pattern, write in rules:
        if pattern.search(text) is None:
            continue
        parts: list[str] = []
        end = length = 0
        for match in rewritable_matches(pattern, text):
            after = write(match)
            if after is None or after == match[0]:
                continue
            parts += (text[end : match.start()], after)
            length += match.start() - end
            if record is not None:
                record.append(Change(step, match[0], after, length))
            length += len(after)
            end = match.end()
        text = "".join((*parts, text[end:]))
    return text


def _differences(before: str, after: str) -> list[Change]:
    """Changes of characters: a chunk at a time where the spaces still match, else in one."""
    if before == after:
        return []
    old, new = _SPACE.split(before), _SPACE.split(after)
    if len(old) != len(new):
        return [Change("unicode", before, after, 0)]
    changes = []
    start = 0
    for piece, plain in zip(old, new, strict=True):
        if piece != plain:
            changes.append(Change("unicode", piece, plain, start))
        start += len(plain)
    return changes


def _in_case_of(typed: str, formal: str) -> str:
    if typed.isupper() and len(typed) > 1:
        return formal.upper()
    if typed[:1].isupper() and typed[1:] == typed[1:].lower():
        return formal[:1].upper() + formal[1:]
    return formal
