"""Names of public bodies taken apart, and whether two of them can mean the same body.

``kemenkes_ri``, ``KemenkesRI`` and ``kemenkes.official`` are one name with other trimmings. ``kemenag_jabar`` is
not ``kemenag_ri`` but its office in a province, ``pemkabbogor`` and ``pemkotbogor`` are two governments, and one letter
parts ``kemenkes`` (health) from ``kemenkeu`` (finance). Likeness of letters alone cannot tell these cases apart; what
the letters stand for can.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_TRIMMINGS: Final = frozenset(
    "ri id idn indonesia indo official ofc officialid resmi real the go gov republik akun account republic of".split()
)
"""Words that an account adds to a body's name without naming another body."""
_OFFICES: Final = frozenset("humas info news tv channel media kabar berita pers".split())
"""Words for a body's own press office: likely the same body, to be looked at."""
_IGNORED: Final = frozenset("dan the of and pt persero tbk perum simulasi".split())

_KINDS: Final = {
    "pemprov": "pemprov",
    "pemerintahprovinsi": "pemprov",
    "pemdaprov": "pemprov",
    "pemkab": "pemkab",
    "pemerintahkabupaten": "pemkab",
    "kabupaten": "pemkab",
    "pemkot": "pemkot",
    "pemerintahkota": "pemkot",
    "polda": "polda",
    "polrestabes": "polrestabes",
    "polresta": "polresta",
    "polres": "polres",
    "polsek": "polsek",
    "kejati": "kejati",
    "kejari": "kejari",
    "kanwil": "kanwil",
    "dinkes": "dinkes",
    "disdik": "disdik",
    "dishub": "dishub",
    "diskominfo": "diskominfo",
    "dispar": "dispar",
    "bpbd": "bpbd",
    "bappeda": "bappeda",
    "dinas": "dinas",
    "kpud": "kpud",
    "uptd": "uptd",
}
"""Beginnings of names that say which kind of regional body it is."""

_REGIONS: Final = frozenset(
    (
        "aceh nad sumut sumaterautara sumbar sumaterabarat sumsel sumateraselatan riau kepri jambi bengkulu"
        " lampung babel banten dki jakarta jkt jaya disjaya jabar jawabarat jateng jawatengah jatim jawatimur"
        " diy jogja yogyakarta bali ntb ntt kalbar kalteng kalsel kaltim kaltara sulut sulteng sulsel sultra"
        " sulbar gorontalo maluku malut papua papuabarat bandung bogor bekasi depok tangerang tangsel semarang"
        " surabaya malang medan makassar palembang solo surakarta denpasar padang pekanbaru pontianak"
        " banjarmasin samarinda balikpapan manado kendari ambon jayapura mataram kupang serang cirebon batam"
        " jakpus jaksel jakbar jaktim jakut"
    ).split()
)
_BRANCHES: Final = frozenset(
    "uid uip upt ulp wilayah wil regional cabang kc kcp area unit kab kota prov balai stasiun bandara".split()
)
"""Words for a branch of a larger body."""

_KNOWN: Final = frozenset(
    (
        "kemendagri kemenkes kemenkeu kemendag kemenag kemenhub kemenhan kemensos kemenpora kemenlu"
        " kemenkumham kemenkum kemenham kemenkominfo kominfo komdigi kemenpupr kemenperin kemenparekraf"
        " kemenpar kemnaker kemenaker kementan kemendes kemendikbud kemendikbudristek kemendiknas kemenristek"
        " kemenkop kemenpppa kemenpanrb kemenpan bappenas bumn klhk esdm kkp polri tni kpk kpu bpk bpkp bps"
        " bpom bmkg bnpb bnpt bnpp bnn bnsp bkn bkkbn basarnas bawaslu bssn brin lan lipi lapan ojk ppatk pln"
        " pertamina telkom telkomsel bri bni btn bsi bulog peruri pelni asdp pgn antam inalum mahkamahagung"
        " mkri kejaksaan setneg setkab kemensetneg mpr dpr dpd bpjs bpjskesehatan taspen"
    ).split()
)
"""Short names of bodies: each is whole as it stands, and two of them are two bodies however alike they look."""

_GLUED: Final = {
    "trimmings": frozenset("official officialid indonesia resmi republik".split()),
    "offices": frozenset("humas info news media kabar berita".split()),
    "places": frozenset(region for region in _REGIONS if len(region) >= 5) | frozenset("dki diy ntb ntt aceh".split()),
}
"""Additions that are taken off the end of a word; shorter ones end too many words (``mandiri``, ``kembali``)."""

