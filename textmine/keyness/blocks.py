"""Blocks of posts: what may depend on each other stands in one block, and casts one vote.

Words come in bursts and in repeated texts, so that posts are no independent draws, and a test that takes them for such
finds differences where there are none. A block is what one account posted of one group in one stretch of time, or at
all times; of every text that is posted more than once, one copy counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.keyness.groupings import KeynessGroups

Evidence = Literal["auto", "account", "month", "week", "day"]
"""How far blocks reach: an account at all times, or a month, week or day of it."""

_DAY: Final = 86_400_000_000
_DAYS: Final = {"month": 28, "week": 7, "day": 1}
MANY_ACCOUNTS: Final = 10
"""With so many accounts in the middlemost group, accounts are what a difference between groups must be seen in."""


@dataclass(frozen=True)
class Blocks:
    """Blocks of posts.

    Attributes
    ----------
    evidence
        How far they reach.
    of_post
        Block of each post, int64 of shape (n_posts,); -1 for posts that take no part.
    group, account
        Group and account of each block, shape (n_blocks,).
    """

    evidence: str
    of_post: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    account: npt.NDArray[np.int64]

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
        ``auto`` takes accounts where the middlemost group has at least :data:`MANY_ACCOUNTS` of them. Else it takes
        stretches of an account: weeks if all posts span eight weeks or more, else days. ``month`` (28 days) is sterner,
        for words that stay in fashion for longer than a week.
    """
    taking_part = groups.group >= 0
    group, account = groups.group[taking_part].astype(np.int64), groups.account[taking_part].astype(np.int64)
    published = groups.published[taking_part]
    chosen = _automatic(group, account, published) if evidence == "auto" else evidence
    period = np.zeros(len(group), np.int64)
    if chosen != "account":
        period = published // (_DAY * _DAYS[chosen])
        period -= period.min()
    n_accounts, n_periods = int(account.max()) + 1, int(period.max()) + 1
    cells, code = np.unique((group * n_accounts + account) * n_periods + period, return_inverse=True)
    of_post = np.full(len(taking_part), -1, np.int64)
    of_post[taking_part] = code
    return Blocks(chosen, of_post, cells // n_periods // n_accounts, cells // n_periods % n_accounts)


def _automatic(
    group: npt.NDArray[np.int64], account: npt.NDArray[np.int64], published: npt.NDArray[np.int64]
) -> Evidence:
    pairs = np.unique(np.stack([group, account]), axis=1)
    if np.median(np.bincount(pairs[0])) >= MANY_ACCOUNTS:
        return "account"
    days = (int(published.max()) - int(published.min())) / _DAY
    return "week" if days >= 56 else "day"
