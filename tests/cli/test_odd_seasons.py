"""Seasons that nobody has, but that somebody will: every command does its work, or says in one line why it cannot."""

import warnings
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from textmine.cli.main import root

SAID = "layanan publik warga vaksin jalan tol bantuan sosial sekolah banjir".split()
HEAD = "platform,post_id,account,published_at,caption,likes,comments,followers\n"
AGENCIES = (("instansi_a", "Kementerian"), ("instansi_b", "Lembaga"), ("instansi_c", "BUMN"))


def season(n, *, caption, likes=lambda number: str(number)):
    """``n`` posts of three agencies, one every other day."""
    rows = (
        f"instagram,{1000 + at},{AGENCIES[at % 3][0]},{date(2020, 1, 1) + timedelta(days=2 * at % 250)} 10:00:00,"
        f"{caption(at)},{likes(at)},1,1000"
        for at in range(n)
    )
    return HEAD + "\n".join(rows) + "\n"


def words(at):
    return " ".join(SAID[(at * step) % len(SAID)] for step in (1, 3, 7)) + f" {SAID[at % 9]}"


SEASONS = {
    "one post": season(1, caption=lambda _: "Selamat pagi"),
    "no captions": season(90, caption=lambda _: ""),
    "emoji alone": season(90, caption=lambda at: "🎉" * (1 + at % 4)),
    "one text": season(90, caption=lambda _: "Selamat Hari Kemerdekaan #HUTRI"),
    "no figures": season(90, caption=words, likes=lambda _: "").replace(",1,1000\n", ",,\n"),
    "ids in place of likes": season(30, caption=words, likes=lambda at: str(1_801_234_567_890_123_000 + at)),
}
WORKS = (
    "agencies check ws", "duplicates ws", "languages ws", "phrases ws", "keywords ws --by cluster", "kwic warga ws",
    "hashtags ws", "sentiment ws", "integrity ws", "engagement ledger ws",
    "features ws", "rank ws --awards gsm2020", "features ws --level agency", "report ws -o reports", "doctor ws",
    "report ws -o reports-en --lang en --format md", "export ws --to gensim -o corpus",
)  # fmt: skip
MAY_REFUSE = ("keywords ws --by month --statistic g2", "topics ws -k 3", "quality train ws", "quality apply ws")


@pytest.mark.parametrize("name", SEASONS)
def test_an_odd_season_goes_through_or_is_told_in_one_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "posts.csv").write_text(SEASONS[name], encoding="utf-8")
    (tmp_path / "agencies.csv").write_text(
        "agency,name,cluster,platform,account\n"
        + "".join(f"{account},{account.title()},{cluster},instagram,{account}\n" for account, cluster in AGENCIES)
    )
    no_posts = name == "ids in place of likes"
    for line in ("ingest posts.csv --agencies agencies.csv -o ws", *WORKS, *MAY_REFUSE):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            result = CliRunner().invoke(root, line.split(), input="", prog_name="textmine")
        assert result.exception is None or isinstance(result.exception, SystemExit), (line, result.exc_info)
        assert not [each for each in warned if issubclass(each.category, RuntimeWarning)], line
        refused = [said for said in result.stderr.splitlines() if said.startswith("Error: ")]
        assert len(refused) == (result.exit_code in (1, 2)), (line, result.output)
        assert result.exit_code in ((0, 1, 3) if no_posts or line in MAY_REFUSE else (0, 3)), (line, result.output)
        assert "None" not in "".join(refused), refused
    if not no_posts:
        assert (tmp_path / "reports" / "index.html").is_file()
        assert (tmp_path / "reports-en" / "index.md").is_file()


def test_a_season_without_topics_runs_through_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "posts.csv").write_text(SEASONS["one text"], encoding="utf-8")
    settings = (
        'workspace = "ws"\n[ingest]\nsources = ["posts.csv"]\n[report]\ndirectory = "reports"\nformats = ["html"]\n'
    )
    (tmp_path / "run.toml").write_text(settings)
    result = CliRunner().invoke(root, ["run", "run.toml"], prog_name="textmine")
    assert result.exit_code == 0, result.output
    assert "the reports have no topics: the posts are too few or too alike" in result.stderr
    page = (tmp_path / "reports" / "instansi-a" / "instansi-a.html").read_text(encoding="utf-8")
    assert "Tidak ada topik: unggahan terlalu sedikit atau terlalu seragam" in page

    (tmp_path / "asked.toml").write_text(settings + "[topics]\nn_topics = 3\n")
    asked = CliRunner().invoke(root, ["run", "asked.toml"], prog_name="textmine")
    assert asked.exit_code == 1  # who asks for a number of topics is told that there are none
    assert "no term is in at least" in asked.stderr
