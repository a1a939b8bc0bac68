import pytest

from textmine.errors import InputError
from textmine.ingest.sources import expand


def test_the_register_is_no_source_however_it_comes_along(tmp_path):
    for name in ("a.csv", "agencies.csv", "daftar.csv"):
        (tmp_path / name).write_text("x\n")
    written_out = [tmp_path / "a.csv", tmp_path / "agencies.csv", tmp_path / "daftar.csv"]
    assert expand(written_out, register=tmp_path / "agencies.csv") == [tmp_path / "a.csv", tmp_path / "daftar.csv"]
    assert expand([tmp_path / "*.csv"], register=str(tmp_path / "daftar.csv")) == [tmp_path / "a.csv"]
    with pytest.raises(InputError, match="only source is the register"):
        expand([tmp_path / "agencies.csv"], register=tmp_path / "agencies.csv")
