"""A jury on paper: scores as people type them, and what else its file says."""

import datetime as dt

import pytest
from xlsxwriter import Workbook

from textmine.errors import ConfigError, InputError
from textmine.judging.paperjury import paper_proceedings, paper_tally, read_paper_jury
from textmine.judging.paperscores import read_scores

SCORES = """kategori;juri;nomine;kriteria;nilai
Video;Ani;BNPB;ide;8,5
Video;Ani;BMKG;ide;7
Video;Budi;BNPB;ide;
Video;Budi;BMKG;ide;9
Kampanye;Ani;Jabar;ide;6
"""
JURY = """award = "Penghargaan"
panel = "Dewan Juri"
place = "Jakarta"
date = 2026-11-30

[[members]]
name = "Sari"
role = "secretary"

[[criteria]]
key = "ide"
weight = 60
title = "Gagasan"

[rules]
method = "borda"
ties = ["first_places"]

[scale]
low = 1
high = 10

[[conflicts]]
judge = "Budi"
nominee = "BNPB"
reason = "konsultan"
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "scores.csv").write_text(SCORES, encoding="utf-8-sig")
    (tmp_path / "jury.toml").write_text(JURY, encoding="utf-8")
    return tmp_path / "scores.csv", tmp_path / "jury.toml"


def test_scores_are_read_as_indonesians_type_them(files):
    found = read_scores(files[0])
    assert list(found) == ["Video", "Kampanye"]
    assert found["Video"].rows() == [
        ("Ani", "BNPB", "ide", 8.5),
        ("Ani", "BMKG", "ide", 7.0),
        ("Budi", "BNPB", "ide", None),
        ("Budi", "BMKG", "ide", 9.0),
    ]


def test_workbooks_are_read_too(tmp_path):
    with Workbook(tmp_path / "scores.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["Judge", "Nominee", "Criterion", "Value"], ["Ani", "BNPB", "ide", 8.5]]):
            sheet.write_row(row, 0, cells)
    assert read_scores(tmp_path / "scores.xlsx")[""].rows() == [("Ani", "BNPB", "ide", 8.5)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Video;Dewi;BNPB;ide;delapan", "row 6, column 'value': 'delapan' is not a number; write 7,5 or 7.5"),
        ("Video;Dewi;BNPB;ide;nan", "row 6, column 'value': 'nan' is not a number"),
        ("Video;Dewi;BNPB;ide;1.000,5", "row 6, column 'value'"),
        ("Video;Ani;BNPB;ide;9", "row 6, column 'value': says again what row 1 says"),
        ("Video;ani;BNPB;mutu;9", "row 6, column 'judge': 'ani' was 'Ani' before; write one of them"),
        ("video;Ani;BNPB;mutu;9", "row 6, column 'category': 'video' was 'Video' before"),
        ("Video;Ani;BN PB;mutu;9", "row 6, column 'nominee': 'BN PB' was 'BNPB' before"),
        ("Video;;BNPB;ide;9", "row 6, column 'judge': is empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_row(tmp_path, line, said):
    (tmp_path / "scores.csv").write_text(SCORES + line + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_scores(tmp_path / "scores.csv")
    assert said in str(caught.value)


def test_the_file_of_the_jury_settles_weights_rules_and_scale(files):
    found = paper_tally(*files)
    assert list(found.tallies) == ["Video", "Kampanye"]
    video = found.tallies["Video"]
    assert video.rules.method == "borda" and video.rules.ties == ("first_places",)
    assert video.robustness.scale.high == 10
    told = paper_proceedings(found, "1.0", place=None, day=dt.date(2026, 12, 1))
    assert (told.place, told.day) == ("Jakarta", dt.date(2026, 12, 1))
    assert [(member.name, member.role) for member in told.members] == [
        ("Sari", "secretary"),
        ("Ani", "judge"),
        ("Budi", "judge"),
    ]
    assert told.categories[0].criterion_titles == {"ide": "Gagasan"}


def test_options_win_over_the_file(files):
    found = paper_tally(*files, rules={"method": "mean", "ties": None}, award="Lain")
    assert found.tallies["Video"].rules.method == "mean"
    assert found.tallies["Video"].rules.ties == ("first_places",)
    assert found.jury.award == "Lain"


def test_criteria_of_one_category_win_over_those_of_all(files):
    files[1].write_text(JURY + '\n[[criteria]]\nkey = "ide"\nweight = 1\ntitle = "Ide"\ncategory = "Video"\n')
    jury = read_paper_jury(files[1])
    assert jury.titles("Video") == {"ide": "Ide"} and jury.titles("Kampanye") == {"ide": "Gagasan"}


def test_a_judge_in_conflict_must_not_have_scored(files):
    files[0].write_text(SCORES.replace("Budi;BNPB;ide;", "Budi;BNPB;ide;9"))
    with pytest.raises(InputError, match="Budi declared a conflict of interest and scored BNPB; take it out"):
        paper_tally(*files)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('judge = "Budi"', 'judge = "budi"', "key 'conflicts[1].judge': names 'budi', who is neither in the scores"),
        ('judge = "Budi"', 'judge = "Dewi"', "a member; there are Ani, Budi, Sari"),
        ('nominee = "BNPB"', 'nominee = "Bnpb "', "names 'Bnpb ', who is not in the scores; they have 'BNPB'"),
        ('nominee = "BNPB"', 'nominee = "BSSN"', "there are BMKG, BNPB, Jabar"),
        ('nominee = "BNPB"', 'nominee = "BNPB"\ncategory = "video"', "conflicts[1].category': names 'video', which"),
        ('nominee = "BNPB"', 'nominee = "BNPB"\ncategory = "Video Terbaik"', "by its title; write 'Video'"),
        ('title = "Gagasan"', 'title = "Gagasan"\ncategory = "video"', "line 14, key 'criteria[1].category'"),
        (
            'name = "Sari"\nrole = "secretary"',
            'name = "budi"',
            "key 'members[1].name': is 'Budi' in the scores; write one of them",
        ),
    ],
)
def test_who_is_not_in_the_scores_is_not_passed_over(files, old, new, said):
    assert old in JURY
    files[1].write_text(JURY.replace(old, new) + '\n[categories]\nVideo = "Video Terbaik"\n')
    with pytest.raises(ConfigError) as caught:
        paper_tally(*files)
    assert said in str(caught.value)


def test_a_category_of_scores_without_categories_is_refused(files):
    files[0].write_text("juri;nomine;kriteria;nilai\nAni;BNPB;ide;8\nBudi;BMKG;ide;7\n")
    files[1].write_text(JURY.replace('nominee = "BNPB"', 'nominee = "BNPB"\ncategory = "Video"'))
    with pytest.raises(ConfigError, match="names 'Video', which is not in the scores; they have no category"):
        paper_tally(*files)


def test_a_category_that_nobody_scored_may_have_criteria_and_conflicts(files):
    more = '\n[categories]\nfoto = "Foto"\n\n[[conflicts]]\njudge = "Sari"\nnominee = "BSSN"\ncategory = "foto"\n'
    files[1].write_text(JURY + more + '\n[[criteria]]\nkey = "rupa"\nweight = 1\ncategory = "foto"\n')
    told = paper_proceedings(paper_tally(*files), "1.0", place=None, day=None)
    assert [(each.judge, each.category) for each in told.conflicts] == [("Budi", ""), ("Sari", "Foto")]


def test_a_score_between_two_steps_is_refused(files):
    files[0].write_text(SCORES.replace("8,5", "8,25"))
    files[1].write_text(JURY.replace("high = 10", "high = 10\nstep = 0.5"))
    with pytest.raises(InputError, match=r"8\.25 of Ani for BNPB by ide is no step of 0\.5 from 1"):
        paper_tally(*files)


def test_a_score_outside_the_scale_is_refused(files):
    files[0].write_text(SCORES.replace("8,5", "85"))
    with pytest.raises(InputError, match="85 of Ani for BNPB by ide is not from 1 to 10"):
        paper_tally(*files)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ties = ["first_places"]', "tie = []", "line 17, key 'rules.tie': unknown key"),
        ('method = "borda"', 'method = "vote"', "line 16, key 'rules.method': input should be 'mean'"),
        ("weight = 60", "weight = -1", "line 12, key 'criteria[1].weight': input should be greater than 0"),
        ("date = 2026-11-30", "date = ", "is not TOML"),
    ],
)
def test_mistakes_in_the_file_are_said_with_their_line(files, old, new, said):
    files[1].write_text(JURY.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_paper_jury(files[1])
    assert said in str(caught.value)


def test_criteria_that_do_not_fit_the_file_of_the_jury_are_refused(files):
    files[0].write_text(SCORES.replace("Kampanye;Ani;Jabar;ide;6", "Kampanye;Ani;Jabar;idee;6"))
    with pytest.raises(InputError, match="'idee' in Kampanye has no weight; the jury's file has ide"):
        paper_tally(*files)
    files[0].write_text(SCORES)
    files[1].write_text(JURY + '\n[[criteria]]\nkey = "mutu"\nweight = 40\n')
    with pytest.raises(InputError, match="nobody scored 'mutu' in Video, which the jury's file has; there are ide"):
        paper_tally(*files)


def test_a_rubric_gives_criteria_weights_and_titles(files):
    from textmine.judging.rubrics import load_rubric

    files[1].write_text('rubric = "video"\n')
    rubric = load_rubric("video")
    rows = "".join(f"Ani;{who};{one.key};7\n" for one in rubric.criteria for who in ("BNPB", "BMKG"))
    files[0].write_text("judge;nominee;criterion;value\n" + rows)
    found = paper_tally(*files)
    assert found.tallies[""].ballots.weights.tolist() == pytest.approx([one.weight for one in rubric.criteria])
    english = paper_proceedings(found, "1", place=None, day=None, lang="en").categories[0].criterion_titles
    assert english == {one.key: one.title_en for one in rubric.criteria}
