import subprocess
import sys

import polars as pl
import pytest

import textmine.polars  # noqa: F401 - registers the namespace
from textmine.language.identify import LANGUAGE, identify

CAPTIONS = [
    "Melayani warga Bekasi! #SobatBekasi 🎉 https://x.co/a",
    None,
    "",
    "Melayani warga café #1 👍🏽",
    "See you tomorrow at the museum",
]


@pytest.fixture
def posts():
    return pl.DataFrame({"caption": CAPTIONS})


def test_words_stems_hashtags_and_emoji_are_lists_a_post(posts):
    caption = pl.col("caption").textmine
    found = posts.select(
        tokens=caption.tokens(), stems=caption.stems(), hashtags=caption.hashtags(), emoji=caption.emoji()
    )
    assert found.schema == dict.fromkeys(["tokens", "stems", "hashtags", "emoji"], pl.List(pl.String))
    assert found.row(0) == (["melayani", "warga", "bekasi"], ["layan", "warga", "bekasi"], ["SobatBekasi"], ["🎉"])
    assert found.row(1) == (None, None, None, None)
    assert found.row(2) == ([], [], [], [])
    assert found.row(3) == (["melayani", "warga", "café"], ["layan", "warga", "café"], [], ["👍🏽"])


def test_without_protection_stems_are_sastrawis_own(posts):
    stems = posts.select(pl.col("caption").textmine.stems(protect="none")).to_series()
    assert stems[0].to_list() == ["layan", "warga", "bekas"]


def test_common_roots_are_tried_first_when_asked():
    posts = pl.DataFrame({"caption": ["Gerakan literasi"]})
    caption = pl.col("caption").textmine
    assert posts.select(caption.stems()).item().to_list() == ["gera", "literasi"]
    assert posts.select(caption.stems(common_roots=True)).item().to_list() == ["gerak", "literasi"]


def test_clean_text_has_no_links_and_no_hashtags(posts):
    text = posts.select(pl.col("caption").textmine.clean()).to_series()
    assert text[0].split() == ["Melayani", "warga", "Bekasi!", "🎉"]


def test_language_is_a_filter_and_identify_a_struct(posts):
    caption = pl.col("caption").textmine
    assert posts.filter(caption.language() == "en")["caption"].to_list() == [CAPTIONS[4]]
    found = posts.select(caption.identify()).unnest("caption")
    assert found.schema == {"language": LANGUAGE, "language_probability": pl.Float64}
    assert found.equals(identify(posts["caption"]))


def test_streamed_and_lazy_frames_give_the_same(posts):
    caption = pl.col("caption").textmine
    many = pl.concat([posts] * 2000)
    chosen = [caption.stems().alias("stems"), caption.language().alias("language")]
    assert many.lazy().select(chosen).collect(engine="streaming").equals(many.select(chosen))


def test_a_fresh_process_has_the_namespace_after_one_import():
    program = (
        "import textmine.polars, polars as pl\n"
        "print(pl.select(pl.lit('Anak2 Bekasi').textmine.stems()).item().to_list())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['anak2', 'bekasi']"
