"""When each account posts: exact counts by account and day, and times of day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.platforms import PLATFORMS
from textmine.simulation.register import Register
from textmine.simulation.settings import SimulationSettings

CAMPAIGN_DAYS: Final = 21
"""Length of an agency's own campaign."""

_WEEKDAYS: Final = np.array([1.08, 1.12, 1.12, 1.1, 1.05, 0.72, 0.6])
_HOURS: Final = np.array(
    [0.2, 0.1, 0.1, 0.1, 0.2, 0.8, 2, 4, 7, 9, 10, 9, 7, 8, 9, 9, 8, 6, 5, 6, 5, 3, 1.5, 0.6], dtype=np.float64
)
"""Weight of posting by hour of the day, Asia/Jakarta: office hours, with a second rise after dinner."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Schedule:
    """Number of posts in each cell, a cell being one account on one day; cells are ordered by day, then account.

    Accounts are numbered agency x 4 + platform. ``ends`` holds the running total of posts, shape
    (n_days x n_accounts,).
    """

    ends: Integers
    n_accounts: int

    @property
    def n_posts(self) -> int:
        """Posts in the whole season."""
        return int(self.ends[-1])

    def slots(self, first: int, last: int) -> tuple[Integers, Integers]:
        """Day and account of the posts ``first`` to ``last`` (excluded), shape (last - first,) each."""
        cells = np.searchsorted(self.ends, np.arange(first, last), side="right")
        return cells // self.n_accounts, cells % self.n_accounts

    def per_account(self) -> Integers:
        """Posts of each account, shape (n_accounts,)."""
        counts: Integers = np.diff(self.ends, prepend=0).reshape(-1, self.n_accounts).sum(axis=0)
        return counts


def build_schedule(settings: SimulationSettings, register: Register, *, n_posts: int, seed: int) -> Schedule:
    """Spread exactly ``n_posts`` over accounts and days.

    Weekdays and an agency's own campaigns raise the rate; single days vary by chance.
    """
    generator = np.random.default_rng([seed, 2])
    days = np.arange(settings.n_days)
    weekday = (settings.start.weekday() + days) % 7
    rate = register.rate.reshape(-1)
    weights = _WEEKDAYS[weekday][:, None] * rate[None, :]
    burst = np.where(own_campaigns(register, settings.n_days) >= 0, 1.4, 1.0)
    weights *= np.repeat(burst, len(PLATFORMS), axis=0).T
    weights *= generator.lognormal(0, 0.35, weights.shape)
    counts = generator.multinomial(n_posts, (weights / weights.sum()).reshape(-1))
    return Schedule(ends=np.cumsum(counts), n_accounts=len(rate))


def own_campaigns(register: Register, n_days: int) -> Integers:
    """Which own campaign (0 or 1) an agency runs on a day, -1 for none; shape (n_agencies, n_days)."""
    running = np.full((len(register.institutions), n_days), -1)
    for number in (1, 0):
        since = np.arange(n_days)[None, :] - register.campaign_start[:, [number]]
        running = np.where((since >= 0) & (since < CAMPAIGN_DAYS), number, running)
    return running


def seconds_of_day(n: int, generator: np.random.Generator) -> Integers:
    """Time of publication in seconds after midnight, Asia/Jakarta; a third falls on a full or half hour."""
    hours = np.searchsorted(np.cumsum(_HOURS) / _HOURS.sum(), generator.random(n), side="right")
    inside = generator.integers(0, 3600, n)
    planned = generator.random(n) < 0.33
    inside = np.where(planned, inside // 1800 * 1800 + inside % 60, inside)
    seconds: Integers = np.minimum(hours, 23) * 3600 + inside
    return seconds
