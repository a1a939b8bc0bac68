"""Measures of campaigns: how much an agency posted for one, and what came back beside what is usual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.engagement import engagement_of_post
from textmine.errors import NotEnoughDataError
from textmine.hashtags.uses import hashtag_spellings
from textmine.language.hashtags import fold_hashtag
from textmine.platforms import PLATFORMS
from textmine.posts import local_day
from textmine.ranking.account_weeks import account_weeks
from textmine.ranking.agency.table import agency_table
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.campaign_totals import total_draws
from textmine.ranking.lift import lift_cells, lifts, log_sums, log_units
from textmine.ranking.normal_means import normal_means
from textmine.ranking.own_campaigns import OWN_CAMPAIGNS_SCHEMA, own_campaigns
from textmine.ranking.season_scores import OF_THE_MODEL, season_scores
from textmine.ranking.sensitivity import CAMPAIGN, engagement_definitions
from textmine.rates.posts import registered

Floats = npt.NDArray[np.float64]

RATE: Final = "engagement_rate"
COUNTED: Final = (
    "campaign_posts",
    "campaign_weeks",
    "campaign_engagement_total",
    "campaign_engagement_coverage",
)


@dataclass(frozen=True)
class CampaignScores:
    """What is known of a campaign, for a table of agencies.

    Parameters
    ----------
    table
        The table with the measures of campaigns, and ``campaign`` (hashtags of an agency's own one, the only campaigns
        that are not the same for all), ``campaign_start`` and ``campaign_end`` (days of its first and last post).
    draws
        By column, shape (n_draws, n_agencies).
    notes
        What could not be done.
    own
        All own campaigns that were found, rows of ``OWN_CAMPAIGNS_SCHEMA``; the first of each agency counts.
    """

    table: pl.DataFrame
    draws: dict[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    own: pl.DataFrame = field(default_factory=OWN_CAMPAIGNS_SCHEMA.to_frame)


def campaign_scores(
    posts: pl.LazyFrame,
    register: pl.DataFrame,
    table: pl.DataFrame,
    selection: Selection,
    *,
    platforms: Iterable[str | None],
    n_draws: int,
    seed: int,
    first: date | None = None,
    last: date | None = None,
) -> CampaignScores:
    """Compute the measures of campaigns.

    Parameters
    ----------
    posts
        Those that count, with the agencies that are not registered: they may use the same hashtags.
    register
        Agencies and their clusters.
    table
        A row an agency, with ``n_posts`` of the same posts.
    selection
        What its campaign is.
    platforms
        Where ``campaign_engagement_rate`` is asked for: None is all platforms together.
    n_draws, seed
        Of the draws.
    first, last
        Days of the period, both included; those of the posts if None.
    """
    agencies = table["agency"].to_list()
    marked, own = marked_posts(posts, register, selection, agencies)
    days = _led_days(marked)
    table = _with_counts(table, days, own)
    spans = table.select("agency", start="campaign_start", end="campaign_end").drop_nulls()
    if spans.is_empty():
        columns = [each for name in ("campaign_engagement_rate", "campaign_lift") for each in _columns(name)]
        nothing = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in columns)
        return CampaignScores(nothing, notes=(_nobody(selection),), own=own)
    lift, drawn = _lift(marked, spans, agencies, n_draws=n_draws, seed=seed)
    table = table.with_columns(_known(lift))
    drawn |= _drawn_totals(days, agencies, n_draws=n_draws, seed=seed + 2)
    if not (asked := list(platforms)):
        return CampaignScores(table, drawn, own=own)
    led = marked.filter("in_campaign")
    table = table.join(_by_definition(led, register, first, last), on="agency", how="left", maintain_order="left")
    try:
        weeks = account_weeks(led, agencies=register)
    except NotEnoughDataError as error:
        ends = [f"@{platform}" if platform else "" for platform in asked]
        nobody = [pl.lit(None, pl.Float64).alias(f"{CAMPAIGN}{name}{end}") for name in OF_THE_MODEL for end in ends]
        return CampaignScores(table.with_columns(nobody), drawn, (f"campaigns: {error}",), own)
    fitted = season_scores(weeks, agencies, platforms=asked, n_draws=n_draws, seed=seed + 1)
    table = table.with_columns(_known({CAMPAIGN + name: values for name, values in fitted.columns.items()}))
    drawn |= {CAMPAIGN + name: values for name, values in fitted.draws.items() if name.startswith(RATE)}
    return CampaignScores(table, drawn, tuple(f"campaigns: {note}" for note in fitted.notes), own)


def marked_posts(
    posts: pl.LazyFrame, register: pl.DataFrame, selection: Selection, agencies: list[str]
) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Posts of the register's agencies with ``in_campaign``, and own campaigns, rows of ``OWN_CAMPAIGNS_SCHEMA``.

    Parameters are as for :func:`campaign_scores`.
    """
    if selection.campaign == "own":
        found = own_campaigns(posts, agencies)
        return marked_own(registered(posts, register), found.days), found.campaigns
    spellings = hashtag_spellings(posts)
    named = spellings.filter(pl.col("hashtag").is_in([fold_hashtag(each) for each in selection.hashtags]))
    return _marked(registered(posts, register), named["written"].to_list()), OWN_CAMPAIGNS_SCHEMA.to_frame()


