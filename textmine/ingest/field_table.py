"""The table of docs/formats.md: which field of each known tool became which column of the post.

``python -m textmine.ingest.field_table docs/formats.md`` writes it anew between the page's two marks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from textmine.ingest.layouts import LAYOUTS
from textmine.ingest.layouts.layout import Layout
from textmine.ingest.shapes import SHAPES
from textmine.ingest.synonyms import REACTIONS
from textmine.platforms import PLATFORM_NAMES, PLATFORMS, Platform

BEGIN: Final = "<!-- fields: written by python -m textmine.ingest.field_table docs/formats.md -->"
END: Final = "<!-- end of fields -->"
_COLUMNS: Final = (
    "account published_at likes comments shares saves views reach impressions followers collected_at".split()
)
_ACCOUNT: Final = ("account", "account_id", "account_name")
"""What an account is known by: the first that a row fills."""


def known_formats() -> Iterator[tuple[str, str, str]]:
    """Yield name, platform and, where the format is refused, the reason, in the order in which layouts are asked."""
    seen: set[str] = set()
    for layout in LAYOUTS:
        if layout.name in seen:
            continue
        seen.add(layout.name)
        platform = PLATFORM_NAMES[layout.platform] if layout.platform else "" if layout.refused else "several"
        yield layout.name, platform, f"refused: {layout.refused}" if layout.refused else ""


def field_table() -> str:
    """Return the table in Markdown, a section a platform, ending in a line break."""
    sections = [_section(PLATFORM_NAMES[platform], _read(platform)) for platform in PLATFORMS]
    sections += [_section("Several platforms", _read(None)), _refused(), _shapes()]
    return "\n\n".join(sections) + "\n"


def page_with_table(page: str) -> str:
    """Return the page with the table between its marks written anew.

    Raises
    ------
    ValueError
        The page lacks a mark.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN!r} or {END!r}")
    return f"{before}{begin}\n\n{field_table()}\n{end}{after}"


def _read(platform: Platform | None) -> list[Layout]:
    return [layout for layout in LAYOUTS if layout.platform == platform and not layout.refused]


def _section(title: str, layouts: list[Layout]) -> str:
    head = f"| format | {' | '.join(_COLUMNS)} |\n|---|{'---|' * len(_COLUMNS)}"
    rows = [f"| {layout.name} | {' | '.join(_cell(layout, column) for column in _COLUMNS)} |" for layout in layouts]
    return "\n".join([f"### {title}", "", head, *rows, "", *map(_about, layouts)])


def _cell(layout: Layout, column: str) -> str:
    """Where a column comes from, ``null`` where the tool does not report it."""
    if not layout.reads:
        return "by name"
    match column:
        case "likes":
            first = [*_names(layout, "reactions"), *_names(layout, "likes")]
            more = [name for reaction in REACTIONS for name in _names(layout, reaction)]
            others = "" if _names(layout, "reactions") else "".join(f" + `{name}`" for name in more)
            return _either(first) + others if first else "null"
        case "shares":
            parts = [_names(layout, "shares")] if _names(layout, "shares") else []
            parts = parts or [_names(layout, part) for part in ("retweets", "quotes") if _names(layout, part)]
            return " + ".join(map(_either, parts)) or "null"
        case "followers":
            return _either([*_names(layout, "followers_at_posting"), *_names(layout, column)]) or "null"
        case "account":
            return _either([name for part in _ACCOUNT for name in _names(layout, part)]) or "null"
        case _:
            return _either(_names(layout, column)) or "null"


def _names(layout: Layout, target: str) -> list[str]:
    return list(layout.reads.get(target, ()))


def _either(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _about(layout: Layout) -> str:
    """Sentences on one format: how it is recognised, its zone, what to know, where it is documented."""
    marks = ", ".join(f"`{column}`" for column in layout.written)
    parts = [
        f"- **{layout.name}**: recognised by the columns {marks}.",
        f"Times without a zone: {layout.zone}.",
        layout.remarks,
        "0 is a count, even on every row." if layout.true_zeros else "",
        f"Names: {layout.documented}." if layout.documented else "",
    ]
    return " ".join(part for part in parts if part)


def _refused() -> str:
    lines = [f"- **{layout.name}**: {layout.refused}." for layout in LAYOUTS if layout.refused]
    return "\n".join(["### Recognised and refused", "", *lines])


def _shapes() -> str:
    names = "; ".join(shape.name for shape in SHAPES)
    return f"### JSON that is unpacked\n\n{names}. Other JSON is read as a list of objects, flattened with dots."


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(page_with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
