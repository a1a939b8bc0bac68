import hashlib
import re
import tomllib
import unicodedata
from importlib import resources
from typing import get_args

import pytest
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from textmine.errors import InputError
from textmine.language import lexicons

DATA = resources.files("textmine") / "data"
SOURCES = tomllib.loads((DATA / "SOURCES.toml").read_text(encoding="utf-8"))
FILES = sorted(SOURCES)

# Entries that the root dictionary also lists as a word, with the reason why the other reading wins in social text.
REVIEWED = {
    "the dictionary lists the colloquial word itself; there is no other sense": (
        "abis aja ampe anter ape ato bakal banget belon bentar besuk bikin bobok cape cuman dah dikit doang doi duit "
        "elo elu emang embak enggak entar ente gede gua gue harini kaco kagak kalo kayak kelar kepingin kepleset "
        "kesandung kesasar kesel kudu lelet lemes liat mangkanya mesan moga mungut nih pengin puyeng rebu sebel sikit "
        "suda tau taun telor telpon tuk uda ayuk bego duren jaat kasi piak tingi dewe"
    ),
    "an older or dialectal spelling of the standard word": (
        "afal antri apotik cabe coklat contek debet disel doeloe eror hektar hutang itikaf jaman jamrud kaedah "
        "konperensi mesjid nafas nahkoda narkotik nasehat nekad obyek obyektif otentik pijit praktek propinsi resiko "
        "rileks sampek subyek subyektif taubat telefon teraweh ujud ustad yoghurt advokad bungalo hembus jamaah jenius "
        "omset sekring selebriti sentimentil syah"
    ),
    "two words written together": "gada kesana kesini kesitu",
    "'hanya' and 'cuma' mean the same; the formal register prefers the first": "cuma",
    "the other sense (pest, oath, mace, old noun) hardly occurs in posts": "ama ati dalem kelibat kenceng lum",
    "'kek' for grandfather is rare beside 'kayak' shortened": "kek",
    "'kok' asks why in most posts; as a particle it carries no content": "kok",
    "posts call the account's admin 'min'; minus is written with its sign": "min",
    "'pas' means 'when' in most posts; 'pas foto' and 'uang pas' are rare": "pas",
}
# Keys that occur in names too: whoever meets the name whole protects it first.
IN_NAMES = {"aja", "batubara", "bener", "bkn", "gede", "ibukota", "nopember", "pas", "rb", "tp"}


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def slang() -> dict[str, str]:
    return lexicons.load_slang()


@pytest.fixture(scope="module")
def entries(slang) -> dict[str, str]:
    """Both lexicons, as the normaliser looks words up."""
    spelling = lexicons.load_spelling()
    assert not spelling.keys() & slang.keys()
    return spelling | slang


@pytest.fixture(scope="module")
def roots() -> frozenset[str]:
    return frozenset(StemmerFactory().get_words())


def test_sources_name_every_file():
    assert {entry.name for entry in DATA.iterdir() if entry.name.endswith((".tsv", ".txt"))} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_file_is_the_one_its_source_describes(name):
    content = (DATA / name).read_bytes()
    assert SOURCES[name]["sha256"] == hashlib.sha256(content).hexdigest()
    assert SOURCES[name]["entries"] == len(content.splitlines())
    assert SOURCES[name]["licence"] == "MIT"


