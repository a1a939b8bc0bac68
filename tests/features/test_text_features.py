from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from textmine.features.service import service_information
from textmine.features.style import StyleReader
from textmine.features.tags import hashtags_of, owned_hashtags
from textmine.features.zones import local_time, time_zones
from textmine.language.readability import ReadabilityMeter

ROOT = Path(__file__).resolve().parents[2]
CAPTIONS = [
    "Yuk, kunjungi museum nasional! Buka pukul 08.00 s.d. 16.00 WIB 😊😊",
    "Apakah Anda sudah vaksin? Sudah belum?? Cek di https://x.go.id/a?b=c @kemenkes_ri #Vaksin",
    "Menteri hadir di Jl. Merdeka No. 5, Jakarta. Kami bagikan masker; jangan lupa pakai",
    "",
    "#Sehat 🎉",
    "1. Bawa KTP\n2. Bawa KK,\ndan uang\nBESOK PAGI",
]


@pytest.fixture(scope="module")
def style():
    return StyleReader().read(pl.Series(CAPTIONS))


def test_the_table_by_hand(style):
    assert style["characters"].to_list() == [len(caption) for caption in CAPTIONS]
    assert style["words"].to_list() == [9, 8, 13, 0, 0, 8]
    assert style["sentences"].to_list() == [2, 3, 2, 0, 0, 3]
    assert style["questions"].to_list() == [0, 2, 0, 0, 0, 0]
    assert style["exclamations"].to_list() == [1, 0, 0, 0, 0, 0]
    assert style["emoji"].to_list() == [2, 0, 0, 0, 1, 0]
    assert style["emoji_distinct"].to_list() == [1, 0, 0, 0, 1, 0]
    assert style["mentions"].to_list() == [0, 1, 0, 0, 0, 0]
    assert style["links"].to_list() == [0, 1, 0, 0, 0, 0]
    assert style["words_per_sentence"].to_list() == [4.5, 8 / 3, 6.5, None, None, 8 / 3]


def test_words_are_those_of_the_readability_meter(style):
    meter = ReadabilityMeter()
    for row, caption in enumerate(CAPTIONS):
        figures = meter.measure([caption])
        assert style["words"][row] == (figures.n_words if figures else 0)
        assert style["syllables_per_word"][row] == (figures.syllables_per_word if figures else None)
        assert style["letters_per_word"][row] == (figures.letters_per_word if figures else None)
        assert style["long_words_share"][row] == (figures.n_long_words / figures.n_words if figures else None)


def test_lix_and_flesch_follow(style):
    # Thirteen words in two sentences; menteri, merdeka, jakarta and bagikan are long.
    assert style["long_words_share"][2] == 4 / 13
    assert style["lix"][2] == pytest.approx(6.5 + 100 * style["long_words_share"][2])
    assert style["flesch_reading_ease"][2] == pytest.approx(
        206.835 - 1.015 * 6.5 - 84.6 * style["syllables_per_word"][2]
    )
    assert style["lix"][3] is None and style["flesch_reading_ease"][4] is None


@pytest.mark.parametrize(
    ("caption", "calls"),
    [
        ("Yuk, jangan lupa cek saldo", 1),
        ("Kami bagikan masker kepada warga", 0),
        ("Bagikan masker kepada warga", 1),
        ("Ayooo ikut! Daftar sekarang ya. Simak infonya", 3),
        ("Daftar nama peserta lomba", 0),
        ("Kunjungilah perpustakaan", 1),
        ("Kunjungan kerja menteri", 0),
        ("Save the date", 1),
        ("Mohon maaf lahir dan batin", 0),
        ("Kini ada ruang baca. Baca selengkapnya!", 1),
        ("Apa yang kalian terapkan?", 0),
        ("Tolong kirim ke kami\nTerima kasih", 1),
    ],
)
def test_calls_to_action(caption, calls):
    assert StyleReader().read(pl.Series([caption]))["calls_to_action"].to_list() == [calls]


