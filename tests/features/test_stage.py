import io
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import WorkspaceError
from textmine.features import FEATURES, FeatureSettings, dictionary_markdown, features_of, features_stage
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.stage import sentiment_stage
from textmine.store import Workspace, hash_path
from textmine.workflow import complete_features_stage, read_config, run

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "posts"
SAID = ("vaksin gratis untuk warga di puskesmas", "panen padi raya petani di sawah")
WHERE = "desa kota pasar sekolah kantor pantai gunung sungai stasiun masjid".split()


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def write_exports(folder, *, n_posts=120):
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{n},prov_{'ab'[n % 2]},2020-{1 + n // 40:02d}-{1 + n % 28:02d} 16:30,"
        f"{SAID[n % 2]} {WHERE[n % 10]} {WHERE[n // 12]} #{'Sehat' if n % 2 else 'Tani'},"
        f"{n % 50},{n % 7},{'' if n % 5 else n % 3},https://x.com/prov/status/{n}"
        for n in range(n_posts)
    ]
    header = "id,username,created_at,text,likes,replies,retweets,url\n"
    (folder / "posts.csv").write_text(header + "\n".join(lines) + "\n")
    (folder / "agencies.csv").write_text(
        "agency,name,cluster,platform,account,followers\n"
        "jabar,Pemerintah Provinsi Jawa Barat,pemprov,x,prov_a,1000\n"
        "bali,Pemerintah Provinsi Bali,pemprov,x,prov_b,500000\n"
    )


@pytest.fixture
def workspace(tmp_path):
    write_exports(tmp_path / "exports")
    register = tmp_path / "exports" / "agencies.csv"
    done = textmine_("ingest", tmp_path / "exports" / "posts.csv", "--agencies", register, "-o", tmp_path / "ws")
    assert done.exit_code == 0, done.output
    return Workspace.open(tmp_path / "ws")


def made(workspace, **options):
    with workspace.lock():
        return complete_features_stage(workspace, **options)


def table_of(workspace):
    return features_of(workspace).collect()


def test_there_is_a_row_for_every_post_with_the_columns_of_the_dictionary(workspace):
    rows = made(workspace).manifest.rows
    table = table_of(workspace)
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert table.select("platform", "post_id").equals(posts.select("platform", "post_id"))
    assert rows["posts"] == 120 and rows["columns"] == len(table.columns)
    written = json.loads(workspace.file("features_dictionary.json").read_text())
    assert written["missing"] == []
    assert [column["column"] for column in written["columns"]] == table.columns
    as_csv = pl.read_csv(workspace.file("features_dictionary.csv"))
    assert as_csv["column"].to_list() == table.columns
    assert [str(dtype.base_type()) for dtype in table.dtypes] == as_csv["type"].to_list()
    assert table.columns[: len(FEATURES)] == [feature.name for feature in FEATURES]


def test_only_what_may_be_null_is(workspace):
    made(workspace)
    table = table_of(workspace)
    nulls = {name for name in table.columns if table[name].null_count()}
    assert nulls <= {feature.name for feature in FEATURES if feature.null != "never"}


def test_figures_of_a_post_by_hand(workspace):
    made(workspace)
    row = table_of(workspace).row(by_predicate=pl.col("post_id") == "15", named=True)
    assert (row["agency"], row["cluster"], row["followers"], row["audience_tier"]) == (
        "bali",
        "pemprov",
        500_000,
        "100k-1m",
    )
    # Spreadsheets' times without a zone are Jakarta's: 16:30 there is 17:30 on Bali.
    assert (row["time_zone"], row["hour"], row["weekday"], row["month"]) == ("Asia/Makassar", 17, 4, "2020-01")
    assert (row["engagement"], row["engagement_figures"]) == (15 + 1 + 0, "likes+comments+shares")
    assert row["engagement_per_follower"] == 16 / 500_000
    assert row["comment_share"] == 1 / 16
    assert (row["hashtags"], row["hashtags_own_share"]) == (1, 1.0)
    assert row["engagement_per_view"] is None and row["engagement_per_view_peers_by"] is None


