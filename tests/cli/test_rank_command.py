"""``textmine rank`` on a simulated season whose truth is known, and mistakes in one line."""

import io
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.ranking.hangs_on import SENSITIVITY_SCHEMA
from textmine.ranking.season_tables import RANKING_SCHEMA

AWARD = """
name = "ours"
title = { id = "Kami", en = "Ours" }

[clusters.semua]
title = { id = "Semua", en = "All" }
register = ["kementerian", "lembaga", "pemerintah provinsi"]

[eligibility]
min_posts = 5

[[categories]]
id = "on_instagram"
title = { id = "Di Instagram", en = "On Instagram" }
platforms = ["instagram"]
measure = "engagement_rate"

[[categories]]
id = "both"
title = { id = "Dua", en = "Both" }
measure = "0.5 * pct(engagement_rate@instagram) + 0.5 * pct(n_posts)"

[[categories]]
id = "tag"
title = { id = "Tagar", en = "Tag" }
hashtags = ["#MaskerKita"]
measure = "campaign_posts"
"""


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


def ranked(workspace, *arguments, award="gsm2020"):
    """Rows of JSON, and what was said."""
    result = textmine_("rank", workspace, "--awards", award, "--draws", 500, *arguments, "--format", "json")
    return json.loads(result.stdout), result.stderr


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("rank") / "exports"
    textmine_("simulate", "-o", folder)
    return folder


@pytest.fixture(scope="module")
def workspace(exports) -> Path:
    files = [exports / f"{name}.csv" for name in ("facebook", "x", "instagram", "youtube")]
    textmine_("ingest", *files, "--agencies", exports / "agencies.csv", "-o", exports.parent / "ws")
    return exports.parent / "ws"


@pytest.fixture(scope="module")
def season(workspace):
    return ranked(workspace)


def test_all_eligible_agencies_of_16_categories_are_ranked_in_order(season):
    rows, said = season
    assert set(rows[0]) == {*RANKING_SCHEMA.names(), "features", "examples"}
    assert all(row["features"] for row in rows) and all(bool(row["examples"]) == row["nominee"] for row in rows)
    assert {"category", "agency", "rank", "score", "low", "high", "p_top5", "nominee"} < set(rows[0])
    table = pl.DataFrame(rows)
    assert table["category"].n_unique() == 16 and table["eligible"].all()
    for (category,), ranks in table.group_by("category", maintain_order=True):
        assert ranks["rank"].to_list() == sorted(ranks["rank"]) and ranks["rank"][0] == 1, category
        assert 3 <= ranks["nominee"].sum() <= 5, category
        assert ranks.select(pl.all_horizontal(pl.col("low") <= pl.col("high"), pl.col("p_top5").is_between(0, 1)).all()
                            ).item()  # fmt: skip
        assert ranks["p_first"].sum() == pytest.approx(1, abs=0.02), category
        assert ranks["p_top5"].sum() == pytest.approx(min(5, len(ranks)), abs=0.05), category
    sure = table.filter(pl.col("category").str.starts_with("most_active"))
    assert not sure["uncertain"].any() and sure["low"].equals(sure["high"])
    assert table.filter(pl.col("category").str.starts_with("most_engaging"))["uncertain"].all()
    assert "SIMULATED" in said and "inferred" in said
    assert "quality is not known, so it is ranked by 0.5 * pct(engagement_rate) alone" in said


def test_the_truly_best_of_each_cluster_is_nominated(season, exports):
    truth = pl.read_parquet(exports / "truth_agencies.parquet").select(
        "agency", "cluster", "expected_at_equal_audience"
    )
    found = pl.DataFrame(season[0]).filter(pl.col("category").str.starts_with("most_engaging"))
    known = found.join(truth, on="agency")
    best = known.filter(
        pl.col("expected_at_equal_audience") == pl.col("expected_at_equal_audience").max().over("cluster")
    )
    assert best.height == 4 and best["nominee"].all()
    assert best.filter(pl.col("rank") == 1).height >= 3


