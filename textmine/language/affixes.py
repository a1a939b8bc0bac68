"""The affixes of Indonesian and the rules that take one off: one prefix, or one layer of suffixes, at a time.

The prefix rules carry the numbers of the literature (Nazief and Adriani 1996, Asian 2007, and Sastrawi's additions
41 and 42). All of them look at the first letters of the word only, so :data:`PREFIX_RULES` sends each opening of three
letters straight to the few rules that can fire there; to try the published list of forty from top to bottom for each
word is nearly always in vain. In the docstrings C is a consonant, V a vowel, A any letter, and rules that one function
holds are tried in the order named.

A prefix rule takes ``(word, roots)`` and gives the word without the prefix, or the very same object when it does not
fire. A rule with several readings (``memukul`` may be *me-mukul* or *me-pukul*) takes the first that is a root, or else
the last.

References
----------
Asian, J. (2007). Effective Techniques for Indonesian Text Retrieval. PhD thesis, RMIT University, pages 60 to 79.
"""

from __future__ import annotations

from collections.abc import Callable, Set

VOWELS = frozenset("aiueo")
CONSONANTS = frozenset("bcdfghjklmnpqrstvwxyz")
LETTERS = VOWELS | CONSONANTS
# All that is left of a text after normalisation; "ı" and "ſ" slip through its case-blind pattern as kin of i and s.
WORD_CHARACTERS = LETTERS | frozenset("0123456789-ıſ")

PARTICLES = frozenset(("lah", "kah", "tah", "pun"))
POSSESSIVES = frozenset(("ku", "mu", "nya"))
CLITICS = PARTICLES | POSSESSIVES
PLAIN_PREFIXES = frozenset(("di", "ke", "se"))

PrefixRule = Callable[[str, Set[str]], str]


def without_particle(word: str) -> str:
    """Take off *-lah, -kah, -tah, -pun* and the hyphens before it."""
    return word[:-3].rstrip("-") if word[-3:] in PARTICLES else word


def without_possessive(word: str) -> str:
    """Take off *-ku, -mu, -nya* and the hyphens before it."""
    if word[-2:] in POSSESSIVES:
        return word[:-2].rstrip("-")
    return word[:-3].rstrip("-") if word[-3:] == "nya" else word


def without_derivation(word: str) -> str:
    """Take off the longest of *-i, -an, -is, -kan, -isme, -isasi*."""
    last = word[-1:]
    if last == "n":
        if word[-2:] != "an":
            return word
        return word[:-3] if word[-3:-2] == "k" else word[:-2]
    if last == "i":
        return word[:-5] if word[-5:] == "isasi" else word[:-1]
    if last == "s":
        return word[:-2] if word[-2:] == "is" else word
    return word[:-4] if word[-4:] == "isme" else word


def _plain(word: str, roots: Set[str]) -> str:
    """di-, ke-, se- come off whatever follows."""
    return word[2:]


def _ku(word: str, roots: Set[str]) -> str:
    """Rule 41: ku-A."""
    return word[2:]


def _kau(word: str, roots: Set[str]) -> str:
    """Rule 42: kau-A."""
    return word[3:]


def _infix(word: str, roots: Set[str]) -> str:
    """Rules 37 to 40: the infixes -er-, -el-, -em-, -in- of CerV, CelV, CemV, CinV."""
    return word[0] + word[3:] if word[3:4] in VOWELS else word


def _be_te(word: str, roots: Set[str]) -> str:
    """Rules 5 and 9: be-CerC, te-CerC, C other than r; else an infix, as in te-l-unjuk."""
    if word[3:5] == "er" and word[5:6] in CONSONANTS:
        return word[2:]
    return _infix(word, roots) if word[2] in "lm" else word


def _bel(word: str, roots: Set[str]) -> str:
    """Rule 4: bel-ajar; else as be-."""
    return "ajar" if word == "belajar" else _be_te(word, roots)


def _ber(word: str, roots: Set[str]) -> str:
    """Rules 1 to 3: ber-V or be-rV; ber-CA unless -er- follows, then ber-CAerV, C other than r."""
    letter = word[3:4]
    if letter in VOWELS:
        rest = word[3:]
        return rest if rest in roots else word[2:]
    if letter not in CONSONANTS or word[4:5] not in LETTERS:
        return word
    if word[5:7] == "er" and (letter == "r" or word[7:8] not in VOWELS):
        return word
    return word[3:]


def _ter(word: str, roots: Set[str]) -> str:
    """Rules 6 to 8 and 35: ter-V or te-rV; ter-C, C other than r; ter-CerV; ter-CerC, C none of l, m, n, w, y."""
    letter = word[3:4]
    if letter in VOWELS:
        rest = word[3:]
        return rest if rest in roots else word[2:]
    if letter not in CONSONANTS or letter == "r":
        return word
    if word[4:6] == "er":
        after = word[6:7]
        if after not in VOWELS and (letter in "lmnwy" or after not in CONSONANTS):
            return word
    return word[3:]


