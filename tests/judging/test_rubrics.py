import math
import tomllib
from pathlib import Path

import polars as pl
import pytest

from textmine.errors import ConfigError, InputError, ResourceNotFoundError
from textmine.judging import panels
from textmine.judging.errors import InvalidError, NotFoundError, StateError
from textmine.judging.nominations import nominees_from
from textmine.judging.rubrics import PRESETS, Rubric, RubricCriterion, load_rubric, read_rubric, suggested_preset

GOOD = """\
name = "kota"
title = { id = "Kota", en = "City" }

[[criteria]]
key = "isi"
title = "Isi"
text = { id = "Isi yang baik.", en = "Good content." }
weight = 0.6

[[criteria]]
key = "rupa"
title = { id = "Rupa", en = "Looks" }
text = { id = "Rupa yang baik.", en = "Good looks." }
weight = 0.4
"""


def written(tmp_path, text):
    path = tmp_path / "rubric.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_whole_in_both_languages_and_weigh_one(name):
    rubric = load_rubric(name)
    assert rubric.name == name and rubric.source
    assert math.fsum(each.weight for each in rubric.criteria) == pytest.approx(1, abs=1e-12)
    for each in rubric.criteria:
        assert each.title_id != each.title_en and each.text_id != each.text_en
        assert all(text.strip() for text in (each.title_id, each.title_en, each.text_id, each.text_en))


def test_the_six_principles_are_the_six():
    titles = [each.title_id for each in load_rubric("permenpanrb").criteria]
    assert titles == ["Kredibel", "Integritas", "Profesional", "Responsif", "Terintegrasi", "Keterwakilan"]


def test_a_file_of_ones_own_is_read(tmp_path):
    rubric = load_rubric(written(tmp_path, GOOD))
    assert [(each.key, each.title_id, each.title_en, each.weight) for each in rubric.criteria] == [
        ("isi", "Isi", "Isi", 0.6),
        ("rupa", "Rupa", "Looks", 0.4),
    ]


def test_without_weights_all_weigh_the_same(tmp_path):
    text = "\n".join(line for line in GOOD.splitlines() if "weight" not in line)
    assert [each.weight for each in read_rubric(written(tmp_path, text)).criteria] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("weight = 0.4", "weight = 0.5", 4, "sum to 1.1"),
        ("weight = 0.4", "weight = 40", 14, "40 per cent is 0.4"),
        ("weight = 0.4", "", 10, "weight is missing"),
        ("weight = 0.4", "weight = 0", 4, "above 0"),
        ('key = "rupa"', 'key = "isi"', 11, "is the key of a criterion above"),
        ('key = "rupa"', 'key = "Rupa!"', 11, "lower-case letters"),
        ('key = "rupa"\n', "", 10, "key is missing"),
        ("weight = 0.4", "wieght = 0.4", 14, "did you mean weight"),
        ('text = { id = "Rupa yang baik.", en = "Good looks." }', "", 10, "text is missing"),
        (', en = "Good looks."', "", 13, "en is missing"),
        ('name = "kota"', "name = 3", 1, "must be text"),
        ("[[criteria]]", "[[criteria", 4, "is not TOML"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, old, new, line, told):
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError, match=told) as refused:
        read_rubric(path)
    assert refused.value.line == line


def test_an_unknown_preset_is_said_with_those_that_are_known():
    with pytest.raises(ResourceNotFoundError, match="video"):
        load_rubric("vidio")


@pytest.mark.parametrize(
    ("category", "preset"),
    [("best_use_of_images/bumn", "image"), ("best_use_of_video", "video"), ("best_campaign/x", "campaign"),
     ("g20_campaign", "campaign"), ("best_account/video", "account")],
)  # fmt: skip
def test_a_category_suggests_its_preset(category, preset):
    assert suggested_preset(category) == preset


def test_categories_get_their_rubric_and_a_draft_may_change_it(database, make, console, table):
    own = Rubric(
        "x", "x", "x", "", (RubricCriterion("a", "A", "A", "", "", 0.5), RubricCriterion("b", "B", "B", "", "", 0.5))
    )
    with database.writing(console) as session:
        panel = panels.create_panel(session, console, panels.PanelSettings("T", "t"), table, {"best_account": own})
    keys = {each.key: [one.key for one in each.criteria] for each in panel.categories}
    assert keys["best_account/bumn"] == ["a", "b"]
    assert keys["best_use_of_images/kementerian"] == [each.key for each in load_rubric("image").criteria]
    category = panel.categories[0]
    with database.writing(console) as session:
        changed = panels.set_rubric(session, console, category.id, load_rubric("permenpanrb"))
    assert len(changed.categories[0].criteria) == 6
    lopsided = Rubric("x", "x", "x", "", (RubricCriterion("a", "A", "A", "", "", 0.5),))
    with pytest.raises(InvalidError, match=r"sum to 0\.5"), database.writing(console) as session:
        panels.set_rubric(session, console, category.id, lopsided)
    with pytest.raises(NotFoundError), database.writing(console) as session:
        panels.set_rubric(session, console, "0" * 32, own)
    season = make(database)
    with pytest.raises(StateError):
        season.do(panels.set_rubric, season.panel.categories[0].id, own)


