"""Installs the wheel into fresh environments and runs tests there: other Pythons, and the lowest dependencies.

    python release/environments.py                       # this Python, newest dependencies
    python release/environments.py --lowest              # the lowest versions that pyproject.toml allows
    python release/environments.py --python 3.13 --python 3.12
    python release/environments.py --lowest --only-demo  # installs and runs the demo, no tests

A Python that is not on this machine is named and left out; if none is there, the script fails. The tests run against
the installed wheel, not the checkout (``python -P``). Environments are made in a temporary folder and are
gone afterwards.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Tests of what touches each direct dependency, and which need no more than the core: under five minutes.
TESTS = [
    "tests/cli/test_commands.py",
    "tests/cli/test_startup.py",
    "tests/hashtags/test_network.py",
    "tests/ingest/test_ingest_formats.py",
    "tests/ingest/test_ingest_stage.py",
    "tests/ingest/test_register.py",
    "tests/ingest/test_sources.py",
    "tests/ingest/test_workbooks.py",
    "tests/keyness/test_keyness_table.py",
    "tests/language/test_identify.py",
    "tests/language/test_normalise.py",
    "tests/language/test_sastrawi.py",
    "tests/language/test_spacy.py::test_a_fresh_process_stems_without_importing_textmine",
    "tests/language/test_spacy.py::test_components_work_in_pipelines_of_other_languages",
    "tests/report/test_spreadsheet.py",
    "tests/report/test_write.py",
    "tests/sentiment/test_classifier.py",
    "tests/test_matrix.py",
    "tests/test_store.py",
    "tests/topics/test_lda.py",
    "tests/topics/test_persistence.py",
]
# An extra, and a test whose child process imports this checkout, which -P hides.
SKIPPED = "not tomotopy and not two_processes"
NEEDED = ["pytest>=8.3", "hypothesis>=6.112", "networkx>=3.4"]


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command, shown before it starts; its failure is ours."""
    print("$", *command, file=sys.stderr, flush=True)
    if code := subprocess.run([str(part) for part in command], cwd=cwd).returncode:
        sys.exit(f"exit code {code}: {' '.join(map(str, command))}")


def interpreter(version: str) -> str | None:
    """The interpreter of a Python version on this machine: on PATH, this one, or one that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    paths = [shutil.which(f"python{version}"), sys.executable, *sorted(kept.glob(f"{version}.*/bin/python"))]
    ask = "import sys; print('.'.join(map(str, sys.version_info[:2]))); print(sys.executable)"
    for path in paths:
        # asked, not believed: what is on PATH may be a shim that starts nothing
        said = subprocess.run([path, "-c", ask], capture_output=True, text=True).stdout.split("\n") if path else [""]
        if said[0] == version:
            return said[1]
    return None


def checked(base: str, wheel: Path, folder: Path, *, lowest: bool, only_demo: bool) -> None:
    """Install the wheel for one interpreter, run the demo and the tests."""
    subprocess.run([base, "-m", "venv", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [python, "-m", "pip", "install", "--quiet"]
    if lowest:
        pins = folder / "lowest.txt"
        version = subprocess.run([base, "-c", "import platform; print(platform.python_version())"], capture_output=True)
        run(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--resolution", "lowest-direct",
            "--python-version", version.stdout.decode().strip(), "pyproject.toml", "--output-file", pins)  # fmt: skip
        run(*install, "--requirement", pins)
        run(*install, "--no-deps", wheel)
    else:
        run(*install, wheel)
    run(python, "-m", "pip", "check")
    run(python, "-P", "-m", "textmine", "demo", "-o", folder / "demo", "--posts", "600", cwd=folder)
    if not only_demo:
        run(*install, *NEEDED)
        # Old versions of what spaCy needs warn of their own future; textmine's warnings are errors in `make test`.
        run(python, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", SKIPPED, "-W",
            "ignore::DeprecationWarning", "-o", "filterwarnings=default", *TESTS)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", metavar="3.N", help="a Python version; may be given again")
    parser.add_argument("--lowest", action="store_true", help="the lowest direct dependencies that are allowed")
    parser.add_argument("--only-demo", action="store_true")
    options = parser.parse_args()
    versions = options.python or [".".join(map(str, sys.version_info[:2]))]
    found = {version: interpreter(version) for version in versions}
    if not any(found.values()):
        sys.exit(f"none of these Pythons is on this machine: {', '.join(versions)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder / "dist", ROOT)
        (wheel,) = (folder / "dist").glob("*.whl")
        results = []
        for version, base in found.items():
            if base is None:
                results.append(f"Python {version}: not on this machine, not tested")
                continue
            start = time.monotonic()
            checked(base, wheel, folder / version, lowest=options.lowest, only_demo=options.only_demo)
            which = "lowest" if options.lowest else "newest"
            results.append(f"Python {version}, {which} dependencies: passed in {time.monotonic() - start:.0f} s")
    print(*results, sep="\n")


if __name__ == "__main__":
    main()
