"""The report's section on sentiment: corrected shares, and the agency's voice apart from the public's."""

import re
from html import unescape

import polars as pl
import pytest

from textmine.report import write_reports
from textmine.sentiment.stage import comments_stage, sentiment_stage

GOOD, BAD = "Pelayanannya ramah, terima kasih", "Kamar kotor dan bau, kecewa sekali"


def text_of(path):
    html = re.sub(r"<(style|script).*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def workspace(make_workspace, post):
    captions = [GOOD] * 8 + [BAD] * 3 + [""]
    return make_workspace([post(str(i), caption=caption) for i, caption in enumerate(captions)])


def test_without_sentiment_a_report_says_nothing_of_it(workspace, tmp_path):
    result = write_reports(workspace, tmp_path / "out")
    assert "Sentimen" not in text_of(result.reports[0])
    assert not (result.reports[0].parent / "sentiment.csv").exists()


def test_captions_are_what_the_agency_says(workspace, tmp_path):
    sentiment_stage(workspace)
    shown = text_of(write_reports(workspace, tmp_path / "out").reports[0])
    assert "Keterangan lembaga (takarir)" in shown and "Komentar publik Porsi" not in shown
    assert "11 unggahan; 1 tanpa teks tidak dihitung." in shown
    english = text_of(write_reports(workspace, tmp_path / "en", lang="en").reports[0])
    assert "What the institution says (captions)" in english and "90% interval" in english
    table = pl.read_csv(tmp_path / "out" / "kemenkes" / "sentiment.csv")
    counted = dict(table.select("label", "share_as_counted").rows())
    assert counted == pytest.approx({"negative": 3 / 11, "neutral": 0, "positive": 8 / 11}, abs=1e-5)
    assert table["voice"].unique().to_list() == ["agency"]
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


def test_comments_stand_in_a_table_of_their_own(workspace, tmp_path):
    sentiment_stage(workspace)
    (tmp_path / "komentar.csv").write_text(
        "comment_id,post_id,platform,comment\n" + "".join(f"{i},{i},instagram,kotor dan bau\n" for i in range(5))
    )
    comments_stage(workspace, [tmp_path / "komentar.csv"])
    platforms = {"instagram", "facebook", "x", "youtube"}
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert set(posts["platform"]) <= platforms
    result = write_reports(workspace, tmp_path / "out")
    table = pl.read_csv(tmp_path / "out" / "kemenkes" / "sentiment.csv")
    of_public = table.filter(pl.col("voice") == "public")
    assert of_public["texts"].to_list() == [5, 5, 5]
    assert table.filter(pl.col("voice") == "agency")["texts"].to_list() == [11, 11, 11]
    shown = text_of(result.reports[0])
    assert "Komentar publik" in shown and "5 komentar; 0 tanpa teks tidak dihitung." in shown


def test_every_message_of_the_section_is_translated():
    from importlib.resources import files

    from textmine.report.messages import translations

    template = (files("textmine.report") / "templates" / "sentiment.html.j2").read_text(encoding="utf-8")
    indonesian = translations("id")
    for message in re.findall(r'_\("([^"]+)"\)', template):
        assert indonesian.gettext(message) != message, message
    for one, many in re.findall(r'ngettext\("([^"]+)", "([^"]+)"', template):
        assert indonesian.ngettext(one, many, 2) not in (one, many), one
