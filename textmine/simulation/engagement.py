"""What the audience does: counts that are over-dispersed, grow with the audience to the power b, and can be bought.

References
----------
Hilbe, J. M. (2011). Negative Binomial Regression. Cambridge University Press, chapter 8 (NB2 as gamma-Poisson).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.platforms import PLATFORMS
from textmine.posts import MEDIA_TYPES, POST_KINDS
from textmine.simulation.phrases import PhraseBook
from textmine.simulation.plan import MEDIA_EFFECT, Plan, Planner
from textmine.simulation.register import Register
from textmine.simulation.settings import SimulationSettings

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

GIVEAWAY_BOOST: Final = 1.0
_KIND_EFFECT: Final = {"repost": -1.2, "reply": -2.5, "quote": -0.4, "ad": 0.3}
SHARES: Final = {
    "facebook": (0.80, 0.09, 0.11),
    "x": (0.72, 0.07, 0.21),
    "instagram": (0.97, 0.03, 0.0),
    "youtube": (0.90, 0.10, 0.0),
}
"""Likes, comments and shares of visible engagement; what a platform does not report has no share."""


@dataclass(frozen=True)
class Figures:
    """Counts of the posts of a block, shape (n_posts,) each; -1 where the platform reports nothing.

    ``expected`` is the mean engagement (likes, comments and shares that the platform reports) given agency and post
    quality, without bought likes. ``followers`` is the audience at posting, bought followers included.
    """

    expected: Floats
    likes: Counts
    comments: Counts
    shares: Counts
    views: Counts
    followers: Counts
    followers_end: Counts
    hidden: npt.NDArray[np.bool_]


class Audience:
    """Draws the figures of a block.

    Parameters
    ----------
    settings, book, register, planner
        The season.
    """

    def __init__(self, settings: SimulationSettings, book: PhraseBook, register: Register, planner: Planner) -> None:
        self._settings, self._register, self._planner = settings, register, planner
        self.topic_effects = np.array([topic.effect for topic in book.topics])
        self._media = np.array([MEDIA_EFFECT.get(name, 0.0) for name in MEDIA_TYPES])
        self._kinds = np.array([_KIND_EFFECT.get(name, 0.0) for name in POST_KINDS])
        self._base = np.array([settings.base[name] for name in PLATFORMS])
        self._shares = np.array([SHARES[name] for name in PLATFORMS])

    def draw(self, plan: Plan, generator: np.random.Generator) -> Figures:
        """Figures of the posts of a plan."""
        real, shown = self._followers(plan)
        expected = self._expected(plan, real)
        size = self._settings.dispersion
        rate = expected * generator.gamma(size, 1 / size, len(expected))
        share = self._shares[plan.platform]
        chatty = np.where(plan.is_giveaway, 6.0, 1.0)
        talk = np.minimum(share[:, 1] * chatty, 0.75)
        keep = (1 - talk) / (1 - share[:, 1])
        likes = generator.poisson(rate * share[:, 0] * keep)
        comments = generator.poisson(rate * talk)
        shares = np.where(share[:, 2] > 0, generator.poisson(rate * share[:, 2] * keep), -1)
        bought = generator.uniform(0.02, 0.15, len(likes)) * shown + 200
        likes += np.where(plan.bot_boosted, bought, 0.0).astype(np.int64)
        ends = self._register.followers + self._register.bought
        hidden = (plan.platform == PLATFORMS.index("instagram")) & (
            generator.random(len(likes)) < self._settings.hidden_likes
        )
        return Figures(
            expected=expected,
            likes=np.where(hidden, -1, likes),
            comments=comments,
            shares=shares,
            views=self._views(plan, likes + comments, generator),
            followers=np.round(shown).astype(np.int64),
            followers_end=np.round(ends[plan.agency, plan.platform]).astype(np.int64),
            hidden=hidden,
        )

    def _followers(self, plan: Plan) -> tuple[Floats, Floats]:
        """Audience at posting: people who react, and all that the platform shows."""
        end = self._register.followers[plan.agency, plan.platform]
        growth = self._register.growth[plan.agency, plan.platform]
        left = 1 - plan.day / max(1, self._settings.n_days - 1)
        real = end * (1 - growth / (1 + growth) * left)
        jumped = (self._register.jump_day[plan.agency] >= 0) & (plan.day >= self._register.jump_day[plan.agency])
        return real, real + np.where(jumped, self._register.bought[plan.agency, plan.platform], 0.0)

    def _expected(self, plan: Plan, followers: Floats) -> Floats:
        campaign = np.where(plan.campaign >= 0, self._planner.boosts[np.maximum(plan.campaign, 0)], 0.0)
        effects = (
            self._register.quality[plan.agency]
            + plan.post_quality
            + self.topic_effects[plan.topic]
            + self._media[plan.media]
            + self._kinds[plan.kind]
            + campaign
            + GIVEAWAY_BOOST * plan.is_giveaway
        )
        exponent = self._register.exponent[plan.agency, plan.platform]
        expected: Floats = self._base[plan.platform] * followers**exponent * np.exp(effects)
        return expected

    def _views(self, plan: Plan, reactions: Counts, generator: np.random.Generator) -> Counts:
        """Views of videos, where the platform's export tells them: Facebook and YouTube."""
        tells = (plan.platform == PLATFORMS.index("facebook")) | (plan.platform == PLATFORMS.index("youtube"))
        views = (reactions + generator.exponential(4.0, len(reactions))) * generator.lognormal(2.8, 0.5, len(reactions))
        counted = np.maximum(views.astype(np.int64), reactions)
        return np.where(tells & (plan.media == MEDIA_TYPES.index("video")), counted, -1)
