"""Words that the neighbours decide: a title or a preposition, a unit or a negation, one word or two.

Each rule looks at one chunk of text (what stands between spaces) and at the chunks before and after it:

===================== ==========================================================================================
``g``                 *tidak*, but a unit after a numeral (``4 g``)
``no``, ``hub`` …     the slang list, but left alone amid English words (``no way``)
``min``               *admin*, but left alone beside a numeral (``min 2 orang``)
``dr``, ``Dr.``       *dari*, but a title before a capital (``dr. Siti``)
``liat``              *lihat*, but ``tanah liat``
``pas``               *saat*, but ``pas foto``, ``uang pas``
``kok``, ``ko``       *mengapa*, but a particle at the end of a clause (``bagus kok``)
``kaya``              *seperti* before *begini, itu, kemarin* …, else rich
``gini``, ``gitu``    *begini*, *begitu*, but *ini* and *itu* after *seperti* and its like (``kek gini``)
``dah``               *sudah*, but a particle at the end of a clause (``lucu dah``)
``ka``                *kak*, but a train beside ``tiket``, ``stasiun`` …
``d``, ``k``, ``q``   *di*, *ke*, *aku* between words, left alone beside a numeral or an initial
``y``, ``n``          *ya*, *dan* in lower case between words
``nya, lah, kah``     joined to the word before (``hp nya``), by a hyphen to capitals (``KTP-nya``)
``pun``               apart, save in *walaupun* and its kind
``di``                joined to a verb (``di bantu``), apart from places and all that is not commonly a passive
capitals              a slang word with a capital after a title (``Bu Ati``) or an initial (``S. Pd.``) is a name
names                 words of a name in the gazetteer are left alone (``Bener Meriah``)
===================== ==========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple, get_args

from textmine.language.lexicons import NameKind, load_names, load_slang, load_spelling
from textmine.language.spelling import KnownWords, is_english, zipf

CHUNK: Final = re.compile(r"([(\[\"'“‘«]{0,3})([^\W_]{1,40})([.,!?;:)\]\"'”’»…]{0,5})")
"""A word with the signs around it, as it stands between two spaces."""

ACRONYMS: Final = frozenset(
    "ak ap apk apl asl bdg bkn bks bnr br bs btl cb dpt dr dtk grp hr hub jkt kab kbr kec kel ket kpd kta ktm ktr kul "
    "lbr lo mdn mf min mls msi no om pas pcy pd pda pkr plh prg psg rb sbb sdg skt sm smg spi srg td tf tgr tkt tp tpi "
    "trx tu umm unt urs wkt".split()
)
"""Slang words that are acronyms when written in capitals: *TP PKK*, *KTM*, *DPT*."""

_TITLES: Final = frozenset(
    "pak bapak bpk bu ibu mas mbak mba bang abang kang teh uda uni bung dr prof gus nyai kyai kiai ustaz ustazah haji "
    "hajah kak adik dik raden ir drs sdr sdri mr mrs ms".split()
)
_NUMERALS: Final = frozenset(
    "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas puluh belas ratus ribu juta".split()
)
_MASK_OF_NUMBER: Final = re.compile(r"[\W_xX]*(?:num|number|nomor|angka)[\W_xX]*")
_LIKENED: Final = frozenset(
    "gini gitu begini begitu ini itu gtu gni apa biasa biasanya kemarin kmrn dulu gimana mana dia kamu aku saya "
    "kita".split()
)
_LIKE: Final = frozenset("kek kaya kayak kyk kyak kayk seperti".split())
_TRAINS: Final = frozenset("tiket naik stasiun bandara jadwal kereta pt jalur api jarak ekonomi eksekutif".split())
_WITH_PUN: Final = frozenset(
    "ada adapun atau bagaimana biar kalau kendati mau meski sungguh walau andai maka ataupun betapa".split()
) - {"adapun", "ataupun", "betapa", "maka"}
# Nouns of place, time and kind after which "di" is a preposition, though the passive would exist.
_PLACES: Final = frozenset(
    "balik hadapan bagian sisi masa pihak bidang sela akhir awal tingkat hari tahun bulan puncak tepi pinggir muka "
    "pangkal ujung pusat pasar jalan kantor lapangan dapur rekening halaman layar hp aplikasi atm bank dm".split()
)
_INITIAL: Final = re.compile(r"[(\"“]?[A-Z]\.")
_JOIN_BEFORE: Final = frozenset(("nya", "lah", "kah"))
_PASSIVE_FROM: Final = 3.5
"""Zipf frequency from which a passive is common; below, "di" and a noun were meant more often."""


class Neighbours(NamedTuple):
    """A chunk without its signs, and the chunks beside it as typed (empty at either end)."""

    before: str
    word: str
    after: str
    signs: str

    @property
    def ends_clause(self) -> bool:
        """Whether nothing or a sign of punctuation follows."""
        return bool(self.signs) or not any(character.isalnum() for character in self.after)

    @property
    def starts_clause(self) -> bool:
        """Whether nothing or a sign of punctuation stands before."""
        return not self.before or not self.before[-1].isalnum()


class Verdict(NamedTuple):
    """What a rule says: the formal words, and whether the space before or after them goes."""

    formal: str
    join_before: bool = False
    join_after: bool = False


def is_numeral(chunk: str) -> bool:
    """Whether a chunk is a number in digits, in words, or as a mask such as ``<number>``.

    Examples
    --------
    >>> [is_numeral(chunk) for chunk in ["4", "2,5", "dua", "<number>", "anak2", "yang"]]
    [True, True, True, True, False, False]
    """
    bare = chunk.strip(".,!?;:()").lower()
    return bare[:1].isdigit() or bare in _NUMERALS or _MASK_OF_NUMBER.fullmatch(bare) is not None


class ContextRules:
    """Asks the neighbours what an ambiguous word means.

    Parameters
    ----------
    known
        Words of the standard language.
    slang, affixes, spelling
        Whether the rules of these steps are applied.
    """

    def __init__(self, known: KnownWords, *, slang: bool = True, affixes: bool = True, spelling: bool = True) -> None:
        self._known = known
        self._slang = slang
        self._names = _words_of_names()
        self._places = _PLACES | load_names(kinds=("province", "regency", "city", "town", "island"))  # di serang
        rules: dict[str, Callable[[Neighbours], Verdict | None]] = {}
        if slang:
            rules.update(_SLANG_RULES)
        if affixes:
            rules.update(dict.fromkeys(_JOIN_BEFORE, self._clitic), pun=self._pun)
        if spelling:
            rules["di"] = self._passive
        self._rules: Mapping[str, Callable[[Neighbours], Verdict | None]] = rules

    def concern(self, word: str, *, changed: bool) -> bool:
        """Whether the neighbours of a word, as typed, have a say; ``changed``: the rules of a word change it."""
        lower = word.lower()
        if lower in self._rules or (changed and lower in self._names):
            return True
        return self._slang and changed and (word[:1].isupper() or is_english(lower))

    def verdict(self, near: Neighbours) -> Verdict | None:
        """What the word means here; None where the rules of a word may decide."""
        word = near.word
        if word[:1].isupper() and _is_name(near):
            return Verdict(word)
        if _beside(near) & self._names.get(word.lower(), frozenset()):
            return Verdict(word)
        rule = self._rules.get(word.lower())
        if rule is not None:
            return rule(near)
        if is_english(word.lower()) and _amid_english(near, self._known):
            return Verdict(word)
        return None

    def _clitic(self, near: Neighbours) -> Verdict | None:
        host = near.before
        if near.word.islower() and len(host) >= 2 and host.isalnum() and not host.isdigit() and not is_numeral(host):
            # An abbreviation in capitals keeps its form by a hyphen: KTP-nya.
            return Verdict(f"-{near.word}" if host.isupper() else near.word, join_before=True)
        return None

    def _pun(self, near: Neighbours) -> Verdict | None:
        return Verdict(near.word, join_before=True) if near.before.lower() in _WITH_PUN else None

    def _passive(self, near: Neighbours) -> Verdict | None:
        verb = CHUNK.fullmatch(near.after)
        if verb is None or verb[1] or near.signs or not verb[2].islower() or verb[2] in self._places:
            return None
        passive = f"di{verb[2]}"
        # Both halves are frequent where the passive is a wrongly joined preposition: "dirumah" is in the lexicon.
        is_verb = passive in self._known and zipf(passive) >= max(_PASSIVE_FROM, zipf(verb[2]) - 1.3)
        return Verdict(near.word, join_after=True) if is_verb else None


def _words_of_names() -> Mapping[str, frozenset[str]]:
    """Informal words that are part of a name of several words, each with the words that stand beside it there."""
    informal = load_slang().keys() | load_spelling().keys()
    beside: dict[str, frozenset[str]] = {}
    # The programmes are slogans, as people say them: *di Indonesia aja*.
    for name in load_names(kinds=set(get_args(NameKind)) - {"programme"}):
        words = name.split(" ")
        for first, second in pairwise(words):
            for word, other in ((first, second), (second, first)):
                if word in informal:
                    beside[word] = beside.get(word, frozenset()) | {other}
    return beside


def _beside(near: Neighbours) -> frozenset[str]:
    return frozenset(chunk.strip(".,!?;:()\"'").lower() for chunk in (near.before, near.after))


def _is_name(near: Neighbours) -> bool:
    if len(near.word) <= 3 and _INITIAL.fullmatch(near.before):
        return True  # S. Pd.
    if near.word.isupper() and len(near.word) > 1:
        return near.word.lower() in ACRONYMS
    if near.before == "I" or (near.word == "Ni" and near.after[:1].isupper()):
        return True  # I Gede, Ni Made
    return near.before.lower().rstrip(".") in _TITLES


def _amid_english(near: Neighbours, known: KnownWords) -> bool:
    beside = [chunk.strip(".,!?;:()\"'").lower() for chunk in (near.before, near.after)]
    words = [word for word in beside if word.isalpha()]
    return bool(words) and all(is_english(word) and word not in known for word in words)


def _unit_or_negation(near: Neighbours) -> Verdict | None:
    return Verdict(near.word) if is_numeral(near.before) or near.word == "G" else None


def _kept_beside_numeral(near: Neighbours) -> Verdict | None:
    return Verdict(near.word) if is_numeral(near.before) or is_numeral(near.after) else None


def _title_or_preposition(near: Neighbours) -> Verdict | None:
    before_a_name = near.after[:1].isupper() and (near.word[0].isupper() or near.signs == ".")
    return Verdict(near.word) if before_a_name else None


def _after(*words: str) -> Callable[[Neighbours], Verdict | None]:
    return lambda near: Verdict(near.word) if near.before.lower() in words else None


def _moment_or_fit(near: Neighbours) -> Verdict | None:
    kept = near.after.lower().strip(".,") in {"foto", "photo", "poto", "badan"} or near.before.lower() in {
        "uang",
        "ngga",
    }
    return Verdict(near.word) if kept else None


def _why_or_particle(near: Neighbours) -> Verdict | None:
    if near.word[0].isupper() and near.after[:1].isupper():
        return Verdict(near.word)  # Ko Budi
    return Verdict("kok") if near.ends_clause and not near.starts_clause else Verdict("mengapa")


def _like_or_rich(near: Neighbours) -> Verdict | None:
    return Verdict("seperti") if near.after.lower().strip(".,!?") in _LIKENED and not near.signs else Verdict(near.word)


def _after_like(formal: str) -> Callable[[Neighbours], Verdict | None]:
    """*seperti ini* and *seperti itu* where people write *kek gini* and *kayak gitu*."""
    return lambda near: Verdict(formal) if near.before.lower() in _LIKE else None


def _already_or_particle(near: Neighbours) -> Verdict | None:
    return Verdict(near.word) if near.ends_clause and not near.starts_clause else None


def _elder_or_train(near: Neighbours) -> Verdict | None:
    beside = {near.before.lower().strip(".,"), near.after.lower().strip(".,")}
    return Verdict(near.word) if near.word.isupper() or beside & _TRAINS else Verdict("kak")


def _short(formal: str) -> Callable[[Neighbours], Verdict | None]:
    def rule(near: Neighbours) -> Verdict | None:
        lone = near.word.isupper() or near.signs or is_numeral(near.before) or is_numeral(near.after)
        return Verdict(near.word) if lone or not near.after[:2].isalpha() else Verdict(formal)

    return rule


def _short_anywhere(formal: str) -> Callable[[Neighbours], Verdict | None]:
    def rule(near: Neighbours) -> Verdict | None:
        lone = near.word.isupper() or is_numeral(near.before) or is_numeral(near.after) or not near.before.isalpha()
        return Verdict(near.word) if lone else Verdict(formal)

    return rule


_SLANG_RULES: Final[Mapping[str, Callable[[Neighbours], Verdict | None]]] = {
    "g": _unit_or_negation,
    "min": _kept_beside_numeral,
    "dr": _title_or_preposition,
    "liat": _after("tanah"),
    "pas": _moment_or_fit,
    "kok": _why_or_particle,
    "koq": _why_or_particle,
    "ko": _why_or_particle,
    "kaya": _like_or_rich,
    "gini": _after_like("ini"),
    "gitu": _after_like("itu"),
    "dah": _already_or_particle,
    "ka": _elder_or_train,
    "d": _short("di"),
    "k": _short("ke"),
    "n": _short("dan"),
    "q": _short_anywhere("aku"),
    "y": _short_anywhere("ya"),
}
