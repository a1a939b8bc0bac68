import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.language.clean import _MAY_CHANGE, INVISIBLE, _plain_series, clean, decode_entities
from textmine.language.hashtags import hashtag_identity, split_hashtag
from textmine.language.tokens import emoji_tokens, word_tokens


def words(*captions):
    frame = pl.DataFrame({"caption": list(captions)}, schema={"caption": pl.String})
    return frame.select(word_tokens(clean(pl.col("caption")))).to_series().to_list()


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("cek https://s.id/abc?x=1 ya", ["cek", "ya"]),
        ("kunjungi www.kemkes.go.id/vaksin atau prov.go.id", ["kunjungi", "atau"]),
        ("terima kasih @kemenkes_ri, @a.b!", ["terima", "kasih"]),
        ("kirim ke humas@kominfo.go.id segera", ["kirim", "ke", "segera"]),
        ("WA 0812-3456-7890 atau +62 812 3456 7890", ["wa", "atau"]),
        ("ayo #VaksinUntukKita sekarang", ["ayo", "sekarang"]),
        ("Sehat&nbsp;&amp; kuat &#128170; &lt;3", ["sehat", "kuat"]),
        ("𝗩𝗮𝗸𝘀𝗶𝗻 ｇｒａｔｉｓ", ["vaksin", "gratis"]),
        ("pela​yanan pub­lik", ["pelayanan", "publik"]),
        ("Jum'at, anak-anak & anak2 ke-17", ["jum'at", "anak-anak", "anak2", "ke-17"]),
        ("tahun 2020: 75 persen", ["tahun", "persen"]),
        ("éco Ñusa 日本", ["éco", "ñusa", "日本"]),
    ],
)
def test_what_is_not_prose_is_no_word(caption, expected):
    assert words(caption) == [expected]


def test_a_null_caption_stays_null_and_an_empty_one_has_no_words():
    assert words(None, "") == [None, []]


def test_entities_are_decoded_once():
    frame = pl.DataFrame({"t": ["a &amp;lt; b", "&unknown; &copy &#x27;x&#39;"]})
    assert frame.select(decode_entities(pl.col("t")))["t"].to_list() == ["a &lt; b", "&unknown; &copy 'x'"]


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Merdeka 🇮🇩🇮🇩", ["🇮🇩", "🇮🇩"]),
        ("👍🏽 👩‍👩‍👧", ["👍🏽", "👩‍👩‍👧"]),
        ("© 2020 ™ ➡", []),
        ("tanpa emoji", []),
    ],
)
def test_emoji_are_kept_whole_and_signs_are_not_emoji(caption, expected):
    assert pl.DataFrame({"c": [caption]}).select(emoji_tokens(pl.col("c"))).to_series().to_list() == [expected]


def test_spellings_of_a_hashtag_have_one_identity():
    tags = pl.DataFrame({"h": ["#IndonesiaMaju", "indonesiamaju", "INDONESIAMAJU", "ＩndonesiaMaju"]})
    assert tags.select(hashtag_identity(pl.col("h")))["h"].unique().to_list() == ["#indonesiamaju"]


@pytest.mark.parametrize(
    ("hashtag", "expected"),
    [
        ("#BanggaBuatanIndonesia", ["bangga", "buatan", "indonesia"]),
        ("PPKMDarurat", ["ppkm", "darurat"]),
        ("#vaksin_untuk_kita", ["vaksin", "untuk", "kita"]),
        ("#HUTRI75", ["hutri", "75"]),
        ("#", []),
    ],
)
def test_a_hashtag_is_split_where_its_writing_shows_it(hashtag, expected):
    assert split_hashtag(hashtag) == expected


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_tokens_and_the_batch_does_not_matter(captions):
    together = words(*captions)
    assert together == [words(caption)[0] for caption in captions]
    assert all(token == token.lower() and token for tokens in together for token in tokens)


@pytest.mark.parametrize("pattern", ["a", "#", "@", "&", "a@", "-a", "'a", "www.", "é", "‍", "👩‍", "‮", "0812-"])
def test_a_megabyte_of_anything_takes_linear_time(pattern):
    long = pattern * (1_000_000 // len(pattern))
    assert len(words(long)) == 1  # a regex that backtracks would not come back


def test_the_characters_that_are_not_normalised_are_the_same_in_nfkc_alone_and_together():
    every = pl.Series([chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF])
    kept = every.filter(~every.str.contains(_MAY_CHANGE)).to_list()
    assert len(kept) > 1_400
    decompositions = (unicodedata.decomposition(character).split() for character in every)
    composed = {chr(int(parts[1], 16)) for parts in decompositions if len(parts) == 2 and "<" not in parts[0]}
    for character in kept:
        assert unicodedata.is_normalized("NFKC", character)
        assert unicodedata.combining(character) == 0
        assert character not in composed, "it would join the character before it"
        assert pl.Series([character]).str.replace_all(INVISIBLE, "").item() == character


@given(st.lists(st.none() | st.text(st.characters(codec="utf-8") | st.sampled_from("e\u0301ﬁ①😀️‍​ㄱㅏ가ㄴ")), max_size=6))
@settings(max_examples=300, deadline=None)
def test_captions_that_cannot_change_are_left_out_and_nothing_else_differs(captions):
    texts = pl.Series(captions, dtype=pl.String)
    assert _plain_series(texts).equals(texts.str.normalize("NFKC").str.replace_all(INVISIBLE, ""), null_equal=True)
    assert texts.to_list() == captions
