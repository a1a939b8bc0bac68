"""One season block by block: register, schedule, plans, figures and captions put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from textmine.simulation.captions import Writer
from textmine.simulation.engagement import Audience
from textmine.simulation.phrases import PhraseBook, load_phrases
from textmine.simulation.plan import Planner
from textmine.simulation.register import build_register
from textmine.simulation.rows import canonical_posts, post_truth
from textmine.simulation.schedule import build_schedule
from textmine.simulation.settings import SimulationSettings

BLOCK: Final = 50_000
"""Posts that are drawn together. Each block has a random stream of its own, so memory does not grow with the season."""


@dataclass(frozen=True)
class Block:
    """One block of the season: posts, titles of videos, display names and page numbers, hidden truth."""

    posts: pl.DataFrame
    titles: pl.Series
    accounts: pl.DataFrame
    truth: pl.DataFrame
    generator: np.random.Generator


class Season:
    """A season in memory: everything but the posts, which come block by block.

    Parameters
    ----------
    settings
        The season's sizes and effects; ``n_posts`` is exact.
    seed
        Whole number from 0.
    book
        Phrase banks; the shipped ones when None.
    """

    def __init__(self, settings: SimulationSettings, *, seed: int, book: PhraseBook | None = None) -> None:
        self.settings, self.seed = settings, seed
        self.book = book or load_phrases()
        self.register = build_register(settings, self.book, seed=seed)
        self.schedule = build_schedule(settings, self.register, n_posts=settings.n_posts, seed=seed)
        self.planner = Planner(settings, self.book, self.register, self.schedule, seed=seed)
        self.audience = Audience(settings, self.book, self.register, self.planner)
        self.writer = Writer(settings, self.book, self.register, self.planner.campaigns, seed=seed)

    @property
    def collected_at(self) -> dt.datetime:
        """When all figures were read: the day after the season, 02:00 UTC."""
        return dt.datetime.combine(self.settings.end, dt.time(2), dt.UTC) + dt.timedelta(days=1)

    def blocks(self) -> Iterator[Block]:
        """Posts in the order of their days, :data:`BLOCK` at a time."""
        n_agencies = len(self.register.institutions)
        display = pl.Series("display", [each.name for each in self.register.institutions])
        page = pl.Series("page", [str(100_200_300_400_500 + 7919 * number) for number in range(n_agencies)])
        for first in range(0, self.settings.n_posts, BLOCK):
            generator = np.random.default_rng([self.seed, 5, first // BLOCK])
            plan = self.planner.draw(first, min(first + BLOCK, self.settings.n_posts), generator)
            figures = self.audience.draw(plan, generator)
            texts, titles = self.writer.write(plan, generator)
            frame = pl.DataFrame([titles, texts.alias("text")])
            caption = frame.select(pl.concat_str("title", "text", separator="\n", ignore_nulls=True)).to_series()
            posts = canonical_posts(plan, figures, caption, self.register, collected_at=self.collected_at)
            truth = post_truth(plan, figures, posts["post_id"], self.book, self.planner.campaigns)
            accounts = pl.DataFrame([display.gather(plan.agency), page.gather(plan.agency)])
            yield Block(posts, titles, accounts, truth, generator)
