"""Krippendorff's alpha of scores: 1 minus observed by expected disagreement, whatever judges left out.

The interval alpha takes disagreement as the squared difference of scores. The ordinal one takes it as the squared
difference of mean ranks over all scores, which is Krippendorff's ordinal metric: half the values of either and all
values between. Both have a closed form, so that scores with decimals need no table of values by values, for which
:func:`textmine.labels.agreement.krippendorff_alpha` counts labels; tests hold the two equal.

References
----------
Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania, Departmental Papers 43.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.stats import rankdata

from textmine.judging.tally.ballots import Floats

Level = Literal["interval", "ordinal"]


def score_alpha(scores: Floats, level: Level = "interval") -> float | None:
    """Krippendorff's alpha; None where no unit has two scores, or all scores are the same.

    Parameters
    ----------
    scores
        NaN where there is none, shape (n_judges, n_units).
    level
        Of measurement.

    Examples
    --------
    >>> score_alpha(np.array([[1.0, 2.0, 3.0, 3.0], [1.0, 2.0, 3.0, np.nan]]))
    1.0
    """
    pairable = scores[:, (~np.isnan(scores)).sum(axis=0) >= 2]
    known = ~np.isnan(pairable)
    values = pairable[known]
    if not len(values) or values.min() == values.max():
        return None
    placed = np.full(pairable.shape, np.nan)
    placed[known] = rankdata(values) if level == "ordinal" else values - values.mean()
    n_unit = known.sum(axis=0)
    centred = np.where(known, placed - np.nansum(placed, axis=0) / n_unit, 0.0)
    observed = ((centred**2).sum(axis=0) * n_unit / (n_unit - 1)).sum() / len(values)
    all_values = placed[known]
    expected = ((all_values - all_values.mean()) ** 2).sum() / (len(values) - 1)
    return float(1 - observed / expected)