def test_peers_have_the_same_figures(workspace):
    made(workspace)
    table = table_of(workspace)
    # Every fifth post of the export tells shares: 24 of 120, too few to be compared with.
    told = table.group_by("engagement_figures").agg(
        pl.col("engagement_percentile").count().alias("n"), pl.col("engagement_peers").max().alias("peers")
    )
    assert sorted(told.rows()) == [("likes+comments", 96, 96), ("likes+comments+shares", 0, None)]


def test_topics_novelty_and_copies_come_from_their_stages(workspace):
    made(workspace)
    table = table_of(workspace)
    weights = table.select(pl.sum_horizontal(pl.col(r"^topic_\d+$").cast(pl.Float64)).alias("sum"))["sum"]
    assert weights.round(5).unique().to_list() == [1.0]
    stored = pl.read_parquet(workspace.file("post_topics.parquet")).filter(pl.col("post_id") == "77")
    row = table.row(by_predicate=pl.col("post_id") == "77", named=True)
    for _, _, topic, weight in stored.iter_rows():
        assert row[f"topic_{topic}"] == pytest.approx(weight, rel=1e-6)
    assert row["topic_weight"] == stored["weight"].max()
    assert row["topic_entropy"] == pytest.approx(
        stored.select(-(pl.col("weight") * pl.col("weight").log(2)).sum()).item()
    )
    near = pl.read_parquet(workspace.file("near_duplicates.parquet"))
    assert table.filter(pl.col("duplicate_posts") > 1).height == len(near)
    first = table.filter(pl.col("published_at") == pl.col("published_at").min().over("agency"))
    assert first["novelty"].null_count() == len(first) and first["past_posts"].sum() == 0


def test_what_is_not_there_is_null_and_said(workspace):
    made(workspace, first=())
    table = table_of(workspace)
    assert json.loads(workspace.file("features_dictionary.json").read_text())["missing"] == [
        "matrix", "topics", "duplicates", "hashtags",
    ]  # fmt: skip
    for feature in FEATURES:
        assert (table[feature.name].null_count() == len(table)) >= bool(feature.needs), feature.name
    assert table["sentiment"].null_count() == table["words"].null_count() == 0
    again = made(workspace)
    assert again.ran and table_of(workspace)["topic"].null_count() == 0


def test_a_table_of_another_stage_that_is_out_of_date_is_not_read(workspace, tmp_path):
    made(workspace)
    more = tmp_path / "more.csv"
    more.write_text(
        "id,username,created_at,text,likes,url\n999,prov_a,2020-05-01 08:00,baru,1,https://x.com/p/status/999\n"
    )
    assert textmine_("ingest", more, "-o", workspace.path).exit_code == 0
    made(workspace, first=())
    table = table_of(workspace)
    assert len(table) == 121
    assert table["topic"].null_count() == table["duplicate_posts"].null_count() == 121


def test_a_table_that_does_not_fit_is_refused_with_the_remedy(workspace):
    made(workspace)
    path = workspace.file("post_topics.parquet")
    part = sorted(path.glob("*.parquet"))[0]
    pl.read_parquet(part).with_columns(pl.lit("stray").alias("post_id")).write_parquet(part)
    with pytest.raises(WorkspaceError, match=r"post_topics.parquet.*run again: textmine topics"), workspace.lock():
        features_stage(workspace, settings=FeatureSettings(min_peers=31))


def test_stored_sentiment_is_read(workspace):
    made(workspace, first=())
    scored = table_of(workspace)
    assert scored["sentiment"].null_count() == 0
    key = workspace.scan("posts.parquet", made_by="ingest").select("platform", "post_id").collect()
    told = key.with_columns(
        pl.Series("label", [None] + ["positive"] * 119),
        *(pl.Series(name, [None] + [value] * 119) for name, value in zip(CLASSES, (0.1, 0.2, 0.7), strict=True)),
    )

    def build(staging):
        told.write_parquet(staging / "sentiment.parquet")
        return {}

    with workspace.lock():
        inputs = {"posts.parquet": workspace.output_hashes("ingest")["posts.parquet"]}
        workspace.run_stage("sentiment", build, outputs=["sentiment.parquet"], inputs=inputs, settings={})
    assert made(workspace, first=()).ran
    table = table_of(workspace)
    assert table.row(0, named=True)["sentiment"] is None and table["sentiment_negative"].null_count() == 1
    assert set(table["sentiment"][1:]) == {"positive"} and set(table["sentiment_neutral"][1:]) == {0.2}


