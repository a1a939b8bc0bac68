"""Which columns of the feature table a model may see, and the refusal of those that give the answer away."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl

from textmine.errors import ConfigError, ModelError, did_you_mean
from textmine.quality.settings import QualitySettings

KEYS: Final = ("platform", "post_id")
ENGAGEMENT: Final = re.compile(
    "engagement.*|comment_share|likes|comments|shares|saves|views|reach|impressions|followers_growth"
)
"""Columns that are made from reactions."""
TARGETS: Final = ("engagement_per_follower_percentile", "engagement_percentile")
"""Percentiles of engagement within platform, media type, audience tier and month: the first that most posts have."""
NOT_CONTENT: Final = frozenset(
    "post_id account agency cluster published_at credited time_zone month campaign topic past_posts followers"
    " followers_kind audience_tier followers_growth figures_age".split()
)
"""Who posted, when, and for how many: a model that saw them would learn agencies and audiences by heart."""
TOPIC: Final = re.compile(r"topic_\d+")
"""Weights of single topics: topics are numbered anew with each fit, so a saved model must not know them."""
LEAK: Final = 0.9
"""Rank correlation with a figure of engagement from which a column counts as that figure in disguise."""
_CHECKED_ROWS: Final = 20_000


@dataclass(frozen=True)
class FeatureColumns:
    """Columns of the feature table by what they are for.

    Attributes
    ----------
    used
        What the model sees.
    engagement
        Columns made from reactions: figures, rates, percentiles. An engagement-derived model sees none of them.
    target
        Percentile of engagement net of audience, or None where the table has none.
    """

    used: tuple[str, ...]
    engagement: tuple[str, ...]
    target: str | None

    @classmethod
    def choose(cls, table: pl.LazyFrame, settings: QualitySettings, *, use_engagement: bool) -> Self:
        """Choose what a model sees of a table of features.

        Parameters
        ----------
        table
            Features, see docs/features.md.
        settings
            Names what to leave out.
        use_engagement
            Whether the percentile of engagement is shown. The other figures of engagement never are: they tell who
            has a large audience.

        Raises
        ------
        ConfigError
            A feature to leave out is none, or none is left.
        """
        schema = table.collect_schema()
        names = [name for name, dtype in schema.items() if not dtype.is_nested() and not dtype.is_temporal()]
        engagement = tuple(name for name in names if ENGAGEMENT.fullmatch(name))
        unknown = [name for name in settings.leave_out if name not in names]
        if unknown:
            hint = did_you_mean(unknown[0], names, "; the features are in features_dictionary.csv")
            raise ConfigError(f"{unknown[0]!r} is no feature{hint}", key="leave_out", value=unknown[0])
        hidden = {*engagement, *NOT_CONTENT, *settings.leave_out}
        shown = [name for name in names if name not in hidden and not TOPIC.fullmatch(name)]
        target = _target(table, [name for name in TARGETS if name in names])
        if use_engagement and target is not None and target not in settings.leave_out:
            shown.append(target)
        if not shown:
            raise ConfigError("leaves no feature", key="leave_out", value=list(settings.leave_out))
        return cls(tuple(shown), engagement, target)

    def as_json(self) -> dict[str, Any]:
        """Return the columns as JSON takes them."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Return the columns that :meth:`as_json` wrote."""
        return cls(tuple(content["used"]), tuple(content["engagement"]), content["target"])


def _target(table: pl.LazyFrame, names: list[str]) -> str | None:
    if not names:
        return None
    known = table.select(pl.col(name).is_not_null().sum() for name in names).collect(engine="streaming").row(0)
    best = max(known)
    return next((name for name, n in zip(names, known, strict=True) if n and n >= best / 2), None)


def refuse_leaks(table: pl.DataFrame, columns: FeatureColumns) -> None:
    """Refuse to learn engagement from engagement.

    Parameters
    ----------
    table
        Training posts with the columns used and those of engagement.
    columns
        Of an engagement-derived model.

    Raises
    ------
    ModelError
        A column used is one of engagement, or ranks posts as one of them does (:data:`LEAK`), on all posts or within a
        platform: a copy under another name.
    """
    named = [name for name in columns.used if name in columns.engagement]
    if named:
        raise ModelError(f"{named[0]} is engagement: a model of engagement must not see it; leave it out")
    figures = [name for name in columns.engagement if name in table.columns and table[name].dtype.is_numeric()]
    numbers = [name for name in columns.used if table[name].dtype.is_numeric()]
    platforms = [table, *table.partition_by("platform")] if "platform" in table.columns else [table]
    for part in platforms:
        _refuse_copies(part.head(_CHECKED_ROWS), numbers, figures)


def _refuse_copies(table: pl.DataFrame, numbers: list[str], figures: list[str]) -> None:
    if len(table) < 30:
        return
    ranks = {name: _ranks(table[name]) for name in (*numbers, *figures)}
    for figure in figures:
        for name in numbers:
            known = ~(np.isnan(ranks[name]) | np.isnan(ranks[figure]))
            pair = ranks[name][known], ranks[figure][known]
            if known.sum() < 30 or min(each.std() for each in pair) < 1e-9:
                continue
            correlation = float(np.corrcoef(*pair)[0, 1])
            if abs(correlation) >= LEAK:
                raise ModelError(
                    f"{name} ranks posts as {figure} does (rank correlation {correlation:.2f}): a model of engagement "
                    f"must not see it; leave it out with --leave-out {name}"
                )


def _ranks(column: pl.Series) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    numbers = column.cast(pl.Float64).fill_nan(None)
    return numbers.rank("average").cast(pl.Float64).fill_null(float("nan")).to_numpy()
