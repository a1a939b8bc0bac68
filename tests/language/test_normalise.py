import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.language.analysis import TypeAnalyser
from textmine.language.normalise import expand_reduplication, join_apostrophes, replace_slang, shorten_elongation
from textmine.language.settings import LanguageSettings

KNOWN = {"bagus", "maaf", "saat", "semangat", "gol"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("baguuus", "bagus"),
        ("maaaaf", "maaf"),
        ("maaf", "maaf"),
        ("saaaat", "saat"),
        ("semangaaatttt", "semangat"),
        ("gooool", "gol"),
        ("wkwkwk", "wkwkwk"),
        ("2000", "2000"),
    ],
)
def test_elongation_goes_to_the_known_spelling(word, expected):
    assert shorten_elongation(word, KNOWN) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("anak2", "anak-anak"),
        ("anak2nya", "anak-anaknya"),
        ("sama2", "sama-sama"),
        ("g20", "g20"),
        ("covid19", "covid19"),
        ("h2o", "h2o"),
        ("p2p", "p2p"),
    ],
)
def test_a_2_after_a_word_is_reduplication(word, expected):
    assert expand_reduplication(word) == expected


def test_slang_may_become_several_words_and_goes_into_reduplications():
    slang = {"mksh": "terima kasih", "temen": "teman"}
    assert replace_slang("mksh", slang) == ["terima", "kasih"]
    assert replace_slang("temen-temen", slang) == ["teman-teman"]
    assert replace_slang("kota-desa", slang) == ["kota-desa"]


@pytest.mark.parametrize("word", ["jum'at", "jum’at", "jumʼat"])
def test_apostrophes_are_not_part_of_a_word(word):
    assert join_apostrophes(word) == "jumat"


@pytest.fixture(scope="module")
def analyser():
    return TypeAnalyser(LanguageSettings())


def terms(analyser, word):
    return [tuple(term) for term in analyser.analyse(word)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("pelayanan", [("layan", "pelayanan")]),
        ("anak2", [("anak", "anak-anak")]),
        ("yg", []),
        ("dan", []),
        ("gk", []),
        ("a", []),
        ("bekasi", [("bekasi", "bekasi")]),
        ("bali", [("bali", "bali")]),
        ("éco", [("éco", "éco")]),
    ],
)
def test_types_become_terms(analyser, word, expected):
    assert terms(analyser, word) == expected


@pytest.mark.parametrize(
    ("switch", "word", "expected", "without"),
    [
        ("letters", "b3rs4m4", ["bersama"], ["b3rs4m4"]),
        ("elongation", "baguuus", ["bagus"], ["baguuus"]),
        ("reduplication", "anak2nya", ["anak-anaknya"], ["anak2nya"]),
        ("spelling", "resiko", ["risiko"], ["resiko"]),
        ("slang", "mksh", ["terima", "kasih"], ["mksh"]),
        ("affixes", "nyeleksi", ["menyeleksi"], ["nyeleksi"]),
    ],
)
def test_each_rule_of_a_word_can_be_switched_off(analyser, switch, word, expected, without):
    assert analyser.normalise(word) == expected
    assert TypeAnalyser(LanguageSettings(**{switch: False})).normalise(word) == without


@pytest.mark.parametrize("word", ["paskal", "hadori", "talaga", "p3k", "k3", "meeting", "denny"])
def test_names_abbreviations_and_english_stay(analyser, word):
    assert analyser.normalise(word) == [word]


def test_typing_errors_are_mended_on_demand(analyser):
    assert analyser.normalise("ternuata") == ["ternuata"]
    assert TypeAnalyser(LanguageSettings(typos=True)).normalise("ternuata") == ["ternyata"]


def test_own_words_win_over_every_list():
    own = TypeAnalyser(
        LanguageSettings(own_slang={"dishub": "dinas perhubungan"}, protected=["resiko", "layanan"], roots=["vlog"])
    )
    assert own.normalise("dishub") == ["dinas", "perhubungan"]
    assert terms(own, "resiko") == [("resiko", "resiko")]
    assert terms(own, "layanan") == [("layanan", "layanan")]
    assert terms(own, "pelayanan") == [("layan", "pelayanan")]
    assert terms(own, "divlogkan") == [("vlog", "divlogkan")]


def test_the_order_of_own_words_is_no_setting():
    assert LanguageSettings(roots=["b", "a", "b"]) == LanguageSettings(roots=("a", "b"))
    assert LanguageSettings(own_slang={"b": "c", "a": "d"}) == LanguageSettings(own_slang=[["a", "d"], ["b", "c"]])


def test_without_protection_names_are_stemmed_as_sastrawi_does():
    plain = TypeAnalyser(LanguageSettings(protect_names=False))
    assert terms(plain, "bekasi") == [("bekas", "bekasi")]


def test_sentiment_keeps_negations_that_topics_drop():
    assert terms(TypeAnalyser(LanguageSettings(stopwords="topics")), "tidak") == []
    assert terms(TypeAnalyser(LanguageSettings(stopwords="sentiment")), "tidak") == [("tidak", "tidak")]


@given(st.text(min_size=1, max_size=20))
def test_any_word_gives_terms_without_an_exception(word):
    analyser = _shared()
    for term, surface in analyser.analyse(word.lower()):
        assert term and surface


@given(
    st.sampled_from(["baguuus", "yg", "anak2", "mksh", "temen-temen", "gooool", "kmrn", "bgt", "jum'at", "pelayanan"])
)
def test_normalising_twice_is_normalising_once(word):
    once = _shared().normalise(word)
    assert [again for w in once for again in _shared().normalise(w)] == once


_CACHE = {}


def _shared():
    """One analyser for all examples: loading the lexicons is not what is tested."""
    if "analyser" not in _CACHE:
        _CACHE["analyser"] = TypeAnalyser(LanguageSettings())
    return _CACHE["analyser"]
