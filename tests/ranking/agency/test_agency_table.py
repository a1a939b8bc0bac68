"""One row an agency: activity, engagement, rates and what classifiers say, worked by hand."""

import io
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.datasets import load_svmlight_file
from sklearn.metrics import ndcg_score

from tests.rates.conftest import made
from textmine.cli.main import root
from textmine.errors import InputError, NotEnoughDataError
from textmine.inorder import InOrder
from textmine.ranking import measures, read_awards
from textmine.ranking.agency import (
    agency_dictionary,
    agency_dictionary_table,
    agency_features_of,
    agency_features_stage,
    missing_sources,
    write_ranking_export,
)
from textmine.ranking.agency.content import quality_measures, sentiment_measures
from textmine.ranking.agency.dictionary import OF_THE_MODEL, base_of
from textmine.ranking.agency.export import read_relevance
from textmine.ranking.agency.table import agency_table
from textmine.rates import shipped_definitions
from textmine.sentiment.labels import CLASSES
from textmine.store import Workspace


def posts(*rows):
    return made(*(row | {"account": row.get("account") or row["agency"]} for row in rows)).lazy()


REGISTER = pl.DataFrame(
    {"agency": ["a", "b", "silent"], "name": ["A", "B", "S"], "cluster": ["kementerian", "kementerian", "lembaga"]}
)


@pytest.fixture
def table():
    """Four weeks from Monday 4 March; a: three posts in week 1, one in week 3, a video on X; b: one post."""
    rows = [
        {"agency": "a", "likes": 10, "comments": 2, "followers": 100, "views": 50},
        {"agency": "a", "likes": 20, "comments": 0, "followers": 100, "media_type": "carousel"},
        {"agency": "a", "comments": 5, "followers": 100, "hidden": ["likes"], "media_type": "reel"},
        {"agency": "a", "likes": 6, "comments": 0, "followers": 300, "media_type": "text",
         "published_at": "2024-03-20"},
        {"agency": "a", "likes": 9, "comments": 1, "shares": 2, "followers": 50, "platform": "x", "media_type": "video",
         "published_at": "2024-03-31", "views": 70},
        {"agency": "a", "likes": 999, "comments": 9, "followers": 100, "post_kind": "repost"},
        {"agency": "b", "likes": 1, "comments": 0, "followers": 10},
        {"agency": "elsewhere", "likes": 1, "comments": 0, "followers": 10},
    ]  # fmt: skip
    return agency_table(posts(*rows), register=REGISTER)


def row(table, agency):
    return table.row(by_predicate=pl.col("agency") == agency, named=True)


def test_activity_is_counted_by_platform_and_medium(table):
    assert table["agency"].to_list() == ["a", "b", "silent"]
    a = row(table, "a")
    assert (a["n_posts"], a["n_posts@instagram"], a["n_posts@x"], a["n_posts@facebook"]) == (5, 4, 1, 0)
    assert (a["image_n_posts"], a["video_n_posts"], a["video_n_posts@x"]) == (2, 2, 1)
    assert a["image_media_share"] == 0.4 and a["video_media_share@instagram"] == 0.25
    assert a["posts_per_week"] == 5 / 4 and a["active_weeks_share"] == 0.75
    assert row(table, "b")["video_media_share"] == 0 and row(table, "b")["video_media_share@x"] is None
    assert a["cluster"] == "kementerian"


def test_engagement_is_that_of_the_posts_that_report_it(table):
    a = row(table, "a")
    assert (a["engagement_total"], a["engagement_total@x"]) == (12 + 20 + 6 + 12, 12)
    assert (a["engagement_per_post"], a["engagement_median"], a["engagement_coverage"]) == (12.5, 12, 0.8)
    assert (a["video_engagement_total"], a["video_engagement_total@instagram"]) == (12, None)
    assert (a["views_total"], a["views_per_post"]) == (120, 60)
    # Weekly means on Instagram are 100 and 300; 50 on X.
    assert (a["audience"], a["audience@instagram"], a["audience@x"]) == (250, 200, 50)


