"""``textmine engagement``: formats, headings, and mistakes in one line."""

import io
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.rates import LEDGER_SCHEMA, shipped_definitions

HEADER = "platform,id,akun,tanggal,isi,suka,komentar,pengikut\n"
REGISTER = "agency,name,cluster,platform,account\n"


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("season")
    rows = [
        f"instagram,{agency}{n},{agency},2024-03-{n + 1:02d},Halo warga,{likes},{n},{followers}\n"
        for agency, likes, followers in (("dinkes", 30, 1000), ("disdik", 90, 9000), ("pupr", 5, 400))
        for n in range(6)
    ]
    (folder / "a.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    names = [f"{name},Dinas {name},kota,instagram,{name}\n" for name in ("dinkes", "disdik", "pupr")]
    (folder / "agencies.csv").write_text(REGISTER + "".join(names), encoding="utf-8")
    textmine_("ingest", folder / "a.csv", "--agencies", folder / "agencies.csv", "-o", folder / "ws")
    return folder / "ws"


def test_the_ledger_comes_in_every_format(workspace, tmp_path):
    told = pl.read_csv(io.StringIO(textmine_("engagement", "ledger", workspace).stdout))
    assert told.columns == LEDGER_SCHEMA.names()
    assert told.height == 2 * 3 * len(shipped_definitions())
    rivaliq = told.filter((pl.col("definition") == "rivaliq") & (pl.col("platform") == "instagram"))
    assert dict(rivaliq.select("agency", "value").iter_rows()) == pytest.approx(
        {"dinkes": 100 * 195 / 6000, "disdik": 100 * 555 / 54000, "pupr": 100 * 45 / 2400}
    )
    assert dict(rivaliq.select("agency", "rank").iter_rows()) == {"dinkes": 1, "pupr": 2, "disdik": 3}
    rows = json.loads(textmine_("engagement", "ledger", workspace, "--part", "crowns", "--format", "json").stdout)
    first = {row["definition"]: row["agency"] for row in rows}
    # 0.1 x 30 + 0.5 x 2.5 = 4.25 of 1,000 against 0.1 x 5 + 0.5 x 2.5 = 1.75 of 400.
    assert first.pop("tribe") == "pupr" and set(first.values()) == {"dinkes"}
    tau = textmine_("engagement", "ledger", workspace, "--part", "agreement", "--format", "csv", "--er", "tribe",
                    "--er", "rivaliq").stdout  # fmt: skip
    assert tau.splitlines()[1].startswith("kota,tribe,rivaliq,") and len(tau.splitlines()) == 2


def test_the_digest_speaks_both_languages(workspace):
    indonesian = textmine_("engagement", "ledger", workspace, "--format", "table")
    assert "peringkat pertama" in indonesian.stdout and "Cakupan" in indonesian.stdout
    assert "hootsuite_reach" in indonesian.stderr and "hootsuite_reach" not in indonesian.stdout
    english = textmine_("engagement", "ledger", workspace, "--format", "table", "--lang", "en").stdout
    assert "first by each definition" in english and "Coverage" in english


def test_definitions_are_listed_with_one_s_own(tmp_path):
    shown = textmine_("engagement", "definitions", "--format", "table").stdout
    assert "crowdtangle_account" in shown
    path = tmp_path / "mine.toml"
    path.write_text("[ours]\nweights = { likes = 1, comments = 3 }\n", encoding="utf-8")
    rows = json.loads(textmine_("engagement", "definitions", "--weights", path, "--format", "json").stdout)
    assert [row["definition"] for row in rows] == [*shipped_definitions(), "ours"]
    assert rows[-1]["weights"] == "likes 1, comments 3"


def test_mistakes_are_told_in_one_line(workspace, tmp_path):
    assert "did you mean rivaliq" in textmine_("engagement", "ledger", workspace, "--er", "rivalq", code=2).stderr
    cluster = textmine_("engagement", "ledger", workspace, "--cluster", "bumn", code=1).stderr
    assert "bumn" in cluster and "kota" in cluster and len(cluster.splitlines()) == 1
    path = tmp_path / "mine.toml"
    path.write_text("[ours]\nweights = { like = 1 }\n", encoding="utf-8")
    told = textmine_("engagement", "ledger", workspace, "--weights", path, code=1).stderr
    assert "line 2" in told and "likes, comments, shares" in told
    no_day = textmine_("engagement", "ledger", workspace, "--from", "1/10/2019", code=2).stderr
    assert "'1/10/2019' is no day; write it as in 2020-10-31" in no_day
    early = textmine_("engagement", "ledger", workspace, "--from", "2031-01-01", code=1).stderr
    assert "no post" in early
