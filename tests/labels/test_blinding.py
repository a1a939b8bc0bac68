"""Blindness: what names the agency goes, what the post says stays, and own hashtags are told by who uses them."""

import polars as pl
import pytest

from textmine.labels.blinding import agency_names, blind_captions, own_hashtags
from textmine.posts import empty_posts

REGISTER = pl.DataFrame(
    [
        {"agency": "kemenkes", "name": "Kementerian Kesehatan RI", "account": "kemenkes_ri"},
        {"agency": "bmkg", "name": "Badan Meteorologi, Klimatologi, dan Geofisika", "account": "infobmkg"},
        {"agency": "bumn-pos", "name": "PT Pos Indonesia (Persero)", "account": "posindonesia.ig"},
        {"agency": "prov-jabar", "name": "Pemerintah Provinsi Jawa Barat", "account": "humas_jabar"},
    ]
)


def seen(caption, agency="kemenkes", **options):
    posts = pl.DataFrame(
        {"agency": [agency], "account": ["akun"], "caption": [caption]}, schema_overrides={"agency": pl.String}
    )
    return blind_captions(posts, register=REGISTER, **options).item()


@pytest.mark.parametrize(
    ("agency", "caption", "expected"),
    [
        ("kemenkes", "Kementerian Kesehatan RI membuka vaksin", "[instansi] membuka vaksin"),
        ("kemenkes", "KEMENTERIAN  KESEHATAN dan Kemenkes RI, kemenkes.", "[instansi] dan [instansi], [instansi]."),
        ("kemenkes", "Layanan kesehatan ibu dan anak", "Layanan kesehatan ibu dan anak"),
        ("bmkg", "BMKG: hujan lebat. Info BMKG di Badan Meteorologi, Klimatologi, dan Geofisika",
         "[instansi]: hujan lebat. Info [instansi] di [instansi]"),
        ("bumn-pos", "Pos Indonesia kirim paket; pos ronda tetap", "[instansi] kirim paket; pos ronda tetap"),
        ("prov-jabar", "Jawa Barat juara, Pemprov Jawa Barat hadir", "[instansi] juara, Pemprov [instansi] hadir"),
        ("kemenkes", "Jawa Barat juara", "Jawa Barat juara"),
        ("kemenkes", "cek https://kemkes.go.id/a?b=1 atau www.x.id, promkes.kemkes.go.id ya",
         "cek [tautan] atau [tautan] [tautan] ya"),
        ("kemenkes", "oleh @Menkes_RI dan ＠dr.budi: halo@kemkes.go.id", "oleh [akun] dan [akun]: [surel]"),
        ("kemenkes", "telp 0812-3456-7890 atau 119", "telp [telepon] atau 119"),
        ("kemenkes", "#SahabatKemenkes #KementerianKesehatan #Vaksin", "[tagar] [tagar] #Vaksin"),
        ("kemenkes", "Halo Sobat Kesehatan! #Sehat", "Halo Sobat [instansi]! #Sehat"),
    ],
)  # fmt: skip
def test_what_names_the_agency_goes_and_what_it_says_stays(agency, caption, expected):
    assert seen(caption, agency) == expected


def test_hashtags_that_one_agency_alone_uses_are_its_own():
    uses = [("kemenkes", "GERMAS")] * 9 + [("bmkg", "germas")] + [("bmkg", "gempa")] * 2 + [("bmkg", "hujan")] * 3
    posts = empty_posts().lazy().collect()
    rows = pl.DataFrame(
        {"agency": [agency for agency, _ in uses], "hashtags": [[tag] for _, tag in uses], "post_kind": "original"}
    )
    table = pl.concat([posts, rows.cast({"post_kind": posts.schema["post_kind"]})], how="diagonal")
    own = own_hashtags(table.lazy())
    assert own.rows() == [("bmkg", "#hujan"), ("kemenkes", "#germas")]
    assert seen("ayo #Germas dan #GERMASku #hujan", own_tags=own) == "ayo [tagar] dan #GERMASku #hujan"
    assert seen("#hujan deras", "bmkg", own_tags=own) == "[tagar] deras"


def test_a_post_of_an_unregistered_account_loses_its_handle():
    row = {"agency": None, "account": "puskesmas_melati", "caption": "puskesmas melati buka; melati harum"}
    posts = pl.DataFrame([row], schema_overrides={"agency": pl.String})
    assert blind_captions(posts).item() == "[instansi] buka; [instansi] harum"


def test_further_words_are_hidden_everywhere_and_as_whole_words():
    assert seen("Salam Germas dari Budi Gunadi dan Budiman", also=["budi gunadi", "Budi", " "]) == (
        "Salam Germas dari [disamarkan] dan Budiman"
    )


def test_names_are_whole_words_and_generic_parts_of_handles_hide_nothing():
    names = agency_names(REGISTER)
    assert "humas" not in names["prov-jabar"] and "jabar" in names["prov-jabar"]
    assert "Pos Indonesia" in names["bumn-pos"] and "indonesia" not in names["bumn-pos"]
    assert seen("Kemenkesku tetap", "kemenkes") == "Kemenkesku tetap"
    assert seen("Indonesia maju bersama humas", "prov-jabar") == "Indonesia maju bersama humas"
    assert agency_names(None) == {}


def test_rows_keep_their_order_whatever_the_agency():
    posts = pl.DataFrame(
        {"agency": ["bmkg", "kemenkes", "bmkg"], "account": ["a"] * 3, "caption": ["BMKG 1", "BMKG 2", "bmkg 3"]}
    )
    assert blind_captions(posts, register=REGISTER).to_list() == ["[instansi] 1", "BMKG 2", "[instansi] 3"]
