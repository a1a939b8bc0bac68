import io
import re
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from textmine.report import write_reports

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def book(make_workspace, tmp_path, post, keyword, topic):
    """An open workbook of one agency with words, hashtags, topics and best posts."""
    posts = [post("1", likes=1234, published_at=datetime(2025, 3, 3, 18, tzinfo=UTC)), post("2", likes=5, comments=1)]
    words = [keyword(f"kata{rank}", "1", rank=rank, class_tfidf=0.5 / rank) for rank in range(1, 21)]
    workspace = make_workspace(
        posts,
        [*words, keyword("#Sehat", "2", kind="hashtag")],
        topics=[topic(0, "vaksin, dokter")],
        post_topics=[("instagram", "1", 0, 1.0)],
        topic_groups=[("agency", "kemenkes", 0, 0.75, 1)],
    )
    folder = write_reports(workspace, tmp_path / "out", lang="en", formats=["xlsx"]).reports[0]
    with zipfile.ZipFile(io.BytesIO((folder / "kemenkes.xlsx").read_bytes())) as archive:
        yield archive


def cells(book, number):
    """Cells of a sheet by address; text is looked up, numbers are numbers."""
    strings = ["".join(s.itertext()) for s in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
    found = {}
    for cell in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{MAIN}c"):
        value = cell.findtext(f"{MAIN}v")
        if value is not None:
            found[cell.get("r")] = strings[int(value)] if cell.get("t") == "s" else float(value)
    return found


def test_the_workbook_has_a_sheet_for_each_part(book):
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names == ["Summary", "Keywords", "Hashtags", "Topics", "Top posts", "Engagement", "Topics by month"]


def test_numbers_are_numbers_dates_are_dates_and_missing_figures_are_said(book):
    words = cells(book, 2)
    assert (words["A2"], words["B2"], words["C2"], words["D2"]) == (1.0, "kata1", 0.5, 100.0)
    assert words["K2"] == 45720  # 4 March 2025 in Excel's count: 18:00 UTC on the 3rd is the 4th in Jakarta
    summary = cells(book, 1)
    values = {summary[a]: summary.get(a.replace("A", "B")) for a in summary if re.fullmatch(r"A\d+", a)}
    assert values["Instagram: Likes"] == 1239
    assert values["Instagram: Comments"] == 1
    assert values["Instagram: Shares"] == "not reported"
    assert cells(book, 4)["C2"] == 0.75


def test_heads_stay_in_sight_and_tables_can_be_filtered(book):
    for number in (2, 3, 4, 5):
        sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert 'state="frozen"' in sheet
        assert "<autoFilter ref=" in sheet
        assert 'customWidth="1"' in sheet


def test_the_keywords_have_a_native_chart_of_the_first_fifteen(book):
    chart = book.read("xl/charts/chart1.xml").decode()
    assert "Keywords!$B$2:$B$16" in chart and "Keywords!$C$2:$C$16" in chart
    assert "Most distinctive words" in chart


def test_the_date_of_creation_is_that_of_the_last_post(book):
    assert "2025-03-04T00:00:00Z" in book.read("docProps/core.xml").decode()
