"""A first ingest that fails leaves nothing behind; what was there before stays."""

import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import ResourceNotFoundError, WorkspaceError
from textmine.ingest.opening import workspace_for_writing
from textmine.store import Workspace
from textmine.workflow.runner import run

GOOD = "id,username,created_at,text,url\n1,dinas,2024-03-01 08:00,Halo,https://x.com/d/status/1\n"


def ingest_(*arguments):
    return CliRunner().invoke(root, ["ingest", *map(str, arguments)])


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("content", [None, b"", b"akun,suka\nd,1\n", b"\x00\x01\x02\x03"])
def test_an_ingest_that_reads_nothing_leaves_no_workspace(tmp_path, content):
    source = tmp_path / "a.csv"
    if content is not None:
        source.write_bytes(content)
    before = everything(tmp_path)
    for options in ((), ("--save-map", tmp_path / "map.toml")):
        assert ingest_(source, "-o", tmp_path / "deep" / "new", *options).exit_code == 1
        (tmp_path / "map.toml").unlink(missing_ok=True)
        assert everything(tmp_path) == before


def test_a_register_that_cannot_be_read_leaves_no_workspace(tmp_path):
    (tmp_path / "a.csv").write_text(GOOD)
    assert ingest_(tmp_path / "a.csv", "--agencies", tmp_path / "none.csv", "-o", tmp_path / "new").exit_code == 1
    assert everything(tmp_path) == ["a.csv"]


def test_a_folder_that_was_there_stays(tmp_path):
    (tmp_path / "mine").mkdir()
    assert ingest_(tmp_path / "none.csv", "-o", tmp_path / "mine").exit_code == 1
    assert everything(tmp_path) == ["mine"]


def test_a_workspace_that_was_there_stays_with_its_posts_or_without(tmp_path):
    Workspace.create(tmp_path / "bare")
    assert ingest_(tmp_path / "none.csv", "-o", tmp_path / "bare").exit_code == 1
    assert Workspace.open(tmp_path / "bare").stages() == []
    (tmp_path / "a.csv").write_text(GOOD)
    assert ingest_(tmp_path / "a.csv", "-o", tmp_path / "full").exit_code == 0
    before = everything(tmp_path / "full")
    assert ingest_(tmp_path / "none.csv", "-o", tmp_path / "full").exit_code == 1
    assert everything(tmp_path / "full") == before


def test_what_others_put_into_a_new_workspace_is_not_deleted(tmp_path):
    with pytest.raises(ZeroDivisionError), workspace_for_writing(tmp_path / "new") as workspace:
        (workspace.path / "notes.txt").write_text("mine")
        raise ZeroDivisionError
    assert (tmp_path / "new" / "notes.txt").exists() and Workspace.open(tmp_path / "new").stages() == []


def test_a_workspace_that_another_process_makes_is_not_taken_from_it(tmp_path):
    with workspace_for_writing(tmp_path / "new") as workspace:
        with pytest.raises(WorkspaceError, match="in use"), workspace_for_writing(tmp_path / "new"):
            pass
        assert Workspace.open(workspace.path).stages() == []


def test_a_run_that_stops_at_a_wrong_award_leaves_no_workspace(tmp_path):
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "textmine.toml").write_text(
        'workspace = "season"\n[ingest]\nsources = ["a.csv"]\n[report]\ndirectory = "report"\n'
        '[awards]\nrank = ["gsm2021"]\n'
    )
    with pytest.raises(ResourceNotFoundError, match="gsm2021"):
        run(tmp_path / "textmine.toml")
    assert everything(tmp_path) == ["a.csv", "textmine.toml"]
