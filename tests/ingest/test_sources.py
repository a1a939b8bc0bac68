"""What a source may be: files, folders, patterns, packed files, the standard input."""

import gzip
import io
import lzma
import sys
from types import SimpleNamespace

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import InputError
from textmine.ingest import ingest, read_posts, read_posts_with_rejects, standard_input
from textmine.ingest.sources import expand
from textmine.store import Workspace

if sys.version_info >= (3, 14):
    from compression import zstd as zstandard
else:
    from backports import zstd as zstandard

ROWS = [
    {
        "id": str(n),
        "akun": "dinas",
        "platform": "x",
        "waktu": "2024-03-01T10:00:00+07:00",
        "isi": f"Halo {n}",
        "suka": n,
    }
    for n in range(1, 4)
]
CSV = pl.DataFrame(ROWS).write_csv().encode()
NDJSON = pl.DataFrame(ROWS).write_ndjson().encode()


def parquet():
    buffer = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(buffer)
    return buffer.getvalue()


def xlsx():
    buffer = io.BytesIO()
    pl.DataFrame(ROWS).write_excel(buffer)
    return buffer.getvalue()


def zstd(data):
    return zstandard.compress(data)


def long_zstd(data):
    options = {
        zstandard.CompressionParameter.window_log: 30,
        zstandard.CompressionParameter.enable_long_distance_matching: 1,
    }
    packer = zstandard.ZstdCompressor(options=options)
    return packer.compress(data) + packer.flush()


def test_the_register_is_no_source_however_it_comes_along(tmp_path):
    for name in ("a.csv", "agencies.csv", "daftar.csv"):
        (tmp_path / name).write_text("x\n")
    written_out = [tmp_path / "a.csv", tmp_path / "agencies.csv", tmp_path / "daftar.csv"]
    assert expand(written_out, register=tmp_path / "agencies.csv") == [tmp_path / "a.csv", tmp_path / "daftar.csv"]
    assert expand([tmp_path / "*.csv"], register=str(tmp_path / "daftar.csv")) == [tmp_path / "a.csv"]
    with pytest.raises(InputError, match="only source is the register"):
        expand([tmp_path / "agencies.csv"], register=tmp_path / "agencies.csv")


@pytest.mark.parametrize(
    "packed", [gzip.compress, lzma.compress, zstd, long_zstd, lambda data: zstd(data[:40]) + zstd(data[40:])]
)
@pytest.mark.parametrize("content", [CSV, NDJSON])
@pytest.mark.parametrize("name", ["posts.bin", "posts.csv", "posts.ndjson.zst"])
def test_packed_files_are_recognised_by_content(tmp_path, packed, content, name):
    path = tmp_path / name
    path.write_bytes(packed(content))
    assert read_posts(path)["likes"].to_list() == [1, 2, 3]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstd])
def test_a_packed_file_that_is_cut_gives_what_is_whole(tmp_path, pack):
    rows = pl.DataFrame(
        [{**ROWS[0], "id": f"{n}", "isi": f"{n * 7919 % 10007} {n * 104729 % 99991}"} for n in range(40_000)]
    )
    packed = pack(rows.write_csv().encode())
    path = tmp_path / "posts.csv.packed"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    posts, rejects = read_posts_with_rejects(path)
    assert 5_000 < len(posts) < 40_000
    assert posts["post_id"].to_list() == [str(n) for n in range(len(posts))]
    assert len(rejects) <= 1


def test_a_damaged_zstd_file_is_one_clear_error(tmp_path):
    path = tmp_path / "posts.csv.zst"
    path.write_bytes(zstd(CSV)[:5] + b"broken" * 100)
    with pytest.raises(InputError, match=r"posts\.csv\.zst: cannot be read to the end: zstd"):
        read_posts(path)


