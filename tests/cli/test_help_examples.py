"""Every command's ``--help`` has examples, which are run in an office's folder as they are printed.

The first of each command is; all of them with ``TEXTMINE_EVERY_EXAMPLE=1 pytest tests/cli/test_help_examples.py``.
"""

import csv
import glob
import json
import os
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click
import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root

# What cannot run in a test: the options are read, the work is not done. Why stands beside.
READ_ONLY = {
    "--model transformers:": "needs torch and a checkpoint",
    "--engine spark": "needs a cluster; tests/engines runs it on a local one",
    "postgresql://": "needs a server; tests/judging runs all of it on one",
}
FOUND_SOMETHING = {("agencies", "check"): {0, 3}}  # a register of a simulated season has accounts without posts
KEYS = "12s3" + "12" * 200


def leaves(group, context, path=()):
    """Every command that does something, and the groups, with their paths."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        own = click.Context(command, info_name=name, parent=context)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from leaves(command, own, (*path, name))


def examples(command):
    """Lines under "Example" or "Examples" in the help, those that end in a backslash with the next one."""
    text = re.sub(r"\\\n\s*", "", command.help or "")
    found = re.search(r"Examples?:\n((?:[ \t]+\S.*(?:\n|$))+)", text)
    return [line.strip() for line in found[1].splitlines()] if found else []


COMMANDS = dict(leaves(root, click.Context(root, info_name="textmine")))
# A line that two helps print, a group's and its command's, is run once.
FIRST = {line: path for path, command in reversed([((), root), *COMMANDS.items()]) for line in examples(command)}
SHOWN_FIRST = {line for command in (root, *COMMANDS.values()) for line in examples(command)[:1]}
# All of them take four minutes of processor time.
EVERY = os.environ.get("TEXTMINE_EVERY_EXAMPLE") == "1"
EXAMPLES = [
    pytest.param(line, id=f"{'-'.join(path) or 'textmine'}-{n}")
    for n, (line, path) in enumerate(FIRST.items())
    if EVERY or line in SHOWN_FIRST
]


class Shell:
    """As much of a shell as the examples use: quotes, patterns, ``|``, ``<``, ``>``, ``echo`` and ``ssh … cat``."""

    def __init__(self, folder: Path, keys: str) -> None:
        self.folder = folder
        self.keys = keys

    def run(self, line: str) -> list[click.testing.Result]:
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>")
        lexer.whitespace_split, lexer.commenters = True, ""
        parts, piped, results = [[]], None, []
        for word in lexer:
            if word == "|":
                parts.append([])
            else:
                parts[-1].append(word)
        for words in parts:
            words, source, target = self.redirected(words)
            if words[0] == "echo":
                piped = (" ".join(words[1:]) + "\n").encode()
            elif words[0] == "ssh":
                piped = (self.folder / words[-1]).read_bytes()
            else:
                given = (self.folder / source).read_bytes() if source else piped
                results.append(self.textmine(words, given))
                if target:
                    assert results[-1].stdout_bytes, line
                    (self.folder / target).write_bytes(results[-1].stdout_bytes)
        return results

    @staticmethod
    def redirected(words):
        places = {"<": None, ">": None}
        rest = []
        it = iter(words)
        for word in it:
            if word in places:
                places[word] = next(it)
            else:
                rest.append(word)
        return rest, places["<"], places[">"]

    def textmine(self, words, given):
        assert words[0] == "textmine", words
        arguments = []
        for word in words[1:]:
            expanded = os.path.expanduser(word)
            arguments += sorted(glob.glob(expanded)) or [expanded]
        keys = self.keys.encode() if given is None else given
        return CliRunner().invoke(root, arguments, input=keys, prog_name="textmine")


def read_only(words, path):
    """Read the arguments as click does before it calls the command."""
    rest = words[1:]
    for name in path:
        rest = rest[1:] if rest[0] == name else rest  # a default command may be left out
    COMMANDS[path].make_context(path[-1], rest)


@pytest.fixture
def shell(office, tmp_path, monkeypatch):
    folder = tmp_path / "office"
    shutil.copytree(office, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    return Shell(folder, KEYS)


def answer(path: Path, answers, columns=("label", "jawaban")) -> None:
    """Write answers into a sheet, CSV or XLSX, as a person does."""
    if path.suffix == ".xlsx":
        rows = pl.read_excel(path, has_header=False, infer_schema_length=0).rows()
        first = next(number for number, row in enumerate(rows) if set(columns) & {str(cell).lower() for cell in row})
        table = pl.DataFrame(rows[first + 1 :], schema=[str(cell).lower() for cell in rows[first]], orient="row")
        (column,) = set(columns) & set(table.columns)
        values = [answers[row % len(answers)] for row in range(table.height)]
        table.with_columns(pl.Series(column, values)).write_excel(path)
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (column,) = set(columns) & set(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {column: answers[n % len(answers)]} for n, row in enumerate(rows))


def score_everything(link: str) -> None:
    """What a judge's browser does with every field of the panel."""
    from textmine.judging import scoring
    from textmine.judging.database import Database
    from textmine.judging.invitations import LINK_PATH, use_link
    from textmine.judging.nominees import nominees_of
    from textmine.judging.panels import panel_of

    with Database.of_workspace(Path("season")) as database:
        with database.writing() as session:
            signed_in = use_link(session, link.rpartition(LINK_PATH)[2])
        with database.writing(signed_in.actor) as session:
            judge = signed_in.actor
            criteria = {each.id: each.criteria for each in panel_of(session, judge, signed_in.panel_id).categories}
            for nominee in nominees_of(session, judge, signed_in.panel_id):
                for criterion in criteria[nominee.category_id]:
                    key = f"{nominee.id[:16]}-{criterion.id[:16]}"
                    scoring.save_score(session, judge, nominee.id, criterion.id, 8, key=key)


