import polars as pl
import pytest

from textmine.ingest import ingest
from textmine.posts import POLARS_SCHEMA
from textmine.store import Workspace
from textmine.workflow import matrix_stage

TOPICS = (
    "vaksin gratis warga puskesmas jadwal antre dokter",
    "panen padi petani sawah irigasi pupuk lumbung",
    "jalan tol jembatan aspal kendaraan kontraktor proyek",
    "sekolah guru siswa buku kelas ujian kurikulum",
)
PLACES = "Bogor Depok Solo Kudus Tegal Madiun Malang Jember Kediri Blitar Ngawi Pati Rembang Demak".split()
AGENCIES = ("kemenkes", "kementan", "kemenpu", "kemendik")
REGISTER = "agency,name,cluster,platform,account,followers\n" + "".join(
    f"{key},Kementerian {key[5:].title()} Raya,{'kementerian' if n < 3 else 'lembaga'},x,{key}_ri,{10 ** (3 + n)}\n"
    for n, key in enumerate(AGENCIES)
)


def caption(n):
    topic = TOPICS[n % 4].split()
    words = [topic[(n // 4 + step) % 7] for step in range(4)]
    return f"{' '.join(words)} di {PLACES[n % 14]} {PLACES[(n // 14) % 14]} #{AGENCIES[n % 4]}Hebat"


@pytest.fixture
def workspace(tmp_path):
    rows = "".join(
        f"{n},{AGENCIES[n % 4]}_ri,2020-03-{1 + n % 28:02d} 08:00,{caption(n)},{n * 7919},https://x.com/k/status/{n}\n"
        for n in range(1, 241)
    )
    (tmp_path / "posts.csv").write_text("id,username,created_at,text,likes,url\n" + rows)
    (tmp_path / "agencies.csv").write_text(REGISTER)
    opened = Workspace.create(tmp_path / "ws")
    with opened.lock():
        ingest([tmp_path / "posts.csv"], opened, agencies=tmp_path / "agencies.csv")
        matrix_stage(opened)
    return opened


@pytest.fixture
def votes_of():
    """Make votes of {judge: [label or None, ...]}; post i has the id i."""
    return _votes_of


def _votes_of(labels):
    rows = [
        ("x", f"{post:03d}", judge, label)
        for judge, said in labels.items()
        for post, label in enumerate(said)
        if label is not None
    ]
    schema = {"platform": POLARS_SCHEMA["platform"], "post_id": pl.String, "judge": pl.String, "label": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
