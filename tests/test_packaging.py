import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A virtual environment with the wheel, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    purelib = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([str(python), "-c", purelib], check=True, capture_output=True, text=True).stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    here = subprocess.run([sys.executable, "-c", purelib], check=True, capture_output=True, text=True).stdout.strip()
    # A plain path line: the editable install's own .pth is not read from there, so textmine comes from the wheel.
    (site / "dependencies.pth").write_text(here + "\n")
    return python


def in_wheel(installed, program, cwd):
    # a checkout on PYTHONPATH would be imported in place of the wheel
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(installed), "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=cwd, env=environment).stdout


def test_the_wheel_holds_data_models_and_corpora_and_no_stray_module(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"textmine"}
    for name in (
        "textmine/py.typed",
        "textmine/data/slang.tsv",
        "textmine/data/SOURCES.toml",
        "textmine/corpora/README.md",
        "textmine/corpora/demo/settings.toml",
        "textmine/models/README.md",
        "textmine/models/keyphrases/model.json",
        "textmine/models/sentiment/CARD.md",
        "textmine/models/sentiment/confusion.json",
        "textmine/models/sentiment/model.json",
        "textmine/models/sentiment/weights.npz",
    ):
        assert name in names, name
    shipped = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "textmine").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped <= names


def test_the_wheel_finds_its_resources_from_another_folder(installed, tmp_path):
    program = "import textmine, textmine.resources as r; print(textmine.__file__); print(r.find('corpora/demo'))"
    package, corpora = in_wheel(installed, program, tmp_path).splitlines()
    assert "site-packages" in package
    assert Path(corpora).parent.parent == Path(package).parent


def test_the_wheel_runs_the_demo_from_another_folder(installed, tmp_path):
    program = "import textmine.workflow.demo as d;print(d.run_demo('out', n_posts=600).index)"
    index = Path(in_wheel(installed, program, tmp_path).strip())
    page = (tmp_path / index).read_text(encoding="utf-8")
    assert "SIMULASI" in page.upper()


def test_the_console_script_is_the_same_function(wheel):
    archive = zipfile.ZipFile(wheel)
    (entry_points,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "textmine = textmine.cli:main" in archive.read(entry_points).decode()


def test_every_public_name_can_be_reached():
    import textmine

    for name in textmine.__all__:
        assert getattr(textmine, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        textmine.nonsense  # noqa: B018


def test_the_sdist_holds_what_builds_and_tests_it_and_nothing_made(tmp_path):
    build = [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (packed,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "Makefile", "cli.py", "CITATION.cff", "mkdocs.yml"} <= names
    assert {"tests/test_packaging.py", "docs/index.md", "bench/run.py", "release/licences.py"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"build", "dist", "demo", ".git", ".venv", ".ci"}
    assert not [name for name in names if name.endswith((".pyc", ".so"))]


def names_of(requirements):
    return {re.split(r"[<>=!~;\[ ]", line)[0].lower().replace("_", "-").replace(".", "-") for line in requirements}


def test_the_core_has_the_six_packages_and_none_that_only_some_need(project):
    core = names_of(project["dependencies"])
    assert {"scikit-learn", "pysastrawi", "spacy", "gensim", "polars", "click"} <= core
    assert not core & {"pandas", "pyarrow", "matplotlib", "torch", "pyspark", "duckdb", "fastapi", "sqlalchemy"}


def test_every_requirement_has_a_lower_and_an_upper_bound(project):
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    extras = project["optional-dependencies"].values()
    for line in [*project["dependencies"], *(line for group in [*extras, *groups.values()] for line in group)]:
        assert re.search(r">=\d[\w.]*,<\d", line), line


def test_the_page_of_licences_lists_every_dependency(project):
    page = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| ([a-z0-9-]+) \|", page, re.M)) | set(re.findall(r"[\w-]+", page.rpartition(":")[2]))
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    assert names_of([*project["dependencies"], *extras]) <= listed
    assert "not said" not in page


def test_the_page_of_licences_names_every_folder_of_the_wheel_with_files_that_are_not_code(wheel):
    page = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    section = page.partition("## What the wheel itself holds")[2].partition("\n## ")[0]
    cells = "".join(line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `"))
    # the parts after the first in a cell may leave out the folder of the lexicons
    parts = re.findall(r"`([^`]+)`", cells)
    named = [part if part.startswith("textmine/") else f"textmine/data/{part}" for part in parts]
    folders, patterns = [part for part in named if part.endswith("/")], [part for part in named if "*" in part]
    files = [name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith((".py", "/"))]
    known = {"textmine/py.typed", "textmine/data/SOURCES.toml", "textmine/models/README.md"}
    for name in files:
        if name in known | set(named) or ".dist-info/" in name or name.startswith(tuple(folders)):
            continue
        assert any(PurePosixPath(name).match(pattern) for pattern in patterns), name


def version_here():
    """Of this checkout, whichever is installed."""
    (found,) = re.findall(r'^__version__ = "(.+)"$', (ROOT / "textmine/__init__.py").read_text(encoding="utf-8"), re.M)
    return found


def test_pages_that_name_the_wheel_name_this_version():
    pages = [ROOT / "README.md", ROOT / "docs/packaging.md", ROOT / "docs/tutorials/first_report.md"]
    for page in pages:
        named = set(re.findall(r"textmine-(\d[\d.]*)-py3-none-any", page.read_text(encoding="utf-8")))
        assert named == {version_here()}, page.name


def test_the_changelog_begins_with_this_version_on_the_day_of_the_citation():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version, day = re.findall(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", changes, re.M)[0]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert version == version_here()
    assert f"date-released: {day}\n" in citation


def test_the_citation_names_this_version_and_licence(project):
    citation = dict(re.findall(r"^([\w-]+): (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.M))
    assert (citation["version"], citation["license"]) == (version_here(), project["license"])
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
