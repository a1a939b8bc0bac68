"""The page of a ranking: nominees with their intervals, and what each list hangs on; one file that opens offline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.atomic import translated_os_errors, write_file
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.numbers import Formats
from textmine.platforms import platform_name
from textmine.ranking.awards import Award, Title
from textmine.ranking.hangs_on import THINGS, Sensitivity
from textmine.ranking.season import Season
from textmine.ranking.sensitivity_stage import sensitivity_stage
from textmine.ranking.stored import StoredRanking, stored_rankings
from textmine.ranking.wording import Wording
from textmine.report.agency_names import agency_names
from textmine.report.award_words import AwardWords
from textmine.report.charts import Tick, wrapped
from textmine.report.escape import neutralised
from textmine.report.heatmaps import HeatMap, HeatRow, shaded
from textmine.report.html import page_parts
from textmine.report.messages import translations
from textmine.report.rank_charts import N_RANKS, Bump, ScoreRow, Scores, across, bump, range_ticks
from textmine.store import Workspace

N_SHOWN: Final = 10
"""Agencies of a category in the chart of intervals: the nominees, and the next."""


@dataclass(frozen=True)
class Lists:
    """A bump chart with its table."""

    id: str
    title: str
    chart: Bump
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class CategoryView:
    """What the page shows of one category; all text is free of control characters, none is escaped yet."""

    anchor: str
    title: str
    measure: str
    inferred: bool
    unknown: tuple[str, ...]
    n_competing: int
    n_eligible: int
    nominees: tuple[str, ...]
    certain: bool
    cut: dict[str, Any] | None
    intervals: Scores
    ranking: list[list[str]]
    others: Lists | None
    definitions: Lists | None
    firm: list[dict[str, Any]]
    taus: HeatMap | None
    weights: list[list[str]]
    features: list[list[str]]


def write_ranking_page(
    workspace: Workspace, award: str, path: str | Path, *, lang: Language = DEFAULT_LANGUAGE
) -> Path:
    """Write the page of an award that was ranked.

    The caller holds the workspace's lock: what lists hang on is computed where it was not before.

    Parameters
    ----------
    workspace
        That keeps the ranking.
    award
        Name of the award.
    path
        The file; replaced whole or not at all. The same workspace gives the same bytes.
    lang
        ``"id"`` for Bahasa Indonesia, ``"en"`` for English.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    WorkspaceError
        The award was not ranked or posts have changed since, or the file cannot be written.
    """
    page = render(stored_rankings(workspace, award), sensitivity_stage(workspace, award), lang=lang)
    path = Path(path)
    with translated_os_errors(path):
        write_file(path, page)
    return path


def render(kept: StoredRanking, hangs_on: Sensitivity, *, lang: Language = DEFAULT_LANGUAGE) -> str:
    """Render the page as HTML."""
    environment, shared = page_parts(lang, simulated=kept.workspace.simulated, style="ranking.css.j2")
    views = _Views(kept, hangs_on, lang)
    definition = kept.definition
    return environment.get_template("ranking_page.html.j2").render(
        shared,
        title=_title(definition.title, lang),
        period_of=definition.period,
        inferred=definition.inferred,
        categories=[views.category(id, award) for id, award in views.awards.items()],
        flagged=kept.flagged_posts,
        without_flagged=kept.without_flagged,
        changed=kept.changed["category"].to_list(),
        draws=kept.draws,
        seed=kept.seed,
    )


def _title(title: Title, lang: Language) -> str:
    """A title out of the award's file, without control characters."""
    told = pl.DataFrame({"title": [title.id if lang == "id" else title.en]})
    return str(told.select(neutralised(pl.col("title"))).item())


