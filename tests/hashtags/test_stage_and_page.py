import io
import json
import re
from html import unescape
from html.parser import HTMLParser

import networkx as nx
import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import WorkspaceError
from textmine.hashtags import (
    BURSTS_SCHEMA,
    CAMPAIGNS_SCHEMA,
    COMMUNITIES_SCHEMA,
    ENGAGEMENT_SCHEMA,
    HASHTAGS_SCHEMA,
    PAIRS_SCHEMA,
    TABLES,
    TRENDS_SCHEMA,
    UNRELATED_SCHEMA,
    HashtagSettings,
    hashtag_table,
    hashtags_stage,
    stored_network,
)
from textmine.report import write_hashtag_page
from textmine.store import Workspace, hash_path
from textmine.workflow import matrix_stage

HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> \x1b[31m'


def ingested(path, posts, *, simulated=False):
    workspace = Workspace.create(path, simulated=simulated)

    def write(staging):
        posts.write_parquet(staging / "posts.parquet")
        return {"posts": len(posts)}

    workspace.run_stage("ingest", write, outputs=["posts.parquet"], inputs={}, settings={})
    return workspace


@pytest.fixture(scope="module")
def rows(season):
    """The season, a campaign of two hashtags, uses that do not belong, and captions that attack the page."""
    rows = [dict(row) for row in season[:3000]]
    for number, row in enumerate(rows):
        if 40 <= row["day"] <= 55 and number % 3 == 0:
            row["hashtags"] = [*row["hashtags"], "GerakBersama", "AyoGerak"]
    for number in range(12):
        caption = f"{HOSTILE} sepatu diskon gerai obral murah {number % 3}"
        rows.append(
            {"day": number * 7, "account": f"toko{number}", "caption": caption, "hashtags": ["InfoTani", "<b>x"]}
        )
    return rows


@pytest.fixture
def workspace(tmp_path, posts_of, rows):
    workspace = ingested(tmp_path / "ws", posts_of(rows))
    matrix_stage(workspace)
    return workspace


def test_the_stage_writes_every_table_with_its_columns(workspace, rows):
    result = hashtags_stage(workspace)
    assert result.ran and set(result.manifest.outputs) == set(TABLES.values())
    counted = result.manifest.rows
    assert (counted["posts"], counted["credited_posts"]) == (len(rows), len(rows))
    assert counted["posts_with_hashtags"] == sum(bool(row["hashtags"]) for row in rows)
    schemas = {
        "hashtags": HASHTAGS_SCHEMA,
        "engagement": ENGAGEMENT_SCHEMA,
        "trends": TRENDS_SCHEMA,
        "bursts": BURSTS_SCHEMA,
        "pairs": PAIRS_SCHEMA,
        "communities": COMMUNITIES_SCHEMA,
        "campaigns": CAMPAIGNS_SCHEMA,
        "unrelated": UNRELATED_SCHEMA,
    }
    for name, schema in schemas.items():
        table = hashtag_table(workspace, name).collect()
        assert table.schema == schema, name
        assert len(table), name
    main = hashtag_table(workspace, "hashtags").collect()
    row = main.row(by_predicate=pl.col("hashtag") == "#gerakbersama", named=True)
    assert row["bursts"] == 1 and row["community"] is not None
    assert row["posts"] == sum("GerakBersama" in r["hashtags"] for r in rows)


def test_a_second_run_does_nothing_and_a_fresh_one_gives_the_same_bytes(tmp_path, posts_of, rows):
    hashes = []
    for name in ("one", "two"):
        workspace = ingested(tmp_path / name, posts_of(rows))
        matrix_stage(workspace)
        assert hashtags_stage(workspace).ran
        assert not hashtags_stage(workspace).ran
        write_hashtag_page(workspace, tmp_path / f"{name}.html")
        hashes.append(
            [hash_path(workspace.file(file)) for file in TABLES.values()] + [hash_path(tmp_path / f"{name}.html")]
        )
    assert hashes[0] == hashes[1]


def test_settings_of_the_last_run_stay_until_others_are_given(workspace):
    hashtags_stage(workspace, settings=HashtagSettings(min_posts=30))
    assert not hashtags_stage(workspace).ran
    assert hashtag_table(workspace, "bursts").collect()["posts"].min() >= 30
    assert hashtags_stage(workspace, settings=HashtagSettings()).ran
    with pytest.raises(ValueError, match="no table"):
        hashtag_table(workspace, "tables")


def test_without_the_stage_it_says_what_to_run(tmp_path, posts_of):
    workspace = ingested(tmp_path / "ws", posts_of([{"hashtags": ["a"]}]))
    for call in (
        stored_network,
        lambda w: hashtag_table(w, "pairs"),
        lambda w: write_hashtag_page(w, tmp_path / "p.html"),
    ):
        with pytest.raises(WorkspaceError, match="textmine hashtags"):
            call(workspace)
    with pytest.raises(WorkspaceError, match="matrix"):
        hashtags_stage(workspace)


def test_the_stored_network_is_the_one_that_was_found(workspace, tmp_path):
    hashtags_stage(workspace, settings=HashtagSettings(resolution=1.5))
    network = stored_network(workspace)
    assert network.resolution == 1.5 and 0 < network.modularity < 1
    assert network.nodes["posts"].is_sorted(descending=True)


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []
        self._skip = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self._skip = tag == "style"

    def handle_data(self, data):
        if not self._skip:
            self.text.append(data)

    def handle_endtag(self, tag):
        self._skip = False


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_is_one_file_that_asks_nobody_and_runs_nothing(workspace, tmp_path, lang):
    hashtags_stage(workspace)
    html = write_hashtag_page(workspace, tmp_path / "deep" / "page.html", lang=lang).read_text(encoding="utf-8")
    page = Page(html)
    text = " ".join(" ".join(page.text).split())
    assert f'<html lang="{lang}">' in html
    assert "script" not in page.tags and "img" not in page.tags
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] in ("src", "style")]
    assert all(value.startswith(("#", "data:")) for _, name, value in page.attributes if name == "href")
    assert "\x1b" not in html and "<b>x" not in html
    expected = {
        "id": ("Jaringan tagar", "Kampanye", "Pemakaian yang menyimpang", "lonjakan"),
        "en": ("Network of hashtags", "Campaigns", "Unrelated uses", "burst"),
    }
    for words in expected[lang]:
        assert words in text
    assert "#GerakBersama" in text and "sepatu diskon" in text
    assert not {"Network of hashtags", "Posts"} & set(map(str.strip, page.text)) or lang == "en"


