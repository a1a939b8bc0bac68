"""The stemmer gives what PySastrawi 1.2.1 gives, on real text, on every affix of the language and on nonsense."""

from __future__ import annotations

import csv
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
from Sastrawi.Stemmer.Context.Context import Context
from Sastrawi.Stemmer.Context.Visitor.VisitorProvider import VisitorProvider
from Sastrawi.Stemmer.Stemmer import Stemmer
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

import textmine.language.sastrawi as sastrawi
from textmine.errors import ResourceNotFoundError
from textmine.language.affixes import LETTERS, PREFIX_RULES, WORD_CHARACTERS
from textmine.language.frequencies import load_common_roots
from textmine.language.sastrawi import SastrawiStemmer, load_roots

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
TEXTS = ("sentiment/smsa", "sentiment/indolem_fold0", "keywords/keps", "normalisation/stif", "posts")

# me- and pe- take a nasal by the root's first letter; a voiceless one melts into it: pukul, memukul.
NASALS = {"p": ("m", 1), "t": ("n", 1), "s": ("ny", 1), "k": ("ng", 1)}
NASALS |= dict.fromkeys("bfv", ("m", 0)) | dict.fromkeys("cdjz", ("n", 0)) | dict.fromkeys("aeioughqx", ("ng", 0))

PREFIXES = (
    *("", "ber", "be", "bel", "ter", "te", "per", "pel", "di", "ke", "se", "ku", "kau"),
    *("memper", "diper", "keber", "ketidak", "keter", "seper", "teper", "berke", "berpe", "kuper", "kauper", "member"),
    *("dike", "menge", "penge", "mempe", "men", "pen", "meng", "peng"),
    *("me~", "pe~", "kupe~", "seme~", "dipe~", "berpe~", "kepe~"),
)
DERIVATIONS = ("", "i", "an", "kan", "is", "isme", "isasi")
CLITICS = ("", "ku", "mu", "nya", "lah", "kah", "tah", "pun", "nyalah", "kukah", "mupun", "-nya", "-ku", "-nya-lah")


def derived(prefix: str, root: str, suffix: str) -> str:
    """``~`` at the end of a prefix stands for the nasal that the root asks for."""
    if not prefix.endswith("~"):
        return prefix + root + suffix
    nasal, melted = NASALS.get(root[0], ("", 0))
    return prefix[:-1] + nasal + root[melted:] + suffix


def every_derivation(root: str) -> Iterator[str]:
    for prefix, derivation, clitic in itertools.product(PREFIXES, DERIVATIONS, CLITICS):
        yield derived(prefix, root, derivation + clitic)


def types_of_the_texts() -> list[str]:
    types: set[str] = set()
    for path in sorted(path for folder in TEXTS for path in (SHARED / folder).rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace").lower()
        types.update(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text))
    return sorted(types)


@pytest.fixture(scope="module")
def stemmer() -> SastrawiStemmer:
    return SastrawiStemmer()


@pytest.fixture(scope="module")
def reference():
    return StemmerFactory().create_stemmer()


def differences(types, stemmer, reference) -> list[tuple[str, str, str]]:
    ours = stemmer.stem_types(types)
    return [
        (word, stem, peer) for word, stem in zip(types, ours, strict=True) if stem != (peer := reference.stem(word))
    ]


@pytest.fixture
def gold_pairs() -> list[tuple[str, str]]:
    gold = SHARED / "stemming" / "stem_gold_sastrawi.csv"
    if not gold.is_file():
        pytest.skip(f"no gold pairs at {gold}")
    with gold.open(encoding="utf-8", newline="") as lines:
        return [(row["form"], row["stem"]) for row in csv.DictReader(lines)]


def test_the_published_gold_pairs_hold_with_their_own_stems_as_the_dictionary(gold_pairs):
    stemmer = SastrawiStemmer(stem for _, stem in gold_pairs)
    assert len(gold_pairs) == 166
    assert [(form, stemmer.stem(form)) for form, _ in gold_pairs] == gold_pairs


