from __future__ import annotations

import datetime as dt

import pytest

from textmine import resources
from textmine.errors import ConfigError
from textmine.simulation import SimulationSettings, load_settings


def written(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_absent_keys_keep_their_defaults(tmp_path):
    settings = load_settings(written(tmp_path, "n_agencies = 5\nstart = 2020-01-01\n[b]\nbumn = 0.6\n"))
    assert settings.n_agencies == 5
    assert settings.start == dt.date(2020, 1, 1)
    assert settings.dispersion == SimulationSettings().dispersion
    assert settings.exponent("bumn", "x") == 0.6
    assert settings.exponent("lembaga", "x") == 0.8


def test_the_most_specific_exponent_wins():
    settings = SimulationSettings(b={"default": 0.9, "x": 0.7, "bumn": 0.6, "bumn/x": 0.5})
    found = [settings.exponent(*pair) for pair in [("bumn", "x"), ("lembaga", "x"), ("bumn", "facebook")]]
    assert found == [0.5, 0.7, 0.6]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("n_post = 5", "n_post"),
        ("n_posts = 'many'", "n_posts"),
        ("n_posts = true", "n_posts"),
        ("n_posts = 0", "n_posts"),
        ("typos = 1.5", "typos"),
        ("start = 2020-05-01\nend = 2020-04-01", "end"),
        ("[clusters]\nkabupaten = 3", "clusters.kabupaten"),
        ("[b]\n'bumn/tiktok' = 1.0", "b.bumn/tiktok"),
        ("[audience]\nx = 'large'", "audience"),
        ("[platform_share]\nx = 0", "platform_share"),
        ("quality_sd = nan", "quality_sd"),
    ],
)
def test_a_wrong_setting_names_file_and_key(tmp_path, text, key):
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert caught.value.key == key
    assert str(path) in str(caught.value)
    assert key in str(caught.value)


def test_a_file_that_is_no_toml_or_missing_is_named(tmp_path):
    for path in (written(tmp_path, "n_posts = = 3"), tmp_path / "absent.toml"):
        with pytest.raises(ConfigError, match=path.name):
            load_settings(path)


def test_the_season_of_2020_has_its_published_size():
    settings = load_settings(resources.find("corpora/season2020/settings.toml"))
    assert (settings.n_agencies, settings.n_posts) == (249, 6_036_434)
    assert list(settings.clusters.values()) == [34, 50, 34, 131]


def test_the_demo_is_what_simulate_makes_without_settings():
    assert load_settings(resources.find("corpora/demo/settings.toml")) == SimulationSettings()
