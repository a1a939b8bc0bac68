"""The workspace's posts: accounting, duplicates, appending, the same bytes again."""

import json

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmine.errors import InputError, MissingColumnError
from textmine.ingest import IngestResult, ingest, parts, read_posts
from textmine.posts import REJECT_SCHEMA, PostSchema
from textmine.store import Workspace, hash_path

HEADER = "id,akun,tanggal,isi,suka,diambil_pada"


def line(number, likes=1, collected="2024-05-01", account="dinas"):
    return f"{number},{account},2024-03-01,Pesan {number},{likes},{collected}"


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "workspace")


@pytest.fixture
def write(tmp_path):
    def write(name, *lines):
        path = tmp_path / "sources" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return path

    return write


def stored(workspace):
    return workspace.scan("posts.parquet", made_by="ingest").collect()


def counts(result):
    return (result.read, result.posts, result.duplicates, result.rejected)


def test_every_row_is_a_post_a_duplicate_or_rejected_by_file_and_in_all(workspace, write):
    first = write("a.csv", line(1), line(2), line(1), "3,dinas,entah,Pesan,1,")
    second = write("b.csv", line(2), line(4))
    result = ingest([first, second], workspace, platform="x")
    assert counts(result) == (6, 3, 2, 1)
    assert [counts(file) for file in result.files] == [(4, 2, 1, 1), (2, 1, 1, 0)]
    assert [file.format for file in result.files] == ["CSV", "CSV"]
    assert stored(workspace)["post_id"].to_list() == ["1", "2", "4"]
    assert PostSchema.is_valid(stored(workspace))


def test_result_as_json_has_exactly_these_keys_and_is_stored(workspace, write):
    result = ingest([write("a.csv", line(1))], workspace, platform="x")
    assert list(result.as_dict()) == ["read", "posts", "duplicates", "rejected", "files"]
    content = json.loads(workspace.file("ingest.json").read_text())
    assert content == result.as_dict()
    assert IngestResult.from_dict(content) == result


def test_collected_twice_keeps_newest_figures_in_the_first_place(workspace, write):
    old = write("a.csv", line(1, 10, "2024-05-01"), line(2, 5, "2024-05-01"), line(3, 7, ""))
    new = write("b.csv", line(3, 8, "2024-04-01"), line(1, 20, "2024-06-01"), line(2, 4, "2024-04-01"))
    ingest([old], workspace, platform="x")
    result = ingest([new], workspace, platform="x")
    assert counts(result) == (3, 0, 3, 0)
    assert stored(workspace).select("post_id", "likes").rows() == [("1", 20), ("2", 5), ("3", 8)]
    assert stored(workspace)["source"].to_list() == [str(new), str(old), str(new)]


def test_equal_times_of_collection_keep_what_came_first(workspace, write):
    path = write("a.csv", line(1, 10), line(1, 99), line(2, 3, ""), line(2, 4, ""))
    ingest([path], workspace, platform="x")
    assert stored(workspace)["likes"].to_list() == [10, 3]


def test_same_id_on_two_platforms_is_two_posts(workspace, tmp_path):
    rows = [{"platform": p, "id": "1", "akun": "d", "tanggal": "2024-03-01", "isi": "x"} for p in ("x", "facebook")]
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(rows))
    assert counts(ingest([path], workspace)) == (2, 2, 0, 0)


def test_ingesting_the_same_file_again_changes_no_byte(workspace, write):
    path = write("a.csv", *(line(n) for n in range(50)), "x,dinas,entah,Pesan,1,")
    ingest([path], workspace, platform="x")
    before = [hash_path(workspace.file(name)) for name in ("posts.parquet", "rejects.parquet")]
    for _ in range(2):
        assert counts(ingest([path], workspace, platform="x")) == (51, 0, 50, 1)
        assert [hash_path(workspace.file(name)) for name in ("posts.parquet", "rejects.parquet")] == before


def test_two_calls_and_one_call_store_the_same_bytes(tmp_path, write):
    files = [write("a.csv", line(1), line(2)), write("b.csv", line(2), line(3))]
    together, apart = (Workspace.create(tmp_path / name) for name in ("together", "apart"))
    ingest(files, together, platform="x")
    for file in files:
        ingest([file], apart, platform="x")
    assert hash_path(together.file("posts.parquet")) == hash_path(apart.file("posts.parquet"))


