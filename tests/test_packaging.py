import subprocess
import sys
import venv
import zipfile
from pathlib import Path

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
    return subprocess.run([str(installed), "-c", program], capture_output=True, text=True, check=True, cwd=cwd).stdout


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
