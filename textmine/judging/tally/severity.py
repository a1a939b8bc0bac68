"""Harsh and lenient judges: what a nominee would have got had every judge scored them.

Additive model: total = level of the nominee - severity of the judge + rest, severities summing to 0, by least squares
over the totals that there are. On full ballots the adjusted score is the mean; where a judge was left out of a nominee
it takes off what that judge's harshness or leniency would have done. Judges are fixed effects: three to five of them do
not tell how judges vary in general.

The model can be told from the data only where judges and nominees hang together through shared ballots. Where they fall
apart into groups, levels of different groups cannot be compared, and there is no adjusted score.

References
----------
Montgomery, D. C. (2013). Design and Analysis of Experiments, 8th edition. Wiley, section 4.4 (incomplete blocks).
Searle, S. R. (1971). Linear Models. Wiley, chapter 7 (connectedness of two-way data).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components
from scipy.stats import t as student

from textmine.judging.tally.ballots import Flags, Floats

Integers = npt.NDArray[np.int64]
Manner = Literal["ordinary", "harsh", "lenient"]

CONFIDENCE: Final = 0.95
_EXACT: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Severity:
    """What the additive model says.

    Parameters
    ----------
    adjusted
        Score as if every judge had scored, NaN without a total or where groups fall apart, shape (n_nominees,).
    severity, low, high
        How much less than the others a judge gives the same nominee, with a 95 % interval, shape (n_judges,); NaN where
        unknown. The interval needs more totals than the model has numbers, and totals that do not fit it exactly.
    manner
        Harsh or lenient where severity is unlike 0 at 5 % over all judges together (Bonferroni).
    groups
        Number of groups that share no ballot; 1 where everything can be compared.
    rest
        Standard deviation of what is left; NaN without degrees of freedom.
    degrees
        Of freedom.
    """

    adjusted: Floats
    severity: Floats
    low: Floats
    high: Floats
    manner: tuple[Manner, ...]
    groups: int
    rest: float
    degrees: int


def ballot_groups(totals: Floats) -> tuple[int, Integers, Integers]:
    """Groups of judges and nominees that hang together through ballots.

    Returns
    -------
    n_groups : int
        Judges and nominees without any total make none.
    judge_group, nominee_group : numpy.ndarray
        Number of the group, -1 for those without a total.
    """
    known = ~np.isnan(totals)
    n_judges, n_nominees = known.shape
    graph = np.zeros((n_judges + n_nominees,) * 2, dtype=bool)
    graph[:n_judges, n_judges:] = known
    _, label = connected_components(graph, directed=False)
    used = np.concatenate([known.any(axis=1), known.any(axis=0)])
    names, place = np.unique(label[used], return_inverse=True)
    group = np.full(len(label), -1)
    group[used] = place
    return len(names), group[:n_judges], group[n_judges:]


def adjusted_scores(totals: Floats, keep: Flags) -> Floats:
    """Scores as if every judge of a choice had scored, shape (n_choices, n_nominees); NaN where groups fall apart."""
    known = ~np.isnan(totals)
    filled = np.where(known, totals, 0.0)
    chosen = keep & known.any(axis=1)
    matrix, right = _normal_equations(known, filled, chosen)
    present = (chosen.astype(float) @ known) > 0
    one = _together(known, chosen, present)
    n = present.sum(axis=1)
    both = present[:, :, None] & present[:, None, :]
    matrix = matrix + np.where(both, 1.0, 0.0) + np.eye(known.shape[1]) * ~present[:, :, None]
    matrix = np.where(one[:, None, None], matrix, np.eye(known.shape[1]))
    level = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
    per_judge = (level @ known.T.astype(float) - filled.sum(axis=1)) / np.maximum(known.sum(axis=1), 1)
    shift = (per_judge * chosen).sum(axis=1) / np.maximum(chosen.sum(axis=1), 1)
    return np.where(present & one[:, None] & (n > 0)[:, None], level - shift[:, None], np.nan)


def severity(totals: Floats) -> Severity:
    """Fit the additive model to totals, shape (n_judges, n_nominees), NaN where there is none."""
    known = ~np.isnan(totals)
    n_groups = ballot_groups(totals)[0]
    n_judges, n_nominees = totals.shape
    unknown = np.full(n_judges, np.nan)
    if n_groups != 1:
        nothing: tuple[Manner, ...] = ("ordinary",) * n_judges
        return Severity(np.full(n_nominees, np.nan), unknown, unknown, unknown, nothing, n_groups, np.nan, 0)
    adjusted = adjusted_scores(totals, np.ones((1, n_judges), dtype=bool))[0]
    judging = np.asarray(known.any(axis=1))
    fitted = np.where(known, adjusted - totals, 0.0)
    n = np.maximum(known.sum(axis=1), 1)
    harsh = np.where(judging, fitted.sum(axis=1) / n, np.nan)
    rests = np.where(known, totals - adjusted + harsh[:, None], 0.0)
    degrees = int(known.sum() - judging.sum() - known.any(axis=0).sum() + 1)
    rest = float(np.sqrt((rests**2).sum() / degrees)) if degrees > 0 else float("nan")
    error = _errors(known, judging) * (rest if rest > _EXACT else np.nan)  # no rest tells no error
    tail = (1 - CONFIDENCE) / 2
    reach = error * student.ppf(1 - tail, max(degrees, 1))
    strict = error * student.ppf(1 - tail / max(int(judging.sum()), 1), max(degrees, 1))
    low, high = harsh - reach, harsh + reach
    return Severity(adjusted, harsh, low, high, _manners(harsh, strict), 1, rest, max(degrees, 0))


def _manners(harsh: Floats, strict: Floats) -> tuple[Manner, ...]:
    found: list[Manner] = []
    for value, reach in zip(harsh.tolist(), strict.tolist(), strict=True):
        apart = abs(value) > reach  # False where either is NaN
        found.append(("harsh" if value > 0 else "lenient") if apart else "ordinary")
    return tuple(found)


def _normal_equations(known: Flags, filled: Floats, chosen: Flags) -> tuple[Floats, Floats]:
    """Equations of the nominees' levels with judges eliminated: a sum over judges, so that any choice is a product."""
    n_judges, n_nominees = known.shape
    weight = 1 / np.maximum(known.sum(axis=1), 1)
    scored = known.astype(float)
    own = -(scored[:, :, None] * scored[:, None, :]) * weight[:, None, None]
    own[:, np.arange(n_nominees), np.arange(n_nominees)] += scored
    right = np.where(known, filled - (filled.sum(axis=1) * weight)[:, None], 0.0)
    use = chosen.astype(float)
    matrix = (use @ own.reshape(n_judges, -1)).reshape(len(chosen), n_nominees, n_nominees)
    return matrix, use @ right


def _together(known: Flags, chosen: Flags, present: Flags) -> Flags:
    """Whether the nominees who were scored hang together through the chosen judges' ballots, shape (n_choices,)."""
    start = np.zeros_like(present)
    start[np.arange(len(present)), present.argmax(axis=1)] = True
    reached = start & present
    ballots = known.astype(np.float32)
    for _ in range(min(known.shape)):
        judges = ((reached.astype(np.float32) @ ballots.T) > 0) & chosen
        wider = (judges.astype(np.float32) @ ballots) > 0
        if (wider == reached).all():
            break
        reached = wider
    found: Flags = (reached == present).all(axis=1)
    return found


def _errors(known: Flags, judging: Flags) -> Floats:
    """Standard errors of severities for a rest of 1: by the pseudo-inverse of the judges' reduced equations."""
    ballots = known[judging].astype(float)
    nominees = ballots[:, ballots.any(axis=0)]
    matrix = np.diag(nominees.sum(axis=1)) - (nominees / nominees.sum(axis=0)) @ nominees.T
    errors = np.full(len(known), np.nan)
    errors[judging] = np.sqrt(np.maximum(np.diag(np.linalg.pinv(matrix, hermitian=True)), 0.0))
    return errors
