"""Sentences say what the figures say, in both languages, and admit what is not known."""

import string

import numpy as np
import polars as pl
import pytest

from textmine.ranking import load_awards, measures, read_awards, weight_shares
from textmine.ranking.changes import CHANGE_SCHEMA
from textmine.ranking.contest import contest
from textmine.ranking.explanation import PART_SCHEMA, explain
from textmine.ranking.nominate import nominate
from textmine.ranking.wording import Wording, _words

AGENCIES = pl.DataFrame(
    {
        "agency": ["a", "b", "c", "d", "e", "few", "other", "unknown"],
        "cluster": ["kota"] * 6 + ["provinsi", "kota"],
        "n_posts": [100, 90, 80, 70, 60, 4, 500, 50],
        "engagement_rate": [1.0, 2.5, 1.5, 0.5, 3.0, 9.0, 1.0, None],
    }
)
ADDED_UP = """
name = "kota"
title = "Kota"
[clusters.kota]
title = "Kota"
[[categories]]
id = "active"
title = { id = "Paling Aktif", en = "Most Active" }
measure = "n_posts"
eligibility = { min_posts = 10 }
[[categories]]
id = "best"
title = { id = "Terbaik", en = "Best" }
accumulates = "others"
"""
RULES = "nominees = { min = 3, max = 3 }\neligibility = { min_posts = 10 }"


def told(award_file, agency, language="en", measure="n_posts + 10 * engagement_rate", *, sd=None, table=AGENCIES):
    definition = award_file(RULES, measure)
    draws = None
    if sd is not None:
        noise = np.random.default_rng(0).normal(size=(2000, table.height))
        draws = {"n_posts": table["n_posts"].to_numpy() + sd * noise}
    here = contest(definition, definition.awards[0], table, draws=draws)
    return explain(here, nominate(here), agency, language=language)


def test_who_is_out_is_told_the_distance_the_reason_and_each_change_that_would_do(award_file):
    # Scores: b 115, a 110, c 95, e 90, d 75.
    found = told(award_file, "e")
    assert found.other == "c" and not found.nominee
    assert found.sentences == (
        "e is not a nominee for Most Active: Kota: rank 4 of 5, score 90.",
        "The last nominee, c, has a score of 95; the distance is 5.",
        "Compared with c, what lowers its score most is number of posts: 60 against 80 (weight 1), a difference of 20.",
        "Compared with c, what raises its score most is engagement rate: 3 against 1.5 (weight 10), "
        "a difference of 15.",
        "How uncertain its score is was not computed.",
        "With number of posts of at least 65 (now 60) and all else as it is, it would be a nominee.",
        "With engagement rate of at least 3.5 (now 3) and all else as it is, it would be a nominee.",
    )
    assert str(found) == " ".join(found.sentences)


def test_names_stand_where_an_agency_is_meant_and_nowhere_else(award_file):
    keys = dict(zip(AGENCIES["agency"], ("rank", "110", "95", "4", "score", "10", "of", "5"), strict=True))
    table = AGENCIES.with_columns(pl.col("agency").replace_strict(keys))
    names = {key: f"«{agency}»" for agency, key in keys.items()}
    definition = award_file(RULES, "n_posts + 10 * engagement_rate")
    noise = np.random.default_rng(0).normal(size=(2000, table.height))
    here = contest(definition, definition.awards[0], table, draws={"n_posts": table["n_posts"].to_numpy() + noise})
    for agency, key in keys.items():
        found = explain(here, nominate(here), key, language="en", names=names)
        assert str(found).replace("«", "").replace("»", "") == str(told(award_file, agency, sd=1))
        assert f"«{agency}»" in str(found)


def test_parts_are_told_with_their_points_and_whom_they_favour(award_file):
    parts = told(award_file, "e").parts
    assert parts.schema == PART_SCHEMA
    assert parts.rows() == [
        ("n_posts", 1.0, 60.0, 60.0, 80.0, 80.0, -20.0),
        ("engagement_rate", 10.0, 3.0, 30.0, 1.5, 15.0, 15.0),
    ]


