"""Real pages in a real browser: reports of a simulated season in both languages, opened by Chromium."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock

from textmine.cli.main import root
from textmine.store import Workspace

PAGES = {
    "index": "index.html",
    "agency": None,  # that with most posts
    "topics": "topics.html",
    "hashtags": "hashtags.html",
    "award": "award-gsm2020.html",
    "category": "award-gsm2020-most-engaging-bumn.html",
    "certain": "award-gsm2020-most-active-kementerian.html",
    "ranking": "ranking.html",
    "comparison": "comparison.html",
}
"""Every kind of page that reports have, by a name."""

FILES = ("facebook", "x", "instagram", "youtube")


def textmine(*arguments):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == 0, result.output
    return result


def make_season(folder: Path) -> None:
    """A season that has run through everything that pages show, and its pages in ``id`` and ``en``."""
    textmine("simulate", "--posts", 2_500, "--seed", 5, "-o", folder / "exports")
    exports = [folder / "exports" / f"{name}.csv" for name in FILES]
    season = folder / "season"
    textmine("ingest", *exports, "--agencies", folder / "exports" / "agencies.csv", "-o", season)
    for stage in ("keywords", "topics", "hashtags", "sentiment"):
        textmine(stage, season)
    textmine("rank", season, "--awards", "gsm2020", "--draws", 100)
    posts = Workspace.open(season).scan("posts.parquet", made_by="ingest")
    counts = posts.group_by("agency").len().sort("len", "agency")
    first, second = counts.drop_nulls().tail(2).collect()["agency"].to_list()
    for lang in ("id", "en"):
        pages = folder / lang
        textmine("report", season, "-o", pages, "--lang", lang, "--format", "html")
        textmine("rank", season, "--awards", "gsm2020", "--draws", 100, "--picture", pages / PAGES["ranking"],
                 "--lang", lang)  # fmt: skip
        textmine("keywords", season, "--versus", first, second, "--html", pages / PAGES["comparison"], "--lang", lang)
        shutil.copy(pages / second / f"{second}.html", pages / "agency.html")


@pytest.fixture(scope="session")
def season_pages(tmp_path_factory):
    """Folder with the pages in ``id`` and ``en``: made once, whatever the number of workers."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tmp_path_factory.mktemp("season")
        make_season(folder)
        return folder
    folder = tmp_path_factory.getbasetemp().parent / "season"  # of all workers of this run
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make_season(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def page_of(season_pages):
    """Path of a page by its kind and language."""
    return lambda kind, lang: season_pages / lang / (PAGES[kind] or "agency.html")


@pytest.fixture(scope="session")
def browser():
    """Chromium; tests skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: group dev")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the PATH: pages are not looked at in a browser")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, page_of):
    """Opens a page by its kind, language and width; closed after the test."""
    contexts = []

    def open_page(kind, lang, width):
        # The pages' policy forbids scripts that are not theirs, and what looks at them is one.
        context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
        contexts.append(context)
        page = context.new_page()
        page.goto(page_of(kind, lang).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
