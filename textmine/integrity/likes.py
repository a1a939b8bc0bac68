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
from scipy.special import betainc, betaincinv, ndtr

from textmine.batches import in_order
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
_AT_ONCE: Final = 131_072
_LEAST_SPREAD: Final = 0.3
_TAILS: Final = (0.02, 0.1)
_ROUNDING: Final = 1e-9
_DISPERSIONS: Final = np.geomspace(0.005, 4.0, 40)


@dataclass(frozen=True)
class _Cells:
    """Posts of one platform that are tested, shape (n_posts,); accounts and media types are numbered."""

    account: Integers
    kind: Integers
    likes: Floats
    comments: Floats
    log_likes: Floats


def likes_without_comments(posts: pl.LazyFrame) -> pl.DataFrame:
    """Find posts with many likes and few comments for their account.

    Parameters
    ----------
    posts
        Canonical posts; six columns of numbers are kept in memory, no text. Each platform is fitted by itself.

    Returns
    -------
    polars.DataFrame
        Columns of ``LIKES_SCHEMA``: ``row`` of the post in the order of ``posts``, ascending; ``usual_likes`` is the
        account's median for this media type, ``expected_comments`` the mean given the likes. Posts that score less
        than :data:`LEAST_SCORE` are left out. Hidden, rounded and missing figures are not tested, nor are reposts and
        ads.
    """
    known = _known(posts)
    if known.is_empty():
        return LIKES_SCHEMA.to_frame()
    tested = pl.concat(in_order(_tested, known.partition_by("platform", maintain_order=True)))
    scored = tested.with_columns(pl.Series("score", score_of(adjusted(tested["p"].to_numpy()))))
    kept = scored.filter((pl.col("score") >= LEAST_SCORE) & (pl.col("likes") >= TIMES * pl.col("usual_likes")))
    return kept.sort("row").select(pl.col(name).cast(dtype) for name, dtype in LIKES_SCHEMA.items())


def _known(posts: pl.LazyFrame) -> pl.DataFrame:
    """Posts with both figures, of accounts with enough of them, and the likes that are usual."""
    blurred = pl.concat_list(pl.col("hidden", "rounded").cast(pl.List(pl.String)))
    clear = blurred.list.set_intersection(pl.lit(["likes", "comments"])).list.len() == 0
    coded = pl.col("account").cast(pl.Categorical(pl.Categories.random())).to_physical()
    known = (
        posts.select("platform", coded, "media_type", "likes", "comments", (clear & is_credited()).alias("clear"))
        .with_row_index("row")
        .filter(pl.col("clear") & pl.col("likes").is_not_null() & pl.col("comments").is_not_null())
        .drop("clear")
        .collect(engine="streaming")
        .sort("row")
    )
    account = ("platform", "account")
    enough = (pl.len().over(account) >= MIN_POSTS) & (pl.col("comments").sum().over(account) >= MIN_COMMENTS)
    kinds = (*account, "media_type")
    of_kind = pl.when(pl.len().over(kinds) >= _KIND_POSTS).then(pl.col("likes").median().over(kinds))
    usual = of_kind.fill_null(pl.col("likes").median().over(account))
    return known.filter(enough).with_columns(usual.alias("usual_likes"))


def _tested(posts: pl.DataFrame) -> pl.DataFrame:
    """Posts of a platform with the comments that are expected, and the probability ``p`` of so few to so many likes."""
    figures = posts.select(pl.col("likes", "comments").cast(pl.Float64))
    cells = _Cells(
        account=posts["account"].to_numpy(),
        kind=posts["media_type"].to_physical().to_numpy(),
        likes=figures["likes"].to_numpy(),
        comments=figures["comments"].to_numpy(),
        log_likes=np.log1p(figures["likes"].to_numpy()),
    )
    mean, dispersion, doubt = _fitted(cells)
    few = _lower_tail(cells.comments, mean, dispersion + doubt)
    p = _together(few, _upper_tail(cells, posts["usual_likes"].to_numpy()))
    return posts.select("row", "likes", "usual_likes", "comments", expected_comments=mean, p=p)


def _fitted(cells: _Cells) -> tuple[Floats, float, Floats]:
    """Mean of comments given likes, dispersion, and the variance of the logarithm of the mean."""
    x = cells.log_likes
    slope, dispersion, tails = 0.9, 0.3, _Tails(cells.comments)
    account, kind = np.zeros(int(cells.account.max()) + 1), np.zeros(int(cells.kind.max()) + 1)
    used = mean = np.ones(len(x))
    for _ in range(_ROUNDS):
        line = account[cells.account] + kind[cells.kind] + slope * x
        account = account + _step(cells.account, cells.comments, np.exp(line), dispersion, used)
        line = account[cells.account] + kind[cells.kind] + slope * x
        kind = kind + _step(cells.kind, cells.comments, np.exp(line), dispersion, used)
        mean = np.exp(account[cells.account] + kind[cells.kind] + slope * x)
        slope = float(np.clip(slope + _slope_step(cells, mean, dispersion, used), 0.3, 1.1))
        mean = np.exp(account[cells.account] + kind[cells.kind] + slope * x)
        dispersion = _dispersion(tails, mean, dispersion)
        used = (mean < tails.least_mean(dispersion, _TRIM)[tails.number]).astype(np.float64)
    information = np.bincount(cells.account, used * mean / (1 + dispersion * mean))
    return mean, dispersion, 1 / np.maximum(information, 1e-9)[cells.account]


