from pathlib import Path

import pytest

from textmine import resources
from textmine.errors import ResourceNotFoundError


def test_an_explicit_path_wins_and_nothing_else_is_tried(tmp_path):
    assert resources.find("corpora", explicit=tmp_path) == tmp_path
    with pytest.raises(ResourceNotFoundError) as caught:
        resources.find("corpora", explicit=tmp_path / "no")
    assert len(caught.value.places) == 1


def test_the_environment_goes_before_the_checkout(tmp_path, monkeypatch):
    (tmp_path / "corpora").mkdir()
    monkeypatch.setenv("TEXTMINE_HOME", str(tmp_path))
    assert resources.find("corpora") == tmp_path / "corpora"


def test_the_checkout_is_found_without_any_setting(monkeypatch):
    monkeypatch.delenv("TEXTMINE_HOME", raising=False)
    assert resources.find("corpora") == Path(__file__).resolve().parents[1] / "corpora"


def test_every_place_that_was_looked_at_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTMINE_HOME", str(tmp_path))
    with pytest.raises(ResourceNotFoundError) as caught:
        resources.find("models/no-such-model")
    text = str(caught.value)
    assert str(tmp_path) in text and "the checkout" in text and "the installed package" in text


def test_another_projects_folder_is_not_taken_for_the_checkout(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n')
    assert not resources._is_checkout(tmp_path)
