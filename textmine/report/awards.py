"""From the rankings that a workspace keeps to the content of the pages of awards."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from textmine.engagement import engagement_of_post
from textmine.locales import Language
from textmine.posts import local_day
from textmine.ranking.awards import Award, Category, Title
from textmine.ranking.explanation import explain
from textmine.ranking.nominate import nominate
from textmine.ranking.season import Season, counted
from textmine.ranking.sensitivity_stage import sensitivity_stage
from textmine.ranking.stored import StoredRanking, ranked_awards, stored_rankings
from textmine.ranking.wording import Wording
from textmine.report.award_content import (
    AwardContent,
    CategoryContent,
    Competitor,
    Example,
    Feature,
    FlagEffect,
    Variant,
)
from textmine.report.escape import neutralised, web_address
from textmine.report.slugs import slug
from textmine.store import Workspace

Row = dict[str, Any]
Key = TypeVar("Key")


def gather_awards(
    workspace: Workspace, lang: Language, *, names: Mapping[str, str], pages: Mapping[str, str]
) -> tuple[AwardContent, ...]:
    """Content of the pages of all awards that were ranked; none where none was.

    Parameters
    ----------
    workspace
        Its rankings are read; nothing is ranked.
    lang
        Of titles and explanations.
    names
        Of agencies, neutralised.
    pages
        Paths of the agencies' reports, of those that are written.
    """
    stored = [stored_rankings(workspace, award) for award in ranked_awards(workspace)]
    return tuple(_Gatherer(workspace, each, lang, names, pages).award() for each in stored)


def award_frame(award: AwardContent) -> pl.DataFrame:
    """All who compete in an award, a row a category and agency, for programs."""
    columns = ("rank", "score", "low", "high", "p_first", "p_nominee", "nominee", "winner", "eligible", "flagged")
    rows = [
        (category.id, category.title, each.agency, each.name, *(getattr(each, name) for name in columns),
         ", ".join(each.reasons), category.uncertain)
        for category in award.categories
        for each in category.competitors
    ]  # fmt: skip
    names = ("category", "title", "agency", "agency_name", *columns, "reasons", "uncertain")
    floats, flags = ("score", "low", "high", "p_first", "p_nominee"), ("nominee", "winner", "eligible", "uncertain")
    types: dict[str, pl.DataType] = {"rank": pl.UInt32(), "flagged": pl.UInt32()}
    types |= dict.fromkeys(floats, pl.Float64()) | dict.fromkeys(flags, pl.Boolean())
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String()) for name in names}, orient="row")


@dataclass(frozen=True)
class _Gatherer:
    """Reads one ranking."""

    workspace: Workspace
    kept: StoredRanking
    lang: Language
    names: Mapping[str, str]
    pages: Mapping[str, str]

    def award(self) -> AwardContent:
        kept, definition = self.kept, self.kept.definition
        season = kept.season()
        ranking = kept.ranking
        posts, known, agencies, first, last = self._counts()
        period = (definition.period.first, definition.period.last) if definition.period else (first, last)
        name = f"award-{slug(definition.name)}"
        tables = _Tables.of(self)
        categories = tuple(
            self._category(award, season, rows, tables, prefix=name)
            for award in definition.awards
            if not (rows := ranking.filter(pl.col("category") == award.id)).is_empty()
        )
        return AwardContent(
            name=definition.name,
            page=f"{name}.html",
            charts=f"{name}-charts.html" if has_sensitivity(self.workspace, kept) else None,
            title=self._title(definition.title),
            period=period,
            inferred=definition.inferred,
            notes=kept.notes,
            current=kept.is_current,
            without_flagged=kept.without_flagged,
            flagged_posts=kept.flagged_posts,
            draws=kept.draws,
            seed=kept.seed,
            posts=posts,
            known=known,
            agencies=agencies,
            categories=categories,
        )

    def _title(self, title: Title) -> str:
        return title.id if self.lang == "id" else title.en

    def _counts(self) -> tuple[Any, ...]:
        """Posts that count in the period, those with known engagement, their agencies, first and last day."""
        posts = counted(self.workspace, self.kept.definition).filter("counts")
        found = posts.select(
            pl.len().alias("posts"),
            engagement_of_post().is_not_null().sum().alias("known"),
            pl.col("agency").n_unique().alias("agencies"),
            local_day().min().alias("first"),
            local_day().max().alias("last"),
        )
        return found.collect(engine="streaming").row(0)

    def _category(
        self, award: Award, season: Season, rows: pl.DataFrame, tables: _Tables, *, prefix: str
    ) -> CategoryContent:
        category = season.definition.category(award.category.id)
        told = self._told(award.id, season, rows)
        changed = tables.changed.get(award.id)
        cut = tables.cuts.get(award.id, {})
        unknown = self.kept.unknown.get(award.category.id, ())
        return CategoryContent(
            id=award.id,
            page=f"{prefix}-{slug(award.id)}.html",
            title=self._title(award.title),
            measure=self._measure(category),
            ratios=category.measure.text == "engagement_rate",
            uncertain=bool(rows["uncertain"].any()),
            inferred=category.inferred,
            unknown=tuple(Wording(self.lang).measure(name) for name in unknown),
            competitors=tuple(self._competitor(row, tables, told) for row in rows.iter_rows(named=True)),
            separation=cut.get("separation"),
            variants=tuple(self._variant(row) for row in tables.variants.get(award.id, [])),
            flag_effect=None if changed is None else self._flag_effect(changed),
        )

    def _flag_effect(self, row: Row) -> FlagEffect:
        first, otherwise = (self.names.get(row[name], row[name]) for name in ("first", "first_without"))
        return FlagEffect(row["ranked"], first, otherwise, self._named(row["entered"]), self._named(row["left"]))

    def _competitor(self, row: Row, tables: _Tables, told: Mapping[str, str]) -> Competitor:
        agency, key = row["agency"], (row["category"], row["agency"])
        same = ("rank", "score", "low", "high", "p_first", "p_nominee", "nominee", "winner", "eligible", "flagged")
        return Competitor(
            agency=agency,
            name=self.names.get(agency, agency),
            page=self.pages.get(agency),
            reasons=tuple(row["reasons"]),
            features=tuple(self._feature(each) for each in tables.features.get(key, [])),
            examples=tuple(_example(each) for each in tables.examples.get(key, [])) if row["nominee"] else (),
            explanation=told.get(agency, ""),
            **{name: row[name] for name in same},
        )

    def _feature(self, row: Row) -> Feature:
        words = Wording(self.lang).measure(row["measure"])
        return Feature(words, row["figure"], row["percentile"], row["n_posts"], row["coverage"])

    def _variant(self, row: Row) -> Variant:
        lists = (self._named(row[name] or ()) for name in ("first", "entered", "left"))
        return Variant(row["kind"], row["variant"], row["tau"], *lists)

    def _measure(self, category: Category) -> str:
        """What is compared, in words: parts with their weights where there are several."""
        words = Wording(self.lang)
        titles = {each.id: self._title(each.title) for each in self.kept.definition.categories}
        parts = category.measure.parts()
        if len(parts) == 1 and parts[0].weight == 1:
            return words.part(parts[0].expression.text, titles)
        return " + ".join(f"{words.number(part.weight)} × {words.part(part.expression.text, titles)}" for part in parts)

    def _told(self, id: str, season: Season, rows: pl.DataFrame) -> dict[str, str]:
        """Why each nominee is one, in sentences with names instead of keys."""
        contest = season.contests.get(id)
        if contest is None:
            return {}
        found = nominate(contest)
        nominees = rows.filter("nominee")["agency"].to_list()
        return {each: str(explain(contest, found, each, language=self.lang, names=self.names)) for each in nominees}

    def _named(self, agencies: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.names.get(each, each) for each in agencies)


@dataclass(frozen=True)
class _Tables:
    """Rows of the ranking's tables by what they are about."""

    features: Mapping[tuple[str, str], list[Row]]
    examples: Mapping[tuple[str, str], list[Row]]
    changed: Mapping[str, Row]
    cuts: Mapping[str, Row]
    variants: Mapping[str, list[Row]]

    @classmethod
    def of(cls, gatherer: _Gatherer) -> _Tables:
        kept = gatherer.kept
        examples = kept.examples.with_columns(
            neutralised(pl.col("caption")), neutralised(pl.col("account")), web_address(pl.col("url")).alias("url")
        )

        def pair(row: Row) -> tuple[str, str]:
            return row["category"], row["agency"]

        return cls(
            features=_grouped(kept.features, pair),
            examples=_grouped(examples, pair),
            changed={row["category"]: row for row in kept.changed.iter_rows(named=True)},
            cuts={row["category"]: row for row in kept.cuts.filter("chosen").iter_rows(named=True)},
            variants=_grouped(_sensitivity(gatherer.workspace, kept), lambda row: row["category"]),
        )


