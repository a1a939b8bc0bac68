"""On paper: A4, nothing cut off, heads on each page, no heading alone at a foot."""

import re
import shutil
import subprocess

import pytest

KINDS = ("index", "agency", "topics", "hashtags", "award", "category", "ranking", "comparison")
A4 = (595, 842)  # points
TEXT_WIDTH = 673  # CSS pixels between the margins of 16 mm: 178 mm

CUT_OFF = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
  const r = e.getBoundingClientRect()
  return r.width > 0 && (r.right > innerWidth + 2 || r.left < -2) && !e.closest('.unseen, .skip')
}).slice(0, 5).map(e => e.outerHTML.slice(0, 100))"""
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(e => e.innerText.trim().replace(/\\s+/g, ' '))"


@pytest.fixture(scope="session")
def printed(browser, page_of, tmp_path_factory):
    """Prints a page as Chromium does; each once."""
    folder, kept = tmp_path_factory.mktemp("printed"), {}

    def to_pdf(kind, lang):
        if (kind, lang) not in kept:
            page = browser.new_page(bypass_csp=True)
            page.goto(page_of(kind, lang).as_uri())
            path = folder / f"{kind}-{lang}.pdf"
            page.pdf(path=path, prefer_css_page_size=True)
            page.emulate_media(media="print")
            kept[kind, lang] = path, page.evaluate(HEADINGS)
            page.close()
        return kept[kind, lang]

    return to_pdf


def pages_of(path):
    """Lines of each page, as a reader of the PDF finds them."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext (poppler-utils) on the PATH: the text of printed pages is not read")
    text = subprocess.run([program, "-layout", path, "-"], check=True, capture_output=True).stdout.decode()
    return [[line.strip() for line in page.splitlines() if line.strip()] for page in text.split("\f")[:-1]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_prints_on_a4(printed, kind):
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed(kind, "id")[0].read_bytes())
    assert sizes
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {A4}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_off_at_the_edge_of_the_paper(opened, kind):
    page = opened(kind, "id", TEXT_WIDTH)
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF) == []
    page.evaluate("() => { document.querySelector('h1').style.minWidth = '90rem' }")
    assert page.evaluate(CUT_OFF)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_numbered_called_simulated_and_end_with_no_heading(printed, kind):
    path, headings = printed(kind, "id")
    pages = pages_of(path)
    for number, lines in enumerate(pages, start=1):
        assert lines[0] == "DATA SIMULASI"
        assert re.sub(r"\s", "", lines[-1]) == f"textmine{number}/{len(pages)}"
        assert len(lines) > 3, f"page {number} is empty"
        assert re.sub(r"\s+", " ", lines[-2]) not in headings, f"a heading alone at the foot of page {number}"


def test_a_table_over_several_pages_has_its_head_on_each(printed):
    pages = ["\n".join(lines) for lines in pages_of(printed("index", "id")[0])]
    with_rows = [page for page in pages if len(re.findall(r"\(simulasi\)", page)) > 8]
    assert len(with_rows) >= 2
    assert all("Instansi" in page and "Unggahan" in page for page in with_rows)
    agency = pages_of(printed("agency", "id")[0])
    first, last = (next(at for at, lines in enumerate(agency) if head in lines) for head in ("Kata kunci", "Tagar"))
    listing = [
        lines for lines in agency[first:last] if any(re.match(r"\w+ +\d+ +\d+ +\d+ +\S", line) for line in lines)
    ]
    assert len(listing) >= 2
    assert [lines for lines in listing if "Contoh unggahan" not in " ".join(lines)] == []


def test_what_paper_cannot_do_is_not_printed(opened):
    page = opened("agency", "en", TEXT_WIDTH)
    page.emulate_media(media="print")
    for selector in ("nav", "details", ".skip", ".crumb"):
        assert page.locator(f"{selector}:visible").count() == 0
