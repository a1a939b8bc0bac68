"""How far judges agree beyond chance: Krippendorff's alpha, by pairs of judges and for each judge.

Alpha is 1 minus observed by expected disagreement: 1 is full agreement, 0 what drawing labels from a hat would give,
below 0 is contradiction. The nominal alpha takes every difference alike; the ordinal one takes tinggi against rendah as
worse than tinggi against sedang, by how many votes lie between. Krippendorff (2019) asks for .800, and for .667 where
conclusions are tentative. Computed by the package ``krippendorff``, with an interval from a bootstrap over posts, since
votes on one post are not independent.

References
----------
Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology (4th edition). SAGE, chapter 12.
Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania, Departmental Papers 43.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from textmine.errors import MissingExtraError, NotEnoughDataError

if TYPE_CHECKING:
    import numpy.typing as npt

Level = Literal["nominal", "ordinal"]
LEVELS: Final[tuple[Level, ...]] = ("nominal", "ordinal")
RESAMPLES: Final = 1_000
RELIABLE, TENTATIVE = 0.8, 0.667

PAIR_SCHEMA: Final = pl.Schema(
    {
        "judge": pl.String(),
        "other": pl.String(),
        "n_posts": pl.UInt32(),
        "same": pl.Float64(),
        "nominal": pl.Float64(),
        "ordinal": pl.Float64(),
    }
)
JUDGE_SCHEMA: Final = pl.Schema(
    {
        "judge": pl.String(),
        "n_votes": pl.UInt32(),
        "n_shared": pl.UInt32(),
        "same": pl.Float64(),
        "leaning": pl.Float64(),
        "ordinal_without": pl.Float64(),
    }
)


@dataclass(frozen=True)
class Agreement:
    """How far judges agree.

    Parameters
    ----------
    overall
        level, alpha, low, high (95 % interval; null where too few posts), n_posts (with two votes or more) and n_votes
        on them.
    pairs
        Columns of ``PAIR_SCHEMA``: share of the posts on which both said the same, and alphas; null where undefined.
    judges
        Columns of ``JUDGE_SCHEMA``: ``same`` is the share of votes of others on the same posts that are the same,
        ``leaning`` how many classes better (above 0) or worse a judge votes than the others do on the same posts, and
        ``ordinal_without`` the ordinal alpha of the others alone: where it is higher, the judge is the odd one out.
    """

    overall: pl.DataFrame
    pairs: pl.DataFrame
    judges: pl.DataFrame


def vote_matrix(votes: pl.DataFrame, classes: Sequence[str]) -> tuple[npt.NDArray[np.float64], list[str], pl.DataFrame]:
    """Votes by judge and post.

    Parameters
    ----------
    votes
        platform, post_id, judge and label, one vote a judge and post.
    classes
        Labels, the best first.

    Returns
    -------
    matrix : numpy.ndarray
        Place of the label among the classes, NaN where there is no vote, shape (n_judges, n_posts).
    judges : list of str
        Sorted.
    posts : polars.DataFrame
        platform and post_id, sorted.
    """
    posts = votes.select("platform", "post_id").unique().sort("platform", "post_id")
    judges = votes["judge"].unique().sort().to_list()
    placed = votes.join(posts.with_row_index("post"), on=["platform", "post_id"], maintain_order="left")
    matrix = np.full((len(judges), len(posts)), np.nan)
    row = placed["judge"].replace_strict(judges, range(len(judges)), return_dtype=pl.Int64).to_numpy()
    label = placed["label"].replace_strict(list(classes), range(len(classes)), return_dtype=pl.Float64).to_numpy()
    matrix[row, placed["post"].to_numpy()] = label
    return matrix, judges, posts


def krippendorff_alpha(counts: npt.NDArray[np.int64], level: Level) -> float:
    """Krippendorff's alpha; NaN where it is undefined, since there are no pairs or all votes are the same.

    Parameters
    ----------
    counts
        How many judges gave each label, in the order of the classes, shape (n_posts, n_classes).
    level
        Of measurement.

    Raises
    ------
    MissingExtraError
        The package ``krippendorff`` is not installed.

    Examples
    --------
    >>> round(krippendorff_alpha(np.array([[2, 0], [0, 2], [1, 1]]), "nominal"), 3)
    0.444
    """
    try:
        import krippendorff
    except ImportError as error:
        raise MissingExtraError("labels", package="krippendorff") from error

    pairable = counts[counts.sum(axis=1) >= 2]
    if (pairable.sum(axis=0) > 0).sum() < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=pairable, level_of_measurement=level))


def judge_agreement(
    votes: pl.DataFrame, classes: Sequence[str], *, seed: int = 0, n_resamples: int = RESAMPLES
) -> Agreement:
    """Agreement of judges.

    Parameters
    ----------
    votes
        Standing votes without skips: platform, post_id, judge, label.
    classes
        Labels, the best first.
    seed, n_resamples
        Of the bootstrap.

    Raises
    ------
    NotEnoughDataError
        No post has two votes.
    MissingExtraError
        The package ``krippendorff`` is not installed.
    """
    n_shared = votes.group_by("platform", "post_id").len().filter(pl.col("len") >= 2).height
    if not n_shared:
        raise NotEnoughDataError("no post was judged by two judges", needed=1, got=0)
    matrix, judges, _ = vote_matrix(votes, classes)
    counts = _counts(matrix[:, (~np.isnan(matrix)).sum(axis=0) >= 2], len(classes))
    random = np.random.default_rng(seed)
    n = len(counts)
    draws = random.integers(0, n, (n_resamples, n))
    rows = [(level, *_with_interval(counts, draws, level), n, int(counts.sum())) for level in LEVELS]
    schema = {"level": pl.String, "alpha": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    overall = pl.DataFrame(rows, schema={**schema, "n_posts": pl.UInt32, "n_votes": pl.UInt32}, orient="row")
    pairs = [_pair(matrix, judges, i, j, len(classes)) for i in range(len(judges)) for j in range(i + 1, len(judges))]
    each = [_judge(matrix, judges, i, len(classes)) for i in range(len(judges))]
    numbers = pl.col(pl.Float64).fill_nan(None)
    return Agreement(
        overall.with_columns(numbers),
        pl.DataFrame(pairs, schema=PAIR_SCHEMA, orient="row").with_columns(numbers),
        pl.DataFrame(each, schema=JUDGE_SCHEMA, orient="row").with_columns(numbers),
    )


def _counts(matrix: npt.NDArray[np.float64], n_classes: int) -> npt.NDArray[np.int64]:
    """How many judges gave each label to each post."""
    found: npt.NDArray[np.int64] = np.stack([(matrix == label).sum(axis=0) for label in range(n_classes)], axis=1)
    return found


def _with_interval(
    counts: npt.NDArray[np.int64], draws: npt.NDArray[np.int64], level: Level
) -> tuple[float, float, float]:
    alpha = krippendorff_alpha(counts, level)
    drawn = np.array([krippendorff_alpha(counts[draw], level) for draw in draws])
    known = drawn[~np.isnan(drawn)]
    if len(counts) < 2 or len(known) < len(drawn) / 2:
        return alpha, float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return alpha, float(low), float(high)


def _pair(
    matrix: npt.NDArray[np.float64], judges: Sequence[str], i: int, j: int, n_classes: int
) -> tuple[str, str, int, float, float, float]:
    both = matrix[[i, j]][:, ~np.isnan(matrix[[i, j]]).any(axis=0)]
    counts = _counts(both, n_classes)
    same = float((both[0] == both[1]).mean()) if both.shape[1] else float("nan")
    alphas = (krippendorff_alpha(counts, "nominal"), krippendorff_alpha(counts, "ordinal"))
    return judges[i], judges[j], both.shape[1], same, *alphas


def _judge(
    matrix: npt.NDArray[np.float64], judges: Sequence[str], i: int, n_classes: int
) -> tuple[str, int, int, float, float, float]:
    others = np.delete(matrix, i, axis=0)
    n_others = (~np.isnan(others)).sum(axis=0)
    shared = ~np.isnan(matrix[i]) & (n_others > 0)
    own, theirs = matrix[i, shared], others[:, shared]
    same = float(((theirs == own).sum(axis=0) / n_others[shared]).mean()) if shared.any() else float("nan")
    leaning = float((np.nansum(theirs, axis=0) / n_others[shared] - own).mean()) if shared.any() else float("nan")
    without = krippendorff_alpha(_counts(others, n_classes), "ordinal")
    return judges[i], int((~np.isnan(matrix[i])).sum()), int(shared.sum()), same, leaning, without