def test_numbers_of_posts_are_those_of_the_export(season, exports):
    top = next(row for row in season[0] if row["category"] == "most_active/bumn")
    truth = pl.read_parquet(exports / "truth_agencies.parquet").filter(pl.col("cluster") == "bumn")
    assert top["agency"] == truth.sort("n_posts")["agency"][-1]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(workspace):
    def once(seed):
        return textmine_("rank", workspace, "--awards", "gsm2020", "--category", "most_engaging/bumn", "--seed", seed,
                         "--draws", 500).stdout  # fmt: skip

    assert once(3) == once(3) != once(4)
    rows = pl.read_csv(io.StringIO(once(3)))
    assert rows["category"].unique().to_list() == ["most_engaging/bumn"]


def test_flagged_posts_are_counted_and_can_be_left_out(workspace, season):
    assert "flagged posts count; without them" in season[1]
    rows, said = ranked(workspace, "--category", "most_active", "--without-flagged")
    assert "flagged posts of the period are left out" in said
    with_all = {(row["category"], row["agency"]): row["score"] for row in season[0]}
    fewer = [with_all[row["category"], row["agency"]] - row["score"] for row in rows]
    assert fewer == [row["flagged"] for row in rows]
    assert min(fewer) == 0 < sum(fewer) == int(said.split(" flagged posts")[0].splitlines()[-1].replace(",", ""))


def test_an_agency_s_place_is_explained_in_both_languages(workspace, season):
    last = [row for row in season[0] if row["category"] == "most_engaging/bumn"][-1]["agency"]
    told, _ = ranked(workspace, "--category", "most_engaging", "--explain", last.upper(), "--lang", "en")
    (row,) = told
    assert (row["category"], row["agency"], row["nominee"]) == ("most_engaging/bumn", last, False)
    assert f"{last} is not a nominee for Most Engaging: State-owned companies" in row["explanation"]
    assert "would be a nominee" in row["explanation"]
    shown = textmine_("rank", workspace, "--awards", "gsm2020", "--category", "most_engaging", "--explain", last,
                      "--format", "table").stdout  # fmt: skip
    assert shown.startswith("most_engaging/bumn\n") and "Keterlibatan Tertinggi" in shown


def test_sensitivity_says_what_a_list_hangs_on(workspace):
    rows, _ = ranked(workspace, "--category", "most_engaging/lembaga", "--sensitivity")
    table = pl.DataFrame(rows, schema=SENSITIVITY_SCHEMA)
    kinds = {"definition", "flagged", "period", "platform", "smallest account", "top post", "other lists"}
    assert kinds == set(table["kind"])
    assert "rivaliq" in table["variant"] and "hootsuite_reach" not in table["variant"]  # nobody reports reach
    shares = pl.col("kind") == "other lists"
    lists = table.filter(~shares)
    assert lists["tau"].is_between(-1, 1).all() and (lists["first"].list.len() > 0).all()
    assert table.filter(shares)["share"].is_between(0, 1).all()
    shown = textmine_("rank", workspace, "--awards", "gsm2020", "--category", "most_engaging/lembaga", "--sensitivity",
                      "--format", "table").stdout  # fmt: skip
    assert "rivaliq" in shown and "without flagged posts" in shown


def test_nominees_for_people_fit_a_terminal(workspace):
    shown = textmine_(
        "rank", workspace, "--awards", "gsm2020", "--category", "most_engaging", "--format", "table"
    ).stdout
    assert shown.count("most_engaging/") == 4 and "90 %" in shown and "…" not in shown


def test_a_single_category_is_shown_with_what_stands_behind_it(workspace):
    shown = textmine_("rank", workspace, "--awards", "gsm2020", "--category", "most_engaging/bumn", "--draws", 500,
                      "--format", "table").stdout  # fmt: skip
    assert "most_engaging/bumn, what stands behind: engagement_rate, ratio to expected" in shown
    assert shown.count("  best, 1 of ") == shown.count("most_engaging/bumn: posts of ") >= 3
    assert "  typical, " in shown and "https://www." in shown and "times what its audience lets expect" in shown


