"""The example notebook is run by a Jupyter kernel, and what it shows is safe to show."""

import re
from pathlib import Path

import polars as pl
import pytest

import textmine as tm
from textmine.notebook import table_html

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "examples/season.ipynb"


@pytest.fixture(scope="module")
def shown():
    """HTML of each cell's result, by the last line of the cell."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient and ipykernel come with the group dev")
    pytest.importorskip("ipykernel", reason="nbclient and ipykernel come with the group dev")
    import nbformat

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    return {
        cell.source.splitlines()[-1]: "".join(
            output.data.get("text/html", "") for output in cell.outputs if output.output_type == "execute_result"
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def cells_of(html):
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>.*?</td>", html)]


def test_every_result_is_a_table_of_the_house(shown):
    results = {line: html for line, html in shown.items() if html}
    assert len(results) == 8
    for html in results.values():
        assert html.startswith('<div class="textmine">')
        assert not re.search(r"<script|<link|src=|href=", html)


def test_the_ingest_accounts_for_every_row(shown):
    counts = re.findall(r"([\d,]+) (?:rows|posts|duplicates|rejected)", shown["read"])
    numbers = [int(n.replace(",", "")) for n in counts]
    assert numbers[0] == 410
    assert numbers[0] == sum(numbers[1:])


def test_a_fitted_model_shows_its_topics_and_one_that_is_not_its_parameters(shown):
    assert "6 topics" in shown["model"]
    assert len(re.findall("<tr>", shown["model"])) == 7
    unfitted = tm.TopicModel(n_topics=3)
    assert "n_topics" in unfitted._repr_html_()
    assert unfitted._repr_mimebundle_()["text/plain"] == repr(unfitted)


def test_rankings_show_nominees_and_the_stored_one_the_same(shown):
    fresh = cells_of(shown["ranked"])
    assert fresh
    assert fresh == cells_of(shown['stored_rankings(workspace, "gsm2020")'])
    assert "Nomination:" in shown["nominate(contest)"]


def test_the_workspace_says_what_was_done_and_that_it_is_simulated(shown):
    assert "SIMULATED DATA" in shown["workspace"]
    stages = cells_of(shown["workspace"])[::3]
    assert {"ingest", "keywords", "matrix", "ranking-gsm2020"} <= set(stages)


def test_hostile_text_is_escaped_and_freed_of_what_hides():
    html = table_html(
        pl.DataFrame({"<i>": ["<script>alert(1)</script>", "akta\u202egpj.exe"], "n": [None, 1.5]}), title='"<b>'
    )
    assert "<script" not in html
    assert "<i>" not in html
    assert "\u202e" not in html
    assert cells_of(html) == ["&lt;script&gt;alert(1)&lt;/script&gt;", "–", "aktagpj.exe", "1.5"]


def test_a_long_table_says_how_long_it_is():
    html = table_html(pl.DataFrame({"n": range(1000)}), title="n", rows=5)
    assert "5 of 1,000 rows" in html
    assert len(cells_of(html)) == 5


def test_a_folder_that_is_no_workspace_has_a_representation(tmp_path):
    assert "no-such" in tm.Workspace(tmp_path / "no-such")._repr_html_()


def test_the_notebook_is_kept_without_results():
    import json

    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
