"""The edition of an award as its file defines it: clusters, eligibility, categories and how each is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from textmine.platforms import Platform
from textmine.posts import MediaType
from textmine.ranking.expressions import Expression
from textmine.ranking.measures import MEDIA

Direction = Literal["highest", "lowest"]
AwardedTo = Literal["each cluster", "all clusters"]
Missing = Literal["zero", "null", "skip"]
AtTheCut = Literal["all", "none"]
Campaign = Literal["hashtags", "own"]


@dataclass(frozen=True)
class Title:
    """A name that people read, in both languages of the reports."""

    id: str
    en: str


@dataclass(frozen=True)
class Period:
    """First and last day on which posts count, both included, in Asia/Jakarta."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Cluster:
    """Agencies that compete with each other.

    Parameters
    ----------
    name
        As the file calls it.
    title
        As reports call it.
    register
        Clusters of the agency register that belong to it, in lower case.
    """

    name: str
    title: Title
    register: tuple[str, ...]


@dataclass(frozen=True)
class Eligibility:
    """Who competes.

    Parameters
    ----------
    min_posts
        Fewest posts that the category looks at.
    platforms
        Platforms on each of which an agency must have posts.
    min_platforms
        Fewest platforms with posts.
    min_coverage
        Least share of posts whose engagement is known, 0 to 1.
    min_audience
        Fewest followers; no edition is known to have asked for any.
    exclude
        Agencies that do not compete: the organiser, those of the jury's members.
    """

    min_posts: int = 1
    platforms: tuple[Platform, ...] = ()
    min_platforms: int = 1
    min_coverage: float = 0.0
    min_audience: int = 0
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Nominees:
    """How many are nominated: between the two, where the uncertainty leaves a gap."""

    min: int = 3
    max: int = 5


@dataclass(frozen=True)
class Ties:
    """What happens to equal scores.

    Parameters
    ----------
    by
        Measures that decide, one after the other, the higher the better; who is still equal shares a rank.
    within
        Scores no further apart than this are equal.
    at_the_cut
        Whether all or none of those who share the last nominee's rank are nominated.
    """

    by: tuple[Expression, ...] = ()
    within: float = 0.0
    at_the_cut: AtTheCut = "all"


@dataclass(frozen=True)
class Selection:
    """The posts that a category looks at; the default is all.

    Parameters
    ----------
    platforms, media_types
        Those that count; empty is all.
    campaign
        ``hashtags`` where the category names them, ``own`` for each agency's own campaign with the most posts, or None.
    hashtags
        Of the campaign, in lower case and without ``#``; one of them is enough.
    """

    platforms: tuple[Platform, ...] = ()
    media_types: tuple[MediaType, ...] = ()
    campaign: Campaign | None = None
    hashtags: tuple[str, ...] = ()

    @property
    def without_campaign(self) -> Selection:
        """The posts that its campaign is part of: a campaign does not narrow what other measures look at."""
        return replace(self, campaign=None, hashtags=())

    @property
    def prefix(self) -> str | None:
        """Prefix of the measures that look at these posts: none for all, ``image_``, ``video_``; None for others.

        ``engagement_rate`` of a category for images is ``image_engagement_rate`` of the table of all posts.
        """
        if self.platforms or self.campaign:
            return None
        prefixes = {frozenset(types): f"{medium}_" for medium, types in MEDIA.items()} | {frozenset(): ""}
        return prefixes.get(frozenset(self.media_types))


