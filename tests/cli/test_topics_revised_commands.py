"""Topics of a workspace after they are fitted: merged, split and followed over time."""

import io

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root

THEMES = {
    "banjir": ["banjir", "sungai", "hujan", "pompa", "tanggul"],
    "vaksin": ["vaksin", "dosis", "dokter", "imun", "suntik"],
    "pajak": ["pajak", "lapor", "npwp", "denda", "kantor"],
}
OTHERS = ["warga", "kota", "hari", "desa", "pasar", "pagi", "sore", "daerah", "provinsi", "bersama"]


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


def table(result):
    return pl.read_csv(io.StringIO(result.stdout))


def export(path, months=(1, 2, 3), themes=("banjir", "vaksin", "pajak"), n=40, seed=0, first=0):
    """Posts of two agencies; each of one theme and two words of all."""
    random = np.random.default_rng(seed)
    rows = ["id,username,created_at,text,likes,url"]
    for month in months:
        for i in range(n):
            theme = THEMES[themes[i % len(themes)]]
            words = [*random.permutation(theme)[:4], *random.permutation(OTHERS)[:2]]
            number = first + len(rows)
            rows.append(
                f"{number},kemen_{'ab'[i % 2]},2020-{month:02d}-{1 + i % 28:02d} 08:00,{' '.join(words)},{i},"
                f"https://x.com/k/status/{number}"
            )
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def season(tmp_path):
    textmine_("ingest", export(tmp_path / "posts.csv"), "-o", tmp_path / "season")
    textmine_("topics", tmp_path / "season", "-k", 3, "--by", "month")
    return tmp_path / "season"


def weights(season):
    kept = pl.read_parquet(season / "post_topics.parquet" / "*.parquet")
    return kept.group_by("topic").agg(pl.col("weight").sum()).sort("topic")


def test_merge_rewrites_the_tables_and_says_what_came_from_what(season):
    before = pl.read_parquet(season / "topic_groups.parquet")
    merged = textmine_("topics", "merge", season, 1, 2)
    assert "merged into topic 1: 1 (" in merged.stderr
    assert sorted(table(merged)["topic"]) == [0, 1]
    after = pl.read_parquet(season / "topic_groups.parquet")
    assert after["by"].unique().sort().to_list() == ["agency", "month"]
    summed = before.filter(pl.col("topic") > 0).group_by("by", "group", maintain_order=True).agg(pl.col("share").sum())
    joined = after.filter(pl.col("topic") == 1).join(summed, on=["by", "group"])
    assert joined["share"].to_list() == pytest.approx(joined["share_right"].to_list())
    assert weights(season)["weight"].sum() == pytest.approx(120)


def test_reports_and_tables_by_group_leave_merged_topics_as_they_are(season, tmp_path):
    textmine_("topics", "merge", season, 1, 2)
    labels = pl.read_parquet(season / "topics.parquet")
    shares = textmine_("topics", season, "--by", "platform")
    assert set(table(shares)["topic"]) == {0, 1}
    textmine_("report", season, "-o", tmp_path / "reports", "--lang", "en", "--format", "csv")
    assert pl.read_parquet(season / "topics.parquet").equals(labels)
    more = export(tmp_path / "more.csv", months=(4,), seed=5, first=1_000)
    textmine_("ingest", more, "-o", season)
    assert "run: textmine topics update" in textmine_("topics", "trend", season, code=1).stderr
    textmine_("report", season, "-o", tmp_path / "reports", "--lang", "en", "--format", "csv")
    kept = pl.read_parquet(season / "topics.parquet")
    assert sorted(kept["topic"]) == [0, 1] and set(kept["label"]) == set(labels["label"])
    assert weights(season)["weight"].sum() == pytest.approx(160), "merged topics are applied to the new posts"


def test_other_topics_can_be_asked_for_after_a_merge(season):
    textmine_("topics", "merge", season, "--to", 1)
    assert table(textmine_("topics", season, "-k", 3))["topic"].to_list() == [0, 1, 2]


def test_split_gives_new_ids_and_apply_knows_them(season, tmp_path):
    textmine_("topics", "merge", season, "--to", 2)
    split = textmine_("topics", "split", season, _merged_id(season))
    assert len(table(split)) == 3 and 3 in table(split)["topic"].to_list()
    applied = table(textmine_("topics", "apply", season / "topic_model", tmp_path / "posts.csv"))
    stored = weights(season)
    again = applied.group_by("topic").agg(pl.col("weight").sum()).sort("topic")
    assert again["topic"].to_list() == stored["topic"].to_list()
    assert again["weight"].to_list() == pytest.approx(stored["weight"].to_list(), abs=1e-4)


def _merged_id(season):
    """The most prevalent of the topics that are left is the merged one: it holds two of three equal themes."""
    topics = pl.read_parquet(season / "topics.parquet")
    return topics.sort("prevalence")["topic"][-1]


