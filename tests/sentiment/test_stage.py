"""Sentiment of a workspace: posts and comments are read apart and never counted together."""

import json
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import MissingColumnError, NotPostsError, WorkspaceError
from textmine.ingest import ingest
from textmine.ingest.comments import comment_files, read_comments
from textmine.sentiment import Confusion, load_classifier, load_confusion, save_classifier
from textmine.sentiment.cells import N_CELLS, cells_of
from textmine.sentiment.grouped import NO_TOPIC, UNKNOWN_POST, sentiment_shares
from textmine.sentiment.shares import estimate_shares
from textmine.sentiment.stage import comments_stage, sentiment_stage
from textmine.sentiment.tables import SHARES_SCHEMA
from textmine.store import Workspace

GOOD, BAD, PLAIN = "Pelayanannya ramah, terima kasih", "Kamar kotor dan bau, kecewa sekali", "Rapat digelar hari Senin"


def write_posts(path, n=30):
    """Agency ``a`` is glad on Instagram, ``b`` complains on X; every tenth caption is empty, one post is a repost."""
    rows = [
        {
            "platform": "instagram" if i % 2 else "x",
            "post_id": str(1000 + i),
            "account": "a" if i % 2 else "b",
            "published_at": datetime(2020, 1 + i % 3, 5, tzinfo=UTC).isoformat(),
            "caption": "" if i % 10 == 9 else (GOOD if i % 2 else BAD) + f" {i}",
            "post_kind": "repost" if i == 4 else "original",
            "likes": 1,
        }
        for i in range(n)
    ]
    pl.DataFrame(rows).write_csv(path)


@pytest.fixture
def workspace(tmp_path):
    write_posts(tmp_path / "posts.csv")
    made = Workspace.create(tmp_path / "season")
    ingest([tmp_path / "posts.csv"], made)
    return made


def stored(workspace, name):
    return pl.read_parquet(sorted(workspace.file(name).glob("*.parquet")))


def one(table, group, label):
    return table.filter((pl.col("group") == group) & (pl.col("label") == label)).row(0, named=True)


def test_every_post_has_its_label_probabilities_and_words(workspace):
    rows = sentiment_stage(workspace).manifest.rows
    assert {name: rows[name] for name in ("posts", "posts_without_text")} == {"posts": 30, "posts_without_text": 3}
    assert rows["words"] > 100 and rows["words_unseen"] <= rows["words_expected"]
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    table = stored(workspace, "sentiment.parquet")
    assert table.select("platform", "post_id").equals(posts.select("platform", "post_id"))
    said = dict(zip(posts["caption"].fill_null("").str.slice(0, 8), table["label"], strict=True))
    assert said == {GOOD[:8]: "positive", BAD[:8]: "negative", "": None}
    assert ((table["words"].list.len() > 0) == table["label"].is_not_null()).all()


def test_a_second_run_changes_nothing_and_new_posts_are_read(workspace, tmp_path):
    assert sentiment_stage(workspace).ran
    before = stored(workspace, "sentiment.parquet")
    assert not sentiment_stage(workspace).ran
    write_posts(tmp_path / "more.csv", n=32)
    ingest([tmp_path / "more.csv"], workspace)
    with pytest.raises(WorkspaceError, match="posts have changed since; run: textmine sentiment"):
        sentiment_shares(workspace)
    assert sentiment_stage(workspace).manifest.rows["posts"] == 32
    assert len(before) == 30