def test_a_caption_without_words_and_signs_leans_nowhere(tmp_path):
    (tmp_path / "x.csv").write_text("id,username,created_at,text,likes\n1,a,2020-01-01 08:00,https://x.co/a,3\n")
    assert textmine_("ingest", tmp_path / "x.csv", "--platform", "x", "-o", tmp_path / "ws").exit_code == 0
    workspace = Workspace.open(tmp_path / "ws")
    made(workspace, first=())
    row = table_of(workspace).row(0, named=True)
    assert row["sentiment"] is row["sentiment_neutral"] is row["language"] is row["lix"] is None
    assert (row["words"], row["links"], row["service_information"]) == (0, 1, 1)
    with workspace.lock():
        sentiment_stage(workspace)
    made(workspace, first=())
    assert table_of(workspace).row(0, named=True) == row


def test_stored_languages_are_read(workspace):
    textmine_("languages", workspace.path)
    made(workspace)
    stored = pl.read_parquet(workspace.file("languages.parquet"))
    assert (
        table_of(workspace)
        .select("language", "language_probability")
        .equals(stored.select("language", "language_probability"))
    )


def test_the_same_posts_give_the_same_bytes_and_a_second_run_nothing(workspace):
    made(workspace)
    before = hash_path(workspace.file("features.parquet"))
    assert not made(workspace).ran
    workspace.file("features_dictionary.csv").unlink()
    assert made(workspace).ran
    assert hash_path(workspace.file("features.parquet")) == before


