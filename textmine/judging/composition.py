"""Composes dossiers from a workspace: draws the posts and gathers what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

import textmine
from textmine.batches import detached
from textmine.judging.dossier import POST_FIGURES
from textmine.judging.lots import Lots, draw, numbered, rule_in_words, selected
from textmine.judging.nominees import NomineeView
from textmine.judging.panels import PanelView
from textmine.judging.portrait import figures_of, keywords_of, quality_of, quality_of_posts, topic_of_posts, topics_of
from textmine.posts import KEY, REPORT_TIME_ZONE, credited, local_day
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.report.escape import neutralised, web_address
from textmine.store import Workspace

_LONGEST_CAPTION: Final = 2_500


def compose(
    panel: PanelView,
    nominees: Sequence[NomineeView],
    workspace: Workspace,
    *,
    definition: AwardDefinition | None = None,
) -> dict[str, dict[str, Any]]:
    """Content of the dossiers by id of the nominee; the same workspace and settings give the same."""
    period = definition.period if definition is not None else None
    posts = credited(workspace.scan("posts.parquet", made_by="ingest"))
    if period is not None:
        posts = posts.filter(local_day().is_between(period.first, period.last))
    selections = {each.id: _selection(definition, each.key) for each in panel.categories}
    found: dict[str, dict[str, Any]] = {}
    drawn: list[pl.DataFrame] = []
    for selection in dict.fromkeys(selections.values()):  # posts are read once for the categories that look at the same
        looked_at = selected(posts, selection)
        members = [each for each in nominees if selections[each.category_id] == selection]
        agencies = {each.agency for each in members}
        numbers = numbered(looked_at, agencies)
        figures, quality = figures_of(looked_at, agencies), quality_of(workspace, looked_at, agencies)
        for category in panel.categories:
            own = [each for each in members if each.category_id == category.id]
            lots = _lots(panel, category.key, own, numbers)
            drawn.append(_posts_of(lots, numbers))
            for each in own:
                rule = rule_in_words(lots[each.id], wanted=panel.settings.n_posts, selection=selection, period=period)
                found[each.id] = {
                    "rule": rule,
                    "figures": figures.get(each.agency, []),
                    "quality": quality.get(each.agency, []),
                }
    shown = _shown_posts(workspace, posts, pl.concat(drawn))
    everybody = {each.agency for each in nominees}
    keywords, topics = keywords_of(workspace, everybody), topics_of(workspace, everybody)
    fixed = {
        "seed": panel.settings.seed,
        "n_posts": panel.settings.n_posts,
        "simulated": workspace.simulated,
        "made_from": {"ingest": workspace.output_hashes("ingest"), "textmine": textmine.__version__},
    }
    return {
        each.id: {
            **fixed,
            **found[each.id],
            "posts": shown.get(each.id, []),
            "keywords": keywords.get(each.agency, []),
            "topics": topics.get(each.agency, []),
        }
        for each in nominees
    }


def _selection(definition: AwardDefinition | None, category: str) -> Selection:
    ids = {each.id: each.category.selection for each in definition.awards} if definition is not None else {}
    return ids.get(category, Selection())


def _lots(panel: PanelView, category: str, members: Sequence[NomineeView], numbers: pl.DataFrame) -> dict[str, Lots]:
    """What is drawn for the nominees of a category, by id: the same number for all who have any post."""
    sizes = dict(numbers.group_by("agency").len().iter_rows())
    sizes = {each.agency: sizes.get(each.agency, 0) for each in members}
    n = min([panel.settings.n_posts, *(size for size in sizes.values() if size)])
    seed = panel.settings.seed
    return {each.id: draw(n, sizes[each.agency], seed=seed, category=category, agency=each.agency) for each in members}


def _posts_of(lots: Mapping[str, Lots], numbers: pl.DataFrame) -> pl.DataFrame:
    """Posts that were drawn: ``nominee``, ``place``, ``platform``, ``post_id``."""
    chosen = pl.DataFrame(
        [(id, lot.agency, number, place) for id, lot in lots.items() for place, number in enumerate(lot.numbers)],
        schema={"nominee": pl.String, "agency": pl.String, "number": numbers.schema["number"], "place": pl.UInt32},
        orient="row",
    )
    return chosen.join(numbers, on=["agency", "number"]).select("nominee", "place", *KEY)


def _shown_posts(workspace: Workspace, posts: pl.LazyFrame, drawn: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Posts as they are shown, by id of the nominee."""
    keys = drawn.select(KEY).unique()
    marks = [pl.col(name).cast(pl.List(pl.String)) for name in ("hidden", "rounded")]
    shown = (
        detached(posts.with_columns(pl.col("platform").cast(pl.String)).join(keys.lazy(), on=KEY, how="semi"))
        .select(
            *KEY,
            neutralised(pl.col("account")),
            pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE).dt.strftime("%Y-%m-%dT%H:%M%:z"),
            pl.col("media_type").cast(pl.String),
            neutralised(pl.col("caption").str.slice(0, _LONGEST_CAPTION)),
            web_address(pl.col("url")).alias("url"),
            *POST_FIGURES,
            *marks,
        )
        .collect(engine="streaming")
    )
    for extra in (topic_of_posts(workspace, keys), quality_of_posts(workspace, keys)):
        shown = shown.join(extra, on=KEY, how="left")
    rows = drawn.join(shown, on=KEY).sort("nominee", "place")
    return {
        str(nominee): mine.drop("nominee", "place").to_dicts()
        for (nominee,), mine in rows.group_by("nominee", maintain_order=True)
    }
