"""Which posts are most worth a judge's minute: those that a model is unsure about, unlike each other, from everywhere.

1. Candidates are different texts. With a model they are the ten times as many posts as asked for that it is least sure
   about (margin: one minus the difference of the two largest probabilities), as many of each class that it takes them
   for; without one, up to 20,000 at random.
2. Their TF-IDF, reduced to 50 dimensions, is cut into as many k-means groups as posts are asked for, each post
   weighted by its uncertainty: diverse mini-batch active learning (Zhdanov 2019).
3. From each group one of the ten posts nearest to its centre is taken: the one whose agency, cluster, platform and
   media type lack most. What they should have is in proportion to the square root of their posts (power allocation,
   Bankier 1988), so that small ones are heard and large ones do not drown them.

A part is drawn at random from all texts and marked so. Shares and scores that are to hold for all posts are measured on
that part: the others were chosen because they are odd.

References
----------
Zhdanov, F. (2019). Diverse mini-batch active learning. arXiv:1901.05954.
Bankier, M. D. (1988). Power allocations: determining sample sizes for subnational areas. The American Statistician
42 (3), 174-177.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from textmine.errors import NotEnoughDataError

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

CANDIDATES: Final = 20_000
"""Different texts among which posts are chosen without a model."""
PER_POST: Final = 10
"""Candidates a post with a model."""
RANDOM_SHARE: Final = 0.25
_DIMENSIONS: Final = 50
_NEAREST: Final = 10
SPREAD: Final = ("agency", "cluster", "platform", "media_type")
"""Columns over which the choice is spread."""


def margin_uncertainty(classes: Sequence[str]) -> pl.Expr:
    """One minus the difference of the two largest probabilities: 0 is sure, 1 undecided.

    Examples
    --------
    >>> table = pl.DataFrame({"tinggi": [0.9, 0.4], "sedang": [0.1, 0.3], "rendah": [0.0, 0.3]})
    >>> table.select(margin_uncertainty(["tinggi", "sedang", "rendah"]).round(2).alias("u"))["u"].to_list()
    [0.2, 0.9]
    """
    ordered = pl.concat_list(classes).list.sort(descending=True)
    return 1.0 - (ordered.list.get(0) - ordered.list.get(1))


def turn_of_unsure() -> pl.Expr:
    """Order of posts by uncertainty, class by class in turn: the least sure of each class, the second least, and so on.

    Over ``uncertainty`` and ``likely`` (the most probable class). Where one class is rare, the posts between the two
    others would else be all that is asked about.

    Examples
    --------
    >>> table = pl.DataFrame({"uncertainty": [0.9, 0.8, 0.7, 0.6], "likely": ["a", "a", "a", "b"]})
    >>> table.sort(turn_of_unsure(), "likely")["uncertainty"].to_list()
    [0.9, 0.6, 0.8, 0.7]
    """
    return pl.col("uncertainty").rank("ordinal", descending=True).over("likely")


def choose_posts(
    candidates: pl.DataFrame,
    counts: sp.csr_array,
    n: int,
    *,
    population: Mapping[str, Mapping[str, int]] | None = None,
    seed: int = 0,
) -> npt.NDArray[np.int64]:
    """Choose posts that are unlike each other and come from everywhere.

    Parameters
    ----------
    candidates
        One row a post: the columns of :data:`SPREAD`, ``uncertainty`` (null or absent weighs every post alike) and
        ``likely`` (class that a model takes it for; absent without a model).
    counts
        Their term counts, shape (n_candidates, n_terms).
    n
        How many to choose.
    population
        Posts of each value of the columns of :data:`SPREAD`; counted among the candidates if None.
    seed
        Of the reduction and of k-means.

    Returns
    -------
    numpy.ndarray
        Rows of ``candidates``, ascending, shape (n,).

    Raises
    ------
    NotEnoughDataError
        There are fewer candidates than posts to choose.
    """
    if len(candidates) < n:
        raise NotEnoughDataError("there are too few different texts to choose from", needed=n, got=len(candidates))
    if n < 1:
        return np.zeros(0, np.int64)
    if len(candidates) == n:
        return np.arange(n)
    weight = np.ones(len(candidates))
    if "uncertainty" in candidates.columns:
        weight = np.clip(candidates["uncertainty"].fill_null(1.0).to_numpy(), 1e-3, 1.0)
    group, distance = _grouped(text_features(counts, seed=seed), weight, n, seed)
    spread = [*SPREAD, *(name for name in ("likely",) if name in candidates.columns)]
    margins = [_Margin(candidates[name].cast(pl.String), n, (population or {}).get(name)) for name in spread]
    chosen = _spread(group, distance, margins)
    missing = n - len(chosen)
    if missing:  # equal points leave groups empty; the next best fill up
        rest = np.setdiff1d(np.arange(len(candidates)), chosen)
        chosen = np.concatenate([chosen, rest[np.lexsort((rest, distance[rest]))][:missing]])
    return np.sort(chosen)


def text_features(counts: sp.csr_array, *, seed: int = 0) -> npt.NDArray[np.float64]:
    """TF-IDF reduced to at most 50 dimensions, rows of length one, shape (n_posts, n_dimensions)."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    weights = TfidfTransformer(sublinear_tf=True).fit_transform(counts.astype(np.float64))
    n = min(_DIMENSIONS, weights.shape[1] - 1, weights.shape[0] - 1)
    reduced = _on_one_thread(TruncatedSVD(n, random_state=seed).fit_transform, weights) if n > 0 else weights.toarray()
    found: npt.NDArray[np.float64] = normalize(reduced)
    return found


