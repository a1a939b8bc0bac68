import os
import re
from pathlib import Path

import pytest

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


def test_every_dependency_is_explained():
    import tomllib

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
