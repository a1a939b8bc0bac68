"""The words that decided, and what is said of texts in bulk."""

import numpy as np
import polars as pl
import pytest

from textmine.sentiment import load_classifier
from textmine.sentiment.combination import NEUTRAL, OF_NEUTRAL
from textmine.sentiment.keytable import KeyTable
from textmine.sentiment.labels import CLASSES, DESCRIBED_SCHEMA, SentimentModel
from textmine.sentiment.ngrams import character_ngrams
from textmine.sentiment.words import LEAST

TEXTS = [
    "Pelayanannya ramah, makasih min 🙏",
    "kamar tidak bersih, sumpah kecewa",
    "Rapat koordinasi digelar hari Senin di Jakarta, 3 Maret 2020",
    "Gak jelas, error mulu",
    "bagus bagus bagus, tempatnya bagus",
]


@pytest.fixture(scope="module")
def shipped():
    return load_classifier()


def words_of(model, text, **options):
    return {word["word"]: word["weight"] for word in model.describe([text], **options)["words"][0]}


def test_label_and_probabilities_are_those_of_predict(shipped):
    table = shipped.describe(TEXTS)
    assert table.schema == DESCRIBED_SCHEMA
    assert table["label"].to_list() == shipped.predict(TEXTS).tolist()
    assert np.allclose(table.select(CLASSES).to_numpy(), shipped.predict_proba(TEXTS), atol=1e-6)
    assert isinstance(shipped, SentimentModel)


def test_a_text_without_words_has_no_label(shipped):
    table = shipped.describe(pl.Series(["", None, "https://x.co/a", "   "]))
    assert table.select("label", *CLASSES).null_count().row(0) == (4, 4, 4, 4)
    assert table["words"].to_list() == [[]] * 4
    assert shipped.describe([]).schema == DESCRIBED_SCHEMA


def test_phrases_and_turned_words_stand_as_one(shipped):
    assert set(words_of(shipped, TEXTS[1])) >= {"sumpah kecewa", "tidak bersih"}
    assert "tidak" not in words_of(shipped, TEXTS[1])
    assert set(words_of(shipped, "tidak mengecewakan")) == {"tidak mengecewakan"}
    assert "ramah" in words_of(shipped, TEXTS[0]) and "terima kasih" in words_of(shipped, TEXTS[0])


def test_words_come_heaviest_first_few_and_each_once(shipped):
    for words in shipped.describe(TEXTS)["words"]:
        weights = [word["weight"] for word in words]
        assert weights == sorted(weights, reverse=True)
        assert len(weights) <= 5 and min(weights) >= LEAST
    assert [word for word in words_of(shipped, TEXTS[4])].count("bagus") == 1
    assert len(words_of(shipped, TEXTS[2], n_words=1)) == 1
    assert not any(word.isdigit() or word in ".,!" for text in TEXTS for word in words_of(shipped, text))


def test_the_words_of_a_neutral_text_add_up_to_its_ngrams(shipped):
    text = "rapat digelar di kantor"
    stream = shipped._reader.read(pl.Series([text]))
    by_stem, by_character, _ = shipped.scorer_.score(stream, shipped.scorer_.look_up(stream))
    of_stem, of_character = shipped.weights_.neutral[OF_NEUTRAL : OF_NEUTRAL + 2]
    whole = of_stem * by_stem[0, NEUTRAL] + of_character * by_character[0, NEUTRAL]
    reading = shipped._read(stream)
    assert np.isclose(shipped._weigher()._of_units(reading).sum(), whole)


def test_without_its_first_word_a_text_is_less_of_its_label(shipped):
    for text in TEXTS[:4]:
        table = shipped.describe([text])
        label, first = table["label"][0], table["words"][0][0]["word"]
        if first in text:
            less = shipped.describe([text.replace(first, "")])
            assert less[label][0] < table[label][0]


def test_what_is_said_does_not_hang_on_the_batch(shipped):
    many = TEXTS * 8000  # more than one batch: a thread reads ahead
    table = shipped.describe(many)
    few = shipped.describe(TEXTS)
    assert table.tail(5).equals(few) and table.head(5).equals(few)
    assert table.slice(16_380, 10)["label"].to_list() == [few["label"][i % 5] for i in range(16_380, 16_390)]


def test_a_key_table_finds_what_is_in_it_and_nothing_else():
    rng = np.random.default_rng(0)
    keys = np.unique(rng.integers(0, 1 << 62, 30_000))
    numbers = np.concatenate([rng.integers(0, 1 << 62, 50_000), rng.choice(keys, 500), keys + 1])
    places, which = KeyTable(keys).find(numbers)
    assert places.tolist() == np.flatnonzero(np.isin(numbers, keys)).tolist()
    assert np.array_equal(keys[which], numbers[places])
    assert [part.tolist() for part in KeyTable(keys[:0]).find(numbers)] == [[], []]


def test_character_sums_are_those_of_the_ngrams_one_by_one(shipped):
    scorer = shipped.scorer_
    weight = dict(zip(scorer.vocabulary.characters, scorer.character_weights, strict=True))
    words = ["pelayanan", "a", "ok", "gak-gak", "naïve", "日本", "ku'", "sehat", "x" * 40]
    sums = scorer._characters.sums(words)
    for word, found in zip(words, sums, strict=True):
        known = [weight[ngram] for ngram in character_ngrams(word) if ngram in weight]
        assert np.allclose(found, np.sum(known, axis=0) if known else 0)
    assert scorer._characters.sums([]).shape == (0, 2)