def test_with_the_installed_dictionary_the_gold_forms_stem_as_with_pysastrawi(gold_pairs, stemmer, reference):
    """In ten pairs neither gives the gold stem, for example because the installed roots hold *idealisme* itself."""
    assert differences([form for form, _ in gold_pairs], stemmer, reference) == []
    assert sum(stemmer.stem(form) == stem for form, stem in gold_pairs) == 156


def test_types_of_real_text_stem_as_with_pysastrawi(stemmer, reference):
    types = types_of_the_texts()
    if not types:
        pytest.skip(f"no texts under {SHARED}")
    sample = random.Random(20250101).sample(types, 5_000)
    assert differences(sample, stemmer, reference) == []


def test_derived_words_stem_as_with_pysastrawi(stemmer, reference):
    roots = sorted(load_roots())
    draw = random.Random(20250102)
    parts = (roots, PREFIXES, DERIVATIONS, CLITICS)
    picks = [tuple(draw.choice(part) for part in parts) for _ in range(20_000)]
    words = [derived(prefix, root, derivation + clitic) for root, prefix, derivation, clitic in picks]
    assert differences(words, stemmer, reference) == []


def test_every_derivation_of_a_few_roots_stems_as_with_pysastrawi(stemmer, reference):
    words = [word for root in ("tolak", "ajar", "es") for word in every_derivation(root)]
    sample = random.Random(20250103).sample(words, 3_000)
    assert differences(sample, stemmer, reference) == []


def test_reduplications_stem_as_with_pysastrawi(stemmer, reference):
    roots = sorted(load_roots())
    draw = random.Random(20250104)
    words = []
    for _ in range(2_000):
        root, other = draw.choice(roots), draw.choice(roots)
        first, second = (derived(draw.choice(PREFIXES), root, draw.choice(DERIVATIONS)) for _ in range(2))
        words += [f"{first}-{root}{draw.choice(CLITICS)}", f"{root}-{second}", f"{first}-{second}-nya"]
        words.append(f"{root}-{other}")
    assert differences(words, stemmer, reference) == []


# Below, single rules: one pass over the prefixes, with our table and with the reference's list of visitors.
OPENINGS = ("be", "bel", "ber", "te", "ter", "me", "mem", "memp", "men", "meng", "meny")
OPENINGS += ("pe", "pel", "per", "pem", "pen", "peng", "peny", "ke", "ka", "ku", "kau")
WHAT_FOLLOWS = (
    "",
    "a",
    "l",
    "er",
    "era",
    "erl",
    "er1",
    "aer",
    "aera",
    "aerl",
    "ler",
    "1a",
    "1era",
    "-a",
    "ajar",
    "jar",
)
VISITORS = VisitorProvider()


def by_visitors(word: str, roots: frozenset[str]) -> str:
    context = Context(word, ArrayDictionary(roots), VISITORS)
    context.accept_prefix_visitors(context.prefix_visitors)
    return context.current_word


def by_table(word: str, roots: frozenset[str]) -> str:
    rule = PREFIX_RULES.get(word[:3])
    return rule(word, roots) if rule else word


def test_every_opening_of_three_characters_meets_the_rules_that_the_reference_applies():
    openings = map("".join, itertools.product(sorted(LETTERS | set("1-")), repeat=3))
    words = [opening + "ara" for opening in openings]
    assert [word for word in words if by_table(word, frozenset()) != by_visitors(word, frozenset())] == []


def test_every_letter_and_what_follows_it_decides_a_rule_as_in_the_reference():
    parts = itertools.product(OPENINGS, sorted(WORD_CHARACTERS | {""}), WHAT_FOLLOWS)
    words = {opening + letter + rest for opening, letter, rest in parts}
    assert [word for word in sorted(words) if by_table(word, frozenset()) != by_visitors(word, frozenset())] == []


def test_the_reading_that_is_a_root_is_taken_as_in_the_reference():
    words = ["".join(parts) for parts in itertools.product(OPENINGS, sorted(LETTERS), ("ka", "aka"))]
    pairs = []
    for word in words:
        readings = {word[cut:] for cut in range(2, 6)} | {c + word[3:] for c in "rptkms"} | {c + word[4:] for c in "ks"}
        pairs += [(word, frozenset((reading,))) for reading in sorted(readings)]
    assert [pair for pair in pairs if by_table(*pair) != by_visitors(*pair)] == []