def _grouped(
    points: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], n: int, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Group of each post, and its distance to the centre."""
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    model = KMeans(n, n_init=1, random_state=seed, max_iter=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different points than groups
        _on_one_thread(model.fit, points, sample_weight=weight)
    group = model.labels_.astype(np.int64)
    return group, np.linalg.norm(points - model.cluster_centers_[group], axis=1)


def _on_one_thread(function: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
    """Call on one thread: sums over several differ in their last digit."""
    from threadpoolctl import threadpool_limits

    # The share of the variance that a direction explains is undefined where all posts are equal; it is not used.
    with threadpool_limits(1), np.errstate(invalid="ignore"):
        return function(*arguments, **options)


class _Margin:
    """How many posts of each value of a column are wanted and there."""

    def __init__(self, column: pl.Series, n: int, population: Mapping[str, int] | None) -> None:
        filled = column.fill_null("")
        values = filled.unique().sort()
        self.codes = filled.replace_strict(values, np.arange(len(values)), return_dtype=pl.Int64).to_numpy()
        counted = np.bincount(self.codes, minlength=len(values)).astype(np.float64)
        if population is not None:
            counted = np.array([population.get(value, 1) for value in values], np.float64)
        root = np.sqrt(np.maximum(counted, 1))
        self.wanted = n * root / root.sum()
        self.there = np.zeros(len(values))

    def lack(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Share of what is wanted that is not there yet; below zero where there is too much."""
        codes = self.codes[rows]
        found: npt.NDArray[np.float64] = 1 - self.there[codes] / self.wanted[codes]
        return found

    def take(self, row: int) -> None:
        self.there[self.codes[row]] += 1


def _spread(
    group: npt.NDArray[np.int64], distance: npt.NDArray[np.float64], margins: Sequence[_Margin]
) -> npt.NDArray[np.int64]:
    """One post of each group; groups with few posts choose first, since they have the least choice."""
    order = np.lexsort((np.arange(len(group)), distance, group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    chosen = []
    for place in np.lexsort((starts, sizes)):
        rows = order[starts[place] : starts[place] + min(sizes[place], _NEAREST)]
        lack = np.sum([margin.lack(rows) for margin in margins], axis=0)
        row = int(rows[np.argmax(np.round(lack, 9))])  # the nearest of those that lack as much
        for margin in margins:
            margin.take(row)
        chosen.append(row)
    return np.array(chosen, np.int64)