def _known(columns: dict[str, Floats]) -> list[pl.Series]:
    return [pl.Series(name, values).fill_nan(None) for name, values in columns.items()]


def _by_definition(led: pl.LazyFrame, register: pl.DataFrame, first: date | None, last: date | None) -> pl.DataFrame:
    """Other definitions of engagement over the posts of campaigns, to try in the place of the award's."""
    found = agency_table(led, register=register, first=first, last=last)
    columns = [each for name in engagement_definitions() for each in _columns(name) if each in found.columns]
    return found.select("agency", *(pl.col(name).alias(CAMPAIGN + name) for name in columns))


def _nobody(selection: Selection) -> str:
    if selection.campaign == "own":
        return "no agency has a campaign of its own; its categories rank nobody"
    return f"no post has {' or '.join(f'#{each}' for each in selection.hashtags)}; its categories rank nobody"


def _columns(name: str) -> tuple[str, ...]:
    return (name, *(f"{name}@{platform}" for platform in PLATFORMS))


def _marked(posts: pl.LazyFrame, written: list[str]) -> pl.LazyFrame:
    """Posts with ``in_campaign``: whether one of the spellings stands among their hashtags."""
    return posts.with_columns((_carried(pl.lit(written, pl.List(pl.String)))).alias("in_campaign"))


def marked_own(posts: pl.LazyFrame, days: pl.DataFrame, *, number: int = 1) -> pl.LazyFrame:
    """Posts with ``in_campaign``: whether they are of their agency's own campaign of this number.

    Parameters
    ----------
    posts
        Canonical posts that count.
    days
        Of :class:`OwnCampaigns`.
    number
        The first is the one with the most posts.
    """
    first = days.filter(pl.col("campaign") == number)
    wanted = first.group_by("agency", pl.col("day").alias("_day"), maintain_order=True).agg(
        pl.col("written").alias("_wanted")
    )
    joined = posts.with_columns(local_day().alias("_day")).join(
        wanted.lazy(), on=["agency", "_day"], how="left", maintain_order="left"
    )
    return joined.with_columns(_carried(pl.col("_wanted")).alias("in_campaign")).drop("_day", "_wanted")


def _carried(written: pl.Expr) -> pl.Expr:
    return (pl.col("hashtags").list.set_intersection(written).list.len() > 0).fill_null(value=False)


