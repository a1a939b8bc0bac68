"""How right the language layer is, beside peers in the same run: one table, written to docs/accuracy.md.

    python bench/accuracy.py                    # all parts, two minutes
    python bench/accuracy.py stems hashtags     # these anew, the others as they were measured last
    python bench/accuracy.py --print            # show the page and write nothing

Parts: normalisation, hashtags, stems, languages, keywords. Each is a script of its own (``bench/accuracy_stems.py``
and so on). A part whose data are not under ``--data``, and a peer that is not installed, is skipped, with a line that
says so here and on the page. Peers: ``pip install --group bench``, then ``pip install --no-deps --group bench-nlp-id``,
as nlp-id pins its versions.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import accuracy_hashtags
import accuracy_keywords
import accuracy_languages
import accuracy_normalisation
import accuracy_stems
from measure import DATA, machine
from scores import Row, table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "accuracy.md"
RESULTS = HERE / "results" / "accuracy.json"
PARTS = {
    "normalisation": accuracy_normalisation.measure,
    "hashtags": accuracy_hashtags.measure,
    "stems": accuracy_stems.measure,
    "languages": accuracy_languages.measure,
    "keywords": accuracy_keywords.measure,
}
HEAD = """\
# Accuracy

Written by `make bench` (`python bench/accuracy.py`). Every row is one run over the same texts with textmine and its
peers; higher is better. BLEU is in points, all else are shares. Nothing was fitted on these texts unless the row or
the notes say so, and test parts of public sets are not used at all.

"""


def measured(parts: list[str], data: Path, before: Mapping[str, Any]) -> dict[str, Any]:
    """Results of every part: measured now, or as they were."""
    results = dict(before)
    for name in parts:
        part = PARTS[name](data)
        if part.rows or name not in results:
            results[name] = part.as_dict() | {"machine": machine()}
    return {name: results[name] for name in PARTS if name in results}


def page(results: Mapping[str, Any]) -> str:
    rows = [Row(**row) for part in results.values() for row in part["rows"] if not row["tuned_on"]]
    notes = [wrapped(note) for part in results.values() for note in part["notes"]]
    skipped = [f"- {line}" for part in results.values() for line in part["skipped"]]
    missing = [
        f"- {name}: not measured yet (`python bench/accuracy.py {name}`)" for name in PARTS if name not in results
    ]
    sections = [table(rows), *notes]
    if skipped or missing:
        sections.append("\n".join(["Not measured:", "", *skipped, *missing]))
    machines = sorted({part["machine"] for part in results.values()})
    sections.append(f"Measured on {'; '.join(machines)}.")
    return HEAD + "\n\n".join(sections) + "\n"


def wrapped(note: str) -> str:
    """A paragraph in lines of 120 characters; a table as it is."""
    return note if note.startswith("|") else textwrap.fill(note, 120, break_long_words=False, break_on_hyphens=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all if none is named")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--print", dest="print_only", action="store_true")
    options = parser.parse_args()
    unknown = set(options.part) - PARTS.keys()
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() and options.part else {}
    results = measured(options.part or list(PARTS), options.data, before)
    if options.print_only:
        print(page(results))
        return
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")
    print(PAGE.relative_to(HERE.parent))


if __name__ == "__main__":
    main()
