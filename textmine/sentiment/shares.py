"""Shares of classes corrected for what the classifier is known to get wrong, with intervals (quantification).

Counting labels gives biased shares: if one neutral text in eight is called negative, a thousand neutral texts make a
hundred negative ones. Three corrections ask which mixture of true classes would look like what was seen:

- ``adjusted``: the labels' shares as a mixture of the known rates of labels of each class, by least squares over
  shares (adjusted count; Forman 2008);
- ``probabilistic``: the same with mean probabilities (Bella et al. 2010);
- ``em``: the likeliest shares given every text's probabilities, by expectation maximisation (Saerens et al. 2002).

All of them take it that texts of a class look as they did where the mistakes were counted; only the shares differ. That
no mixture of the known classes looks like what was seen can be told (``misfit``); that one does proves nothing.

References
----------
Bella, A., Ferri, C., Hernández-Orallo, J., Ramírez-Quintana, M. J. (2010). Quantification via probability estimators.
ICDM.
Forman, G. (2008). Quantifying counts and costs via classification. Data Mining and Knowledge Discovery 17.
Saerens, M., Latinne, P., Decaestecker, C. (2002). Adjusting the outputs of a classifier to new a priori probabilities.
Neural Computation 14(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from textmine.sentiment.cells import N_CELLS, N_LABELS, blocks_of_cells, cell_labels, cell_probabilities
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.simplex import nearest_mixture

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ShareMethod = Literal["em", "probabilistic", "adjusted"]
METHODS: Final[tuple[ShareMethod, ...]] = get_args(ShareMethod)

DEFAULT_METHOD: Final[ShareMethod] = "em"
"""Nearest to the truth on out-of-fold texts of the training set, ``bench/accuracy_shares.py``."""

MISFIT: Final = 0.1
"""Part of the texts that may lie where no mixture of the known classes puts them, before a correction is doubted.

Mixtures of 200 out-of-fold texts of the training set reach 0.11 once in a hundred; hotel reviews, 0.16 and more.
"""

_ROUNDS: Final = 200
_ENOUGH: Final = 1e-6
_UNSEEN: Final = 0.5
_BLOCK: Final = 256
"""Groups whose cells fit into the processor's cache: all groups at once take twenty times as long."""


@dataclass(frozen=True)
class Shares:
    """Shares of some groups, columns negative, neutral, positive.

    Parameters
    ----------
    n : shape (n_groups,)
        Texts, or the sum of their weights.
    raw : shape (n_groups, 3)
        Shares of the labels, as counted. NaN, like all below, where a group is empty.
    corrected : shape (n_groups, 3)
        Shares corrected for the classifier's mistakes.
    low, high : shape (n_groups, 3)
        Bounds of the interval of ``corrected``.
    misfit : shape (n_groups,)
        Part of the texts, 0 to 1, that lies where the nearest mixture of the known classes puts none.
    fits : shape (n_groups,), bool
        Whether ``misfit`` is within :data:`MISFIT` or what chance does in as few texts.
    """

    n: Floats
    raw: Floats
    corrected: Floats
    low: Floats
    high: Floats
    misfit: Floats
    fits: npt.NDArray[np.bool_]


