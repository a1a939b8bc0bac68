import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import f1_score

from textmine.errors import ModelError
from textmine.sentiment import SentimentClassifier, load_classifier, save_classifier
from textmine.sentiment.ngrams import character_ngrams

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
PLACES = ["kamar", "toko", "kantor", "restoran", "kafe", "jalan", "loket", "pasar", "taman", "halte"]
TEXTS = [
    *(f"{place} bagus dan bersih sekali" for place in PLACES),
    *(f"{place} kotor , bau dan rusak" for place in PLACES),
    *(f"rapat di {place} digelar hari senin" for place in PLACES),
]
LABELS = ["positive"] * 10 + ["negative"] * 10 + ["neutral"] * 10


@pytest.fixture(scope="module")
def fitted():
    return SentimentClassifier().fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def shipped():
    return load_classifier()


def test_learns_what_separates_the_classes(fitted):
    assert fitted.predict(TEXTS).tolist() == LABELS
    found = fitted.predict_proba(TEXTS)
    assert found.shape == (30, 3) and np.allclose(found.sum(axis=1), 1)
    assert fitted.classes_.tolist() == ["negative", "neutral", "positive"]


def test_the_same_data_give_the_same_classifier(fitted):
    again = clone(fitted).fit(pl.Series(TEXTS), np.array(LABELS))
    new = ["sinyal lemot banget 😡", "makasih ya min", "jadwal hari ini"]
    assert np.array_equal(again.predict_proba(new), fitted.predict_proba(new))


def test_probabilities_do_not_hang_on_the_other_texts(fitted):
    texts = [*TEXTS, "", "👍👍", "gak jelas"]
    together = fitted.predict_proba(texts)
    apart = np.concatenate([fitted.predict_proba([text]) for text in texts])
    assert np.allclose(together, apart)
    assert np.allclose(fitted.predict_proba(texts[::-1])[::-1], together)


def test_a_text_without_words_is_neutral(fitted):
    assert fitted.predict_proba(pl.Series(["", "   ", None])).tolist() == [[0, 1, 0]] * 3
    assert fitted.predict_proba([]).shape == (0, 3)


def test_words_that_no_training_text_had_are_left_to_the_lexicon(fitted):
    assert fitted.predict(["gercep mantul kece", "lemot zonk nyebelin"]).tolist() == ["positive", "negative"]


def test_words_that_are_new_are_counted_beside_what_is_to_be_expected(fitted):
    """Expected: a word is new if its text alone made it known. Places stand in three texts, the rest in ten."""
    found = fitted.unseen_words(["kamar kamar bagus", "zebra naik kuda"])
    assert (found.n_types, found.n_tokens) == (5, 6)
    assert found.tokens == pytest.approx(3 / 6) and found.types == pytest.approx(3 / 5)
    assert found.expected_tokens == 0
    rare = SentimentClassifier(min_stem_texts=3).fit(TEXTS, LABELS)
    n_words = sum(word.isalpha() for text in TEXTS for word in text.split())
    assert rare.unseen_words(["kamar"]).expected_tokens == pytest.approx(30 / n_words)


def test_texts_of_the_same_kind_are_stable_and_other_languages_drift(shipped):
    posts = ["pelayanan di kantor ini ramah dan cepat, terima kasih", "kamar kotor dan makanan tidak enak"] * 50
    assert shipped.unseen_words(posts).verdict == "stable"
    assert shipped.unseen_words(["Guten Morgen liebe Leute heute regnet es wieder"] * 50).verdict == "drifted"


def test_without_words_nothing_is_new(shipped):
    found = shipped.unseen_words(["", "123 !!", None])
    assert (found.n_tokens, found.tokens, found.verdict) == (0, 0.0, "stable")


def test_wrong_labels_are_named():
    with pytest.raises(ValueError, match="'netral' is no label"):
        SentimentClassifier().fit(TEXTS, ["netral", *LABELS[1:]])
    with pytest.raises(ValueError, match="'neutral' stands at 0 texts"):
        SentimentClassifier().fit(TEXTS[:20], LABELS[:20])
    with pytest.raises(ValueError, match="30 texts"):
        SentimentClassifier().fit(TEXTS, LABELS[:-1])


