"""pyLDAvis: the five inputs of ``pyLDAvis.prepare``. pyLDAvis itself is not needed.

A folder holds ``topic_term_dists.npy``, ``doc_topic_dists.npy``, ``doc_lengths.npy``, ``term_frequency.npy`` and
``vocab.txt``; posts that hold no term of any topic are left out, because pyLDAvis refuses them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.errors import InputError, NotEnoughDataError
from textmine.topics.term_counts import term_counts

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.topics.revised import AnyTopics

VOCAB: Final = "vocab.txt"
_ARRAYS: Final = ("topic_term_dists", "doc_topic_dists", "doc_lengths", "term_frequency")


def to_pyldavis(model: AnyTopics, blocks: Iterable[tuple[sp.csr_array, npt.NDArray[np.float64]]]) -> dict[str, Any]:
    """Keyword arguments for ``pyLDAvis.prepare``.

    Parameters
    ----------
    model
        Fitted or revised; its topics come in the order of ``model.topics_``.
    blocks
        Counts in the model's own columns, shape (n_posts, n_terms), with the shares, shape (n_posts, n_ids).

    Returns
    -------
    dict
        ``topic_term_dists`` (n_topics, n_terms), ``doc_topic_dists`` (n_posts, n_topics), ``doc_lengths`` (n_posts,),
        ``vocab`` (n_terms,) and ``term_frequency`` (n_terms,). Terms that no post holds are left out. Distributions of
        terms are those of the posts, each divided by its topic shares: they are frequencies for every method.

    Raises
    ------
    NotEnoughDataError
        No post has a topic.
    """
    ids = model.topics_["topic"].to_numpy()
    used = np.zeros((len(model.components_), len(model.vocabulary_)))
    shares_kept, lengths = [], []
    frequency = np.zeros(len(model.vocabulary_))
    for counts, shares in blocks:
        kept = np.flatnonzero(shares.any(axis=1))
        used += term_counts(counts[kept], shares[kept])
        shares_kept.append(shares[np.ix_(kept, ids)])
        lengths.append(np.asarray(counts[kept].sum(axis=1)).ravel())
        frequency += np.bincount(counts[kept].indices, counts[kept].data, minlength=len(frequency))
    if not sum(map(len, lengths)):
        raise NotEnoughDataError("no post holds a term of a topic", needed=1, got=0)
    held = np.flatnonzero(frequency)
    dists = used[np.ix_(ids, held)]
    total = dists.sum(axis=1, keepdims=True)
    # A topic that no post has would be a row of zeros, which pyLDAvis takes for an error: it is left even.
    topic_terms = np.divide(dists, total, out=np.full_like(dists, 1 / max(len(held), 1)), where=total > 0)
    posts = np.concatenate(shares_kept)
    return {
        "topic_term_dists": topic_terms,
        "doc_topic_dists": posts / posts.sum(axis=1, keepdims=True),
        "doc_lengths": np.concatenate(lengths).astype(np.int64),
        "vocab": model.vocabulary_["surface"].gather(held).to_list(),
        "term_frequency": frequency[held].astype(np.int64),
    }


def write_pyldavis(inputs: dict[str, Any], directory: Path) -> None:
    """Write the inputs into a folder, without pickle."""
    for name in _ARRAYS:
        np.save(directory / f"{name}.npy", inputs[name], allow_pickle=False)
    lines = pl.Series(inputs["vocab"], dtype=pl.String).str.replace_all("\n", " ").to_list()
    (directory / VOCAB).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_pyldavis(directory: str | Path) -> dict[str, Any]:
    """Read the inputs back: ``pyLDAvis.prepare(**read_pyldavis(folder))``.

    Raises
    ------
    InputError
        A file is missing or broken.
    """
    directory = Path(directory)
    try:
        inputs: dict[str, Any] = {name: np.load(directory / f"{name}.npy", allow_pickle=False) for name in _ARRAYS}
        inputs["vocab"] = (directory / VOCAB).read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read as inputs of pyLDAvis: {error}", path=directory) from error
    return inputs
