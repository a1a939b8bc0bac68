import json

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from textmine.errors import ModelError
from textmine.language.settings import LanguageSettings
from textmine.store import hash_path
from textmine.topics import TopicModel


@pytest.fixture(params=["nmf", "lda", "tomotopy", "pairs"])
def model(request, matrix_of, themed_tokens):
    language = LanguageSettings(stem=False)
    return TopicModel(3, method=request.param, language=language, seed=2).fit(matrix_of(themed_tokens))


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_loaded_model_is_the_saved_one(model, matrix_of, themed_tokens, tmp_path):
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")

    assert loaded.get_params() == model.get_params()
    assert loaded.topics_.equals(model.topics_)
    assert loaded.vocabulary_.equals(model.vocabulary_)
    assert (loaded.coherence_, loaded.diversity_) == (model.coherence_, model.diversity_)
    assert (loaded.n_posts_, loaded.n_fit_posts_, loaded.data_hash_) == (120, model.n_fit_posts_, model.data_hash_)
    matrix = matrix_of(themed_tokens)
    np.testing.assert_array_equal(loaded.transform(matrix), model.transform(matrix))


def test_saving_twice_gives_the_same_bytes_and_no_pickle(model, tmp_path):
    model.save(tmp_path / "one")
    TopicModel.load(tmp_path / "one").save(tmp_path / "two")

    assert hash_path(tmp_path / "one") == hash_path(tmp_path / "two")
    names = {file.name for file in (tmp_path / "one").iterdir()}
    assert names == {"model.json", "components.npy", "term_scores.npy", "vocabulary.parquet", "topics.parquet"}
    assert np.load(tmp_path / "one" / "components.npy", allow_pickle=False).shape == model.components_.shape


def test_saving_replaces_an_earlier_model_and_nothing_else(model, tmp_path):
    model.save(tmp_path / "model")
    model.save(tmp_path / "model")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")

    with pytest.raises(ModelError, match="is not a topic model"):
        model.save(tmp_path / "letters")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters", "model"]


@pytest.mark.parametrize("name", ["components.npy", "term_scores.npy", "vocabulary.parquet", "topics.parquet"])
def test_a_damaged_or_missing_part_is_named(model, tmp_path, name):
    model.save(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"{name} is damaged"):
        TopicModel.load(tmp_path)

    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=f"{name} of the topic model is missing"):
        TopicModel.load(tmp_path)


def test_a_model_of_a_newer_textmine_asks_for_an_upgrade(model, tmp_path):
    model.save(tmp_path)
    edit(tmp_path / "model.json", format=99, textmine="9.9.9")

    with pytest.raises(ModelError, match=r"upgrade.*saved with 9\.9\.9") as caught:
        TopicModel.load(tmp_path)
    assert caught.value.saved_with == "9.9.9"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"format": "1"}', '{"format": 1}', '{"format": 1, "settings": 3}']
)
def test_a_broken_description_is_a_model_error(tmp_path, content):
    (tmp_path / "model.json").write_text(content)

    with pytest.raises(ModelError):
        TopicModel.load(tmp_path)


def test_no_model_says_how_to_make_one(tmp_path):
    with pytest.raises(ModelError, match="textmine topics"):
        TopicModel.load(tmp_path / "nowhere")


def test_settings_that_this_version_does_not_know_are_said(model, tmp_path):
    model.save(tmp_path)
    settings = json.loads((tmp_path / "model.json").read_text())["settings"]
    edit(tmp_path / "model.json", settings=settings | {"colour": "red"})

    with pytest.raises(ModelError, match="colour"):
        TopicModel.load(tmp_path)


def test_an_unfitted_model_cannot_be_saved(tmp_path):
    with pytest.raises(NotFittedError):
        TopicModel(3).save(tmp_path / "model")
