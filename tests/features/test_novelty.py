import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from textmine.counting import store_document_term_matrix
from textmine.features import novelty as module
from textmine.features.novelty import topic_novelty, word_novelty
from textmine.features.past import Past, Timeline
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix


def timeline(owner, day, credited=None):
    counts = np.ones(len(owner), np.bool_) if credited is None else np.array(credited)
    return Timeline(np.array(owner, np.int32), np.array(day, np.int32), counts)


def stored(folder, captions, *, batch_rows=100) -> StoredMatrix:
    posts = pl.DataFrame({"caption": captions}).lazy().with_columns(pl.lit([], pl.List(pl.String)).alias("hashtags"))
    return store_document_term_matrix(posts, folder / "matrix", language=LanguageSettings(), batch_rows=batch_rows)


def test_said_again_is_not_new_and_another_subject_is(tmp_path):
    matrix = stored(tmp_path, ["vaksin gratis", "vaksin gratis", "panen padi", "vaksin padi"])
    found = word_novelty(matrix, timeline([0, 0, 0, 0], [1, 2, 3, 4]))
    assert found.past_posts.tolist() == [0, 1, 2, 3]
    assert np.isnan(found.value[0])
    assert found.value[1] == pytest.approx(0, abs=1e-6)
    assert found.value[2] == 1
    assert 0 < found.value[3] < 1


def test_the_cosine_by_hand(tmp_path):
    # All words stand in two of four posts, so they weigh the same: unit vectors (1, 1)/sqrt 2 and (1, 0).
    matrix = stored(tmp_path, ["vaksin padi", "vaksin", "padi", "kota"])
    found = word_novelty(matrix, timeline([0, 0, 1, 1], [1, 2, 1, 2]))
    assert found.value[1] == pytest.approx(1 - 1 / np.sqrt(2), abs=1e-6)
    assert found.value[3] == 1


def test_the_past_is_that_of_the_own_agency_on_earlier_days_and_credited(tmp_path):
    matrix = stored(tmp_path, ["vaksin gratis"] * 4)
    others = word_novelty(matrix, timeline([0, 1, 0, 0], [1, 2, 1, 3], [True, True, False, True]))
    assert others.past_posts.tolist() == [0, 0, 0, 1]
    assert np.isnan(others.value[:3]).all()


def test_without_words_there_is_nothing_to_compare(tmp_path):
    found = word_novelty(stored(tmp_path, ["...", "vaksin", "...", "vaksin"]), timeline([0, 0, 0, 0], [1, 2, 3, 4]))
    assert np.isnan(found.value[:3]).all()
    assert found.value[3] == pytest.approx(0, abs=1e-6)


def slow_cosine(vectors, owner, day, credited):
    values = []
    for row in range(len(owner)):
        past = [i for i in range(len(owner)) if owner[i] == owner[row] and day[i] < day[row] and credited[i]]
        total = vectors[past].sum(axis=0) if past else np.zeros(vectors.shape[1])
        length = np.linalg.norm(total) * np.linalg.norm(vectors[row])
        values.append(1 - vectors[row] @ total / length if length else np.nan)
    return np.array(values)


posts_ = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 9), st.booleans(), st.integers(0, 5)), min_size=1, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(posts_, st.integers(1, 20))
def test_chunks_of_days_give_what_all_pairs_give(rows, size):
    owner, day, credited, seed = (np.array(column) for column in zip(*rows, strict=True))
    draw = np.random.default_rng(int(seed.sum()))
    dense = draw.integers(0, 3, (len(rows), 4)).astype(float)
    when = timeline(owner, day, credited.astype(bool))
    past, value = Past(np.square), np.full(len(rows), np.nan)
    for chunk in when.chunks(size):
        vectors = sp.csr_array(dense[chunk])
        before = past.add(vectors, owner=when.owner[chunk], day=when.day[chunk], counts=when.credited[chunk])
        entry = np.repeat(np.arange(len(chunk)), np.diff(vectors.indptr))
        along = np.bincount(entry, vectors.data * before.sums, len(chunk))
        length = np.sqrt(before.curve) * np.linalg.norm(dense[chunk], axis=1)
        value[chunk] = np.where(length > 0, 1 - along / np.where(length > 0, length, 1), np.nan)
    assert np.allclose(value, slow_cosine(dense, owner, day, credited), equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(posts_)
def test_topic_novelty_is_the_jensen_shannon_divergence_to_the_mean(rows):
    owner, day, credited, seed = (np.array(column) for column in zip(*rows, strict=True))
    draw = np.random.default_rng(int(seed.sum()))
    dense = draw.dirichlet(np.ones(5), len(rows)) * (draw.random((len(rows), 5)) < 0.7)
    dense[draw.random(len(rows)) < 0.1] = 0
    sums = dense.sum(axis=1, keepdims=True)
    dense = np.divide(dense, sums, out=np.zeros_like(dense), where=sums > 0)
    found = topic_novelty(sp.csr_array(dense), timeline(owner, day, credited.astype(bool)))
    for row in range(len(rows)):
        past = [
            i for i in range(len(rows))
            if owner[i] == owner[row] and day[i] < day[row] and credited[i] and dense[i].any()
        ]  # fmt: skip
        if past and dense[row].any():
            expected = jensenshannon(dense[row], dense[past].mean(axis=0), base=2) ** 2
            assert found.value[row] == pytest.approx(np.nan_to_num(expected), abs=1e-6)
        else:
            assert np.isnan(found.value[row])


def test_rows_come_from_the_blocks_that_hold_them(tmp_path):
    matrix = stored(tmp_path, [f"kata{'abcdefg'[n]}" for n in range(7)], batch_rows=3)
    rows = np.array([0, 2, 3, 6])
    assert (module._rows_of(matrix, rows) != matrix.load().counts[rows]).nnz == 0
