"""From the tables of all agencies to the content of one agency's report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from textmine.posts import INTERACTIONS
from textmine.report.activity import activity, answered, n_weeks
from textmine.report.cluster_terms import cluster_terms_of
from textmine.report.content import (
    Account,
    Agency,
    Figure,
    Interactions,
    Keyword,
    Overview,
    PlatformFigures,
    Quote,
    Shifts,
    TopicShare,
)
from textmine.report.engagement import equal_audience, rates_of
from textmine.report.escape import neutralised
from textmine.report.responses import responses_of
from textmine.report.sentiment import sentiment_of
from textmine.report.shifts import shifts_of
from textmine.report.slugs import unique_slugs
from textmine.report.tables import Tables

Row = dict[str, Any]

_OF_GROUPS: Final = (
    "accounts",
    "totals",
    "platforms",
    "uncredited",
    "days",
    "keywords",
    "shares",
    "best",
    "exemplary",
    "sentiment",
    "cluster_terms",
)

_OF_RESPONSES: Final = ("typical", "extremes", "common", "comparisons")


class Composer:
    """Composes the content of one report at a time.

    Parameters
    ----------
    tables
        Figures of all groups.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows = {name: _by_group(getattr(tables, name)) for name in _OF_GROUPS}
        self._rows |= {name: _by_group(getattr(tables.responses, name)) for name in _OF_RESPONSES}
        self._rows |= {
            "months": _by_group(tables.shifts.months),
            "shifts": _by_group(tables.shifts.shifts),
            "rates": _by_group(tables.engagement.rates.rename({"agency": "group"})),
            "league": _by_group(tables.engagement.league),
        }
        self._league = {row["agency"]: row["group"] for row in tables.engagement.league.iter_rows(named=True)}
        self._names = {row["group"]: row for row in _names(tables).iter_rows(named=True)}
        self._shown_names = {group: row["name"] for group, row in self._names.items()}
        self._slugs = unique_slugs(self._names)
        self._posts = {(row["platform"], row["post_id"]): row for row in tables.posts.iter_rows(named=True)}
        self._mean_shares = _mean_shares(tables)
        self._labels = dict(tables.topics.select("topic", "label").iter_rows())
        self._registered = {row["agency"]: row for row in _accounts_of_register(tables.register)}

    @property
    def groups(self) -> list[str]:
        """Keys of all groups that have credited posts, by name, registered agencies first."""
        return sorted(self._names, key=lambda g: (not self._is_registered(g), self._names[g]["name"].casefold(), g))

    def page(self, group: str) -> str:
        """Path of a group's page below the index."""
        return f"{self._slugs[group]}/{self._slugs[group]}.html"

    @property
    def names(self) -> dict[str, str]:
        """Names of all groups and of all agencies of the register, by key."""
        return {agency: row["name"] or agency for agency, row in self._registered.items()} | self._shown_names

    def _is_registered(self, group: str) -> bool:
        return self._names[group]["registered"] is True

    def _of(self, table: str, group: str) -> list[Row]:
        frame = self._rows[table].get((group,))
        return [] if frame is None else frame.to_dicts()

    def agency(self, group: str) -> Agency:
        """Content of the report of ``group``, one of :attr:`groups`."""
        totals = self._of("totals", group)[0]
        names = self._names[group]
        first, last = totals["first"].date(), totals["last"].date()
        left_out = self._of("uncredited", group)[0]
        keywords = self._of("keywords", group)
        rows = self._of("days", group)
        days = [(row["platform"], row["day"], row["posts"]) for row in rows]
        answers = [(row["day"], row["interactions_reported"], row["interactions_total"]) for row in rows]
        topics = self._topic_shares(group)
        return Agency(
            group=group,
            slug=self._slugs[group],
            name=names["name"],
            cluster=names["cluster"],
            registered=self._is_registered(group),
            period=(first, last),
            weeks=n_weeks(first, last),
            posts=totals["posts"],
            reposts=left_out["reposts"],
            ads=left_out["ads"],
            accounts=tuple(self._accounts(group)),
            interactions=_interactions(totals),
            platforms=tuple(_platform(row) for row in self._of("platforms", group)),
            activity=answered(activity(days, first=first, last=last), answers),
            words=self._keywords((r for r in keywords if r["kind"] == "word"), totals["posts"]),
            hashtags=self._keywords((r for r in keywords if r["kind"] == "hashtag"), totals["posts"]),
            topics=topics,
            best=self._best(group),
            sentiment=sentiment_of(self._of("sentiment", group)),
            responses=responses_of({name: self._of(name, group) for name in _OF_RESPONSES}, self._quote, self._labels),
            rates=rates_of(self._of("rates", group), self._tables.engagement.titles),
            equal_audience=equal_audience(self._cluster_of(group), group, self._shown_names),
            shifts=self._shifts(group, [topic.topic for topic in topics], days, (first, last)),
            cluster_terms=cluster_terms_of(self._of("cluster_terms", group)),
        )

    def overview(self, groups: Iterable[str]) -> Overview:
        """Content of the index page over ``groups``; topics and ingest figures are those of all groups."""
        wanted = list(groups)
        days = self._tables.days.filter(pl.col("group").is_in(wanted))
        first, last = days["day"].min(), days["day"].max()
        everyone = days.group_by("platform", "day").agg(pl.col("posts").sum()).sort("platform", "day")
        total = activity(everyone.iter_rows(), first=first, last=last)  # type: ignore[arg-type]
        weekly = {
            group: activity(frame.select("platform", "day", "posts").iter_rows(), first=first, last=last).posts  # type: ignore[arg-type]
            for (group,), frame in days.partition_by("group", as_dict=True).items()
        }
        known = set(self._names)
        silent = sorted({r["name"] for a, r in self._registered.items() if a not in known}, key=str.casefold)
        return Overview(
            period=(first, last),  # type: ignore[arg-type]
            posts=int(days["posts"].sum()),
            activity=total,
            weekly=weekly,
            silent=tuple(silent),
            topics=self._topic_shares(None),
            ingest=self._tables.ingest,
            simulated=self._tables.simulated,
        )

    def _accounts(self, group: str) -> Iterable[Account]:
        """Accounts with posts, then registered ones without; the audience is the posts' own, else the register's."""
        register = self._registered.get(group, {"accounts": {}})["accounts"]
        seen = set()
        for row in self._of("accounts", group):
            key = (row["platform"], row["account"])
            seen.add(key)
            in_register = register.get(key, {})
            if row["followers"] is None and in_register.get("followers") is not None:
                row |= {"followers": in_register["followers"], "followers_kind": "register"}
            if row["followers_kind"] == "register":
                row["followers_at"] = in_register.get("followers_at")
            elif row["followers_at"] is not None:
                row["followers_at"] = row["followers_at"].date()
            yield Account(
                row["platform"],
                row["account"],
                row["posts"],
                row["followers"],
                row["followers_kind"],
                row["followers_at"],
            )
        for (platform, account), row in register.items():
            if (platform, account) not in seen:
                yield Account(platform, account, 0, row["followers"], "register", row["followers_at"])

    def _keywords(self, rows: Iterable[Row], n_posts: int) -> tuple[Keyword, ...]:
        listed = list(rows)
        highest = max((row["class_tfidf"] for row in listed), default=0.0) or 1.0
        return tuple(
            Keyword(
                rank=row["rank"],
                surface=_surface(row),
                count=row["count"],
                posts=row["document_frequency"],
                share_of_posts=row["document_frequency"] / n_posts,
                corpus_posts=row["corpus_document_frequency"],
                tfidf=row["tfidf"],
                score=row["class_tfidf"],
                relative_score=max(row["class_tfidf"], 0.0) / highest,
                example=self._quote(row["example_platform"], row["example_post_id"]),
            )
            for row in listed
        )

    def _topic_shares(self, group: str | None) -> tuple[TopicShare, ...]:
        """Topics by the group's share, or by the mean share of all groups when there is no group."""
        shares = {row["topic"]: row for row in self._of("shares", group)} if group is not None else {}
        examples = {r["topic"]: r for r in self._of("exemplary", group)} if group is not None else {}
        topics = []
        for row in self._tables.topics.iter_rows(named=True):
            topic, mean = row["topic"], self._mean_shares.get(row["topic"], 0.0)
            own = shares.get(topic, {"share": 0.0, "n_posts": 0})
            example = examples.get(topic)
            topics.append(
                TopicShare(
                    topic=topic,
                    label=row["label"],
                    words=tuple(row["words"]),
                    hashtags=tuple(row["hashtags"]),
                    share=own["share"] if group is not None else mean,
                    mean_share=mean,
                    posts=own["n_posts"] if group is not None else row["n_posts"],
                    npmi=row["npmi"],
                    example=self._quote(example["platform"], example["post_id"]) if example else None,
                )
            )
        return tuple(sorted(topics, key=lambda t: (-t.share, t.topic)))

    def _cluster_of(self, group: str) -> list[Row]:
        """Scores at equal audience of the group's cluster."""
        return self._of("league", self._league[group]) if group in self._league else []

    def _shifts(
        self, group: str, topics: list[int], days: list[tuple[str, date, int]], period: tuple[date, date]
    ) -> Shifts:
        posts: Counter[date] = Counter()
        for _, day, n in days:
            posts[day.replace(day=1)] += n
        months, shifts = self._of("months", group), self._of("shifts", group)
        return shifts_of(months, shifts, period=period, posts=posts, labels=self._labels, order=topics)

    def _best(self, group: str) -> Mapping[str, tuple[Quote, ...]]:
        best: dict[str, list[Quote]] = {}
        for row in self._of("best", group):
            quote = self._quote(row["platform"], row["post_id"])
            if quote is not None:
                best.setdefault(row["platform"], []).append(quote)
        return {platform: tuple(quotes) for platform, quotes in best.items()}

    def _quote(self, platform: str | None, post_id: str | None) -> Quote | None:
        row = self._posts.get((platform, post_id))
        if row is None:
            return None
        return Quote(
            platform=row["platform"],
            post_id=row["post_id"],
            account=row["account"],
            published=row["published"],
            caption=row["caption"],
            url=row["url"],
            media_type=row["media_type"],
            figures={figure: row[figure] for figure in INTERACTIONS},
            interactions=row["interactions"],
            hidden=tuple(row["hidden"] or ()),
            rounded=tuple(row["rounded"] or ()),
        )


