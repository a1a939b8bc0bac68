import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from textmine.report import write_reports

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


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


@pytest.fixture
def season_book(make_workspace, tmp_path, post, keyword):
    """The Indonesian workbook of an agency with six weeks of posts on two platforms, with hostile words."""
    monday = datetime(2025, 3, 3, 5, tzinfo=UTC)
    posts = [
        post(f"{week}-{at}", platform=platform, likes=likes, published_at=monday + timedelta(weeks=week, days=at))
        for week in range(6)
        for at, (platform, likes) in enumerate([("facebook", 10 + 5 * week), ("instagram", 20), ("instagram", None)])
    ]
    words = [keyword("=HYPERLINK(1)", "0-0"), keyword("#=1+1", "0-0", kind="hashtag")]
    workspace = make_workspace(posts, words, simulated=True)
    folder = write_reports(workspace, tmp_path / "out", lang="id", formats=["xlsx"]).reports[0]
    with zipfile.ZipFile(io.BytesIO((folder / "kemenkes.xlsx").read_bytes())) as archive:
        yield archive


def test_the_workbook_has_a_sheet_for_each_part(book):
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names == [
        *("Summary", "Activity", "Platforms", "Keywords", "Hashtags", "Topics", "Top posts"),
        *("Engagement", "Topics by month"),
    ]


def test_numbers_are_numbers_dates_are_dates_and_missing_figures_are_said(book, cells):
    words = cells(book, 4)
    assert (words["A2"], words["B2"], words["C2"], words["D2"]) == (1.0, "kata1", 0.5, 100.0)
    assert words["K2"] == 45720  # 4 March 2025 in Excel's count: 18:00 UTC on the 3rd is the 4th in Jakarta
    summary = cells(book, 1)
    values = {summary[a]: summary.get(a.replace("A", "B")) for a in summary if re.fullmatch(r"A\d+", a)}
    assert values["Instagram: Likes"] == 1239
    assert values["Instagram: Comments"] == 1
    assert values["Instagram: Shares"] == "not reported"
    assert cells(book, 6)["C2"] == 0.75


def test_heads_stay_in_sight_and_tables_can_be_filtered(book):
    for number in range(2, 10):
        sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert 'state="frozen"' in sheet
        assert "<autoFilter ref=" in sheet
        assert 'customWidth="1"' in sheet


def test_keywords_and_hashtags_have_charts_of_the_first_fifteen(book, charts):
    found = charts(book)
    assert found["Most distinctive words"]["series"] == [
        {"tx": "Keywords!$C$1", "cat": "Keywords!$B$2:$B$16", "val": "Keywords!$C$2:$C$16"}
    ]
    assert found["Most distinctive hashtags"]["series"][0]["val"] == "Hashtags!$C$2"
    assert any("Word" in axis for axis in found["Most distinctive words"]["axes"])


def test_activity_is_charted_by_platform_and_by_interactions(book, charts):
    found = charts(book)
    assert set(found) == {
        *("Most distinctive words", "Most distinctive hashtags", "Posts by platform", "Median interactions a post"),
        *("Topics of its posts, beside the mean of all institutions",),
        *("A typical post on each platform, with its interval (90%)",),
    }  # one week is no course of time: neither activity nor topics have a chart over it


def test_charts_keep_the_figures_for_programs_that_do_not_read_the_sheet(book, charts):
    tree = charts(book)["Most distinctive words"]["tree"]
    kept = [float(point.findtext(f"{CHART}v")) for point in tree.find(f".//{CHART}val").iter(f"{CHART}pt")]
    assert kept[:2] == [0.5, 0.25]


def test_a_course_of_time_and_intervals_are_drawn_where_they_are_known(season_book, cells, charts):
    found = charts(season_book)
    often = found["Seberapa sering mengunggah (DATA SIMULASI)"]
    weeks = len(cells(season_book, 2)) and max(int(a[1:]) for a in cells(season_book, 2) if a.startswith("A"))
    assert [one["tx"] for one in often["series"]] == ["Aktivitas!$C$2", "Aktivitas!$D$2"]  # under the notice
    assert often["series"][1]["val"] == f"Aktivitas!$D$3:$D${weeks}"
    assert any("unggahan per minggu" in axis for axis in often["axes"])
    (typical,) = [one for title, one in found.items() if title.startswith("Unggahan khas di tiap platform")]
    assert typical["series"][0]["minus"] == "Keterlibatan!$F$3:$F$4"
    assert typical["series"][0]["plus"] == "Keterlibatan!$G$3:$G$4"
    rows = cells(season_book, 8)
    assert rows["B3"] - rows["F3"] == pytest.approx(rows["C3"])
    assert rows["B3"] + rows["G3"] == pytest.approx(rows["D3"])


def test_the_course_of_time_has_the_interactions_of_posts_that_report_them(season_book, cells):
    rows = cells(season_book, 2)
    assert [rows[f"{column}3"] for column in "BCDEFG"] == [3, 1, 2, 2, 30, 15]  # the third post reports nothing
    assert "H3" not in rows


def test_a_chart_names_nothing_but_cells_and_holds_no_formula_of_a_post(season_book, charts):
    """A hashtag of the posts begins with a sign that would make a formula of a name in a chart."""
    for one in charts(season_book).values():
        for series in one["series"]:
            assert all(re.fullmatch(r"'?[\w ]+'?!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", of) for of in series.values())
    assert not any(b"<f>" in season_book.read(f"xl/worksheets/sheet{number}.xml") for number in range(1, 9))


def test_sheets_print_on_a4_in_width_with_their_head_on_each_page(book):
    defined = book.read("xl/workbook.xml").decode()
    assert "Keywords!$1:$1" in defined
    assert "Keywords!$A$1:$M$21" in defined  # a wide table without its chart
    assert re.search(r"Platforms!\$A\$1:\$[T-Z]\$\d+", defined)  # a narrow one with it
    for number in range(1, 10):
        sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert 'paperSize="9"' in sheet and 'fitToHeight="0"' in sheet and 'orientation="landscape"' in sheet
        assert "<oddFooter>" in sheet


def test_the_date_of_creation_is_that_of_the_last_post(book):
    assert "2025-03-04T00:00:00Z" in book.read("docProps/core.xml").decode()