def test_every_shape_of_the_picture_has_a_number_and_a_label_and_its_data_a_table(workspace, tmp_path):
    hashtags_stage(workspace)
    html = write_hashtag_page(workspace, tmp_path / "p.html", lang="en").read_text(encoding="utf-8")
    picture = html[html.index('<svg class="network"') :]
    picture = picture[: picture.index("</svg>")]
    badges = re.findall(r'class="badge"[^>]*>(\d+)<', picture)
    names = [unescape(name) for name in re.findall(r'class="name"[^>]*>([^<]+)<', picture)]
    assert len(badges) == len(names) == len(re.findall(r'class="shape ', picture)) > 5
    network = stored_network(workspace)
    community = dict(network.nodes.select("spelling", "community").iter_rows())
    assert [str(community[name]) for name in names] == badges
    assert "Hashtags used together" in html[html.index('<svg class="network"') :]
    assert 'role="img"' in picture and "<title" in picture and "<desc" in picture


def test_simulated_posts_say_so_and_no_hashtags_at_all_make_a_page_too(tmp_path, posts_of):
    posts = posts_of([{"caption": "halo dunia semua", "hashtags": []}, {"caption": "tanpa tagar di sini"}])
    workspace = ingested(tmp_path / "ws", posts, simulated=True)
    matrix_stage(workspace)
    hashtags_stage(workspace)
    html = write_hashtag_page(workspace, tmp_path / "p.html").read_text(encoding="utf-8")
    assert "DATA SIMULASI" in html and "tidak memakai tagar" in html and "Tidak ada lonjakan" in html


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def test_the_command_prints_every_table_in_every_format(workspace):
    for show in ("hashtags", "engagement", "trends", "bursts", "pairs", "communities", "campaigns", "unrelated"):
        as_csv = textmine_("hashtags", workspace.path, "--show", show, "--top", 3)
        assert as_csv.exit_code == 0, as_csv.output
        table = pl.read_csv(io.StringIO(as_csv.stdout))
        assert 1 <= len(table) <= 3, show
        rows = json.loads(textmine_("hashtags", workspace.path, "--show", show, "--top", 3, "--format", "json").stdout)
        assert len(rows) == len(table) and set(rows[0]) == set(table.columns)
        shown = textmine_("hashtags", workspace.path, "--show", show, "--top", 3, "--format", "table")
        assert shown.exit_code == 0 and "#" in shown.stdout and "\x1b" not in shown.stdout
    parquet = textmine_("hashtags", workspace.path, "--format", "parquet", "--top", 5)
    assert pl.read_parquet(io.BytesIO(parquet.stdout_bytes)).columns == HASHTAGS_SCHEMA.names()


