"""What tests of several packages share."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.ranking.stage import rank_workspace
from textmine.store import Workspace


@pytest.fixture(scope="session")
def ranked_workspace(tmp_path_factory) -> Path:
    """A simulated season of 36 agencies, ranked for gsm2020 with 300 draws; copy it before you change it."""
    folder = tmp_path_factory.mktemp("ranked")

    def textmine_(*arguments: object) -> None:
        result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
        assert result.exit_code == 0, result.output

    textmine_("simulate", "-o", folder / "exports")
    files = [folder / "exports" / f"{name}.csv" for name in ("facebook", "x", "instagram", "youtube")]
    textmine_("ingest", *files, "--agencies", folder / "exports" / "agencies.csv", "-o", folder / "ws")
    with Workspace.open(folder / "ws").lock():
        rank_workspace(Workspace.open(folder / "ws"), "gsm2020", n_draws=300)
    return folder / "ws"