_PROVINCES: Final = {
    r"sumatera utara": "sumut",
    r"sumatera barat": "sumbar",
    r"sumatera selatan": "sumsel",
    r"kepulauan riau": "kepri",
    r"bangka belitung": "babel",
    r"jawa barat": "jabar",
    r"jawa tengah": "jateng",
    r"jawa timur": "jatim",
    r"nusa tenggara barat": "ntb",
    r"nusa tenggara timur": "ntt",
    r"kalimantan barat": "kalbar",
    r"kalimantan tengah": "kalteng",
    r"kalimantan selatan": "kalsel",
    r"kalimantan timur": "kaltim",
    r"kalimantan utara": "kaltara",
    r"sulawesi utara": "sulut",
    r"sulawesi tengah": "sulteng",
    r"sulawesi selatan": "sulsel",
    r"sulawesi tenggara": "sultra",
    r"sulawesi barat": "sulbar",
    r"maluku utara": "malut",
}
_WHOLE_NAME: Final = [(re.compile(name.replace(" ", r"[\s_.-]?")), short) for name, short in _PROVINCES.items()]

_LEAST: Final = 3
"""Letters of the shortest name of a body, such as ``pln``."""
_SHORTEST: Final = 4
"""Letters that must remain when trimmings without a separator are taken off the end."""


@dataclass(frozen=True)
class BodyName:
    """A name taken apart.

    ``core`` is what names the body, in lower case without separators; ``kind`` a regional body's kind, ``places`` its
    regions and branches, ``numbers`` its numbers; ``trimmings`` and ``offices`` what was added.
    """

    text: str
    compact: str
    core: str
    kind: str | None
    places: frozenset[str]
    numbers: tuple[str, ...]
    trimmings: frozenset[str]
    offices: frozenset[str]


@lru_cache(maxsize=1 << 16)
def take_apart(name: str) -> BodyName:
    """Take a handle or a full name apart.

    Examples
    --------
    >>> take_apart("Kemenkes_RI").core, take_apart("kemenagjabar").places
    ('kemenkes', frozenset({'jabar'}))
    >>> take_apart("Pemerintah Kota Bogor").kind, take_apart("pemkotbogor").kind
    ('pemkot', 'pemkot')
    """
    folded = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    for whole, short in _WHOLE_NAME:
        folded = whole.sub(f" {short} ", folded)
    words = [word for word in re.findall(r"[a-z]+|\d+", folded) if word not in _IGNORED]
    compact = "".join(words)
    text = [word for word in words if word.isalpha()]
    numbers = tuple(word for word in words if word.isdigit())
    kind, text = _kind(text)
    parts: dict[str, set[str]] = {"places": set(), "trimmings": set(), "offices": set()}
    left = [core for word in text if (core := _sorted_out(word, parts, alone=len(text) > 1 or kind is not None))]
    core = "".join(left)
    core = re.sub(r"^(?:kement(?:e)?rian|kem(?=kes|keu|kominfo|dag|hub|sos|dikbud))", "kemen", core)
    if not core and not parts["places"]:
        core = compact
    return BodyName(
        name, compact, core, kind, frozenset(parts["places"]), numbers, frozenset(parts["trimmings"]),
        frozenset(parts["offices"]),
    )  # fmt: skip


def _kind(words: list[str]) -> tuple[str | None, list[str]]:
    """Kind of a regional body at the beginning, and the words without it."""
    joined = "".join(words)
    for start, kind in sorted(_KINDS.items(), key=lambda item: -len(item[0])):
        if not joined.startswith(start):
            continue
        left, taken = [], len(start)
        for word in words:
            cut = min(taken, len(word))
            taken -= cut
            left.append(word[cut:])
        return kind, [word for word in left if word]
    return None, words


def _sorted_out(word: str, parts: dict[str, set[str]], *, alone: bool) -> str:
    """Core of one word; what was added at its end goes to ``parts``."""
    named = {"places": _REGIONS | _BRANCHES, "trimmings": _TRIMMINGS, "offices": _OFFICES}
    if alone:
        for part, words in named.items():
            if word in words:
                parts[part].add(word)
                return ""
    while word not in _KNOWN:
        found = _ending(word)
        if found is None:
            break
        part, ending = found
        parts[part].add(ending)
        word = word.removesuffix(ending)
    for office in sorted(_OFFICES, key=len, reverse=True):
        if word.startswith(office) and word.removeprefix(office) in _KNOWN:
            parts["offices"].add(office)
            return word.removeprefix(office)
    return word


def _ending(word: str) -> tuple[str, str] | None:
    """Longest addition at the end of a word that leaves a name."""
    found = [
        (len(ending), part, ending)
        for part, endings in _GLUED.items()
        for ending in endings
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST
    ]
    found += [
        (len(ending), part, ending)
        for part, endings in {"trimmings": _TRIMMINGS, "offices": _OFFICES, "places": _REGIONS | _BRANCHES}.items()
        for ending in endings
        if word.endswith(ending) and word.removesuffix(ending) in _KNOWN
    ]
    return max(found)[1:] if found else None