def test_english_and_informal_words_have_their_shares():
    found = StyleReader().read(pl.Series(["please come tomorrow", "yg gak tau", "rumah sakit"]))
    assert found["english_share"].to_list() == [1.0, 0.0, 0.0]
    assert found["informal_share"].to_list() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("caption", "kinds"),
    [
        ("WA 0812-3456-7890", {"has_telephone"}),
        ("Hubungi (021) 345-6789", {"has_telephone"}),
        ("Call center 119 atau 1500-567", {"has_telephone"}),
        ("Hotline: 117", {"has_telephone"}),
        ("[phone] dan [email]", {"has_telephone", "has_email"}),
        ("pengaduan@kemkes.go.id", {"has_email"}),
        ("Senin, 3 Agustus 2020 pukul 09.00 WIB", {"has_date", "has_time"}),
        ("17/8/2020", {"has_date"}),
        ("3-5 Agustus", {"has_date"}),
        ("Jam 9 pagi", {"has_time"}),
        ("Jl. Merdeka Barat 5", {"has_address"}),
        ("RT 05/RW 02", {"has_address"}),
        ("Tahun 2020 ada 119 kasus, naik 12.30 persen", set()),
        ("jalan yang rusak; 3 desa", set()),
    ],
)
def test_service_information(caption, kinds):
    found = service_information(pl.Series([caption])).row(0, named=True)
    assert {name for name, there in found.items() if there} == kinds


def test_a_hashtag_is_an_agencys_own_if_it_wrote_nearly_all_of_enough_posts():
    rows = [("a", ["Own", "own"], "original")] * 9 + [("b", ["OWN", "Ours"], "original")]
    rows += [("b", ["Ours"], "repost")] * 9 + [("a", ["Rare", "Own"], "original")] + [("b", [], "original")]
    posts = pl.DataFrame(rows, schema=["agency", "hashtags", "post_kind"], orient="row").with_columns(
        pl.col("agency").alias("account")
    )
    owned = owned_hashtags(posts.lazy())
    assert owned.rows() == [("#own", "a")]
    found = hashtags_of(posts, owned)
    assert found["hashtags"].to_list() == [1] * 9 + [2] + [1] * 9 + [2, 0]
    assert found["hashtags_own_share"].to_list() == [1.0] * 9 + [0.0] + [0.0] * 9 + [0.5, None]


def test_the_hour_is_that_of_the_agencys_province():
    register = pl.DataFrame(
        {
            "agency": ["jabar", "bali", "papua", "esdm", "kaltim", "balitbang"],
            "name": [
                "Pemerintah Provinsi Jawa Barat", "Pemerintah Provinsi Bali", "Pemerintah Provinsi Papua Barat",
                "Kementerian Energi dan Sumber Daya Mineral", "PT Pupuk Kalimantan Timur", "Balitbang Kemenkes",
            ],
        }
    )  # fmt: skip
    zones = time_zones(register, own={"esdm": "Asia/Jayapura", "bali": "Asia/Jakarta"})
    assert dict(zones.rows()) == {"esdm": "Asia/Jayapura", "kaltim": "Asia/Makassar", "papua": "Asia/Jayapura"}
    late = datetime(2020, 12, 31, 15, 30, tzinfo=UTC)
    posts = pl.DataFrame({"agency": [None, "jabar", "kaltim", "papua"], "published_at": [late] * 4})
    there = local_time(posts, zones)
    assert there["time_zone"].to_list() == ["Asia/Jakarta"] * 2 + ["Asia/Makassar", "Asia/Jayapura"]
    assert there["local"].dt.hour().to_list() == [22, 22, 23, 0]
    assert there["local"].dt.year().to_list() == [2020, 2020, 2020, 2021]


def test_any_zone_can_be_given():
    posts = pl.DataFrame({"agency": ["kbri"], "published_at": [datetime(2020, 7, 1, 12, tzinfo=UTC)]})
    there = local_time(posts, time_zones(None, own={"kbri": "Europe/Paris"}))
    assert there["local"].dt.hour().to_list() == [14]


def test_sentences_are_nearly_those_of_the_spacy_pipeline():
    import spacy

    from textmine.ingest import read_posts
    from textmine.language.readability import words_of
    from textmine.language.spacy_components.sentences import PostSentences

    with pytest.warns(UserWarning, match="1 rows were refused"):
        captions = read_posts(ROOT / "corpora/sample/facebook.csv")["caption"]
    blank, bounds = spacy.blank("id"), PostSentences()

    def with_a_word(caption):
        doc = blank(caption)
        starts = [*(token.idx for token, start in zip(doc, bounds.starts(doc), strict=True) if start), len(caption)]
        return sum(bool(words_of(caption[a:b])) for a, b in pairwise(starts))

    expected = [with_a_word(caption) for caption in captions]
    found = StyleReader().read(captions)["sentences"].to_list()
    equal = sum(a == b for a, b in zip(found, expected, strict=True))
    assert len(captions) > 80 and equal >= 0.97 * len(captions)
    assert all(abs(a - b) <= 1 for a, b in zip(found, expected, strict=True))