# The letters that the rules ask for, and pieces of words: nonsense that still makes many rules fire.
PIECES = (
    *("be", "bel", "ber", "ter", "te", "me", "mem", "men", "meng", "meny", "memp", "di", "ke", "se", "ku", "kau"),
    *("pe", "pel", "per", "pem", "pen", "peng", "peny", "el", "em", "in", "er", "ajar"),
    *("i", "an", "kan", "is", "isme", "isasi", "nya", "mu", "lah", "kah", "tah", "pun"),
    *"-aekrstlpwygq1",
)
nonsense = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=7).map("".join),
    st.text("abdegiklmnprstuwyz-7", max_size=14),
)


@st.composite
def words_with_a_dictionary(draw) -> tuple[str, list[str]]:
    """Draw a word and roots out of its own letters, so that every reading of every rule finds its root now and then."""
    word = draw(nonsense)
    roots = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, max(len(word) - 1, 0)))
        part = word[start : draw(st.integers(start, len(word)))]
        roots.append(draw(st.sampled_from(("", "r", "p", "t", "s", "k", "m", "n"))) + part)
    return word, roots


@settings(max_examples=1_500, deadline=None)
@given(words_with_a_dictionary())
@example(("sekolahkan", ["sekolahk"]))
@example(("didii", ["d"]))
@example(("diu", ["u"]))
@example(("diſai", ["ſa"]))
@example(("peng1a", ["1a"]))
@example(("berakan", ["berak"]))
@example(("bukuku-lah", ["buku"]))
def test_any_dictionary_gives_the_stem_that_pysastrawi_gives_with_it(case):
    word, roots = case
    assert SastrawiStemmer(roots).stem(word) == Stemmer(ArrayDictionary(roots)).stem(word)


@settings(max_examples=500, deadline=None)
@given(word=nonsense | st.text(max_size=20))
@example(word="")
@example(word="-")
@example(word="dı1ſi")
@example(word="İSTANBUL'da  Berjalan-jalan\n")
def test_any_text_is_normalised_and_stemmed_as_with_pysastrawi(stemmer, reference, word):
    assert stemmer.stem(word) == reference.stem(word)


def test_protected_words_and_extra_roots():
    plain = SastrawiStemmer(["bekas"])
    assert plain.stem_types(["bekasi", "mengunduh"]) == ["bekas", "mengunduh"]
    careful = SastrawiStemmer(["bekas"], extra_roots=["unduh"], protected={"bekasi"})
    assert careful.stem_types(["bekasi", "mengunduh", "bekasan"]) == ["bekasi", "unduh", "bekas"]


def test_common_roots_go_before_rare_ones_where_a_word_leads_to_both():
    common = SastrawiStemmer(tried_first=load_common_roots())
    plain = SastrawiStemmer()
    words = ["gerakan", "memuaskan", "perhatian", "gerakan-gerakan", "disepakati"]
    assert plain.stem_types(words) == ["gera", "muas", "perhati", "gera", "pakat"]
    assert common.stem_types(words) == ["gerak", "puas", "hati", "gerak", "sepakat"]


def test_common_roots_leave_roots_short_stems_protected_words_and_rare_words_alone():
    common = SastrawiStemmer(tried_first=load_common_roots(), protected=["gerakan"])
    plain = SastrawiStemmer()
    assert common.stem("gerakan") == "gerakan"
    for word in ("gera", "penerapan", "kemasan", "pelayanan", "mengkritik", "zzz", "", "buku-bukunya", "café"):
        assert common.stem(word) == plain.stem(word)


def test_roots_that_are_tried_first_must_be_roots():
    assert SastrawiStemmer(["gera", "gerak"], tried_first=["gerak", "akan"]).stem("gerakan") == "gerak"
    assert SastrawiStemmer(["gera"], tried_first=["gerak"]).stem("gerakan") == "gera"


def test_an_empty_root_is_no_stem():
    assert SastrawiStemmer([""]).stem("kau") == "kau"


def test_without_the_list_of_roots_the_error_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setattr(sastrawi, "files", lambda package: tmp_path)
    with pytest.raises(ResourceNotFoundError, match="PySastrawi"):
        load_roots()