def test_a_topic_that_is_not_there_is_said_in_one_line(season):
    textmine_("topics", "merge", season, 1, 2)
    refused = textmine_("topics", "merge", season, 0, 2, code=1)
    assert "it was merged into 1" in refused.stderr
    assert textmine_("topics", "merge", season, code=2)
    assert textmine_("topics", "merge", season, 0, 1, "--to", 1, code=2)


def test_the_tree_names_what_is_merged_at_each_step(season):
    tree = table(textmine_("topics", "tree", season))
    assert tree["n_topics"].to_list() == [2, 1]
    assert tree["distance"].is_sorted()


def test_trends_by_group_have_labels_counts_and_bounds(season):
    trend = table(textmine_("topics", "trend", season, "--group", "agency"))
    assert set(trend["group"]) == {"kemen_a", "kemen_b"}
    assert trend["period"].unique().sort().to_list() == ["2020-01-01", "2020-02-01", "2020-03-01"]
    assert (trend["share_low"] <= trend["share"] + 1e-12).all() and (
        trend["share"] <= trend["share_high"] + 1e-12
    ).all()
    sums = trend.group_by("group", "period").agg(
        pl.col("share").sum(), pl.col("n_main").sum(), pl.col("n_posts").first()
    )
    assert sums["share"].to_list() == pytest.approx([1.0] * 6)
    assert (sums["n_main"] == sums["n_posts"]).all() and (sums["n_posts"] == 20).all()
    one = table(textmine_("topics", "trend", season, "--by", "week", "--topic", 2))
    assert set(one["topic"]) == {2} and one["by"].unique().to_list() == ["week"]
    assert "there is no topic 99; there are 0, " in textmine_("topics", "trend", season, "--topic", 99, code=2).stderr


def test_without_topics_a_trend_says_what_to_run(tmp_path):
    textmine_("ingest", export(tmp_path / "posts.csv"), "-o", tmp_path / "season")
    assert "run: textmine topics" in textmine_("topics", "trend", tmp_path / "season", code=1).stderr


@pytest.mark.parametrize("toolkit", ["gensim", "sklearn", "pyldavis"])
def test_export_writes_what_the_toolkit_reads_beside_the_posts(season, tmp_path, toolkit):
    from textmine import interop
    from textmine.matrix import StoredMatrix

    done = textmine_("export", season, "--to", toolkit, "-o", tmp_path / "out")
    assert done.stdout.strip() == str(tmp_path / "out")
    posts = pl.read_parquet(tmp_path / "out" / "posts.parquet")
    assert len(posts) == 120
    if toolkit == "pyldavis":
        assert interop.read_pyldavis(tmp_path / "out")["doc_topic_dists"].shape == (120, 3)
    else:
        read = interop.read_gensim if toolkit == "gensim" else interop.read_sklearn
        ours = StoredMatrix.open(season / "matrix").load()
        theirs = read(tmp_path / "out")
        assert theirs.vocabulary.equals(ours.vocabulary) and (theirs.counts != ours.counts).nnz == 0
    again = textmine_("export", season, "--to", toolkit, "-o", tmp_path / "out")
    assert again.exit_code == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    assert "holds other files" in textmine_("export", season, "--to", toolkit, "-o", tmp_path / "other", code=1).stderr


def test_word_intrusion_goes_out_without_answers_and_comes_back_scored(season, tmp_path):
    import csv
    import json

    asked = textmine_("topics", "intrusion", season, "-o", tmp_path / "sheet.csv", "--lang", "en", "--words", 4)
    assert "3 questions" in asked.stderr and asked.stdout.strip() == str(tmp_path / "sheet.csv")
    key = json.loads((tmp_path / "sheet.key.json").read_text())
    rows = list(csv.reader(io.StringIO((tmp_path / "sheet.csv").read_text(encoding="utf-8-sig"))))
    for row, item in zip(rows[1:], key["items"], strict=True):
        row[6] = str(item["intruder"])
    with (tmp_path / "ani.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    key_option = ("--key", tmp_path / "sheet.key.json")
    scored = textmine_("topics", "intrusion", season, "--score", tmp_path / "ani.csv", *key_option)
    assert "model precision 1.00" in scored.stderr and "guessing gives 0.20" in scored.stderr
    assert table(scored)["precision"].to_list() == [1.0, 1.0, 1.0]
    assert "no such key" in textmine_("topics", "intrusion", season, "--score", tmp_path / "ani.csv", code=1).stderr
    assert textmine_("topics", "intrusion", season, code=2)


def test_the_page_of_topics_is_written(season, tmp_path):
    done = textmine_("topics", "map", season, "--html", tmp_path / "topics.html")
    assert done.stdout.strip() == str(tmp_path / "topics.html")
    assert "Peta topik" in (tmp_path / "topics.html").read_text(encoding="utf-8")
