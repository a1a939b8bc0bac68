"""The workbook of an award: typed cells, and scores with their intervals as error bars."""

import io
import re
import zipfile
from datetime import date

import pytest

from textmine.report.award_content import AwardContent, CategoryContent, Competitor, Feature
from textmine.report.award_workbook import AwardWorkbooks


def competitor(rank, name, score, low, high, *, nominee=True):
    return Competitor(
        agency=name.lower(), name=name, page=None, rank=rank, score=score, low=low, high=high, p_first=1 / (rank or 9),
        p_nominee=0.5, nominee=nominee, winner=None, eligible=score is not None,
        reasons=("nominated",) if nominee else ("no score",), flagged=2,
        features=(Feature("likes a post", 12.5, 80.0, 10, 0.9),),
    )  # fmt: skip


def category(title, *competitors, uncertain, ratios=False):
    return CategoryContent(
        id=title, page="x.html", title=title, measure="a measure", ratios=ratios, uncertain=uncertain, inferred="",
        unknown=(), competitors=competitors, separation=None, variants=(), flag_effect=None,
    )  # fmt: skip


def open_book(*categories, language="en", simulated=False):
    award = AwardContent(
        name="gsm", page="award-gsm.html", charts=None, title="Prizes & more",
        period=(date(2025, 1, 1), date(2025, 6, 30)), inferred="", notes=(), current=True, without_flagged=False,
        flagged_posts=0, draws=100, seed=1, posts=50, known=40, agencies=3, categories=categories,
    )  # fmt: skip
    return zipfile.ZipFile(io.BytesIO(AwardWorkbooks(language, simulated=simulated).workbook(award)))


NAMES = ("=Kemenkes", "Kemendik", "Kemenhub")


def test_scores_are_drawn_with_their_intervals_as_error_bars(cells, charts):
    rows = [competitor(1, NAMES[0], 2.0, 1.5, 3.0), competitor(2, NAMES[1], 1.0, 0.5, 1.25)]
    last = competitor(None, NAMES[2], None, None, None, nominee=False)
    book = open_book(category("Most engaging", *rows, last, uncertain=True, ratios=True))
    (chart,) = charts(book).values()
    assert chart["series"] == [
        {
            "tx": "'Most engaging'!$C$1",
            "cat": "'Most engaging'!$B$2:$B$3",  # who has no score is not drawn
            "val": "'Most engaging'!$C$2:$C$3",
            "minus": "'Most engaging'!$K$2:$K$3",
            "plus": "'Most engaging'!$L$2:$L$3",
        }
    ]
    shown = cells(book, 2)
    assert [shown[f"{column}2"] for column in "ABCDEFGKL"] == [1, "=Kemenkes", 2.0, 1.5, 3.0, 1.0, 0.5, 0.5, 1.0]
    assert "C4" not in shown and shown["I4"] == "no score"
    scale = next(each for each in chart["tree"].iter() if each.tag.endswith("logBase"))
    assert scale.get("val") == "2"


def test_a_certain_score_has_no_interval_and_a_count_no_decimals(cells, charts):
    book = open_book(category("Most active", competitor(1, NAMES[1], 303.0, 303.0, 303.0), uncertain=False))
    (chart,) = charts(book).values()
    assert set(chart["series"][0]) == {"tx", "cat", "val"}
    shown = cells(book, 2)
    assert shown["C2"] == 303 and not {"D2", "E2", "F2", "G2", "K2", "L2"} & set(shown)
    style = re.search(r'<c r="C2" s="(\d+)"', book.read("xl/worksheets/sheet2.xml").decode()).group(1)
    styles = book.read("xl/styles.xml").decode()
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])[int(style)]
    assert re.search(rf'numFmtId="{used}" formatCode="([^"]+)"', styles).group(1) == "#,##0"


def test_the_season_counts_who_competes_and_who_of_them_is_eligible(cells):
    rows = competitor(1, NAMES[1], 3.0, 3.0, 3.0), competitor(None, NAMES[2], None, None, None, nominee=False)
    shown = cells(open_book(category("Most active", *rows, uncertain=False)), 1)
    assert (shown["E1"], shown["F1"]) == ("Institutions that compete", "Eligible")
    assert (shown["E2"], shown["F2"]) == (2, 1)


def test_each_category_has_a_sheet_that_excel_takes_and_the_figures_stand_behind(cells):
    long = "Best use of image: [video] / campaign? of all institutions"
    row = competitor(1, NAMES[1], 1.0, 1.0, 1.0)
    book = open_book(category(long, row, uncertain=False), category(long, row, uncertain=False))
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names[0] == "Season" and names[-1] == "Figures behind the scores"
    assert names[1] != names[2] and all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    behind = cells(book, 4)
    assert [behind[f"{column}2"] for column in "BCDEFG"] == ["Kemendik", "likes a post", 12.5, 80.0, 10, 0.9]


@pytest.mark.parametrize(("language", "title"), [("id", "Nilai (DATA SIMULASI)"), ("en", "Scores (SIMULATED DATA)")])
def test_charts_and_feet_are_in_the_language_and_an_ampersand_is_no_code(charts, language, title):
    row = competitor(1, NAMES[1], 3.0, 3.0, 3.0)
    book = open_book(category("Most active", row, uncertain=False), language=language, simulated=True)
    assert list(charts(book)) == [title]
    assert "&amp;LPrizes &amp;&amp; more&amp;R&amp;P / &amp;N" in book.read("xl/worksheets/sheet1.xml").decode()
