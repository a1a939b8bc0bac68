"""Word intrusion: questions that can be answered, sheets that tell nothing, and scores that add up."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest

from textmine.errors import InputError, NotEnoughDataError
from textmine.report.intrusion_sheet import key_path, read_answers, read_key, write_sheet
from textmine.topics.intrusion import intrusion_items, score_intrusion

WORDS = [[f"{theme}{i}" for i in range(12)] for theme in ("banjir", "vaksin", "pajak", "panen")]


class Model:
    """Four topics of twelve words each, and a little of each other's; the last has three words only."""

    topics_ = pl.DataFrame({"topic": [0, 1, 2, 5], "label": ["banjir", "vaksin", "pajak", "panen"]})
    vocabulary_ = pl.DataFrame(
        {
            "surface": [word for theme in WORDS for word in theme] + ["#tagar"],
            "kind": ["word"] * 48 + ["hashtag"],
        }
    )

    def scaled_components(self):
        weights = np.full((6, 49), 0.001)
        for row, theme in zip((0, 1, 2, 5), range(4), strict=True):
            weights[row, 12 * theme : 12 * theme + 12] = np.linspace(1, 0.2, 12)
            weights[row, 48] = 2.0
        weights[5, [i for i in range(49) if i not in (36, 37, 38)]] = 0.0
        return weights


def theme_of(word):
    return word.rstrip("0123456789")


def test_every_question_has_five_words_of_its_topic_and_one_strong_word_of_another():
    items = intrusion_items(Model(), per_topic=2, seed=3)
    assert sorted(items["topic"]) == [0, 0, 1, 1, 2, 2], "a topic of three words cannot be asked for"
    assert items["item"].to_list() == [1, 2, 3, 4, 5, 6]
    for row in items.iter_rows(named=True):
        intruder = row["words"][row["intruder"] - 1]
        own = [word for word in row["words"] if word != intruder]
        assert {theme_of(word) for word in own} == {row["label"]}
        assert sorted(own) == sorted(WORDS[("banjir", "vaksin", "pajak").index(row["label"])][:5])
        assert theme_of(intruder) != row["label"] and not intruder.startswith("#")
        assert intruder in [word for theme in WORDS for word in theme[:10]]
    assert items["intruder"].n_unique() > 1
    assert intrusion_items(Model(), per_topic=2, seed=3).equals(items)
    assert not intrusion_items(Model(), per_topic=2, seed=4).equals(items)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_sheet_tells_neither_topics_nor_answers_and_comes_back_scored(tmp_path, ending):
    items = intrusion_items(Model(), seed=1)
    key = write_sheet(items, tmp_path / f"sheet{ending}")
    assert key == key_path(tmp_path / f"sheet{ending}") and key.name == "sheet.key.json"
    assert read_key(key).equals(items)
    filled = fill(tmp_path / f"sheet{ending}", tmp_path / f"ani{ending}", items["intruder"].to_list())
    answers = read_answers([filled], items)
    assert answers.rows() == [("ani", item, place) for item, place in items.select("item", "intruder").iter_rows()]
    score = score_intrusion(items, answers)
    assert (score.precision, score.low, score.high, score.chance) == (1.0, 1.0, 1.0, 1 / 6)
    assert score.agreement is None


