"""Whatever a file holds, it ends in posts and refused rows that add up, or in an error of the family, and soon.

``bench/fuzz_ingest.py`` looks longer, led by coverage.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.timing import growth
from textmine.errors import TextmineError
from textmine.ingest import ingest
from textmine.store import Workspace

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))
try:
    import damages
    import fuzzing
finally:
    sys.path.remove(str(BENCH))

SOON = settings(deadline=timedelta(seconds=5), max_examples=60, suppress_health_check=list(HealthCheck))
SEEDS = dict(fuzzing.seeds())
NAMES = (
    "id akun username platform tanggal created_at date isi text caption Message title suka likes favorite_count"
    " komentar comments shares views url URL shortcode pengikut hashtags type id_str full_text instaloader"
).split()
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "", "x", "instagram", "dinas", "2024-03-01", "03/04/2024", "17 Maret 2024 10.00", "45292,5", "1710000000",
            "1.234", "1,2 rb", "3.4K", "-1", "1e400", "9" * 400, "1.41E+18", "0001-01-01", "9999-12-31 23:59:59",
            "https://x.com/dinas/status/1", "https://www.instagram.com/p/CQ8i6nHl9s3/", "b'\\xff'", "b'" + "(" * 300,
            "â€“", '"', '""', "\\", "'", "\ufeff", "\u0085", "\u2028", "NaN", "inf", "true", "[", "[{", "\x00", "RT @x",
        ]
    ),
)  # fmt: skip
TABLES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=8).flatmap(
    lambda names: st.tuples(st.just(names), st.lists(st.lists(CELLS, max_size=9), max_size=12))
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | CELLS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner),
    max_leaves=25,
)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "put", "copy", "flip"]),
        st.integers(0, 1 << 20),
        st.integers(1, 64),
        st.sampled_from(
            [b'"', b",", b"\n", b"\r", b";", b"\t", b"\\", b"{", b"}", b"[", b"]", b":", b"\x00", b"\xff",
             b"\xef\xbb\xbf", b"\xed\xa0\x80", b"null", b"1e999", b"-1", b"\\ud800", b"9" * 40, b"\xc2\x85"]
        ),
    ),
    max_size=12,
)  # fmt: skip


def edited(content, edits):
    for kind, place, length, piece in edits:
        at = place % (len(content) + 1)
        match kind:
            case "cut":
                content = content[: max(at, len(content) // 2)]
            case "drop":
                content = content[:at] + content[at + length :]
            case "put":
                content = content[:at] + piece + content[at:]
            case "copy":
                content = content[:at] + content[at : at + 8 * length] + content[at:]
            case "flip":
                content = content[:at] + bytes(byte ^ 0x20 for byte in content[at : at + 1]) + content[at + 1 :]
    return content


@SOON
@given(st.binary(max_size=600), st.sampled_from(fuzzing.NAMES))
@example(b"\xff\xfe\x00", "posts.csv")
@example(b"PK\x03\x04", "posts.csv")
@example(b"[" * 5000, "posts.json")
@example(b'{"a":' * 5000, "posts.ndjson")
def test_any_bytes(content, name):
    fuzzing.survives(content, name=name)


@SOON
@given(TABLES, st.sampled_from([",", ";", "\t", "|"]), st.booleans(), st.sampled_from(fuzzing.OPTIONS))
def test_any_table(table, delimiter, quoted, options):
    names, rows = table
    cells = [[cell.replace('"', '""') for cell in row] for row in rows] if quoted else rows
    lines = [delimiter.join(f'"{cell}"' for cell in row) if quoted else delimiter.join(row) for row in cells]
    content = "\n".join([delimiter.join(names), *lines]).encode("utf-8", "surrogatepass")
    fuzzing.survives(content, options=options)


@SOON
@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), max_size=5),
    st.booleans(),
    st.sampled_from(fuzzing.OPTIONS),
)
@example([{"caption": "\ud800", "date": "2024-03-01", "username": "\udfff"}], False, fuzzing.OPTIONS[0])
@example([{"caption": {"text": ["a"]}, "date": {"a": 1}}], True, fuzzing.OPTIONS[1])
def test_any_objects(items, by_lines, options):
    text = "\n".join(map(json.dumps, items)) if by_lines else json.dumps(items)
    fuzzing.survives(text.encode(), name="posts.ndjson" if by_lines else "posts.json", options=options)


@settings(SOON, max_examples=150)
@given(st.sampled_from(sorted(SEEDS)), EDITS)
def test_mutated_exports(name, edits):
    fuzzing.survives(edited(SEEDS[name], edits), name=Path(name).name)


@settings(SOON, max_examples=40)
@given(st.sampled_from(sorted(damages.DAMAGES)), EDITS)
def test_damaged_tables_damaged_again(form, edits):
    if "1 MB" not in form:
        fuzzing.survives(edited(damages.DAMAGES[form](damages.office(9)).content, edits))


@settings(SOON, max_examples=20)
@given(st.sampled_from(sorted(SEEDS)), EDITS)
def test_what_is_stored_adds_up(tmp_path_factory, name, edits):
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / Path(name).name
    path.write_bytes(edited(SEEDS[name], edits))
    workspace = Workspace.create(folder / "workspace")
    try:
        result = ingest([path], workspace)
    except TextmineError:
        return
    assert result.read == result.posts + result.duplicates + result.rejected
    assert workspace.scan("posts.parquet", made_by="ingest").collect().height == result.posts
    assert workspace.scan("rejects.parquet", made_by="ingest").collect().height == result.rejected


@pytest.mark.parametrize("mark", [b'"', b'\\"', b'""', b",", b"\r", b"{", b'"a\n', b'x,"', b', "', b"\xc3"])
def test_time_grows_with_the_length_alone(mark):
    def read(n):
        return lambda: fuzzing.survives(b"akun,tanggal,isi,platform\n" + mark * n + b"\ndinas,2024-03-01,a,x\n")

    read(100)()
    assert growth(read(40_000), read(400_000), 40) <= 40  # ten times as long; a hundred if it were quadratic
