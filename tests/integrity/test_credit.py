import datetime as dt

import polars as pl

from tests.integrity.seasons import START, frame
from textmine.duplicates import near_duplicates
from textmine.integrity import borrowed_posts

TEXT = "Pendaftaran vaksinasi massal dibuka mulai hari ini di seluruh puskesmas kota dengan syarat membawa kartu"


def hours(*numbers):
    return [START + dt.timedelta(hours=number) for number in numbers]


def found(table):
    rows = borrowed_posts(table.lazy(), near_duplicates(table).lazy()).rows()
    return {(row, reason): (round(score, 2), other) for row, reason, score, other, _ in rows}


def test_reposts_are_named():
    table = frame(post_id=["1", "2"], account=["a", "b"], caption=["satu", "dua"], post_kind=["original", "repost"])
    assert found(table) == {(1, "repost"): (1.0, None)}


def test_the_later_of_two_agencies_with_a_text_copied_it():
    table = frame(post_id=["1", "2"], account=["a", "b"], caption=[TEXT, TEXT], published_at=hours(9, 2))
    assert found(table) == {(0, "copy"): (1.0, "b")}


def test_an_agency_that_had_posted_the_text_first_may_repeat_it():
    table = frame(post_id=["1", "2", "3"], account=["a", "b", "a"], caption=[TEXT] * 3, published_at=hours(1, 5, 9))
    assert found(table) == {(1, "copy"): (1.0, "a")}


def test_words_of_many_agencies_are_a_campaign():
    table = frame(post_id=list("1234"), account=list("abcd"), caption=[TEXT] * 4, published_at=hours(1, 2, 3, 4))
    assert {score for score, _ in found(table).values()} == {0.3}


def test_a_post_collected_under_both_its_accounts_is_credited_to_one():
    table = frame(
        post_id=["1", "2"],
        account=["a", "b"],
        caption=["Bersama", "Bersama"],
        coauthors=[["b"], ["a"]],
        published_at=hours(1, 1),
    )
    assert found(table.with_columns(pl.col("hashtags"))) == {
        (0, "collaboration"): (0.3, "b"),
        (1, "collaboration"): (0.9, "a"),
    }


def test_a_coauthor_that_is_no_agency_of_the_season_is_nothing():
    assert not found(frame(post_id=["1"], account=["a"], caption=["Bersama"], coauthors=[["selebgram"]]))