def test_shares_are_those_of_the_groups_cells(workspace):
    sentiment_stage(workspace)
    table = sentiment_shares(workspace, by="platform", seed=3)
    assert table.schema == SHARES_SCHEMA
    assert table["group"].unique(maintain_order=True).to_list() == ["x", "instagram"]
    assert table["voice"].unique().to_list() == ["agency"]
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    said = stored(workspace, "sentiment.parquet")
    mine = said.filter((posts["platform"] == "instagram") & said["label"].is_not_null())
    cells = cells_of(mine.select("negative", "neutral", "positive").to_numpy().astype(float))
    expected = estimate_shares(np.bincount(cells, minlength=N_CELLS)[None], load_confusion(), seed=3)
    row = one(table, "instagram", "positive")
    assert row["n"] == len(mine) == 12 and row["without_text"] == 3
    assert row["share"] == pytest.approx(expected.corrected[0, 2], abs=1e-5)
    assert (row["low"], row["high"]) == pytest.approx((expected.low[0, 2], expected.high[0, 2]), abs=1e-5)
    assert row["raw"] == 1.0
    assert one(table, "x", "negative")["n"] == 14  # the repost is not counted


@pytest.mark.parametrize("by", ["agency", "account", "month", "all"])
def test_every_grouping_counts_every_credited_post_once(workspace, by):
    sentiment_stage(workspace)
    table = sentiment_shares(workspace, by=by).filter(pl.col("label") == "neutral")
    assert table["n"].sum() == 26 and table["without_text"].sum() == 3
    totals = sentiment_shares(workspace, by=by).group_by("group").agg(pl.col("share", "raw").sum())
    assert np.allclose(totals["share"], 1, atol=1e-5) and np.allclose(totals["raw"], 1, atol=1e-5)


def test_by_topic_a_post_counts_in_parts(workspace):
    sentiment_stage(workspace)
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    keys = posts.select("platform", "post_id")
    with_topics = keys.head(20)
    parts = (
        pl.concat(
            with_topics.with_columns(pl.lit(topic, pl.UInt32).alias("topic"), pl.lit(weight).alias("weight"))
            for topic, weight in ((0, 0.75), (1, 0.25))
        )
        .join(with_topics.with_row_index("row"), on=["platform", "post_id"])
        .sort("row", "topic")
        .drop("row")
    )
    names = pl.DataFrame({"topic": [0, 1], "label": ["kamar · bau", "rapat"]}, schema_overrides={"topic": pl.UInt32})

    def build(staging):
        (staging / "post_topics.parquet").mkdir()
        parts.head(13).write_parquet(staging / "post_topics.parquet" / "part-0.parquet")
        parts.tail(27).write_parquet(staging / "post_topics.parquet" / "part-1.parquet")
        names.write_parquet(staging / "topics.parquet")
        return {}

    with pytest.raises(WorkspaceError, match="topics are missing"):
        sentiment_shares(workspace, by="topic")
    outputs = ["post_topics.parquet", "topics.parquet"]
    workspace.run_stage("topics", build, outputs=outputs, inputs=workspace.output_hashes("ingest"), settings={})
    table = sentiment_shares(workspace, by="topic")
    counted = posts.with_row_index().filter(pl.col("post_kind") != "repost")
    first = counted.filter((pl.col("index") < 20) & (pl.col("caption").fill_null("") != ""))
    assert one(table, "0", "positive")["n"] == pytest.approx(0.75 * len(first))
    assert one(table, "1", "positive")["n"] == pytest.approx(0.25 * len(first))
    assert one(table, "0", "positive")["name"] == "0: kamar · bau"
    rest = counted.filter((pl.col("index") >= 20) & (pl.col("caption").fill_null("") != ""))
    assert one(table, NO_TOPIC, "positive")["n"] == len(rest)


def comments_csv(path):
    path.write_text(
        "id_komentar,platform,post_id,username,isi_komentar\n"
        f"1,x,1000,warga1,{BAD.replace(',', '')}\n"
        f"2,x,1000,warga2,{BAD.replace(',', '')}\n"
        f"2,x,1000,warga2,{BAD.replace(',', '')}\n"
        f"3,,1001,warga3,{GOOD.replace(',', '')}\n"
        f"4,x,1002,@B,{GOOD.replace(',', '')}\n"
        f"5,x,999,warga4,{PLAIN}\n"
        "6,x,1000,warga5,\n"
    )


