"""New months: topics keep their ids, a planted topic is found, a planted drift is told, and nothing changes without."""

import io

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.topics.drift import DRIFT_SCHEMA
from textmine.topics.revised_files import load_topics

THEMES = {
    "banjir": ["banjir", "sungai", "hujan", "pompa", "tanggul", "genangan"],
    "vaksin": ["vaksin", "dosis", "dokter", "imun", "suntik", "puskesmas"],
    "pajak": ["pajak", "lapor", "npwp", "denda", "kantor", "setoran"],
    "pemilu": ["pemilu", "suara", "kotak", "tps", "pemilih", "kampanye"],
}
OTHERS = ["warga", "kota", "hari", "desa", "pasar", "pagi", "sore", "daerah", "provinsi", "bersama"]


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


def export(path, themes, *, months, n=60, seed=0, first=0, words=THEMES):
    """Posts of two agencies, each of one theme and two words of all."""
    random = np.random.default_rng(seed)
    rows = ["id,username,created_at,text,likes,url"]
    for month in months:
        for i in range(n):
            theme = words[themes[i % len(themes)]]
            said = " ".join([*random.permutation(theme)[:4], *random.permutation(OTHERS)[:2]])
            number = first + len(rows)
            day = f"2020-{month:02d}-{1 + i % 28:02d} 08:00"
            rows.append(f"{number},kemen_{'ab'[i % 2]},{day},{said},{i},https://x.com/k/status/{number}")
    path.write_text("\n".join(rows) + "\n")
    return path