def test_a_month_of_many_posts_is_a_folder_of_equal_parts(workspace, write, monkeypatch):
    monkeypatch.setattr(parts, "PART_ROWS", 10)
    ingest([write("a.csv", *(line(n, 1, "2024-01-01") for n in range(25)))], workspace, platform="x")
    folder = workspace.file("posts.parquet") / "platform=x" / "month=2024-03"
    assert [pl.read_parquet(part).height for part in sorted(folder.iterdir())] == [10, 10, 5]
    untouched = (folder / "part-00001.parquet").stat().st_ino
    newer = write("b.csv", *(line(n, 2) for n in range(20, 30)))
    assert counts(ingest([newer], workspace, platform="x")) == (10, 5, 5, 0)
    assert [pl.read_parquet(part).height for part in sorted(folder.iterdir())] == [10, 10, 10]
    assert (folder / "part-00001.parquet").stat().st_ino == untouched
    assert stored(workspace)["post_id"].to_list() == [str(n) for n in range(30)]
    assert stored(workspace)["likes"].to_list() == [1] * 20 + [2] * 10
    assert counts(ingest([write("c.csv", line(1))], workspace, platform="x", replace=True)) == (1, 1, 0, 0)
    assert [path.name for path in folder.iterdir()] == ["part-00001.parquet"]


def test_replace_starts_anew_and_an_unchanged_call_finds_its_work_done(workspace, write):
    ingest([write("a.csv", line(1))], workspace, platform="x")
    path = write("b.csv", line(2))
    told = []
    for _ in range(2):
        result = ingest([path], workspace, platform="x", replace=True, progress=lambda *rows: told.append(rows))
        assert counts(result) == (1, 1, 0, 0)
    assert stored(workspace)["post_id"].to_list() == ["2"]
    assert told == [(1, None), (1, 1)]


def test_rejects_say_where_and_why_and_hold_the_row(workspace, write):
    path = write("a.csv", line(1), "2,dinas,2024-03-01,Pesan 2,banyak,", "3,dinas")
    ingest([path], workspace, platform="x")
    rejects = pl.read_parquet(workspace.file("rejects.parquet"))
    assert rejects.schema == REJECT_SCHEMA
    by_row = {row["source_row"]: row for row in rejects.rows(named=True)}
    assert by_row[2]["reason"] == "not a count that can be read"
    assert (by_row[2]["column"], by_row[2]["value"]) == ("suka", "banyak")
    assert json.loads(by_row[2]["raw"])["isi"] == "Pesan 2"
    assert by_row[3]["reason"] == "has 2 fields instead of 6"
    assert {row["source"] for row in by_row.values()} == {str(path)}


def test_progress_is_told_the_rows_so_far(workspace, write):
    told = []
    files = [write("a.csv", line(1), line(2)), write("b.csv", line(3))]
    ingest(files, workspace, platform="x", progress=lambda *rows: told.append(rows))
    assert told == [(2, None), (2, 2), (3, None), (3, 3)]


def test_the_register_gives_agencies_and_unknown_accounts_are_counted(workspace, write, tmp_path):
    register = tmp_path / "agencies.csv"
    register.write_text("agency,platform,account,followers\nD,x,dinas,500\n")
    path = write("a.csv", line(1), line(2, account="lain"))
    result = ingest([path], workspace, platform="x", agencies=register)
    found = stored(workspace)
    assert found["agency"].to_list() == ["D", None]
    assert found["followers"].to_list() == [500, None]
    assert "1 accounts are not in the register, their posts have no agency: lain" in result.files[0].notes
    assert pl.read_parquet(workspace.file("agencies.parquet"))["agency"].to_list() == ["D"]
    register.write_text("agency,platform,account,followers\nE,x,dinas,600\nL,x,lain,7\n")
    ingest([path], workspace, platform="x", agencies=register)
    assert stored(workspace).select("agency", "followers").rows() == [("E", 600), ("L", 7)]


def test_sources_are_files_folders_and_patterns_each_read_once(workspace, write, tmp_path):
    write("a.csv", line(1))
    write("b.csv", line(2))
    (tmp_path / "sources" / "notes.md").write_text("no export")
    folder = tmp_path / "sources"
    result = ingest([folder, folder / "*.csv", folder / "a.csv"], workspace, platform="x")
    assert counts(result) == (2, 2, 0, 0)


def test_simulated_sources_mark_the_workspace(workspace, write, tmp_path):
    path = write("a.csv", line(1))
    ingest([path], workspace, platform="x")
    assert not workspace.simulated
    (tmp_path / "sources" / "SIMULATED.md").write_text("These posts are simulated.")
    ingest([path], workspace, platform="x")
    assert workspace.simulated
    real = tmp_path / "real.csv"
    real.write_text(path.read_text())
    ingest([real], workspace, platform="x")
    assert workspace.simulated  # the simulated ones are still there
    ingest([real], workspace, platform="x", replace=True)
    assert not workspace.simulated


