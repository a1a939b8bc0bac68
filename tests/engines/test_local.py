import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.engines import LocalEngine

KEYS, SUMS = pl.Schema({"word": pl.String(), "length": pl.Int64()}), pl.Schema({"times": pl.Int64()})


def count_words(blocks):
    """Each block is the word of its number modulo 3, which block 2 does not know."""
    for number in blocks:
        word = [None, "satu", "dua"][number % 3]
        yield pl.DataFrame({"word": [word, "semua"], "length": [0, 5], "times": [number, 1]}, schema={**KEYS, **SUMS})


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 20), st.integers(1, 6))
def test_the_cuts_never_show_in_the_sums(n_blocks, size):
    engine = LocalEngine()
    parts = [range(start, min(start + size, n_blocks)) for start in range(0, n_blocks, size)]
    whole = engine.add_up(count_words, engine.split(n_blocks), keys=KEYS, sums=SUMS)
    assert whole.equals(engine.add_up(count_words, parts, keys=KEYS, sums=SUMS))
    assert whole.schema == {**KEYS, **SUMS}


def test_equal_keys_become_one_row_and_null_is_a_key_of_its_own():
    engine = LocalEngine()
    table = engine.add_up(count_words, engine.split(5), keys=KEYS, sums=SUMS)
    assert table.rows() == [(None, 0, 0 + 3), ("dua", 0, 2), ("satu", 0, 1 + 4), ("semua", 5, 5)]


def test_progress_says_how_many_blocks_are_done():
    engine, done = LocalEngine(), []
    engine.each(lambda blocks: (pl.DataFrame() for _ in blocks), engine.split(3), progress=done.append)
    assert done == [1, 2, 3]


def test_an_error_of_a_step_comes_out_as_it_is():
    def fails(blocks):
        raise ValueError(f"cannot do {blocks}")

    with pytest.raises(ValueError, match="cannot do range"):
        LocalEngine().each(fails, LocalEngine().split(2))