def test_comments_are_the_publics_voice_and_agencies_own_are_not_counted(workspace, tmp_path):
    comments_csv(tmp_path / "komentar.csv")
    rows = comments_stage(workspace, [tmp_path / "komentar.csv"]).manifest.rows
    assert rows == {"files": 1, "files_left_out": 0, "comments": 6, "comments_without_text": 1, "by_agencies": 1}
    table = sentiment_shares(workspace, voice="public")
    assert table["voice"].unique().to_list() == ["public"]
    assert one(table, "b", "negative")["n"] == 2 and one(table, "b", "negative")["without_text"] == 1
    assert one(table, "a", "positive")["raw"] == 1.0  # found by its id alone: one platform has it
    assert one(table, UNKNOWN_POST, "neutral")["n"] == 1
    kept = stored(workspace, "comments_sentiment.parquet")
    assert not {"text", "author"} & set(kept.columns)
    assert kept["source_row"].to_list() == [1, 2, 4, 5, 6, 7]
    with pytest.raises(WorkspaceError, match="not done yet; run: textmine sentiment"):
        sentiment_shares(workspace)  # no caption was read: comments say nothing of agencies


def test_comments_change_no_figure_of_agencies(workspace, tmp_path):
    sentiment_stage(workspace)
    before = sentiment_shares(workspace)
    comments_csv(tmp_path / "komentar.csv")
    comments_stage(workspace, [tmp_path / "komentar.csv"])
    assert sentiment_shares(workspace).equals(before)


def youtube(text, *, own=False):
    snippet = {"textOriginal": text, "authorDisplayName": "Warga", "authorChannelId": {"value": "C1" if own else "C9"}}
    return {"kind": "youtube#comment", "id": f"c{abs(hash(text))}", "snippet": snippet}


