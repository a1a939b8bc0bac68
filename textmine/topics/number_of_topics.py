"""How many topics where nobody says so, and whether posts hold enough for a number that somebody asks for.

The number that suits the posts best is sought in :mod:`textmine.topics.selection`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from textmine.errors import NotEnoughDataError

if TYPE_CHECKING:
    import scipy.sparse as sp

DEFAULT_N_TOPICS: Final = 20


def default_n_topics(n_posts: int) -> int:
    """Twenty topics, fewer below 4,000 posts: ``sqrt(n_posts / 10)``, at least two.

    A plain rule, not a choice from the data: on 1,000 short posts about one matter, 10 topics read as subjects and 20
    as single words.

    Examples
    --------
    >>> [default_n_topics(n) for n in (15, 348, 1_000, 1_000_000)]
    [2, 6, 10, 20]
    """
    return max(2, min(DEFAULT_N_TOPICS, round(math.sqrt(n_posts / 10))))


def check_enough(n_topics: int, counts: sp.csr_array, n_seeded: int) -> None:
    """Refuse a number of topics that cannot be had.

    Parameters
    ----------
    n_topics
        Number that is asked for.
    counts
        Distinct posts that the topics are to be fitted on, shape (n_posts, n_terms).
    n_seeded
        Topics that are named beforehand.

    Raises
    ------
    NotEnoughDataError
        There are fewer topics than named ones, or more topics than distinct posts or terms.
    """
    n_posts, n_terms = counts.shape
    if n_seeded > n_topics:
        problem = f"{n_seeded} topics are named beforehand and only {n_topics} asked for; ask for more"
        raise NotEnoughDataError(problem, needed=n_seeded, got=n_topics)
    if n_topics > n_posts:
        problem = f"{n_topics} topics are more than the {n_posts} different posts that hold a term; ask for fewer"
        raise NotEnoughDataError(problem, needed=n_topics, got=n_posts)
    if n_topics > n_terms:
        problem = f"{n_topics} topics are more than the {n_terms} terms that are frequent enough; ask for fewer"
        raise NotEnoughDataError(problem, needed=n_topics, got=n_terms)
