import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timing import soon
from textmine.language.readability import Readability, ReadabilityMeter, words_of
from textmine.language.syllables import SyllableCounter

# Split by hand, by the rules of Pedoman Umum Ejaan Bahasa Indonesia I.F.3.
SPLIT_BY_HAND = """
a-ir an-dai an-dai-kan au-la ba-gai-ma-na ba-ik ke-ba-ik-an per-ba-i-ki bang-sa ba-u ber-ka-i-tan ber-san-tai bi-a-ya
mem-bi-a-ya-i boi-kot cu-a-ca da-e-rah da-un di-har-ga-i do-a du-ni-a gu-ru ha-ri-mau im-bau-an in-do-ne-si-a ja-uh
ka-um ke-a-da-an ke-u-ang-an khas kre-a-tif la-in la-ut la-ut-an ma-af ma-u ke-ma-u-an me-la-lu-i me-nge-ta-hu-i
me-nyu-ka-i me-mu-lai me-ni-lai me-nyo-al mu-se-um nya-nyi pan-dai pe-la-yan-an pe-me-rin-tah pe-mi-li-han pen-di-di-kan
per-a-ir-an per-ta-ni-an pu-lau ra-mai rak-yat sau-da-ra se-ba-gai se-le-sai se-ni-lai si-ang stra-te-gi su-ai sur-vei
swa-da-ya syu-kur ta-hun ter-ca-pai u-ang ya-i-tu zi-a-rah ku-tai su-ra-ba-ya
""".split()


@pytest.fixture(scope="module")
def counter() -> SyllableCounter:
    return SyllableCounter()


@pytest.fixture(scope="module")
def meter() -> ReadabilityMeter:
    return ReadabilityMeter()


@pytest.mark.parametrize("parts", SPLIT_BY_HAND)
def test_syllables_are_those_counted_by_hand(counter, parts):
    assert counter.count(parts.replace("-", "")) == parts.count("-") + 1


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("KPK", 3),
        ("anak-anak", 4),
        ("jum'at", 2),
        ("covid-19", 2),
        ("baguuuus", 2),
        ("my", 1),
        ("party", 2),
        ("Café", 2),
    ],
)
def test_acronyms_reduplication_and_loans(counter, word, syllables):
    assert counter.count(word) == syllables


@pytest.mark.parametrize("text", ["", "123", "!?", "अनुच्छेद", "😀"])
def test_what_has_no_latin_letter_has_no_syllable(counter, text):
    assert counter.count(text) == 0


def test_figures_are_those_counted_by_hand(meter):
    # Ke-men-te-ri-an ke-se-hat-an me-nyi-ap-kan vak-sin. | Wa-rga da-tang ke ba-lai de-sa pa-gi i-ni.
    # 5 + 4 + 4 + 2 = 15 syllables, 11 + 9 + 10 + 6 = 36 letters, 3 long | 2+2+1+2+2+2+2 = 13, 5+6+2+5+4+4+3 = 29, none
    figures = meter.measure(["Kementerian Kesehatan menyiapkan vaksin.", "Warga datang ke balai desa pagi ini."])
    assert figures == Readability(n_sentences=2, n_words=11, n_syllables=28, n_letters=65, n_long_words=3)
    assert figures.words_per_sentence == 5.5
    assert figures.syllables_per_word == pytest.approx(28 / 11)
    assert figures.letters_per_word == pytest.approx(65 / 11)
    assert figures.lix == pytest.approx(5.5 + 300 / 11)
    assert figures.fry == (pytest.approx(200 / 11), pytest.approx(0.6 * 2800 / 11))
    assert figures.flesch_reading_ease == pytest.approx(206.835 - 1.015 * 5.5 - 84.6 * 28 / 11)


def test_links_hashtags_numbers_and_emoji_are_no_words(meter):
    plain = meter.measure(["Ayo vaksin"])
    assert (
        meter.measure(["Ayo vaksin 😀 @kemenkes_ri https://a.go.id/x?y=1 #AyoVaksin a.b@c.go.id fst.unja.ac.id 2.500"])
        == plain
    )
    assert words_of("Rp 1.500.000 utk 12 org &amp; ke-2, Jum'at") == ["Rp", "utk", "org", "ke-2", "Jum'at"]


@pytest.mark.parametrize("sentences", [[], [""], ["#satu #dua"], ["😀", "17.30"], ["@akun https://a.id"]])
def test_a_text_without_words_has_no_figures(meter, sentences):
    assert meter.measure(sentences) is None


SENTENCES = st.lists(st.text("abkngiu -,.#@1é😀'", max_size=30), max_size=5)


@settings(deadline=None)
@given(first=SENTENCES, second=SENTENCES)
def test_figures_of_two_texts_add_up(meter, first, second):
    one, other, both = meter.measure(first), meter.measure(second), meter.measure([*first, *second])
    if one is None or other is None:
        assert both == (one or other)
    else:
        assert one + other == both


@settings(deadline=None)
@given(st.lists(st.text(), max_size=3))
def test_any_text_has_as_many_syllables_as_words_at_least(meter, sentences):
    figures = meter.measure(sentences)
    if figures is not None:
        assert figures.n_syllables >= figures.n_words >= figures.n_sentences >= 1
        assert figures.n_letters >= figures.n_words >= figures.n_long_words


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["Ayo", "kami", "layanan", "Jum'at", "anak-anak", "17", "#Tag", "@a_b", "http://a.id"]))
)
def test_words_are_those_of_the_tokens_filter(words):
    import polars as pl

    from textmine.language.clean import clean
    from textmine.language.tokens import word_tokens

    text = " ".join(words)
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    tokens = frame.select(word_tokens(clean(pl.col("text")))).item().to_list()
    assert [word.lower() for word in words_of(text)] == tokens


def test_time_is_linear_in_the_length(meter):
    texts = ("a" * 300_000, "#" * 300_000, "@" * 300_000, "a." * 150_000, "é" * 300_000, "aya" * 100_000)
    assert soon(lambda: [meter.measure([text]) for text in texts], 20) < 20
