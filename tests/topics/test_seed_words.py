import numpy as np
import pytest

from textmine.errors import ConfigError, NotEnoughDataError
from textmine.topics import TopicModel
from textmine.topics.seed_words import find_seed_words, load_seed_words

METHODS = ["nmf", "pairs", "lda", "tomotopy"]


@pytest.fixture
def matrix(matrix_of, themed_tokens):
    return matrix_of(themed_tokens)


def test_topics_are_read_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "topics.toml"
    path.write_text('Vaksinasi = ["vaksin", "#AyoVaksin"]\n"Pajak daerah" = ["pajak"]\n', encoding="utf-8")

    assert list(load_seed_words(path).items()) == [
        ("Vaksinasi", ("vaksin", "#AyoVaksin")),
        ("Pajak daerah", ("pajak",)),
    ]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('a = ["x"]\nVaksinasi = "vaksin"\n', 2, "must be a list of words"),
        ("\n\nVaksinasi = []\n", 3, "names no word"),
        ('Vaksinasi = ["vaksin", " "]\n', 1, "empty word"),
        ('Vaksinasi = ["vaksin", 3]\n', 1, "must be a list of words"),
        ('a = ["x"]\n[Vaksinasi]\nwords = ["vaksin"]\n', 2, "is a section"),
        ('a = ["x"]\na = = 3\n', 2, "is not TOML"),
        ("# nothing\n", None, "names no topic"),
    ],
)
def test_what_cannot_be_followed_is_named_with_its_line(tmp_path, text, line, says):
    path = tmp_path / "topics.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=says) as error:
        load_seed_words(path)
    assert error.value.line == line
    assert str(path) in str(error.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_seed_words(tmp_path / "none.toml")


def test_words_are_found_through_the_language_layer(posts_of):
    from textmine.counting import document_term_matrix

    matrix = document_term_matrix(posts_of(["Pelayanan vaksinasi #AyoVaksin", "melayani pajak"]))

    found = find_seed_words({"a": ["pelayanan", "#ayovaksin", "entah"], "b": ["pajak"]}, matrix.vocabulary, None)

    terms = matrix.vocabulary["term"].to_list()
    assert [sorted(terms[column] for column in columns) for columns in found.columns] == [
        ["#ayovaksin", "layan"],
        ["pajak"],
    ]
    assert found.unknown == ("entah",)


def test_a_topic_without_a_known_word_is_refused(matrix):
    with pytest.raises(NotEnoughDataError, match="none of the seed words of 'Olahraga'"):
        TopicModel(3, seed_words={"Olahraga": ["bola"]}).fit(matrix)


@pytest.mark.parametrize("method", METHODS)
def test_a_named_topic_keeps_its_name_and_gets_the_posts_of_its_words(matrix, themed_tokens, method):
    model = TopicModel(3, method=method, seed_words={"Pajak daerah": ["npwp"], "Kesehatan": ["suntik"]}).fit(matrix)

    labels = model.topics_["label"].to_list()
    assert {"Pajak daerah", "Kesehatan"} <= set(labels)
    tax, health = labels.index("Pajak daerah"), labels.index("Kesehatan")
    assert "npwp" in model.topics_["words"][tax] and "suntik" in model.topics_["words"][health]
    largest = model.transform(matrix).argmax(axis=1)
    assert (largest[96:] == tax).mean() > 0.9
    assert (largest[60:96] == health).mean() > 0.9


def test_seed_words_pull_a_topic_that_would_not_be_found(matrix_of, themed_tokens):
    random = np.random.default_rng(5)
    rare = [
        ["bansos", "sembako", *random.permutation(["warga", "kota", "hari", "kami"])[:2].tolist()] for _ in range(8)
    ]
    matrix = matrix_of([*themed_tokens, *rare])

    seeded = TopicModel(3, seed_words={"Bantuan": ["bansos"]}).fit(matrix)

    place = seeded.topics_["label"].to_list().index("Bantuan")
    assert seeded.topics_["words"][place][0] in ("bansos", "sembako")
    free = TopicModel(3).fit(matrix)
    assert not any(set(words[:3]) & {"bansos", "sembako"} for words in free.topics_["words"])


def test_more_named_topics_than_topics_is_said(matrix):
    with pytest.raises(NotEnoughDataError, match="2 topics are named beforehand and only 1 asked for"):
        TopicModel(1, seed_words={"a": ["vaksin"], "b": ["pajak"]}).fit(matrix)


def test_names_are_saved(matrix, tmp_path):
    model = TopicModel(3, seed_words={"Pajak daerah": ("npwp", "entah")}).fit(matrix)
    model.save(tmp_path / "model")

    loaded = TopicModel.load(tmp_path / "model")

    assert loaded.seed_names_ == model.seed_names_
    assert loaded.unknown_seed_words_ == ("entah",)
    assert loaded.seed_words == {"Pajak daerah": ("npwp", "entah")}