def test_a_nominee_is_told_what_would_lose_it_the_nomination(award_file):
    found = told(award_file, "c", "id")
    assert found.nominee and found.other == "e"
    assert found.sentences[0] == "c masuk nominasi Paling Aktif: Kota: peringkat 3 dari 5, nilai 95."
    assert found.sentences[-2] == (
        "Dengan jumlah unggahan turun menjadi 74 (kini 80) dan yang lain tetap, nominasinya lepas."
    )


def test_eligibility_says_what_is_missing_and_what_would_be_otherwise(award_file):
    assert told(award_file, "few").sentences == (
        "few is not eligible for Most Active: Kota.",
        "It has 4 posts; at least 10 are required: 6 short.",
        "Even if it were eligible, its score would be 94 and its rank 4: not enough for a nomination.",
    )
    assert "6" in told(award_file, "few", "id").sentences[1]


def test_who_is_in_another_cluster_or_has_no_figures_is_told_so(award_file):
    outside = told(award_file, "other")
    assert outside.sentences == ("other does not compete for Most Active: Kota: it belongs to another cluster.",)
    assert outside.changes.schema == CHANGE_SCHEMA and outside.parts.is_empty()
    unknown = told(award_file, "unknown")
    assert "figures that it needs are not known (engagement rate)" in unknown.sentences[0]
    assert "With engagement rate of at least 4.5 (now not known)" in unknown.sentences[1]


@pytest.fixture
def best_account():
    """Six ministries in the twenty awards of 2025; the last has no videos."""
    columns = {
        f"{prefix}{name}": values
        for prefix in ("", "image_", "video_")
        for name, values in {
            "n_posts": [100.0 + 10 * each for each in range(6)],
            "engagement_rate": [1.6, 1.1, 1.5, 1.2, 1.4, 1.3],
            "quality": [0.5, 0.6, 0.7, 0.4, 0.3, 0.8],
            "consistency": [0.5] * 6,
            "engagement_coverage": [1.0] * 6,
        }.items()
    }
    columns["video_n_posts"] = [100.0] * 5 + [0.0]
    table = pl.DataFrame({"agency": list("abcdef"), "cluster": "kementerian", **columns})
    definition = load_awards("gsm2025")
    award = next(each for each in definition.awards if each.id == "best_account/kementerian")
    return contest(definition, award, table)


def test_an_award_that_adds_up_others_is_explained_by_them(best_account):
    nomination = nominate(best_account)
    out = nomination.table.filter(pl.col("rank").is_not_null() & ~pl.col("nominee"))["agency"]
    for agency in [*out, nomination.table["agency"][0]]:
        found = explain(best_account, nomination, agency, language="en")
        assert {each["part"] for each in found.parts.iter_rows(named=True)} == {
            f"coalesce(pct(score({id})), 0)" for id in best_account.award.category.measure.categories
        }
        assert "(percentile): " in str(found) and "score(" not in str(found)
        score = nomination.scores[best_account.place(agency)]
        assert found.parts["points"].sum() == pytest.approx(score)
        assert {"n_posts", "image_quality", "video_engagement_rate"} <= set(found.changes["measure"])
    assert weight_shares(best_account, nomination)["first_share"].sum() == pytest.approx(1.0, abs=0.05)


def test_a_category_in_which_one_is_not_eligible_is_told_with_what_the_award_makes_of_it(best_account):
    found = explain(best_account, nominate(best_account), "f", language="en")
    assert "In Best Use of Videos it has no score or is not eligible; by the award's rule that counts as zero." in (
        found.sentences
    )
    assert "coalesce" not in str(found)


def test_who_has_no_score_in_a_category_that_is_added_up_has_none_and_is_told_which(tmp_path):
    path = tmp_path / "awards.toml"
    path.write_text(ADDED_UP, encoding="utf-8")
    definition = read_awards(path)
    here = contest(definition, definition.awards[1], AGENCIES)
    found = explain(here, nominate(here), "few", language="en")
    assert found.sentences[0] == (
        "few has no score for Best: Kota: the award adds up other categories, and in Most Active it has no score or is "
        "not eligible."
    )


