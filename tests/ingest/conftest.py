from pathlib import Path

import pytest

from textmine.ingest import ingest
from textmine.store import Workspace

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def ingested(tmp_path):
    """Ingests fixtures or paths: what became of the files, the posts by id, and the refused rows."""

    def run(*sources, into="workspace", **options):
        workspace = Workspace.create(tmp_path / into)
        result = ingest(
            [source if isinstance(source, Path) else FIXTURES / source for source in sources], workspace, **options
        )
        posts = workspace.scan("posts.parquet", made_by="ingest").collect()
        rejects = workspace.scan("rejects.parquet", made_by="ingest").collect()
        return result, {post["post_id"]: post for post in posts.rows(named=True)}, rejects.rows(named=True)

    return run