def award_stages(workspace: Workspace) -> list[str]:
    """Stages whose outputs the pages of awards show."""
    kept = [stored_rankings(workspace, award) for award in ranked_awards(workspace)]
    beside = [f"sensitivity-{each.path.name}" for each in kept]
    there = [stage for stage in beside if workspace.manifest(stage) is not None]
    return [*(each.manifest.stage for each in kept), *there]


def has_sensitivity(workspace: Workspace, kept: StoredRanking) -> bool:
    """Whether what the lists of a ranking hang on was computed and can be shown."""
    return workspace.manifest(f"sensitivity-{kept.path.name}") is not None and kept.is_current


def _sensitivity(workspace: Workspace, kept: StoredRanking) -> pl.DataFrame:
    """What lists hang on, of variants that concern everybody; no rows where that was not computed."""
    if not has_sensitivity(workspace, kept):
        return pl.DataFrame()
    rows = sensitivity_stage(workspace, kept.definition.name).rows
    return rows.filter(pl.col("kind").is_in(["definition", "flagged", "period", "platform"]))


def _grouped(frame: pl.DataFrame, key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(key(row), []).append(row)
    return found


def _example(row: Row) -> Example:
    times = row["times"]
    return Example(
        times=None if times is None or math.isnan(times) else times,
        published=row["day"],
        **{name: row[name] for name in ("kind", "place", "of", "platform", "account", "media_type", "caption", "url")},
    )
