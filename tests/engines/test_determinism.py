"""One worker, two workers and a cluster leave the same bytes, from the vocabulary to the nominees.

Run as a script it is one of the ways: ``test_determinism.py SOURCES WORKSPACE BLOCK``, in a process of its own, because
the number of threads is fixed when Polars and BLAS are loaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from textmine.counting import store_document_term_matrix
from textmine.engines import Engine, LocalEngine
from textmine.matrix import StoredMatrix
from textmine.simulation import simulate
from textmine.store import Workspace

N_POSTS = 2_000
OTHERWISE_CUT = 4_096
"""More than there are posts: one block. The other ways have blocks of 300."""

FILES = (
    "matrix/vocabulary.parquet keywords.parquet hashtags.parquet agency_features.parquet integrity.parquet rankings"
).split()
CUT_LIKE_BLOCKS = "matrix post_topics.parquet topics.parquet topic_model topic_groups.parquet".split()
"""Files cut where blocks are, and means of shares, which are added up block by block: same blocks, same bytes."""


def make_season(sources: Path, path: Path, batch_rows: int, engine: Engine | None = None) -> Workspace:
    """A workspace from the posts to the stored ranking of an award."""
    from textmine.hashtags import hashtags_stage
    from textmine.ingest import ingest
    from textmine.ranking.stage import rank_workspace
    from textmine.topics import topics_stage
    from textmine.workflow import keywords_stage, matrix_stage

    workspace = Workspace.create(path)
    ingest([sources / "posts.parquet"], workspace, agencies=sources / "agencies.csv")
    usual = store_document_term_matrix.__kwdefaults__["batch_rows"]
    store_document_term_matrix.__kwdefaults__["batch_rows"] = batch_rows
    try:
        matrix_stage(workspace, engine=engine)
    finally:
        store_document_term_matrix.__kwdefaults__["batch_rows"] = usual
    keywords_stage(workspace, by=("agency", "platform"), engine=engine)
    topics_stage(workspace, n_topics=5, engine=engine)
    hashtags_stage(workspace)
    rank_workspace(workspace, "gsm2020", n_draws=200)
    return workspace


def in_a_process(sources: Path, path: Path, batch_rows: int, n_threads: int) -> Workspace:
    threads = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = os.environ | dict.fromkeys(threads, str(n_threads))
    command = [sys.executable, __file__, str(sources), str(path), str(batch_rows)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == str(n_threads), "the process was to have so many threads"
    return Workspace.open(path)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season") / "posts"
    simulate(folder, n_posts=N_POSTS, seed=5, format="parquet")
    return folder


@pytest.fixture(scope="module")
def one_worker(sources):
    return in_a_process(sources, sources.parent / "one", 300, 1)


def bytes_of(path: Path) -> dict[str, bytes]:
    """Bytes of a file, or of every file of a folder."""
    found = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    assert found, f"nothing at {path}"
    return {str(file.relative_to(path)): file.read_bytes() for file in found}


def differing(here: Workspace, there: Workspace, names: list[str]) -> list[str]:
    return [name for name in names if bytes_of(here.path / name) != bytes_of(there.path / name)]


def nominees(workspace: Workspace) -> list[tuple[str, ...]]:
    ranking = pl.read_parquet(workspace.path / "rankings" / "gsm2020" / "ranking.parquet")
    return ranking.filter("nominee").select("category", "agency").rows()


def test_the_season_has_something_to_tell_apart(one_worker):
    """Several blocks, keywords of both groupings, and nominees: equality of nothing would show nothing."""
    assert len(bytes_of(one_worker.path / "matrix" / "counts.parquet")) == -(-N_POSTS // 300)
    assert len(StoredMatrix.open(one_worker.path / "matrix").vocabulary) > 2_000
    assert pl.read_parquet(one_worker.path / "keywords.parquet")["by"].n_unique() >= 2
    assert len({category for category, _ in nominees(one_worker)}) > 3 and len(nominees(one_worker)) > 12


def test_two_workers_leave_the_bytes_of_one(one_worker, sources):
    two = in_a_process(sources, sources.parent / "two", 300, 2)
    assert differing(one_worker, two, [*FILES, *CUT_LIKE_BLOCKS]) == []
    assert nominees(two) == nominees(one_worker)


def test_blocks_of_another_size_change_cuts_of_files_and_last_digits_of_mean_shares(one_worker, sources):
    whole = in_a_process(sources, sources.parent / "whole", OTHERWISE_CUT, 2)
    assert differing(one_worker, whole, FILES) == []
    assert nominees(whole) == nominees(one_worker)
    here, there = (StoredMatrix.open(season.path / "matrix").load().counts for season in (one_worker, whole))
    assert len(bytes_of(whole.path / "matrix" / "counts.parquet")) == 1
    for name in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(here, name), getattr(there, name)), name
    for name in ("post_topics.parquet/*.parquet", "topics.parquet", "topic_groups.parquet"):
        tables = [pl.read_parquet(season.path / name) for season in (one_worker, whole)]
        assert_frame_equal(*tables, check_exact=False, abs_tol=1e-12, rel_tol=0)


def test_a_cluster_leaves_the_bytes_of_one_worker(one_worker, sources, spark):
    there = make_season(sources, sources.parent / "cluster", 300, spark)
    assert len(spark.split(-(-N_POSTS // 300))) > 1, "the cluster was to have several parts"
    assert differing(one_worker, there, [*FILES, *CUT_LIKE_BLOCKS]) == []
    assert nominees(there) == nominees(one_worker)


if __name__ == "__main__":
    make_season(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), LocalEngine())
    sys.stdout.write(f"{pl.thread_pool_size()}\n")