def _led_days(marked: pl.LazyFrame) -> pl.DataFrame:
    """Posts of campaigns by agency, platform and day: n, known (with interactions), and sums of engagement."""
    platform = pl.col("platform").cast(pl.String)
    engagement = engagement_of_post().alias("engagement")
    return (
        marked.filter("in_campaign")
        .select("agency", platform, local_day().alias("day"), engagement, log_units())
        .group_by("agency", "platform", "day")
        .agg(
            pl.len().alias("n"),
            pl.col("engagement").count().alias("known"),
            pl.col("engagement").sum(),
            *log_sums("logs", "squares"),
        )
        .sort("agency", "platform", "day")
        .collect(engine="streaming")
    )


def _with_counts(table: pl.DataFrame, posts: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """The table with what is counted of campaigns: nothing is 0, interactions that nobody reports are null."""
    counted = (
        pl.col("n").sum().cast(pl.Float64).alias("campaign_posts"),
        pl.col("day").dt.truncate("1w").n_unique().cast(pl.Float64).alias("campaign_weeks"),
        pl.when(pl.col("known").sum() > 0).then(pl.col("engagement").sum()).alias("campaign_engagement_total"),
        (pl.col("known").sum() / pl.col("n").sum()).alias("campaign_engagement_coverage"),
    )
    days = (pl.col("day").min().alias("campaign_start"), pl.col("day").max().alias("campaign_end"))
    out = table.join(posts.group_by("agency").agg(*counted, *days), on="agency", how="left", maintain_order="left")
    for each in PLATFORMS:
        here = posts.filter(pl.col("platform") == each).group_by("agency").agg(counted)
        here = here.rename({name: f"{name}@{each}" for name in COUNTED})
        out = out.join(here, on="agency", how="left", maintain_order="left")
    noughts = [each for name in COUNTED[:2] for each in _columns(name)]
    labels = own.filter(pl.col("campaign") == 1).select("agency", campaign="label")
    return (
        out.with_columns(pl.col(noughts).fill_null(0.0))
        .with_columns(
            pl.when(pl.col(posts) > 0).then(pl.col(campaign) / pl.col(posts)).alias(share)
            for share, campaign, posts in zip(
                *(_columns(name) for name in ("campaign_share", "campaign_posts", "n_posts")), strict=True
            )
        )
        .join(labels, on="agency", how="left", maintain_order="left")
    )


def _lift(
    marked: pl.LazyFrame, spans: pl.DataFrame, agencies: list[str], *, n_draws: int, seed: int
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """``campaign_lift``, on all platforms together and on each, and its draws."""
    cells = lift_cells(marked, spans)
    columns, draws = {}, {}
    for number, (column, platform) in enumerate(zip(_columns("campaign_lift"), (None, *PLATFORMS), strict=True)):
        kept = cells if platform is None else cells.filter(pl.col("platform") == platform)
        model = normal_means(*lifts(kept, agencies))
        columns[column] = np.exp(model.mean())
        draws[column] = np.exp(model.draws(n_draws, seed=seed + 7 * number))
    return columns, draws


def _drawn_totals(days: pl.DataFrame, agencies: list[str], *, n_draws: int, seed: int) -> dict[str, Floats]:
    """Draws of ``campaign_engagement_total``, on all platforms together and on each."""
    found = {}
    for number, (column, platform) in enumerate(
        zip(_columns("campaign_engagement_total"), (None, *PLATFORMS), strict=True)
    ):
        kept = days if platform is None else days.filter(pl.col("platform") == platform)
        found[column] = total_draws(kept, agencies, n_draws=n_draws, seed=seed + 7 * number)
    return found


def rate_platforms(definition: AwardDefinition, selection: Selection, categories: Iterable[str]) -> list[str | None]:
    """Where the categories with this selection read ``campaign_engagement_rate``; None is all platforms together."""
    wanted: dict[str | None, None] = {}
    for category in map(definition.category, categories):
        if category.selection == selection:
            for expression in (category.measure, *category.ties.by):
                for column in expression.measures:
                    name, _, platform = column.partition("@")
                    if name == CAMPAIGN + RATE:
                        wanted[platform or None] = None
    return list(wanted)
