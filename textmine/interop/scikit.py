"""scikit-learn: counts as CSR, names of the features, and ``components_`` of NMF or LatentDirichletAllocation.

A folder holds ``counts.npz`` (``scipy.sparse.load_npz``), ``feature_names.txt`` (one a line), ``vocabulary.parquet``,
``posts.parquet`` and, with topics, ``components.npy`` and ``component_names.txt``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.errors import InputError, ModelError
from textmine.interop.models import model_of_components
from textmine.interop.vocabularies import whole_matrix
from textmine.matrix import DocumentTermMatrix
from textmine.topics.terms import match_columns

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.topics.model import TopicModel
    from textmine.topics.revised import AnyTopics

COUNTS: Final = "counts.npz"
NAMES: Final = "feature_names.txt"
VOCABULARY: Final = "vocabulary.parquet"
COMPONENTS: Final = "components.npy"
LABELS: Final = "component_names.txt"


def to_sklearn(matrix: DocumentTermMatrix) -> tuple[sp.csr_array, npt.NDArray[np.str_]]:
    """Counts and names of their columns, as ``CountVectorizer`` gives them.

    Parameters
    ----------
    matrix
        Shape (n_posts, n_terms).

    Returns
    -------
    counts : scipy.sparse.csr_array
        int32, shape (n_posts, n_terms).
    feature_names : numpy.ndarray
        Terms, shape (n_terms,).
    """
    return matrix.counts, np.asarray(matrix.vocabulary["term"].to_list(), dtype=object)


def from_sklearn(
    counts: sp.csr_array, feature_names: Sequence[str], *, vocabulary: pl.DataFrame | None = None
) -> DocumentTermMatrix:
    """Matrix of what ``CountVectorizer.fit_transform`` and ``get_feature_names_out`` give.

    Parameters
    ----------
    counts
        Sparse, shape (n_posts, n_terms); whole numbers.
    feature_names
        Shape (n_terms,).
    vocabulary
        Kinds and written forms of the same terms, if known.

    Raises
    ------
    InputError
        Values are no counts, or names do not fit.
    """
    import scipy.sparse as sp

    return whole_matrix(sp.csr_array(counts), [str(name) for name in feature_names], vocabulary)


def topics_from_sklearn(estimator: Any, matrix: DocumentTermMatrix) -> TopicModel:  # noqa: ANN401 -- untyped
    """Topic model with the topics of a fitted ``NMF``, ``MiniBatchNMF`` or ``LatentDirichletAllocation``.

    Posts get their shares as textmine does it: by TF-IDF and least squares for NMF, whatever weights the estimator was
    fitted on; by variational inference for LDA.

    Parameters
    ----------
    estimator
        With ``components_``, shape (n_topics, n_terms); with ``doc_topic_prior_`` it is taken for LDA.
    matrix
        Posts with the same columns, as :func:`from_sklearn` makes it.

    Raises
    ------
    ModelError
        The estimator has no ``components_``.
    InputError
        Its components are negative or of another width.
    """
    components = getattr(estimator, "components_", None)
    if components is None:
        raise ModelError(f"{type(estimator).__name__} has no components_; fit it first")
    prior = getattr(estimator, "doc_topic_prior_", None)
    if prior is None:
        return model_of_components(components, matrix, method="nmf")
    return model_of_components(components, matrix, method="lda", alpha=np.full(len(components), float(prior)))


def write_sklearn(matrix: DocumentTermMatrix, directory: Path, *, model: AnyTopics | None = None) -> None:
    """Write counts, names and, if there is a model, its components over the same columns into a folder."""
    import scipy.sparse as sp

    sp.save_npz(directory / COUNTS, matrix.counts)
    _write_lines(directory / NAMES, matrix.vocabulary["term"].to_list())
    matrix.vocabulary.write_parquet(directory / VOCABULARY, compression="zstd")
    if model is None:
        return
    rows = model.topics_["topic"].to_numpy()
    place = match_columns(matrix.vocabulary, model.vocabulary_)
    components = np.zeros((len(rows), len(matrix.vocabulary)), np.float32)
    components[:, place >= 0] = model.components_[rows][:, place[place >= 0]]
    np.save(directory / COMPONENTS, components, allow_pickle=False)
    names = model.topics_.select(pl.format("{} {}", "topic", "label")).to_series().to_list()
    _write_lines(directory / LABELS, names)


def read_sklearn(directory: str | Path) -> DocumentTermMatrix:
    """Read a folder with ``counts.npz`` and ``feature_names.txt``.

    Raises
    ------
    InputError
        A file is missing or broken.
    """
    import scipy.sparse as sp

    directory = Path(directory)
    kinds = directory / VOCABULARY
    try:
        counts = sp.load_npz(directory / COUNTS)
        names = (directory / NAMES).read_text(encoding="utf-8").split("\n")[:-1]
        vocabulary = pl.read_parquet(kinds) if kinds.is_file() else None
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as counts and feature names: {error}", path=directory) from error
    return from_sklearn(counts, names, vocabulary=vocabulary)


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(" ".join(line.split("\n")) + "\n" for line in lines), encoding="utf-8")