def test_a_hashtag_a_step_and_a_network_can_be_asked_for(workspace, tmp_path):
    asked = ("hashtags", workspace.path, "--hashtag", "GERAKBERSAMA")
    result = textmine_(*asked, "--show", "trends", "--step", "week", "--network", tmp_path / "n.gexf")
    table = pl.read_csv(io.StringIO(result.stdout))
    assert set(table["hashtag"]) == {"#gerakbersama"} and set(table["step"]) == {"week"}
    assert nx.read_gexf(tmp_path / "n.gexf").number_of_nodes() > 5
    campaigns = json.loads(textmine_(*asked, "--show", "campaigns", "--format", "json").stdout)
    assert [row["basis"] for row in campaigns] == ["burst"]
    page = textmine_("hashtags", workspace.path, "--html", tmp_path / "p.html", "--lang", "en", "--top", 1)
    assert page.exit_code == 0 and "Campaigns" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_what_cannot_be_done_is_said_in_one_line(workspace, tmp_path):
    unknown = textmine_("hashtags", workspace.path, "--hashtag", "gerakbersma")
    assert unknown.exit_code == 1 and "did you mean #gerakbersama" in unknown.stderr
    name = textmine_("hashtags", workspace.path, "--network", tmp_path / "n.png")
    assert name.exit_code == 1 and "gexf" in name.stderr
    assert textmine_("hashtags", workspace.path, "--step", "year").exit_code == 2
    assert textmine_("hashtags", tmp_path / "nowhere").exit_code == 1


def test_one_thread_and_many_give_the_same_tables(tmp_path, posts_of, rows):
    import os
    import subprocess
    import sys

    posts_of(rows * 5).with_columns(post_id=pl.int_range(pl.len()).cast(pl.String)).write_parquet(
        tmp_path / "p.parquet"
    )
    script = (
        "import hashlib, sys, polars as pl, textmine as tm\n"
        "from textmine.hashtags.stage import _tables\n"
        "posts = pl.read_parquet(sys.argv[1])\n"
        "found = tm.analyse_hashtags(posts, matrix=tm.document_term_matrix(posts))\n"
        "for name, table in _tables(found).items():\n"
        "    print(name, hashlib.sha256(table.write_ndjson().encode()).hexdigest())\n"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "p.parquet")],
            env=os.environ | {"POLARS_MAX_THREADS": threads},
            capture_output=True, text=True, check=True,
        ).stdout
        for threads in ("1", "3")
    ]  # fmt: skip
    assert printed[0] == printed[1] and printed[0].count("\n") == len(TABLES)


def test_every_option_has_the_name_and_the_default_that_python_has():
    from dataclasses import asdict

    from textmine.cli.hashtags import hashtags

    options = {option.name: option.default for option in hashtags.params}
    assert {name: options[name] for name in asdict(HashtagSettings())} == asdict(HashtagSettings())
