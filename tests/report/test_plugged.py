"""Sections of other packages: whatever they say is text, and what they do wrong is said with their name."""

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from textmine.errors import PluginError
from textmine.plugins import REPORT_SECTIONS, Bullets, Paragraph, Plugin, Section, Table
from textmine.report import plugged
from textmine.report.html import Pages
from textmine.report.markdown import Document, Markdowns
from textmine.store import Workspace

HOSTILE = "<script>alert(1)</script>\u202e|\x1b[31m"


@pytest.fixture
def sections_of(monkeypatch, tmp_path):
    """Sections of an agency, from one plug-in that gives ``content``."""

    def of(content):
        plugin = Plugin(REPORT_SECTIONS, "weekend", "theirs", "1.2", EntryPoint("weekend", "a:b", REPORT_SECTIONS))

        def prepares(tables, *, language):
            return lambda agency: content(agency) if callable(content) else content

        monkeypatch.setattr(plugged, "report_sections", lambda: [(plugin, prepares)])
        return plugged.open_sections(Workspace.create(tmp_path / "w"), "en")("kota")

    return of


def test_hostile_text_is_escaped_in_the_page_and_in_the_document(sections_of):
    blocks = [Paragraph(HOSTILE), Bullets([HOSTILE]), Table([HOSTILE, "n"], [[HOSTILE, "1"]])]
    agency = SimpleNamespace(sections=sections_of(Section(HOSTILE, blocks)))
    page = Pages("en", simulated=False).render("added.html.j2", agency=agency)
    document = Document()
    Markdowns("en", simulated=False)._added(document, agency)
    for text in (page, str(document)):
        assert "<script" not in text
        assert "\u202e" not in text
        assert "\x1b" not in text
        assert "theirs 1.2" in text
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;|") == 5
    assert str(document).count("&lt;script&gt;alert(1)&lt;/script&gt;\\|") == 5


def test_a_plugin_with_nothing_to_say_adds_nothing(sections_of):
    assert sections_of(None) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<b>html</b>", "must give a Section or None"),
        (Section("t", ["<b>html</b>"]), "holds Paragraph, Bullets and Table, not str"),
        (Section("t", [Paragraph(3)]), "holds text, not int"),
        (Section("t", [Table(["a"], [["1", "2"]])]), "a table has 1 columns"),
        (lambda agency: 1 / 0, "the section of kota failed with ZeroDivisionError"),
    ],
)
def test_what_breaks_the_contract_is_refused_with_the_package(sections_of, content, said):
    with pytest.raises(PluginError, match=said) as caught:
        sections_of(content)
    assert caught.value.package == "theirs 1.2"
    assert "theirs 1.2" in str(caught.value)


def test_a_section_whose_blocks_are_no_list_is_refused(sections_of):
    with pytest.raises(PluginError):
        sections_of(Section("t", None))
