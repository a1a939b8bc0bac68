import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.batches import iter_batches


@settings(deadline=None, max_examples=50)
@given(n=st.integers(0, 40), rows=st.integers(1, 12), lazy=st.booleans())
def test_batches_are_exact_in_order_and_complete(n, rows, lazy):
    frame = pl.DataFrame({"a": list(range(n))}, schema={"a": pl.Int64})
    batches = list(iter_batches(frame.lazy() if lazy else frame, rows=rows))
    assert [value for batch in batches for value in batch["a"].to_list()] == list(range(n))
    assert all(len(batch) == rows for batch in batches[:-1])
    assert all(0 < len(batch) <= rows for batch in batches)