def test_a_run_that_broke_off_leaves_nothing_and_the_next_one_the_same_bytes(workspace):
    made(workspace)
    before = hash_path(workspace.file("features.parquet"))
    workspace.file("features_dictionary.csv").unlink()

    def break_off(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(workspace, first=(), progress=break_off)
    assert hash_path(workspace.file("features.parquet")) == before and not (workspace.path / ".staging").exists()
    assert made(workspace).ran
    assert hash_path(workspace.file("features.parquet")) == before


def test_too_few_posts_for_topics_leave_their_columns_empty(tmp_path):
    (tmp_path / "few.csv").write_text("id,username,created_at,text,likes\n1,a,2020-01-01 08:00,halo semua,3\n")
    assert textmine_("ingest", tmp_path / "few.csv", "--platform", "x", "-o", tmp_path / "ws").exit_code == 0
    result = textmine_("features", tmp_path / "ws", "--format", "csv")
    assert result.exit_code == 0, result.output
    assert "note: columns that need topics are null; there are too few posts for them" in result.stderr
    assert len(pl.read_csv(io.StringIO(result.stdout))) == 1


def test_batches_and_chunks_change_nothing(workspace, monkeypatch):
    made(workspace)
    whole = table_of(workspace)
    from textmine import batches
    from textmine.features import past

    monkeypatch.setattr("textmine.features.stage._BATCH", 7)
    monkeypatch.setattr(batches.iter_batches, "__kwdefaults__", {"rows": 7})
    monkeypatch.setattr(past.Timeline.chunks, "__defaults__", (11,))
    workspace.file("features_dictionary.csv").unlink()
    assert made(workspace).ran
    assert len(list(workspace.file("features.parquet").iterdir())) == 18
    again = table_of(workspace)
    assert [n for n in whole.columns if not again[n].equals(whole[n], null_equal=True)] == []


def test_settings_hold_until_others_are_given(workspace):
    with workspace.lock():
        features_stage(workspace, settings=FeatureSettings(time_zones={"jabar": "WIT"}, min_peers=10))
        assert not features_stage(workspace).ran
    table = table_of(workspace)
    assert table.filter(pl.col("agency") == "jabar")["hour"].unique().to_list() == [18]
    assert table["engagement_percentile"].null_count() == 0


def test_a_run_writes_features_if_asked(tmp_path):
    write_exports(tmp_path / "exports")
    (tmp_path / "season.toml").write_text(
        'workspace = "season"\n[ingest]\nsources = ["exports/posts.csv"]\nagencies = "exports/agencies.csv"\n'
        '[topics]\nn_topics = 2\n[features]\nwrite = true\ntime_zones = { jabar = "WITA" }\n'
    )
    result = run(tmp_path / "season.toml")
    assert [stage.manifest.stage for stage in result.stages][-2:] == ["features", "report"]
    table = table_of(result.workspace)
    assert table["duplicate_posts"].null_count() == 0 and table["campaigns"].null_count() == len(table)
    assert table["time_zone"].unique().to_list() == ["Asia/Makassar"]
    assert not any(stage.ran for stage in run(tmp_path / "season.toml").stages)


def test_a_wrong_zone_in_a_configuration_is_named_with_its_line(tmp_path):
    from textmine.errors import ConfigError

    (tmp_path / "season.toml").write_text(
        'workspace = "s"\n[ingest]\nsources = ["x.csv"]\n[features]\ntime_zones = { jabar = "XYZ" }\n'
    )
    with pytest.raises(ConfigError, match=r"season\.toml, line 5, key 'features\.time_zones'.*'XYZ' is no time zone"):
        read_config(tmp_path / "season.toml")


def test_the_command_prints_posts_for_machines_and_a_summary_for_people(workspace):
    result = textmine_("features", workspace.path, "--columns", "engagement,topic_?,hour", "--format", "csv")
    assert result.exit_code == 0, result.output
    table = pl.read_csv(io.StringIO(result.stdout), infer_schema_length=None)
    assert len(table) == 120 and table.columns[:3] == ["platform", "post_id", "engagement"]
    assert "120 posts" in result.stderr and "note" not in result.stderr
    assert json.loads(textmine_("features", workspace.path, "--top", 2, "--format", "json").stdout)[1]["words"] > 5
    shown = textmine_("features", workspace.path, "--columns", "hour,agency", "--format", "table").stdout
    assert "hour" in shown and "100.0 %" in shown and "bali" in shown


def test_the_command_says_what_is_missing_and_what_is_meant(workspace):
    as_is = textmine_("features", workspace.path, "--as-is", "--top", 1, "--format", "csv")
    assert "note: columns that need matrix, topics, duplicates, hashtags are null; run: textmine" in as_is.stderr
    wrong = textmine_("features", workspace.path, "--columns", "novelti")
    assert wrong.exit_code == 2 and "did you mean novelty" in wrong.stderr
    assert textmine_("features").exit_code == 2
    assert textmine_("features", workspace.path, "--time-zone", "jabar").exit_code == 2
    zone = textmine_("features", workspace.path, "--time-zone", "jabar=XYZ")
    assert zone.exit_code == 1 and "'XYZ' is no time zone" in zone.stderr
    nothing = textmine_("features", workspace.path / "none")
    assert nothing.exit_code == 1 and "textmine ingest" in nothing.stderr


def test_the_page_holds_the_dictionary():
    page = (ROOT / "docs/features.md").read_text(encoding="utf-8")
    assert dictionary_markdown() in page, "write it anew: python -m textmine.features docs/features.md"


def test_the_dictionary_is_printed_without_a_workspace():
    printed = pl.read_csv(io.StringIO(textmine_("features", "--dictionary", "--format", "csv").stdout))
    assert printed["column"].to_list() == [*(feature.name for feature in FEATURES), "topic_<n>"]
    assert printed["meaning"].null_count() == 0


@pytest.mark.parametrize(
    "export",
    [
        "instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv",
        "x_tweet_harvest_kipk/kipk_first_1000.csv",
        "x_api_v2_twarc/flat.jsonl",
        "x_api_v1_1/search_tweets.json",
    ],
)
def test_real_exports_go_through(tmp_path, export):
    if not (REAL / export).exists():
        pytest.skip(f"{REAL / export} is not on this machine")
    assert textmine_("ingest", REAL / export, "-o", tmp_path / "ws").exit_code == 0
    workspace = Workspace.open(tmp_path / "ws")
    made(workspace)
    table = table_of(workspace)
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert table.select("platform", "post_id").equals(posts.select("platform", "post_id"))
    if "fst_unja" in export:  # comments and views were not collected: null, not 0
        assert table["engagement_figures"].unique().drop_nulls().to_list() == ["likes"]
        assert table["comment_share"].null_count() == table["engagement_per_view"].null_count() == len(table)
    assert table["words"].sum() > 0
