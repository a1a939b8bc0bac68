"""What the pages of an award say, as plain values: the season, its categories, and where an agency stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Feature:
    """A figure behind a score: its percentile among the eligible (0 to 100), and what it is made of."""

    measure: str
    figure: float | None
    percentile: float | None
    posts: int | None
    coverage: float | None


@dataclass(frozen=True)
class Example:
    """A post of a nominee: the ``place``-th of ``of`` by engagement over what its audience lets expect."""

    kind: str
    place: int
    of: int
    times: float | None
    platform: str
    account: str
    published: date
    media_type: str
    caption: str
    url: str | None


@dataclass(frozen=True)
class Competitor:
    """An agency in a category; ``page`` is that of its report, None where none was written.

    ``reasons`` say why it is or is not a nominee; intervals only repeat the score where nothing has draws.
    """

    agency: str
    name: str
    page: str | None
    rank: int | None
    score: float | None
    low: float | None
    high: float | None
    p_first: float | None
    p_nominee: float | None
    nominee: bool
    winner: bool | None
    eligible: bool
    reasons: tuple[str, ...]
    flagged: int
    features: tuple[Feature, ...] = ()
    examples: tuple[Example, ...] = ()
    explanation: str = ""


@dataclass(frozen=True)
class Variant:
    """What a list hangs on: who would be first, come in and drop out if it were made otherwise."""

    kind: str
    variant: str
    tau: float | None
    first: tuple[str, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class FlagEffect:
    """What flagged posts do to a list: who is first, and in the other list, who would come in and drop out.

    ``ranked`` is false where the other list cannot be made.
    """

    ranked: bool
    first: str | None
    first_otherwise: str | None
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class CategoryContent:
    """An award that is given: a category in a cluster, or among all.

    ``uncertain`` says whether scores have draws; ``separation`` is the probability that the last nominee stands above
    the first that is none; ``flag_effect`` is None where flagged posts change neither the nominees nor who is first.
    """

    id: str
    page: str
    title: str
    measure: str
    ratios: bool
    uncertain: bool
    inferred: str
    unknown: tuple[str, ...]
    competitors: tuple[Competitor, ...]
    separation: float | None
    variants: tuple[Variant, ...]
    flag_effect: FlagEffect | None

    @property
    def nominees(self) -> tuple[Competitor, ...]:
        """Who is nominated, the best first."""
        return tuple(each for each in self.competitors if each.nominee)

    @property
    def others(self) -> tuple[Competitor, ...]:
        """Who competes and is not nominated."""
        return tuple(each for each in self.competitors if not each.nominee)

    @property
    def ranked(self) -> tuple[Competitor, ...]:
        """Who has a rank: who is eligible and has a score."""
        return tuple(each for each in self.competitors if each.rank is not None)

    @property
    def changing(self) -> tuple[Variant, ...]:
        """Variants that would make another list."""
        return tuple(each for each in self.variants if each.entered or each.left)

    @property
    def dropping(self) -> tuple[tuple[str, int], ...]:
        """Nominees by the number of variants in which they would drop out, the most first."""
        return tuple(Counter(name for each in self.variants for name in each.left).most_common())

    @property
    def first(self) -> tuple[Competitor, ...]:
        """Who stands first by the numbers; several where they are equal."""
        return tuple(each for each in self.competitors if each.rank == 1)


@dataclass(frozen=True)
class AwardContent:
    """The season of an award: what was ranked, from how many posts, and by whose rules.

    ``charts`` is the page that draws what the lists hang on, None where that was not computed.
    """

    name: str
    page: str
    charts: str | None
    title: str
    period: tuple[date, date]
    inferred: str
    notes: tuple[str, ...]
    current: bool
    without_flagged: bool
    flagged_posts: int
    draws: int
    seed: int
    posts: int
    known: int
    agencies: int
    categories: tuple[CategoryContent, ...]


@dataclass(frozen=True)
class Standing:
    """Where an agency stands in a category; ``of`` are ranked there."""

    award: str
    category: CategoryContent
    own: Competitor
    of: int


def standings_of(awards: tuple[AwardContent, ...]) -> Mapping[str, tuple[Standing, ...]]:
    """Where each agency stands, by its key: awards and categories in their order."""
    found: dict[str, list[Standing]] = {}
    for award in awards:
        for category in award.categories:
            ranked = len(category.ranked)
            for own in category.competitors:
                found.setdefault(own.agency, []).append(Standing(award.title, category, own, ranked))
    return {agency: tuple(rows) for agency, rows in found.items()}
