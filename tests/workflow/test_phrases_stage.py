import csv

import polars as pl
import pytest

from textmine.errors import ConfigError
from textmine.store import Workspace, hash_path
from textmine.workflow import matrix_stage, phrases_stage, read_config, run

PLACES = "desa kota pasar sekolah kantor pantai gunung sungai stasiun masjid".split()


@pytest.fixture
def season(tmp_path):
    with (tmp_path / "posts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "username", "created_at", "text", "likes", "url"])
        for n in range(60):
            said = ("tanggap darurat", "vaksin gratis")[n % 2]
            text = f"{said}, {PLACES[n % 10]} {PLACES[n // 6]} warga"
            when, url = f"2020-03-{1 + n % 28:02d} 08:00:00", f"https://x.com/k/status/{n}"
            writer.writerow([n, f"kemen_{'ab'[n % 2]}", when, text, n, url])
    return tmp_path


def config(folder, language):
    path = folder / "season.toml"
    path.write_text(
        'workspace = "season"\n[ingest]\nsources = ["posts.csv"]\n[topics]\nn_topics = 2\n'
        f'[report]\nformats = ["csv"]\n[language]\n{language}\n'
    )
    return path


def terms(workspace):
    return set(pl.read_parquet(workspace.file("matrix") / "vocabulary.parquet")["term"])


def test_a_run_finds_phrases_when_it_is_asked_to_and_only_then(season):
    plain = run(config(season, ""))
    assert "phrases" not in [stage.manifest.stage for stage in plain.stages]
    assert {"tanggap", "darurat"} <= terms(plain.workspace)
    found = run(config(season, "phrases = true"))
    assert [stage.manifest.stage for stage in found.stages if stage.ran] == [
        "phrases",
        "matrix",
        "keywords",
        "topics",
        "report",
    ]
    assert "tanggap darurat" in terms(found.workspace) and "tanggap" not in terms(found.workspace)
    again = run(config(season, "phrases = true"))
    assert not any(stage.ran for stage in again.stages)
    run(config(season, "phrases = false"))
    assert "tanggap" in terms(found.workspace)


def test_the_same_posts_give_the_same_bytes(season):
    run(config(season, "phrases = true"))
    names = ["phrases.parquet", "matrix", "keywords.parquet", "topic_model"]
    first = [hash_path(season / "season" / name) for name in names]
    (season / "season").rename(season / "first")
    run(config(season, "phrases = true"))
    assert [hash_path(season / "season" / name) for name in names] == first


def test_phrases_in_a_configuration_are_yes_or_no(season):
    with pytest.raises(ConfigError, match="boolean") as caught:
        read_config(config(season, 'phrases = "tanggap darurat"'))
    assert caught.value.key == "language.phrases"


def test_a_change_of_the_language_finds_phrases_in_that_language(season):
    run(config(season, "phrases = true"))
    changed = run(config(season, "phrases = true\nstopwords = 'none'"))
    assert [stage.manifest.stage for stage in changed.stages if stage.ran][:2] == ["phrases", "matrix"]
    stemless = run(config(season, "phrases = true\nstopwords = 'none'\nstem = false"))
    assert [stage.manifest.stage for stage in stemless.stages if stage.ran][:1] == ["matrix"]


def test_own_phrases_are_the_same_from_python(season):
    run(config(season, ""))
    workspace = Workspace.open(season / "season")
    with workspace.lock():
        phrases_stage(workspace, phrases=["Warga Desa", "vaksin  GRATIS"], only=True)
        matrix_stage(workspace, phrases=True, keep_words=True)
    table = pl.read_parquet(workspace.file("phrases.parquet"))
    assert table.select("phrase", "count", "own").rows() == [("vaksin gratis", 30, True), ("warga desa", 0, True)]
    assert {"vaksin gratis", "vaksin", "gratis"} <= terms(workspace)
