"""Every command that reads a workspace or a file says in one line that it is not there, or not what it should be."""

import shutil
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from textmine.cli.main import root

READS = {"workspace", "folder", "config", "file", "model", "scores", "agencies", "sources", "sheets", "award"}
# What else the commands must be given. None of it is at fault.
GIVEN = {
    "word": ["vaksin"], "post_id": ["1"], "topics": ["1", "2"], "topic": ["0"], "names": ["Ani"],
    "--as": ["ani"], "--awards": ["gsm2020"], "--from": ["2026-01-01"], "--html": ["page.html"],
    "--judges": ["ani,budi"], "--output": ["made"], "--reason": ["salah"], "--title": ["Juri"], "--to": ["2026-01-02"],
}  # fmt: skip
OWN = {("export", "--to"): ["gensim"]}
MORE = {"topics intrusion": ["-o", "sheet.xlsx"], "judge panel create": ["--nominees", "nominees.csv"]}
# They do without: one looks at a folder that is to come, one makes its file, one waits for a jury.
OTHERWISE = {"doctor", "awards new", "judge serve"}


def leaves(group, context, path=()):
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        own = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from leaves(command, own, (*path, name))
        else:
            yield " ".join((*path, name)), command


def line_of(name, command):
    """What is typed, with ``PLACE`` where a workspace or a file is named."""
    line = name.split()
    for parameter in command.params:
        spelt = max(parameter.opts, key=len)
        if isinstance(parameter, click.Argument):
            line += ["PLACE"] if spelt in READS else GIVEN[spelt]
        elif parameter.required:
            line += [spelt, *(OWN.get((name, spelt)) or GIVEN[spelt])]
    return line + MORE.get(name, [])


LINES = {
    name: line
    for name, command in leaves(root, click.Context(root, info_name="textmine"))
    if name not in OTHERWISE and "PLACE" in (line := line_of(name, command))
}


def textmine_(line, place):
    words = [str(place) if word == "PLACE" else word for word in line]
    return CliRunner().invoke(root, words, input="", prog_name="textmine")


def assert_said(result, codes):
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code in codes, result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == (result.exit_code != 0), result.output
    assert "Errno" not in "".join(errors)
    assert "Traceback" not in result.output


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nominees.csv").write_text("category,agency\n")
    return tmp_path


@pytest.fixture(scope="module")
def without_posts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("without_posts")
    (folder / "a.csv").write_text("id,username,created_at,text,url\n")
    result = CliRunner().invoke(root, ["ingest", str(folder / "a.csv"), "-o", str(folder / "ws")])
    assert result.exit_code == 0, result.output
    return folder / "ws"


def test_most_commands_read_something():
    assert len(LINES) > 50


@pytest.mark.parametrize("name", LINES)
def test_what_is_not_there_is_said_in_one_line(name, folder):
    assert_said(textmine_(LINES[name], "nowhere"), {1})
    assert not (folder / "nowhere").exists()


def test_the_page_of_a_jury_does_not_start_without_a_workspace(folder):
    Path("empty").mkdir()
    for place in ("nowhere", "empty", "nominees.csv"):
        assert_said(textmine_(["judge", "serve", "PLACE"], place), {1})


@pytest.mark.parametrize("name", LINES)
def test_an_empty_folder_is_said_in_one_line(name, folder):
    Path("empty").mkdir()
    assert_said(textmine_(LINES[name], "empty"), {1})
    assert not list(Path("empty").iterdir())


@pytest.mark.parametrize("name", LINES)
def test_another_file_in_its_place_is_said_in_one_line(name, folder):
    Path("other").write_text("halo\n")
    result = textmine_(LINES[name], "other")
    if name == "awards check":  # it prints a line a problem on standard output, as compilers do
        assert (result.exit_code, result.stdout.count(" error: ")) == (1, 1)
    else:
        assert_said(result, {1})
    assert Path("other").read_text() == "halo\n"


@pytest.mark.parametrize("name", LINES)
def test_a_workspace_without_posts_has_empty_tables_or_says_so(name, folder, without_posts):
    shutil.copytree(without_posts, "ws")
    assert_said(textmine_(LINES[name], "ws"), {0, 1})


@pytest.mark.parametrize(
    "name", ["awards show PLACE", "run PLACE", "rank ws --awards PLACE", "judge tally s.csv --jury PLACE"]
)
def test_broken_toml_is_said_with_its_line(name, folder, without_posts):
    shutil.copytree(without_posts, "ws")
    Path("s.csv").write_text("judge,nominee,criterion,value\nAni,A,ide,8\n")
    Path("broken.toml").write_text('title = "Penghargaan"\n[a\n')
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(Path("broken.toml").read_text())
    result = textmine_(name.split(), "broken.toml")
    assert_said(result, {1})
    assert "broken.toml" in result.stderr and "line 2" in result.stderr


@pytest.fixture
def forty_posts(folder):
    """A workspace of two agencies, ``ws``."""
    said, places = ("vaksin gratis warga", "panen padi petani"), "desa kota pasar sekolah kantor".split()
    rows = (
        f"{n},kemen_{'ab'[n % 2]},2020-03-{1 + n % 28:02d},{said[n % 2]} di {places[n % 5]} #Tag{'AB'[n % 2]},{n},"
        f"https://x.com/k/status/{n}\n"
        for n in range(40)
    )
    Path("a.csv").write_text("id,username,created_at,text,likes,url\n" + "".join(rows))
    assert textmine_("ingest a.csv -o ws".split(), "").exit_code == 0


