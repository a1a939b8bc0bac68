"""The page of formats is what the code reads."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.ingest.field_table import known_formats, page_with_table
from textmine.ingest.layouts import LAYOUTS, find_layout
from textmine.ingest.synonyms import LAYOUT_ONLY, SYNONYMS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def test_the_page_is_what_the_code_reads():
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_table(page), "run python -m textmine.ingest.field_table docs/formats.md"


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="the page lacks"):
        page_with_table("# Formats\n")


def test_every_format_is_listed_once_by_the_command():
    listed = CliRunner().invoke(root, ["ingest", "--formats"])
    assert listed.exit_code == 0
    names = {layout.name for layout in LAYOUTS}
    assert len(listed.stdout.splitlines()) == len(names) == len(list(known_formats()))
    assert "twarc-csv" in listed.stdout
    assert "4CAT TikTok" in listed.stdout


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_finds_itself_and_reads_targets_that_exist(layout):
    found = find_layout(layout.written)
    assert found is not None
    assert found.platform == layout.platform
    assert found.name == layout.name
    assert set(layout.reads) <= set(SYNONYMS) | LAYOUT_ONLY


@pytest.mark.parametrize("layout", [each for each in LAYOUTS if each.reads], ids=lambda layout: layout.name)
def test_a_layout_with_columns_of_its_own_reads_what_every_post_needs_and_says_where_it_is_documented(layout):
    assert "published_at" in layout.reads
    assert {"post_id", "shortcode", "url"} & set(layout.reads)
    assert {"caption", "title", "description"} & set(layout.reads)
    assert layout.documented
