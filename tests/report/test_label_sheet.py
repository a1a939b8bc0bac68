"""Sheets for judges: blind, no formulas, in an order of their own; and what comes back is checked cell by cell."""

import csv
import io
import zipfile

import polars as pl
import pytest

from textmine.errors import InputError
from textmine.labels.tasks import TASK_SCHEMA, LabelTasks, task_names
from textmine.report.label_sheet import read_label_sheets, write_label_sheets

CLASSES = ("tinggi", "sedang", "rendah")
CAPTIONS = ["Vaksin gratis [tautan]", '=HYPERLINK("x")', "-panen raya\nkedua", "@akun +1", "Jalan \u202etol", "Sekolah"]


@pytest.fixture
def tasks():
    keys = pl.DataFrame({"platform": ["x"] * 6, "post_id": [str(n) for n in range(6)]})
    judges = [["ani", "budi"]] * 2 + [["ani"], ["budi"]] * 2
    posts = keys.with_columns(
        task_names(keys),
        pl.lit("unknown").alias("media_type"),
        pl.Series("text", CAPTIONS),
        pl.lit(1).alias("batch"),
        pl.lit("chosen").alias("drawn"),
        pl.lit(None).alias("uncertainty"),
        pl.Series("judges", judges),
    )
    return LabelTasks(posts.select(TASK_SCHEMA.names()).cast(TASK_SCHEMA), CLASSES, ("ani", "budi"))


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def filled(path, target, labels, **change):
    """Write labels into the sheet as a person with a spreadsheet does, separated by semicolons."""
    rows = rows_of(path)
    for row, label in zip(rows[1:], labels, strict=True):
        row[4] = label
    for column, (number, value) in change.items():
        rows[number][rows[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    target.write_text(out.getvalue(), encoding="utf-8")
    return target


def test_a_sheet_shows_the_text_and_nothing_that_leads_to_the_post(tasks, tmp_path):
    ani, budi = write_label_sheets(tasks, tmp_path, ending="csv")
    rows = rows_of(ani)
    assert rows[0] == ["tugas", "platform", "media", "teks", "label", "catatan", "juri"]
    assert [row[0] for row in rows[1:]] == tasks.of("ani")["task"].to_list()
    assert {row[6] for row in rows[1:]} == {"ani"} and {row[4] for row in rows[1:]} == {""}
    assert {row[3] for row in rows[1:]} <= {
        "Vaksin gratis [tautan]",
        '\'=HYPERLINK("x")',
        "'-panen raya\nkedua",
        "Jalan tol",
    }
    assert len(rows_of(budi)) == 5
    assert rows_of(write_label_sheets(tasks, tmp_path, judges=["ani"], ending="csv", lang="en")[0])[0][:4] == [
        "task", "platform", "medium", "text",
    ]  # fmt: skip


def test_a_workbook_runs_no_formula_offers_the_labels_and_has_the_same_bytes_twice(tasks, tmp_path):
    path = write_label_sheets(tasks, tmp_path / "a", judges=["ani"])[0]
    other = write_label_sheets(tasks, tmp_path / "b", judges=["ani"])[0]
    assert path.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "tinggi,sedang,rendah,-" in sheet
    table = pl.read_excel(path, has_header=False)
    assert table.row(0)[0].startswith("Tulis satu label") and table.row(1)[0] == "tugas"


def test_what_comes_back_are_votes_and_skips_and_empty_cells_say_nothing(tasks, tmp_path):
    path = write_label_sheets(tasks, tmp_path, judges=["ani"], ending="csv")[0]
    back = filled(path, tmp_path / "ani kembali.csv", ["Tinggi ", "3", "-", ""], catatan=(1, "bagus"))
    votes = read_label_sheets([back], tasks)
    order = tasks.of("ani")["post_id"].to_list()
    assert votes.select("post_id", "judge", "action", "label", "note").rows() == [
        (order[0], "ani", "vote", "tinggi", "bagus"),
        (order[1], "ani", "vote", "rendah", None),
        (order[2], "ani", "skip", None, None),
    ]
    assert votes["source"].unique().to_list() == ["ani kembali.csv"]


def test_a_workbook_comes_back_too(tasks, tmp_path):
    from xlsxwriter import Workbook

    path = write_label_sheets(tasks, tmp_path, judges=["budi"])[0]
    table = pl.read_excel(path, has_header=False)
    with Workbook(tmp_path / "kembali.xlsx") as book:
        page = book.add_worksheet()
        for place, row in enumerate(table.iter_rows()):
            for column, cell in enumerate(row):
                if cell is not None:
                    page.write_string(place, column, cell)
        page.write_number(2, 4, 2)
        page.write_string(3, 4, "rendah")
    votes = read_label_sheets([tmp_path / "kembali.xlsx"], tasks)
    assert votes["label"].to_list() == ["sedang", "rendah"] and set(votes["judge"]) == {"budi"}


@pytest.mark.parametrize(
    ("labels", "change", "said"),
    [
        (["tinggi", "bagus", "", ""], {}, r"row 2, column 'label': 'bagus' is no label; write tinggi, sedang, rendah"),
        (["4", "", "", ""], {}, r"row 1, column 'label': '4'"),
        (["", "", "", ""], {"tugas": (3, "0099-abc")}, r"row 3, column 'task': '0099-abc' is none of the posts"),
        (["", "", "", ""], {"juri": (1, "dedi")}, r"row 1, column 'judge': 'dedi' is no judge here"),
        (["", "", "", ""], {"juri": (4, "budi")}, r"is not one of budi's"),
        (["", "", "", ""], {"label": (0, "nilai")}, r"has no column label"),
        (["", "", "", ""], {"tugas": (0, "nomor")}, r"no head row with task or tugas"),
    ],
)
def test_what_cannot_be_is_said_with_row_and_column(tasks, tmp_path, labels, change, said):
    path = write_label_sheets(tasks, tmp_path, judges=["ani"], ending="csv")[0]
    alone = [row[0] for row in rows_of(path)[1:] if row[3] in ("'-panen raya\nkedua", "Jalan tol")]
    if "juri" in change and change["juri"][1] == "budi":
        change = {"juri": (next(n for n, row in enumerate(rows_of(path)) if row[0] in alone), "budi")}
    back = filled(path, tmp_path / "x.csv", labels, **change)
    with pytest.raises(InputError, match=said):
        read_label_sheets([back], tasks)


def test_a_post_twice_and_a_file_that_is_no_sheet_are_refused(tasks, tmp_path):
    path = write_label_sheets(tasks, tmp_path, judges=["ani"], ending="csv")[0]
    first = rows_of(path)[1][0]
    back = filled(path, tmp_path / "x.csv", ["tinggi"] * 4, tugas=(2, first))
    with pytest.raises(InputError, match=f"row 2, column 'task': post {first} stands twice"):
        read_label_sheets([back], tasks)
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError, match="cannot be read as a filled sheet"):
        read_label_sheets([tmp_path / "no.xlsx"], tasks)