def test_what_no_change_can_do_is_said(award_file):
    table = AGENCIES.with_columns(consistency=pl.lit(0.5))
    found = told(award_file, "d", measure="n_posts + consistency", table=table)
    assert found.sentences[-1] == "No change of this alone would bring a nomination: consistency."


@pytest.mark.parametrize(("sd", "words"), [(0.5, "a clear gap"), (60.0, "the cut is weak")])
def test_uncertainty_is_put_in_words(award_file, sd, words):
    text = str(told(award_file, "a", sd=sd))
    assert words in text and "at 90%" in text


def test_an_agency_that_is_not_in_the_table_is_an_error(award_file):
    with pytest.raises(ValueError, match="nobody"):
        told(award_file, "nobody")


def test_every_sentence_has_the_same_values_in_both_languages():
    def values(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for group in _words().values():
        for key, words in group.items():
            assert set(words) == {"id", "en"} and values(words["id"]) == values(words["en"]), key


def test_measures_that_are_no_published_rates_have_names_in_both_languages():
    own = {each.base or name for name, each in measures().items() if each.group != "published rates"}
    assert own == set(_words()["measures"])


@pytest.mark.parametrize(
    ("language", "value", "number", "percent"),
    [("id", 1234.56, "1.235", "12%"), ("en", 1234.56, "1,235", "12%"), ("id", 0.012345, "0,0123", "12%")],
)
def test_numbers_are_written_as_readers_write_them(language, value, number, percent):
    words = Wording(language)
    assert words.number(value) == number and words.percent(0.12) == percent


def test_a_share_that_falls_just_short_of_a_rule_is_not_said_to_reach_it():
    assert [Wording("id").share(value) for value in (0.79996, 0.8, 1.0)] == ["79,99%", "80%", "100%"]


RULE_FILES = [
    ("min_coverage = 0.8", "known is 79.6%; at least 80% is required"),
    ("min_audience = 1000", "900 followers; at least 1,000 are required: 100 short"),
    ('platforms = ["x", "instagram"]', "it has posts on 1 of 2: 1 short"),
    ("min_platforms = 3", "posts on 2 platforms; at least 3 are required: 1 short"),
    ('exclude = ["a"]', "The award's file excludes this agency"),
    ("min_posts = 500", "100 posts; at least 500 are required: 400 short"),
]


@pytest.mark.parametrize(("rule", "said"), RULE_FILES)
def test_each_rule_that_is_not_met_says_what_is_missing(award_file, rule, said):
    table = AGENCIES.with_columns(
        pl.lit(0.796).alias("engagement_coverage"),
        pl.lit(900).alias("audience"),
        *(pl.lit(posts).alias(f"n_posts@{name}") for name, posts in zip(("x", "youtube"), (50, 50), strict=True)),
        *(pl.lit(0).alias(f"n_posts@{name}") for name in ("facebook", "instagram")),
    )
    definition = award_file(f"eligibility = {{ {rule} }}", "n_posts")
    here = contest(definition, definition.awards[0], table)
    assert said in explain(here, nominate(here), "a", language="en").sentences[1]
    assert explain(here, nominate(here), "a").sentences[0] == "a tidak memenuhi syarat Paling Aktif: Kota."


def test_nearly_all_is_not_all():
    words = Wording("en")
    assert [words.percent(p) for p in (0.0, 0.004, 0.996, 1.0)] == ["0%", "<1%", ">99%", "100%"]
    assert words.likelihood(0.5) == "about even" and words.likelihood(0.0) == "almost impossible"


def test_the_conditions_of_a_winner_are_told_where_the_file_sets_some(award_file):
    definition = award_file("winner = { above = 85, top = 2 }", "n_posts")
    here = contest(definition, definition.awards[0], AGENCIES.filter(pl.col("agency") != "other"))
    found = nominate(here)
    yes = explain(here, found, "b", language="en").sentences
    assert "By the award's file a winner has a score above 85 and rank 2 or better: this agency does." in yes
    assert any("tidak memenuhinya" in each for each in explain(here, found, "c").sentences)
    assert not any("winner" in each for each in told(award_file, "e").sentences)