@pytest.mark.parametrize(
    "settings",
    [{"title": ""}, {"title": "a\nb"}, {"language": "fr"}, {"seed": -1}, {"seed": 2**31}, {"n_posts": 51},
     {"scale": panels.Scale(5, 5, 1)}, {"scale": panels.Scale(1, 10, 0)}, {"scale": panels.Scale(1, 10, 4)},
     {"scale": panels.Scale(0, 1000, 1)}, {"scale": panels.Scale(float("nan"), 1, 1)}],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_refused(database, console, table, settings):
    asked = panels.PanelSettings(**{"title": "T", "award": "t", **settings})
    with pytest.raises(InvalidError), database.writing(console) as session:
        panels.create_panel(session, console, asked, table)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table.drop("agency"), "agency"),
        (lambda table: table.clear(), "there are 0"),
        (lambda table: pl.concat([table, table]), "twice"),
        (lambda table: table.with_columns(nominee=False), "there are 0"),
        (lambda table: table.with_columns(score=float("nan")), "not a number"),
    ],
)
def test_nominees_that_cannot_be_used_are_refused(database, console, table, change, told):
    with pytest.raises(InvalidError, match=told), database.writing(console) as session:
        panels.create_panel(session, console, panels.PanelSettings("T", "t"), change(table))


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("name", "n" * 201, "name of kemenkes: is longer than 200 characters"),
        ("name", "satu\ndua", "name of kemenkes: must be one line"),
        ("score", float("inf"), "score of kemenkes: is not a number"),
        ("agency", "a\x1b[31m", "agency of a?[31m: holds a control character"),
        ("agency", "a" * 201, f"agency of {'a' * 120}…: is longer than 200 characters"),
    ],
)
def test_what_is_wrong_with_a_nominee_is_told_with_its_agency(database, console, table, column, value, told):
    names = table.with_columns(pl.col("agency").alias("name"))
    second = pl.int_range(pl.len()) == 1
    wrong = names.with_columns(pl.when(second).then(pl.lit(value)).otherwise(column).alias(column))
    with pytest.raises(InvalidError) as caught, database.writing(console) as session:
        panels.create_panel(session, console, panels.PanelSettings("T", "t"), wrong)
    assert told in str(caught.value)


def test_nominees_come_from_a_file_of_ones_own(tmp_path, database, console):
    path = tmp_path / "nominees.csv"
    path.write_text(
        "category,agency,name,rank,extra,reasons\nbest_account,pln,PT PLN,1,x,nominated\nbest_account,kai,,2,y,\n"
    )
    table = nominees_from(path)
    with database.writing(console) as session:
        panel = panels.create_panel(session, console, panels.PanelSettings("T", "t"), table)
        from textmine.judging.nominees import nominees_of

        assert [(each.name, each.rank) for each in nominees_of(session, console, panel.id)] == [
            ("PT PLN", 1),
            ("kai", 2),
        ]
    ranked = tmp_path / "ranking.csv"
    ranked.write_text("category,agency,p_top5,uncertain\nmost_active,pln,1.0,false\nvideo,kai,0.97,true\n")
    assert nominees_from(ranked)["p_top5"].to_list() == [None, 0.97]  # a rank without draws has no probability
    Path(tmp_path / "bad.csv").write_text("category,who\na,b\n")
    with pytest.raises(InputError, match="agency"):
        nominees_from(tmp_path / "bad.csv")
    with pytest.raises(InputError, match="cannot be read"):
        nominees_from(tmp_path / "none.csv")
    Path(tmp_path / "words.csv").write_text("category,agency,score\na,b,high\n")
    with pytest.raises(InputError, match="wrong kind"):
        nominees_from(tmp_path / "words.csv")


def test_shipped_rubrics_are_plain_toml():
    folder = Path(__file__).parents[2] / "textmine" / "data" / "rubrics"
    assert {path.stem for path in folder.iterdir()} == set(PRESETS)
    for path in folder.iterdir():
        assert tomllib.loads(path.read_text(encoding="utf-8"))["name"] == path.stem