def labelled(shell):
    """Three judges have filled their sheets, the second in a mood of his own."""
    shell.run("textmine label select season --judges ani,budi,citra --n 60 --overlap 30")
    shell.run("textmine label sheet season -o filled --kind csv")
    for number, name in enumerate(("ani", "budi", "citra")):
        answer(Path("filled") / f"{name}.csv", ["tinggi", "sedang", "rendah"][: 3 - number % 2])


def sheets_of_labels(shell):
    shell.run("textmine label select season --judges ani,budi,citra --n 20")
    shell.run("textmine label sheet season -o sheets")
    shell.run("textmine label sheet season -o more --as ani --kind csv")
    for path in [*Path("sheets").iterdir(), *Path("more").iterdir()]:
        answer(path, ["tinggi", "sedang"])
    shutil.copy("more/ani.csv", "ani.csv")
    shutil.copy("sheets/budi.xlsx", "budi.xlsx")


def votes(shell):
    labelled(shell)
    (result,) = shell.run("textmine label collect season filled/*.csv")
    assert result.exit_code == 0, result.output


def answered_intrusion(shell):
    shell.run("textmine topics intrusion season -o sheet.xlsx")
    shell.run("textmine topics intrusion season -o sheet.csv")
    shutil.copy("sheet.xlsx", "ani.xlsx")
    shutil.copy("sheet.csv", "budi.csv")
    answer(Path("ani.xlsx"), ["1"])
    answer(Path("budi.csv"), ["2"])


def panel(shell):
    create = 'textmine judge panel create season --nominees nominees.csv --title "Juri 2022"'
    (result,) = shell.run(create)
    assert result.exit_code == 0, result.output


def panel_with_a_judge(shell):
    panel(shell)
    (result,) = shell.run('textmine judge invite season "Pak Eko"')
    assert result.exit_code == 0, result.output


def open_panel(shell):
    panel(shell)
    (invited,) = shell.run('textmine judge invite season "Pak Eko" --format json')
    shell.run("textmine judge panel open season")
    score_everything(json.loads(invited.stdout)[0]["link"])


def closed_panel(shell):
    open_panel(shell)
    (result,) = shell.run("textmine judge panel close season")
    assert result.exit_code == 0, result.output


def exported_panel(shell):
    """The jury's file, and a workspace that has no jury of its own."""
    closed_panel(shell)
    shell.run("textmine judge export season -o jury.jsonl")
    shutil.rmtree("season/judging")


def own_model(shell):
    skops = pytest.importorskip("skops.io", reason="skops is not installed")
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, said = ["bagus ramah", "kotor bau", "rapat senin"] * 4, ["positive", "negative", "neutral"] * 4
    skops.dump(make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, said), "own.skops")


