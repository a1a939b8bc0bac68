import polars as pl
import pytest

from textmine.errors import InputError
from textmine.language.protection import load_user_roots, protected_words, surface_forms
from textmine.language.sastrawi import SastrawiStemmer


def test_without_protection_stems_are_sastrawis_own():
    stemmer = SastrawiStemmer(protected=protected_words("none"))
    assert stemmer.stem_types(["bekasi", "bali"]) == ["bekas", "bal"]


def test_names_of_places_agencies_and_programmes_are_never_stemmed():
    names = ["bekasi", "bali", "kemenkes", "pelindo"]
    stemmer = SastrawiStemmer(protected=protected_words())
    assert stemmer.stem_types(names) == names
    assert stemmer.stem("pelayanan") == "layan"


def test_words_of_a_file_join_the_names(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("\ufeff# brands\r\nBerikan\r\n\r\nmenu\r\n", encoding="utf-8")
    for protect in (path, str(path)):
        words = protected_words(protect)
        assert {"berikan", "menu", "bekasi"} <= words
    assert "# brands" not in words


def test_a_file_called_names_is_reached_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names").write_text("berikan\n", encoding="utf-8")
    assert "berikan" not in protected_words("names")
    assert "berikan" in protected_words("./names")


def test_a_line_of_several_words_is_named_with_its_row(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("menu\n\nkota tua\n", encoding="utf-8")
    with pytest.raises(InputError, match="several words") as caught:
        protected_words(path)
    assert (caught.value.path, caught.value.row, caught.value.value) == (path, 3, "kota tua")


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"\xff\xfe\x00", "is not UTF-8")])
def test_a_missing_file_or_one_that_is_no_utf8_is_an_input_error(tmp_path, content, said):
    path = tmp_path / "mine.txt"
    if content is not None:
        path.write_bytes(content)
    for read in (protected_words, load_user_roots):
        with pytest.raises(InputError, match=said):
            read(path)


def test_extra_roots_open_words_that_sastrawi_does_not_know(tmp_path):
    path = tmp_path / "roots.txt"
    path.write_text("vlog\n", encoding="utf-8")
    assert SastrawiStemmer().stem("ngevlog") == "ngevlog"
    assert SastrawiStemmer().stem("vlogkan") == "vlogkan"
    assert SastrawiStemmer(extra_roots=load_user_roots(path)).stem("vlogkan") == "vlog"


@pytest.mark.parametrize("line", ["café", "a/b", "-an", "dua kata"])
def test_a_root_that_no_stem_can_be_is_refused_with_its_row(tmp_path, line):
    path = tmp_path / "roots.txt"
    path.write_text(f"vlog\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_user_roots(path)
    assert caught.value.row == 2


def test_a_stem_is_shown_by_its_most_frequent_form_whatever_the_order_of_rows():
    rows = [("melayani", "layan", 3), ("pelayanan", "layan", 2), ("pelayanan", "layan", 2), ("kota", "kota", 1)]
    types = pl.DataFrame(rows, schema=["word", "stem", "count"], orient="row")
    expected = [("kota", "kota", 1), ("layan", "pelayanan", 7)]
    assert surface_forms(types).rows() == surface_forms(types.reverse()).rows() == expected


def test_of_equally_frequent_forms_the_first_by_letters_stands():
    types = pl.DataFrame({"word": ["pelayanan", "melayani"], "stem": ["layan"] * 2, "count": [1, 1]})
    assert surface_forms(types)["surface"].to_list() == ["melayani"]