@pytest.mark.parametrize("name", FILES)
def test_lines_are_sorted_unique_lower_case_nfc_and_filled(name):
    text = (DATA / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    assert text.endswith("\n") and "\r" not in text
    assert lines == sorted(set(lines))
    assert text == unicodedata.normalize("NFC", text.lower())
    columns = 3 if name in ("giveaways.tsv", "sentiment.tsv") else 2 if name.endswith(".tsv") else 1
    assert all(
        len(cells) == columns and all(cell and cell == cell.strip() for cell in cells)
        for cells in (line.split("\t") for line in lines)
    )


def test_slang_holds_thousands_of_single_tokens_each_once(slang):
    assert len(slang) >= 2500
    assert len(slang) == len(_lines("slang.tsv"))
    assert all(re.fullmatch(r"[a-z](?:[a-z'-]*[a-z])?", key) for key in slang)


def test_formal_sides_are_plain_words(entries):
    assert [v for v in entries.values() if not re.fullmatch(r"[a-z]+(?:-[a-z]+)*(?: [a-z]+(?:-[a-z]+)*)*", v)] == []


def test_one_pass_of_look_ups_suffices(entries):
    assert {key: value for key, value in entries.items() if any(word in entries for word in value.split())} == {}


def test_roots_are_mapped_only_where_reviewed(entries, roots):
    reviewed = {word for words in REVIEWED.values() for word in words.split()}
    assert set(entries) & roots == reviewed


def test_units_and_ambiguous_abbreviations_are_left_alone(entries):
    kept = "km cm mm kg ha m bank mana kali kaya ada pemkot pemprov pemda kemenkes pcr pkl ttd spt bca bpk sma smp sd"
    assert {word for word in kept.split() if word in entries} == set()


def test_english_words_are_left_alone(entries):
    assert set(entries) & set(_lines("stopwords_en.txt")) == {"no"}  # 'no' is 'nomor' in Indonesian captions


def test_names_are_no_slang(entries):
    assert {word for name in lexicons.load_names() for word in name.split()} & set(entries) == IN_NAMES


@pytest.mark.parametrize(
    ("informal", "formal"),
    [
        ("yg", "yang"),
        ("gmn", "bagaimana"),
        ("mksh", "terima kasih"),
        ("gak", "tidak"),
        ("bgt", "sekali"),
        ("klo", "kalau"),
        ("gue", "saya"),
        ("temen", "teman"),
        ("ngasih", "memberi"),
        ("ngeliat", "melihat"),
        ("dibikin", "dibuat"),
        ("nyari", "mencari"),
        ("hrsnya", "harusnya"),
        ("orgx", "orangnya"),
        ("kab", "kabupaten"),
        ("disini", "di sini"),
        ("resiko", "risiko"),
    ],
)
def test_common_spellings_become_formal(entries, informal, formal):
    assert entries.get(informal, entries.get(informal.removesuffix("x"), "") + "nya") == formal


def test_stopwords_hold_negations_unless_asked_to_keep_them():
    negations = lexicons.load_negations()
    assert {"tidak", "bukan", "belum", "jangan", "tanpa", "kurang", "gak"} <= negations
    assert negations <= lexicons.load_stopwords()
    kept = lexicons.load_stopwords(keep_negations=True)
    assert not kept & negations
    assert not kept & {"not", "never", "don't"}
    assert {"yang", "dan", "the"} <= kept


def test_stopwords_leave_parts_out_on_demand():
    indonesian = lexicons.load_stopwords(english=False, social=False)
    assert len(indonesian) >= 500
    assert {"yang", "sih", "rt"} <= indonesian
    assert not indonesian & {"the", "sobat", "semangat"}
    assert "the" in lexicons.load_stopwords(social=False)
    assert {"sobat", "mimin"} <= lexicons.load_stopwords(english=False)
    assert len(_lines("stopwords_en.txt")) >= 200 and len(_lines("stopwords_social.txt")) >= 60


def test_formal_words_of_slang_stopwords_are_stopwords_too(entries):
    stopwords = lexicons.load_stopwords()
    missing = {key for key in stopwords & set(entries) if not set(entries[key].split()) <= stopwords}
    assert missing == set()


def test_every_regency_and_city_of_the_38_provinces_is_known():
    provinces = lexicons.load_names(kinds={"province"})
    assert {"aceh", "dki jakarta", "papua barat daya", "papua pegunungan", "papua selatan", "papua tengah"} <= provinces
    assert len(lexicons.load_names(kinds=["regency"])) >= 416
    assert len(lexicons.load_names(kinds=["city"])) >= 98


def test_names_of_several_words_stay_whole_and_kinds_select():
    assert {"kutai kartanegara", "bangga buatan indonesia", "ibu kota nusantara", "kemenkes"} <= lexicons.load_names()
    assert "kemenkes" not in lexicons.load_names(kinds=["province", "city"])
    assert lexicons.load_names(kinds=[]) == frozenset()
    with pytest.raises(ValueError, match="planet"):
        lexicons.load_names(kinds=["planet"])  # type: ignore[list-item]


def test_kinds_in_the_file_are_the_documented_ones():
    assert {line.split("\t")[1] for line in _lines("names.tsv")} == set(get_args(lexicons.NameKind))


def test_name_words_spare_ordinary_words_from_protection():
    words = lexicons.load_name_words()
    assert {"bekasi", "bali", "maluku", "kediri", "pemalang", "kemenkes", "pemilu", "lapan"} <= words
    ordinary = (
        "kota selatan timur tengah barat utara kabupaten besar raya kepulauan kesehatan bantuan pelayanan makanan"
    )
    assert not words & set(ordinary.split())


def test_what_sastrawi_would_cut_off_a_name_is_protected():
    stemmer = StemmerFactory().create_stemmer()
    common = set(_lines("name_common_words.txt"))
    places = lexicons.load_names(kinds=["province", "regency", "city", "island"])
    cut = {word for name in places for word in name.split() if stemmer.stem(word) != word}
    assert cut - common <= lexicons.load_name_words()
    assert cut & common == {"kepulauan", "pegunungan", "pangkalan", "seribu", "bagian"} & cut


def test_common_name_words_all_occur_in_names():
    assert set(_lines("name_common_words.txt")) <= {word for name in lexicons.load_names() for word in name.split()}


def test_callers_get_their_own_copy(slang):
    lexicons.load_slang()["yg"] = "spoilt"
    assert lexicons.load_slang()["yg"] == slang["yg"] == "yang"


@pytest.mark.parametrize(
    ("name", "text"), [("my.tsv", "Cmiiw\tmohon  koreksi\n\n"), ("my.csv", 'cmiiw,"mohon koreksi"\r\n')]
)
def test_user_slang_is_read_from_tabs_or_commas(tmp_path, name, text):
    path = tmp_path / name
    path.write_text("\ufeff" + text, encoding="utf-8", newline="")
    assert lexicons.load_user_slang(path) == {"cmiiw": "mohon koreksi"}


def test_quotes_in_tab_separated_slang_are_letters(tmp_path):
    path = tmp_path / "my.tsv"
    path.write_text('jum"at\tjumat\n', encoding="utf-8")
    assert lexicons.load_user_slang(path) == {'jum"at': "jumat"}


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ("yg\tyang\nbgt\n", 2, "1 column"),
        ("yg\tyang\n\nbgt\tsekali\tbanget\n", 3, "3 column"),
        ("yg\t \n", 1, "empty"),
        ("apa kabar\thalo\n", 1, "several words"),
        ("smg\tsemoga\nsmg\tsemarang\n", 2, "already stands for 'semoga'"),
    ],
)
def test_bad_line_of_user_slang_is_named(tmp_path, text, row, problem):
    path = tmp_path / "my.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=problem) as caught:
        lexicons.load_user_slang(path)
    assert caught.value.row == row
    assert str(path) in str(caught.value)


def test_user_slang_that_is_missing_or_not_utf8_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        lexicons.load_user_slang(tmp_path / "absent.tsv")
    (tmp_path / "latin.tsv").write_bytes(b"caf\xe9\tkafe\n")
    with pytest.raises(InputError, match="is not UTF-8"):
        lexicons.load_user_slang(tmp_path / "latin.tsv")
