"""Likes that come without comments, as bought ones do.

What moves a post moves both: comments follow likes. Given its likes, a post's comments are negative binomial with mean

    exp(account + platform's media type + slope x log(likes + 1))

where the slope of each platform is fitted (a post that goes round gets fewer comments a like, and is no fraud). The
dispersion of a platform is the least at which no more posts lie in the lower tail than should. A post is told by the
probability of so few comments, the account's own doubt included, combined with that of so many likes (Fisher; at least
0.02, so that comments decide), with the false discovery rate controlled over all posts; and only if its likes are twice
what the account's posts of this kind usually get. Accounts with few posts are not told anything about, and an account
whose posts are mostly bought sets its own standard.

References
----------
Fisher, R. A. (1932). Statistical Methods for Research Workers, 4th edition, section 21.1.
Hilbe, J. M. (2011). Negative Binomial Regression. Cambridge University Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from scipy.special import betainc, ndtr

from textmine.integrity.discovery import adjusted, score_of
from textmine.posts import is_credited

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

LIKES_SCHEMA: Final = pl.Schema(
    {
        "row": pl.UInt32(),
        "score": pl.Float64(),
        "likes": pl.Int64(),
        "usual_likes": pl.Float64(),
        "comments": pl.Int64(),
        "expected_comments": pl.Float64(),
    }
)
MIN_POSTS: Final = 12
"""Posts with both figures that an account has at least."""
MIN_COMMENTS: Final = 12
"""Comments that these posts have at least, together: where nobody ever comments, no comments say nothing."""
TIMES: Final = 2.0
"""Likes over what is usual for the account and the kind of post."""
LEAST_SCORE: Final = 0.2

_KIND_POSTS: Final = 8
"""Posts of a media type from which the account's own median of it is used."""
_ROUNDS: Final = 12
_TRIM: Final = 1e-3
"""Posts whose comments are less probable than this do not take part in the fit."""
_RARE: Final = 0.02
_MAD: Final = 1.4826
_LEAST_SPREAD: Final = 0.3
_TAILS: Final = (0.02, 0.1)
_DISPERSIONS: Final = np.geomspace(0.005, 4.0, 40)


@dataclass(frozen=True)
class _Cells:
    """Posts that are tested, shape (n_posts,); accounts and kinds (platform and media type) are numbered."""

    row: Integers
    platform: Integers
    account: Integers
    kind: Integers
    likes: Floats
    comments: Floats
    usual: Floats

    @property
    def log_likes(self) -> Floats:
        return np.asarray(np.log1p(self.likes))


def likes_without_comments(posts: pl.LazyFrame) -> pl.DataFrame:
    """Find posts with many likes and few comments for their account.

    Parameters
    ----------
    posts
        Canonical posts; ten columns of figures are kept in memory, no text.

    Returns
    -------
    polars.DataFrame
        Columns of ``LIKES_SCHEMA``: ``row`` of the post in the order of ``posts``, ascending; ``usual_likes`` is the
        account's median for this media type, ``expected_comments`` the mean given the likes. Posts that score less
        than :data:`LEAST_SCORE` are left out. Hidden, rounded and missing figures are not tested, nor are reposts and
        ads.
    """
    cells = _cells(posts)
    if not len(cells.row):
        return LIKES_SCHEMA.to_frame()
    mean, dispersion, doubt = _fitted(cells)
    few = _lower_tail(cells.comments, mean, dispersion + doubt)
    p = _together(few, _upper_tail(cells))
    score = score_of(adjusted(p))
    kept = np.flatnonzero((score >= LEAST_SCORE) & (cells.likes >= TIMES * cells.usual))
    return pl.DataFrame(
        {
            "row": cells.row[kept],
            "score": score[kept],
            "likes": cells.likes[kept],
            "usual_likes": cells.usual[kept],
            "comments": cells.comments[kept],
            "expected_comments": mean[kept],
        }
    ).select(pl.col(name).cast(dtype) for name, dtype in LIKES_SCHEMA.items())


def _cells(posts: pl.LazyFrame) -> _Cells:
    blurred = pl.concat_list(pl.col("hidden", "rounded").cast(pl.List(pl.String)))
    clear = blurred.list.set_intersection(pl.lit(["likes", "comments"])).list.len() == 0
    account = ("platform", "account")
    known = (
        posts.select(*account, "media_type", "likes", "comments", (clear & is_credited()).alias("clear"))
        .with_row_index("row")
        .filter(pl.col("clear") & pl.col("likes").is_not_null() & pl.col("comments").is_not_null())
        .drop("clear")
        .collect(engine="streaming")
        .sort("row")
    )
    enough = (pl.len().over(account) >= MIN_POSTS) & (pl.col("comments").sum().over(account) >= MIN_COMMENTS)
    kinds = (*account, "media_type")
    of_kind = pl.when(pl.len().over(kinds) >= _KIND_POSTS).then(pl.col("likes").median().over(kinds))
    told = known.filter(enough).with_columns(of_kind.fill_null(pl.col("likes").median().over(account)).alias("usual"))
    numbers = told.select(
        pl.col("platform").to_physical().alias("platform"),
        pl.struct(account).rank("dense").alias("account"),
        pl.struct("platform", "media_type").rank("dense").alias("kind"),
    )

    def integers(column: pl.Series) -> Integers:
        return column.to_numpy().astype(np.int64)

    def figures(name: str) -> Floats:
        return told[name].to_numpy().astype(np.float64)

    return _Cells(
        row=integers(told["row"]),
        platform=integers(numbers["platform"]),
        account=integers(numbers["account"]),
        kind=integers(numbers["kind"]),
        likes=figures("likes"),
        comments=figures("comments"),
        usual=figures("usual"),
    )