@dataclass(frozen=True)
class Likeness:
    """How surely two names mean one body: ``score`` from 0 to 1, and why."""

    score: float
    why: str


_DIFFERENT: Final = 0.3
"""Highest score of two names that mean different bodies."""


def compare(account: BodyName, known: BodyName) -> Likeness:
    """Compare an account's name with a known name of a body.

    Examples
    --------
    >>> compare(take_apart("kemenkesri"), take_apart("kemenkes_ri"))
    Likeness(score=0.98, why="the same letters as 'kemenkes_ri'")
    >>> compare(take_apart("pemkabbogor"), take_apart("pemkotbogor")).score
    0.3
    """
    two = account.core != known.core and {account.core, known.core} <= _KNOWN
    if account.compact == known.compact and not two:  # kemendag_ri (trade) has the letters of kemendagri (interior)
        return Likeness(0.98, f"the same letters as {known.text!r}")
    for judge in (_other_kind, _other_place, _other_number):
        if (why := judge(account, known)) is not None:
            return Likeness(_DIFFERENT, f"different bodies: {why}")
    if account.core == known.core:
        return _same_core(account, known)
    return _nearly(account, known)


def _other_kind(account: BodyName, known: BodyName) -> str | None:
    if account.kind == known.kind:
        return None
    names = [name.kind or "no regional body" for name in (account, known)]
    return f"{names[0]} against {names[1]}"


def _other_place(account: BodyName, known: BodyName) -> str | None:
    only = sorted(account.places ^ known.places)
    return f"only one of them names {only[0]!r}, a region or branch" if only else None


def _other_number(account: BodyName, known: BodyName) -> str | None:
    only = sorted(set(account.numbers) ^ set(known.numbers))
    # a year or a stray digit is common at the end of a handle, but two numbers are two bodies
    return f"number {only[0]}" if only else None


def _same_core(account: BodyName, known: BodyName) -> Likeness:
    if account.offices ^ known.offices:
        word = sorted(account.offices ^ known.offices)[0]
        return Likeness(0.85, f"{known.text!r} with {word!r}, a press office's word")
    words = sorted(account.trimmings ^ known.trimmings)
    return Likeness(
        0.95, f"{known.text!r} but for {', '.join(map(repr, words))}" if words else f"{known.text!r} spelt another way"
    )


def _added(shorter: str, longer: str, known: BodyName) -> Likeness | None:
    """One core inside the other: with a trimming it is the same body, with another word it is not."""
    from rapidfuzz.distance import OSA

    begins = longer.startswith(shorter)
    if not begins and not longer.endswith(shorter):
        return None
    more = longer.removeprefix(shorter) if begins else longer.removesuffix(shorter)
    if begins and len(shorter) >= _SHORTEST and longer not in _KNOWN:
        if more in _TRIMMINGS:
            return Likeness(0.95, f"{known.text!r} but for {more!r}")
        if any(OSA.distance(more, word) == 1 for word in _GLUED["trimmings"]):
            return Likeness(0.85, f"{known.text!r} but for {more!r}, perhaps a misspelling")
    if len(shorter) < _LEAST or len(more) < 2:
        return None
    why = f"different bodies: {more!r} is more than {shorter!r}, perhaps a branch or a programme"
    return Likeness(_DIFFERENT, why)


def _nearly(account: BodyName, known: BodyName) -> Likeness:
    """Names whose cores differ: a slip of the pen, a longer name, or another body."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    mine, theirs = account.core, known.core
    if {mine, theirs} <= _KNOWN:
        return Likeness(_DIFFERENT, f"different bodies: {mine!r} and {theirs!r} are two")
    shorter, longer = sorted((mine, theirs), key=len)
    if (added := _added(shorter, longer, known)) is not None:
        return added
    distance = OSA.distance(mine, theirs)
    stem = len(re.sub(r"^(?:kemen|badan|lembaga|bank|komisi|dinas|pt)", "", shorter))
    letters = "one letter" if distance == 1 else "two letters"
    if (distance == 1 and stem >= 6) or (distance == 2 and stem >= 10):
        if account.kind is not None:
            return Likeness(0.55, f"{letters} from {known.text!r}, but names of places differ by as little")
        return Likeness(0.9 if distance == 1 else 0.8, f"{letters} from {known.text!r}")
    if distance <= 2 and len(shorter) > _LEAST:
        return Likeness(0.5, f"{letters} from {known.text!r}, but short names of bodies differ by as little")
    for whole in (mine, theirs):
        if whole in _KNOWN:
            return Likeness(_DIFFERENT, f"different bodies: {whole!r} is one of its own")
    return Likeness(round(fuzz.ratio(mine, theirs) / 100 * 0.5, 3), f"like {known.text!r}")
