"""Seasons of figures without captions, drawn by textmine's simulator, with the truth about every agency."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from textmine.platforms import PLATFORMS
from textmine.posts import POST_KINDS
from textmine.ranking.account_tally import CAP, AccountTally
from textmine.ranking.account_weeks import AccountWeeks, weeks_of
from textmine.simulation.engagement import Audience
from textmine.simulation.phrases import load_phrases
from textmine.simulation.plan import MEDIA_EFFECT, MEDIA_SHARE, Planner
from textmine.simulation.register import build_register
from textmine.simulation.schedule import build_schedule
from textmine.simulation.settings import CLUSTERS, SimulationSettings

BOOK = load_phrases()
CENTRE = 4.7  # logarithm (base 10) of the audience at which engagement is the same whatever b is


@dataclass(frozen=True)
class Setting:
    """One kind of season. ``b_sd``: b of each cluster and platform is drawn around ``b``; ``account_sd``: accounts of
    an agency differ in quality; ``tails``: degrees of freedom of the quality of single posts (t instead of normal)."""

    b: float = 0.8
    b_sd: float = 0.0
    agencies: int = 34
    clusters: int = 1
    posts: int = 12_000
    account_sd: float = 0.0
    tails: float | None = None
    integrity: bool = False


@dataclass(frozen=True)
class Season:
    """Posts that may be ranked, shape (n_posts,), and the truth by agency, shape (n_agencies,)."""

    agency: np.ndarray
    platform: np.ndarray
    week: np.ndarray
    likes: np.ndarray
    comments: np.ndarray
    shares: np.ndarray
    followers: np.ndarray
    truth: np.ndarray
    group: np.ndarray

    @property
    def account(self) -> np.ndarray:
        return self.agency * len(PLATFORMS) + self.platform

    @property
    def engagement(self) -> np.ndarray:
        return self.likes + self.comments + np.maximum(self.shares, 0.0)

    def weeks(self, *, cap: float = CAP) -> AccountWeeks:
        tally = AccountTally(len(self.truth), int(self.week.max()) + 1, cap=cap)
        tally.measure(self.account, self.engagement)
        tally.add(self.account, self.week, self.engagement, self.followers, self.week)
        clusters = [CLUSTERS[place] for place in self.group]
        return weeks_of(tally, agencies=[f"{number:04}" for number in range(len(self.truth))], clusters=clusters)


def settings_of(setting: Setting, seed: int) -> SimulationSettings:
    exponents = {"default": setting.b}
    if setting.b_sd:
        generator = np.random.default_rng([seed, 21])
        for cluster in CLUSTERS:
            for platform in PLATFORMS:
                exponents[f"{cluster}/{platform}"] = max(setting.b + generator.normal(0, setting.b_sd), 0.1)
    clean = {"giveaway_agencies": 0.0, "bot_agencies": 0.0, "jump_agencies": 0.0}
    usual = SimulationSettings(
        n_posts=setting.posts,
        n_agencies=setting.agencies,
        clusters={name: 1.0 for name in CLUSTERS[: setting.clusters]},
        b=exponents,
        **({} if setting.integrity else clean),
    )
    return replace(usual, base={name: base * 10 ** (CENTRE * (0.8 - setting.b)) for name, base in usual.base.items()})


def season(setting: Setting, seed: int) -> Season:
    settings = settings_of(setting, seed)
    register = build_register(settings, BOOK, seed=seed)
    schedule = build_schedule(settings, register, n_posts=settings.n_posts, seed=seed)
    planner = Planner(settings, BOOK, register, schedule, seed=seed)
    audience = Audience(settings, BOOK, register, planner)
    plan = planner.draw(0, settings.n_posts, np.random.default_rng([seed, 5, 0]))
    effects = np.random.default_rng([seed, 22]).normal(0, 1, (len(register.quality), 4)) * setting.account_sd
    single = plan.post_quality
    if setting.tails:
        drawn = np.random.default_rng([seed, 23]).standard_t(setting.tails, len(single))
        # Cut where a post is 1,800 times as good as others: beyond, no platform could count its likes.
        single = settings.post_quality_sd * np.clip(drawn, -15, 15)
    plan = replace(plan, post_quality=single + effects[plan.agency, plan.platform])
    figures = audience.draw(plan, np.random.default_rng([seed, 5, 1]))
    kept = (plan.kind == POST_KINDS.index("original")) & ~figures.hidden
    topics = register.topics @ np.exp(audience.topic_effects)
    media = [
        sum(share * np.exp(MEDIA_EFFECT.get(kind, 0.0)) for kind, share in MEDIA_SHARE[name].items())
        for name in PLATFORMS
    ]
    base = np.array([settings.base[name] for name in PLATFORMS]) * media
    # Expected engagement of a post at 100,000 followers, platforms alike: the mean of the four logarithms.
    expected = register.quality + np.log(topics) + effects.mean(axis=1)
    expected = expected + (np.log(base) + register.exponent * np.log(100_000)).mean(axis=1)
    return Season(
        agency=plan.agency[kept],
        platform=plan.platform[kept],
        week=plan.day[kept] // 7,
        likes=figures.likes[kept].astype(float),
        comments=figures.comments[kept].astype(float),
        shares=figures.shares[kept].astype(float),
        followers=figures.followers[kept].astype(float),
        truth=expected,
        group=np.array([CLUSTERS.index(each.cluster) for each in register.institutions]),
    )
