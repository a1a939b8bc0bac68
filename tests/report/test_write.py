import re
import zipfile
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import polars as pl
import pytest

from textmine.agencies import AgencySchema
from textmine.errors import AgencyError, WorkspaceError
from textmine.report import agency_files, write_reports
from textmine.store import Workspace, hash_path


def page(result, at=0):
    return result.reports[at].read_text(encoding="utf-8")


def text_of(html):
    """Visible words of a page, white space collapsed."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_every_agency_has_a_folder_with_page_workbook_and_tables_and_the_index_leads_to_it(
    make_workspace, tmp_path, post, keyword
):
    posts = [post("1"), post("2", agency=None, account="warga", platform="x")]
    words = [keyword("Vaksinasi", "1"), keyword("Halo", "2", group="warga", example_platform="x")]
    result = write_reports(make_workspace(posts, words), tmp_path / "out")
    assert [p.relative_to(tmp_path / "out").as_posix() for p in result.reports] == [
        "kemenkes/kemenkes.html",
        "warga/warga.html",
    ]
    assert sorted(p.name for p in result.reports[0].parent.iterdir()) == [
        "hashtags.csv",
        "kemenkes.html",
        "kemenkes.xlsx",
        "keywords.csv",
        "topics.csv",
    ]
    links = re.findall(r'<a href="([^"#]+)"', result.index.read_text(encoding="utf-8"))
    assert {"kemenkes/kemenkes.html", "warga/warga.html"} <= set(links)
    assert all((tmp_path / "out" / link).exists() for link in links)


def test_a_figure_that_is_not_reported_is_said_to_be_so_and_never_0(make_workspace, tmp_path, post):
    posts = [post("1", likes=10), post("2", likes=0), post("3")]
    text = text_of(page(write_reports(make_workspace(posts), tmp_path / "out")))
    assert "10 dari 2/3 unggahan tidak dilaporkan tidak dilaporkan 5 dari 2/3 unggahan" in text
    assert "dilaporkan oleh 2 dari 3 unggahan" in text


def test_hidden_and_rounded_figures_are_counted(make_workspace, tmp_path, post):
    posts = [post("1", hidden=["likes"], comments=4), post("2", likes=12_300, rounded=["likes"], comments=1)]
    text = text_of(page(write_reports(make_workspace(posts), tmp_path / "out")))
    assert "disembunyikan: 1" in text
    assert "dibulatkan: 1" in text
    assert "12.300 dari 1/2 unggahan" in text


def test_numbers_and_dates_follow_the_language(make_workspace, tmp_path, post):
    workspace = make_workspace([post("1", likes=1234, published_at=datetime(2025, 3, 3, 17, 30, tzinfo=UTC))])
    indonesian = page(write_reports(workspace, tmp_path / "id"))
    english = page(write_reports(workspace, tmp_path / "en", lang="en"))
    assert '<html lang="id">' in indonesian and '<html lang="en">' in english
    assert "1.234" in text_of(indonesian) and "4 Maret 2025" in text_of(indonesian)  # after midnight in Jakarta
    assert "1,234" in text_of(english) and "4 March 2025" in text_of(english)


def test_reposts_and_ads_are_counted_apart_and_credited_nowhere(make_workspace, tmp_path, post):
    posts = [post("1", likes=1), post("2", likes=900, post_kind="repost"), post("3", likes=800, post_kind="ad")]
    text = text_of(page(write_reports(make_workspace(posts), tmp_path / "out")))
    assert "1 unggahan ulang milik pihak lain dan 1 iklan tidak dihitung" in text
    assert "900" not in text and "800" not in text


def test_best_posts_are_ranked_on_each_platform_apart(make_workspace, tmp_path, post):
    posts = [
        post("1", likes=5, caption="ig kecil"),
        post("2", likes=50, comments=5, caption="ig besar"),
        post("3", platform="x", likes=7, caption="x satu"),
        post("4", caption="tanpa angka"),
    ]
    html = page(write_reports(make_workspace(posts), tmp_path / "out"))
    best = text_of(html[html.index('id="best"') : html.index('id="method"')])
    assert re.search(r"Instagram 55 interaksi ig besar .* 5 interaksi ig kecil .* X 7 interaksi x satu", best)
    assert "tanpa angka" not in best


def test_the_data_notice_adds_up(make_workspace, tmp_path, post):
    text = text_of(page(write_reports(make_workspace([post("1"), post("2")]), tmp_path / "out")))
    assert "5 baris dibaca = 2 unggahan + 2 duplikat + 1 baris ditolak" in text


def test_audience_comes_from_the_newest_post_or_else_from_the_register(make_workspace, tmp_path, post):
    register = pl.DataFrame(
        {
            "agency": ["kemenkes", "kemenkes", "perpusnas"],
            "name": ["Kementerian Kesehatan", "Kementerian Kesehatan", "Perpustakaan Nasional"],
            "cluster": ["Kementerian", "Kementerian", "Lembaga"],
            "platform": ["instagram", "x", "x"],
            "account": ["kemenkes_ri", "kemenkesri", "perpusnas1"],
            "followers": [1, 777_000, 5],
            "followers_at": [date(2025, 1, 1)] * 3,
        }
    )
    posts = [
        post("1", followers=100, followers_kind="at_posting"),
        post("2", followers=250, followers_kind="at_posting", published_at=datetime(2025, 4, 1, tzinfo=UTC)),
    ]
    result = write_reports(make_workspace(posts, register=register), tmp_path / "out")
    text = text_of(page(result))
    assert "Kementerian Kesehatan" in text
    assert "250 dibaca 1 Apr 2025" in text
    assert "777.000 daftar instansi, 1 Jan 2025" in text
    assert "tanpa unggahan dalam data ini: Perpustakaan Nasional" in text_of(result.index.read_text(encoding="utf-8"))


def test_topics_stand_beside_the_mean_of_all_agencies(make_workspace, tmp_path, post, keyword, topic):
    posts = [post("1"), post("2", agency="pupr", account="pupr")]
    workspace = make_workspace(
        posts,
        [keyword("vaksin", "1"), keyword("jalan", "2", group="pupr")],
        topics=[topic(0, "vaksin, dokter"), topic(1, "jalan, tol")],
        post_topics=[("instagram", "1", 0, 1.0), ("instagram", "2", 1, 0.9), ("instagram", "2", 0, 0.1)],
        topic_groups=[("agency", "kemenkes", 0, 1.0, 1), ("agency", "pupr", 0, 0.1, 0), ("agency", "pupr", 1, 0.9, 1)],
    )
    result = write_reports(workspace, tmp_path / "out")
    assert "100,0% unggahan; semua instansi 55,0%" in text_of(page(result))
    table = pl.read_csv(result.reports[0].parent / "topics.csv")
    assert table.select("label", "share", "mean_share_of_agencies").rows() == [
        ("vaksin, dokter", 1.0, 0.55),
        ("jalan, tol", 0.0, 0.45),
    ]


def test_without_topics_the_report_says_how_to_get_them(make_workspace, tmp_path, post):
    written = page(write_reports(make_workspace([post("1")]), tmp_path / "out"))
    assert "Tidak ada topik" in written
    assert "(textmine topics)" in written


def test_without_keywords_it_says_which_stage_is_missing(tmp_path, make_workspace, post):
    workspace = make_workspace([post("1")])
    (workspace.path / "manifests" / "keywords.json").unlink()
    with pytest.raises(WorkspaceError, match="textmine keywords"):
        write_reports(workspace, tmp_path / "out")


def test_keywords_of_other_groupings_only_do_not_make_a_report(tmp_path, make_workspace, post, keyword):
    workspace = make_workspace([post("1")], [keyword("vaksin", "1", by="platform")])
    with pytest.raises(WorkspaceError, match="keywords --by agency"):
        write_reports(workspace, tmp_path / "out")


def test_an_unknown_agency_is_named_with_what_looks_like_it(make_workspace, tmp_path, post):
    with pytest.raises(AgencyError, match="did you mean kemenkes"):
        write_reports(make_workspace([post("1")]), tmp_path / "out", agencies=["kemenkse"])


def test_only_the_asked_agencies_are_written(make_workspace, tmp_path, post, keyword):
    posts = [post("1"), post("2", agency="pupr")]
    words = [keyword("vaksin", "1"), keyword("jalan", "2", group="pupr")]
    seen = []
    result = write_reports(
        make_workspace(posts, words),
        tmp_path / "out",
        agencies=["pupr"],
        formats=["csv"],
        progress=lambda done, total: seen.append((done, total)),
    )
    assert [p.name for p in result.reports] == ["pupr"]
    assert seen == [(1, 1)]
    assert sorted(p.name for p in (tmp_path / "out").rglob("*") if p.is_file()) == [
        "agencies.csv",
        "hashtags.csv",
        "keywords.csv",
        "topics.csv",
    ]


@pytest.mark.parametrize("formats", [[], ["pdf"]])
def test_a_format_that_does_not_exist_is_refused(make_workspace, tmp_path, formats, post):
    with pytest.raises(ValueError, match="html, xlsx, csv"):
        write_reports(make_workspace([post("1")]), tmp_path / "out", formats=formats)


def test_a_file_in_the_way_is_told_in_one_line(make_workspace, tmp_path, post):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(WorkspaceError, match="choose another path"):
        write_reports(make_workspace([post("1")]), tmp_path / "out")


def test_the_same_workspace_gives_the_same_bytes(make_workspace, tmp_path, post, keyword):
    posts = [post(str(i), likes=i % 3, agency=f"agency {i % 4}") for i in range(40)]
    words = [keyword(f"kata{r}", str(g), group=f"agency {g}", rank=r) for g in range(4) for r in range(1, 20)]
    workspace = make_workspace(posts, words, simulated=True)
    written = []
    for name in ("first", "second"):
        write_reports(workspace, tmp_path / name)
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        written.append({p.relative_to(tmp_path / name).as_posix(): p.read_bytes() for p in files})
    assert written[0] == written[1]
    assert len(written[0]) == 4 * 6 + 2  # with extremes.csv


def test_several_processes_give_the_same_bytes_in_the_same_order(make_workspace, tmp_path, post, keyword, monkeypatch):
    names = [f"instansi{number}" for number in range(5)]
    posts = [post(str(number), agency=name, account=name) for number, name in enumerate(names)]
    workspace = make_workspace(posts, [keyword("vaksin", "0", group=name) for name in names])
    alone, together = (write_reports(workspace, tmp_path / "alone"), tmp_path / "together")
    monkeypatch.setattr(agency_files, "_AGENCIES_A_PROCESS", 1)
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)
    seen = []
    result = write_reports(workspace, together, progress=lambda done, n: seen.append((done, n)))
    assert hash_path(together) == hash_path(alone.index.parent)
    assert [path.stem for path in result.reports] == [path.stem for path in alone.reports]
    assert seen == [(done, 5) for done in range(1, 6)]


def test_simulated_data_are_called_so_in_every_file(make_workspace, tmp_path, post):
    workspace = make_workspace([post("1", likes=1)], simulated=True)
    write_reports(workspace, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
                strings = archive.read("xl/sharedStrings.xml").decode()
                first = re.search(r"<si><t[^>]*>([^<]*)", strings).group(1)
                heads = [re.search(r'<c r="A1"[^>]*><v>(\d+)', archive.read(s).decode()).group(1) for s in sheets]
            assert first == "DATA SIMULASI" and heads == ["0"] * 8
        elif path.suffix == ".csv":
            rows = pl.read_csv(path, infer_schema=False)
            assert rows.columns[0] == "notice"
            assert set(rows["notice"]) <= {"DATA SIMULASI"}
        else:
            html = path.read_text(encoding="utf-8")
            assert "· DATA SIMULASI</title>" in html
            assert '<aside class="simulated" aria-label="DATA SIMULASI"><strong>DATA SIMULASI</strong>' in html


def test_real_data_are_not_called_simulated(make_workspace, tmp_path, post):
    write_reports(make_workspace([post("1")]), tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.[ch]*"):
        if path.is_file():
            assert "SIMULA" not in path.read_text(encoding="utf-8")


class _Outline(HTMLParser):
    """Collects what a page loads, its headings, its ids and the ids that it points to."""

    def __init__(self):
        super().__init__()
        self.loads, self.headings, self.ids, self.targets, self.inline = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in {"img", "script", "iframe", "link", "source", "video", "use"}:
            self.loads += [values[a] for a in ("src", "href", "srcset") if values.get(a)]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in values:
            self.ids.append(values["id"])
        for name in ("aria-labelledby", "for"):
            self.targets += values.get(name, "").split()
        self.targets += [values["href"][1:]] if values.get("href", "").startswith("#") else []
        self.inline += [name for name in values if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_pages_load_nothing_and_are_well_outlined(make_workspace, tmp_path, lang, post, keyword, topic):
    posts = [post("1", likes=3), post("2", platform="x", published_at=datetime(2025, 5, 1, tzinfo=UTC))]
    workspace = make_workspace(
        posts,
        [keyword("vaksin", "1"), keyword("#Sehat", "1", kind="hashtag")],
        topics=[topic(0, "vaksin, dokter")],
        post_topics=[("instagram", "1", 0, 1.0)],
        topic_groups=[("agency", "kemenkes", 0, 1.0, 1)],
        simulated=True,
    )
    result = write_reports(workspace, tmp_path / "out", lang=lang)
    for path in (result.index, *result.reports):
        html = path.read_text(encoding="utf-8")
        outline = _Outline()
        outline.feed(html)
        assert outline.loads == ["data:,"]
        assert "url(" not in html and "@import" not in html
        assert outline.inline == []  # the policy allows no inline style or handler
        assert outline.headings.count(1) == 1
        assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
        assert len(outline.ids) == len(set(outline.ids))
        assert set(outline.targets) <= set(outline.ids)


def test_the_content_security_policy_names_exactly_the_inline_style_and_script(make_workspace, tmp_path, post):
    import base64
    import hashlib

    index = write_reports(make_workspace([post("1")]), tmp_path / "out").index.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', index).group(1)
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", index, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_a_workspace_of_nobody_is_refused(tmp_path):
    with pytest.raises(WorkspaceError):
        write_reports(Workspace(tmp_path / "nowhere"), tmp_path / "out")


def test_fewer_than_three_weeks_are_a_sentence_and_not_a_chart(make_workspace, tmp_path, post):
    html = page(write_reports(make_workspace([post("1"), post("2")]), tmp_path / "out"))
    assert 'class="columns"' not in html
    assert "Terbanyak dalam satu minggu: 2, mulai 3 Maret 2025." in html


def test_each_platform_has_its_small_chart_on_one_scale(make_workspace, tmp_path, post):
    weeks = [datetime(2025, 3, 3 + 7 * week, tzinfo=UTC) for week in range(4)]
    posts = [post(f"{p}{i}", platform=p, published_at=w) for p in ("x", "youtube") for i, w in enumerate(weeks)]
    posts += [post("more", platform="x", published_at=weeks[0])]
    html = page(write_reports(make_workspace(posts), tmp_path / "out"))
    assert html.count('<svg class="columns"') == 3
    small = html[html.index("Menurut platform") :]
    assert "v-70h8" in small and "v-35h8" in small  # two posts and one, the highest of both platforms is two


def test_a_single_institution_is_compared_with_nobody(make_workspace, tmp_path, post, topic):
    workspace = make_workspace(
        [post("1", likes=2)],
        topics=[topic(0, "vaksin, dokter")],
        post_topics=[("instagram", "1", 0, 1.0)],
        topic_groups=[("agency", "kemenkes", 0, 1.0, 1)],
    )
    html = page(write_reports(workspace, tmp_path / "out"))
    assert "Paling sering:" in html and "Yang paling khas:" not in html
    assert 'class="compared"' not in html


def test_interactions_name_the_figures_that_they_are_made_of(make_workspace, tmp_path, post):
    text = text_of(page(write_reports(make_workspace([post("1", likes=2, comments=1), post("2")]), tmp_path / "out")))
    assert "suka + komentar; dilaporkan oleh 1 dari 2 unggahan" in text


def test_a_post_whose_likes_are_hidden_has_no_interactions_instead_of_few(make_workspace, tmp_path, post):
    posts = [post(str(n), likes=100, comments=2) for n in range(2)]
    posts.append(post("hidden", likes=None, comments=1, hidden=["likes"]))
    text = text_of(page(write_reports(make_workspace(posts), tmp_path / "out")))
    assert "dilaporkan oleh 2 dari 3 unggahan" in text
    assert "separuh dari 2 unggahan yang melaporkan" in text


def test_words_of_the_own_name_are_named_apart_and_stay_in_the_tables(make_workspace, tmp_path, post, keyword):
    columns = {"agency": "kemenkes", "name": "Kementerian Kesehatan", "platform": "instagram", "account": "kemenkes_ri"}
    register = AgencySchema.cast(
        pl.DataFrame([columns | dict.fromkeys(set(AgencySchema.column_names()) - set(columns))]).select(
            AgencySchema.column_names()
        )
    )
    workspace = make_workspace(
        [post("1"), post("2", agency="bnpb", account="bnpb")],
        [
            keyword("kesehatan", "1", rank=1, class_tfidf=0.8),
            keyword("imunisasi", "1", rank=2, class_tfidf=0.2),
            keyword("gempa", "2", group="bnpb"),
        ],
        register=register,
    )
    result = write_reports(workspace, tmp_path / "out")
    (report,) = (path for path in result.reports if "kesehatan" in path.name or "kemenkes" in path.name)
    text = text_of(report.read_text(encoding="utf-8"))
    assert re.search(r"Yang paling khas: imunisasi ?\.", text)
    assert "Kata dari nama instansi sendiri tidak ditampilkan di sini, tetapi ada dalam tabel: kesehatan." in text
    table = (report.parent / "keywords.csv").read_text(encoding="utf-8-sig")
    assert "kesehatan" in table and "imunisasi" in table
