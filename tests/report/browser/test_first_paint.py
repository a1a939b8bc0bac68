"""Pages are seen at once: small, and painted in under a second whatever stands further down."""

import statistics

import pytest

PAINT = "performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)"
LARGEST = 600_000
"""Bytes of a page: what it lists is bounded, however many posts there are."""


@pytest.mark.parametrize("kind", ["agency", "index", "topics", "category"])
def test_a_page_is_small_and_painted_in_under_a_second(browser, page_of, kind):
    path = page_of(kind, "id")
    assert path.stat().st_size < LARGEST
    times = []
    for _ in range(3):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(path.as_uri())
        while not (found := page.evaluate(PAINT)):
            page.wait_for_timeout(10)
        times.append(found[0])
        context.close()
    assert statistics.median(times) < 1_000