def own_award(shell):
    (result,) = shell.run("textmine awards new awards.toml --from gsm2020")
    assert result.exit_code == 0, result.output


def season_of_2022(shell):
    shutil.rmtree("season")
    Path("season2022").rename("season")


def no_workspace(shell):
    """Before the season begins: names can be replaced in a new workspace alone."""
    shutil.rmtree("season")


def merged(shell):
    shutil.copy("merged_labels.parquet", "season/merged_labels.parquet")


@pytest.fixture
def platforms(monkeypatch):
    """YouTube on this machine, with a key for it."""
    pytest.importorskip("httpx", reason="httpx is not installed")
    from tests.collect.server import SECRETS, Server, posts_every
    from textmine.collect.youtube import YouTube

    server = Server()
    posts = posts_every(24, 60, last=datetime(2026, 3, 31, 12, tzinfo=UTC))
    posts[0].id = "1217366893451563008"
    server.accounts["youtube"]["kemenkes"] = posts
    monkeypatch.setattr(YouTube, "host", server.hosts["youtube"])
    monkeypatch.setenv("TEXTMINE_YOUTUBE_API_KEY", SECRETS["youtube"])
    yield server
    server.close()


def one_account(shell):
    Path("agencies.csv").write_text("agency,name,platform,account\nkemenkes,kemenkes,youtube,kemenkes\n")


def collected(shell):
    one_account(shell)
    (result,) = shell.run("textmine collect agencies.csv --from 2026-01-01 --to 2026-03-31 -o collected")
    assert result.exit_code == 0, result.output


BEFORE = {
    "collect posts": one_account,
    "collect refresh": collected,
    "collect curve": collected,
    "collect missing": collected,
    "collect parse": collected,
    "doctor": collected,
    "ingest": no_workspace,
    "awards show": own_award,
    "awards check": own_award,
    "rank": own_award,
    "label judge": labelled,
    "label sheet": labelled,
    "label collect": sheets_of_labels,
    "label status": votes,
    "label agreement": votes,
    "label merge": votes,
    "topics intrusion": answered_intrusion,
    "judge panel create": season_of_2022,
    "judge panel list": panel,
    "judge panel open": panel_with_a_judge,
    "judge panel close": open_panel,
    "judge panel reopen": closed_panel,
    "judge invite": panel,
    "judge status": open_panel,
    "judge scores": closed_panel,
    "judge audit": closed_panel,
    "judge export": closed_panel,
    "judge import": exported_panel,
    "text sentiment": own_model,
    "quality train": merged,
}


def called(words) -> tuple[str, ...]:
    """The path of the command that a line calls."""
    names = tuple(words[1:])
    for length in range(len(names), 0, -1):
        if names[:length] in COMMANDS and not isinstance(COMMANDS[names[:length]], click.Group):
            return names[:length]
    group = COMMANDS[names[:1]]
    return (*names[:1], group.default)


def test_every_command_has_an_example_that_calls_it():
    without = []
    for path, command in COMMANDS.items():
        words = [shlex.split(part) for line in examples(command) for part in line.split("|") if "textmine " in part]
        calls = [called(each) for each in words if each[0] == "textmine"]
        if not any(call[: len(path)] == path for call in calls):
            without.append(" ".join(path))
    assert without == []
    assert len(COMMANDS) > 60


def test_what_is_only_read_is_still_an_example_of_some_command():
    for part in READ_ONLY:
        assert any(part in line for line in FIRST), part


@pytest.mark.parametrize("line", EXAMPLES)
def test_the_example_runs_as_it_is_printed(line, shell, monkeypatch, request):
    words = shlex.split(line[line.index("textmine ") :])
    command = called(words)
    if any(part in line for part in READ_ONLY):
        read_only(words, command)
        return
    if command == ("judge", "serve"):  # the server itself is started in test_judge_serve_command.py
        monkeypatch.setattr("textmine.judging.web.server.serve", lambda *args, **kwargs: None)
    if command[0] in ("collect", "doctor") or "collected" in line:
        request.getfixturevalue("platforms")
    if prepare := collected if "collected/export" in line else BEFORE.get(" ".join(command)):
        prepare(shell)
    for result in shell.run(line):
        assert result.exit_code in FOUND_SOMETHING.get(command, {0}), result.output
