"""Seasons of negative binomial posts with a known truth, built from arrays: no captions are needed to rank."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from textmine.ranking import read_awards
from textmine.ranking.account_tally import AccountTally
from textmine.ranking.account_weeks import AccountWeeks, weeks_of


@dataclass
class Season:
    """``posts`` of each account; ``viral`` sets the first post of an account (agency, platform) to so many means."""

    quality: np.ndarray
    followers: np.ndarray
    posts: np.ndarray
    b: float = 0.8
    seed: int = 0
    clusters: list[str] = field(default_factory=list)
    viral: dict[tuple[int, int], float] = field(default_factory=dict)

    def weeks(self, n_weeks: int = 52) -> AccountWeeks:
        generator = np.random.default_rng([self.seed, 1])
        n = len(self.quality)
        account = np.repeat(np.arange(n * 4), self.posts.reshape(-1))
        agency, platform = account // 4, account % 4
        followers = self.followers[agency, platform].astype(float)
        mean = np.exp(self.quality[agency]) * followers**self.b / 10
        gamma = generator.gamma(1.2, 1 / 1.2, len(account)) * generator.lognormal(0, 0.5, len(account))
        engagement = generator.poisson(mean * gamma).astype(float)
        for (who, where), times in self.viral.items():
            engagement[np.flatnonzero(account == who * 4 + where)[0]] = round(
                times * mean[account == who * 4 + where][0]
            )
        week = generator.integers(0, n_weeks, len(account))
        tally = AccountTally(n, n_weeks)
        tally.measure(account, engagement)
        tally.add(account, week, engagement, followers, week)
        names = [f"agency-{number:03}" for number in range(n)]
        return weeks_of(tally, agencies=names, clusters=self.clusters or ["one"] * n)


@pytest.fixture
def season():
    """Factory: ``n`` agencies, audiences over four orders of magnitude, quality with standard deviation 0.5."""

    def build(n: int = 34, *, posts: int = 80, b: float = 0.8, seed: int = 0, **more: object) -> Season:
        generator = np.random.default_rng([seed, 2])
        size = generator.normal(4.7, 0.85, (n, 1)) + generator.normal(0, 0.25, (n, 4))
        return Season(
            quality=generator.normal(0, 0.5, n),
            followers=np.round(10 ** np.clip(size, 2.5, 7.5)),
            posts=np.full((n, 4), posts),
            b=b,
            seed=seed,
            **more,
        )

    return build


AWARD_FILE = """
name = "kota"
title = "Kota"
[clusters.kota]
title = "Kota"
[[categories]]
id = "active"
title = {{ id = "Paling Aktif", en = "Most Active" }}
measure = "{measure}"
{more}
"""


@pytest.fixture
def award_file(tmp_path):
    """An edition with one category in one cluster."""

    def read(more="", measure="n_posts"):
        path = tmp_path / "awards.toml"
        path.write_text(AWARD_FILE.format(measure=measure, more=more), encoding="utf-8")
        return read_awards(path)

    return read
