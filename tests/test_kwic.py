from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import InputError
from textmine.kwic import CONCORDANCE_SCHEMA, concordance
from textmine.platforms import PLATFORMS


def posts(*captions, hashtags=None, kinds=None, agency=None, platform="x"):
    n = len(captions)
    return pl.DataFrame(
        {
            "platform": [platform] * n,
            "post_id": [str(i) for i in range(n)],
            "account": [f"akun{i}" for i in range(n)],
            "agency": agency or [None] * n,
            "published_at": [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=20 * i) for i in range(n)],
            "caption": list(captions),
            "hashtags": hashtags or [[]] * n,
            "post_kind": kinds or ["original"] * n,
            "url": [None] * n,
        },
        schema_overrides={
            "platform": pl.Enum(PLATFORMS),
            "agency": pl.String,
            "url": pl.String,
            "hashtags": pl.List(pl.String),
        },
    )


def places(found):
    return list(zip(*(found.lines[name].to_list() for name in ("left", "match", "right")), strict=True))


def test_a_word_is_found_as_it_is_written_in_any_case_and_nowhere_inside_another():
    found = concordance(
        posts("Ayo Vaksin hari ini", "vaksinasi massal", "VAKSIN, vaksin!", "#vaksin @vaksin"), "vaksin"
    )
    assert places(found) == [("Ayo ", "Vaksin", " hari ini"), ("", "VAKSIN", ", vaksin!"), ("VAKSIN, ", "vaksin", "!")]
    assert found.n_posts == 2
    assert found.lines.schema == CONCORDANCE_SCHEMA


def test_several_words_may_be_broken_over_lines_and_signs_mean_themselves():
    found = concordance(posts("di rumah\n  sakit kota", "rumahsakit"), "rumah sakit")
    assert places(found) == [("di ", "rumah sakit", " kota")]
    assert places(concordance(posts("harga Rp1.5 (naik)", "Rp105"), "Rp1.5")) == [("harga ", "Rp1.5", " (naik)")]
    assert concordance(posts("a+b", "aab"), "a+b").n_posts == 1


def test_bold_letters_are_found_as_the_plain_ones():
    assert places(concordance(posts("info 𝗩𝗮𝗸𝘀𝗶𝗻 baru"), "vaksin")) == [("info ", "Vaksin", " baru")]


def test_a_stem_finds_all_its_forms_the_longest_first():
    captions = ("Pelayanan publik", "kami melayani anda", "layanan2", "laying-layang", "anak-anak bermain")
    found = concordance(posts(*captions), "layanan", match="stem")
    assert [place[1] for place in places(found)] == ["Pelayanan", "melayani", "layanan2"]
    assert found.forms == ("layanan2", "melayani", "pelayanan")
    assert [place[1] for place in places(concordance(posts(*captions), "anak", match="stem"))] == ["anak-anak"]
    with pytest.raises(InputError, match="no stem here"):
        concordance(posts(*captions), "yang", match="stem")
    nothing = concordance(posts(*captions), "gempa", match="stem")
    assert (nothing.n_posts, nothing.lines.height) == (0, 0)


def test_hashtags_are_found_by_their_identity_also_where_only_the_list_holds_them():
    frame = posts(
        "Ayo #Vaksin sekarang", "#vaksinasi", "tanpa tagar di teks", hashtags=[["Vaksin"], ["vaksinasi"], ["VAKSIN"]]
    )
    found = concordance(frame, "#vaksin")
    assert places(found) == [("Ayo ", "#Vaksin", " sekarang"), ("tanpa tagar di teks ", "#vaksin", "")]
    assert places(concordance(frame, "vaksin", match="hashtag")) == places(found)


def test_a_regular_expression_is_taken_as_it_is_and_a_broken_one_is_refused():
    found = concordance(posts("harga Rp 1.500 dan Rp2.000", "gratis"), r"rp ?[\d.]+", match="regex")
    assert [place[1] for place in places(found)] == ["Rp 1.500", "Rp2.000"]
    for broken in ("(", "(?<=x)y"):
        with pytest.raises(InputError, match="no regular expression"):
            concordance(posts("x"), broken, match="regex")
    with pytest.raises(InputError, match="no word"):
        concordance(posts("x"), "  ")


