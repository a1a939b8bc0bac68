import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.numbers import Formats
from textmine.report import write_reports
from textmine.report.escape import markdown_address, markdown_text
from textmine.report.intervals import Estimate, intervals

HOSTILE = (
    "# <script>alert(1)</script> | [klik](javascript:x) ![g](http://a) `kode` *tebal* _miring_\n\n## Judul\n- butir"
)


@given(st.text(max_size=200))
def test_text_in_markdown_is_one_line_in_which_nothing_is_markup(text):
    written = markdown_text(text)
    assert "\n" not in written and "<" not in written and ">" not in written
    bare = re.sub(r"\\[\\`*_{}\[\]|~#+\-0-9]", "", written)
    assert not re.search(r"[`*_{}\[\]|~]", bare)
    assert not bare.startswith("#")


@given(st.text(alphabet="ab/:.()<>[]|\\\\ *_`", max_size=60))
def test_nothing_in_an_address_ends_its_link(url):
    assert not re.search(r"[()<>\[\]|\\ *_`]", markdown_address(url))


def test_a_hostile_caption_stays_text(make_workspace, tmp_path, post):
    posts = [post(str(n), likes=10 + n, caption=HOSTILE, url="https://a.id/p)(x") for n in range(12)]
    write_reports(make_workspace(posts, simulated=True), tmp_path / "out", formats=["md"], lang="en")
    text = (tmp_path / "out" / "kemenkes" / "kemenkes.md").read_text(encoding="utf-8")
    assert "<script" not in text and "\n## Judul" not in text and "![g]" not in text
    assert re.findall(r"(?<!\\)\]\((.)", text) == ["."] + ["h"] * 10  # the index, and five best and weakest posts
    assert "(https://a.id/p%29%28x)" in text
    assert "> **SIMULATED DATA**" in text


def test_markdown_alone_has_an_index_that_leads_to_every_report(make_workspace, tmp_path, post, keyword):
    posts = [post("1"), post("2", agency="pupr")]
    words = [keyword("vaksin", "1"), keyword("jalan", "2", group="pupr")]
    result = write_reports(make_workspace(posts, words), tmp_path / "out", formats=["md"])
    assert result.index == tmp_path / "out" / "index.md"
    links = re.findall(r"\]\(([^)]+)\)", result.index.read_text(encoding="utf-8"))
    assert links == ["kemenkes/kemenkes.md", "pupr/pupr.md"]
    assert sorted(p.suffix for p in (tmp_path / "out").rglob("*") if p.is_file()) == [".md"] * 3


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_interval_chart_keeps_every_position_inside_and_1_in_its_place(language):
    rows = [Estimate("a", 0.3, 0.02, 0.9), Estimate("b", 2.0, 1.4, 700.0, marked=True), Estimate("c" * 80, 1, 1, 1)]
    chart = intervals(rows, formats=Formats.of(language), ratios=True)
    assert all(0 <= at <= 100 for row in chart.rows for at in (row.low, row.value, row.high))
    assert all(row.low <= row.value <= row.high for row in chart.rows)
    assert chart.one == chart.rows[2].value and chart.rows[2].lines == ("c" * 40, "c" * 40)
    assert [tick.at for tick in chart.ticks] == sorted({tick.at for tick in chart.ticks})
    plain = intervals([Estimate("a", 303, 303, 303)], formats=Formats.of(language), ratios=False)
    assert plain.one is None and plain.rows[0].text == "303" and 0 < plain.rows[0].value < 100