def test_simulated_sources_that_cannot_be_read_leave_no_mark(workspace, write, tmp_path):
    ingest([write("a.csv", line(1))], workspace, platform="x")
    (tmp_path / "sources" / "SIMULATED.md").write_text("These posts are simulated.")
    (tmp_path / "sources" / "b.csv").write_text("akun,tanggal\nd,2024-03-01\n")
    with pytest.raises(MissingColumnError):
        ingest([tmp_path / "sources"], workspace, platform="x")
    assert not workspace.simulated


def test_a_folder_is_read_without_the_workspaces_and_reports_of_textmine_in_it(write, tmp_path):
    write("a.csv", line(1))
    folder = tmp_path / "sources"
    season = Workspace.create(folder / "season")
    for _ in range(2):
        assert counts(ingest([folder], season, platform="x"))[0] == 1
    (folder / "reports").mkdir()
    (folder / "reports" / "textmine-report.json").write_text("{}")
    (folder / "reports" / "agencies.csv").write_text("instansi,unggahan\nd,1\n")
    assert len(ingest([folder], season, platform="x").files) == 1
    with pytest.raises(InputError, match="is a textmine workspace, not a folder of exports"):
        ingest([folder / "season"], Workspace.create(tmp_path / "other"))


def test_a_broken_source_leaves_the_workspace_as_it_was(workspace, write, tmp_path):
    ingest([write("a.csv", line(1))], workspace, platform="x")
    before = hash_path(workspace.file("posts.parquet"))
    bad = tmp_path / "bad.csv"
    bad.write_text("akun,tanggal\nd,2024-03-01\n")
    with pytest.raises(MissingColumnError, match="column 'caption': no column for it; the file has akun, tanggal"):
        ingest([write("b.csv", line(2)), bad], workspace, platform="x")
    assert hash_path(workspace.file("posts.parquet")) == before
    assert counts(ingest([write("b.csv", line(2))], workspace, platform="x")) == (1, 1, 0, 0)


def test_a_file_of_headers_only_is_read_as_no_rows(workspace, write):
    result = ingest([write("a.csv")], workspace, platform="x")
    assert counts(result) == (0, 0, 0, 0)
    assert "holds no rows" in result.files[0].notes
    assert stored(workspace).is_empty()


def test_what_was_assumed_is_said(workspace, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("akun,tanggal,isi,suka\nd,03/04/2024,Halo,1\n")
    notes = ingest([path], workspace, platform="x").files[0].notes
    assert "columns read: account=akun, caption=isi, likes=suka, published_at=tanggal" in notes
    assert "dates such as 03/04/2024 are read day first: no value decides it" in notes
    assert "1 times carry no zone: taken as Asia/Jakarta" in notes


def test_reading_into_memory_gives_the_same_posts(workspace, write):
    files = [write("a.csv", line(1, 1, "2024-01-01"), line(2)), write("b.csv", line(1, 2))]
    ingest(files, workspace, platform="x")
    assert read_posts(*files, platform="x").equals(stored(workspace))


def test_no_source_is_an_error(workspace):
    with pytest.raises(InputError, match="no source is given"):
        ingest([], workspace)


def test_posts_set_aside_by_a_killed_run_are_put_back(workspace, write):
    ingest([write("a.csv", line(1))], workspace, platform="x")
    path = workspace.file("posts.parquet")
    path.rename(path.with_name(".posts.parquet.old"))  # what a kill between two renames leaves
    assert counts(ingest([write("b.csv", line(2))], workspace, platform="x")) == (1, 1, 0, 0)
    assert stored(workspace)["post_id"].to_list() == ["1", "2"]


collected = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["", "2024-01-01", "2024-02-01"])), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(collected, min_size=1, max_size=4))
def test_any_order_of_collection_ends_with_first_places_and_newest_figures(tmp_path, batches):
    expected = {}
    files = []
    likes = 0
    for number, batch in enumerate(batches):
        lines = []
        for post_id, day in batch:
            likes += 1
            lines.append(line(post_id, likes, day))
            if post_id not in expected or day > expected[post_id][1]:
                expected[post_id] = (likes, day)
        files.append(tmp_path / f"{number}.csv")
        files[-1].write_text("\n".join([HEADER, *lines]) + "\n")
    posts = read_posts(*files, platform="x")
    assert posts.select("post_id", "likes").rows() == [(str(k), v) for k, (v, _) in expected.items()]


def test_a_folder_is_read_without_the_register_that_lies_in_it(workspace, write, tmp_path):
    write("a.csv", line(1))
    (tmp_path / "sources" / "agencies.csv").write_text("agency,platform,account\nD,x,dinas\n")
    result = ingest([tmp_path / "sources"], workspace, platform="x", agencies=tmp_path / "sources" / "agencies.csv")
    assert [file.path for file in result.files] == [str(tmp_path / "sources" / "a.csv")]
    assert stored(workspace)["agency"].to_list() == ["D"]
