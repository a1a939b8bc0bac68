"""The language of measures: what it computes, what it says of mistakes, and that nulls, ties and draws are kept."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from textmine.errors import ExpressionError, MissingColumnError
from textmine.ranking.expressions import (
    MAX_DEPTH,
    MAX_LENGTH,
    MeasureTable,
    Names,
    compile_expression,
    expression_problems,
)

NAMES = Names(
    {"n_posts": "posts", "rate": "per cent", "quality": "share", "likes": "interactions"},
    by_platform={"n_posts", "rate"},
    weights={"w": 0.25},
    categories=("active", "engaging"),
)
TABLE = pl.DataFrame(
    {
        "n_posts": [4, 1, 1, None, 9],
        "rate": [1.0, 2.0, 3.0, 4.0, None],
        "quality": [0.5, 0.5, 0.5, 0.5, 0.5],
        "likes": [0, 10, 20, 30, 40],
        "rate@instagram": [1.0, 2.0, None, None, None],
        "rate@x": [30.0, None, 10.0, None, 20.0],
    }
)
NULL = None


def value(text, *, table=TABLE, names=NAMES, **options):
    found = compile_expression(text, names).evaluate(MeasureTable(table), **options)
    return [None if np.isnan(each) else round(float(each), 6) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("likes + 2 * 3 - 1", 5),
        ("likes + 2 ** 3 ** 2", 512),
        ("likes + (2 ** 3) ** 2", 64),
        ("likes - 2 ** 2", -4),
        ("-(likes + 1) ** 2", -1),
        ("likes + 2 ** -1", 0.5),
        ("likes + 8 / 4 / 2", 1),
        ("likes + 8 / (4 / 2)", 4),
        ("likes - 1 - 1 - (1 - 1)", -2),
        ("likes + --2", 2),
        ("likes + 1.5e2 + .5", 150.5),
        ("likes + if(1 < 2 and not 2 < 1 or 1 == 2, 7, 8)", 7),
        ("likes + if(1 == 2 or 1 == 1 and 2 == 3, 7, 8)", 8),
        ("likes + min(3, 2, 4) + max(3, 2, 4) + mean(1, 2, 6)", 9),
        ("likes + clip(7, 0, 5) + abs(-2)", 7),
        ("likes + log1p(0) + log(1) + sqrt(9)", 3),
        ("w * 8 + likes", 2),
    ],
)
def test_arithmetic_is_that_of_mathematics(text, expected):
    assert value(text)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n_posts + rate", [5, 3, 4, NULL, NULL]),
        ("n_posts ** 0", [1, 1, 1, NULL, 1]),
        ("1 ** rate", [1, 1, 1, 1, NULL]),
        ("rate / likes", [NULL, 0.2, 0.15, round(4 / 30, 6), NULL]),
        ("log(likes - 10)", [NULL, NULL, round(np.log(10), 6), round(np.log(20), 6), round(np.log(30), 6)]),
        ("sqrt(likes - 10)", [NULL, 0, round(10**0.5, 6), round(20**0.5, 6), round(30**0.5, 6)]),
        ("(likes + 1) * 10 ** 300 * 10 ** 300", [NULL] * 5),
        ("min(n_posts, rate)", [1, 1, 1, NULL, NULL]),
        ("mean(n_posts, rate)", [2.5, 1.5, 2, NULL, NULL]),
        ("coalesce(n_posts, rate, 0)", [4, 1, 1, 4, 9]),
        ("coalesce(rate, n_posts)", [1, 2, 3, 4, 9]),
        ("if(n_posts > 1, 10 + likes, 0)", [10, 0, 0, NULL, 50]),
        ("if(known(n_posts), likes, -1)", [0, 10, 20, -1, 40]),
        ("if(n_posts > 1 and likes > 100, 1, 0)", [0, 0, 0, 0, 0]),  # false whatever the unknown is
        ("if(n_posts > 1 or likes >= 0, 1, 0)", [1, 1, 1, 1, 1]),
        ("if(n_posts > 1 and likes >= 0, 1, 0)", [1, 0, 0, NULL, 1]),
        ("if(not n_posts > 1, 1, 0)", [0, 1, 1, NULL, 0]),
        ("if(n_posts != 1, 1, 0)", [1, 0, 0, NULL, 1]),
    ],
)
def test_null_stays_null_unless_it_cannot_matter_or_is_replaced(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pct(n_posts)", [62.5, 25, 25, NULL, 87.5]),
        ("pct(quality)", [50] * 5),
        ("minmax(rate)", [0, round(100 / 3, 6), round(200 / 3, 6), 100, NULL]),
        ("minmax(quality)", [50] * 5),
        ("z(likes)", [round((each - 20) / 200**0.5, 6) for each in (0, 10, 20, 30, 40)]),
        ("z(quality)", [0] * 5),
        ("share(likes)", [0, 0.1, 0.2, 0.3, 0.4]),
        ("share(likes - likes)", [NULL] * 5),
        ("likes / average(likes)", [0, 0.5, 1, 1.5, 2]),
        ("rate - median(rate)", [-1.5, -0.5, 0.5, 1.5, NULL]),
        ("rate@instagram + rate@x", [31, NULL, NULL, NULL, NULL]),
        ("mean_of(pct(rate), instagram, x)", [(25 + 250 / 3) / 2, 75, 50 / 3, NULL, 50]),
        ("mean_of(rate)", [15.5, 2, 10, NULL, 20]),
    ],
)
def test_functions_over_agencies(text, expected):
    assert value(text) == [each if each is None else round(each, 6) for each in expected]


def test_only_the_eligible_are_compared_and_have_scores():
    eligible = np.array([True, False, True, True, False])
    assert value("pct(likes)", eligible=eligible) == [round(50 / 3, 6), None, 50, round(250 / 3, 6), None]
    assert value("share(likes)", eligible=eligible) == [0, None, 0.4, 0.6, None]
    assert value("pct(likes)", eligible=np.zeros(5, dtype=bool)) == [None] * 5


@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=12))
def test_percentile_ranks_are_those_of_scipy(values):
    table = pl.DataFrame({"n_posts": values}, schema={"n_posts": pl.Int64})
    known = [each for each in values if each is not None]
    expected = [None if each is None else round(percentileofscore(known, each, kind="mean"), 6) for each in values]
    assert value("pct(n_posts)", table=table) == expected


@pytest.mark.parametrize(
    "text",
    ["pct(rate)", "z(rate)", "0.6 * pct(rate) + 0.4 * z(likes)", "if(rate > median(rate), minmax(rate), share(rate))"],
)
def test_each_draw_is_computed_as_if_it_were_alone(text):
    random = np.random.default_rng(3)
    draws = random.integers(0, 6, size=(50, 5)).astype(float)
    draws[random.random(draws.shape) < 0.2] = np.nan
    expression = compile_expression(text, NAMES)
    together = expression.evaluate(MeasureTable(TABLE, {"rate": draws}))
    assert together.shape == (50, 5)
    for row, draw in zip(together, draws, strict=True):
        alone = expression.evaluate(MeasureTable(TABLE.with_columns(pl.Series("rate", draw).fill_nan(None))))
        np.testing.assert_allclose(row, alone)


def test_scores_of_other_categories_are_given():
    scores = {"active": np.array([1.0, 2, 3, np.nan, 5]), "engaging": np.array([5.0, 4, 3, 2, 1])}
    expression = compile_expression("mean(score(active), score(engaging))", NAMES)
    assert expression.categories == ("active", "engaging") and expression.measures == ()
    found = expression.evaluate(MeasureTable(TABLE), scores=scores)
    np.testing.assert_allclose(found, [3, 3, 3, np.nan, 3])


def test_a_measure_that_was_not_computed_is_named():
    with pytest.raises(MissingColumnError, match="rate@x"):
        compile_expression("rate@x", NAMES).evaluate(MeasureTable(TABLE.drop("rate@x")))


def test_an_expression_says_what_it_reads():
    text = "w * rate@x + mean_of(n_posts, instagram, x) + likes"
    assert compile_expression(text, NAMES).measures == ("likes", "n_posts@instagram", "n_posts@x", "rate@x")
    assert len(compile_expression("mean_of(rate)", NAMES).measures) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.6 * pct(n_posts) + 0.4 * pct(rate)", [(0.6, "pct(n_posts)"), (0.4, "pct(rate)")]),
        ("pct(n_posts) / 4 - w * pct(rate) * 2", [(0.25, "pct(n_posts)"), (-0.5, "pct(rate)")]),
        ("n_posts", [(1.0, "n_posts")]),
        ("3 + -2 * n_posts", [(-2.0, "n_posts")]),
        ("2 * 3 + 2 / rate + rate * likes / 2", [(2.0, "1 / rate"), (0.5, "rate * likes")]),
        ("0.5 * (pct(n_posts) - 3 * (1 + rate))", [(0.5, "pct(n_posts)"), (-1.5, "rate")]),
        ("(n_posts + 3 * rate) / 4", [(0.25, "n_posts"), (0.75, "rate")]),
        ("max(n_posts, 2)", [(1.0, "max(n_posts, 2)")]),
    ],
)
def test_a_weighted_sum_is_taken_apart(text, expected):
    assert [(part.weight, part.expression.text) for part in compile_expression(text, NAMES).parts()] == expected


MISTAKES = [
    ("", 1, "is empty"),
    ("   ", 4, "is empty"),
    ("n_post + 1", 1, "unknown measure 'n_post'; did you mean n_posts?"),
    ("1 + zzz", 5, "textmine awards measures lists them"),
    ("pc(n_posts)", 1, "unknown function 'pc'; did you mean pct?"),
    ("pct", 1, "is a function: write pct(x)"),
    ("active", 1, "is a category: write score(active)"),
    ("score(activ)", 7, "did you mean active?"),
    ("score(3)", 7, "must be the id of a category"),
    ("n_posts +", 10, "ends too early"),
    ("* n_posts", 1, "has nothing before it"),
    ("(n_posts", 1, "never closed"),
    ("n_posts)", 8, "nothing to belong to"),
    ("n_posts rate", 9, "a sign is missing before 'rate'"),
    ("2n_posts", 2, "write * between"),
    ("0,6 * n_posts", 2, "a decimal is written with a point"),
    ("pct(0.6 n_posts)", 9, "a sign is missing"),
    ("n_posts ^ 2", 9, "write ** for a power"),
    ("n_posts × 2", 9, "write *"),
    ("n_posts = 2", 9, "write == to compare"),
    ("if(n_posts & 2, 1, 0)", 12, "write and"),
    ("'n_posts'", 1, "without quotes"),
    ("n_posts.real", 8, "names have no parts"),
    ("n_posts[0]", 8, "only parentheses group"),
    ("1 < n_posts < 3", 13, "comparisons do not chain"),
    ("n_posts > 3", 9, "is true or false and not a score"),
    ("1 + (n_posts > 3)", 14, "where a number is needed"),
    ("if(n_posts, 1, 2)", 4, "where true or false is needed"),
    ("if(n_posts > 1, 2)", 1, "takes 3 arguments, not 2"),
    ("pct(n_posts, rate)", 1, "takes 1 argument, not 2"),
    ("min(n_posts)", 1, "takes 2 arguments or more, not 1"),
    ("pct(3) + n_posts", 1, "it needs a measure"),
    ("1 + w", 1, "every agency would have the same score"),
    ("rate@tiktok", 1, "unknown platform 'tiktok'"),
    ("rate@3", 6, "a platform follows @"),
    ("likes@x", 1, "for all platforms together only"),
    ("mean_of(pct(likes))", 13, "for all platforms together only"),
    ("mean_of(rate, tiktok)", 15, "unknown platform"),
    ("mean_of(mean_of(rate))", 9, "cannot stand inside mean_of"),
    ("mean_of(score(active))", 9, "cannot stand inside mean_of"),
    ("and n_posts", 1, "has nothing before it"),
    ("n_posts @ x y", 13, "a sign is missing"),
    ("1e999 * n_posts", 1, "too large a number"),
    ("n\u043e_posts", 2, "has no meaning here"),  # a Cyrillic letter that looks like o
    ("n_posts\x00", 8, "U+0000"),
    ("x" * 65, 1, "a name of 65 characters"),
    ("1+" * MAX_LENGTH, MAX_LENGTH + 1, "has 4,000 characters"),
    ("(" * (MAX_DEPTH + 5), MAX_DEPTH + 1, f"nests more than {MAX_DEPTH} deep"),
    ("-" * 1000 + "n_posts", MAX_DEPTH + 1, "nests more than"),
    ("2 ** " * 300 + "n_posts", MAX_DEPTH * 5 + 1, "nests more than"),
]


@pytest.mark.parametrize(("text", "column", "says"), MISTAKES, ids=[text[:20] for text, _, _ in MISTAKES])
def test_mistakes_are_told_with_their_column_and_remedy(text, column, says):
    with pytest.raises(ExpressionError) as found:
        compile_expression(text, NAMES)
    assert says in str(found.value)
    assert str(found.value).startswith(f"column {column}:")
    assert found.value.caret.split("\n")[1] == " " * (column - 1) + "^"


def test_all_problems_of_an_expression_are_told_at_once():
    problems, _ = expression_problems("foo + pct(bar)\n + 1 * baz", NAMES)
    assert [problem.offset for problem in problems] == [0, 10, 22]
    assert problems[2].caret == " + 1 * baz\n       ^"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("n_posts + rate", "adds posts and per cent"),
        ("pct(n_posts) + z(rate)", "adds percentile and standard deviations"),
        ("if(n_posts > rate, 1, 2)", "compares posts and per cent"),
        ("min(n_posts, rate)", "takes together"),
        ("n_posts + pct(n_posts)", "adds posts and percentile"),
    ],
)
def test_unlike_units_are_warned_of(text, says):
    problems, warnings = expression_problems(text, NAMES)
    assert not problems and says in warnings[0].problem


@pytest.mark.parametrize(
    "text", ["2 * n_posts + 1", "pct(n_posts) + pct(rate)", "likes / n_posts * n_posts + likes", "w * rate - rate"]
)
def test_like_units_are_not(text):
    assert expression_problems(text, NAMES) == ([], [])
