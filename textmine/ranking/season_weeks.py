"""Posts of a season added up by week, for every selection of an award, with and without what was flagged.

This is all that draws and models of a ranking need to know about posts. It is kept in the workspace, so that a second
ranking reads no post at all. Sums are made batch by batch in the order of the posts: the same bytes on any machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from textmine.platforms import PLATFORMS
from textmine.posts import MEDIA_TYPES
from textmine.ranking.account_weeks import AccountWeeks
from textmine.ranking.agency.dictionary import OF_THE_MODEL, base_of
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.measures import MEDIA, measures

Floats = npt.NDArray[np.float64]
View = tuple[tuple[str, ...], tuple[str, ...]]
"""Platforms and media types of a selection of posts, sorted; none of either stands for all."""

SUMS: Final = (
    "posts", "known", "engagement", "viewed", "views", "judged", "high", "read", "negative", "neutral", "positive",
)  # fmt: skip
"""By week: posts; those with engagement, and their engagement; those with views, and their views; those whose quality
was judged, and the sum of their probabilities of the highest class; those whose sentiment was read, and the sums of
their probabilities."""


def view_of(selection: Selection, measure: str = "", platform: str = "") -> View:
    """The posts of a selection, its campaign aside; with a measure those of its medium and its platform."""
    media: set[str] = set(selection.media_types)
    prefix = next((medium for medium in MEDIA if measure.startswith(f"{medium}_")), "")
    if prefix:
        own = set(MEDIA[prefix])
        media = (own & media if media else own) or own
    platforms = (platform,) if platform else tuple(sorted(selection.platforms))
    return platforms, tuple(sorted(media))


def media_groups(types: Collection[Collection[str]]) -> tuple[tuple[str, ...], ...]:
    """Partition of the media types: types that are always asked for together are in one group.

    Examples
    --------
    >>> media_groups([("image", "carousel"), ("video", "reel", "live")])[:2]
    (('text', 'link', 'story', 'unknown'), ('image', 'carousel'))
    """
    groups: dict[tuple[bool, ...], list[str]] = {}
    for name in MEDIA_TYPES:
        groups.setdefault(tuple(name in asked for asked in types), []).append(name)
    return tuple(tuple(names) for names in groups.values())


@dataclass(frozen=True)
class WeeksAsked:
    """What a stage is asked for: the days of the period, views of posts, and those of which medians are needed."""

    first: str | None
    last: str | None
    views: tuple[View, ...]
    medians: tuple[View, ...]
    media: tuple[tuple[str, ...], ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "period": [self.first, self.last],
            "views": [list(map(list, view)) for view in self.views],
            "medians": [list(map(list, view)) for view in self.medians],
            "media": list(map(list, self.media)),
        }


def asked_of(definition: AwardDefinition) -> WeeksAsked:
    """What an edition needs, whichever of its categories are ranked now."""
    selections = definition.selections
    views = dict.fromkeys(view_of(each) for each in selections)
    medians: dict[View, None] = {}
    for category in definition.categories:
        for column in (name for each in (category.measure, *category.ties.by) for name in each.measures):
            name, _, platform = column.partition("@")
            if name.endswith("engagement_median"):
                medians[view_of(category.selection, name, platform)] = None
            if name in measures() and base_of(measures()[name]) in OF_THE_MODEL:
                views[view_of(category.selection, name)] = None
    period = definition.period
    return WeeksAsked(
        first=period.first.isoformat() if period else None,
        last=period.last.isoformat() if period else None,
        views=tuple(views),
        medians=tuple(medians),
        media=(*MEDIA.values(), *dict.fromkeys(each.media_types for each in selections if each.media_types)),
    )


@dataclass(frozen=True)
class SeasonWeeks:
    """What a season's posts add up to.

    Attributes
    ----------
    agencies
        Keys of the register, sorted.
    first_week
        Monday of week 0, Asia/Jakarta, as ISO date.
    period_weeks
        Weeks of the award's period: no fewer than those with posts.
    groups
        Media types that are added up together.
    sums
        Shape (2, 11, n_agencies, 4, n_groups, n_weeks), of all posts and of the flagged ones; see :data:`SUMS`.
    accounts
        By view, accounts by week, of all posts and without the flagged ones.
    medians
        By view, median engagement of each agency's posts by week, NaN without posts, shape (2, n_agencies, n_weeks): of
        all posts and without the flagged ones. Only of views that an award asks medians of.
    """

    agencies: tuple[str, ...]
    first_week: str
    period_weeks: int
    groups: tuple[tuple[str, ...], ...]
    sums: Floats
    accounts: Mapping[View, tuple[AccountWeeks, AccountWeeks]]
    medians: Mapping[View, Floats]

    @property
    def n_weeks(self) -> int:
        """Weeks from the first post to the last."""
        return int(self.sums.shape[-1])

    @property
    def n_flagged(self) -> npt.NDArray[np.int64]:
        """Flagged posts of each agency, shape (n_agencies,)."""
        return np.asarray(self.sums[1, 0].sum(axis=(1, 2, 3)), dtype=np.int64)

    def of(self, view: View, *, without_flagged: bool) -> dict[str, Floats]:
        """Sums by week over the posts of a view, shape (n_agencies, n_weeks) each.

        Raises
        ------
        ValueError
            The view cuts through a group of media types.
        """
        found = self.by_platform(view, without_flagged=without_flagged)
        return {name: values.sum(axis=1) for name, values in found.items()}

    def by_platform(self, view: View, *, without_flagged: bool) -> dict[str, Floats]:
        """The same by platform, shape (n_agencies, 4, n_weeks) each; 0 on platforms that the view leaves out."""
        platforms, media = view
        there = np.array([not platforms or name in platforms for name in PLATFORMS])
        chosen = [bool(set(group) & set(media)) or not media for group in self.groups]
        if media and set(media) != {
            name for group, taken in zip(self.groups, chosen, strict=True) if taken for name in group
        }:
            raise ValueError(f"the media types {', '.join(media)} were not added up apart from others")
        kept = self.sums[:, :, :, :, chosen].sum(axis=4) * there[:, None]
        values = kept[0] - kept[1] if without_flagged else kept[0]
        return dict(zip(SUMS, values, strict=True))
