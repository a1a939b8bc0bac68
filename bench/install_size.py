"""What an installation of the core weighs, package by package, and which direct dependency brings each.

    python bench/install_size.py                  # builds the wheel, installs it into a fresh environment, measures
    python bench/install_size.py --python PYTHON  # measures an environment that is there
    python bench/install_size.py --markdown docs/packaging.md   # puts the table into the page

Sizes are what the files of each package take, compiled modules included, from the list that its installer wrote. A
package that several direct dependencies need is counted once, under "shared". pip and setuptools are not counted.
The fresh environment is made in a temporary folder and downloads about 250 MB where pip's cache is empty.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- install size -->", "<!-- end of install size -->"
MB = 1_000_000

# Runs in the environment that is measured.
PROGRAM = """
import json, re
from importlib.metadata import distributions
from packaging.requirements import Requirement

def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()

found = {}
for distribution in distributions():
    files = [file.locate() for file in distribution.files or ()]
    needs = []
    for line in distribution.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needs.append(normal(requirement.name))
    found[normal(distribution.name)] = {
        "version": distribution.version,
        "bytes": sum(file.stat().st_size for file in files if file.is_file()),
        "needs": needs,
    }
print(json.dumps(found))
"""


def fresh_environment(folder: Path) -> Path:
    """A virtual environment with nothing but textmine's wheel and what it needs; its interpreter."""
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder / "dist"), str(ROOT)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", str(wheel)], check=True, stdout=subprocess.DEVNULL)
    return python


def packages(python: Path) -> dict[str, dict]:
    """Version, bytes and direct needs of what is installed."""
    done = subprocess.run([str(python), "-c", PROGRAM], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    reached, todo = {}, ["textmine"]
    while todo:
        name = todo.pop()
        if name in found and name not in reached:
            reached[name] = found[name]
            todo += found[name]["needs"]
    return reached


def closure(found: dict[str, dict], name: str) -> set[str]:
    """A package and all that it needs."""
    seen, todo = set(), [name]
    while todo:
        current = todo.pop()
        if current in found and current not in seen:
            seen.add(current)
            todo += found[current]["needs"]
    return seen


def rows(found: dict[str, dict]) -> list[dict]:
    """One row a direct dependency with the bytes that would go with it, then what several share."""
    direct = [name for name in found["textmine"]["needs"] if name in found]
    brought = {name: closure(found, name) for name in direct}
    result, alone = [], {"textmine"}
    for name in direct:
        others = set().union(*(brought[other] for other in direct if other != name)) | set(direct) - {name}
        own = brought[name] - others
        alone |= own
        result.append(
            {
                "package": name,
                "version": found[name]["version"],
                "itself": found[name]["bytes"] if name in own else 0,
                "with it": sum(found[part]["bytes"] for part in own - {name}),
                "brings": sorted(own - {name}, key=lambda part: -found[part]["bytes"]),
            }
        )
    for name in sorted(set(found) - alone):
        result.append(
            {
                "package": name,
                "version": found[name]["version"],
                "itself": found[name]["bytes"],
                "with it": 0,
                "brings": [],
                "shared": sorted(other for other in direct if name in brought[other] and other != name),
            }
        )
    result.append(
        {"package": "textmine", "version": found["textmine"]["version"], "itself": found["textmine"]["bytes"],
         "with it": 0, "brings": []}
    )  # fmt: skip
    return sorted(result, key=lambda row: -(row["itself"] + row["with it"]))


def table(found: dict[str, dict]) -> str:
    """The rows over 1 MB as Markdown, the rest in one."""
    lines = ["| package | MB | with what it alone brings | brings | also needed by |", "|---|---:|---:|---|---|"]
    small = []
    for row in rows(found):
        total = row["itself"] + row["with it"]
        if total < MB:
            small.append(row)
            continue
        brings = ", ".join(f"{name} {found[name]['bytes'] / MB:.0f}" for name in row["brings"][:3])
        brings += f" and {len(row['brings']) - 3} more" if len(row["brings"]) > 3 else ""
        needed = ", ".join(row.get("shared", [])[:4])
        lines.append(
            f"| {row['package']} {row['version']} | {row['itself'] / MB:.0f} | {total / MB:.0f} | {brings} | {needed} |"
        )
    rest = sum(row["itself"] + row["with it"] for row in small)
    lines.append(f"| {len(small)} more under 1 MB each | {rest / MB:.0f} | {rest / MB:.0f} | | |")
    total = sum(package["bytes"] for package in found.values())
    lines.append(f"| **all {len(found)}** | **{total / MB:.0f}** | | | |")
    return "\n".join(lines)


def put_into(page: Path, text: str) -> None:
    """Replace what stands between the two marks of a page."""
    content = page.read_text(encoding="utf-8")
    if BEGIN not in content or END not in content:
        sys.exit(f"{page} has no place for the table: {BEGIN} … {END}")
    before, rest = content.split(BEGIN, 1)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="interpreter of an environment that has textmine")
    parser.add_argument("--markdown", type=Path, help="page to put the table into")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = packages(options.python or fresh_environment(Path(folder)))
    if options.markdown:
        put_into(options.markdown, table(found))
    print(json.dumps(rows(found)) if options.format == "json" else table(found))


if __name__ == "__main__":
    main()
