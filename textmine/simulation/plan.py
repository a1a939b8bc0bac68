"""What each post of a block is about: topic, style, medium, kind, campaign, giveaway. Arrays of one value a post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.platforms import PLATFORMS
from textmine.posts import MEDIA_TYPES, POST_KINDS
from textmine.simulation.phrases import PhraseBook
from textmine.simulation.register import Register
from textmine.simulation.schedule import Integers, Schedule, own_campaigns, seconds_of_day
from textmine.simulation.settings import SimulationSettings

STYLES: Final = ("berita", "ajak", "santai", "tips", "info", "salam", "kuis")
OWN_SHARE, OWN_BOOST = 0.35, 0.2
"""Share of an agency's posts in the window of its own campaign that carry the tag, and the effect (logarithm)."""

_FORMAL: Final = np.array([0.52, 0.13, 0.03, 0.09, 0.15, 0.08, 0.0])
_FRIENDLY: Final = np.array([0.26, 0.20, 0.28, 0.13, 0.07, 0.06, 0.0])
MEDIA_SHARE: Final = {
    "facebook": {"image": 0.60, "video": 0.20, "link": 0.14, "text": 0.06},
    "x": {"text": 0.27, "image": 0.48, "video": 0.14, "link": 0.11},
    "instagram": {"image": 0.58, "carousel": 0.22, "video": 0.20},
    "youtube": {"video": 1.0},
}
MEDIA_EFFECT: Final = {"video": 0.25, "carousel": 0.15, "text": -0.3, "link": -0.2}
_KINDS: Final = {"reposts": "repost", "quotes": "quote", "replies": "reply", "ads": "ad"}
_KIND_PLATFORMS: Final = {
    "reposts": ("facebook", "x", "instagram"),
    "quotes": ("x",),
    "replies": ("x",),
    "ads": ("facebook", "instagram"),
}


@dataclass(frozen=True)
class Plan:
    """Attributes of the posts of one block, each of shape (n_posts,).

    ``number`` counts posts over the whole season from 0; ``second`` is microsecond-free time in seconds since 1970,
    UTC; ``campaign`` is a position in :attr:`Planner.campaigns` or -1; ``media``, ``kind`` and ``platform`` are
    positions in the canonical enumerations.
    """

    number: Integers
    day: Integers
    agency: Integers
    platform: Integers
    second: Integers
    topic: Integers
    side_topic: Integers
    style: Integers
    media: Integers
    kind: Integers
    campaign: Integers
    post_quality: npt.NDArray[np.float64]
    bot_boosted: npt.NDArray[np.bool_]
    other_agency: Integers

    @property
    def is_giveaway(self) -> npt.NDArray[np.bool_]:
        """Posts that give something away."""
        return np.asarray(self.style == STYLES.index("kuis"))


