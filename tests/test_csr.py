"""Sums of sparse arrays."""

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from textmine.csr import RunningSum


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(0, 2**32 - 1))
def test_a_running_sum_is_the_sum_of_its_parts(sizes, seed):
    random = np.random.default_rng(seed)
    total, expected = RunningSum((3, 7)), np.zeros((3, 7), np.int64)
    for size in sizes:
        rows, columns = random.integers(0, 3, size), random.integers(0, 7, size)
        part = sp.coo_array((random.integers(1, 9, size), (rows, columns)), shape=(3, 7)).tocsr()
        expected += part.toarray()
        total.add(part)
        assert len(total._parts) <= 8, "parts that wait are few, whatever their number"
    found = total.total()
    assert (found.toarray() == expected).all() and found.dtype == np.int64
    assert (total.total() != found).nnz == 0, "asked again, the same"
