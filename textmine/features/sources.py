"""What features are made from: the posts, the tables of other stages that fit them, and makers of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from textmine.duplicates import NEAR_DUPLICATES
from textmine.engagement import post_engagement
from textmine.errors import AgencyError
from textmine.features.audience import audience_growth, growth_of
from textmine.features.index import Index, read_index
from textmine.features.novelty import word_novelty
from textmine.features.peers import audience_tier
from textmine.features.service import SERVICE_SCHEMA, service_information
from textmine.features.stored import CAMPAIGN_SCHEMA, COPIES_SCHEMA, AtRows, campaigns, copies
from textmine.features.style import StyleReader
from textmine.features.tags import hashtags_of, owned_hashtags
from textmine.features.themes import read_topics
from textmine.features.zones import local_time, time_zones
from textmine.groups import UNREGISTERED, group_of
from textmine.inorder import InOrder
from textmine.language.identify import LanguageIdentifier
from textmine.matrix import StoredMatrix
from textmine.posts import KEY, is_credited
from textmine.sentiment import load_classifier
from textmine.sentiment.labels import CLASSES
from textmine.store import Workspace

Maker = Callable[[pl.DataFrame, int], pl.DataFrame]
"""Given a batch of posts and the row of the first, gives columns in their order."""

OPTIONAL: Final = ("matrix", "topics", "duplicates", "hashtags")
"""Stages without which columns are null."""
_NOTHING_TOLD: Final = (0.0, 1.0, 0.0)
"""What the classifier says of a text without words and signs."""
_SCORED: Final = ("languages", "sentiment")
"""Stages whose work is done here where they were not run."""


@dataclass
class Sources:
    """A workspace's posts and what fits them."""

    workspace: Workspace
    posts: pl.LazyFrame
    there: frozenset[str]
    _in_order: list[InOrder] = field(default_factory=list)

    @classmethod
    def of(cls, workspace: Workspace) -> Sources:
        """See what is there.

        Raises
        ------
        WorkspaceError
            There are no posts.
        """
        posts = workspace.scan("posts.parquet", made_by="ingest")
        known = (name for name in (*OPTIONAL, *_SCORED) if workspace.inputs_unchanged(name, "ingest", "matrix"))
        return cls(workspace, posts, frozenset(known))

    @property
    def missing(self) -> list[str]:
        """Stages whose columns are null."""
        return [name for name in OPTIONAL if name not in self.there]

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of everything that is read."""
        return self.workspace.output_hashes("ingest", *sorted(self.there))

    def topic_labels(self) -> list[tuple[int, str]]:
        """Number and label of each topic."""
        if "topics" not in self.there:
            return []
        table = self.workspace.scan("topics.parquet", made_by="topics").select("topic", "label").sort("topic")
        return [(int(number), str(label)) for number, label in table.collect().iter_rows()]

    def makers(self, *, min_posts: int, min_accounts: int, zones: Mapping[str, str]) -> list[Maker]:
        """Whatever makes columns of a batch, ready to be called batch by batch in order."""
        register = self.workspace.register()
        places = time_zones(register, own=zones)
        index = read_index(self.posts, places)
        ranked = index.percentiles(min_posts=min_posts, min_accounts=min_accounts)
        style = StyleReader()
        owned = owned_hashtags(self.posts)
        growth = audience_growth(self.posts, self.workspace.scan("snapshots.parquet", made_by="ingest"))
        made: list[Maker] = [
            lambda batch, _: _plain(batch, register, places),
            lambda batch, _: _with_kinds(style.read(batch["caption"]), batch),
            lambda batch, _: hashtags_of(batch, owned),
            lambda batch, _: growth_of(batch, growth),
            lambda batch, _: post_engagement(batch),
            lambda batch, first: ranked.slice(first, len(batch)),
            self._languages(),
            self._sentiment(),
        ]
        return made + self._found(index)

    def finish(self) -> None:
        """Check that the tables of other stages were read to their ends."""
        for table in self._in_order:
            table.finish()

    def _found(self, index: Index) -> list[Maker]:
        """Makers of the columns that other stages are needed for."""
        made: list[Maker] = []
        if "duplicates" in self.there:
            near = copies(self.posts, self.workspace.scan(NEAR_DUPLICATES, made_by="duplicates"))
            made.append(lambda batch, first: _copies(near, batch, first))
        if "hashtags" in self.there:
            member = campaigns(self.posts, self.workspace.scan("campaign_posts.parquet", made_by="hashtags"))
            made.append(lambda batch, first: _campaigns(member, batch, first))
        if "matrix" in self.there:
            novelty = word_novelty(StoredMatrix.open(self.workspace.file("matrix")), index.timeline)
            made.append(
                lambda batch, first: pl.DataFrame(
                    {
                        "novelty": novelty.value[first : first + len(batch)].astype(np.float64),
                        "past_posts": novelty.past_posts[first : first + len(batch)],
                    }
                ).with_columns(pl.col("novelty").fill_nan(None))
            )
        if "topics" in self.there:
            table = self.workspace.scan("post_topics.parquet", made_by="topics")
            topics = read_topics(
                self.posts,
                InOrder(table, path=self.workspace.file("post_topics.parquet"), stage="topics"),
                [number for number, _ in self.topic_labels()],
            )
            made.append(topics.maker(index.timeline))
        return made

    def _languages(self) -> Maker:
        if "languages" in self.there:
            stored = self._stored("languages", "language", "language_probability")
            return lambda batch, _: _whole(stored.take(batch), len(batch))
        identifier = LanguageIdentifier()
        return lambda batch, _: identifier.identify(batch["caption"])

    def _sentiment(self) -> Maker:
        if "sentiment" in self.there:
            stored = self._stored("sentiment", "label", *CLASSES)
            return lambda batch, _: _named(_whole(stored.take(batch), len(batch)))
        classifier = load_classifier()

        def score(batch: pl.DataFrame, _: int) -> pl.DataFrame:
            found = classifier.predict_proba(batch["caption"])
            label = pl.Series("label", found.argmax(axis=1)).replace_strict(dict(enumerate(CLASSES)))
            told = pl.Series("told", (found != _NOTHING_TOLD).any(axis=1))
            table = pl.DataFrame(found, schema=list(CLASSES), orient="row").with_columns(label, told)
            return _named(table.select(pl.when("told").then(pl.col("label", *CLASSES))))

        return score

    def _stored(self, stage: str, *columns: str) -> InOrder:
        name = f"{stage}.parquet"
        table = self.workspace.scan(name, made_by=stage).select(*KEY, *columns)
        self._in_order.append(InOrder(table, path=self.workspace.file(name), stage=stage))
        return self._in_order[-1]


def _plain(batch: pl.DataFrame, register: pl.DataFrame | None, zones: pl.DataFrame) -> pl.DataFrame:
    """What the posts and the register say."""
    age = (pl.col("collected_at") - pl.col("published_at")).dt.total_seconds() / 86_400
    return local_time(batch, zones).select(
        "platform",
        "post_id",
        "account",
        "agency",
        _cluster(register).alias("cluster"),
        "published_at",
        "post_kind",
        is_credited().alias("credited"),
        "media_type",
        "time_zone",
        pl.col("local").dt.hour().alias("hour"),
        pl.col("local").dt.weekday().alias("weekday"),
        pl.col("local").dt.strftime("%Y-%m").alias("month"),
        "followers",
        "followers_kind",
        audience_tier(pl.col("followers")).alias("audience_tier"),
        pl.when(age >= 0).then(age).alias("figures_age"),
        "views",
    )


def _cluster(register: pl.DataFrame | None) -> pl.Expr:
    try:
        cluster = group_of("cluster", agencies=register)
    except AgencyError:
        return pl.lit(None, pl.String)
    known = pl.col("agency").is_in(register["agency"].unique().implode()) if register is not None else pl.lit(False)
    return pl.when(known & (cluster != UNREGISTERED)).then(cluster)


def _with_kinds(style: pl.DataFrame, batch: pl.DataFrame) -> pl.DataFrame:
    """Style, service information, and how many kinds of the latter."""
    service = service_information(batch["caption"])
    both = pl.concat([style, service], how="horizontal")
    kinds = (
        pl.col("has_telephone").cast(pl.UInt8)
        + ((pl.col("links") > 0) | pl.col("has_email")).cast(pl.UInt8)
        + (pl.col("has_date") & pl.col("has_time")).cast(pl.UInt8)
        + pl.col("has_address").cast(pl.UInt8)
    )
    return both.select(*style.columns, *SERVICE_SCHEMA.names(), kinds.alias("service_information"))


def _copies(near: AtRows, batch: pl.DataFrame, first: int) -> pl.DataFrame:
    """A post without near duplicates is the only one of its text; reposts were not compared."""
    table = near.take(first, len(batch)).with_columns((batch["post_kind"] != "repost").alias("compared"))
    alone = {"duplicate_posts": 1, "duplicate_accounts": 1, "copies_before_own": 0, "copies_before_others": 0}
    return table.select(
        pl.when("compared").then(pl.col(name).fill_null(alone[name])) if name in alone else pl.col(name)
        for name in COPIES_SCHEMA.names()
    )


def _campaigns(member: AtRows, batch: pl.DataFrame, first: int) -> pl.DataFrame:
    table = member.take(first, len(batch))
    return table.select(pl.col("campaigns").fill_null(0), "campaign").cast(CAMPAIGN_SCHEMA)


def _whole(found: pl.DataFrame, n_posts: int) -> pl.DataFrame:
    """A row for each post of a batch, null where the table has none."""
    every = pl.select(pl.int_range(n_posts, dtype=pl.UInt32).alias("row"))
    return every.join(found, on="row", how="left", maintain_order="left").drop("row")


def _named(sentiment: pl.DataFrame) -> pl.DataFrame:
    """Columns of sentiment; a caption without words and signs leans nowhere, stored or told on the way.

    The last bits of matrix products depend on the size of the batch: they are rounded away.
    """
    return sentiment.select(
        pl.col("label").cast(pl.String).alias("sentiment"),
        *(pl.col(name).cast(pl.Float64).round(6).alias(f"sentiment_{name}") for name in CLASSES),
    )
