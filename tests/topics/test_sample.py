import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.topics.sample import sample_distinct

TERMS = ["word\ta", "word\tb", "hashtag\t#a", "word\tc"]
POSTS = st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=40)


def blocks_of(rows, cuts):
    table = np.array(rows, np.int32)
    return [sp.csr_array(part) for part in np.split(table, sorted(cut % (len(rows) + 1) for cut in cuts))]


@given(posts=POSTS, cuts=st.lists(st.integers(0, 40), max_size=4), limit=st.integers(1, 12), order=st.randoms())
@settings(deadline=None)
def test_sample_depends_on_neither_order_nor_batches_nor_columns(posts, cuts, limit, order):
    whole = sample_distinct(blocks_of(posts, []), TERMS, limit=limit, seed=1)
    shuffled = order.sample(posts, len(posts))
    columns = order.sample(range(4), 4)
    moved = [[post[column] for column in columns] for post in shuffled]

    parts = sample_distinct(blocks_of(moved, cuts), [TERMS[column] for column in columns], limit=limit, seed=1)

    assert parts.hashes.tolist() == whole.hashes.tolist()
    assert parts.counts.toarray().tolist() == whole.counts[:, columns].toarray().tolist()
    assert parts.complete == whole.complete
    assert parts.digest == whole.digest


@given(posts=POSTS)
def test_large_limit_keeps_every_distinct_post_with_a_term(posts):
    sample = sample_distinct(blocks_of(posts, [3, 9]), TERMS, limit=100)

    assert sorted(map(tuple, sample.counts.toarray().tolist())) == sorted({tuple(post) for post in posts if any(post)})
    assert sample.complete


def test_each_distinct_post_is_equally_likely_however_often_it_stands_there():
    rare = np.eye(20, dtype=np.int32)
    table = sp.csr_array(np.concatenate([rare, np.repeat(rare[:1], 500, axis=0)]))
    terms = [f"word\t{i}" for i in range(20)]

    drawn = [sample_distinct([table], terms, limit=5, seed=seed).counts.toarray()[:, 0].any() for seed in range(400)]

    assert 0.15 < np.mean(drawn) < 0.35  # 5 of 20 distinct posts: a quarter