def _step(group: Integers, comments: Floats, mean: Floats, dispersion: float, used: Floats) -> Floats:
    """What to add to the logarithms of groups: weighted comments over weighted means, half a comment added to both."""
    weight = used / (1 + dispersion * mean)
    return np.asarray(np.log((np.bincount(group, weight * comments) + 0.5) / (np.bincount(group, weight * mean) + 0.5)))


def _slope_step(cells: _Cells, mean: Floats, dispersion: float, used: Floats) -> float:
    """One step of Newton's for the slope, accounts held."""
    weight = used * mean / (1 + dispersion * mean)
    total = np.maximum(np.bincount(cells.account, weight), 1e-9)
    x = cells.log_likes - (np.bincount(cells.account, weight * cells.log_likes) / total)[cells.account]
    # Cumulated, so that every machine adds in the same order.
    gradient = np.cumsum(used * (cells.comments - mean) / (1 + dispersion * mean) * x)[-1]
    return float(gradient / max(np.cumsum(weight * x**2)[-1], 1e-9))


def _dispersion(tails: _Tails, mean: Floats, last: float) -> float:
    """Least dispersion at which the lower tails hold no more posts than they should.

    The more dispersion, the fewer posts they hold: the search walks from the ``last`` one.
    """
    # Where few comments are expected even none is probable, and says nothing of the tail.
    told = mean >= 3
    if told.sum() < MIN_POSTS:
        told = np.ones(len(mean), bool)
    # At the mean and above it no post is in a tail: the median is below the mean.
    below = np.flatnonzero(told & (tails.comments < mean))
    n_posts, comments, mean, number = int(told.sum()), tails.comments[below], mean[below], tails.number[below]

    def in_tail(dispersion: float, tail: float) -> int:
        """Posts of which the middle of the step at their number of comments is in the tail."""
        surely = mean >= tails.least_mean(dispersion, tail)[number] * (1 + _ROUNDING)
        maybe = mean >= tails.least_mean(dispersion, tail, before=1)[number] * (1 - _ROUNDING)
        asked = np.flatnonzero(maybe & ~surely)
        upto, before = (_lower_tail(comments[asked] - less, mean[asked], dispersion) for less in (0, 1))
        return int(surely.sum() + ((upto + before) / 2 <= tail).sum())

    def hold(place: int) -> bool:
        return all(in_tail(float(_DISPERSIONS[place]), tail) / n_posts <= tail for tail in _TAILS)

    greatest = len(_DISPERSIONS) - 1
    place = min(int(np.searchsorted(_DISPERSIONS, last)), greatest)
    while place > 0 and hold(place - 1):
        place -= 1
    while place < greatest and not hold(place):
        place += 1
    return float(_DISPERSIONS[place])


class _Tails:
    """From which mean on a post with so many comments lies in a tail: found for each number, not for each post.

    Attributes
    ----------
    comments
        Of each post, shape (n_posts,).
    number
        Place of each post's number of comments among the distinct ones, shape (n_posts,).
    """

    def __init__(self, comments: Floats) -> None:
        self.comments = comments
        self._distinct, self.number = np.unique(comments, return_inverse=True)
        self._found: dict[tuple[float, float, int], Floats] = {}

    def least_mean(self, dispersion: float, tail: float, *, before: int = 0) -> Floats:
        """Least mean of which the probability of so many comments less ``before``, or fewer, is at most ``tail``.

        Shape (n_distinct,), kept for the next rounds.
        """
        asked = (dispersion, tail, before)
        if asked not in self._found:
            size, few = 1 / dispersion, self._distinct - before
            part = betaincinv(size, np.maximum(few, 0) + 1, tail)
            self._found[asked] = np.where(few < 0, 0.0, size * (1 - part) / part)
        return self._found[asked]


def _upper_tail(cells: _Cells, usual: Floats) -> Floats:
    """Probability of so many likes or more, by the account's own posts on the logarithmic scale; not below a bound.

    The bound keeps a post that merely goes round, with its comments, from being told by its likes.
    """
    over = pl.DataFrame({"account": cells.account, "over": cells.log_likes - np.log1p(usual)})
    spread = over.select(pl.col("over").abs().median().over("account")).to_series().to_numpy()
    return np.asarray(np.maximum(ndtr(-over["over"].to_numpy() / np.maximum(_MAD * spread, _LEAST_SPREAD)), _RARE))


def _together(few: Floats, many: Floats) -> Floats:
    """Fisher's combination of two probabilities."""
    product = np.maximum(few * many, 1e-300)
    return np.asarray(product * (1 - np.log(product)))


def _lower_tail(comments: Floats, mean: Floats, dispersion: Floats | float) -> Floats:
    """Probability of so many comments or fewer, by the negative binomial; shape (n_posts,)."""
    size = np.broadcast_to(1 / np.maximum(dispersion, 1e-6), comments.shape)

    def tail(part: slice) -> Floats:
        few, shape, rate = comments[part], size[part], mean[part]
        found = betainc(shape, np.maximum(few + 1, 1e-9), shape / (shape + rate))
        return np.asarray(np.where(few < 0, 0.0, found))

    # Dear, and done number by number: parts may be worked on at the same time.
    parts = [slice(start, start + _AT_ONCE) for start in range(0, max(len(comments), 1), _AT_ONCE)]
    return np.concatenate(list(in_order(tail, parts)))