def test_a_folder_is_searched_for_packed_files_too(tmp_path):
    folder = tmp_path / "ekspor" / "maret"
    folder.mkdir(parents=True)
    for name, data in {
        "a.csv.zst": zstd(CSV),
        "b.NDJSON.XZ": lzma.compress(NDJSON),
        ".c.csv": CSV,
        "d.md": b"x",
    }.items():
        (folder / name).write_bytes(data)
    assert [path.name for path in expand([tmp_path])] == ["a.csv.zst", "b.NDJSON.XZ"]
    assert [path.name for path in expand([tmp_path / "**" / "*.csv.*"])] == ["a.csv.zst"]


INPUTS = {
    "CSV": CSV,
    "NDJSON": NDJSON,
    "JSON": b"[" + NDJSON.replace(b"}\n{", b"},{") + b"]",
    "Parquet": parquet(),
    "Excel": xlsx(),
    "gzip": gzip.compress(CSV),
    "zstd": zstd(NDJSON),
}


@pytest.mark.parametrize("content", INPUTS.values(), ids=INPUTS)
def test_standard_input_in_any_format(tmp_path, content):
    workspace = tmp_path / "w"
    result = CliRunner().invoke(root, ["ingest", "-", "-o", str(workspace)], input=content)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("-: ")
    posts = Workspace.open(workspace).scan("posts.parquet", made_by="ingest").collect()
    assert posts.select("source", "source_row", "likes").rows() == [("-", 1, 1), ("-", 2, 2), ("-", 3, 3)]
    assert not (workspace / ".standard-input").exists()


def test_rejected_rows_and_errors_name_the_standard_input(tmp_path):
    broken = NDJSON + b'{"id": "9", "isi": "terpo\n'
    with standard_input(["-"], stream=io.BytesIO(broken)) as sources:
        ingest(sources, Workspace.create(tmp_path / "w"))
    rejects = Workspace.open(tmp_path / "w").scan("rejects.parquet", made_by="ingest").collect()
    assert rejects.select("source", "source_row", "reason").rows() == [("-", 4, "not a whole JSON object")]
    result = CliRunner().invoke(root, ["ingest", "-", "-o", str(tmp_path / "w")], input=b"")
    assert (result.exit_code, result.stderr.strip()) == (1, "Error: -: the file is empty")
    result = CliRunner().invoke(root, ["ingest", "-", "-o", str(tmp_path / "w")], input=b"akun,suka\nd,1\n")
    assert result.stderr.startswith("Error: -, column 'caption': no column for it")


def test_standard_input_stands_beside_files_and_is_a_duplicate_like_any(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(CSV)
    result = CliRunner().invoke(root, ["ingest", str(path), "-", "-o", str(tmp_path / "w")], input=NDJSON)
    assert result.stdout.splitlines()[-1] == "read 6 = 3 posts + 3 duplicates + 0 rejected"


def test_read_posts_takes_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV)))
    assert read_posts("-")["source"].to_list() == ["-"] * 3


def test_standard_input_is_a_source_in_python_too(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(CSV)))
    workspace = Workspace.create(tmp_path / "w")
    assert ingest(["-"], workspace).files[0].path == "-"
    assert workspace.scan("posts.parquet", made_by="ingest").collect()["source"].to_list() == ["-"] * 3


def test_standard_input_outside_its_context_says_what_to_do():
    with pytest.raises(InputError, match=r"-: standard input is a source within textmine\.ingest\.standard_input"):
        expand(["-"])


def test_a_caption_beside_its_json_is_no_source(tmp_path):
    for name in ("a_UTC.json", "b_UTC.json.xz", "c_UTC.json.gz", "a_UTC.txt", "b_UTC.txt", "c_UTC.txt", "posts.txt"):
        (tmp_path / name).write_text("x\n")
    assert [file.name for file in expand([tmp_path])] == ["a_UTC.json", "b_UTC.json.xz", "c_UTC.json.gz", "posts.txt"]
    assert expand([tmp_path / "a_UTC.txt"]) == [tmp_path / "a_UTC.txt"]