def estimate_shares(
    counts: Floats,
    confusion: Confusion,
    *,
    method: ShareMethod = DEFAULT_METHOD,
    squared: Floats | None = None,
    level: float = 0.9,
    n_resamples: int = 200,
    seed: int = 0,
) -> Shares:
    """Shares of the three classes in each group.

    Parameters
    ----------
    counts
        Texts of each group in each cell (:func:`~textmine.sentiment.cells.cells_of`), shape (n_groups, N_CELLS). Texts
        may count in part, such as by how much of them is about a topic.
    confusion
        The classifier's mistakes.
    method
        Which correction.
    squared
        Sum of the squared weights of each group's texts, where texts count in part, shape (n_groups,): fewer texts
        stand behind the same sum.
    level
        Of the intervals: bootstrap percentiles over the texts of the group and those that the mistakes were counted
        on, both drawn anew in each resample. They hold for texts that fit; no interval knows of mistakes that changed.
    n_resamples
        Of the bootstrap.
    seed
        Of the bootstrap. A group's interval hangs on its own counts and on nothing of other groups.

    Returns
    -------
    Shares

    Examples
    --------
    >>> from textmine.sentiment.cells import cells_of
    >>> truth = ["negative"] * 40 + ["neutral"] * 40 + ["positive"] * 40
    >>> said = np.repeat([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], 40, axis=0)
    >>> said[40:50] = [0.6, 0.3, 0.1]  # a quarter of the neutral texts is called negative
    >>> confusion = Confusion.of(said, truth)
    >>> seen = np.bincount(cells_of(said[30:90]), minlength=N_CELLS)[None]  # 10 negative, 40 neutral, 10 positive
    >>> shares = estimate_shares(seen, confusion, method="adjusted")
    >>> shares.raw.round(2).tolist(), shares.corrected.round(2).tolist()
    ([[0.33, 0.5, 0.17]], [[0.17, 0.67, 0.17]])
    """
    if method not in METHODS:
        raise ValueError(f"cannot correct by {method!r}; choose one of {', '.join(METHODS)}")
    counts = np.asarray(counts, np.float64)
    known = _Known.drawn(confusion, n_resamples, np.random.default_rng([seed, 0]))
    n_texts = counts.sum(axis=1) if squared is None else counts.sum(axis=1) ** 2 / np.maximum(squared, 1e-12)
    parts = [
        _one_group(row, known, method, level, n, np.random.default_rng([seed, 1]))  # the same whatever groups there are
        for row, n in zip(counts, n_texts.tolist(), strict=True)
    ]
    if not parts:
        empty = np.zeros((0, N_LABELS))
        return Shares(np.zeros(0), empty, empty, empty, empty, np.zeros(0), np.zeros(0, bool))
    raw, corrected, low, high, misfit, fits = (np.stack(column) for column in zip(*parts, strict=True))
    return Shares(counts.sum(axis=1), raw, corrected, low, high, misfit, fits.astype(bool))


def corrected_shares(counts: Floats, confusion: Confusion, *, method: ShareMethod = DEFAULT_METHOD) -> Floats:
    """Only the corrected shares, without intervals, of many groups at once; shape (n_groups, 3)."""
    known = _Known.of(confusion.cells[None])
    seen = np.asarray(counts, np.float64)
    return _correct(seen / seen.sum(axis=1, keepdims=True), known, method)


@dataclass(frozen=True)
class _Known:
    """What the corrections need of counted mistakes; the first axis is resamples.

    Parameters
    ----------
    rates, means : shape (n, 3, 3)
        Rates of the labels and mean probabilities of each true class.
    prior : shape (n, 3)
        Shares of classes that the probabilities take for granted.
    blocks : shape (n, 3, n_blocks)
        Where the texts of each class lie, coarsely.
    typical : shape (N_CELLS,)
        Sum of the shares of the cells among the texts of each class.
    """

    rates: Floats
    means: Floats
    prior: Floats
    blocks: Floats
    typical: Floats

    @classmethod
    def of(cls, cells: Floats) -> _Known:
        inside = cells / cells.sum(axis=-1, keepdims=True)
        means = inside @ cell_probabilities()
        return cls(inside @ _LABELS, means, _taken_for_granted(means), inside @ _BLOCKS, inside[0].sum(axis=0))

    @classmethod
    def drawn(cls, confusion: Confusion, n_resamples: int, rng: np.random.Generator) -> _Known:
        """The counts as they are, and so many draws of as many texts of each class."""
        n_texts = confusion.cells.sum(axis=1)
        inside = confusion.cells / n_texts[:, None]
        draws = [rng.multinomial(int(n), row, size=n_resamples) for n, row in zip(n_texts, inside, strict=True)]
        return cls.of(np.concatenate([confusion.cells[None], np.stack(draws, axis=1)]).astype(np.float64))

    def resamples(self) -> _Known:
        return _Known(self.rates[1:], self.means[1:], self.prior[1:], self.blocks[1:], self.typical)

    def first(self) -> _Known:
        return _Known(self.rates[:1], self.means[:1], self.prior[:1], self.blocks[:1], self.typical)


_LABELS: Final = np.eye(N_LABELS)[cell_labels()]
_BLOCKS: Final = np.eye(int(blocks_of_cells().max()) + 1)[blocks_of_cells()]
_Group = tuple["Floats", "Floats", "Floats", "Floats", float, bool]


