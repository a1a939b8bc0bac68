"""What docs/judge.md shows is what happens."""

import re
from pathlib import Path

import pytest

from textmine.judging.lots import draw
from textmine.judging.rubrics import PRESETS, load_rubric, read_rubric

PAGE = (Path(__file__).parents[2] / "docs" / "judge.md").read_text(encoding="utf-8")


def test_the_rubric_of_the_page_can_be_read(tmp_path):
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.S | re.M)
    (tmp_path / "rubric.toml").write_text(block, encoding="utf-8")
    assert [criterion.key for criterion in read_rubric(tmp_path / "rubric.toml").criteria] == ["isi", "rupa"]


def test_the_lots_of_the_page_are_those_that_are_drawn(capsys):
    (told,) = re.findall(r"Drawn: ([\d, ]+)\.", PAGE)
    lots = draw(6, 110, seed=0, category="best_use_of_video/bumn", agency="bumn-asuransi-utama-jaya")
    assert ", ".join(map(str, lots.numbers)) == told
    (program,) = re.findall(r'^python -c "(import hashlib.*)"$', PAGE, re.M)
    exec(program)
    assert capsys.readouterr().out.strip() == told.split(",")[0]


@pytest.mark.parametrize("name", PRESETS)
def test_the_page_lists_each_preset_with_its_criteria_and_weights(name):
    (row,) = re.findall(rf"^\| `{name}` \| (.*?) \|", PAGE, re.M)
    rubric = load_rubric(name)
    weights = [criterion.weight for criterion in rubric.criteria]
    assert len(row.split(",")) == len(rubric.criteria)
    told = [float(weight) for weight in re.findall(r" (\.\d\d)", row)]
    assert told == weights if told else "equal weights" in row and len(set(weights)) == 1


def test_the_python_of_the_page_runs(tmp_path, monkeypatch, make):
    from textmine.judging import states
    from textmine.judging.database import Database

    monkeypatch.chdir(tmp_path)
    with Database.of_workspace(Path("season")) as database:
        season = make(database)
        season.save_all("Ani")
        season.do(states.close_panel, season.panel.id, allow_missing=True)
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.S | re.M)
    names: dict[str, object] = {}
    exec(compile(block, "docs/judge.md", "exec"), names)
    assert names["table"].height == 25
