import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textmine.report.scatter as scatter_module
from textmine.keyness import KEYNESS_SCHEMA
from textmine.numbers import Formats
from textmine.report import write_comparison
from textmine.report.comparison import compare
from textmine.report.messages import translations
from textmine.report.scatter import HEIGHT, NARROW, WIDE, Spot, scatter

FORMATS = Formats.of("en")


def table(rows):
    """Rows of (term, count, other_count, z, significant) of group a against b."""
    frame = pl.DataFrame(
        {
            "by": ["agency"] * len(rows),
            "group": ["a"] * len(rows),
            "versus": ["b"] * len(rows),
            "surface": [row[0] for row in rows],
            "term": [row[0] for row in rows],
            "count": [row[1] for row in rows],
            "other_count": [row[2] for row in rows],
            "rate": [row[1] / 100 for row in rows],
            "other_rate": [row[2] / 200 for row in rows],
            "log_odds": [row[3] for row in rows],
            "log_ratio": [row[3] / 2 for row in rows],
            "q_value": [0.0001 if row[4] else 0.5 for row in rows],
            "significant": [row[4] for row in rows],
            "evidence": ["week"] * len(rows),
        }
    )
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in KEYNESS_SCHEMA.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(n).cast(t) for n, t in KEYNESS_SCHEMA.items())


ROWS = [
    ("vaksin", 60, 2, 8.0, True),
    ("panen", 1, 90, -9.0, True),
    ("warga", 40, 80, 0.2, False),
    ("<b>jahat</b>\u202e", 10, 1, 3.5, True),
]


def box(label, width):
    pixels = scatter_module._CHARACTER * len(label.text)
    left = label.x / 100 * width + label.dx - (pixels if label.anchor == "end" else 0)
    return left, left + pixels, label.y - 4 - 8, label.y - 4 + 8


SPOTS = st.builds(
    Spot,
    st.text("abcdefgh", min_size=1, max_size=40),
    st.integers(1, 5000),
    st.floats(-60, 60).filter(lambda z: abs(z) > 0.01),
    st.booleans(),
)


@given(st.lists(SPOTS, min_size=1, max_size=60))
def test_labels_overlap_neither_each_other_nor_a_finding_at_any_width(spots):
    drawn = scatter(spots, formats=FORMATS)
    findings = [point for point in drawn.points if point.side != "neither"]
    for labels, widths in ((drawn.narrow, NARROW), (drawn.wide, WIDE)):
        for width in widths:
            boxes = [box(label, width) for label in labels]
            for i, one in enumerate(boxes):
                assert one[0] >= -0.01 and one[1] <= width + 0.01
                for other in boxes[:i]:
                    assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
                for point in findings:
                    x = point.x / 100 * width
                    assert x <= one[0] or x >= one[1] or point.y <= one[2] or point.y >= one[3]


@given(st.lists(SPOTS, min_size=1, max_size=60))
def test_points_stay_inside_and_on_their_side(spots):
    drawn = scatter(spots, formats=FORMATS)
    for spot, point in zip(spots, drawn.points, strict=True):
        assert 0 <= point.x <= 100 and 0 <= point.y <= HEIGHT
        assert (point.y < HEIGHT / 2) == (spot.z > 0)
    assert [tick.at for tick in drawn.y_ticks] == sorted((tick.at for tick in drawn.y_ticks), reverse=True)


def test_the_strongest_finding_is_labelled_on_both_widths():
    drawn = compare(table(ROWS), formats=FORMATS).chart
    assert {"vaksin", "panen"} <= {label.text for label in drawn.narrow} & {label.text for label in drawn.wide}
    assert {label.text for label in drawn.wide if not label.sure} == {"warga"}


def test_where_findings_are_many_nothing_else_is_labelled():
    rows = [*ROWS, *((f"temuan{n}", 10 + 10 * n, 2, 2.0 + n, True) for n in range(20))]
    assert all(label.sure for label in compare(table(rows), formats=FORMATS).chart.wide)


def test_what_is_compared_is_counted():
    content = compare(table(ROWS), formats=FORMATS, names={"a": "Kementerian A"})
    assert (content.first, content.second) == ("Kementerian A", "b")
    assert (content.n_terms, content.n_first, content.n_second) == (4, 2, 1)
    assert content.leading(first=True) == ("vaksin", "<b>jahat</b>")
    assert content.leading(first=False) == ("panen",)
    with pytest.raises(ValueError, match="two groups"):
        compare(table([]), formats=FORMATS)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_is_one_file_that_loads_nothing_and_runs_nothing(tmp_path, lang):
    path = write_comparison(table(ROWS), tmp_path / "c.html", lang=lang, simulated=True)
    page = path.read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert not re.search(r"<(script|link rel=.stylesheet|img|iframe)|https?://|@import|url\(", page)
    assert "<b>jahat" not in page and "&lt;b&gt;jahat" in page and "\u202e" not in page
    said = translations(lang).gettext("SIMULATED DATA")
    assert said in page
    for term in ("vaksin", "panen", "warga"):  # also those without a label stand in the table
        assert f'<th scope="row">{term}</th>' in page


def test_all_words_of_the_page_are_translated():
    from pathlib import Path

    import textmine.report

    template = Path(textmine.report.__file__).parent / "templates" / "comparison.html.j2"
    messages = re.findall(r'_\("([^"]+)"', template.read_text(encoding="utf-8"))
    assert len(messages) > 15
    indonesian = translations("id")
    for message in messages:
        assert indonesian.gettext(message) != message, message
