import numpy as np
import polars as pl
import pytest

from textmine.sentiment.lexicon import load_sentiment
from textmine.sentiment.phrases import PhraseFinder
from textmine.sentiment.scope import FEATURES, N_LEANINGS, leanings, lexicon_features
from textmine.sentiment.units import FLAGS, UnitReader


@pytest.fixture(scope="module")
def tools():
    reader = UnitReader()
    return reader, PhraseFinder(reader)


def units(tools, text):
    reader, _ = tools
    return [reader.names[unit] for unit in reader.read(pl.Series([text])).units]


def values(tools, text):
    reader, finder = tools
    stream = reader.read(pl.Series([text]))
    found = leanings(stream, reader, finder).values
    return {reader.names[unit]: value for unit, value in zip(stream.units, found.tolist(), strict=True) if value}


def features(tools, *texts):
    reader, finder = tools
    stream = reader.read(pl.Series(list(texts), dtype=pl.String))
    return pl.DataFrame(lexicon_features(stream, reader, leanings(stream, reader, finder)), schema=list(FEATURES))


def test_lexicon_leans_both_ways_and_holds_thousands_of_terms():
    lexicon = load_sentiment()
    assert len(lexicon) >= 3000
    polarities = np.array([entry.polarity for entry in lexicon.values()])
    assert polarities.min() == -3 and polarities.max() == 3
    assert (polarities > 0).sum() >= 1500 and (polarities < 0).sum() >= 1500
    wanted = "enak nyaman kecewa lemot baper gercep mantul zonk alhamdulillah semoga 😍 :( php".split()
    assert [term for term in [*wanted, "sakit hati", "ingkar janji"] if term not in lexicon] == []


def test_words_become_formal_and_lose_their_clitics(tools):
    assert units(tools, "Kamarnya baguuus bgt, gk bau") == ["kamar", "bagus", "sekali", ",", "tidak", "bau"]
    assert units(tools, "tempat nya") == ["tempat"]


def test_links_go_and_mentions_numbers_and_signs_have_one_unit_each(tools):
    assert units(tools, "@a.b lihat https://x.co/a?b=1 12.500 ?!! ... #Juara") == [
        *("@", ".", "b", "lihat", "0", "?", "…", "juara")
    ]


def test_emoji_lose_their_skin_tone_and_emoticons_are_no_part_of_words(tools):
    assert units(tools, "👍🏽 :( harga:dua") == ["👍", ":(", "harga", ":", "dua"]


def test_negation_turns_what_it_reaches_and_no_more(tools):
    assert values(tools, "tidak ramah")["ramah"] < 0 < values(tools, "ramah")["ramah"]
    assert values(tools, "tidak kotor")["kotor"] > 0
    assert values(tools, "tidak, ramah")["ramah"] > 0
    assert values(tools, "tidak di kamar hotel itu ramah")["ramah"] > 0
    assert values(tools, "tidak tapi ramah")["ramah"] > 0


def test_negation_does_not_reach_into_the_next_text(tools):
    reader, finder = tools
    stream = reader.read(pl.Series(["tidak", "ramah"]))
    assert leanings(stream, reader, finder).values.tolist() == [0, 2]


def test_intensifiers_strengthen_and_diminishers_weaken(tools):
    plain = values(tools, "kamar bersih")["bersih"]
    assert values(tools, "kamar sangat bersih")["bersih"] == 1.5 * plain
    assert values(tools, "kamar bersih pol")["bersih"] == 1.5 * plain
    assert values(tools, "kamar rada bersih")["bersih"] == pytest.approx(0.6 * plain)
    assert values(tools, "sangat 😍")["😍"] == values(tools, "😍")["😍"]


def test_phrases_win_over_their_words_and_the_longest_wins(tools):
    assert values(tools, "dia ingkar janji") == {"janji": -3}
    assert values(tools, "tidak mengecewakan") == {"mengecewakan": 2}
    assert values(tools, "pakai air panas") == {}
    assert values(tools, "surat nomor 12") == {}
    assert values(tools, "so far so good") == {"good": 2}


def test_abstract_nouns_do_not_lean_as_their_stems(tools):
    assert values(tools, "kebersihan pelayanan keamanan") == {}
    assert values(tools, "mengecewakan")["mengecewakan"] == -3


def test_features_follow_the_text(tools):
    table = features(tools, "Bagus, tapi kotor dan bau!", "bagus? saya tidak tahu", "")
    first, second, empty = table.iter_rows(named=True)
    assert first["before_contrast"] > 0 > first["after_contrast"]
    assert (first["n_positive_clauses"], first["n_negative_clauses"]) == (1, 1)
    assert first["first_clause"] > 0 > first["last_clause"] and first["ends_negative"] == 2
    assert first["exclamations"] == 1 and first["n_contrasts"] == 1
    assert (second["questions"], second["first_person"], second["n_negators"]) == (1, 1, 1)
    assert second["idle_negators"] == 1 and second["net"] == second["positive"] == 2
    assert set(empty.values()) == {0}


def test_features_of_a_text_do_not_hang_on_its_neighbours(tools):
    texts = ["Kotor dan bau, tapi ramah 😊", "", "tidak enak!!", "Rapat hari ini", "gak nyesel, mantul pol"]
    together = features(tools, *texts)
    apart = pl.concat([features(tools, text) for text in texts])
    assert together.equals(apart)


def test_features_have_names(tools):
    assert len(set(FEATURES)) == len(FEATURES) and set(FLAGS) <= set(FEATURES)
    assert FEATURES[:3] == ("positive", "negative", "net") and N_LEANINGS < len(FEATURES)