def _one_group(
    row: Floats, known: _Known, method: ShareMethod, level: float, n_texts: float, rng: np.random.Generator
) -> _Group:
    """Raw and corrected shares, bounds, misfit and whether it fits."""
    if not row.sum():
        nothing = np.full(N_LABELS, np.nan)
        return nothing, nothing, nothing, nothing, np.nan, False
    inside = row / row.sum()
    corrected = _correct(inside[None], known.first(), method)[0]
    n_drawn = max(round(n_texts), 1)
    # Half a text of each class more: of a handful of texts that are all alike, a draw would never find another.
    used = np.flatnonzero((row > 0) | (known.typical > 0))
    chances = n_texts * inside[used] + _UNSEEN * known.typical[used]
    drawn = rng.multinomial(n_drawn, chances / chances.sum(), size=len(known.prior) - 1) / n_drawn
    resampled = _correct(drawn, known.resamples(), method, used=used)
    tail = (1 - level) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    misfit, by_chance = _misfit(inside @ _BLOCKS, known, n_drawn, rng)
    # An estimate at the edge may lie outside the percentiles of its resamples.
    low, high = np.minimum(low, corrected), np.maximum(high, corrected)
    return inside @ _LABELS, corrected, low, high, misfit, misfit <= max(MISFIT, by_chance)


def _correct(seen: Floats, known: _Known, method: ShareMethod, *, used: npt.NDArray[np.int64] | None = None) -> Floats:
    """Corrected shares of what was seen in the cells that are in use, one row a group or resample."""
    cells = np.arange(N_CELLS) if used is None else used
    if method == "em":
        if used is None:  # a cell has the same probabilities under each label
            seen, cells = seen.reshape(len(seen), N_LABELS, -1).sum(axis=1), cells[: N_CELLS // N_LABELS]
        return _likeliest(seen, cell_probabilities()[cells], known.prior)
    components, table = (known.rates, _LABELS) if method == "adjusted" else (known.means, cell_probabilities())
    return nearest_mixture(np.broadcast_to(components, (len(seen), N_LABELS, N_LABELS)), seen @ table[cells])


def _likeliest(seen: Floats, probabilities: Floats, prior: Floats) -> Floats:
    """Expectation maximisation over the shares of classes; ``prior`` has a row for each of ``seen``, or one for all."""
    priors = np.broadcast_to(prior, (len(seen), N_LABELS))
    shares = priors.copy()
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(seen), _BLOCK)]
    for _ in range(_ROUNDS):
        moved = 0.0
        for block in blocks:
            weight = shares[block] / priors[block]
            after = weight * ((seen[block] / (weight @ probabilities.T)) @ probabilities)
            moved = max(moved, float(np.abs(after - shares[block]).max()))
            shares[block] = after
        if moved < _ENOUGH:
            break
    likeliest: Floats = shares / shares.sum(axis=1, keepdims=True)
    return likeliest


def _taken_for_granted(means: Floats) -> Floats:
    """Shares at which mean probabilities equal the shares: what calibrated probabilities take for granted.

    They are not the training set's: a classifier may be told to find classes equally likely.
    """
    system = np.swapaxes(means, -1, -2) - np.eye(N_LABELS)
    system[..., -1, :] = 1.0
    right = np.zeros((*means.shape[:-1], 1))
    right[..., -1, 0] = 1.0
    prior = np.clip(np.linalg.solve(system, right)[..., 0], 1e-6, None)
    shares: Floats = prior / prior.sum(axis=-1, keepdims=True)
    return shares


def _misfit(blocks: Floats, known: _Known, n_texts: int, rng: np.random.Generator) -> tuple[float, float]:
    """Distance from the nearest mixture, and the one that 95 % of as many texts of such a mixture stay within."""
    found, shares = _distance(blocks[None], known.blocks[:1])
    mixtures = np.einsum("c,ncb->nb", shares[0], known.blocks[1:])
    drawn = rng.multinomial(n_texts, mixtures / mixtures.sum(axis=1, keepdims=True)) / n_texts
    by_chance, _ = _distance(drawn, known.blocks[:1])
    return float(found[0]), float(np.quantile(by_chance, 0.95))


def _distance(blocks: Floats, components: Floats) -> tuple[Floats, Floats]:
    """Total variation between what was seen and the nearest mixture, and that mixture's shares."""
    scale = 1 / np.sqrt(components.mean(axis=(0, 1)) + 1e-3)  # rare blocks count too
    spread = np.broadcast_to(components * scale, (len(blocks), *components.shape[1:]))
    shares = nearest_mixture(spread, blocks * scale)
    return np.abs(blocks - shares @ components[0]).sum(axis=1) / 2, shares
