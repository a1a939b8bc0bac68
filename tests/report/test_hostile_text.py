import re

import polars as pl
import pytest

from textmine.report import write_reports

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://evil.example","klik")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    " \t=1+1",
    "＝1+1",
    "{{ 7*7 }}{% raw %}",
    "akta\u202egpj.exe",
    "\u2066isolat\u2069",
    "\x1b[31mmerah\x1b[0m \x1b]0;judul\x07 \x00\x08bel",
    "]]></style><style>*{display:none}",
]
TROUBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def written(make_workspace, tmp_path, post, keyword, topic):
    """Reports in which every text is hostile."""
    everything = " ".join(HOSTILE)
    posts = [post(str(i), caption=text, likes=i + 1, account=f"akun{i}") for i, text in enumerate(HOSTILE)]
    words = [keyword(text, str(i), rank=i + 1) for i, text in enumerate(HOSTILE)]
    tags = [keyword("#" + text, str(i), rank=i + 1, kind="hashtag") for i, text in enumerate(HOSTILE)]
    register = pl.DataFrame(
        {
            "agency": ["kemenkes"],
            "name": [everything],
            "cluster": [everything],
            "platform": ["x"],
            "account": ["=1+1<b>"],
            "followers": [1],
            "followers_at": [None],
        },
        schema_overrides={"followers_at": pl.Date},
    )
    workspace = make_workspace(
        posts,
        words + tags,
        topics=[topic(0, everything, words=HOSTILE, hashtags=HOSTILE)],
        post_topics=[("instagram", "0", 0, 1.0)],
        topic_groups=[("agency", "kemenkes", 0, 1.0, 1)],
        register=register,
    )
    return write_reports(workspace, tmp_path / "out")


def test_markup_in_posts_names_and_keywords_stays_text(written):
    for path in (written.index, *written.reports):
        html = path.read_text(encoding="utf-8")
        scripts = re.findall(r"<script\b[^>]*>", html)
        assert scripts == (["<script>"] if path == written.index else [])
        assert "<img" not in html
        assert html.count("<style>") == 1
        assert "{{ 7*7 }}" in html and ">49" not in html


def test_control_characters_and_bidirectional_overrides_reach_no_page_and_no_table(written):
    for path in written.index.parent.rglob("*.*"):
        if path.suffix in {".html", ".csv"}:
            text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            assert not TROUBLE.findall(text), path
            assert "[31m" not in text


def test_no_cell_of_a_csv_file_begins_like_a_formula(written):
    for path in written.index.parent.rglob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        table = pl.read_csv(path, infer_schema=False)
        for column in table.select(pl.exclude("npmi")).iter_columns():
            for cell in column.drop_nulls():
                assert not re.match(r"[\s'\"]*[=+\-@\t\r＝＋－＠]", cell) or cell.startswith("'"), (path.name, cell)
    words = pl.read_csv(written.reports[0].parent / "keywords.csv", infer_schema=False)["term"]
    assert '\'=HYPERLINK("http://evil.example","klik")' in words.to_list()
    assert "'@SUM(1+1)*cmd|' /C calc'!A0" in words.to_list()


def test_workbooks_hold_text_and_no_formula_or_link(written):
    import zipfile

    with zipfile.ZipFile(next(written.index.parent.rglob("*.xlsx"))) as book:
        sheets = {name: book.read(name).decode() for name in book.namelist() if "worksheets/" in name}
        strings = book.read("xl/sharedStrings.xml").decode()
    assert len([name for name in sheets if name.endswith(".xml")]) == 10
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets.values())
    assert "=HYPERLINK(" in strings
    assert not TROUBLE.findall(strings.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/x",
        "file:///etc/passwd",
        "https://instagram.com@evil.example/p/1",
        "https://instagram.com\\@evil.example",
        'https://x.com/"onmouseover="alert(1)',
        "https://x.com/\u202emoc",
        "http://",
    ],
)
def test_addresses_that_may_mislead_are_dropped(make_workspace, tmp_path, url, post):
    html = write_reports(make_workspace([post("1", likes=1, url=url)]), tmp_path / "out").reports[0].read_text()
    best = html[html.index('id="best"') : html.index('id="method"')]
    assert "<a " not in best


def test_plain_web_addresses_become_links_that_tell_nobody_where_they_were_clicked(make_workspace, tmp_path, post):
    url = "https://www.instagram.com/p/Abc_1/?hl=id&x=1"
    html = write_reports(make_workspace([post("1", likes=1, url=url)]), tmp_path / "out").reports[0].read_text()
    link = '<a href="https://www.instagram.com/p/Abc_1/?hl=id&amp;x=1" rel="noopener noreferrer nofollow">'
    assert link in html
