"""The example in examples/textmine-plugin-example is built, installed into a folder of its own and used."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "textmine-plugin-example"
PARTS = ("loket", "questions", "cities", "weekend")
LABEL = "textmine-plugin-example 0.1.0"

AGENCIES = """agency,name,cluster,platform,account
bandung,Kota Bandung,kota,x,pemkot_bandung
surabaya,Kota Surabaya,kota,x,pemkot_surabaya
jogja,Kota Yogyakarta,kota,x,pemkot_jogja
"""
AWARD = """
name = "tanya"
title = { id = "Bertanya", en = "Asking" }

[clusters.kota]
title = { id = "Kota", en = "Cities" }
register = ["kota"]

[[categories]]
id = "asking"
title = { id = "Paling bertanya", en = "Asks most" }
measure = "question_share"

[[categories]]
id = "asking_on_x"
title = { id = "Paling bertanya di X", en = "Asks most on X" }
measure = "question_share@x"
"""
CONFIG = """workspace = "season"

[ingest]
sources = ["loket.txt"]
agencies = "agencies.csv"

[language]
steps = ["city_names"]

[topics]
n_topics = 2

[awards]
rank = ["award.toml"]
draws = 100

[report]
directory = "reports"
lang = "en"
formats = ["html", "md"]
"""
ASKS = {"pemkot_bandung": 4, "pemkot_surabaya": 2, "pemkot_jogja": 3}
"""One post in so many asks something."""


def loket_export():
    """60 posts an account from Wednesday 1 January 2020 on, one a day; the last post is broken."""
    words = ("jalan jogja macet lagi", "vaksin gratis di puskesmas", "taman bungkul buka", "pajak daerah dan layanan")
    posts = []
    for place, (account, each) in enumerate(ASKS.items()):
        for day in range(60):
            text = words[(day + place) % 4] + (" setuju?" if day % each == 0 else " ya")
            when = datetime(2020, 1, 1, 9) + timedelta(days=day)
            posts.append(
                f"platform: x\npost_id: {place}{day:03}\naccount: {account}\npublished_at: {when.isoformat()}\n"
                f"caption: {text}\nlikes: {day}\ncomments: 1\nshares: 2\n"
            )
    return "#loket 1\n" + "\n".join(posts) + "\nplatform: x\nthis is no field\n"


@pytest.mark.parametrize("name", ["pyproject.toml", *(f"textmine_plugin_example/{name}.py" for name in PARTS)])
def test_the_page_quotes_the_example_as_it_is(name):
    page = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    language = "toml" if name.endswith("toml") else "python"
    assert f"```{language}\n{(EXAMPLE / name).read_text(encoding='utf-8')}```" in page


def install(source, site):
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", str(site)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, str(source)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return site


def textmine_(*arguments, site, folder, code=0):
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{site}", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "textmine", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def settings_of(workspace, stage):
    return json.loads((workspace / "manifests" / f"{stage}.json").read_text())["settings"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The example, built as a user would build it, in a folder that only the subprocesses see."""
    folder = tmp_path_factory.mktemp("plugins")
    shutil.copytree(EXAMPLE, folder / "source")  # a build leaves files behind
    return install(folder / "source", folder / "site")


