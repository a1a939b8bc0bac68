"""How unlike new posts are to those that a model was trained on: stability index by feature, and words it never met.

The population stability index (PSI) compares the shares of bins: the sum of (q - p) ln(q / p), the symmetrised
Kullback-Leibler divergence. Below 0.1 is read as stable, 0.1 to 0.25 as moved, above 0.25 as drifted (Siddiqi 2006).
Those bands ignore how many posts there are: fifty posts of the same kind easily give 0.2. Without drift the PSI is
about (1 / n + 1 / m) times chi-square with one degree of freedom less than there are bins (Yurdakul 2018), so a feature
is called moved or drifted only when it also exceeds what chance brings.

References
----------
Siddiqi, N. (2006). Credit Risk Scorecards. Wiley, 136-137.
Yurdakul, B. (2018). Statistical properties of population stability index. Dissertation, Western Michigan University.
Good, I. J. (1953). The population frequencies of species and the estimation of population parameters. Biometrika 40,
237-264.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import polars as pl

from textmine.atomic import write_json
from textmine.errors import ModelError

if TYPE_CHECKING:
    import numpy.typing as npt

Verdict = Literal["stable", "chance", "moved", "drifted"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

MOVED: Final = 0.1
DRIFTED: Final = 0.25
N_BINS: Final = 10
_CATEGORIES: Final = 30
"""Categories that have a bin of their own; the others share one."""
_PSEUDO: Final = 0.5
"""Added to every count, so that an empty bin has a logarithm (Jeffreys' prior)."""
_FORMAT: Final = 1

DRIFT_SCHEMA: Final = pl.Schema(
    {
        "feature": pl.String(),
        "kind": pl.Enum(["numeric", "category"]),
        "psi": pl.Float64(),
        "expected": pl.Float64(),
        "by_chance": pl.Float64(),
        "verdict": pl.Enum(VERDICTS),
        "bins": pl.UInt32(),
        "n_reference": pl.UInt64(),
        "n": pl.UInt64(),
    }
)
"""``expected`` is the mean PSI without drift, ``by_chance`` what it exceeds once in a hundred times without drift."""


@dataclass(frozen=True)
class FeatureReference:
    """How a feature was spread where the model learned.

    Parameters
    ----------
    name
        Of the column.
    edges
        Upper ends of the bins of a numeric feature, ascending: the first bin lies below all values of the reference,
        and values above all of them have one more; None for categories.
    categories
        Values with a bin of their own; None for a numeric feature.
    counts
        Posts in each bin. Categories have a last-but-one bin for all other values; the last bin holds nulls.
    """

    name: str
    edges: tuple[float, ...] | None
    categories: tuple[str, ...] | None
    counts: tuple[int, ...]

    @property
    def kind(self) -> Literal["numeric", "category"]:
        """Numeric or category."""
        return "numeric" if self.edges is not None else "category"

    def count(self, column: pl.Series) -> npt.NDArray[np.int64]:
        """Posts of ``column`` in each bin, shape (n_bins,)."""
        n_bins = len(self.counts)
        if self.edges is not None:
            values = _numbers(column)
            bins = np.where(np.isnan(values), n_bins - 1, np.searchsorted(self.edges, values, side="left"))
            return np.bincount(bins, minlength=n_bins)
        places = {value: place for place, value in enumerate(self.categories or ())}
        coded = column.cast(pl.String).replace_strict(places, default=n_bins - 2, return_dtype=pl.Int64)
        coded = coded.set(column.is_null(), n_bins - 1)
        return np.bincount(coded.to_numpy(), minlength=n_bins)


@dataclass(frozen=True)
class DriftReference:
    """The features of the posts that a model was trained on, binned and counted; no post is kept."""

    features: tuple[FeatureReference, ...]
    n_posts: int

    @classmethod
    def of(cls, table: pl.DataFrame, *, features: Sequence[str] | None = None, n_bins: int = N_BINS) -> DriftReference:
        """Bin the features of training posts.

        Parameters
        ----------
        table
            One row a post. Numbers are cut at quantiles, text and enumerations are counted by value; booleans too.
        features
            Columns to watch; all if None.
        n_bins
            Bins of a numeric feature at most; values that are frequent make fewer.

        Raises
        ------
        ValueError
            A column is neither numbers nor text, or ``n_bins`` is below 2.
        """
        if n_bins < 2:
            raise ValueError(f"n_bins must be at least 2, not {n_bins}")
        names = table.columns if features is None else features
        return cls(tuple(_reference(table[name], n_bins) for name in names), len(table))

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        write_json(path, {"format": _FORMAT, **asdict(self)})

    @classmethod
    def load(cls, path: Path) -> DriftReference:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ModelError
            It is missing, broken, or of a newer textmine.
        """
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] > _FORMAT:
                raise ModelError("a newer textmine wrote this; upgrade with: pip install -U textmine", path=path)
            return cls(tuple(_feature(each) for each in content["features"]), int(content["n_posts"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"cannot be read as a reference of features: {error}", path=path) from error


def feature_drift(reference: DriftReference, table: pl.DataFrame, *, level: float = 0.99) -> pl.DataFrame:
    """Stability index of each feature of new posts.

    Parameters
    ----------
    reference
        Of the posts that the model was trained on.
    table
        New posts, with the columns of the reference.
    level
        How seldom chance alone may be called drift, for a feature: 0.99 is once in a hundred.

    Returns
    -------
    polars.DataFrame
        Columns of ``DRIFT_SCHEMA``, the largest PSI first. ``verdict`` is ``stable`` (below 0.1), ``moved`` (0.1 to
        0.25), ``drifted`` (above 0.25), or ``chance`` (0.1 or more, but not more than ``by_chance``). Posts are taken
        as independent: a campaign of equal posts counts each of them.

    Raises
    ------
    ValueError
        A column is missing, or there are no posts.
    """
    missing = [each.name for each in reference.features if each.name not in table.columns]
    if missing or table.is_empty():
        raise ValueError(f"no column {missing[0]!r} among the new posts" if missing else "there are no new posts")
    return drift_of_counts(reference, [each.count(table[each.name]) for each in reference.features], level=level)


def drift_of_counts(
    reference: DriftReference, counts: Sequence[npt.NDArray[np.int64]], *, level: float = 0.99
) -> pl.DataFrame:
    """As :func:`feature_drift`, of posts that were counted in the bins of the reference already."""
    rows = []
    for feature, after in zip(reference.features, counts, strict=True):
        before = np.array(feature.counts, np.int64)
        psi, expected, by_chance, n_bins = stability(before, after, level=level)
        said = verdict(psi, by_chance)
        rows.append((feature.name, feature.kind, psi, expected, by_chance, said, n_bins, before.sum(), after.sum()))
    return pl.DataFrame(rows, schema=DRIFT_SCHEMA, orient="row").sort("psi", "feature", descending=[True, False])


def stability(
    before: npt.NDArray[np.int64], after: npt.NDArray[np.int64], *, level: float = 0.99
) -> tuple[float, float, float, int]:
    """Population stability index of two counts of the same bins, and what it would be without drift.

    Parameters
    ----------
    before, after
        Shape (n_bins,). Bins that are empty in both count for nothing.
    level
        Of the quantile under no drift.

    Returns
    -------
    psi, expected, by_chance : float
        The index; its mean and its quantile without drift.
    n_bins : int
        Bins that hold something.

    Examples
    --------
    >>> psi, expected, by_chance, n_bins = stability(np.array([500, 500]), np.array([30, 20]))
    >>> round(psi, 3), round(expected, 3), round(by_chance, 3), n_bins
    (0.039, 0.021, 0.139, 2)
    """
    from scipy.stats import chi2

    used = (before + after) > 0
    first, second = before[used], after[used]
    n_bins = len(first)
    p = (first + _PSEUDO) / (first.sum() + _PSEUDO * n_bins)
    q = (second + _PSEUDO) / (second.sum() + _PSEUDO * n_bins)
    scale = 1 / max(first.sum(), 1) + 1 / max(second.sum(), 1)
    freedom = max(n_bins - 1, 0)
    by_chance = scale * float(chi2.ppf(level, freedom)) if freedom else 0.0
    return float(((q - p) * np.log(q / p)).sum()), float(scale * freedom), float(by_chance), n_bins


def verdict(psi: float, by_chance: float) -> Verdict:
    """Name of a stability index, given what chance alone may bring.

    Examples
    --------
    >>> verdict(0.05, 0.01), verdict(0.2, 0.3), verdict(0.2, 0.1), verdict(0.3, 0.1)
    ('stable', 'chance', 'moved', 'drifted')
    """
    if psi < MOVED:
        return "stable"
    if psi <= by_chance:
        return "chance"
    return "moved" if psi <= DRIFTED else "drifted"


@dataclass(frozen=True)
class VocabularyDrift:
    """Words of new posts that a model does not know.

    Parameters
    ----------
    types, tokens
        Share of the different words, and of all words, that are unknown.
    expected_tokens
        Share of all words that would be unknown without drift: the words that the training posts held once, by all
        their words (Good 1953).
    n_types, n_tokens
        Words of the new posts.
    verdict
        ``stable``, ``moved`` (unknown words are more than one and a half times as frequent as expected) or ``drifted``
        (more than two and a half times); ``chance`` where that is within three standard errors. No published bands
        exist; these are this project's.
    """

    types: float
    tokens: float
    expected_tokens: float
    n_types: int
    n_tokens: int
    verdict: Verdict


def vocabulary_drift(known: Mapping[str, int], found: Mapping[str, int]) -> VocabularyDrift:
    """Compare the words of new posts with those that a model was trained on.

    Parameters
    ----------
    known
        Every word of the training posts with its count; words that were dropped as too rare must be among them, or
        ``expected_tokens`` is too low.
    found
        Words of the new posts with their counts.

    Raises
    ------
    ValueError
        One of them holds no words.

    Examples
    --------
    >>> vocabulary_drift({"air": 8, "api": 1, "abu": 1}, {"air": 6, "asap": 2}).tokens
    0.25
    """
    n_tokens, learned = sum(found.values()), sum(known.values())
    if not n_tokens or not learned:
        raise ValueError("there are no words to compare")
    new = [word for word in found if word not in known]
    tokens = sum(found[word] for word in new) / n_tokens
    expected = sum(1 for count in known.values() if count == 1) / learned
    said = words_verdict(tokens, expected, n_tokens=n_tokens, learned=learned)
    return VocabularyDrift(len(new) / len(found), tokens, expected, len(found), n_tokens, said)


def words_verdict(tokens: float, expected: float, *, n_tokens: int, learned: int) -> Verdict:
    """What a share of unknown words says; see :class:`VocabularyDrift`.

    Parameters
    ----------
    tokens, expected
        Share of the words that are unknown, and that would be without drift.
    n_tokens, learned
        Words of the new texts, and of those that were learned from.

    Examples
    --------
    >>> words_verdict(0.30, 0.05, n_tokens=1000, learned=100_000)
    'drifted'
    >>> words_verdict(0.15, 0.05, n_tokens=10, learned=100_000)
    'chance'
    """
    error = np.sqrt(max(expected, 1 / learned) * (1 - expected) * (1 / n_tokens + 1 / learned))
    if tokens <= 1.5 * expected:
        return "stable"
    if tokens - expected <= 3 * error:
        return "chance"
    return "drifted" if tokens > 2.5 * expected else "moved"


def _reference(column: pl.Series, n_bins: int) -> FeatureReference:
    if column.dtype.is_numeric():
        values = _numbers(column)
        present = values[~np.isnan(values)]
        inner = np.linspace(0, 1, n_bins + 1)[1:-1]
        edges = np.unique(np.quantile(present, inner, method="lower")) if len(present) else np.zeros(0)
        if len(present):  # what lies outside all that was learned from has bins of its own
            edges = np.unique([np.nextafter(present.min(), -np.inf), *edges, present.max()])
        empty = FeatureReference(column.name, tuple(edges.tolist()), None, (0,) * (len(edges) + 2))
    elif isinstance(column.dtype, (pl.String, pl.Enum, pl.Categorical, pl.Boolean)):
        counted = column.drop_nulls().cast(pl.String).alias("value").value_counts(name="n")
        shown = counted.sort("n", "value", descending=[True, False]).head(_CATEGORIES)["value"]
        empty = FeatureReference(column.name, None, tuple(shown.sort()), (0,) * (len(shown) + 2))
    else:
        raise ValueError(f"column {column.name!r} is {column.dtype}: drift is told of numbers and of text")
    return FeatureReference(empty.name, empty.edges, empty.categories, tuple(empty.count(column).tolist()))


def _numbers(column: pl.Series) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


def _feature(content: Mapping[str, Any]) -> FeatureReference:
    edges, categories = content["edges"], content["categories"]
    if (edges is None) == (categories is None):
        raise ValueError(f"{content['name']!r} has neither edges nor categories, or both")
    shown = None if categories is None else tuple(str(value) for value in categories)
    ends = None if edges is None else tuple(float(value) for value in edges)
    counts = tuple(int(value) for value in content["counts"])
    if len(counts) != len(ends if ends is not None else shown or ()) + 2:
        raise ValueError(f"{content['name']!r} has {len(counts)} counts, which do not fit its bins")
    return FeatureReference(str(content["name"]), ends, shown, counts)