class Planner:
    """Draws plans of blocks from the register and the schedule.

    Attributes
    ----------
    campaigns : list of str
        Hashtags: national campaigns first, then two for each agency.
    boosts : numpy.ndarray
        Effect of each campaign (logarithm), shape (n_campaigns,).
    """

    def __init__(
        self, settings: SimulationSettings, book: PhraseBook, register: Register, schedule: Schedule, *, seed: int
    ) -> None:
        self._settings, self._book, self._register, self._schedule = settings, book, register, schedule
        generator = np.random.default_rng([seed, 3])
        self._joins = generator.random((len(book.campaigns), len(register.institutions))) < 0.6
        self._own = own_campaigns(register, settings.n_days)
        dates = np.arange(np.datetime64(settings.start), np.datetime64(settings.end) + np.timedelta64(1, "D"))
        self._month = dates.astype("datetime64[M]").astype(int) % 12
        self._midnight = (dates.astype("datetime64[s]").astype(np.int64)) - 7 * 3600
        monthly = np.array([topic.months for topic in book.topics]).T
        weighted = register.topics[:, None, :] * monthly[None, :, :]
        self._topic_steps = np.cumsum(weighted / weighted.sum(axis=2, keepdims=True), axis=2)
        self.campaigns = [campaign.tag for campaign in book.campaigns]
        self.campaigns += [tag for tags in register.campaign_tags for tag in tags]
        self.boosts = np.array([c.boost for c in book.campaigns] + [OWN_BOOST] * (2 * len(register.institutions)))

    def draw(self, first: int, last: int, generator: np.random.Generator) -> Plan:
        """Plan of the posts ``first`` to ``last`` (excluded)."""
        day, account = self._schedule.slots(first, last)
        agency, platform = account // len(PLATFORMS), account % len(PLATFORMS)
        n = len(day)
        topic = _pick(self._topic_steps[agency, self._month[day]], generator)
        other = _pick(self._topic_steps[agency, self._month[day]], generator)
        side_topic = np.where(generator.random(n) < 0.2, other, topic)
        style = self._styles(agency, topic, generator)
        kind = self._kinds(platform, generator)
        boosted = self._register.bot_days[agency, day] & (generator.random(n) < 0.7)
        shift = generator.integers(1, max(2, len(self._register.institutions)), n)
        return Plan(
            number=np.arange(first, last),
            day=day,
            agency=agency,
            platform=platform,
            second=self._midnight[day] + seconds_of_day(n, generator),
            topic=topic,
            side_topic=side_topic,
            style=style,
            media=self._media(platform, generator),
            kind=kind,
            campaign=self._campaigns(day, agency, topic, generator),
            post_quality=generator.normal(0, self._settings.post_quality_sd, n),
            bot_boosted=boosted & (platform != PLATFORMS.index("youtube")) & (kind == POST_KINDS.index("original")),
            other_agency=(agency + shift) % len(self._register.institutions),
        )

    def _styles(self, agency: Integers, topic: Integers, generator: np.random.Generator) -> Integers:
        casual = self._register.casualness[:, None]
        mixture = (1 - casual) * _FORMAL + casual * _FRIENDLY
        style = _pick((np.cumsum(mixture, axis=1) / mixture.sum(axis=1, keepdims=True))[agency], generator)
        names = [each.name for each in self._book.topics]
        if "haribesar" in names:
            greeting = (topic == names.index("haribesar")) & (generator.random(len(topic)) < 0.5)
            style = np.where(greeting, STYLES.index("salam"), style)
        gives = self._register.is_giveaway[agency] & (generator.random(len(topic)) < self._settings.giveaways)
        return np.where(gives, STYLES.index("kuis"), style)

    def _media(self, platform: Integers, generator: np.random.Generator) -> Integers:
        draw = generator.random(len(platform))
        media = np.zeros(len(platform), dtype=np.int64)
        for place, name in enumerate(PLATFORMS):
            kinds = np.array([MEDIA_TYPES.index(kind) for kind in MEDIA_SHARE[name]])
            steps = np.cumsum(list(MEDIA_SHARE[name].values()))
            here = np.flatnonzero(platform == place)
            media[here] = kinds[np.minimum(np.searchsorted(steps, draw[here], side="right"), len(kinds) - 1)]
        return media

    def _kinds(self, platform: Integers, generator: np.random.Generator) -> Integers:
        """Kinds by their share of all posts, drawn among the platforms that know them."""
        draw = generator.random(len(platform))
        kind = np.full(len(platform), POST_KINDS.index("original"))
        shares = self._settings.platform_share
        total = sum(shares.values())
        below = np.zeros(len(platform))
        for key, name in _KINDS.items():
            places = [PLATFORMS.index(each) for each in _KIND_PLATFORMS[key]]
            known = sum(shares.get(each, 0.0) for each in _KIND_PLATFORMS[key]) / total
            chance = np.where(np.isin(platform, places), getattr(self._settings, key) / max(known, 0.05), 0.0)
            kind = np.where((draw >= below) & (draw < below + chance), POST_KINDS.index(name), kind)
            below += chance
        return kind

    def _campaigns(self, day: Integers, agency: Integers, topic: Integers, generator: np.random.Generator) -> Integers:
        """Own campaign first; a national one in its window overrides it."""
        draw = generator.random(len(day))
        own = self._own[agency, day]
        n_national = len(self._book.campaigns)
        campaign = np.where((own >= 0) & (draw < OWN_SHARE), n_national + 2 * agency + own, -1)
        names = [each.name for each in self._book.topics]
        for number, national in enumerate(self._book.campaigns):
            since = (national.start - self._settings.start).days
            until = (national.end - self._settings.start).days
            fitting = np.isin(topic, [names.index(name) for name in national.topics if name in names])
            fitting &= (day >= since) & (day <= until) & self._joins[number, agency]
            campaign = np.where(fitting & (draw < national.share), number, campaign)
        return campaign


def _pick(steps: npt.NDArray[np.float64], generator: np.random.Generator) -> Integers:
    """One category a row; ``steps`` holds cumulative shares, shape (n, n_categories)."""
    draw = generator.random(len(steps))
    picked: Integers = np.minimum((draw[:, None] >= steps).sum(axis=1), steps.shape[1] - 1)
    return picked