@pytest.fixture(scope="module")
def season(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    (folder / "loket.txt").write_text(loket_export())
    (folder / "agencies.csv").write_text(AGENCIES)
    (folder / "award.toml").write_text(AWARD)
    (folder / "run.toml").write_text(CONFIG)
    textmine_("run", "run.toml", site=site, folder=folder)
    return folder


def test_the_list_names_each_plugin_its_package_and_what_it_adds(site, tmp_path):
    rows = json.loads(textmine_("plugins", "--format", "json", site=site, folder=tmp_path).stdout)
    assert [(row["kind"], row["name"]) for row in rows] == [
        ("format", "loket"),
        ("measure", "question_share"),
        ("language step", "city_names"),
        ("report section", "weekend"),
    ]
    assert {f"{row['package']} {row['version']}" for row in rows} == {LABEL}
    assert all(row["adds"] and row["problem"] is None for row in rows)


def test_without_plugins_the_list_is_empty():
    from textmine.plugins import overview

    assert overview() == []


def test_the_format_is_read_with_every_row_accounted_for(season):
    told = json.loads((season / "season/ingest.json").read_text())
    assert (told["read"], told["posts"], told["rejected"]) == (181, 180, 1)
    assert told["files"][0]["format"] == f"loket by {LABEL}"
    rejects = pl.read_parquet(season / "season/rejects.parquet")
    assert rejects["reason"].to_list() == ["line without a field: this is no field"]
    assert rejects["source_row"].to_list() == [181]
    assert settings_of(season / "season", "ingest")["plugins"] == {"loket": LABEL}


def test_the_measure_decides_an_award_and_is_counted_right(season):
    ranking = pl.read_parquet(season / "season/rankings/tanya/ranking.parquet")
    for category in ("asking/kota", "asking_on_x/kota"):
        rows = ranking.filter(pl.col("category") == category).sort("rank")
        assert rows["agency"].to_list() == ["surabaya", "jogja", "bandung"]
        assert rows["score"].to_list() == pytest.approx([1 / 2, 1 / 3, 1 / 4])
    assert settings_of(season / "season", "ranking-tanya")["plugins"] == {"question_share": LABEL}
    assert settings_of(season / "season", "agency_features")["plugins"] == {"question_share": LABEL}


def test_the_measure_is_in_the_dictionary_with_its_package(season):
    dictionary = pl.read_csv(season / "season/agency_features_dictionary.csv")
    row = dictionary.filter(pl.col("column") == "question_share").row(0, named=True)
    assert row["source"].endswith(f"({LABEL})")
    assert {"question_share@instagram", "image_question_share", "video_question_share@x"} <= set(dictionary["column"])


def test_the_step_joins_words_and_its_version_stands_in_the_settings(season):
    assert settings_of(season / "season", "matrix")["steps"] == [["city_names", LABEL]]
    counted = pl.read_parquet(season / "season/keywords.parquet").filter(pl.col("group") == "surabaya")
    terms = dict(counted.select("term", "count").iter_rows())
    assert terms["yogyakarta"] == 15  # a caption in four
    assert "jogja" not in terms


def test_the_section_is_in_the_page_and_in_the_document(season):
    folder = next(path for path in (season / "reports").iterdir() if "surabaya" in path.name and path.is_dir())
    page = next(folder.glob("*.html")).read_text(encoding="utf-8")
    document = next(folder.glob("*.md")).read_text(encoding="utf-8")
    # 60 days from a Wednesday hold nine Saturdays, less the last weekend's: 1 January to 29 February.
    days = [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]
    weekend = sum(day.weekday() >= 5 for day in days)
    assert f"| X | 60 | {weekend} |" in document
    assert re.search(rf'<th scope="row">X</th><td class="number">60</td><td class="number">{weekend}</td>', page)
    assert LABEL in page
    assert LABEL in document
    assert settings_of(season / "season", "report")["plugins"] == {"weekend": LABEL}


def test_a_second_run_does_nothing_and_a_new_version_does_what_it_concerns(season, site, tmp_path):
    before = {path.name: path.read_bytes() for path in (season / "season/manifests").glob("*.json")}
    textmine_("run", "run.toml", site=site, folder=season)
    assert {path.name: path.read_bytes() for path in (season / "season/manifests").glob("*.json")} == before
    shutil.copytree(EXAMPLE, tmp_path / "source")
    project = tmp_path / "source/pyproject.toml"
    project.write_text(project.read_text().replace('version = "0.1.0"', 'version = "0.2.0"'))
    shutil.copytree(season, tmp_path / "again")
    newer = install(tmp_path / "source", tmp_path / "site")
    textmine_("run", "run.toml", site=newer, folder=tmp_path / "again")
    for stage in ("ingest", "ranking-tanya", "agency_features", "report"):
        assert set(settings_of(tmp_path / "again/season", stage)["plugins"].values()) == {
            "textmine-plugin-example 0.2.0"
        }
    assert settings_of(tmp_path / "again/season", "matrix")["steps"] == [
        ["city_names", "textmine-plugin-example 0.2.0"]
    ]


BROKEN = {
    "does not load": ("textmine.formats", "bad:missing", "", ["ingest", "loket.txt", "-o", "w"], "loading it failed"),
    "fails": (
        "textmine.formats",
        "bad:reads",
        "def reads(path, head):\n    raise KeyError('oops')\n",
        ["ingest", "loket.txt", "-o", "w"],
        "opening loket.txt failed with KeyError",
    ),
    "gives numbers": (
        "textmine.formats",
        "bad:reads",
        "import polars as pl\ndef reads(path, head):\n    return [pl.DataFrame({'likes': [1]})]\n",
        ["ingest", "loket.txt", "-o", "w"],
        "all columns of a format are strings; 'likes' is Int64",
    ),
    "has a name that is taken": (
        "textmine.measures",
        "bad:measure",
        "class M:\n    name = unit = meaning = source = 'n_posts'\n    columns = ()\n    of = print\n\nmeasure = M()",
        ["awards", "check", "award.toml"],
        "a measure of this name is there already",
    ),
    "is no function of a module": (
        "textmine.language_steps",
        "bad:step",
        "step = lambda word: word\n",
        ["plugins"],
        "must be a plain function of a module",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_plugin_that(case, tmp_path):
    group, entry, code, command, said = BROKEN[case]
    site = tmp_path / "site"
    (site / "bad-3.1.dist-info").mkdir(parents=True)
    (site / "bad-3.1.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 3.1\n")
    name = "n_posts" if "measures" in group else "broken"
    (site / "bad-3.1.dist-info/entry_points.txt").write_text(f"[{group}]\n{name} = {entry}\n")
    (site / "bad.py").write_text(code)
    (tmp_path / "loket.txt").write_text(loket_export())
    (tmp_path / "award.toml").write_text(AWARD)
    done = textmine_(*command, site=site, folder=tmp_path, code=3 if command == ["plugins"] else 1)
    shown = done.stdout + done.stderr
    assert said in " ".join(shown.split())
    assert "bad" in shown
    assert "3.1" in shown
    assert "Traceback" not in shown


def test_a_workspace_without_the_step_that_it_was_made_with_says_what_to_install(season, tmp_path):
    shutil.copytree(season / "season", tmp_path / "season")
    done = textmine_("keywords", "season", site=tmp_path / "no-such-site", folder=tmp_path, code=1)
    assert "plug-in 'city_names' (textmine.language_steps): is not installed (installed: none)" in done.stderr
