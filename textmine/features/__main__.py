"""Writes the data dictionary into its page: ``python -m textmine.features docs/features.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from textmine.features.dictionary import dictionary_markdown

_FIRST = "| column | type |"


def main() -> None:
    """Replace the table that begins with the dictionary's head; what stands around it stays."""
    page = Path(sys.argv[1])
    before, _, rest = page.read_text(encoding="utf-8").partition(_FIRST)
    after = rest.partition("\n\n")[2]
    page.write_text(f"{before}{dictionary_markdown()}\n{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
