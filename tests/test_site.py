"""The site of ``make docs``: every page is reached, and the reference holds every public name."""

import importlib.util
import re
from pathlib import Path

import pytest

import textmine

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))
NAV = re.findall(r"([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2], re.M)


@pytest.fixture(scope="module")
def site():
    spec = importlib.util.spec_from_file_location("release_site", ROOT / "release/site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_in_the_navigation_and_in_the_index(site):
    made = {*site.BESIDE.values(), *(f"reference/{name}.md" for name in [*site.REFERENCE, "index", "commands"])}
    assert sorted(NAV) == sorted({*DOCS, *made})
    linked = set(re.findall(r"\]\(([\w/-]+\.md)\)", (ROOT / "docs/index.md").read_text(encoding="utf-8")))
    tutorials = {f"tutorials/{path.name}" for path in (ROOT / "docs/tutorials").glob("*.md")}
    assert linked | tutorials | {"index.md"} == set(DOCS)


def test_the_readme_leads_to_every_page_one_link_a_line():
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Read on\n")[2].partition("\nMIT")[0]
    lines = [line for line in text.splitlines() if line]
    assert all(re.fullmatch(r"\[[^]]+\]\([^)]+\)(?: ·)?", line) for line in lines)
    assert {line.partition("](")[2].rstrip(" ·)") for line in lines} >= {f"docs/{page}" for page in DOCS}


def test_the_reference_holds_every_public_name_once(site):
    pages = {name: site.reference_page(*entry) for name, entry in site.REFERENCE.items()}
    named = re.findall(r"^::: (\S+)$", "\n".join(pages.values()), re.M)
    for name in textmine.__all__:
        if name != "__version__":
            value = getattr(textmine, name)
            assert f"{value.__module__}.{value.__qualname__}" in named, name
    assert len(named) > 150


def test_the_page_of_commands_shows_the_help_of_each(site):
    from textmine.cli.main import COMMANDS

    page = site.commands_page()
    for command in COMMANDS:
        assert f"## textmine {command}\n" in page and f"Usage: textmine {command} " in page
    assert page.count("\n## textmine ") > 60


def test_links_of_pages_from_beside_lead_to_pages_of_the_site(site):
    for source, target in site.BESIDE.items():
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", site.from_beside(source)):
            assert ((ROOT / "docs" / target).parent / link).resolve().is_relative_to(ROOT / "docs"), f"{source}: {link}"


def test_roles_of_docstrings_are_not_printed(site):
    made = site.on_page_content(
        "see :func:<code>~textmine.topics.model.fit</code> and :mod:<code>textmine.posts</code>"
    )
    assert made == "see <code>fit</code> and <code>textmine.posts</code>"


def test_blocks_of_code_are_fenced_as_the_site_reads_them():
    fences = [
        (page, line)
        for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith("```")
    ]
    assert len(fences) > 100
    assert not [(page.name, line) for page, line in fences if not re.fullmatch(r"\s*```\w*", line)]
