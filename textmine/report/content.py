"""What one agency's report says, as plain values: the templates and the spreadsheets only lay it out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from textmine.contrasts import Trait
from textmine.plugins import Section
from textmine.report.activity import Activity
from textmine.report.award_content import Standing

N_CHARTED: Final = 8
"""Comparisons in a chart."""


@dataclass(frozen=True)
class Account:
    """One account of the agency; ``followers`` is null when no source reports the audience."""

    platform: str
    account: str
    posts: int
    followers: int | None
    followers_kind: str | None
    followers_at: date | None


@dataclass(frozen=True)
class Figure:
    """Sum of a figure over the posts that report it (null when none does), and how sure the sum is."""

    total: int | None
    reported: int
    hidden: int = 0
    rounded: int = 0


@dataclass(frozen=True)
class Interactions:
    """Likes, comments and shares together: posts that report any of them, their sum, and the median a post."""

    reported: int
    total: int | None
    median: float | None


@dataclass(frozen=True)
class PlatformFigures:
    """Figures of the agency's posts on one platform; ``figures`` by name: likes, comments, shares."""

    platform: str
    posts: int
    interactions: Interactions
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Quote:
    """A post that the report shows. Figures are null where not reported."""

    platform: str
    post_id: str
    account: str
    published: datetime
    caption: str
    url: str | None
    media_type: str
    figures: Mapping[str, int | None]
    interactions: int | None
    hidden: tuple[str, ...]
    rounded: tuple[str, ...]


@dataclass(frozen=True)
class Keyword:
    """A word or hashtag with its score (class TF-IDF) and its score as a part of the list's highest (0 to 1)."""

    rank: int
    surface: str
    count: int
    posts: int
    share_of_posts: float
    corpus_posts: int
    tfidf: float
    score: float
    relative_score: float
    example: Quote | None


@dataclass(frozen=True)
class TopicShare:
    """A topic's share of the agency's posts beside the mean over all agencies, each agency counting once."""

    topic: int
    label: str
    words: tuple[str, ...]
    hashtags: tuple[str, ...]
    share: float
    mean_share: float
    posts: int
    npmi: float | None
    example: Quote | None


@dataclass(frozen=True)
class SentimentShare:
    """Share of a class: of the labels as counted, and corrected with its interval (null where that is not known)."""

    label: str
    raw: float
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Sentiment:
    """How one voice leans: ``agency`` in its captions, or ``public`` in comments.

    ``n`` texts are counted, ``without_text`` are not; ``fits`` says whether the correction is to be believed, null
    where there is none.
    """

    voice: str
    n: int
    without_text: int
    fits: bool | None
    shares: tuple[SentimentShare, ...]


@dataclass(frozen=True)
class Typical:
    """Typical engagement of a post (geometric mean) on a platform; no interval with fewer than two weeks."""

    platform: str
    posts: int
    weeks: int
    typical: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Extreme:
    """A post and how many times the usual engagement it has.

    ``alike`` posts of the same platform tell what is usual, of the same medium too if ``same_medium``.
    """

    quote: Quote
    times: float
    alike: int
    same_medium: bool


@dataclass(frozen=True)
class Common:
    """A trait that ``posts`` of ``of`` posts have; ``share_of_all`` is that of all posts. ``label`` names a topic."""

    trait: Trait
    level: int
    label: str
    posts: int
    of: int
    share_of_all: float


@dataclass(frozen=True)
class Comparison:
    """Posts with a trait beside the agency's others: ``times`` as much engagement, with its interval."""

    trait: Trait
    level: int
    label: str
    times: float
    low: float
    high: float
    posts: int
    others: int
    finding: bool


@dataclass(frozen=True)
class Responses:
    """What a report says of an agency's posts; ``looked_at`` is how many best posts were looked at for ``common``."""

    typical: tuple[Typical, ...] = ()
    best: tuple[Extreme, ...] = ()
    weakest: tuple[Extreme, ...] = ()
    best_common: tuple[Common, ...] = ()
    weakest_common: tuple[Common, ...] = ()
    looked_at: int = 0
    comparisons: tuple[Comparison, ...] = ()

    @property
    def findings(self) -> tuple[Comparison, ...]:
        """Comparisons that stand out, the surest first."""
        return tuple(each for each in self.comparisons if each.finding)

    @property
    def charted(self) -> tuple[Comparison, ...]:
        """What a chart shows: the findings, or where there are none the comparisons with the shortest intervals."""
        by_length = sorted(self.comparisons, key=lambda each: each.high / each.low)
        return (self.findings or tuple(by_length))[:N_CHARTED]


