import os
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from textmine.cli.main import root

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "corpora/README.md"]
)


def test_the_tutorial_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/tutorial.md").read_text(encoding="utf-8"), re.S | re.M)
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"docs/tutorial.md, block {number}", "exec"), names)


def test_the_examples_for_spacy_run():
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/spacy.md").read_text(encoding="utf-8"), re.S | re.M)
    assert len(blocks) >= 4
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"docs/spacy.md, block {number}", "exec"), names)


def test_the_example_of_nominations_says_what_the_page_says(capsys):
    page = (ROOT / "docs/nominations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.S | re.M)
    exec(compile(block, "docs/nominations.md", "exec"), {})
    (said,) = re.findall(r"((?:^    kominfo.*\n)(?:^    .*\n)+)", page, re.M)
    assert capsys.readouterr().out.startswith(" ".join(said.split()).removesuffix("…").strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def anchors(page):
    """Where a link can lead within a page: its heads as GitHub and the site spell them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    heads = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", head) for head in re.findall(r"^#+ (.+)$", text, re.M)]
    return {re.sub(r"[^\w -]", "", head.strip().lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_into_a_page_lead_to_one_of_its_heads(page):
    for target, head in re.findall(r"\]\((?!https?:|mailto:)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        assert head in anchors(page.parent / target if target else page), f"{page.name} links to {target}#{head}"


def test_bench_scripts_and_make_targets_of_every_page_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for script in re.findall(r"\b(?:bench|release)/\w+\.py", text):
            assert (ROOT / script).is_file(), f"{page.name} names {script}"
        assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_exists(page):
    from textmine.cli.main import COMMANDS

    for command in re.findall(r"^textmine ([a-z]+)", page.read_text(encoding="utf-8"), re.M):
        assert command in COMMANDS


def typed(page):
    """Commands in the blocks of a page, as words; what a shell does with them is left out."""
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
    for line in re.sub(r"\\\n\s*", " ", "\n".join(blocks)).splitlines():
        for part in re.split(r"\s\|\s", line.removeprefix("$ ")):
            if part.startswith("textmine "):
                lexer = shlex.shlex(part, posix=True, punctuation_chars="<>|")
                lexer.whitespace_split, lexer.commenters = True, ""
                words = list(lexer)
                ends = [words.index(mark) for mark in ("#", "<", ">") if mark in words]
                yield words[: min(ends, default=len(words))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_has_these_options(page):
    for words in typed(page):
        group, context, rest = root, click.Context(root, info_name="textmine"), words[1:]
        while isinstance(group, click.Group) and rest:
            named = rest[0] in group.list_commands(context)
            command = group.get_command(context, rest.pop(0) if named else group.default)
            assert command is not None, words
            group, context = command, click.Context(command, info_name=command.name, parent=context)
        if not isinstance(group, click.Group) and "--dictionary" not in rest:
            try:
                group.make_context(group.name, rest)
            except click.exceptions.Exit:
                pass
            except click.UsageError as error:
                pytest.fail(f"{' '.join(words)}: {error.format_message()}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_that_a_page_shows_are_toml(page):
    for block in re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M):
        tomllib.loads(block)


def test_the_file_of_a_jury_is_read_as_its_page_shows_it(tmp_path):
    (block,) = re.findall(
        r"^```toml\n(.*?)^```", (ROOT / "docs/judge_tally.md").read_text(encoding="utf-8"), re.S | re.M
    )
    (tmp_path / "jury.toml").write_text(block, encoding="utf-8")
    scores = ["judge,nominee,criterion,value,category", "Ani,BNPB,ide,8,Video", "Ani,Kemenkes,ide,7.5,Video"]
    (tmp_path / "scores.csv").write_text("\n".join([*scores, "Citra,BNPB,ide,9,Video"]) + "\n")
    result = CliRunner().invoke(
        root, ["judge", "tally", str(tmp_path / "scores.csv"), "--jury", str(tmp_path / "jury.toml")]
    )
    assert result.exit_code == 0, result.output


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=!~\[ ]", requirement)[0].lower()
        assert name in page, name


def test_make_targets_of_the_readme_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))
    assert named <= targets
    assert {"demo", "test"} <= named
    assert os.access(ROOT / ".ci/run", os.X_OK)
