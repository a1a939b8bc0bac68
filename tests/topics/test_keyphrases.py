import numpy as np
import pytest

from textmine.counting import document_term_matrix
from textmine.language.phrases import Phrases
from textmine.language.settings import LanguageSettings
from textmine.topics import TopicModel
from textmine.topics.keyphrases import keyphrase_labels


@pytest.fixture
def posts(posts_of):
    random = np.random.default_rng(6)
    flood = ["pompa", "sungai", "hujan", "tanggul", "waduk", "selokan"]
    vaccine = ["dokter", "suntik", "imun", "klinik", "perawat", "virus"]
    captions = []
    for i in range(160):
        words, phrase = (flood, "tanggap darurat") if i % 2 else (vaccine, "vaksin booster")
        chosen = random.permutation(words)[:4].tolist()
        captions.append(" ".join([*chosen[:2], phrase, *chosen[2:], f"kata{i}"]))
    return posts_of(captions)


def test_a_label_is_an_expression_of_the_topics_posts_and_its_best_other_words(posts):
    model = TopicModel(2).fit(posts)

    labels = keyphrase_labels(model, posts)

    by_words = {("tanggul" in words): label for words, label in zip(model.topics_["words"], labels, strict=True)}
    assert by_words[True].startswith("tanggap darurat · ")
    assert by_words[False].startswith("vaksin booster · ")
    parts = by_words[True].split(" · ")
    assert len(parts) == 3 and not {"tanggap", "darurat"} & set(parts[1:])


def test_labels_do_not_depend_on_the_order_of_the_posts(posts):
    model = TopicModel(2).fit(posts)

    assert keyphrase_labels(model, posts[::-1]) == keyphrase_labels(model, posts)


def test_named_topics_and_outliers_keep_their_names(posts):
    model = TopicModel(2, seed_words={"Kesehatan": ["imun"]}, outliers=0.05).fit(posts)

    labels = keyphrase_labels(model, posts)

    assert {"Kesehatan", "(lain-lain)"} <= set(labels)
    assert sum(label.startswith("tanggap darurat") for label in labels) == 1


def test_posts_without_expressions_keep_the_words(posts_of, themed_tokens):
    posts = posts_of([" ".join(tokens) for tokens in themed_tokens[54:66]])
    model = TopicModel(2).fit(posts)

    assert keyphrase_labels(model, posts) == model.topics_["label"].to_list()


def test_a_models_own_phrases_are_not_said_twice(posts):
    language = LanguageSettings(phrases=Phrases(("tanggap darurat",)))
    model = TopicModel(2, language=language).fit(document_term_matrix(posts, language=language))

    labels = keyphrase_labels(model, posts)

    assert sum(label.startswith("tanggap darurat") for label in labels) == 1
    assert not any(label.count("tanggap darurat") > 1 for label in labels)
