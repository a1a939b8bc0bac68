"""A post collected several times: the newest figures count, and every state stays."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmine.errors import InputError
from textmine.ingest import growth_curve, ingest, parts
from textmine.posts import SNAPSHOT_SCHEMA
from textmine.store import Workspace, hash_path

HEADER = "platform,id,akun,tanggal,isi,suka,pengikut,diambil_pada"


def line(number, likes, collected="", *, day="2024-03-01", platform="x", followers=""):
    return f"{platform},{number},dinas,{day},Pesan {number},{likes},{followers},{collected}"


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "workspace")


@pytest.fixture
def write(tmp_path):
    def write(name, *lines):
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return path

    return write


def snapshots(workspace):
    return workspace.scan("snapshots.parquet", made_by="ingest").collect()


def states(workspace):
    day = pl.col("collected_at").dt.convert_time_zone("Asia/Jakarta").dt.date().cast(pl.String)
    return snapshots(workspace).select("post_id", "likes", day).rows()


def test_every_state_of_a_post_in_several_states_is_kept_once(workspace, write):
    ingest([write("a.csv", line(1, 10, "2024-05-01"), line(2, 5, "2024-05-01"))], workspace)
    assert snapshots(workspace).is_empty()
    ingest([write("b.csv", line(1, 20, "2024-06-01"), line(2, 5, "2024-05-01"))], workspace)
    assert states(workspace) == [("1", 10, "2024-05-01"), ("1", 20, "2024-06-01")]
    ingest([write("c.csv", line(1, 30, "2024-07-01"), line(1, 15, "2024-05-15"))], workspace)
    assert [likes for _, likes, _ in states(workspace)] == [10, 20, 30, 15]
    assert growth_curve(workspace, "1")["likes"].to_list() == [10, 15, 20, 30]
    assert snapshots(workspace).schema == SNAPSHOT_SCHEMA


def test_an_older_state_that_comes_later_joins_the_curve_and_changes_no_post(workspace, write):
    ingest([write("a.csv", line(1, 20, "2024-06-01"))], workspace)
    before = hash_path(workspace.file("posts.parquet"))
    result = ingest([write("b.csv", line(1, 10, "2024-05-01"))], workspace)
    assert (result.posts, result.duplicates) == (0, 1)
    assert hash_path(workspace.file("posts.parquet")) == before
    assert growth_curve(workspace, "1")["likes"].to_list() == [10, 20]


def test_the_same_file_again_adds_no_state(workspace, write):
    path = write("a.csv", line(1, 10, "2024-05-01"), line(1, 20, "2024-06-01"), line(2, 1), line(2, 2), line(2, 1))
    ingest([path], workspace)
    assert [likes for _, likes, _ in states(workspace)] == [10, 20, 1, 2]
    tree = hash_path(workspace.path)
    for again in (path, write("renamed.csv", *path.read_text().splitlines()[1:])):
        ingest([again], workspace)
        assert hash_path(workspace.path) == tree


def test_equal_figures_collected_later_are_a_state_of_their_own(workspace, write):
    ingest([write("a.csv", line(1, 10, "2024-05-01"), line(1, 10, "2024-06-01"))], workspace)
    assert states(workspace) == [("1", 10, "2024-05-01"), ("1", 10, "2024-06-01")]


def test_without_a_time_of_collection_states_stand_in_the_order_of_ingest_before_the_dated_ones(workspace, write):
    ingest([write("a.csv", line(1, 7))], workspace)
    ingest([write("b.csv", line(1, 9), line(1, 8, "2024-05-01"))], workspace)
    ingest([write("c.csv", line(1, 7))], workspace)
    assert growth_curve(workspace, "1")["likes"].to_list() == [7, 9, 8]
    post = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert post["likes"].to_list() == [8]


def test_pictures_of_one_post_are_one_state(workspace, write):
    result = ingest([write("a.csv", *[line(1, 10, "2024-05-01")] * 3)], workspace)
    assert (result.posts, result.duplicates) == (1, 2)
    assert snapshots(workspace).is_empty()


def test_followers_of_the_register_are_no_state(workspace, write, tmp_path):
    register = tmp_path / "agencies.csv"
    register.write_text("agency,platform,account,followers\nD,x,dinas,500\n")
    path = write("a.csv", line(1, 10, "2024-05-01"))
    ingest([path], workspace, agencies=register)
    ingest([path], workspace)
    assert snapshots(workspace).is_empty()
    ingest([write("b.csv", line(1, 20, "2024-06-01", followers=700))], workspace, agencies=register)
    assert snapshots(workspace)["followers"].to_list() == [None, 700]
    assert snapshots(workspace)["followers_kind"].to_list() == ["unknown", "unknown"]
    assert snapshots(workspace)["source"].to_list() == [str(path), str(tmp_path / "b.csv")]


def test_a_post_seen_once_has_a_curve_of_one_row(workspace, write):
    ingest([write("a.csv", line(1, 10), line(5, 1), line(5, 2, platform="facebook"))], workspace)
    assert growth_curve(workspace, "1").select("likes", "source_row").rows() == [(10, 1)]
    assert growth_curve(workspace, "5", platform="facebook")["likes"].to_list() == [2]
    with pytest.raises(InputError, match="one on each of facebook, x; say which with --platform"):
        growth_curve(workspace, "5")
    with pytest.raises(InputError, match="no post with the id 404"):
        growth_curve(workspace, "404")


def test_a_post_whose_month_changes_moves_whole(workspace, write):
    ingest([write("a.csv", *(line(n, n) for n in range(4)))], workspace)
    newer = write("b.csv", line(2, 20, "2024-05-01", day="2024-04-02"), line(9, 9, day="2024-04-01"))
    result = ingest([newer], workspace)
    assert (result.posts, result.duplicates) == (1, 1)
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert posts.select("post_id", "likes").rows() == [("0", 0), ("1", 1), ("3", 3), ("2", 20), ("9", 9)]
    ingest([write("c.csv", *(line(n, n, "2024-06-01", day="2024-05-01") for n in (2, 9)))], workspace)
    assert sorted(path.name for path in (workspace.file("posts.parquet") / "platform=x").iterdir()) == [
        "month=2024-03",
        "month=2024-05",
    ]
    assert growth_curve(workspace, "2")["likes"].to_list() == [2, 20, 2]


class Model:
    """What must be stored, told one row at a time."""

    def __init__(self):
        self.posts = {}
        self.states = {}

    def call(self, rows):
        seen = {}
        for number, row in enumerate(rows):
            key = row[:2]
            seen.setdefault(key, []).append((row, (1, number)))
            if row not in self.states.setdefault(key, []):
                self.states[key].append(row)
        for key, found in seen.items():
            old = self.posts.get(key)
            group = ([old] if old else []) + found
            newest = max(group, key=lambda item: (item[0][3], [-n for n in item[1]]))[0]
            month = newest[4][:7]
            place = min(where for row, where in group if row[4][:7] == month)
            self.posts[key] = (newest, place)
        order = sorted(self.posts, key=lambda key: (key[0], self.posts[key][0][4][:7], self.posts[key][1]))
        # places of this call become places of the workspace
        self.posts = {key: (self.posts[key][0], (0, number)) for number, key in enumerate(order)}

    def stored(self):
        return [row for row, _ in self.posts.values()]

    def kept(self):
        return {key: rows for key, rows in self.states.items() if len(rows) > 1}


rows = st.tuples(
    st.sampled_from(["facebook", "x"]),
    st.integers(1, 5).map(str),
    st.integers(0, 3),
    st.sampled_from(["", "2024-05-01", "2024-06-01"]),
    st.sampled_from(["2024-03-01", "2024-03-31", "2024-04-01"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(st.lists(rows, min_size=1, max_size=9), min_size=1, max_size=4), part_rows=st.sampled_from([2, 3, 9])
)
def test_posts_and_states_are_those_of_a_model_told_row_by_row(tmp_path_factory, monkeypatch, calls, part_rows):
    monkeypatch.setattr(parts, "PART_ROWS", part_rows)
    folder = tmp_path_factory.mktemp("model")
    workspace, model = Workspace.create(folder / "w"), Model()
    for number, call in enumerate(calls):
        path = folder / f"{number}.csv"
        lines = [line(i, likes, collected, day=day, platform=p) for p, i, likes, collected, day in call]
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        before = set(model.posts)
        result = ingest([path], workspace)
        model.call(call)
        assert (result.read, result.posts) == (len(call), len(set(model.posts) - before))
        assert result.duplicates == result.read - result.posts
    named = ("platform", "post_id", "likes", "collected_at", "published_at")
    found = workspace.scan("posts.parquet", made_by="ingest").select(named).collect()
    assert [as_row(row) for row in found.rows()] == model.stored()
    kept = {}
    for row in snapshots(workspace).select(named[:4]).rows():
        kept.setdefault(row[:2], []).append((*row[:3], day_of(row[3])))
    expected = {key: sorted({row[:4] for row in rows}) for key, rows in model.kept().items()}
    assert {key: sorted(rows) for key, rows in kept.items()} == {k: v for k, v in expected.items() if len(v) > 1}


def as_row(row):
    return (*row[:3], day_of(row[3]), day_of(row[4]))


def day_of(time):
    return "" if time is None else (time + dt.timedelta(hours=7)).strftime("%Y-%m-%d")


def test_a_row_without_figures_takes_no_place_and_is_no_state(workspace, write):
    """One tool reports figures, the other none, whichever is read first and says when it collected."""
    bare, full = write("a.csv", line(1, "", "2024-06-01")), write("b.csv", line(1, 12), line(2, 4))
    for sources in ([bare, full], [full, bare]):
        result = ingest(sources, workspace, replace=True)
        assert (result.posts, result.duplicates) == (2, 1)
        posts = workspace.scan("posts.parquet", made_by="ingest").sort("post_id").collect()
        assert posts["likes"].to_list() == [12, 4]
        assert snapshots(workspace).is_empty()


def test_likes_that_were_hidden_later_are_a_state(workspace, write):
    ingest([write("a.csv", line(1, 12, "2024-05-01"))], workspace)
    hidden = (
        workspace.scan("posts.parquet", made_by="ingest")
        .collect()
        .with_columns(
            pl.lit(None, pl.Int64).alias("likes"),
            pl.lit(["likes"]).cast(SNAPSHOT_SCHEMA["hidden"]).alias("hidden"),
            pl.col("collected_at").dt.offset_by("1mo"),
        )
    )
    hidden.write_parquet(workspace.path.parent / "later.parquet")
    ingest([workspace.path.parent / "later.parquet"], workspace)
    assert workspace.scan("posts.parquet", made_by="ingest").collect()["likes"].to_list() == [None]
    assert growth_curve(workspace, "1")["likes"].to_list() == [12, None]