def tree(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"}


@pytest.fixture(params=["nmf", "lda", "pairs"])
def season(request, tmp_path):
    """Three months of three themes, with their topics."""
    posts = export(tmp_path / "old.csv", ["banjir", "vaksin", "pajak"], months=(1, 2, 3))
    textmine_("ingest", posts, "-o", tmp_path / "season")
    textmine_("topics", tmp_path / "season", "-k", 3, "--method", request.param, "--by", "month")
    return tmp_path / "season"


def theme_of_topics(season):
    """Theme that most words of each topic come from."""
    topics = pl.read_parquet(season / "topics.parquet")
    found = {}
    for topic, words in topics.select("topic", "words").iter_rows():
        hits = {theme: len(set(words[:6]) & set(known)) for theme, known in THEMES.items()}
        found[topic] = max(hits, key=hits.__getitem__)
        assert hits[found[topic]] >= 4, words
    return found


def add(season, tmp_path, themes, **options):
    new = export(tmp_path / "new.csv", themes, months=(4,), seed=9, first=5_000, **options)
    textmine_("ingest", new, "-o", season)
    result = textmine_("topics", "update", season)
    return result, pl.read_parquet(season / "topic_drift.parquet")


def test_without_new_posts_not_a_byte_changes(season):
    before = tree(season)
    result = textmine_("topics", "update", season)
    assert "no new posts" in result.stderr
    assert tree(season) == before
    assert pl.read_csv(io.StringIO(result.stdout)).is_empty()


def test_a_second_update_changes_nothing(season, tmp_path):
    add(season, tmp_path, ["banjir", "vaksin", "pajak"])
    before = tree(season)
    assert "no new posts" in textmine_("topics", "update", season).stderr
    assert tree(season) == before


def test_more_of_the_same_leaves_every_topic_stable_under_its_id_and_label(season, tmp_path):
    themes = theme_of_topics(season)
    labels = pl.read_parquet(season / "topics.parquet").select("topic", "label").sort("topic")
    result, drift = add(season, tmp_path, ["banjir", "vaksin", "pajak"])
    assert "60 new posts" in result.stderr and "the topics still hold" in result.stderr
    assert drift.schema == DRIFT_SCHEMA
    assert drift["verdict"].to_list() == ["stable"] * 3
    assert theme_of_topics(season) == themes
    assert pl.read_parquet(season / "topics.parquet").select("topic", "label").sort("topic").equals(labels)
    assert (drift["cosine"] > 0.95).all()
    assert drift["n_main_before"].sum() == 180 and drift["n_main_after"].sum() == 60


def test_a_planted_topic_of_a_later_month_is_found_and_the_others_keep_their_ids(season, tmp_path):
    themes = theme_of_topics(season)
    result, drift = add(season, tmp_path, ["banjir", "vaksin", "pajak", "pemilu", "pemilu"], n=100)
    assert theme_of_topics(season) == themes | {3: "pemilu"}
    assert drift.filter(topic=3)["verdict"].item() == "new"
    assert set(drift.filter(pl.col("topic") < 3)["verdict"]) <= {"stable", "shrank"}
    new = drift.filter(topic=3).row(0, named=True)
    assert new["n_main_after"] == pytest.approx(40, abs=4) and new["n_main_before"] <= 9
    assert new["new_terms"] > 0.6 and new["cosine"] is None
    assert "read those again" in result.stderr
    months = pl.read_parquet(season / "topic_groups.parquet").filter(pl.col("by") == "month", pl.col("topic") == 3)
    april = months.filter(pl.col("group") == "2020-04")["share"].item()
    assert april > 3 * months.filter(pl.col("group") != "2020-04")["share"].max()


def test_a_planted_drift_is_told_with_the_words_that_came(season, tmp_path):
    moved = THEMES | {"vaksin": ["vaksin", "dosis", "booster", "halal", "sertifikat", "aplikasi"]}
    themes = theme_of_topics(season)
    vaccine = next(topic for topic, theme in themes.items() if theme == "vaksin")
    _, drift = add(season, tmp_path, ["banjir", "vaksin", "pajak"], n=120, words=moved)
    row = drift.filter(topic=vaccine).row(0, named=True)
    assert row["verdict"] == "changed"
    assert row["divergence"] - row["by_chance"] > 0.1
    assert set(row["gained"][:4]) <= {"booster", "halal", "sertifikat", "aplikasi", "vaksin", "dosis"}
    assert set(row["lost"]) & {"dokter", "imun", "suntik", "puskesmas"}
    others = drift.filter(pl.col("topic") != vaccine)
    assert set(others["verdict"]) <= {"stable", "shrank", "grew", "new"}


def test_a_topic_without_new_posts_is_kept_and_marked(season, tmp_path):
    themes = theme_of_topics(season)
    tax = next(topic for topic, theme in themes.items() if theme == "pajak")
    _, drift = add(season, tmp_path, ["banjir", "vaksin"])
    assert drift.filter(topic=tax)["verdict"].item() == "vanished"
    assert theme_of_topics(season) == themes
    assert pl.read_parquet(season / "topics.parquet").filter(topic=tax)["n_posts"].item() == 60


def test_merged_topics_can_be_updated_and_stay_merged(season, tmp_path):
    textmine_("topics", "merge", season, 1, 2)
    _, drift = add(season, tmp_path, ["banjir", "vaksin", "pajak"])
    assert drift["topic"].to_list() == [0, 1]
    history = load_topics(season / "topic_model").history
    assert [change["action"] for change in history] == ["merge", "update"]
    shares = pl.read_parquet(season / "topics.parquet")["prevalence"]
    assert shares.sum() == pytest.approx(1.0, abs=0.01)


def test_an_id_that_is_gone_is_not_given_to_a_new_topic(season, tmp_path):
    textmine_("topics", "merge", season, 1, 2)
    add(season, tmp_path, ["banjir", "vaksin", "pajak"])
    planted = export(tmp_path / "more.csv", ["banjir", "pemilu"], months=(5,), n=100, seed=4, first=9_000)
    textmine_("ingest", planted, "-o", season)
    textmine_("topics", "update", season)
    assert sorted(pl.read_parquet(season / "topics.parquet")["topic"]) == [0, 1, 3]


def test_the_tables_and_the_report_follow_an_update(season, tmp_path):
    add(season, tmp_path, ["banjir", "vaksin", "pajak", "pemilu", "pemilu"], n=100)
    kept = pl.read_parquet(season / "topics.parquet")
    textmine_("report", season, "-o", tmp_path / "reports", "--format", "csv")
    assert pl.read_parquet(season / "topics.parquet").equals(kept)
    applied = textmine_("topics", "apply", season / "topic_model", tmp_path / "new.csv")
    assert 3 in pl.read_csv(io.StringIO(applied.stdout))["topic"].to_list()
    trend = textmine_("topics", "trend", season, "--topic", 3)
    assert "2020-04-01" in trend.stdout
    again = textmine_("topics", "merge", season, 0, 3)
    assert sorted(pl.read_csv(io.StringIO(again.stdout))["topic"]) == [0, 1, 2]
    assert (season / "topic_drift.parquet").exists()


def test_without_topics_an_update_says_what_to_run(tmp_path):
    posts = export(tmp_path / "old.csv", ["banjir"], months=(1,))
    textmine_("ingest", posts, "-o", tmp_path / "season")
    assert "run: textmine topics" in textmine_("topics", "update", tmp_path / "season", code=1).stderr