def fill(sheet, path, answers):
    """Write answers as a person with a spreadsheet does."""
    if sheet.suffix == ".csv":
        assert b"banjir" in sheet.read_bytes() and b"intruder" not in sheet.read_bytes()
        rows = list(csv.reader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
        assert rows[0] == ["soal", *(f"kata {i}" for i in range(1, 7)), "jawaban", "catatan"]
        for row, answer in zip(rows[1:], answers, strict=True):
            row[7] = str(answer)
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(rows)
        path.write_text(out.getvalue())
        return path
    from xlsxwriter import Workbook

    table = pl.read_excel(sheet, has_header=False)
    assert table.row(0)[0].startswith("Semua kata kecuali satu") and "1 sampai 6" in table.row(0)[0]
    with Workbook(path) as book:
        page = book.add_worksheet()
        for place, row in enumerate(table.iter_rows()):
            for column, cell in enumerate(row):
                if cell is not None:
                    page.write(place, column, cell)
            if place >= 2:
                page.write_number(place, 7, answers[place - 2])
    return path


def test_a_word_is_an_answer_too_and_an_empty_cell_is_none(tmp_path):
    items = intrusion_items(Model(), seed=1)
    write_sheet(items, tmp_path / "sheet.csv", lang="en")
    lines = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("question,word 1,")
    lines[1] = lines[1].rstrip(",") + "," + items["words"][0][2].upper() + ","
    (tmp_path / "budi.csv").write_text("\n".join(lines) + "\n")
    assert read_answers([tmp_path / "budi.csv"], items).rows() == [("budi", 1, 3)]


def test_sheets_of_another_key_strange_answers_and_altered_keys_are_refused(tmp_path):
    items, others = intrusion_items(Model(), seed=1), intrusion_items(Model(), seed=2)
    key = write_sheet(items, tmp_path / "sheet.csv")
    with pytest.raises(InputError, match="row 1: the words of question 1 are not those of the key"):
        read_answers([tmp_path / "sheet.csv"], others)
    text = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "ani.csv").write_text("\n".join([text[0], text[1].rstrip(",") + ",tujuh,"]))
    with pytest.raises(InputError, match="row 1, column 'answer': 'tujuh' is neither a number from 1 to 6"):
        read_answers([tmp_path / "ani.csv"], items)
    content = json.loads(key.read_text())
    content["items"][0]["intruder"] = content["items"][0]["intruder"] % 6 + 1
    key.write_text(json.dumps(content))
    with pytest.raises(InputError, match="altered"):
        read_key(key)
    with pytest.raises(InputError, match="no such key"):
        read_key(tmp_path / "none.json")
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"):
        write_sheet(items, tmp_path / "sheet.txt")


def test_words_that_a_spreadsheet_would_run_are_defused_and_still_fit_the_key(tmp_path):
    items = intrusion_items(Model(), seed=1).with_columns(
        pl.concat_list(pl.lit("=1+1"), pl.col("words").list.slice(1)).alias("words")
    )
    write_sheet(items, tmp_path / "sheet.csv")
    cells = list(csv.reader(io.StringIO((tmp_path / "sheet.csv").read_text(encoding="utf-8-sig"))))
    assert {row[1] for row in cells[1:]} == {"'=1+1"}
    assert read_answers([tmp_path / "sheet.csv"], read_key(tmp_path / "sheet.key.json")).is_empty()
    write_sheet(items, tmp_path / "sheet.xlsx")
    import zipfile

    with zipfile.ZipFile(tmp_path / "sheet.xlsx") as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def answers_of(**raters):
    rows = [(rater, item, place) for rater, places in raters.items() for item, place in enumerate(places, start=1)]
    return pl.DataFrame(rows, schema={"rater": pl.String, "item": pl.UInt32, "answer": pl.UInt32}, orient="row")


def test_precision_interval_and_agreement_are_those_of_the_formulas():
    items = intrusion_items(Model(), seed=1)
    right = items["intruder"].to_list()
    wrong = [place % 6 + 1 for place in right]
    score = score_intrusion(items, answers_of(ani=right, budi=[right[0], right[1], wrong[2]]))
    assert score.precision == pytest.approx(5 / 6)
    assert score.raters.rows() == [
        ("ani", 3, 1.0, pytest.approx(2 / 3)),
        ("budi", 3, pytest.approx(2 / 3), pytest.approx(2 / 3)),
    ]
    assert score.agreement == pytest.approx((2 / 3 - 1 / 6) / (5 / 6))
    assert score.low < score.precision < score.high == 1.0
    assert score.topics["precision"].to_list() == [0.5, 1.0, 1.0]
    assert score.topics["topic"][0] == items["topic"][2]


def test_guessing_is_near_chance_and_its_interval_holds_it():
    items = intrusion_items(Model(), per_topic=4, seed=1)
    random = np.random.default_rng(0)
    guesses = {f"r{i}": random.integers(1, 7, len(items)).tolist() for i in range(30)}
    score = score_intrusion(items, answers_of(**guesses))
    assert score.low <= 1 / 6 <= score.high
    assert abs(score.agreement) < 0.05


def test_double_answers_unknown_questions_and_empty_sheets_are_refused():
    items = intrusion_items(Model(), seed=1)
    twice = pl.concat([answers_of(ani=[1]), answers_of(ani=[2])])
    with pytest.raises(InputError, match="twice"):
        score_intrusion(items, twice)
    with pytest.raises(InputError, match="no question 4"):
        score_intrusion(items, answers_of(ani=[1, 1, 1, 1]))
    with pytest.raises(NotEnoughDataError, match="no question was answered"):
        score_intrusion(items, answers_of())
