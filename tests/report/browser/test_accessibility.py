"""WCAG 2.2 AA: axe finds no violation on any kind of page, and what axe cannot see is looked at here."""

import pytest

KINDS = ("index", "agency", "topics", "hashtags", "award", "category", "certain", "ranking", "comparison")
EVERYWHERE = [(kind, lang) for kind in KINDS for lang in ("id", "en")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE, NARROWEST = 1280, 390, 320

# A picture that says something has a name, and a table of its figures: in its figure, or as what it stands in.
WITHOUT_WORDS = """() => [...document.querySelectorAll('svg')].filter(svg => {
  const words = id => document.getElementById(id)?.textContent.trim()
  const named = (svg.getAttribute('aria-labelledby') || '').split(' ').every(words) || svg.getAttribute('aria-label')
  return !named && !svg.parentElement.closest('svg') && svg.getAttribute('aria-hidden') !== 'true'
}).map(svg => svg.outerHTML.slice(0, 120))"""
WITHOUT_DATA = """() => [...document.querySelectorAll('svg[role=img], svg[role=group]')].filter(svg => {
  const section = svg.closest('section') || document.body
  return !svg.closest('table') && !section.querySelector('table td, [role=table] [role=cell]')
}).map(svg => svg.outerHTML.slice(0, 120))"""
HIDDEN_SPEAKING = """() => [...document.querySelectorAll('svg[aria-hidden=true]')].filter(svg =>
  svg.querySelector('a, button, [tabindex], title')).map(svg => svg.outerHTML.slice(0, 120))"""
FOCUSED = """() => {
  const e = document.activeElement, r = e.getBoundingClientRect()
  const seen = r.width > 0 && r.height > 0 && r.left > -1 && r.right < innerWidth + 1
  const circle = e.querySelector(':scope > circle')  // in a picture the circle's edge says where the keyboard is
  const marked = circle ? getComputedStyle(circle).strokeWidth === '5px' : getComputedStyle(e).outlineStyle !== 'none'
  return [e.outerHTML.slice(0, 80), seen, marked]
}"""


def violations(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe looks for barriers: group dev")
    found = axe.Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        (each["id"], each["impact"], node["target"], node["failureSummary"])
        for each in found.response["violations"]
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize(("kind", "lang"), EVERYWHERE)
def test_axe_finds_no_violation_and_the_page_reflows(opened, kind, lang):
    page = opened(kind, lang, PHONE)
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.evaluate("document.querySelectorAll('main').length") == 1
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert violations(page) == []
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.set_viewport_size({"width": WIDE, "height": 900})
    assert violations(page) == []
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST


@pytest.mark.parametrize("kind", KINDS)
def test_each_chart_has_words_and_its_data(opened, kind):
    page = opened(kind, "en", WIDE)
    assert page.evaluate(WITHOUT_WORDS) == []
    assert page.evaluate(WITHOUT_DATA) == []
    assert page.evaluate(HIDDEN_SPEAKING) == []


@pytest.mark.parametrize("kind", ["index", "agency", "topics"])
def test_the_keyboard_begins_at_the_skip_link_and_sees_where_it_is(opened, kind):
    page = opened(kind, "id", PHONE)
    for step in range(12):
        page.keyboard.press("Tab")
        tag, seen, marked = page.evaluate(FOCUSED)
        assert not tag.startswith("<body") and seen and marked, (step, tag, seen, marked)
        if step == 0:
            assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_a_page_without_its_texts_is_told(opened):
    """The tests above can fail: a page with a nameless chart, a wide table and a bad contrast is found out."""
    page = opened("agency", "id", NARROWEST)
    page.evaluate(
        """() => {
        document.querySelector('svg[role=img] title').textContent = ''
        document.querySelector('svg[role=img] desc').textContent = ''
        document.querySelector('.lead').style.cssText = 'color:#ccc;min-width:600px'
        }"""
    )
    assert len(page.evaluate(WITHOUT_WORDS)) == 1
    assert page.evaluate("document.documentElement.scrollWidth") > NARROWEST
    assert {"color-contrast", "svg-img-alt"} <= {rule for rule, *_ in violations(page)}
