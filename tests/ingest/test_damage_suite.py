"""Every export in every damaged form: a row is read with all its values right, or refused with its reason.

The damages are those of ``bench/damage.py``, which sets textmine beside other readers on the same files; docs/damage.md
is its page.
"""

import re
import sys
from collections import Counter
from datetime import UTC
from pathlib import Path

import pytest

from textmine.ingest import ingest, read_posts_with_rejects
from textmine.store import Workspace

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
try:
    import damages
    import judging
finally:
    sys.path.remove(str(ROOT / "bench"))

N = 22
TABLES = {make.__name__: make(N) for make in damages.OWN}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_clean_table_is_read_as_its_posts_were_written(table):
    posts, rejects = judging.read(damages.written(table).encode())
    assert rejects.is_empty()
    for post, read in zip(damages.posts(N), posts.rows(named=True), strict=True):
        assert read["account"] == post.account
        assert read["published_at"].astimezone(UTC) == post.time
        assert read["caption"] == post.caption
        assert read["likes"] == post.likes
        assert read["comments"] == (post.comments if "comments" in table.roles else None)
        assert read["post_id"] == str(post.number)


def test_there_are_more_than_the_forty_forms_that_were_asked_for():
    assert len(damages.DAMAGES) >= 70
    for form, damage in damages.DAMAGES.items():
        assert any(damage(table).content != damages.written(table).encode() for table in TABLES.values()), form


@pytest.mark.parametrize("form", damages.DAMAGES)
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_row_of_a_damaged_form_is_right_or_refused_with_its_reason(table, form):
    damaged = damages.DAMAGES[form](table)
    verdict = judging.judge(damaged)
    assert verdict.error == ""
    assert verdict.wrong == 0
    assert verdict.unaccounted == 0
    assert verdict.rows - verdict.right <= len(damaged.harmed)
    assert all(reason.strip() for reason in verdict.reasons)
    assert bool(verdict.reasons) == bool(verdict.refused)


@pytest.mark.parametrize("form", [name for name in damages.DAMAGES if damages.DAMAGES[name](TABLES["office"]).harmed])
def test_a_harmed_row_that_is_not_read_stands_among_the_refused(form):
    damaged = damages.DAMAGES[form](TABLES["office"])
    posts, rejects = judging.read(damaged.content)
    read = Counter(posts["post_id"])
    for post_id in damaged.clean.cells("id"):
        if not read[post_id]:
            assert rejects["raw"].str.contains(post_id, literal=True).any(), f"{post_id} is neither post nor refused"


@pytest.mark.parametrize("form", ["rows twice", "header repeated", "totals under the table", "quotes missing, commas"])
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_was_read_is_posts_duplicates_and_rejected(tmp_path, table, form):
    damaged = damages.DAMAGES[form](table)
    path = tmp_path / "posts.csv"
    path.write_bytes(damaged.content)
    result = ingest([path], Workspace.create(tmp_path / "workspace"))
    assert result.read == result.posts + result.duplicates + result.rejected
    assert result.posts == len(set(damaged.clean.cells("id"))) or damaged.harmed
    assert result.duplicates == (len(damaged.clean.rows) - N if form == "rows twice" else 0)
    assert result.rejected >= damaged.junk


REASONS = {
    "a cell more in some rows": r"has \d+ fields instead of \d+",
    "cells missing in some rows": r"has \d+ fields instead of \d+",
    "a quote opened and never closed": r"a quote is opened and never closed|quotes do not close.*|has \d fields.*",
    "words in figures": "not a count that can be read",
    "1.234 beside decimals: either could be meant": "not a count that can be read",
    "a time that is none": "not a time that can be read",
    "header repeated": "not a time that can be read",
}


@pytest.mark.parametrize(("form", "reason"), REASONS.items())
def test_the_reason_says_what_is_wrong(form, reason):
    verdict = judging.judge(damages.DAMAGES[form](TABLES["office"]))
    assert verdict.reasons
    assert all(re.fullmatch(reason, each) for each in verdict.reasons)


@pytest.mark.parametrize("form", ["1,2 rb", "3.4K", "1,5 jt"])
def test_figures_with_a_unit_are_marked_as_rounded(form):
    damaged = damages.DAMAGES[form](TABLES["office"])
    posts, _ = judging.read(damaged.content)
    step = 3 if form == "1,5 jt" else 2
    assert [i for i, marks in enumerate(posts["rounded"]) if "likes" in marks] == list(range(0, N, step))


def test_a_caption_that_lost_its_quotes_and_may_be_cut_takes_its_first_line_along(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(
        "id,akun,tanggal,platform,suka,isi\n"
        "1,dinas,2024-03-01,x,3,Utuh\n"
        "2,dinas,2024-03-02,x,4,Baris satu\n\nBaris dua #Tagar\n"
        '3,dinas,2024-03-03,x,5,"Baris satu\n\nBaris dua"\n'
        "4,dinas,2024-03-04,x,6,Utuh juga\n"
    )
    posts, rejects = read_posts_with_rejects(path)
    assert posts["post_id"].to_list() == ["1", "3", "4"]
    assert rejects["reason"].to_list() == [
        "the line that follows may belong to it: quotes are missing",
        "has 1 fields instead of 6",
    ]


@pytest.mark.parametrize("size", [64, 200, 1000])
@pytest.mark.parametrize(
    "form",
    [
        "quotes missing, tabs",
        "a space after each delimiter",
        "every line in quotes as one cell",
        "UTF-16 without a mark",
        "a quote opened and never closed",
    ],
)
def test_blocks_change_nothing(monkeypatch, form, size):
    damaged = damages.DAMAGES[form](TABLES["crowdtangle"])
    whole = judging.read(damaged.content)
    monkeypatch.setattr("textmine.ingest.csvfile.BLOCK_BYTES", size)
    parts = judging.read(damaged.content)
    assert parts[0].drop("source").equals(whole[0].drop("source"))
    assert parts[1].drop("source").equals(whole[1].drop("source"))


def test_a_simulated_export_of_each_platform_survives_too(tmp_path):
    from textmine.simulation import simulate

    simulate(tmp_path / "corpus", n_posts=60)
    for name, roles in judging.SIMULATED.items():
        table = judging.table_of(tmp_path / "corpus" / f"{name}.csv", roles)
        for form in ("semicolons", "quotes missing, commas", "last line cut", "dates 17 Maret 2024", "1,2 rb"):
            damaged = damages.DAMAGES[form](table)
            verdict = judging.judge(damaged)
            assert (verdict.wrong, verdict.unaccounted, verdict.error) == (0, 0, "")
            assert verdict.rows - verdict.right <= len(damaged.harmed)
