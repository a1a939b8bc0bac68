"""What is shipped with the page, and where it comes from."""

import hashlib
import re
import tomllib
from pathlib import Path

import textmine.judging.web as web
from textmine.judging.web.pages import HTMX_SETTINGS, STATIC, static_address

OWN = {"icon.svg", "judge.js", "style.css", "SOURCES.toml", "htmx.LICENSE.txt"}


def test_every_foreign_file_is_the_one_that_its_source_names():
    sources = tomllib.loads((STATIC / "SOURCES.toml").read_text(encoding="utf-8"))
    assert {entry.name for entry in STATIC.iterdir()} == OWN | set(sources)
    for name, source in sources.items():
        content = (STATIC / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == source["sha256"]
        assert source["licence"] and source["origin"]
        assert source["content"].split()[1].rstrip(":") in content.decode()  # its version


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_evaluated():
    own = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("judge.js", "style.css"))
    assert not re.search(r"https?://|@import|url\(|eval\(|new Function|innerHTML|document\.write", own)
    templates = "".join(path.read_text(encoding="utf-8") for path in Path(web.__file__).parent.glob("templates/*"))
    assert not re.search(r"hx-(on|vals|vars|headers)|js:|style=|onclick|https?://(?!\")", templates)
    assert '"allowEval":false' in HTMX_SETTINGS and '"includeIndicatorStyles":false' in HTMX_SETTINGS


def test_the_address_of_a_file_changes_with_its_content(site):
    address = static_address("style.css")
    digest = hashlib.sha256((STATIC / "style.css").read_bytes()).hexdigest()
    assert address == f"/static/style.css?{digest[:12]}"
    answer = site.browser().get(address)
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert site.browser().get("/static/../templates/base.html.j2").status_code == 404
    assert site.browser().get("/static/%2e%2e/pages.py").status_code == 404
