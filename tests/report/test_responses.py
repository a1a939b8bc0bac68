"""Best and weakest posts, advice and engagement in an agency's report."""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from textmine.report import write_reports

FIRST = datetime(2025, 1, 6, 5, tzinfo=UTC)


def text_of(path):
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def year(post, *, effect, n=200, **columns):
    """Posts over a year, a third of them short videos with ``effect`` times as many likes."""
    random = np.random.default_rng(1)
    likes = np.exp(random.normal(4, 0.5, n)) * np.where(np.arange(n) % 3 == 0, effect, 1.0)
    return [
        post(
            str(number),
            likes=round(float(likes[number])),
            comments=0,
            media_type="reel" if number % 3 == 0 else "image",
            published_at=FIRST + timedelta(days=number * 1.8),
            **columns,
        )
        for number in range(n)
    ]


def test_advice_says_how_many_times_with_its_interval_and_its_posts(make_workspace, tmp_path, post):
    result = write_reports(make_workspace(year(post, effect=3.0)), tmp_path / "id", formats=["html", "md"])
    said = re.search(
        r"Reels \(video pendek\) Anda ditanggapi ([\d,]+) kali sebanyak unggahan Anda yang lain "
        r"\(selang ([\d,]+)–([\d,]+), dari (\d+) unggahan\)",
        text_of(result.reports[0]),
    )
    times, low, high = (float(each.replace(",", ".")) for each in said.groups()[:3])
    assert 1 < low < 3 < high < 4.5 and low < times < high and said[4] == "67"
    assert said[0] in (tmp_path / "id" / "kemenkes" / "kemenkes.md").read_text(encoding="utf-8")


def test_where_nothing_stands_out_it_says_so_plainly(make_workspace, tmp_path, post):
    result = write_reports(make_workspace(year(post, effect=1.0)), tmp_path / "out", lang="en")
    text = text_of(result.reports[0])
    assert "Nothing stands out: no trait is so clearly answered more or less" in text
    assert "Who posts what when is no experiment" in text


def test_with_few_posts_there_is_no_advice_and_no_best_post(make_workspace, tmp_path, post):
    text = text_of(write_reports(make_workspace([post("1", likes=4)]), tmp_path / "out", lang="en").reports[0])
    assert "too few posts with known interactions to compare" in text
    assert "Answered more than usual" not in text


def test_the_best_post_stands_above_what_is_usual_for_its_medium(make_workspace, tmp_path, post):
    posts = year(post, effect=20.0, n=90)
    posts[1] |= {"likes": 900, "caption": "gambar yang melonjak"}
    posts[3] |= {"likes": 5, "caption": "video yang sepi"}
    html = write_reports(make_workspace(posts), tmp_path / "out", lang="en").reports[0].read_text(encoding="utf-8")
    best, weakest = html.split("Answered more than usual")[1].split("Answered less than usual")
    assert best.index("gambar yang melonjak") < best.index("</li>")
    assert "what is usual for posts with an image on Instagram in that week" in best
    assert weakest.index("video yang sepi") < weakest.index("</li>")


def test_typical_engagement_has_an_interval_and_says_how_many_posts_it_is_made_of(make_workspace, tmp_path, post):
    posts = [*year(post, effect=1.0, n=60), *(post(f"hidden{n}", hidden=["likes"], comments=1) for n in range(20))]
    result = write_reports(make_workspace(posts), tmp_path / "out", lang="en")
    row = re.search(r"Instagram ([\d.]+) ([\d.]+)–([\d.]+) 60 of 80 75%", text_of(result.reports[0]))
    typical, low, high = (float(each) for each in row.groups())
    likes = np.array([each["likes"] for each in posts if "likes" in each])
    assert abs(typical - np.expm1(np.log1p(likes).mean())) < 0.1 and low < typical < high


def test_registered_agencies_have_rates_and_a_score_at_equal_audience(make_workspace, tmp_path, post, keyword):
    names = ["kemenkes", "kemenkeu", "pupr"]
    posts = []
    for place, name in enumerate(names):
        own = year(post, effect=1.0, n=60, agency=name, account=name, followers=1_000 * 10**place,
                   followers_kind="at_posting")  # fmt: skip
        posts += [{**each, "post_id": f"{name}{each['post_id']}"} for each in own]
    register = pl.DataFrame(
        {
            "agency": names, "name": names, "cluster": "Kementerian", "platform": "instagram", "account": names,
            "followers": 1_000, "followers_at": None,
        },
        schema_overrides={"followers_at": pl.Date},
    )  # fmt: skip
    words = [keyword("vaksin", f"{name}1", group=name) for name in names]
    result = write_reports(make_workspace(posts, words, register=register), tmp_path / "out", lang="en")
    text = text_of(result.reports[0])
    assert re.search(r"place \d of 3, between \d and \d\.", text)
    assert re.search(r"Rival IQ of followers [\d.]+% place \d; 60 of 60 posts", text)


def test_the_same_posts_give_the_same_report_in_any_order(make_workspace, tmp_path, post):
    posts = year(post, effect=1.5, n=120)
    written = []
    for name, rows in (("one", posts), ("two", posts[::-1])):
        write_reports(make_workspace(rows), tmp_path / name, formats=["html", "md"])
        written.append({p.name: p.read_bytes() for p in (tmp_path / name).rglob("*.*")})
    assert written[0] == written[1]


def test_the_workbook_and_the_tables_hold_what_the_page_says(make_workspace, tmp_path, post):
    folder = tmp_path / "out" / "kemenkes"
    write_reports(make_workspace(year(post, effect=3.0)), tmp_path / "out", lang="en", formats=["xlsx", "csv"])
    advice = pl.read_excel(folder / "kemenkes.xlsx", sheet_name="Advice")
    table = pl.read_csv(folder / "comparisons.csv")
    assert advice["Posts compared"].to_list() == table["posts_compared"].to_list()
    assert advice["Times"].to_list() == pytest.approx(table["times"].to_list(), rel=1e-12)
    reels = table.filter(pl.col("posts_compared") == "reels (short videos)").row(0, named=True)
    assert reels["stands_out"] and reels["posts"] == 67 and 1 < reels["low"] < 3 < reels["high"]
    extremes = pl.read_csv(folder / "extremes.csv")
    assert extremes["side"].to_list() == ["best"] * 5 + ["weakest"] * 5
    best = extremes.filter(pl.col("side") == "best")["times"]
    assert best.is_sorted(descending=True) and best.min() > 1