@pytest.mark.parametrize(
    "line",
    [
        "ingest a.csv -o BLOCKED/ws",
        "demo -o BLOCKED/demo --posts 200",
        "simulate -o BLOCKED/exports --posts 200",
        "report ws -o BLOCKED/reports --format csv",
        "export ws --to gensim -o BLOCKED/corpus",
        "features ws --ltr BLOCKED/ltr.txt",
        "keywords ws --html BLOCKED/keywords.html",
        "hashtags ws --html BLOCKED/hashtags.html",
        "hashtags ws --network BLOCKED/network.graphml",
        "label select ws --judges ani --n 5 --probabilities BLOCKED/p.csv",
        "awards new BLOCKED/awards.toml --from gsm2020",
    ],
)
def test_a_place_below_a_file_is_said_in_one_line(line, forty_posts):
    Path("BLOCKED").write_text("halo\n")
    assert_said(textmine_(line.split(), ""), {1, 2})
    assert Path("BLOCKED").read_text() == "halo\n"


@pytest.mark.parametrize(
    "line",
    [
        "report ws -o out --agency kemen_aa",
        "keywords ws --group kemen_aa",
        "report ws -o out --award gsm2021",
        "kwic vaksin ws --agency kemen_aa",
        "kwic vaksin ws --month 2020-13",
        "text split-hashtags --languages id,tlh",
    ],
)
def test_a_name_that_nobody_knows_is_said_in_one_line(line, forty_posts):
    assert_said(textmine_(line.split(), ""), {1, 2})


@pytest.mark.parametrize(
    "line",
    [
        "ingest a.csv -o new --agencies nothing.csv",
        "ingest a.csv -o new --map nothing.toml",
        "ingest a.csv -o new --pseudonymise nothing.key",
        "agencies check ws --agencies nothing.csv",
        "phrases ws --phrases nothing.txt",
        "keywords ws --groups nothing.parquet:label",
        "topics ws --seed-words nothing.toml",
        "topics intrusion ws --score nothing.csv --key nothing.json",
        "sentiment ws --confusion nothing.json",
        "sentiment ws --comments nothing",
        "sentiment ws --model nothing",
        "integrity ws --comments nothing",
        "label select ws --judges ani --n 5 --mask nothing.txt",
        "label select ws --judges ani --n 5 --probabilities nothing.csv",
        "quality train ws --labels nothing.csv",
        "quality apply ws --model nothing",
        "engagement ledger ws --weights nothing.toml",
        "rank ws --awards nothing.toml",
        "judge panel create ws --nominees nothing.csv --title Juri",
        "judge tally nothing.csv --jury nothing.toml",
        "simulate -o new --posts 100 --settings nothing.toml",
        "text stem --protect nothing.txt",
        "doctor --agencies nothing.csv --offline",
    ],
)
def test_a_file_of_an_option_that_is_not_there_is_named(line, forty_posts):
    result = textmine_(line.split(), "")
    assert_said(result, {1, 2})
    assert "nothing" in result.stderr


@pytest.mark.parametrize(
    "line",
    [
        "engagement ledger ws",
        "features ws --level agency",
        "doctor --agencies agencies.csv --offline",
        "collect agencies.csv -o collected",
    ],
)
def test_a_period_that_ends_before_it_begins_is_refused(line, folder):
    (folder / "agencies.csv").write_text("agency,name,platform,account\na,A,x,a\n")
    result = textmine_([*line.split(), "--from", "2026-02-01", "--to", "2026-01-31"], "")
    assert_said(result, {2})
    assert "2026-01-31 is before --from 2026-02-01" in result.stderr


NUMBERS = [
    (name, max(parameter.opts, key=len))
    for name, command in leaves(root, click.Context(root, info_name="textmine"))
    for parameter in command.params
    if isinstance(parameter.type, click.types.FloatParamType)
]


@pytest.mark.parametrize(("name", "option"), NUMBERS)
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_what_is_no_number_is_refused_wherever_one_is_asked_for(name, option, value):
    result = textmine_([*LINES.get(name, name.split()), f"{option}={value}"], "ws")
    assert_said(result, {2})
    assert option in result.stderr


def test_a_page_without_a_name_is_said_in_one_line(forty_posts):
    result = textmine_("hashtags ws --html=".split(), "")
    assert_said(result, {1})
    assert "add a file name" in result.stderr


def test_the_moods_of_a_workspace_without_credited_posts_are_an_empty_table(folder):
    Path("a.csv").write_text(
        "id,username,created_at,text,url,type\n1,u,2020-01-01,RT @a: a b,https://x.com/u/status/1,retweet\n"
    )
    assert textmine_("ingest a.csv -o ws".split(), "").exit_code == 0
    result = textmine_("sentiment ws --format csv".split(), "")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 1


def test_settings_saved_with_a_byte_order_mark_are_read(folder):
    Path("season.toml").write_text('\ufeffworkspace = "ws"\n[ingest]\nsources = ["none.csv"]\n', encoding="utf-8")
    result = textmine_("run season.toml".split(), "")
    assert_said(result, {1})
    assert "none.csv" in result.stderr


def test_keyness_of_groups_without_a_term_in_common_use_is_an_empty_table(forty_posts):
    result = textmine_("keywords ws --statistic log-odds --format csv".split(), "")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 1