class _Views:
    """Gathers what the page shows."""

    def __init__(self, kept: StoredRanking, hangs_on: Sensitivity, lang: Language) -> None:
        self.lang: Language = lang
        self.formats, self.words, self.awarded = Formats.of(lang), Wording(lang), AwardWords(lang)
        self._ = translations(lang).gettext
        self.season: Season = kept.season()
        self.awards: dict[str, Award] = {id: each.award for id, each in self.season.contests.items()}
        self.ranking, self.features, self.cuts = kept.ranking, kept.features, kept.cuts
        self.unknown, self.hangs_on = kept.unknown, hangs_on
        self.names = agency_names(kept.workspace.register())

    def category(self, id: str, award: Award) -> CategoryView:
        """What the page shows of one category."""
        rows = self.ranking.filter(pl.col("category") == id)
        ranked = rows.filter(pl.col("rank").is_not_null())
        order = {agency: str(number) for number, agency in enumerate(ranked["agency"], start=1)}
        cut = self.cuts.filter((pl.col("category") == id) & pl.col("chosen"))
        titles = {each.id: _title(each.title, self.lang) for each in self.season.definition.categories}
        return CategoryView(
            anchor=re.sub(r"[^\w-]+", "-", id),  # an id with a space names nothing
            title=_title(award.title, self.lang),
            measure=self._measure(award, titles),
            inferred=bool(award.category.inferred),
            unknown=tuple(self.words.measure(name) for name in self.unknown.get(award.category.id, ())),
            n_competing=rows.height,
            n_eligible=rows.filter("eligible").height,
            nominees=tuple(self._name(agency) for agency in rows.filter("nominee")["agency"]),
            certain=not rows["uncertain"].any(),
            cut=self._cut(cut),
            intervals=self._intervals(ranked, order),
            ranking=self._ranking(ranked, order),
            others=self._lists(
                id, order, "lists", self._("Ranks in other periods, without platforms and flagged posts")
            ),
            definitions=self._lists(id, order, "definitions", self._("Ranks by other definitions of engagement")),
            firm=self._firm(id),
            taus=self._taus(id),
            weights=self._weights(id),
            features=self._features(id, rows),
        )

    def _name(self, agency: str) -> str:
        return self.names.get(agency, agency)

    def _measure(self, award: Award, titles: dict[str, str]) -> str:
        """The measure in words where it is a plain sum, else as the file writes it."""
        parts = award.category.measure.parts()
        told = [(part.weight, self.words.part(part.expression.text, titles)) for part in parts]
        if len(told) == 1:
            return told[0][1]
        return " + ".join(f"{self.words.number(weight)} × {text}" for weight, text in told).replace("+ -", "− ")

    def _cut(self, cut: pl.DataFrame) -> dict[str, Any] | None:
        if cut.is_empty() or cut["first_out"][0] is None:
            return None
        row = cut.row(0, named=True)
        return {
            "last": self._name(row["last_in"]),
            "first": self._name(row["first_out"]),
            "p": row["separation"],
            "percent": "" if row["separation"] is None else self.words.percent(row["separation"]),
        }

    def _intervals(self, ranked: pl.DataFrame, order: dict[str, str]) -> Scores:
        n = max(N_SHOWN, int(ranked["nominee"].sum()))
        shown = ranked.head(n)
        ends = [value for name in ("score", "low", "high") for value in shown[name].drop_nulls()]
        ticks = range_ticks(min(ends, default=0.0), max(ends, default=1.0))
        rows = []
        for row in shown.iter_rows(named=True):
            interval = row["uncertain"] and row["low"] is not None
            rows.append(
                ScoreRow(
                    lines=wrapped(f"{order[row['agency']]} · {self._name(row['agency'])}"),
                    nominee=row["nominee"],
                    value=across(row["score"], ticks),
                    low=across(row["low"], ticks) if interval else None,
                    high=across(row["high"], ticks) if interval else None,
                    said=self._said(row),
                )
            )
        inside = sum(row.nominee for row in rows)
        labels = [self.words.number(tick) for tick in ticks]
        marks = tuple(Tick(across(tick, ticks), label) for tick, label in zip(ticks, labels, strict=True))
        return Scores(tuple(rows), marks, inside if 0 < inside < ranked.height else None)

    def _said(self, row: dict[str, Any]) -> str:
        """What stands at the right of an agency's row."""
        number = self.words.number(row["score"])
        if not row["uncertain"] or row["p_top5"] is None:
            return number
        return self._("{score} · top 5: {p}").format(score=number, p=self.words.percent(row["p_top5"]))

    def _ranking(self, ranked: pl.DataFrame, order: dict[str, str]) -> list[list[str]]:
        number, percent = self.words.number, self.words.percent
        return [
            [
                f"{order[row['agency']]} · {self._name(row['agency'])}",
                str(row["rank"]),
                number(row["score"]),
                f"{number(row['low'])} – {number(row['high'])}" if row["uncertain"] else "–",
                *(percent(row[name]) if row["uncertain"] and row[name] is not None else "–" for name in _SHOWN_P),
                self._("yes") if row["nominee"] else self._("no"),
                self.formats.integer(row["flagged"]),
            ]
            for row in ranked.iter_rows(named=True)
        ]

    def _lists(self, id: str, order: dict[str, str], which: str, title: str) -> Lists | None:
        """Lists by definition, or all others, of who is nominated in any; None without a second list or anybody."""
        by_definition = pl.col("kind") == "definition"
        mine = self.hangs_on.variants.filter(
            (pl.col("category") == id) & (by_definition if which == "definitions" else ~by_definition)
        )
        names = mine["variant"].unique(maintain_order=True).to_list()
        if len(names) < 2:
            return None
        ever = set(mine.filter("nominee")["agency"])
        agencies = [name for name in order if name in ever]
        if not agencies:
            return None
        lists, rows = [], []
        for name in names:
            here = mine.filter(pl.col("variant") == name).select("agency", "rank", "nominee")
            found = {agency: (rank, nominee) for agency, rank, nominee in here.iter_rows()}
            places = []
            for agency in agencies:
                rank, nominee = found.get(agency, (None, False))
                said = f"{self._name(agency)}: {'–' if rank is None else rank}"
                places.append((order[agency], rank, bool(nominee), said))
            called = self.awarded.list_name(name)
            lists.append((called, places))
            rows.append([called, *("–" if rank is None else str(rank) for _, rank, _, _ in places)])
        head = [self._("List"), *(f"{order[agency]} · {self._name(agency)}" for agency in agencies)]
        return Lists(which, title, bump(lists, beyond=f"{N_RANKS}+"), head, rows)

    def _firm(self, id: str) -> list[dict[str, Any]]:
        """In how many other lists each nominee is nominated, and the small-audience test."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.hangs_on.rows.filter(pl.col("category") == id).iter_rows(named=True):
            if row["kind"] == "other lists":
                found[row["agency"]] = {"name": self._name(row["agency"]), "share": self.words.percent(row["share"])}
            elif row["kind"] in THINGS and row["agency"] in found:
                platform = row["variant"].rpartition("(")[2].rstrip(")")
                found[row["agency"]] |= {
                    "rank": row["rank"],
                    row["kind"].replace(" ", "_"): {
                        "rank": row["rank_without"],
                        "platform": platform_name(platform),
                        "falls": row["agency"] in row["left"],
                    },
                }
        return list(found.values())

    def _taus(self, id: str) -> HeatMap | None:
        """Kendall's tau between each two definitions."""
        pairs = self.hangs_on.agreement.filter((pl.col("category") == id) & pl.col("tau").is_not_null())
        names = pl.concat([pairs["variant"], pairs["other"]]).unique(maintain_order=True).to_list()
        if len(names) < 2:
            return None
        known = {frozenset(row[:2]): row[2] for row in pairs.select("variant", "other", "tau").iter_rows()}
        values = [[1.0 if one == other else known.get(frozenset((one, other))) for other in names] for one in names]
        texts = [["–" if value is None else self.formats.fixed(value, 2) for value in row] for row in values]
        cells = shaded(values, texts)
        heads = tuple((str(number),) for number in range(1, len(names) + 1))
        rows = [
            HeatRow(f"{number} · {self.awarded.list_name(name)}", "", row)
            for number, (name, row) in enumerate(zip(names, cells, strict=True), start=1)
        ]
        return HeatMap(heads, tuple(rows))

    def _weights(self, id: str) -> list[list[str]]:
        mine = self.hangs_on.rows.filter((pl.col("category") == id) & (pl.col("kind") == "weights"))
        return [[self._name(row["variant"]), self.words.percent(row["share"])] for row in mine.iter_rows(named=True)]

    def _features(self, id: str, rows: pl.DataFrame) -> list[list[str]]:
        nominees = rows.filter("nominee").select("category", "agency")
        mine = nominees.join(self.features, on=["category", "agency"], how="left", maintain_order="left")
        return [
            [
                self._name(row["agency"]),
                self.words.measure(row["measure"]),
                self.words.number(row["figure"]),
                "–" if row["percentile"] is None else self.formats.integer(row["percentile"]),
                "–" if row["n_posts"] is None else self.formats.integer(row["n_posts"]),
                "–" if row["coverage"] is None else self.words.percent(row["coverage"]),
            ]
            for row in mine.iter_rows(named=True)
        ]


_SHOWN_P: Final = ("p_first", "p_top5", "p_nominee")
