"""Hashtags: segmentation takes nothing away, follows the capitals, and is right often enough."""

import csv
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.language.hashtags import hashtag_identity
from textmine.language.segmentation import HashtagSegmenter

GOLD = Path(__file__).with_name("hashtags_gold.tsv")


@cache
def segmenter(*languages):
    return HashtagSegmenter(languages or ("id", "en"))


def gold(half):
    with GOLD.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["hashtag"], row["words"]) for row in rows if row["half"] == half]


def body(hashtag):
    """Letters, digits and marks of a hashtag, with case and compatibility forms folded."""
    lower = unicodedata.normalize("NFKC", hashtag).lower()
    return "".join(sign for sign in lower if sign.isalnum() or unicodedata.category(sign)[0] == "M")


WORDS = (
    "bangga buatan indonesia vaksin untuk kita di rumah aja hut ri pon xx bekasi jawa barat gak yg "
    "mempertanggungjawabkan covid19 g20 2021 75 masa2 happy new year kemenkes éco İstanbul ß"
).split()
WRITTEN = st.builds(
    lambda words, writes, joint: "#" + joint.join(write(word) for word, write in zip(words, writes, strict=False)),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.lists(st.sampled_from((str.lower, str.capitalize, str.upper, str.swapcase)), min_size=6, max_size=6),
    st.sampled_from(("", "", "", "_")),
)
HASHTAG = st.one_of(WRITTEN, st.text(max_size=30), st.from_regex(r"#[A-Za-z0-9_]{1,25}", fullmatch=True))


@settings(deadline=None, max_examples=300)
@given(HASHTAG)
def test_the_words_join_to_the_body_of_the_hashtag(hashtag):
    words = segmenter().segment(hashtag)
    assert "".join(words) == body(hashtag)
    assert all(words)


@settings(deadline=None, max_examples=150)
@given(HASHTAG, st.integers(1, 6))
def test_alternatives_are_sorted_and_the_first_is_the_segmentation(hashtag, n):
    readings = segmenter().alternatives(hashtag, n=n)
    scores = [reading.score for reading in readings]
    assert len(readings) <= n and scores == sorted(scores, reverse=True)
    assert len({reading.words for reading in readings}) == len(readings)
    assert all("".join(reading.words) == body(hashtag) for reading in readings)
    assert [list(reading.words) for reading in readings[:1]] == [
        words for words in [segmenter().segment(hashtag)] if words
    ]


@settings(deadline=None, max_examples=100)
@given(st.lists(HASHTAG, max_size=5))
def test_types_are_segmented_each_for_itself(hashtags):
    assert segmenter().segment_types(hashtags) == [segmenter().segment(hashtag) for hashtag in hashtags]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([word for word in WORDS if word.isascii() and word.isalpha()]), min_size=2, max_size=4))
def test_small_letters_before_a_capital_end_a_word(words):
    hashtag = "#" + "".join(word.capitalize() for word in words)
    found = segmenter().segment(hashtag)
    ends = {sum(map(len, found[:i])) for i in range(len(found) + 1)}
    shown = {sum(map(len, words[:i])) for i in range(len(words) + 1)}
    assert shown <= ends, f"{hashtag} became {found}"


@pytest.mark.parametrize(
    ("hashtag", "words"),
    [
        ("#BanggaBuatanIndonesia", "bangga buatan indonesia"),
        ("#HUTRI75", "hut ri 75"),
        ("#PONXX", "pon xx"),
        ("#ponxx", "pon xx"),
        ("#dirumahaja", "di rumah aja"),
        ("#DiRumahAja", "di rumah aja"),
        ("#vaksinuntukkita", "vaksin untuk kita"),
        ("#BPBDKabBekasi", "bpbd kab bekasi"),
        ("#covid19", "covid19"),
        ("#Merdeka_Belajar", "merdeka belajar"),
        ("#g20indonesia", "g20 indonesia"),
        ("#happynewyear2021", "happy new year 2021"),
        ("#", ""),
        ("###", ""),
    ],
)
def test_hashtags_as_agencies_write_them(hashtag, words):
    assert " ".join(segmenter().segment(hashtag)) == words


def test_more_readings_are_there_on_demand():
    readings = segmenter().alternatives("#dirumahaja", n=4)
    assert len(readings) == 4 and readings[0].words == ("di", "rumah", "aja")
    assert all(a.score >= b.score for a, b in pairwise(readings))
    with pytest.raises(ValueError, match="at least one"):
        segmenter().alternatives("#a", n=0)


def test_a_hashtag_longer_than_any_platform_allows_is_parted_by_its_signs_alone():
    long = "vaksinuntukkita" * 100
    assert segmenter().segment(f"#{long}_{long}") == [long, long]
    (reading,) = segmenter().alternatives(f"#{long}_{long}")
    assert reading.words == (long, long) and reading.score < -1000


@pytest.mark.parametrize("tag", ["BanggaBuatanIndonesia", "vaksinuntukkita", "HUTRI75"])
def test_identity_does_not_hang_on_segmentation(tag):
    spellings = pl.DataFrame({"tag": [tag, tag.lower(), tag.upper(), "#" + tag]})
    identities = spellings.select(hashtag_identity(pl.col("tag")))["tag"].unique().to_list()
    assert identities == ["#" + tag.lower()]
    words = {tuple(segmenter().segment(spelling)) for spelling in spellings["tag"]}
    assert {"".join(found) for found in words} == {tag.lower()}


@pytest.mark.parametrize(("half", "least"), [("dev", 0.95), ("held_out", 0.91)])
def test_hashtags_of_agencies_are_split_as_by_hand(half, least):
    pairs = gold(half)
    assert len(pairs) >= 400
    right = sum(" ".join(segmenter().segment(hashtag)) == words for hashtag, words in pairs)
    assert right / len(pairs) >= least
