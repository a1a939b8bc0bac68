"""One label a post from several judges, by a model of the judges: each has a confusion of their own.

The model of Dawid and Skene (1979): a post has a true class; a judge says each label with a probability that depends on
the true class and on the judge. Classes and confusions are estimated together by expectation maximisation, so that a
careless judge counts little and a harsh one is understood as harsh. It is fitted by scikit-activeml's learner from
several annotators (Raykar et al. 2010), which is this model where posts have no features, with a Dirichlet prior on the
confusions: judges of few votes are taken as ordinary judges, not as what their few votes seem to say.

References
----------
Dawid, A. P., and Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using the EM algorithm.
Applied Statistics 28 (1), 20-28.
Raykar, V. C., Yu, S., Zhao, L. H., Valadez, G. H., Florin, C., Bogoni, L., and Moy, L. (2010). Learning from crowds.
Journal of Machine Learning Research 11, 1297-1322.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from textmine.errors import MissingExtraError, NotEnoughDataError
from textmine.labels.agreement import vote_matrix

if TYPE_CHECKING:
    import numpy.typing as npt

PRIOR_OTHER, PRIOR_RIGHT = 0.5, 1.5
"""Votes that every judge is taken to have cast before: half a one for each wrong label, two for the right one."""
_MAX_ITERATIONS: Final = 1_000
_TOLERANCE: Final = 1e-5
HARSH: Final = 0.15
"""Classes by which a judge leans, from which they are called harsh or lenient."""
CARELESS: Final = 0.6
"""Share of right labels below which a judge who does not lean is called careless."""

Manner = Literal["ordinary", "harsh", "lenient", "careless"]


@dataclass(frozen=True)
class MergedLabels:
    """Labels from several judges.

    Parameters
    ----------
    labels
        A row a post: platform, post_id, label, ``p_`` and each class (probabilities), n_votes, majority (null where
        two labels have as many votes) and agreed (share of the votes that are ``label``).
    judges
        A row a judge: judge, n_votes, right (expected share of right labels), leaning (classes by which they vote
        better, above 0, or worse than the truth) and manner (ordinary, harsh, lenient, careless).
    confusions
        A row a judge, true class and label said: judge, truth, said, probability.
    """

    labels: pl.DataFrame
    judges: pl.DataFrame
    confusions: pl.DataFrame


def merge_votes(votes: pl.DataFrame, classes: Sequence[str]) -> MergedLabels:
    """Merge the votes of judges.

    With one judge there is nothing to compare: the labels are the votes, with probability 1.

    Parameters
    ----------
    votes
        Standing votes without skips: platform, post_id, judge, label.
    classes
        Labels, the best first.

    Raises
    ------
    NotEnoughDataError
        There are no votes.
    MissingExtraError
        The package ``scikit-activeml`` is not installed, and there are several judges.
    """
    if votes.is_empty():
        raise NotEnoughDataError("there are no votes to merge", needed=1, got=0)
    matrix, judges, posts = vote_matrix(votes, classes)
    counts = np.stack([(matrix == label).sum(axis=0) for label in range(len(classes))], axis=1)
    if len(judges) == 1:
        shares, confusions, prior = counts.astype(float), np.eye(len(classes))[None], counts.mean(axis=0)
    else:
        confusions, prior = dawid_skene(matrix, len(classes))
        shares = class_probabilities(matrix, confusions, prior)
    return MergedLabels(
        _labels(posts, shares, counts, classes),
        _judges(judges, matrix, confusions, prior),
        _confusions(judges, confusions, classes),
    )


def dawid_skene(
    matrix: npt.NDArray[np.float64],
    n_classes: int,
    *,
    prior_other: float = PRIOR_OTHER,
    prior_right: float = PRIOR_RIGHT,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Confusion of each judge and the shares of the classes.

    Parameters
    ----------
    matrix
        Votes, NaN where there is none, shape (n_judges, n_posts); every post has one.
    n_classes
        Number of classes.
    prior_other, prior_right
        Votes that each judge is taken to have cast before for each label of each true class, and for the right one
        beside them. Almost none of them is the model of the paper.

    Returns
    -------
    confusions : numpy.ndarray
        Probability of a label given the true class, shape (n_judges, n_classes, n_classes).
    prior : numpy.ndarray
        Share of each class, shape (n_classes,).
    """
    try:
        from skactiveml.classifier.multiannotator import AnnotatorLogisticRegression
    except ImportError as error:
        raise MissingExtraError("labels", package="scikit-activeml") from error

    model = AnnotatorLogisticRegression(
        classes=list(range(n_classes)),
        annot_prior_full=1 + prior_other,  # a Dirichlet with parameter a is worth a - 1 votes
        annot_prior_diag=prior_right,
        max_iter=_MAX_ITERATIONS,
        tol=_TOLERANCE,
    )
    nothing = np.zeros((matrix.shape[1], 1))  # posts without features: what is left of the classifier is a prior
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(nothing, matrix.T)
    return model.Alpha_, model.predict_proba(nothing[:1])[0]