def _fitted(cells: _Cells) -> tuple[Floats, Floats, Floats]:
    """Mean of comments given likes, dispersion, and the variance of the logarithm of the mean; shape (n_posts,)."""
    x = cells.log_likes
    n_platforms = int(cells.platform.max()) + 1
    slope = np.full(n_platforms, 0.9)
    dispersion = np.full(n_platforms, 0.3)
    account, kind = np.zeros(int(cells.account.max()) + 1), np.zeros(int(cells.kind.max()) + 1)
    used = np.ones(len(x))
    mean = spread = np.ones(len(x))
    for _ in range(_ROUNDS):
        spread = dispersion[cells.platform]
        line = account[cells.account] + kind[cells.kind] + slope[cells.platform] * x
        account = account + _step(cells.account, cells.comments, np.exp(line), spread, used)
        line = account[cells.account] + kind[cells.kind] + slope[cells.platform] * x
        kind = kind + _step(cells.kind, cells.comments, np.exp(line), spread, used)
        mean = np.exp(account[cells.account] + kind[cells.kind] + slope[cells.platform] * x)
        slope = np.clip(slope + _slope_step(cells, mean, spread, used), 0.3, 1.1)
        mean = np.exp(account[cells.account] + kind[cells.kind] + slope[cells.platform] * x)
        dispersion = _dispersion(cells, mean)
        used = (_lower_tail(cells.comments, mean, dispersion[cells.platform]) > _TRIM).astype(np.float64)
    spread = dispersion[cells.platform]
    information = np.bincount(cells.account, used * mean / (1 + spread * mean))
    return mean, spread, 1 / np.maximum(information, 1e-9)[cells.account]


def _step(group: Integers, comments: Floats, mean: Floats, spread: Floats, used: Floats) -> Floats:
    """What to add to the logarithms of groups: weighted comments over weighted means, half a comment added to both."""
    weight = used / (1 + spread * mean)
    return np.asarray(np.log((np.bincount(group, weight * comments) + 0.5) / (np.bincount(group, weight * mean) + 0.5)))


def _slope_step(cells: _Cells, mean: Floats, spread: Floats, used: Floats) -> Floats:
    """One step of Newton's for the slopes of platforms, accounts held."""
    weight = used * mean / (1 + spread * mean)
    total = np.maximum(np.bincount(cells.account, weight), 1e-9)
    x = cells.log_likes - (np.bincount(cells.account, weight * cells.log_likes) / total)[cells.account]
    gradient = np.bincount(cells.platform, used * (cells.comments - mean) / (1 + spread * mean) * x)
    return np.asarray(gradient / np.maximum(np.bincount(cells.platform, weight * x**2), 1e-9))


def _dispersion(cells: _Cells, mean: Floats) -> Floats:
    """Least dispersion of each platform at which its lower tails hold no more posts than they should."""
    found = np.full(int(cells.platform.max()) + 1, _DISPERSIONS[-1])
    for platform in np.unique(cells.platform):
        here = cells.platform == platform
        comments, expected = cells.comments[here], mean[here]
        # Where few comments are expected even none is probable, and says nothing of the tail.
        told = expected >= 3
        comments, expected = (comments[told], expected[told]) if told.sum() >= MIN_POSTS else (comments, expected)
        for value in _DISPERSIONS:
            below = _lower_tail(comments - 1, expected, value)
            middle = (below + _lower_tail(comments, expected, value)) / 2
            if all((middle <= tail).mean() <= tail for tail in _TAILS):
                found[platform] = value
                break
    return found


def _upper_tail(cells: _Cells) -> Floats:
    """Probability of so many likes or more, by the account's own posts on the logarithmic scale; not below a bound.

    The bound keeps a post that merely goes round, with its comments, from being told by its likes.
    """
    over = pl.DataFrame({"account": cells.account, "over": np.log1p(cells.likes) - np.log1p(cells.usual)})
    spread = over.select(pl.col("over").abs().median().over("account")).to_series().to_numpy()
    return np.asarray(np.maximum(ndtr(-over["over"].to_numpy() / np.maximum(_MAD * spread, _LEAST_SPREAD)), _RARE))


def _together(few: Floats, many: Floats) -> Floats:
    """Fisher's combination of two probabilities."""
    product = np.maximum(few * many, 1e-300)
    return np.asarray(product * (1 - np.log(product)))


def _lower_tail(comments: Floats, mean: Floats, dispersion: Floats | float) -> Floats:
    """Probability of so many comments or fewer, by the negative binomial; shape (n_posts,)."""
    size = 1 / np.maximum(dispersion, 1e-6)
    tail = betainc(size, np.maximum(comments + 1, 1e-9), size / (size + mean))
    return np.asarray(np.where(comments < 0, 0.0, tail))
