import re

import polars as pl

from textmine.numbers import Formats
from textmine.report.topic_numbers import HEIGHT, score_line, topic_numbers_page

TABLE = pl.DataFrame(
    {
        "n_topics": [5, 10, 50],
        "npmi": [0.5, 0.4, -0.1],
        "c_v": [0.9, 0.8, 0.7],
        "diversity": [1.0, 0.9, 0.8],
        "stability": [0.8, 0.8, 0.6],
        "score": [0.4, 0.35, 0.0],
        "chosen": [False, True, False],
    }
)


def test_a_line_runs_from_left_to_right_and_higher_is_better():
    line = score_line([5, 10, 50], [0.5, 0.4, -0.1], 10, title="NPMI", formats=Formats.of("en"))

    across, down = [dot[0] for dot in line.dots], [dot[1] for dot in line.dots]
    assert across == sorted(across) and across[0] >= 0 and across[-1] <= 100
    assert down == sorted(down) and down[-1] == HEIGHT
    assert [dot[3] for dot in line.dots] == [False, True, False]


def test_the_page_shows_every_figure_as_a_table_and_asks_nobody_for_anything():
    page = topic_numbers_page(TABLE, simulated=True)

    assert "Proposed: <strong>10</strong>" in page
    assert page.count('<tr class="chosen">') == 1
    for value in ("0.500", "-0.100", "0.350", "0.900"):
        assert f"<td>{value}</td>" in page
    assert "SIMULATED DATA" in page and "SIMULATED DATA" not in topic_numbers_page(TABLE, simulated=False)
    assert "default-src 'none'" in page and not re.search(r"https?://|<script", page)
    assert "advise against it" in page


def test_a_single_number_has_a_page_too():
    assert "<svg" in topic_numbers_page(TABLE[1:2], simulated=False)