@dataclass(frozen=True)
class Winner:
    """Conditions that a winner must meet where the numbers alone decide.

    Parameters
    ----------
    above
        The score must be above this, or None.
    top
        Worst rank that still wins, or None.
    """

    above: float | None = None
    top: int | None = None

    @property
    def decides(self) -> bool:
        """Whether there is a condition at all; without one a jury decides."""
        return self.above is not None or self.top is not None

    def met(self, scores: npt.NDArray[np.float64], ranks: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Whether each score, of any shape, and its rank meet the conditions; NaN meets none."""
        met = ~np.isnan(scores)
        if self.above is not None:
            met &= scores > self.above
        if self.top is not None:
            met &= ranks <= self.top
        return met


@dataclass(frozen=True)
class Category:
    """A category.

    Parameters
    ----------
    id, title
        Its name in expressions and on paper.
    measure
        What is compared. For a category that accumulates others it is made of their scores.
    direction
        Whether the highest or the lowest score is best.
    awarded_to
        One award for each cluster, or one among all.
    clusters
        Names of the clusters that compete.
    selection
        Posts that are looked at.
    accumulates
        Categories whose scores it adds up, with their weights; empty for the others.
    missing
        What an agency without a score in an accumulated category has there.
    eligibility, nominees, ties, winner
        As for the whole file, or the category's own.
    inferred
        What of it is not public knowledge, in words; empty where everything is.
    """

    id: str
    title: Title
    measure: Expression
    direction: Direction = "highest"
    awarded_to: AwardedTo = "each cluster"
    clusters: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    accumulates: Mapping[str, float] = field(default_factory=dict)
    missing: Missing = "null"
    eligibility: Eligibility = field(default_factory=Eligibility)
    nominees: Nominees = field(default_factory=Nominees)
    ties: Ties = field(default_factory=Ties)
    winner: Winner = field(default_factory=Winner)
    inferred: str = ""


@dataclass(frozen=True)
class Award:
    """One award that is given: a category in a cluster, or among all.

    Parameters
    ----------
    category
        The category.
    clusters
        The clusters whose agencies compete.
    """

    category: Category
    clusters: tuple[Cluster, ...]

    @property
    def id(self) -> str:
        """``most_active/kementerian``; the category's id alone where there is one award among all clusters."""
        if self.category.awarded_to == "all clusters":
            return self.category.id
        return f"{self.category.id}/{self.clusters[0].name}"

    @property
    def title(self) -> Title:
        """Title of the category and, where it has its own, of the cluster."""
        title = self.category.title
        if self.category.awarded_to == "all clusters":
            return title
        cluster = self.clusters[0].title
        return Title(f"{title.id}: {cluster.id}", f"{title.en}: {cluster.en}")

    @property
    def register(self) -> tuple[str, ...]:
        """Clusters of the agency register that compete, in lower case."""
        return tuple(name for cluster in self.clusters for name in cluster.register)


@dataclass(frozen=True)
class AwardDefinition:
    """The edition of an award.

    Parameters
    ----------
    name, title
        Its short name and what reports call it.
    period
        The days that count; None is all posts of the workspace.
    clusters, categories
        In the order of the file.
    inferred
        What of the edition is a reconstruction, in words.
    sources
        Where the facts come from.
    """

    name: str
    title: Title
    period: Period | None
    clusters: tuple[Cluster, ...]
    categories: tuple[Category, ...]
    inferred: str = ""
    sources: tuple[str, ...] = ()

    @property
    def awards(self) -> tuple[Award, ...]:
        """Every award that is given, by category and cluster."""
        by_name = {cluster.name: cluster for cluster in self.clusters}
        found = []
        for category in self.categories:
            clusters = tuple(by_name[name] for name in category.clusters)
            groups = [clusters] if category.awarded_to == "all clusters" else [(each,) for each in clusters]
            found += [Award(category, group) for group in groups]
        return tuple(found)

    def category(self, id: str) -> Category:
        """A category by its id.

        Raises
        ------
        KeyError
            There is none.
        """
        return {category.id: category for category in self.categories}[id]

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns that the categories and their tie rules read, sorted."""
        expressions = [each for category in self.categories for each in (category.measure, *category.ties.by)]
        return tuple(sorted({name for expression in expressions for name in expression.measures}))

    @property
    def selections(self) -> tuple[Selection, ...]:
        """Selections of posts for which measures are needed, in the order of the file."""
        return tuple(dict.fromkeys(category.selection for category in self.categories))

    @property
    def in_order(self) -> tuple[Category, ...]:
        """Categories with each one after those whose scores it asks for."""
        done: dict[str, Category] = {}
        waiting = list(self.categories)
        while waiting:
            ready = [category for category in waiting if set(category.measure.categories) <= done.keys()]
            done |= {category.id: category for category in ready}
            waiting = [category for category in waiting if category.id not in done]
        return tuple(done.values())