def test_a_page_of_charts_is_written_beside_what_is_printed(workspace, tmp_path):
    page = tmp_path / "charts" / "gsm2020.html"
    rows, said = ranked(workspace, "--picture", page, "--sensitivity", "--lang", "en")
    assert f"charts: {page}" in said and {row["kind"] for row in rows} >= {"period", "top post"}
    assert "Most Engaging: State-owned companies" in page.read_text(encoding="utf-8")
    refused = textmine_(
        "rank", workspace, "--awards", "gsm2020", "--picture", page, "--category", "most_active", code=2
    )
    assert "leave out --category" in refused.stderr


def test_features_and_examples_are_tables_of_their_own(workspace):
    features, _ = ranked(workspace, "--features")
    assert {row["measure"] for row in features} == {"n_posts", "engagement_rate", "image_engagement_rate",
                                                    "video_engagement_rate"}  # fmt: skip
    examples = textmine_("rank", workspace, "--awards", "gsm2020", "--draws", 500, "--examples", "--category",
                         "most_active", "--format", "csv").stdout  # fmt: skip
    table = pl.read_csv(io.StringIO(examples), infer_schema_length=None)
    assert table["kind"].unique().sort().to_list() == ["best", "typical"] and table["category"].n_unique() == 4


def test_captions_do_not_drive_the_terminal(exports, tmp_path):
    files = [exports / f"{name}.csv" for name in ("facebook", "x", "instagram", "youtube")]
    posts = pl.read_csv(files[2], infer_schema_length=None)
    name = "caption" if "caption" in posts.columns else next(each for each in posts.columns if "caption" in each)
    posts.with_columns(pl.lit("\x1b]0;owned\x07 *\u202eterbalik " + "x" * 20).alias(name)).write_csv(
        tmp_path / "bad.csv"
    )
    textmine_("ingest", tmp_path / "bad.csv", "--agencies", exports / "agencies.csv", "-o", tmp_path / "ws")
    shown = textmine_("rank", tmp_path / "ws", "--awards", "gsm2020", "--category", "most_engaging/bumn",
                      "--draws", 100, "--format", "table").stdout  # fmt: skip
    assert "terbalik" in shown and "\x1b" not in shown and "\u202e" not in shown


def test_a_file_of_one_s_own_with_platforms_and_a_campaign_is_followed(workspace, tmp_path):
    (tmp_path / "ours.toml").write_text(AWARD, encoding="utf-8")
    rows, _ = ranked(workspace, award=tmp_path / "ours.toml")
    assert {row["category"] for row in rows} == {"on_instagram/semua", "both/semua", "tag/semua"}
    assert {row["uncertain"] for row in rows if not row["category"].startswith("tag/")} == {True}
    prefixes = {row["agency"].split("-")[0] for row in rows}
    assert prefixes == {"kem", "lem", "prov"}  # three clusters of the register are one of the award


def test_mistakes_are_told_in_one_line(workspace, exports, tmp_path):
    def said(*arguments, code=1):
        lines = textmine_("rank", *arguments, code=code).stderr.splitlines()
        assert len([line for line in lines if line.startswith("Error: ")]) == 1
        return lines[-1]

    assert "did you mean most_engaging?" in said(workspace, "--awards", "gsm2020", "--category", "most_engagin")
    assert "did you mean kem-tanggap-darurat?" in said(
        workspace, "--awards", "gsm2020", "--explain", "kem-tangap-darurat"
    )
    assert "2019-10-01 to 2020-10-31" in said(workspace, "--awards", "gsm2022")
    assert "give one of them" in said(workspace, "--awards", "gsm2020", "--explain", "x", "--sensitivity", code=2)
    textmine_("ingest", exports / "youtube.csv", "-o", tmp_path / "bare")
    assert "--agencies" in said(tmp_path / "bare", "--awards", "gsm2020")
    register = (exports / "agencies.csv").read_text(encoding="utf-8")
    for cluster in ("kementerian", "lembaga", "pemerintah provinsi", "bumn"):
        register = register.replace(f",{cluster},", ",desa,")
    (tmp_path / "villages.csv").write_text(register, encoding="utf-8")
    textmine_("ingest", exports / "youtube.csv", "--agencies", tmp_path / "villages.csv", "-o", tmp_path / "villages")
    assert "desa" in said(tmp_path / "villages", "--awards", "gsm2020")
