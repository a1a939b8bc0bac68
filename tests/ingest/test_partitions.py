"""Posts in folders by platform and month: read by DuckDB and Polars as they stand, written only where they change."""

import re
from pathlib import Path

import polars as pl
import pytest

from textmine.duplicates import duplicates_stage
from textmine.ingest import ingest
from textmine.posts import POLARS_SCHEMA
from textmine.store import Workspace, hash_path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workspace.md"
HEADER = "platform,id,akun,tanggal,isi,suka,diambil_pada"


def line(number, day, platform="x", likes=1, collected=""):
    return f"{platform},{number},dinas,{day},Ayo jaga kesehatan keluarga kita semua,{likes},{collected}"


@pytest.fixture
def write(tmp_path):
    def write(name, *lines):
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return path

    return write


@pytest.fixture
def season(tmp_path, write, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace.create("season")
    days = ["2020-03-05", "2020-02-01", "2020-03-31 23:30", "2020-04-01 00:30"]
    lines = [line(n, day, platform) for n, day in enumerate(days) for platform in ("x", "facebook")]
    ingest([write("a.csv", *lines)], workspace)
    ingest([write("b.csv", line(0, "2020-03-05", likes=9, collected="2020-05-01"))], workspace)
    duplicates_stage(workspace)
    return workspace


def files(workspace):
    root = workspace.file("posts.parquet")
    return {path.relative_to(root).as_posix(): path.stat().st_ino for path in root.rglob("*.parquet")}


def test_months_are_those_of_jakarta_and_the_order_is_that_of_the_folders(season):
    assert list(dict.fromkeys(sorted(files(season)))) == [
        f"platform={platform}/month=2020-{month}/part-00001.parquet"
        for platform in ("facebook", "x")
        for month in ("02", "03", "04")
    ]
    posts = season.scan("posts.parquet", made_by="ingest").collect()
    assert posts["post_id"].to_list() == ["1", "0", "2", "3"] * 2
    assert posts.schema == POLARS_SCHEMA


def test_the_polars_of_the_page_runs(season):
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["march"]["post_id"].to_list() == ["0", "2"]
    assert names["table"].rows()[-1] == ("x", "2020-04", 1)
    assert len(blocks) == 2


def test_the_sql_of_the_page_runs_in_duckdb(season):
    duckdb = pytest.importorskip("duckdb", reason='duckdb is not installed: pip install "textmine[sql]"')
    blocks = re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    statements = [statement for block in blocks for statement in block.split(";") if statement.strip()]
    agencies, growth, campaigns = (duckdb.sql(statement).fetchall() for statement in statements)
    assert agencies == [(None, 3, 1.0)]
    assert [row[3:] for row in growth] == [(1, None), (9, 8)]
    assert campaigns == [(1, 8, 2, 16)]


def test_only_months_that_change_are_written_again(season, write):
    before = files(season)
    ingest([write("c.csv", line(50, "2020-04-09"), line(51, "2020-06-09"))], season)
    after = files(season)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {f"platform=x/month=2020-{month}/part-00001.parquet" for month in ("04", "06")}


def test_a_register_is_applied_to_old_posts_once(season, write, tmp_path):
    register = tmp_path / "agencies.csv"
    register.write_text("agency,platform,account\nD,x,dinas\n")
    ingest([write("c.csv", line(60, "2020-04-09"))], season, agencies=register)
    posts = season.scan("posts.parquet", made_by="ingest").collect()
    assert posts.filter(pl.col("platform") == "x")["agency"].to_list() == ["D"] * 5
    tree = files(season)
    ingest([write("d.csv", line(61, "2020-04-09"))], season, agencies=register)
    assert sum(files(season)[name] == tree[name] for name in tree) == len(tree) - 1


def test_posts_of_a_flat_layout_are_taken_over(tmp_path, write):
    flat, divided = Workspace.create(tmp_path / "flat"), Workspace.create(tmp_path / "divided")
    export = write("a.csv", line(1, "2020-03-05"), line(2, "2020-04-05"))
    ingest([export], divided)
    posts = divided.scan("posts.parquet", made_by="ingest").collect()
    posts.write_parquet(flat.file("posts.parquet"))
    result = ingest([export], flat)
    assert (result.posts, result.duplicates) == (0, 2)
    assert hash_path(flat.file("posts.parquet")) == hash_path(divided.file("posts.parquet"))


def test_a_workspace_without_posts_is_one_empty_table_and_fills(tmp_path, write):
    workspace = Workspace.create(tmp_path / "w")
    ingest([write("a.csv")], workspace)
    assert list(files(workspace)) == ["part-00001.parquet"]
    assert workspace.scan("posts.parquet", made_by="ingest").collect().schema == POLARS_SCHEMA
    ingest([write("b.csv", line(1, "2020-03-05"))], workspace)
    assert list(files(workspace)) == ["platform=x/month=2020-03/part-00001.parquet"]


def test_readers_of_a_batch_of_files_need_no_hard_links(tmp_path, write, monkeypatch):
    workspace = Workspace.create(tmp_path / "w")
    ingest([write("a.csv", line(1, "2020-03-05"), line(2, "2020-04-05"))], workspace)
    tree = files(workspace)

    def refuse(source, target):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    ingest([write("b.csv", line(3, "2020-05-05"))], workspace)
    assert workspace.scan("posts.parquet", made_by="ingest").collect()["post_id"].to_list() == ["1", "2", "3"]
    assert not set(tree.values()) & set(files(workspace).values())
