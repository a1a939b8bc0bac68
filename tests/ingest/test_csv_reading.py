"""Delimited text, whole and damaged: every row is a post or refused with a reason."""

import csv
import gzip
import io
import lzma

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmine.ingest import csvfile, read_posts, read_posts_with_rejects

HEADER = "akun,tanggal,isi,suka"


def rows(n):
    return [f"dinas,2024-03-{i % 28 + 1:02} 10:00:00,Pesan ke-{i},{i}" for i in range(1, n + 1)]


def read(path, content, **options):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_posts_with_rejects(path, **{"platform": "instagram", **options})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "posts.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(file, delimiter):
    text = "\n".join([HEADER, *rows(3)]).replace(",", delimiter)
    posts, rejects = read(file, text)
    assert posts["caption"].to_list() == ["Pesan ke-1", "Pesan ke-2", "Pesan ke-3"]
    assert posts["likes"].to_list() == [1, 2, 3]
    assert rejects.is_empty()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_machine_are_read(file, ending):
    posts, _ = read(file, ending.join([HEADER, *rows(3), ""]))
    assert posts["likes"].to_list() == [1, 2, 3]
    assert posts["caption"].to_list() == ["Pesan ke-1", "Pesan ke-2", "Pesan ke-3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_read(file, encoding):
    text = "\n".join([HEADER, "dinas,2024-03-01,Kafé résumé “kutip”,1"])
    posts, _ = read(file, text.encode(encoding))
    assert posts["caption"].to_list() == ["Kafé résumé “kutip”"]


def test_mixed_encodings_are_decoded_line_by_line(file):
    lines = [HEADER.encode(), "dinas,2024-03-01,héllo 🎉,1".encode(), "dinas,2024-03-02,héllo,2".encode("cp1252")]
    posts, _ = read(file, b"\n".join(lines))
    assert posts["caption"].to_list() == ["héllo 🎉", "héllo"]


def test_nul_bytes_are_taken_out(file):
    posts, _ = read(file, HEADER.encode() + b"\ndinas,2024-03-01,ha\x00lo,1\n")
    assert posts["caption"].to_list() == ["halo"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_unpacked_by_content(file, pack):
    posts, _ = read(file, pack("\n".join([HEADER, *rows(3)]).encode()))
    assert len(posts) == 3


def test_a_packed_file_that_is_cut_gives_the_rows_before_the_cut(file):
    whole = gzip.compress("\n".join([HEADER, *rows(2000)]).encode())
    posts, rejects = read(file, whole[: len(whole) * 2 // 3])
    assert 500 < len(posts) < 2000
    assert len(rejects) <= 1


def test_embedded_newlines_quotes_and_delimiters_stay_in_the_caption(file):
    caption = 'Baris satu,\r\n\r\n"dua"\n#tiga '
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER.split(","), ["dinas", "2024-03-01", caption, "1"]])
    posts, _ = read(file, buffer.getvalue())
    assert posts["caption"].to_list() == [caption]


def test_rows_of_the_wrong_width_are_refused_and_the_rest_goes_on(file):
    posts, rejects = read(file, "\n".join([HEADER, *rows(2), "dinas,2024-03-01,pendek", "a,b,c,d,e", *rows(4)[2:]]))
    assert posts["source_row"].to_list() == [1, 2, 5, 6]
    assert rejects.select("source_row", "reason").rows() == [
        (3, "has 3 fields instead of 4"),
        (4, "has 5 fields instead of 4"),
    ]
    assert rejects["raw"][0] == '"dinas,2024-03-01,pendek"'


def test_a_stray_quote_costs_one_row(file):
    lines = [HEADER, *rows(3), 'dinas,2024-03-09,"tak ditutup,9', *rows(6)[3:]]
    posts, rejects = read(file, "\n".join(lines))
    assert posts["source_row"].to_list() == [1, 2, 3, 5, 6, 7]
    assert rejects["source_row"].to_list() == [4]


def test_a_cut_last_line_is_refused(file):
    posts, rejects = read(file, "\n".join([HEADER, *rows(3)]) + '\ndinas,2024-03-09,"terpot')
    assert len(posts) == 3
    assert rejects["reason"].to_list() == ["a quote is opened and never closed"]


def test_backslash_quotes_are_read(file):
    posts, _ = read(file, HEADER + "\n" + r'dinas,2024-03-01,"kata \"aksi\" baru",1' + "\n")
    assert posts["caption"].to_list() == ['kata "aksi" baru']


def test_lines_before_the_header_and_blank_lines_are_no_rows(file):
    posts, rejects = read(file, "\n".join(["Laporan Maret", "", HEADER, rows(1)[0], "", *rows(2)[1:], ""]))
    assert posts["source_row"].to_list() == [1, 2]
    assert rejects.is_empty()


def test_a_repeated_header_is_refused(file):
    _, rejects = read(file, "\n".join([HEADER, *rows(1), HEADER, *rows(2)[1:]]))
    assert rejects.select("source_row", "column", "value").rows() == [(2, "tanggal", "tanggal")]


def test_a_cell_of_a_megabyte_is_read_both_ways(file):
    big = "kata " * 250_000
    for stray in ([], ['dinas,2024-03-02,ukuran 5" saja,1']):
        posts, _ = read(file, "\n".join([HEADER, f'dinas,2024-03-01,"{big}",1', *stray]))
        assert posts["caption"].str.len_chars().max() == len(big)


def test_blocks_change_nothing(file, monkeypatch):
    text = "\n".join(
        [HEADER, *rows(50), 'dinas,2024-03-01,"dua\nbaris",7', 'dinas,2024-03-01,rusak "x,8', *rows(60)[50:]]
    )
    whole = read(file, text)
    monkeypatch.setattr(csvfile, "BLOCK_BYTES", 64)
    assert [frame.equals(other) for frame, other in zip(read(file, text), whole, strict=True)] == [True, True]


def test_same_header_twice_takes_the_first(file):
    posts, _ = read(file, "akun,tanggal,isi,isi\ndinas,2024-03-01,satu,dua")
    assert posts["caption"].to_list() == ["satu"]


damage = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from([b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b";", b"\\", b""])),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage, st.booleans())
def test_every_row_of_a_damaged_file_is_a_post_or_refused(file, places, cut):
    content = "\n".join([HEADER, *rows(12), 'dinas,2024-03-20,"dua\nbaris, ""kutip""",13', *rows(20)[13:]]).encode()
    start = len(HEADER) + 1
    for place, byte in places:
        at = start + place % (len(content) - start)
        content = content[:at] + byte + content[at + (not byte) :]
    if cut:
        content = content[: len(content) * 3 // 4]
    posts, rejects = read(file, content)
    numbers = sorted([*posts["source_row"], *rejects["source_row"]])
    # equal rows are one post, so numbers may be missing, but none is there twice and none is beyond the lines
    assert len(numbers) == len(set(numbers))
    assert not numbers or numbers[-1] <= content.count(b"\n") + content.count(b"\r") + 1
    untouched = [i for i in range(1, 13) if f"Pesan ke-{i},{i}\n".encode() in content]
    whole_rows = [r for r in rows(12) if f"\n{r}\n".encode() in content]
    assert len(whole_rows) - sum(b == b'"' for _, b in places) * 3 <= posts.filter(posts["likes"] <= 12).height
    assert len(untouched) >= len(whole_rows)


def test_warns_of_refused_rows_by_default_and_raises_when_asked(file):
    file.write_text("\n".join([HEADER, *rows(2), "dinas,entah,isi,1"]))
    with pytest.warns(UserWarning, match="1 rows were refused; the first: .*row 3: not a time"):
        assert len(read_posts(file, platform="x")) == 2
    with pytest.raises(Exception, match="row 3, column 'tanggal': not a time that can be read"):
        read_posts(file, platform="x", on_reject="raise")
