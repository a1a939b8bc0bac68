"""Whatever is written, an expression is computed or refused: it reaches no Python, does not hang and does not crash."""

import ast
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textmine.ranking.expressions as package
from tests.timing import soon
from textmine.errors import ExpressionError
from textmine.ranking.expressions import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    MeasureTable,
    Names,
    compile_expression,
    expression_problems,
)
from textmine.ranking.expressions.parser import parse
from textmine.ranking.expressions.syntax import children
from textmine.ranking.expressions.written import written

ATTACKS = (Path(__file__).parent / "attacks.txt").read_text(encoding="utf-8").splitlines()
NAMES = Names({"n_posts": "posts", "rate": "%"}, by_platform={"n_posts", "rate"}, weights={"w": 2.0}, categories=["a"])
TABLE = MeasureTable(
    pl.DataFrame({"n_posts": [1, 2, None], "rate": [0.1, -0.2, 0.3], "rate@x": [1, 2, 3], "n_posts@x": [0, 0, 0]}),
    {"rate": np.array([[0.1, 0.2, np.nan], [np.inf, -1.0, 0.0]])},
)
SCORES = {"a": np.array([1.0, np.nan, 3.0])}
FORBIDDEN = ("exec", "compile", "import", "open", "os.", "subprocess.", "socket.", "ctypes.", "code.", "pickle.")
_watched: list[str] | None = None


def _hook(event, _):
    if _watched is not None and event.startswith(FORBIDDEN):
        _watched.append(event)


sys.addaudithook(_hook)


def survives(text):
    """Whether the text is an expression; it is computed then, and refused by the family's error otherwise."""
    global _watched
    _watched = []
    try:
        try:
            expression = compile_expression(text, NAMES)
        except ExpressionError as error:
            assert 0 <= error.offset <= len(text)
            assert error.caret and error.problem
            return False
        found = expression.evaluate(TABLE, scores=SCORES)
        assert found.dtype == np.float64 and found.shape[-1] == 3
        assert not np.isinf(found).any()
        expression.parts()
        return True
    finally:
        seen, _watched = _watched, None
        assert not seen, f"{text!r} did {seen}"


survives("pct(rate) + 1")  # what is imported at first use is imported before anything is watched
survives("nonsense")


@pytest.mark.parametrize("text", ATTACKS)
def test_attacks_are_refused_or_plain_arithmetic(text):
    arithmetic = {"n_posts ** n_posts ** n_posts", "9**9**9**9**9 * n_posts", "10**10**10 + n_posts", "-- n_posts"}
    assert survives(text) == (text in arithmetic | {"1e308 * 10 * n_posts"})


pieces = st.sampled_from(
    [
        *FUNCTIONS,
        *"n_posts rate w a x and or not @x @ 1 0 .5 1e9 1e308 ( ( ) ) , , + - * / ** < <= == !=".split(),
        *"__class__ . ' eval é".split(),
        "\n",
        "\x00",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=40), st.sampled_from(["", " "]))
def test_pieces_in_any_order_are_computed_or_refused(parts, gap):
    survives(gap.join(parts))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_computed_or_refused(text):
    survives(text)


leaves = st.sampled_from(["n_posts", "rate", "rate@x", "w", "0.5", "3", "score(a)", "1e308"])


def grown(inner):
    pair = st.tuples(inner, inner)
    truth = st.builds("{0[0]} {1} {0[1]}".format, pair, st.sampled_from(["<", ">=", "==", "!="]))
    return st.one_of(
        st.builds("({0[0]} {1} {0[1]})".format, pair, st.sampled_from(["+", "-", "*", "/", "**"])),
        st.builds("{0[0]} {1} {0[1]}".format, pair, st.sampled_from(["+", "-", "*", "/", "**"])),
        st.builds("-{}".format, inner),
        st.builds("{1}({0[0]} + n_posts, {0[1]})".format, pair, st.sampled_from(["min", "max", "mean", "coalesce"])),
        st.builds("{1}({0} + rate)".format, inner, st.sampled_from(["pct", "z", "minmax", "share", "log", "sqrt"])),
        st.builds("if({1} or not {2} and {1}, {0[0]}, {0[1]})".format, pair, truth, truth),
    )


expressions = st.recursive(leaves, grown, max_leaves=12)


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_well_made_expressions_are_computed_and_written_back(text):
    problems, _ = expression_problems(f"n_posts + {text}", NAMES)
    assert not problems
    assert survives(f"n_posts + {text}")
    again = written(parse(text))
    assert written(parse(again)) == again
    whole, rewritten = (compile_expression(f"n_posts * ({each})", NAMES) for each in (text, again))
    found = [each.evaluate(TABLE, scores=SCORES) for each in (whole, rewritten)]
    np.testing.assert_array_equal(*found)


def depth(tree):
    deepest, level = 0, [tree]
    while level:
        deepest, level = deepest + 1, [below for node in level for below in children(node)]
    return deepest


LONGEST = [
    "+".join(["w"] * (MAX_LENGTH // 2 - 5)) + "+n_posts",
    "n_posts" + "*w" * (MAX_LENGTH // 2 - 5),
    "-" * (MAX_LENGTH - 7) + "n_posts",
    "(" * (MAX_LENGTH // 2),
    "pct(" * (MAX_LENGTH // 4),
    "(" * 20 + "n_posts" + ")" * 20,
    "min(n_posts" + ",1" * (MAX_LENGTH // 2 - 10) + ")",
    "not " * (MAX_LENGTH // 4),
    "1**" * (MAX_LENGTH // 3),
    "n_posts + " + "9" * (MAX_LENGTH - 10),
    "n_posts + 0." + "0" * (MAX_LENGTH - 12),
    "a" * MAX_LENGTH,
    "n_posts " + " " * (MAX_LENGTH - 8),
    "a " * (MAX_LENGTH // 2),
    "1 " * (MAX_LENGTH // 2),
    "e1" * (MAX_LENGTH // 2),
    "@x" * (MAX_LENGTH // 2),
    "if(1<2," * (MAX_LENGTH // 7),
    "+".join(["n_post"] * (MAX_LENGTH // 7)),
    "+".join(["pc(1)"] * (MAX_LENGTH // 6)),
    "+".join(["score(b)"] * (MAX_LENGTH // 9)),
]


@pytest.mark.parametrize("text", LONGEST, ids=[text[:12] for text in LONGEST])
def test_the_longest_expressions_neither_hang_nor_overflow(text):
    assert len(text) <= MAX_LENGTH
    if survives(text):
        assert depth(parse(text)) <= MAX_DEPTH
    assert soon(lambda: survives(text), 2) < 2  # milliseconds; a second tries of all ways would take years


def test_little_of_the_stack_is_enough():
    before = sys.getrecursionlimit()
    text = "(" * (MAX_DEPTH - 2) + "n_posts" + ")" * (MAX_DEPTH - 2)
    functions = "abs(" * (MAX_DEPTH - 2) + "n_posts" + ")" * (MAX_DEPTH - 2)
    frame, used = sys._getframe(), 0
    while frame := frame.f_back:
        used += 1
    sys.setrecursionlimit(used + 400)
    try:
        assert survives(text) and survives(functions)
    finally:
        sys.setrecursionlimit(before)


def test_the_package_calls_nothing_that_could_run_a_text():
    dangerous = {"eval", "exec", "compile", "getattr", "setattr", "globals", "locals", "vars", "__import__", "open"}
    files = sorted(Path(package.__file__).parent.glob("*.py"))
    assert len(files) >= 8
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in dangerous, f"{file.name}, line {node.lineno}"
