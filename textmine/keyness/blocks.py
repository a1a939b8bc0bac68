"""Blocks of posts: what may depend on each other stands in one block, and casts one vote.

Words come in bursts and in repeated texts, so that posts are no independent draws, and a test that takes them for such
finds differences where there are none. A block is what one agency posted of one group in one stretch of time, or at all
times, on all its accounts; of every text that is posted more than once, one copy counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.keyness.groupings import KeynessGroups

Evidence = Literal["auto", "agency", "month", "week", "day"]
"""How far blocks reach: an agency at all times, or its month, week or day. Accounts without agency count as one."""

_DAY: Final = 86_400_000_000
_DAYS: Final = {"month": 28, "week": 7, "day": 1}
MANY_AGENCIES: Final = 10
"""With so many agencies in the middlemost group, agencies are what a difference between groups must be seen in."""


@dataclass(frozen=True)
class Blocks:
    """Blocks of posts.

    Attributes
    ----------
    evidence
        How far they reach.
    of_post
        Block of each post, int64 of shape (n_posts,); -1 for posts that take no part.
    group, agency, period
        Group, agency and number of the stretch of time of each block, shape (n_blocks,).
    """

    evidence: str
    of_post: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    agency: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]

    @property
    def n_blocks(self) -> int:
        """How many there are."""
        return len(self.group)


def make_blocks(groups: KeynessGroups, evidence: Evidence = "auto") -> Blocks:
    """Divide posts into blocks.

    Parameters
    ----------
    groups
        Of the posts.
    evidence
        ``auto`` takes agencies where the middlemost group (of two the smaller) has at least :data:`MANY_AGENCIES`.
        Else it takes stretches of an agency: weeks if all posts span eight weeks or more, else days. ``month``
        (28 days) is sterner, for words that stay in fashion for longer than a week.
    """
    taking_part = groups.group >= 0
    group, agency = groups.group[taking_part].astype(np.int64), groups.agency[taking_part].astype(np.int64)
    published = groups.published[taking_part]
    chosen = _automatic(group, agency, published) if evidence == "auto" else evidence
    stretch = np.zeros(len(group), np.int64)
    if chosen != "agency":
        stretch = published // (_DAY * _DAYS[chosen])
        stretch -= stretch.min()
    n_agencies, n_periods = int(agency.max()) + 1, int(stretch.max()) + 1
    cells, code = np.unique((group * n_agencies + agency) * n_periods + stretch, return_inverse=True)
    of_post = np.full(len(taking_part), -1, np.int64)
    of_post[taking_part] = code
    series, period = np.divmod(cells, n_periods)
    return Blocks(chosen, of_post, series // n_agencies, series % n_agencies, period)


def _automatic(
    group: npt.NDArray[np.int64], agency: npt.NDArray[np.int64], published: npt.NDArray[np.int64]
) -> Evidence:
    n_agencies = int(agency.max()) + 1
    group_of_pair = np.unique(group * n_agencies + agency) // n_agencies
    if np.percentile(np.bincount(group_of_pair), 50, method="lower") >= MANY_AGENCIES:
        return "agency"
    days = (int(published.max()) - int(published.min())) / _DAY
    return "week" if days >= 56 else "day"
