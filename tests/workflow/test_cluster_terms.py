"""Words of agencies against their own cluster."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from textmine.posts import POLARS_SCHEMA
from textmine.report.cluster_terms import gather_cluster_terms
from textmine.store import Workspace
from textmine.workflow.cluster_terms import cluster_terms_stage
from textmine.workflow.stages import matrix_stage

SAID = {
    "jalan": "pengaspalan jembatan dibuka kepala dinas hadir",
    "sekolah": "beasiswa siswa dibuka kepala dinas hadir",
    "listrik": "gardu listrik menyala pelanggan hadir",
    "kereta": "jadwal kereta menyala pelanggan hadir",
}
CLUSTERS = {"jalan": "kementerian", "sekolah": "kementerian", "listrik": "bumn", "kereta": "bumn"}


@pytest.fixture
def workspace(tmp_path):
    """Four agencies in two clusters, a different post each day for ten weeks."""
    rows = [
        {
            "platform": "x",
            "post_id": f"{agency}{day}",
            "account": agency,
            "agency": agency,
            "published_at": datetime(2025, 1, 6, 5, tzinfo=UTC) + timedelta(days=day),
            "caption": f"{words} kabar{day} hari{agency}{day}",
            "hashtags": [],
            "media_type": "text",
            "post_kind": "original",
        }
        for agency, words in SAID.items()
        for day in range(70)
    ]
    register = pl.DataFrame(
        {
            "agency": list(SAID),
            "name": ["Kementerian Jalan", "Kementerian Sekolah", "PT Listrik", "PT Kereta"],
            "cluster": list(CLUSTERS.values()),
        }
    )
    made = Workspace.create(tmp_path / "workspace")

    def ingest(folder):
        pl.DataFrame(rows, schema=dict(POLARS_SCHEMA)).write_parquet(folder / "posts.parquet")
        register.write_parquet(folder / "agencies.parquet")
        return {}

    made.run_stage("ingest", ingest, outputs=["posts.parquet", "agencies.parquet"], inputs={}, settings={})
    matrix_stage(made)
    return made


def test_an_agency_is_set_against_its_own_cluster_and_names_are_left_out(workspace):
    assert cluster_terms_stage(workspace).ran
    found = gather_cluster_terms(workspace)
    more = {group: set(rows["surface"]) for (group,), rows in found.filter(direction="over").group_by("group")}
    less = {group: set(rows["surface"]) for (group,), rows in found.filter(direction="under").group_by("group")}
    assert {"pengaspalan", "jembatan"} <= more["jalan"] and {"beasiswa", "siswa"} <= less["jalan"]
    everything = set().union(*more.values(), *less.values())
    assert not everything & {"dibuka", "hadir", "menyala", "kepala"}  # common to the whole cluster
    assert not everything & {"listrik", "kereta", "jalan", "sekolah"}  # words of names


def test_it_is_done_once_and_no_longer_shown_when_posts_have_changed(workspace):
    cluster_terms_stage(workspace)
    assert not cluster_terms_stage(workspace).ran
    assert not gather_cluster_terms(workspace).is_empty()

    def ingest(folder):
        workspace.scan("posts.parquet", made_by="ingest").head(10).collect().write_parquet(folder / "posts.parquet")
        return {}

    workspace.run_stage("ingest", ingest, outputs=["posts.parquet"], inputs={"new": "1"}, settings={})
    assert gather_cluster_terms(workspace).is_empty()


def test_without_a_register_there_is_nothing_to_compare_with(workspace):
    workspace.file("agencies.parquet").unlink()
    assert cluster_terms_stage(workspace) is None
