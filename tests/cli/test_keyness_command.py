import io
import json

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.keyness import KEYNESS_SCHEMA

MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06")


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Three agencies, four posts a week each for half a year: one says vaksin, one panen, all say warga.

    The agency of vaksin posted one text on flooding thirty times, each time with another number.
    """
    folder = tmp_path_factory.mktemp("keyness")
    own = {"kemen_a": "vaksin gratis", "kemen_b": "panen padi", "kemen_c": "jalan raya"}
    rows = ["id,username,created_at,text,likes,url"]
    for n in range(312):
        account, day = tuple(own)[n % 3], n // 3
        said = own[account] if n % 4 else "rapat kerja"
        text = f"{said} warga desa{n} kota{n * 7} hari{n * 3}"
        rows.append(f"{n},{account},{MONTHS[day // 18]}-{1 + day % 18:02d} 08:00,{text},{n},https://x.com/k/status/{n}")
    for n in range(312, 342):
        text = f"waspada banjir bandang segera mengungsi hubungi posko terdekat dengan nomor ini ya sobat siaga{n}"
        rows.append(f"{n},kemen_a,{MONTHS[n % 6]}-{n % 27 + 1:02d} 09:00,{text},1,https://x.com/k/status/{n}")
    (folder / "posts.csv").write_text("\n".join(rows) + "\n")
    assert textmine_("ingest", folder / "posts.csv", "-o", folder / "ws").exit_code == 0
    return folder / "ws"


def read(result):
    assert result.exit_code == 0, result.output
    return pl.read_csv(io.StringIO(result.stdout))


def test_each_statistic_ranks_and_every_format_holds_all_columns(workspace):
    for statistic in ("log-odds", "g2", "chi2"):
        table = read(textmine_("keywords", workspace, "--statistic", statistic, "--top", 2, "--kind", "word"))
        assert table.columns == KEYNESS_SCHEMA.names()
        assert set(table.filter(pl.col("group") == "kemen_a")["term"]) == {"vaksin", "gratis"}
        assert table.filter(pl.col("group") == "kemen_a")["significant"].all()
    as_json = json.loads(textmine_("keywords", workspace, "--statistic", "g2", "--format", "json").stdout)
    assert list(as_json[0]) == KEYNESS_SCHEMA.names()


def test_without_a_statistic_the_table_is_that_of_class_tfidf(workspace):
    table = read(textmine_("keywords", workspace))
    assert "class_tfidf" in table.columns and "q_value" not in table.columns
    assert read(textmine_("keywords", workspace, "--statistic", "class-tfidf")).equals(table)
    tested = read(textmine_("keywords", workspace, "--statistic", "class-tfidf", "--significant"))
    assert tested.columns == KEYNESS_SCHEMA.names()


def test_a_text_posted_thirty_times_is_no_keyword_unless_its_copies_are_counted_apart(workspace):
    named = textmine_("keywords", workspace, "--statistic", "g2", "--top", 100)
    assert "banjir" not in read(named)["term"].to_list()
    apart = read(textmine_("keywords", workspace, "--statistic", "g2", "--top", 100, "--exact-texts"))
    assert "banjir" in apart["term"].to_list()


def test_two_groups_and_a_group_of_ones_own_are_compared(workspace, tmp_path):
    table = read(textmine_("keywords", workspace, "--versus", "kemen_a", "kemen_b", "--direction", "both"))
    assert set(zip(table["group"], table["versus"], strict=True)) == {("kemen_a", "kemen_b"), ("kemen_b", "kemen_a")}
    labels = pl.DataFrame(
        {
            "platform": ["x"] * 312,
            "post_id": [str(n) for n in range(312)],
            "nominasi": ["ya" if n % 3 == 1 else "tidak" for n in range(312)],
        }
    )
    labels.write_parquet(tmp_path / "n.parquet")
    own = read(textmine_("keywords", workspace, "--groups", f"{tmp_path / 'n.parquet'}:nominasi", "--top", 2))
    assert set(own.filter(pl.col("group") == "ya", "significant")["term"]) == {"panen", "padi"}
    assert set(own["by"]) == {"nominasi"}


def test_only_findings_are_printed_when_asked_and_it_is_said_when_there_are_none(workspace):
    table = read(textmine_("keywords", workspace, "--significant", "--top", 3))
    assert len(table) and table["significant"].all() and (table["q_value"] <= 0.05).all()
    none = textmine_("keywords", workspace, "--significant", "--fdr", "1e-300")
    assert none.exit_code == 0
    assert "no finding at a false discovery rate of 1e-300" in none.stderr


def test_a_person_sees_what_counts(workspace):
    shown = textmine_("keywords", workspace, "--statistic", "log-odds", "--format", "table", "--top", 1)
    head = shown.stdout.splitlines()[0].replace("┃", " ").split()
    assert head == ["group", "#", "term", "texts", "by", "rate", "others", "log2", "z", "q", "DP"]
    assert "<.001*" in shown.stdout


def test_wrong_groups_are_one_line(workspace, tmp_path):
    wrong = textmine_("keywords", workspace, "--versus", "kemen_a", "kemen_d")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "'kemen_d' is no group with posts here; did you mean kemen_" in wrong.stderr
    missing = textmine_("keywords", workspace, "--groups", f"{tmp_path / 'nowhere.csv'}:x")
    assert missing.exit_code == 1 and "cannot be read" in missing.stderr


def test_two_groups_are_drawn_in_a_page_and_printed_as_usual(workspace, tmp_path):
    asked = ("keywords", workspace, "--versus", "kemen_a", "kemen_b", "--top", 2)
    plain, drawn = textmine_(*asked), textmine_(*asked, "--html", tmp_path / "c.html")
    assert drawn.stdout == plain.stdout
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "vaksin" in page and "Dua kelompok dibandingkan" in page
    refused = textmine_("keywords", workspace, "--html", tmp_path / "d.html")
    assert refused.exit_code == 2 and "--versus A B" in refused.output
    assert not (tmp_path / "d.html").exists()
