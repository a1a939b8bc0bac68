"""What textmine promises and what was measured last: writes docs/claims.md from claims.toml and the kept results.

python bench/claims.py            # write the page
python bench/claims.py --print    # show it only
"""

from __future__ import annotations

import argparse
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "claims.md"
HEAD = """\
# Claims

What textmine promises, what was measured last, and the command that measures it again, on a machine of two cores.
`python bench/claims.py` writes this page from `bench/claims.toml`. Speed is a ratio to a peer in the same run where
there is a peer. "Partly" and "no" say what does not hold.
"""
FIELDS = {"area": str, "claim": str, "figure": str, "holds": str, "command": str, "date": date}
VERDICTS = ("yes", "partly", "no")


def claims() -> list[dict[str, Any]]:
    """All claims, checked, with their figures filled in."""
    listed = tomllib.loads((HERE / "claims.toml").read_text(encoding="utf-8"))["claim"]
    return [filled(claim) for claim in listed]


def filled(claim: dict[str, Any]) -> dict[str, Any]:
    for name, kind in FIELDS.items():
        if not isinstance(claim.get(name), kind) or not claim[name]:
            raise SystemExit(f"claims.toml: {claim.get('claim', claim)!r} has no {name}")
    if claim["holds"] not in VERDICTS:
        raise SystemExit(f"claims.toml: {claim['claim']!r} holds {claim['holds']!r}; one of {', '.join(VERDICTS)}")
    if "result" not in claim:
        return claim
    result = json.loads((HERE / "results" / claim["result"]).read_text(encoding="utf-8"))
    return claim | {"figure": claim["figure"].format(**result)}


def page() -> str:
    """The page, a table an area, in the order of the file."""
    lines, area = [HEAD], None
    for claim in claims():
        if claim["area"] != area:
            area = claim["area"]
            lines.append(f"\n## {area}\n\n| claim | measured | holds | command | date |\n|---|---|---|---|---|\n")
        commands = "; ".join(f"`{command.strip()}`" for command in claim["command"].split(";"))
        cells = (claim["claim"], claim["figure"], claim["holds"], commands, claim["date"].isoformat())
        lines.append("| " + " | ".join(cells) + " |\n")
    return "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", help="show the page, write nothing")
    if parser.parse_args().print:
        print(page(), end="")
    else:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