EXPORTS = {
    "youtube.json": (
        {
            "kind": "youtube#commentThreadListResponse",
            "items": [
                {
                    "kind": "youtube#commentThread",
                    "id": "t",
                    "snippet": {"videoId": "v1", "channelId": "C1", "topLevelComment": youtube("bagus")},
                    "replies": {"comments": [youtube("makasih", own=True)]},
                }
            ],
        },
        [("youtube", "v1", "bagus", False), ("youtube", "v1", "makasih", True)],
    ),
    "video.info.json": (
        {
            "id": "v2",
            "title": "t",
            "comments": [{"id": "c", "text": "kotor", "author": "@w", "author_is_uploader": False}],
        },
        [(None, "v2", "kotor", False)],
    ),
    "graph.json": (
        {"data": [{"id": "55_7", "message": "mantap", "from": {"name": "Warga"}, "created_time": "2020-01-01"}]},
        [(None, None, "mantap", None)],
    ),
    "2020_UTC_comments.json": (
        [
            {
                "id": "9",
                "text": "keren",
                "owner": {"username": "w"},
                "answers": [{"id": "10", "text": "ya", "answers": []}],
            }
        ],
        [("instagram", "2611115445282396983", "keren", None), ("instagram", "2611115445282396983", "ya", None)],
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_comments_of_known_tools_are_read(tmp_path, name):
    content, expected = EXPORTS[name]
    (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "2020_UTC.json").write_text(json.dumps({"node": {"id": 2611115445282396983}}))
    read = pl.concat(read_comments(tmp_path / name))
    assert read.select("platform", "post_id", "text", "by_owner").rows() == expected


def test_lines_of_json_are_read_and_broken_ones_passed_over(tmp_path):
    path = tmp_path / "comments.ndjson"
    path.write_text(
        '{"comment": "bagus", "post_url": "https://x.com/a/status/12"}\n{"comment": "rus\n{"comment": "ok"}\n'
    )
    read = pl.concat(read_comments(path))
    assert read["text"].to_list() == ["bagus", "ok"]
    assert read["post_id"].to_list() == ["12", None] and read["platform"].to_list() == ["x", None]


def test_an_instagram_comment_finds_its_post_by_address(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("comment,post_url\nbagus,https://www.instagram.com/p/CQ8i6nHl9s3/\n")
    assert pl.concat(read_comments(path))["post_id"].to_list() == ["2611115445282396983"]


def test_in_a_folder_files_of_posts_are_left_out(tmp_path):
    write_posts(tmp_path / "posts.csv")
    comments_csv(tmp_path / "balasan.csv")
    taken, left = comment_files([tmp_path])
    assert [path.name for path in taken] == ["balasan.csv"] and [path.name for path in left] == ["posts.csv"]
    (tmp_path / "balasan.csv").unlink()
    with pytest.raises(NotPostsError, match="no file there looks like comments"):
        comment_files([tmp_path])


def test_a_column_of_figures_is_no_text(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("komentar,jumlah\n12,1\n7,2\n")
    with pytest.raises(MissingColumnError, match="a file of comments has one called text"):
        list(read_comments(path))


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def test_the_command_names_the_voice_and_prints_corrected_beside_counted(workspace, tmp_path):
    shown = textmine_("sentiment", workspace.path, "--by", "platform", "--format", "table")
    assert shown.exit_code == 0, shown.output
    assert "What the agency says (captions): 30 posts, 3 without text" in shown.stderr
    assert "What the agency says (captions), in %" in shown.stdout and "counted" in shown.stdout
    comments_csv(tmp_path / "komentar.csv")
    said = textmine_("sentiment", workspace.path, "--comments", tmp_path / "komentar.csv", "--format", "json")
    assert {row["voice"] for row in json.loads(said.stdout)} == {"public"}
    assert "1 by agencies themselves are not counted" in said.stderr


def test_mistakes_of_ones_own_take_the_place_of_the_shipped_ones(workspace, tmp_path):
    perfect = np.repeat([[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98]], 20, axis=0)
    Confusion.of(perfect, np.repeat(["negative", "neutral", "positive"], 20)).save(tmp_path / "own.json")
    command = ["sentiment", workspace.path, "--by", "all", "--method", "adjusted", "--format", "json"]
    rows = json.loads(textmine_(*command, "--confusion", tmp_path / "own.json").stdout)
    assert [row["share"] for row in rows] == pytest.approx([row["raw"] for row in rows], abs=1e-5)
    shipped = json.loads(textmine_(*command).stdout)
    assert [row["share"] for row in shipped] != pytest.approx([row["raw"] for row in shipped], abs=1e-3)


def test_a_workspace_without_posts_says_what_to_run(tmp_path):
    Workspace.create(tmp_path / "empty")
    failed = textmine_("sentiment", tmp_path / "empty")
    assert failed.exit_code == 1 and "run: textmine ingest" in failed.stderr


def test_a_classifier_saved_with_mistakes_of_ones_own_corrects_by_them_from_then_on(workspace, tmp_path):
    perfect = np.repeat([[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98]], 20, axis=0)
    own = Confusion.of(perfect, np.repeat(["negative", "neutral", "positive"], 20))
    save_classifier(load_classifier(), tmp_path / "own", confusion=own)
    sentiment_stage(workspace, model=str(tmp_path / "own"))
    table = sentiment_shares(workspace, by="all", method="adjusted")
    assert table["share"].to_list() == pytest.approx(table["raw"].to_list(), abs=1e-5)
    assert not sentiment_stage(workspace).ran  # the model of the last run


def test_the_command_says_when_captions_are_full_of_new_words(tmp_path):
    caption = "Guten Morgen liebe Leute, heute regnet es wieder überall"
    rows = [f'{{"id": "{n}", "created_at": "2020-03-0{n}T00:00:00Z", "text": "{caption}"}}' for n in range(1, 9)]
    (tmp_path / "posts.ndjson").write_text("\n".join(rows), encoding="utf-8")
    season = Workspace.create(tmp_path / "season")
    with season.lock():
        ingest([tmp_path / "posts.ndjson"], season, platform="x", account="dinas")
    said = CliRunner().invoke(root, ["sentiment", str(season.path), "--by", "all", "--format", "json"])
    assert said.exit_code == 0, said.output
    assert "of the words are new to the classifier" in said.stderr
