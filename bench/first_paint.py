"""How long the page of a report takes to its first paint in Chromium.

python bench/first_paint.py reports/AGENCY/AGENCY.html --browser /usr/bin/chromium

The page is opened from the disk in a fresh context each time; the figure is the browser's own
``first-contentful-paint``.
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path

_PAINT = "performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)"


def _paint(page: object) -> float:
    """Wait for the paint; the page's policy forbids scripts, so it is asked again and again from outside."""
    while not (times := page.evaluate(_PAINT)):  # type: ignore[attr-defined]
        page.wait_for_timeout(10)  # type: ignore[attr-defined]
    return float(times[0])


def first_paints(page: Path, *, browser: str, repetitions: int) -> list[float]:
    """Milliseconds to the first contentful paint, one for each time that the page is opened."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for _ in range(repetitions):
            context = chromium.new_context(viewport={"width": 1200, "height": 900})
            opened = context.new_page()
            opened.goto(page.absolute().as_uri())
            found.append(_paint(opened))
            context.close()
        chromium.close()
    return found


def main() -> None:
    """Print the median and the slowest of several openings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--repetitions", type=int, default=11)
    asked = parser.parse_args()
    found = first_paints(asked.page, browser=asked.browser, repetitions=asked.repetitions)
    size = asked.page.stat().st_size
    load = os.getloadavg()[0]
    print(
        f"{asked.page.name}: {size / 1000:.0f} kB, first paint {statistics.median(found):.0f} ms "
        f"(slowest of {len(found)}: {max(found):.0f} ms; load of the machine {load:.1f})"
    )


if __name__ == "__main__":
    main()
