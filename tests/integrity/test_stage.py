import io
import json

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import WorkspaceError
from textmine.integrity import (
    ACCOUNTS_SCHEMA,
    FLAGS_SCHEMA,
    flagged,
    flagged_accounts,
    flagged_counts,
    integrity_stage,
    without_flagged,
)
from textmine.store import Workspace, hash_path

GIVEAWAY = "Kuis berhadiah! Like dan tag 3 teman kamu ya"
COPIED = "Pendaftaran bantuan usaha dibuka di kantor kecamatan hingga akhir bulan bagi pedagang kecil di pasar"
COMMENT = "Pelayanan kantor ini memang paling bagus sedunia"


def run(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


@pytest.fixture
def workspace(tmp_path):
    lines = []
    for n in range(90):
        caption = GIVEAWAY if n == 12 else COPIED if n in (21, 30) else f"Kabar pelayanan hari ke {n} dari kota {n * n}"
        likes = 4000 if n == 40 else 100 + n
        lines.append(
            f"{n},dinas_{'ab'[n % 2]},2020-{1 + n // 28:02d}-{1 + n % 28:02d} 09:00,{caption},{likes},{10 + n % 4},1"
        )
    header = "id,username,created_at,text,likes,replies,retweets\n"
    (tmp_path / "posts.csv").write_text(header + "\n".join(line.replace("tag 3", "tag 3") for line in lines) + "\n")
    assert run("ingest", tmp_path / "posts.csv", "--platform", "x", "-o", tmp_path / "ws").exit_code == 0
    return Workspace.open(tmp_path / "ws")


def screened(workspace, **options):
    with workspace.lock():
        return integrity_stage(workspace, **options)


def reasons(workspace):
    table = flagged(workspace)
    return {(row["post_id"], reason) for row in table.iter_rows(named=True) for reason in row["reasons"]}


def test_each_planted_post_is_flagged_for_its_reason(workspace):
    assert run("duplicates", workspace.path).exit_code == 0
    assert screened(workspace).manifest.rows["copies_sought"] == 1
    assert reasons(workspace) == {("12", "giveaway"), ("40", "likes_without_comments"), ("30", "copy")}
    assert workspace.scan("integrity.parquet", made_by="integrity").collect_schema() == FLAGS_SCHEMA
    assert workspace.scan("integrity_accounts.parquet", made_by="integrity").collect_schema() == ACCOUNTS_SCHEMA
    assert flagged_accounts(workspace).is_empty()


def test_nothing_is_removed_and_what_would_go_is_counted(workspace):
    before = hash_path(workspace.file("posts.parquet"))
    screened(workspace)
    assert hash_path(workspace.file("posts.parquet")) == before
    posts = workspace.scan("posts.parquet", made_by="ingest")
    left = without_flagged(posts, flagged(workspace)).collect()
    assert set(left["post_id"]) == {str(n) for n in range(90)} - {"12", "40"}
    counts = flagged_counts(workspace)
    assert counts["posts"].sum() == 90
    assert counts["flagged"].sum() == 90 - len(left)
    row = counts.row(by_predicate=pl.col("agency") == "dinas_a", named=True)
    figures = posts.filter(pl.col("account") == "dinas_a").collect()
    each = figures.select(pl.sum_horizontal("likes", "comments", "shares")).to_series()
    gone = each.filter(figures["post_id"].is_in(["12", "40"])).sum()
    assert row["engagement_share"] == pytest.approx(gone / each.sum())
    assert (row["giveaway"], row["likes_without_comments"]) == (1, 1)


def test_a_higher_threshold_or_fewer_reasons_flag_less(workspace):
    screened(workspace)
    assert len(flagged(workspace, 0.999999)) < len(flagged(workspace))
    assert set(flagged(workspace, reasons=["giveaway"])["post_id"]) == {"12"}
    with pytest.raises(ValueError, match="is no reason"):
        flagged(workspace, reasons=["luck"])


def test_the_same_posts_give_the_same_bytes(workspace):
    first = screened(workspace).manifest.outputs
    assert not screened(workspace).ran
    workspace.file("manifests/integrity.json").unlink()
    assert screened(workspace).manifest.outputs == first


def test_copied_comments_are_found_where_comments_are_given(workspace, tmp_path):
    rows = [f"{n},7,warga{n},{COMMENT}" for n in range(8)]
    rows += [f"{50 + n},{20 + n},orang{n},jalan {n} di depan rumah {n * 7} rusak sejak {n * 3} hari" for n in range(9)]
    (tmp_path / "comments.csv").write_text("comment_id,post_id,author,comment_text\n" + "\n".join(rows * 2) + "\n")
    screened(workspace, comments=[tmp_path / "comments.csv"], platform="x", lang="en")
    table = workspace.scan("integrity.parquet", made_by="integrity").filter(pl.col("post_id") == "7").collect()
    assert table["reason"].to_list() == ["copied_comments"]
    assert table["evidence"].to_list() == ["8 of 8 longer comments share their text"]
    assert not workspace.file("comments").exists()


def test_changed_posts_make_the_flags_stale(workspace, tmp_path):
    screened(workspace)
    (tmp_path / "more.csv").write_text("id,username,created_at,text,likes\n900,dinas_a,2020-06-01 09:00,Halo,3\n")
    assert run("ingest", tmp_path / "more.csv", "--platform", "x", "-o", workspace.path).exit_code == 0
    with pytest.raises(WorkspaceError, match="textmine integrity"):
        flagged(workspace)


def test_flags_that_are_not_there_name_the_command(workspace):
    with pytest.raises(WorkspaceError, match="run: textmine integrity"):
        flagged(workspace)


def test_the_command_prints_evidence_in_both_languages(workspace):
    done = run("integrity", workspace.path, "--format", "json")
    rows = {row["post_id"]: row for row in json.loads(done.stdout)}
    assert rows["12"]["evidence"].startswith("kata-kata bagi-bagi hadiah: kuis berhadiah, like dan tag, tag … teman")
    assert "4040" not in rows["40"]["evidence"] and "4000 suka" in rows["40"]["evidence"]
    assert "none is removed" in done.stderr
    english = run("integrity", workspace.path, "--lang", "en", "--format", "csv")
    assert "4000 likes, usually" in english.stdout


def test_the_command_shows_agencies_and_accounts(workspace):
    done = run("integrity", workspace.path, "--show", "agencies", "--format", "csv")
    assert pl.read_csv(io.StringIO(done.stdout))["flagged"].sum() == 2
    assert run("integrity", workspace.path, "--show", "accounts", "--format", "table").exit_code == 0
    assert "giveaway" in run("integrity", workspace.path, "--format", "table").stdout