def test_context_is_cut_and_lies_on_one_line():
    found = concordance(posts("satu dua\n\ntiga VAKSIN empat   lima enam"), "vaksin", context=8)
    assert places(found) == [("ua tiga ", "VAKSIN", " empat l")]


def test_reposts_and_ads_are_left_out_and_filters_choose():
    frame = posts(*["vaksin"] * 5, kinds=["original", "repost", "ad", "quote", "reply"], agency=[*"abcda"])
    assert concordance(frame, "vaksin").lines["post_id"].to_list() == ["0", "3", "4"]
    assert concordance(frame, "vaksin", agency=["a"]).lines["post_id"].to_list() == ["0", "4"]
    assert concordance(frame, "vaksin", month=["2024-03"]).lines["post_id"].to_list() == ["3", "4"]
    assert concordance(frame, "vaksin", platform=["facebook"]).n_posts == 0


def test_a_draw_depends_on_the_seed_and_not_on_the_order_of_the_posts():
    frame = posts(*(f"vaksin nomor {i}" for i in range(40)))
    first = concordance(frame, "vaksin", limit=10, seed=1)
    assert (first.lines.height, first.n_posts) == (10, 40)
    assert concordance(frame.reverse().lazy(), "vaksin", limit=10, seed=1).lines.equals(first.lines)
    assert not concordance(frame, "vaksin", limit=10, seed=2).lines.equals(first.lines)
    assert first.lines["published_at"].is_sorted()


def test_equal_places_are_shown_once_when_asked_and_lines_sort_by_either_side():
    frame = posts("b vaksin y", "a vaksin z", "B vaksin Y", "c a vaksin x")
    assert len(concordance(frame, "vaksin", distinct=True).lines) == 3
    assert [p[2].strip() for p in places(concordance(frame, "vaksin", sort="right"))] == ["x", "y", "Y", "z"]
    assert [p[0].strip() for p in places(concordance(frame, "vaksin", sort="left"))] == ["a", "c a", "b", "B"]


@pytest.fixture
def workspace(tmp_path):
    rows = "\n".join(
        f'{i},kemen_{"ab"[i % 2]},2024-01-{1 + i:02d}T23:00:00Z,"{"teks " * i}\x1b[31m vaksin\u202e ke-{i} 日本",{i},https://x.com/k/status/{i}'
        for i in range(6)
    )
    (tmp_path / "posts.csv").write_text("id,username,created_at,text,likes,url\n" + rows + "\n")
    assert textmine_("ingest", tmp_path / "posts.csv", "-o", tmp_path / "ws").exit_code == 0
    return tmp_path / "ws"


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def test_the_word_stands_in_one_column_and_drives_no_terminal(workspace):
    shown = textmine_("kwic", "vaksin", workspace, "--format", "table", "--width", 70)
    lines = shown.stdout.splitlines()
    assert len(lines) == 6 and "6 lines; 6 posts hold it" in shown.stderr
    assert len({line.index("vaksin") for line in lines}) == 1
    assert not any(sign in shown.stdout for sign in ("\x1b", "\u202e"))
    assert all(len(line) <= 70 for line in lines)
    # 23:00 UTC is the next day in Jakarta
    assert lines[0].startswith("2024-01-02 kemen_a")


def test_every_format_of_the_command(workspace):
    as_csv = textmine_("kwic", "vaksin", workspace, "--limit", 3, "--agency", "kemen_a")
    assert as_csv.stdout.splitlines()[0] == ",".join(CONCORDANCE_SCHEMA)
    assert as_csv.stdout.count("kemen_a") == 3
    assert '"match":"vaksin"' in textmine_("kwic", "vaksin", workspace, "--format", "json").stdout
    stems = textmine_("kwic", "vaksin", workspace, "--stem")
    assert "forms: vaksin" in stems.stderr
    none = textmine_("kwic", "gempa", workspace, "--format", "table")
    assert (none.exit_code, none.stdout) == (0, "") and "0 posts hold it" in none.stderr
    broken = textmine_("kwic", "(", workspace, "--regex")
    assert broken.exit_code == 1 and "no regular expression" in broken.stderr
