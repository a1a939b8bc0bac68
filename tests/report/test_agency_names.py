"""Agencies of one name: a reader must be able to tell them apart on every page."""

import re
import shutil

import polars as pl
import pytest

from textmine.ingest import ingest
from textmine.ranking.stage import rank_workspace
from textmine.report.agency_names import agency_names
from textmine.simulation import simulate
from textmine.store import Workspace
from textmine.workflow import report_stage


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Reports in which the ministries kem-1 and kem-2, say, have one name."""
    folder = tmp_path_factory.mktemp("alike")
    simulate(folder / "exports", n_posts=1_500, seed=3)
    path = folder / "exports" / "agencies.csv"
    register = pl.read_csv(path)
    twins = register.filter(pl.col("cluster") == "kementerian")["agency"].unique(maintain_order=True)[:2].to_list()
    name = pl.when(pl.col("agency").is_in(twins)).then(pl.lit("Kementerian Sama")).otherwise("name")
    register.with_columns(name=name).write_csv(path)
    workspace = Workspace.create(folder / "workspace")
    with workspace.lock():
        ingest(sorted((folder / "exports").glob("[fixy]*.csv")), workspace, agencies=path)
        rank_workspace(workspace, "gsm2020", n_draws=50)
        report_stage(workspace, folder / "reports", lang="en", formats=["html", "md", "csv"])
    yield folder / "reports", twins
    shutil.rmtree(folder)


def test_a_name_that_two_bear_never_stands_alone(reports):
    folder, twins = reports
    pages = [*folder.rglob("*.html"), *folder.rglob("*.md"), *folder.glob("award-*.csv")]
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages}
    alone = re.compile(r"Kementerian Sama(?! \\?\(kem)")
    assert not [name for name, text in texts.items() if alone.search(text)]
    for twin in twins:
        assert sum(f"Kementerian Sama ({twin})" in text for text in texts.values()) > 3


def test_a_key_stands_behind_a_name_that_differs_in_capitals_only():
    register = pl.DataFrame({"agency": ["a", "a", "b"], "name": ["Dinas Sosial", "Dinas Sosial", "DINAS SOSIAL"]})
    assert agency_names(register) == {"a": "Dinas Sosial (a)", "b": "DINAS SOSIAL (b)"}
    assert agency_names(None) == {}
