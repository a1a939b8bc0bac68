"""The small-audience test: ranks without the smallest account, the top post or one platform.

Works with any score: a function from figures of accounts to a number an agency.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.platforms import PLATFORMS
from textmine.ranking.account_weeks import AccountFigures, AccountWeeks
from textmine.ranking.plain_scores import Score
from textmine.ranking.ranks import ranks

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

Whose = Literal["own", "all"]

LEAVE_OUT_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "left_out": pl.String(),
        "platform": pl.String(),
        "score": pl.Float64(),
        "score_without": pl.Float64(),
        "rank": pl.UInt32(),
        "rank_without": pl.UInt32(),
    }
)


def without_accounts(figures: AccountFigures, gone: Booleans) -> AccountFigures:
    """Figures as if the accounts in ``gone``, shape (n_agencies, 4), did not exist."""
    kept = ~gone
    return replace(
        figures,
        n_posts=figures.n_posts * kept,
        total=figures.total * kept,
        capped=figures.capped * kept,
        followers=np.where(gone, np.nan, figures.followers),
        top=figures.top * kept,
        top_capped=figures.top_capped * kept,
    )


def without_top_posts(figures: AccountFigures, gone: Booleans) -> AccountFigures:
    """Figures as if the best post of each account in ``gone``, shape (n_agencies, 4), did not exist.

    The second-best post is not known: ``top`` is 0.
    """
    taken = gone & (figures.n_posts > 0)
    return replace(
        figures,
        n_posts=figures.n_posts - taken,
        total=figures.total - np.where(taken, figures.top, 0.0),
        capped=figures.capped - np.where(taken, figures.top_capped, 0.0),
        top=figures.top * ~taken,
        top_capped=figures.top_capped * ~taken,
    )


def smallest_accounts(figures: AccountFigures) -> Booleans:
    """Mark each agency's account with the fewest followers, shape (n_agencies, 4); agencies without any have none."""
    known = (figures.n_posts > 0) & (np.nan_to_num(figures.followers) > 0)
    size = np.where(known, figures.followers, np.inf)
    smallest = np.arange(size.shape[1]) == size.argmin(axis=1)[:, None]
    return np.asarray(smallest & known)


def top_accounts(figures: AccountFigures) -> Booleans:
    """Mark the account with each agency's best post, measured by the mean of its account, shape (n_agencies, 4)."""
    mean = figures.total / np.maximum(figures.n_posts, 1)
    height = np.where(figures.n_posts > 0, figures.top / np.maximum(mean, 1e-9), -1.0)
    best = np.arange(height.shape[1]) == height.argmax(axis=1)[:, None]
    return np.asarray(best & (figures.n_posts > 0))


def leave_out(
    weeks: AccountWeeks,
    score: Score,
    *,
    group: Integers | None = None,
    whose: Whose = "own",
    agencies: Integers | None = None,
) -> pl.DataFrame:
    """Ranks without the smallest account, the top post, and each platform.

    Parameters
    ----------
    weeks
        Accounts by week.
    score
        Figures to scores, for example :func:`textmine.ranking.plain_scores.raw_rate` or a fitted model's ``rescored``.
    group
        Group of each agency within which it is ranked, shape (n_agencies,); one group if None.
    whose
        ``own``: of the agency in question alone, everybody else as they are, the harder test. ``all``: of everybody.
        A platform is always left out for all.
    agencies
        Positions of the agencies in question; all that have a score if None.

    Returns
    -------
    polars.DataFrame
        Rows of ``LEAVE_OUT_SCHEMA``: agency, left_out (``smallest account``, ``top post``, ``platform``), platform
        (that was left out, or on which the account or post stands), score and rank with and without. Null where
        nothing is left to rank.
    """
    figures = weeks.figures
    scores = score(figures)
    asked = np.flatnonzero(~np.isnan(scores)) if agencies is None else agencies
    before = ranks(scores, group)
    frames = []
    for name, chosen, removed in (
        ("smallest account", smallest_accounts(figures), without_accounts),
        ("top post", top_accounts(figures), without_top_posts),
    ):
        if whose == "all":
            after = score(removed(figures, chosen))
            table = np.broadcast_to(after, (len(asked), len(after)))
        else:
            alone = np.zeros_like(chosen)
            table = np.empty((len(asked), len(scores)))
            for row, agency in enumerate(asked):
                alone[agency] = chosen[agency]
                table[row] = score(removed(figures, alone))
                alone[agency] = False
        platform = [PLATFORMS[place] for place in chosen[asked].argmax(axis=1)]
        frames.append(_rows(weeks, asked, (name, platform), scores, before, table, group))
    for place, name in enumerate(PLATFORMS):
        gone = np.zeros(figures.n_posts.shape, dtype=bool)
        gone[:, place] = True
        after = score(without_accounts(figures, gone))
        table = np.broadcast_to(after, (len(asked), len(after)))
        frames.append(_rows(weeks, asked, ("platform", [name] * len(asked)), scores, before, table, group))
    return pl.concat(frames).sort("agency", maintain_order=True)


def _rows(
    weeks: AccountWeeks,
    asked: Integers,
    what: tuple[str, list[str]],
    scores: Floats,
    before: Floats,
    table: Floats,
    group: Integers | None,
) -> pl.DataFrame:
    """Rows of one thing left out; row i of ``table`` holds all scores as agency ``asked[i]`` meets them."""
    here = np.arange(len(asked))
    after = ranks(table, group)
    frame = pl.DataFrame(
        {
            "agency": [weeks.agencies[agency] for agency in asked],
            "left_out": [what[0]] * len(asked),
            "platform": what[1],
            "score": scores[asked],
            "score_without": table[here, asked],
            "rank": before[asked],
            "rank_without": after[here, asked],
        }
    )
    numbers = pl.col("score", "score_without", "rank", "rank_without").fill_nan(None)
    return frame.with_columns(numbers).cast(LEAVE_OUT_SCHEMA)