def test_a_published_rate_is_as_published_on_a_platform_and_standardised_together(table):
    a, b = row(table, "a"), row(table, "b")
    assert a["rivaliq@instagram"] == pytest.approx(100 * 38 / 500) and b["rivaliq@instagram"] == pytest.approx(10)
    assert a["image_rivaliq@instagram"] == pytest.approx(100 * 32 / 200)
    assert (a["rivaliq"], b["rivaliq"]) == pytest.approx((-1, 1))  # nobody else is on X: it says nothing
    assert (a["image_rivaliq"], b["image_rivaliq"]) == pytest.approx((1, -1))
    assert a["rivaliq@x"] == pytest.approx(24) and a["hootsuite_reach"] is None


def test_an_agency_without_posts_has_noughts_and_nulls(table):
    silent = row(table, "silent")
    known = {name for name, value in silent.items() if value is not None}
    assert known - {"agency", "cluster"} == {
        each.name for each in agency_dictionary() if each.null == "never" and each.group != "key"
    }
    assert silent["n_posts@x"] == 0 and silent["engagement_total"] is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 27), min_size=1, max_size=30))
def test_consistency_is_one_less_the_gini_of_all_weeks(days):
    rows = [{"agency": "a", "published_at": f"2024-03-{4 + day:02d}"} for day in days]
    found = agency_table(posts(*rows), first=date(2024, 3, 4), last=date(2024, 3, 31))["consistency"].item()
    counts = np.bincount([day // 7 for day in days], minlength=4).astype(float)
    gini = np.abs(counts[:, None] - counts[None, :]).sum() / (2 * len(counts) ** 2 * counts.mean())
    assert found == pytest.approx(1 - gini)


def test_columns_are_the_documented_measures_and_nothing_else(table):
    dictionary = agency_dictionary_table()
    assert table.columns == dictionary["column"].to_list()
    wanted = {
        column
        for each in measures().values()
        if not each.needs_campaign and base_of(each) not in OF_THE_MODEL
        for column in each.columns
    }
    assert set(table.columns) == wanted | {"agency", "cluster"}
    assert all(all(value for value in told[:-1]) for told in dictionary.iter_rows())
    units = dict(dictionary.select("column", "unit").iter_rows())
    for name, each in shipped_definitions().items():
        assert units[f"{name}@x"] == each.unit and units[name].startswith("standard deviations")


def test_portions_change_nothing():
    rows = [
        {"agency": f"a{n % 5}", "likes": n, "comments": 1, "followers": 10 + n % 7,
         "media_type": ["image", "video"][n % 2],
         "platform": ["x", "facebook"][n % 3 % 2], "published_at": f"2024-03-{n % 28 + 1:02d}"}
        for n in range(100)
    ]  # fmt: skip
    assert agency_table(posts(*rows), portion=20).equals(agency_table(posts(*rows)))
    with pytest.raises(NotEnoughDataError):
        agency_table(posts(*rows), first=date(2031, 1, 1))


def said(tmp_path, marked, **columns):
    table = marked.collect().select("platform", "post_id").with_columns(pl.Series(k, v) for k, v in columns.items())
    return InOrder(table.lazy(), path=tmp_path, stage="sentiment")


def test_what_classifiers_say_is_added_up_over_posts_that_count(tmp_path):
    kinds = ["image", "video", "image", "image", "image"]
    rows = [{"agency": name, "media_type": kind} for name, kind in zip("aaaba", kinds, strict=True)]
    marked = posts(*rows).with_columns(pl.Series("counts", [True, True, True, True, False]).alias("counts"))
    label = pl.Series(["positive", "negative", None, "positive", "positive"], dtype=pl.Enum(CLASSES))
    told = said(tmp_path, marked, label=label, negative=[0.1, 0.8, None, 0.0, 0.0],
                neutral=[0.2, 0.1, None, 0.4, 0.0], positive=[0.7, 0.1, None, 0.6, 1.0])  # fmt: skip
    found = sentiment_measures(marked, told, None)
    a = found.filter(platform="together", prefix="", agency="a").row(0, named=True)
    assert a["positive_posts"] == pytest.approx(0.8) and a["negative_share"] == pytest.approx(0.45)
    quality = quality_measures(marked, said(tmp_path, marked, p_tinggi=[0.5, 1.0, None, 0.25, 0.0]))
    told_of = {key[:3]: key[3] for key in quality.iter_rows()}
    assert told_of[("a", "instagram", "")] == 0.75 and told_of[("a", "together", "video_")] == 1
    assert told_of[("b", "together", "image_")] == 0.25


@pytest.fixture
def six():
    rows = [
        {"agency": name, "likes": 10 * n + 1, "comments": 1, "followers": 100, "media_type": medium}
        for n, name in enumerate("abcdef")
        for medium in ("image", "video")
    ]
    clusters = ["kementerian", "kementerian", "kementerian", "lembaga", "lembaga", "bumn"]
    register = pl.DataFrame({"agency": list("abcdef"), "name": list("abcdef"), "cluster": clusters})
    return agency_table(posts(*rows), register=register)


def test_an_export_is_read_back_by_scikit_learn_with_its_groups(six, tmp_path):
    relevance = pl.DataFrame({"agency": ["c", "b", "e"], "relevance": [2, 1, 1]})
    export = write_ranking_export(tmp_path / "ltr", six, relevance=relevance)
    matrix, target, query = load_svmlight_file(str(tmp_path / "ltr/features.svmlight"), query_id=True)
    assert matrix.shape == (5, len(export.columns)) and query.tolist() == [0, 0, 0, 1, 1]
    # 16 digits are written.
    assert np.allclose(matrix.toarray(), export.features, rtol=1e-14, atol=0, equal_nan=True)
    sizes = [int(line) for line in (tmp_path / "ltr/groups.txt").read_text().splitlines()]
    assert sizes == [3, 2] and sum(sizes) == len(target)
    rows = pl.read_csv(tmp_path / "ltr/rows.csv")
    assert rows["agency"].to_list() == list("abcde") and rows["relevance"].to_list() == target.tolist() == [
        0,
        1,
        2,
        0,
        1,
    ]
    names = pl.read_csv(tmp_path / "ltr/columns.csv")["feature"].to_list()
    scores = matrix.toarray()[:, names.index("engagement_total")]
    assert ndcg_score([target[:3]], [scores[:3]]) == pytest.approx(1)
    assert ndcg_score([target[:3]], [-rankdata(scores[:3])]) < 0.8


AWARD = """
name = "kota"
title = "Kota"
[clusters.kementerian]
title = "Kementerian"
[clusters.lembaga]
title = "Lembaga"
[[categories]]
id = "busy"
title = "Busy"
measure = "n_posts"
eligibility = { exclude = ["a"] }
[[categories]]
id = "all"
title = "All"
measure = "n_posts"
awarded_to = "all clusters"
[[categories]]
id = "campaign"
title = "Campaign"
measure = "campaign_posts"
campaign = "own"
"""


def test_groups_of_an_award_are_its_eligible_agencies(six, tmp_path):
    (tmp_path / "kota.toml").write_text(AWARD, encoding="utf-8")
    award = read_awards(tmp_path / "kota.toml")
    rows = write_ranking_export(tmp_path, six, award=award).rows
    assert rows.group_by("group", maintain_order=True).agg("agency").rows() == [
        ("busy/kementerian", ["b", "c"]),
        ("busy/lembaga", ["d", "e"]),
        ("all", ["a", "b", "c", "d", "e"]),
    ]
    assert rows["relevance"].to_list() == [0] * len(rows)
    won = pl.DataFrame({"group": ["all"], "agency": ["c"], "relevance": [1]})
    told = write_ranking_export(tmp_path, six, award=award, relevance=won).rows
    assert told.filter(pl.col("relevance") > 0).rows() == [("all", "c", 1)]
    with pytest.raises(NotEnoughDataError, match="no group"):
        write_ranking_export(tmp_path, six.head(1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agency,relevanse\na,1\n", "column 'relevance'"),
        ("agency,relevance\na,1\nb,first\n", "row 2"),
        ("agency,relevance\na,-1\n", "no whole number"),
    ],
)
def test_mistakes_in_relevance_are_told_with_their_place(tmp_path, text, said):
    (tmp_path / "won.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_relevance(tmp_path / "won.csv")


def test_the_example_of_the_page_says_what_scikit_learn_says(capsys):
    page = (Path(__file__).resolve().parents[3] / "docs" / "features.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    exec(compile(block, "docs/features.md", "exec"), {})
    assert capsys.readouterr().out.split() == re.findall(r"# ([0-9.]+)$", block, re.M)
    assert f"{len(agency_dictionary())} columns" in page


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


def test_the_command_writes_agencies_dictionary_and_export(tmp_path):
    rows = "".join(
        f"instagram,{name}{n},{name},2024-03-0{n + 1},Layanan bagus dan ramah,{n * 7},1,100\n"
        for name in "ab"
        for n in range(3)
    )
    (tmp_path / "p.csv").write_text(f"platform,id,akun,tanggal,isi,suka,komentar,pengikut\n{rows}", encoding="utf-8")
    textmine_("ingest", tmp_path / "p.csv", "-o", tmp_path / "ws")
    first = textmine_("features", tmp_path / "ws", "--level", "agency", "--columns", "n_posts,positive*")
    told = pl.read_csv(io.StringIO(first.stdout), infer_schema_length=None)
    assert told["n_posts"].to_list() == [3, 3] and told["positive_share"].null_count() == 2
    assert "columns that need sentiment are null; run: textmine sentiment" in first.stderr
    textmine_("sentiment", tmp_path / "ws")
    again = textmine_("features", tmp_path / "ws", "--level", "agency", "--columns", "positive_*", "--format", "json",
                      "--ltr", tmp_path / "ltr")  # fmt: skip
    assert all(each["positive_posts"] > 0 for each in json.loads(again.stdout))
    assert "every target is 0" in again.stderr and (tmp_path / "ltr/groups.txt").read_text() == "2\n"
    dictionary = json.loads((tmp_path / "ws/agency_features_dictionary.json").read_text(encoding="utf-8"))
    assert dictionary["missing"] == ["quality"] and dictionary["columns"][0]["column"] == "agency"
    listed = textmine_("features", "--level", "agency", "--dictionary", "--format", "csv").stdout
    assert pl.read_csv(io.StringIO(listed)).height == len(agency_dictionary())
    assert "need --level agency" in textmine_("features", tmp_path / "ws", "--ltr", tmp_path / "x", code=2).stderr
    alone = textmine_("features", tmp_path / "ws", "--level", "agency", "--award", "emss", code=2).stderr
    assert "give --ltr" in alone


def stage_of(workspace, name, table, **inputs):
    """Put a table where a stage would have written it."""
    file = f"{name}.parquet"

    def build(staging):
        table.write_parquet(staging / file)
        return {}

    workspace.run_stage(name, build, outputs=[file], inputs=inputs, settings={})


def test_quality_is_read_where_it_fits_the_posts_and_not_else(tmp_path):
    header = "platform,id,akun,tanggal,isi,suka,komentar\n"
    (tmp_path / "p.csv").write_text(header + "x,1,a,2024-03-01,Halo,1,1\nx,2,a,2024-03-02,Hai,1,1\n", encoding="utf-8")
    textmine_("ingest", tmp_path / "p.csv", "-o", tmp_path / "ws")
    workspace = Workspace.open(tmp_path / "ws")
    keys = workspace.scan("posts.parquet", made_by="ingest").select("platform", "post_id").collect()
    with workspace.lock():
        stage_of(workspace, "features", keys, **workspace.output_hashes("ingest"))
        made = workspace.output_hashes("features")
        stage_of(workspace, "quality", keys.with_columns(p_tinggi=pl.Series([0.25, 0.75])), **made)
        agency_features_stage(workspace)
        assert agency_features_of(workspace)["quality"].to_list() == [0.5] and missing_sources(workspace) == [
            "sentiment"
        ]
        stage_of(workspace, "features", keys.reverse(), **workspace.output_hashes("ingest"), again="yes")
        agency_features_stage(workspace)
        assert agency_features_of(workspace)["quality"].to_list() == [None]
        stage_of(workspace, "quality", keys.with_columns(p_bagus=pl.lit(0.5)), **workspace.output_hashes("features"))
        assert missing_sources(workspace) == ["sentiment", "quality"]
