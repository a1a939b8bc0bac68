"""What a feature is worth: how much worse held-out agencies are predicted when its values are shuffled among posts.

References
----------
Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
Fisher, A., Rudin, C. and Dominici, F. (2019). All models are wrong, but many are useful. JMLR 20(177) (as a difference
of losses).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.quality.selection import Selected

Floats = npt.NDArray[np.float64]
_SHUFFLES: Final = 5
_RESAMPLES: Final = 1_000
_MOST_POSTS: Final = 4_000


@dataclass(frozen=True)
class Losses:
    """Rise of the log loss of each held-out post when a feature is shuffled.

    Attributes
    ----------
    rises
        By feature, shape (n_posts,) each.
    agencies
        Shape (n_posts,).
    """

    rises: dict[str, Floats]
    agencies: npt.NDArray[np.str_]

    @classmethod
    def together(cls, parts: Sequence[Losses]) -> Self:
        """Losses of several folds as one; a feature that a fold did not use is worth nothing there."""
        names = dict.fromkeys(name for part in parts for name in part.rises)
        rises = {
            name: np.concatenate([part.rises.get(name, np.zeros(len(part.agencies))) for part in parts])
            for name in names
        }
        return cls(rises, np.concatenate([part.agencies for part in parts]))


def permuted_losses(chosen: Selected, held: pl.DataFrame, labels: Floats, *, seed: int) -> Losses:
    """Shuffle each feature among the posts of held-out agencies, all its columns together.

    Parameters
    ----------
    chosen
        Model.
    held
        Features of posts of agencies that it has not seen.
    labels
        Weight of each class, shape (n_posts, n_classes).
    seed
        Of the shuffles.
    """
    generator = np.random.default_rng([seed, 1])
    rows = np.sort(generator.permutation(len(held))[:_MOST_POSTS])
    held, labels = held[rows], labels[rows] / labels[rows].sum(axis=1, keepdims=True)
    values = chosen.pipeline.design.transform(held)

    def loss(matrix: Floats) -> Floats:
        probabilities = chosen.calibration.probabilities(chosen.pipeline.of_scaled(matrix))
        return np.asarray(-(labels * np.log(np.maximum(probabilities, 1e-12))).sum(axis=1))

    before = loss(values)
    rises: dict[str, Floats] = {}
    for feature in chosen.pipeline.design.features:
        places = chosen.pipeline.design.places(feature)
        total = np.zeros(len(before))
        for _ in range(_SHUFFLES):
            shuffled = values.copy()
            shuffled[:, places] = values[generator.permutation(len(values))][:, places]
            total += loss(shuffled) - before
        rises[feature] = total / _SHUFFLES
    return Losses(rises, held["agency"].cast(pl.String).to_numpy())


def importance(losses: Losses, *, seed: int, level: float = 0.95) -> pl.DataFrame:
    """Worth of each feature with an interval from a bootstrap of agencies.

    Parameters
    ----------
    losses
        Of held-out agencies.
    seed
        Of the bootstrap.
    level
        Of the intervals.

    Returns
    -------
    polars.DataFrame
        feature, importance (mean rise of the log loss, in nats), low and high, the most important first.
    """
    agencies, places = np.unique(losses.agencies, return_inverse=True)
    counts = np.bincount(places).astype(np.float64)
    draws = np.random.default_rng([seed, 2]).multinomial(
        len(agencies), np.full(len(agencies), 1 / len(agencies)), _RESAMPLES
    )
    rows = []
    for feature, rise in losses.rises.items():
        sums = np.bincount(places, rise)
        resampled = (draws @ sums) / (draws @ counts)
        low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
        rows.append((feature, float(sums.sum() / counts.sum()), float(low), float(high)))
    schema = {"feature": pl.String, "importance": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("importance", "feature", descending=[True, False])