def _glide(word: str, roots: Set[str]) -> str:
    """Rule 10: me-lV, me-rV, me-wV, me-yV."""
    return word[2:] if word[3:4] in VOWELS else word


def _mem(word: str, roots: Set[str]) -> str:
    """Rules 11 to 13 and 19: mem-b, mem-f, mem-v; mem-pA, A other than n; me-mV or me-pV."""
    letter = word[3:4]
    if letter in VOWELS:
        rest = word[2:]
        return rest if rest in roots else "p" + word[3:]
    if letter == "p":
        return word[3:] if word[4:5] in LETTERS and word[4] != "n" else word
    return word[3:] if letter in {"b", "f", "v"} else word


def _before_n(word: str, roots: Set[str]) -> str:
    """What men- and pen- have in common: -c, -d, -j, -s, -t, -z; me-nV or me-tV; me-nyV or meny-sV."""
    letter = word[3:4]
    if letter in VOWELS:
        rest = word[2:]
        return rest if rest in roots else "t" + word[3:]
    if letter == "y" and word[4:5] in VOWELS:
        rest = word[2:]
        return rest if rest in roots else "s" + word[4:]
    return word[3:] if letter in {"c", "d", "j", "s", "t", "z"} else word


def _men(word: str, roots: Set[str]) -> str:
    """Rules 14, 15 and 18 as in :func:`_before_n`; then meng-."""
    return _meng(word, roots) if word[3:4] == "g" else _before_n(word, roots)


def _meng(word: str, roots: Set[str]) -> str:
    """Rules 16 and 17: meng-g, -h, -q, -k; meng-V, meng-kV, menge- or me-ngV."""
    letter = word[4:5]
    if letter not in VOWELS:
        return word[4:] if letter in {"g", "h", "q", "k"} else word
    rest = word[4:]
    if rest in roots:
        return rest
    if "k" + rest in roots:
        return "k" + rest
    if letter == "e" and rest[1:] in roots:
        return rest[1:]
    return word[2:]


def _pe(word: str, roots: Set[str]) -> str:
    """Rules 34 and 36: pe-CP unless P opens with -er-, then pe-CerC."""
    return word if word[3:5] == "er" and word[5:6] not in CONSONANTS else word[2:]


def _pe_glide(word: str, roots: Set[str]) -> str:
    """Rules 20 and 32: pe-wV, pe-yV, pe-lV, and pel-ajar; else as pe-."""
    if word[3:4] in VOWELS:
        return word[2:] if word != "pelajar" else "ajar"
    return _pe(word, roots)


def _per(word: str, roots: Set[str]) -> str:
    """Rules 21, 23 and 24: per-V or pe-rV; per-CA unless -er- follows, then per-CAerV, C other than r; else as pe-."""
    rest = _ber(word, roots)
    return _pe(word, roots) if rest is word else rest


def _pem(word: str, roots: Set[str]) -> str:
    """Rules 25 and 26: pem-b, pem-f, pem-v; pe-mV or pe-pV; else as pe-."""
    letter = word[3:4]
    if letter in VOWELS:
        rest = word[2:]
        return rest if rest in roots else "p" + word[3:]
    return word[3:] if letter in {"b", "f", "v"} else _pe(word, roots)


def _pen(word: str, roots: Set[str]) -> str:
    """Rules 27, 28 and 31 as in :func:`_before_n`; then peng-; else as pe-."""
    if word[3:4] == "g":
        return _peng(word, roots)
    rest = _before_n(word, roots)
    return _pe(word, roots) if rest is word else rest


def _peng(word: str, roots: Set[str]) -> str:
    """Rules 29 and 30: peng-C; peng-V, peng-kV or penge-; else as pe-."""
    letter = word[4:5]
    if letter in CONSONANTS:
        return word[4:]
    if letter not in VOWELS:
        return _pe(word, roots)
    rest = word[4:]
    if rest in roots:
        return rest
    if "k" + rest in roots:
        return "k" + rest
    return rest[1:] if letter == "e" else _pe(word, roots)


def _rules_by_opening() -> dict[str, PrefixRule]:
    """Table from the first three letters of a word to its rule; the later, more specific entry wins."""
    rules: dict[str, PrefixRule] = {c + infix: _infix for c in CONSONANTS for infix in ("er", "el", "em", "in")}
    rules |= {prefix + c: _be_te for prefix in ("be", "te") for c in CONSONANTS}
    rules |= {"pe" + c: _pe for c in CONSONANTS}
    rules |= {"me" + c: _glide for c in "lrwy"} | {"pe" + c: _pe_glide for c in "lwy"}
    rules |= {"bel": _bel, "ber": _ber, "ter": _ter, "mem": _mem, "men": _men, "per": _per, "pem": _pem, "pen": _pen}
    third = WORD_CHARACTERS | {""}
    rules |= {"ku" + c: _ku for c in third} | {"kau": _kau}
    return rules | {prefix + c: _plain for prefix in PLAIN_PREFIXES for c in third}


PREFIX_RULES = _rules_by_opening()