def class_probabilities(
    matrix: npt.NDArray[np.float64], confusions: npt.NDArray[np.float64], prior: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Probability of each class given the votes, by Bayes' rule; shape (n_posts, n_classes)."""
    likelihood = np.tile(np.log(np.maximum(prior, 1e-12)), (matrix.shape[1], 1))
    for votes, confusion in zip(matrix, confusions, strict=True):
        voted = ~np.isnan(votes)
        likelihood[voted] += np.log(np.maximum(confusion, 1e-12)).T[votes[voted].astype(np.int64)]
    weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    found: npt.NDArray[np.float64] = weight / weight.sum(axis=1, keepdims=True)
    return found


def _labels(
    posts: pl.DataFrame, shares: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], classes: Sequence[str]
) -> pl.DataFrame:
    best = np.round(shares, 9).argmax(axis=1)
    most = counts.max(axis=1)
    tied = (counts == most[:, None]).sum(axis=1) > 1
    names = np.array(classes, dtype=object)
    n_votes = counts.sum(axis=1)
    return posts.with_columns(
        pl.Series("label", names[best], pl.String),
        *[pl.Series(f"p_{name}", np.round(shares[:, place], 6)) for place, name in enumerate(classes)],
        pl.Series("n_votes", n_votes, pl.UInt32),
        pl.Series("majority", names[counts.argmax(axis=1)], pl.String).set(pl.Series(tied), None),
        pl.Series("agreed", counts[np.arange(len(best)), best] / n_votes),
    )


def _judges(
    judges: Sequence[str],
    matrix: npt.NDArray[np.float64],
    confusions: npt.NDArray[np.float64],
    prior: npt.NDArray[np.float64],
) -> pl.DataFrame:
    places = np.arange(len(prior))
    rows = []
    for judge, votes, confusion in zip(judges, matrix, confusions, strict=True):
        right = float((prior * np.diagonal(confusion)).sum())
        leaning = float((prior[:, None] * confusion * (places[:, None] - places[None, :])).sum())
        rows.append((judge, int((~np.isnan(votes)).sum()), right, leaning, manner(right, leaning)))
    schema = {"judge": pl.String, "n_votes": pl.UInt32, "right": pl.Float64, "leaning": pl.Float64}
    table = pl.DataFrame(rows, schema={**schema, "manner": pl.String}, orient="row")
    return table.with_columns(pl.col("right", "leaning").round(6))


def manner(right: float, leaning: float) -> Manner:
    """A judge's manner in a word.

    Examples
    --------
    >>> manner(0.9, 0.0), manner(0.7, -0.3), manner(0.7, 0.3), manner(0.4, 0.0)
    ('ordinary', 'harsh', 'lenient', 'careless')
    """
    if abs(leaning) >= HARSH:
        return "lenient" if leaning > 0 else "harsh"
    return "careless" if right < CARELESS else "ordinary"


def _confusions(judges: Sequence[str], confusions: npt.NDArray[np.float64], classes: Sequence[str]) -> pl.DataFrame:
    rows = [
        (judge, truth, said, round(float(table[i, j]), 6))
        for judge, table in zip(judges, confusions, strict=True)
        for i, truth in enumerate(classes)
        for j, said in enumerate(classes)
    ]
    schema = {"judge": pl.String, "truth": pl.String, "said": pl.String, "probability": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