@dataclass(frozen=True)
class Rate:
    """A published rate on a platform, in percent ``of`` followers, reach or impressions.

    ``used`` of ``posts`` could be counted; ``rank`` is that within the cluster.
    """

    title: str
    of: str
    platform: str
    value: float
    used: int
    posts: int
    rank: int | None


@dataclass(frozen=True)
class EqualAudience:
    """How many times the engagement of its cluster's average agency an agency has at the same audience."""

    name: str
    own: bool
    times: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    posts: int


@dataclass(frozen=True)
class Shift:
    """A topic's share by month, and in the first and the second half of the period.

    ``low`` and ``high`` bound the difference of the halves; ``finding`` says that it stands out.
    """

    label: str
    shares: tuple[float, ...]
    first_share: float | None
    second_share: float | None
    low: float | None
    high: float | None
    finding: bool


@dataclass(frozen=True)
class Shifts:
    """How topics move; ``months`` are the first days of all months of the period, ``posts`` the posts of each."""

    months: tuple[date, ...] = ()
    posts: tuple[int, ...] = ()
    topics: tuple[Shift, ...] = ()


@dataclass(frozen=True)
class ClusterTerm:
    """A word or hashtag that an agency uses more (or less) than the others of its cluster.

    ``rate`` and ``other_rate`` are shares of distinct texts.
    """

    surface: str
    kind: str
    more: bool
    texts: int
    other_texts: int
    rate: float
    other_rate: float


@dataclass(frozen=True)
class AddedSection:
    """A section of another package, whose name and version readers are told."""

    content: Section
    package: str


@dataclass(frozen=True)
class Agency:
    """A group of posts: a registered agency, or an account that no agency claims.

    ``slug`` names its folder and files. ``period`` is the first and last day with a credited post (Asia/Jakarta);
    ``weeks`` the calendar weeks that it touches. ``reposts`` and ``ads`` were left out of every other figure.
    """

    group: str
    slug: str
    name: str
    cluster: str | None
    registered: bool
    period: tuple[date, date]
    weeks: int
    posts: int
    reposts: int
    ads: int
    accounts: tuple[Account, ...]
    interactions: Interactions
    platforms: tuple[PlatformFigures, ...]
    activity: Activity
    words: tuple[Keyword, ...]
    hashtags: tuple[Keyword, ...]
    topics: tuple[TopicShare, ...]
    best: Mapping[str, tuple[Quote, ...]]
    sentiment: tuple[Sentiment, ...] = ()
    responses: Responses = field(default_factory=Responses)
    rates: tuple[Rate, ...] = ()
    equal_audience: tuple[EqualAudience, ...] = ()
    shifts: Shifts = field(default_factory=Shifts)
    cluster_terms: tuple[ClusterTerm, ...] = ()
    standings: tuple[Standing, ...] = ()
    sections: tuple[AddedSection, ...] = ()

    @property
    def telling_words(self) -> tuple[Keyword, ...]:
        """Words apart from those of the agency's own name, which nobody needs to be told; scores relative to theirs."""
        own = self._name_words()
        told = [word for word in self.words if not own.issuperset(_words_of(word))]
        highest = max((word.relative_score for word in told), default=0.0) or 1.0
        return tuple(replace(word, relative_score=word.relative_score / highest) for word in told)

    @property
    def own_name_words(self) -> tuple[str, ...]:
        """The words of the agency's own name among its keywords."""
        own = self._name_words()
        return tuple(word.surface for word in self.words if own.issuperset(_words_of(word)))

    def _name_words(self) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", self.name.casefold())) if self.registered else frozenset()

    @property
    def posts_a_week(self) -> float:
        """Posts over the calendar weeks of the period."""
        return self.posts / self.weeks

    @property
    def followers(self) -> int | None:
        """Largest audience of one account: followers of several platforms overlap and are never added."""
        known = [a.followers for a in self.accounts if a.followers is not None]
        return max(known, default=None)


def _words_of(keyword: Keyword) -> list[str]:
    """Words of a keyword, which has several where it is a phrase."""
    return keyword.surface.casefold().split(" ")


@dataclass(frozen=True)
class Overview:
    """All agencies together, for the index page.

    ``weekly`` holds each agency's posts on a common calendar, by group; ``silent`` the registered agencies without a
    credited post; ``topics`` label, words, mean share.
    """

    period: tuple[date, date]
    posts: int
    activity: Activity
    weekly: Mapping[str, tuple[int, ...]]
    silent: tuple[str, ...]
    topics: tuple[TopicShare, ...]
    ingest: Mapping[str, int]
    simulated: bool