def _by_group(frame: pl.DataFrame) -> dict[tuple[Any, ...], pl.DataFrame]:
    return frame.partition_by("group", as_dict=True, maintain_order=True)


def _names(tables: Tables) -> pl.DataFrame:
    """Columns group, name, cluster, registered: one row a group with credited posts."""
    register = tables.register.unique("agency", keep="first", maintain_order=True)
    register = register.select("name", "cluster", group="agency", registered=pl.lit(True))
    named = tables.totals.select("group").join(register, on="group", how="left", maintain_order="left")
    return named.with_columns(name=neutralised(pl.coalesce("name", "group")))


def _mean_shares(tables: Tables) -> dict[int, float]:
    """Mean over all groups of a topic's share; a group without a row for the topic has share 0."""
    n_groups = max(tables.shares["group"].n_unique(), 1)
    means = tables.shares.group_by("topic").agg(pl.col("share").sum() / n_groups).sort("topic")
    return dict(means.iter_rows())


def _accounts_of_register(register: pl.DataFrame) -> Iterable[Row]:
    for (agency,), rows in register.partition_by("agency", as_dict=True, maintain_order=True).items():
        accounts = {(r["platform"], r["account"]): r for r in rows.iter_rows(named=True)}
        yield {"agency": agency, "name": rows["name"][0], "accounts": accounts}


def _interactions(row: Row) -> Interactions:
    return Interactions(row["interactions_reported"], row["interactions_total"], row["interactions_median"])


def _platform(row: Row) -> PlatformFigures:
    figures = {
        f: Figure(row[f"{f}_total"], row[f"{f}_reported"], row[f"{f}_hidden"], row[f"{f}_rounded"])
        for f in INTERACTIONS
    }
    return PlatformFigures(row["platform"], row["posts"], _interactions(row), figures)


def _surface(row: Row) -> str:
    """Written form for display; hashtags with their sign."""
    surface = str(row["surface"] or row["term"])
    if row["kind"] == "hashtag" and not surface.startswith("#"):
        return f"#{surface}"
    return surface
