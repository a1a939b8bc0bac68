"""What register and posts do not tell alike, found on posts built in sight, and the command that lists it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.audit import check_agencies, cluster_sizes
from textmine.audit.proposals import write_proposals
from textmine.cli.main import root
from textmine.errors import InputError
from textmine.ingest.register import read_agencies
from textmine.posts import POLARS_SCHEMA

REGISTER = (
    "agency,name,cluster,platform,account,followers,valid_from,valid_to\n"
    "kemenkes,Kementerian Kesehatan,kementerian,instagram,kemenkes_ri,500,,\n"
    "kemenkes,Kementerian Kesehatan,kementerian,youtube,kemenkes,500,,\n"
    "kominfo,Kementerian Kominfo,kementerian,x,kemkominfo,,,2020-03-10\n"
    "komdigi,Kementerian Komdigi,kementerian,x,kemkominfo,,2020-03-15,\n"
    "pln,PT PLN,bumn,x,pln_id,1,,\n"
    "bogor,Pemerintah Kota Bogor,,x,pemkotbogor,1,,\n"
)


def post(number, platform, account, day, **columns):
    row = dict.fromkeys(POLARS_SCHEMA) | {
        "platform": platform, "post_id": str(number), "account": account, "caption": "", "hashtags": [],
        "coauthors": [], "hidden": [], "rounded": [], "media_type": "text", "post_kind": "original", "source": "t",
        "followers_kind": "unknown", "source_row": number, "published_at": datetime(2020, 3, day, 3, tzinfo=UTC),
    }  # fmt: skip
    return row | columns


POSTS = [
    post(1, "instagram", "kemenkes_ri", 1),
    post(2, "x", "kemenkesri", 2, likes=5, comments=2),
    post(3, "x", "kemenkesri", 9, likes=3, shares=1),
    post(4, "x", "pln_disjaya", 4),
    post(5, "x", "kemkominfo", 10),
    post(6, "x", "kemkominfo", 12),
    post(7, "x", "kemkominfo", 15),
]


@pytest.fixture
def register(tmp_path):
    (tmp_path / "agencies.csv").write_text(REGISTER)
    return read_agencies(tmp_path / "agencies.csv")


def findings(register, rows=POSTS):
    return check_agencies(pl.LazyFrame(rows, schema=POLARS_SCHEMA), register)


def of_kind(table, kind):
    return table.filter(finding=kind).rows(named=True)


def test_accounts_without_an_agency_come_with_posts_days_interactions_and_a_suggestion(register):
    first, second = of_kind(findings(register), "account_without_agency")
    assert (first["platform"], first["account"], first["posts"]) == ("x", "kemenkesri", 2)
    assert (first["first_day"], first["last_day"]) == (date(2020, 3, 2), date(2020, 3, 9))
    assert first["interactions"] == 11
    assert (
        first["suggestion"] == "kemenkes" and first["score"] == 0.98 and "its account on instagram" in first["detail"]
    )
    assert second["account"] == "pln_disjaya" and second["suggestion"] is None
    assert second["detail"].startswith("nearest pln: different bodies")


def test_posts_on_days_without_an_agency_are_found(register):
    (row,) = of_kind(findings(register), "outside_validity")
    assert (row["account"], row["posts"], row["first_day"], row["last_day"]) == (
        "kemkominfo", 1, date(2020, 3, 12), date(2020, 3, 12),
    )  # fmt: skip
    assert row["detail"] == "registered: kominfo … to 2020-03-10; komdigi 2020-03-15 to …"


def test_a_day_begins_at_midnight_in_jakarta(register):
    late = post(1, "x", "kemkominfo", 10, published_at=datetime(2020, 3, 10, 17, tzinfo=UTC))
    early = post(2, "x", "kemkominfo", 10, published_at=datetime(2020, 3, 10, 16, 59, tzinfo=UTC))
    (row,) = of_kind(findings(register, [late, early]), "outside_validity")
    assert (row["posts"], row["first_day"]) == (1, date(2020, 3, 11))


def test_agencies_and_accounts_without_posts_are_told_apart(register):
    table = findings(register)
    assert [(row["agency"], row["detail"]) for row in of_kind(table, "agency_without_posts")] == [
        ("bogor", "pemkotbogor on x"),
        ("pln", "pln_id on x"),
    ]
    assert [(row["agency"], row["platform"]) for row in of_kind(table, "account_without_posts")] == [
        ("kemenkes", "youtube")
    ]


def test_an_audience_that_nobody_knows_is_missing_and_one_that_the_posts_tell_is_not(register):
    assert [row["account"] for row in of_kind(findings(register), "followers_missing")] == ["kemkominfo"]
    told = [*POSTS, post(8, "x", "kemkominfo", 20, followers=7, followers_kind="at_posting")]
    assert of_kind(findings(register, told), "followers_missing") == []


def test_agencies_without_a_cluster_or_with_two_are_found(register, tmp_path):
    assert [row["agency"] for row in of_kind(findings(register), "cluster_missing")] == ["bogor"]
    (tmp_path / "two.csv").write_text("agency,cluster,platform,account\na,bumn,x,a\na,lembaga,instagram,a\n")
    (row,) = of_kind(findings(read_agencies(tmp_path / "two.csv")), "two_clusters")
    assert (row["agency"], row["detail"]) == ("a", "bumn, lembaga")
    (tmp_path / "none.csv").write_text("agency,platform,account\na,x,a\n")
    assert of_kind(findings(read_agencies(tmp_path / "none.csv")), "cluster_missing") == []


def test_one_agency_or_cluster_written_in_two_ways_is_found(tmp_path):
    (tmp_path / "slips.csv").write_text(
        "agency,name,cluster,platform,account\n"
        "KPU,Komisi Pemilihan Umum,Lembaga,x,kpu_id\n"
        "kpu,KOMISI Pemilihan-Umum,lembaga,instagram,kpu\n"
        "bps,Badan Pusat Statistik,lembaga,x,bps_id\n"
        "bps,BPS,lembaga,instagram,bps\n"
        "pln,PT PLN,BUMN,x,pln\n"
        "pln2,PT. PLN,BUMN,x,pln2\n"
    )
    table = findings(read_agencies(tmp_path / "slips.csv"))
    assert [row["detail"] for row in of_kind(table, "agencies_alike")] == ["KPU, kpu", "pln, pln2"]
    assert [row["detail"] for row in of_kind(table, "clusters_alike")] == ["Lembaga, lembaga"]
    assert [(row["agency"], row["detail"]) for row in of_kind(table, "two_names")] == [
        ("bps", "BPS, Badan Pusat Statistik")
    ]


def test_cluster_sizes_stand_beside_what_has_posts(register):
    sizes = cluster_sizes(pl.LazyFrame(POSTS, schema=POLARS_SCHEMA), register)
    assert sizes.rows() == [
        ("(none)", 1, 0, 1, 0, 0),
        ("bumn", 1, 0, 1, 0, 0),
        ("kementerian", 3, 3, 3, 2, 4),
    ]


def test_a_register_that_fits_has_no_findings(register):
    good = register.filter(agency="kemenkes", platform="instagram")
    assert findings(good, POSTS[:1]).height == 0


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "agencies.csv").write_text(REGISTER)
    rows = "".join(
        f"{p['platform']},{p['post_id']},{p['account']},{p['published_at']:%Y-%m-%d},halo,{p['likes'] or 0}\n"
        for p in POSTS
    )
    (tmp_path / "posts.csv").write_text("platform,id,username,created_at,text,likes\n" + rows)
    run("ingest", tmp_path / "posts.csv", "--agencies", tmp_path / "agencies.csv", "-o", tmp_path / "ws")
    return tmp_path / "ws"


def run(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def test_the_command_exits_with_3_when_it_finds_something_and_with_0_when_not(workspace, tmp_path):
    result = run("agencies", "check", workspace, "--format", "json")
    content = json.loads(result.stdout)
    assert result.exit_code == 3
    assert {row["finding"] for row in content["findings"]} >= {"account_without_agency", "outside_validity"}
    assert [row["cluster"] for row in content["clusters"]] == ["(none)", "bumn", "kementerian"]
    (tmp_path / "good.csv").write_text(
        "agency,cluster,platform,account,followers\n"
        "a,c,instagram,kemenkes_ri,1\na,c,x,kemenkesri,1\nb,c,x,pln_disjaya,1\nd,c,x,kemkominfo,1\n"
    )
    good = run("agencies", "check", workspace, "--agencies", tmp_path / "good.csv", "--format", "table")
    assert good.exit_code == 0 and "nothing to look at" in good.stdout


def test_the_table_for_people_names_every_kind_and_what_it_leaves_out(workspace):
    shown = run("agencies", "check", workspace, "--format", "table", "--limit", "1").stdout
    for title in ("account without agency: 2", "outside validity: 1", "agency without posts: 2", "cluster missing: 1"):
        assert title in shown
    assert "… and 1 more" in shown and "different bodies" not in shown


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_machines_get_one_table(workspace, format_):
    result = run("agencies", "check", workspace, "--format", format_)
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet}[format_]
    assert read(result.stdout_bytes)["finding"].n_unique() >= 5


def test_proposals_are_register_rows_in_a_new_file_and_the_register_stays(workspace, tmp_path):
    before = (tmp_path / "agencies.csv").read_bytes()
    result = run("agencies", "check", workspace, "--write", tmp_path / "proposed.csv")
    assert "1 proposed rows written" in result.stderr
    rows = read_agencies(tmp_path / "proposed.csv").select("agency", "name", "cluster", "platform", "account").rows()
    assert rows == [("kemenkes", "Kementerian Kesehatan", "kementerian", "x", "kemenkesri")]
    assert (tmp_path / "agencies.csv").read_bytes() == before
    again = run("agencies", "check", workspace, "--write", tmp_path / "proposed.csv")
    assert again.exit_code == 1 and "exists already" in again.stderr


def test_nothing_is_written_over(register, tmp_path):
    with pytest.raises(InputError, match="exists already"):
        write_proposals(findings(register), register, tmp_path / "agencies.csv")


def test_a_workspace_without_a_register_is_said(workspace, tmp_path):
    run("ingest", tmp_path / "posts.csv", "-o", tmp_path / "bare")
    result = run("agencies", "check", tmp_path / "bare")
    assert result.exit_code == 1 and "give --agencies FILE" in result.stderr


def test_checking_loads_no_library_of_likeness_before_it_is_asked():
    import subprocess
    import sys

    program = "import sys, textmine.audit; print('rapidfuzz' in sys.modules)"
    root_folder = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root_folder)
    assert done.stdout.strip() == "False"