def test_an_unfitted_classifier_says_so(tmp_path):
    with pytest.raises(NotFittedError):
        SentimentClassifier().predict(["bagus"])
    with pytest.raises(NotFittedError):
        save_classifier(SentimentClassifier(), tmp_path)


def test_what_is_saved_comes_back(fitted, tmp_path):
    save_classifier(fitted, tmp_path)
    back = load_classifier(tmp_path)
    new = [*TEXTS, "sinyal lemot banget 😡", "makasih ya min"]
    assert np.allclose(back.predict_proba(new), fitted.predict_proba(new), atol=1e-6)
    assert back.get_params() == fitted.get_params() and back.n_texts_ == 30
    before = (tmp_path / "weights.npz").read_bytes()
    save_classifier(fitted, tmp_path)
    assert (tmp_path / "weights.npz").read_bytes() == before


def test_a_damaged_or_foreign_classifier_is_refused(fitted, tmp_path):
    with pytest.raises(ModelError, match="no sentiment classifier here"):
        load_classifier(tmp_path)
    save_classifier(fitted, tmp_path)
    description = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps(description | {"format": 99}))
    with pytest.raises(ModelError, match="newer textmine"):
        load_classifier(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(description | {"lexicon": "0" * 64}))
    with pytest.raises(ModelError, match="another sentiment lexicon"):
        load_classifier(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(description))
    weights = (tmp_path / "weights.npz").read_bytes()
    (tmp_path / "weights.npz").write_bytes(weights[:-1] + b"x")
    with pytest.raises(ModelError, match="checksum"):
        load_classifier(tmp_path)
    (tmp_path / "weights.npz").unlink()
    with pytest.raises(ModelError, match="missing"):
        load_classifier(tmp_path)


def test_character_ngrams_lie_inside_a_word():
    assert character_ngrams("ab") == [" a", "ab", "b ", " ab", "ab ", " ab "]
    assert max(map(len, character_ngrams("pelayanan"))) == 5


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Pelayanannya ramah dan gercep, makasih min 🙏", "positive"),
        ("Udah 3 hari blm dibalas, kecewa!", "negative"),
        ("Jalannya rusak parah, tolong diperbaiki pak", "negative"),
        ("Gak jelas websitenya error mulu", "negative"),
        ("Tidak mengecewakan sama sekali!", "positive"),
        ("Mantap pak, tapi antriannya masih lama banget 😭", "negative"),
        ("Kementerian Kesehatan meluncurkan program imunisasi di 34 provinsi.", "neutral"),
        ("Syarat pendaftaran: KTP, ijazah, dan pas foto.", "neutral"),
    ],
)
def test_the_shipped_classifier_reads_posts_and_comments(shipped, text, label):
    assert shipped.predict([text]).tolist() == [label]


def test_the_shipped_classifier_says_which_words_decided(shipped):
    assert shipped.explain("dia ingkar janji!") == [("ingkar janji", -3.0)]
    assert shipped.explain("kamar tidak bersih, sumpah kecewa 👎") == [
        ("bersih", -1.6),
        ("sumpah kecewa", -3.0),
        ("👎", -2.0),
    ]


def test_the_shipped_classifier_keeps_its_promises_on_labelled_texts(shipped):
    path = SHARED / "sentiment/smsa/valid_preprocess.tsv"
    if not path.exists():
        pytest.skip("no shared/data/sentiment/smsa: the scores of the shipped classifier were not checked")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    truth = np.array([label for _, label in rows])
    found = shipped.predict_proba([text for text, _ in rows])
    labels = shipped.classes_[found.argmax(axis=1)]
    assert f1_score(truth, labels, average="macro") >= 0.88
    sure, right = found.max(axis=1), labels == truth
    bins = np.minimum((sure * 15).astype(int), 14)
    gaps = [abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    assert sum(gaps) <= 0.05
