"""Panels: made by an organiser from the nominees of a ranking, seen by their members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from textmine.judging import audit
from textmine.judging.access import panel_for, require_state
from textmine.judging.canonical import canonical, now
from textmine.judging.errors import InvalidError, NotFoundError
from textmine.judging.naming import distinct_names
from textmine.judging.roles import Actor, action, require_role
from textmine.judging.rubrics import Rubric, load_rubric, suggested_preset, weights_problem
from textmine.judging.schema import Category, Criterion, Member, Nominee, Panel
from textmine.judging.settings import PanelSettings as PanelSettings
from textmine.judging.settings import Scale as Scale
from textmine.judging.settings import settings_of as settings_of
from textmine.judging.texts import NAME, NOTE, TITLE, clean, clean_line, number
from textmine.locales import LANGUAGES

MOST_NOMINEES, MOST_STEPS, MOST_POSTS = 500, 100, 50
FIGURES: Final = ("score", "low", "high", "p_top5")
"""Columns of nominees that blind mode hides, beside the rank and the reasons."""


@dataclass(frozen=True)
class CriterionView:
    """A criterion as shown."""

    id: str
    key: str
    title_id: str
    title_en: str
    text_id: str
    text_en: str
    weight: float


@dataclass(frozen=True)
class CategoryView:
    """A category with its criteria."""

    id: str
    key: str
    title: str
    criteria: tuple[CriterionView, ...]


@dataclass(frozen=True)
class PanelView:
    """A panel as its members see it."""

    id: str
    settings: PanelSettings
    state: str
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    evidence_sha256: str | None
    categories: tuple[CategoryView, ...]


@action("panel.create")
def create_panel(
    session: Session,
    actor: Actor,
    settings: PanelSettings,
    nominees: pl.DataFrame,
    rubrics: Rubric | Mapping[str, Rubric] | None = None,
) -> PanelView:
    """Make a panel, as a draft.

    Parameters
    ----------
    session, actor
        An organiser's.
    settings
        See :class:`PanelSettings`.
    nominees
        ``category`` and ``agency``; and where there are, ``category_title``, ``name``, ``rank``, ``score``, ``low``,
        ``high``, ``p_top5``, ``reasons``, and ``nominee``, which keeps those who are.
    rubrics
        One for all, or by category (``best_account/bumn``, or ``best_account`` for its clusters); where none is given,
        the preset that fits the category's id.

    Raises
    ------
    NotAllowedError
        The actor is no organiser.
    InvalidError
        A setting or the table cannot be used.
    """
    require_role(actor, "organiser")
    panel = Panel(created_at=now(), state="draft")
    _apply(panel, settings)
    session.add(panel)
    session.flush()
    rows = _nominee_rows(nominees)
    for place, key in enumerate(dict.fromkeys(row["category"] for row in rows)):
        members = [row for row in rows if row["category"] == key]
        title = clean_line(str(members[0].get("category_title") or key), "category_title", TITLE)
        category = Category(panel_id=panel.id, key=key, title=title, position=place)
        session.add(category)
        session.flush()
        _add_criteria(session, category, _rubric_for(key, rubrics))
        shown = distinct_names(
            {row["agency"]: str(row.get("name") or row["agency"]) for row in members},
            {row["agency"]: str(row["agency"]) for row in members},
        )
        session.add_all(
            _nominee(category, {**row, "name": shown[row["agency"]]}, number) for number, row in enumerate(members)
        )
    session.flush()
    audit.record(session, actor, "panel.create", panel.id, {"title": panel.title, "nominees": len(rows)})
    return view(session, panel)


@action("panel.change")
def change_settings(session: Session, actor: Actor, panel_id: str, settings: PanelSettings) -> PanelView:
    """Change what was decided about a draft.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, InvalidError
        No organiser, no such panel, no draft, or a setting that cannot be used.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    require_state(panel, "draft")
    _apply(panel, settings)
    audit.record(session, actor, "panel.change", panel.id, {"title": panel.title})
    session.flush()
    return view(session, panel)


@action("panel.criteria")
def set_rubric(session: Session, actor: Actor, category_id: str, rubric: Rubric) -> PanelView:
    """Replace the criteria of a category of a draft.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, InvalidError
        No organiser, no such category, no draft, or weights that do not sum to 1.
    """
    require_role(actor, "organiser")
    category = session.get(Category, category_id)
    if category is None:
        raise NotFoundError("there is no such category")
    panel = panel_for(session, actor, category.panel_id, lock="update")
    require_state(panel, "draft")
    session.execute(delete(Criterion).where(Criterion.category_id == category.id))
    _add_criteria(session, category, rubric)
    weights = {criterion.key: criterion.weight for criterion in rubric.criteria}
    audit.record(session, actor, "panel.criteria", panel.id, {"category_id": category.id, "weights": weights})
    return view(session, panel)


@action("panel.list")
def panels_of(session: Session, actor: Actor) -> list[PanelView]:
    """Panels that the actor may see, the newest first."""
    asked = select(Panel).order_by(Panel.created_at.desc(), Panel.id)
    if actor.role != "organiser":
        mine = select(Member.panel_id).where(Member.person_id == actor.person_id, Member.removed_at.is_(None))
        asked = asked.where(Panel.id.in_(mine), Panel.state != "draft")
    return [view(session, panel) for panel in session.scalars(asked).all()]


@action("panel.read")
def panel_of(session: Session, actor: Actor, panel_id: str) -> PanelView:
    """One panel.

    Raises
    ------
    NotFoundError
        There is none of this id that the actor may see.
    """
    return view(session, panel_for(session, actor, panel_id))


@action("panel.find")
def panel_named(session: Session, actor: Actor, named: str | None = None) -> PanelView:
    """The panel with this id, beginning of an id, or title; the only one where nothing is named.

    Raises
    ------
    NotFoundError
        None or several fit; they are listed.
    """
    known = panels_of(session, actor)
    fits = [each for each in known if named is None or each.id.startswith(named) or each.settings.title == named]
    exact = [each for each in fits if named in (each.id, each.settings.title)]
    found = exact if len(exact) == 1 else fits
    if len(found) == 1:
        return found[0]
    if not known:
        raise NotFoundError("there is no panel yet; make one: textmine judge panel create")
    told = ", ".join(f"{each.id[:8]} ({each.settings.title})" for each in known)
    raise NotFoundError(f"{'several panels fit' if found else 'there is no such panel'}; there are: {told}")


def view(session: Session, panel: Panel) -> PanelView:
    """A panel with its categories and criteria."""
    criteria: dict[str, list[CriterionView]] = {}
    asked = select(Criterion).join(Category).where(Category.panel_id == panel.id).order_by(Criterion.position)
    for row in session.scalars(asked):
        shown = CriterionView(row.id, row.key, row.title_id, row.title_en, row.text_id, row.text_en, row.weight)
        criteria.setdefault(row.category_id, []).append(shown)
    categories = session.scalars(select(Category).where(Category.panel_id == panel.id).order_by(Category.position))
    return PanelView(
        panel.id,
        settings_of(panel),
        panel.state,
        panel.created_at,
        panel.opened_at,
        panel.closed_at,
        panel.evidence_sha256,
        tuple(CategoryView(row.id, row.key, row.title, tuple(criteria.get(row.id, ()))) for row in categories),
    )


def _apply(panel: Panel, settings: PanelSettings) -> None:
    if settings.language not in LANGUAGES:
        raise InvalidError("must be id or en", field="language")
    if not 0 <= settings.seed < 2**31:
        raise InvalidError("must be 0 to 2147483647", field="seed")
    if not 0 <= settings.n_posts <= MOST_POSTS:
        raise InvalidError(f"must be 0 to {MOST_POSTS}", field="n_posts")
    scale = settings.scale
    low, high, step = (number(value, "scale") for value in (scale.low, scale.high, scale.step))
    if not (step > 0 and low < high and (high - low) / step <= MOST_STEPS and scale.holds(high)):
        raise InvalidError(f"must go from a low to a high value in 1 to {MOST_STEPS} whole steps", field="scale")
    panel.title = clean_line(settings.title, "title", TITLE)
    panel.award = clean_line(settings.award, "award", TITLE)
    panel.award_title = clean_line(settings.shown_award, "award", TITLE)
    panel.language, panel.blind, panel.simulated = settings.language, settings.blind, settings.simulated
    panel.scale_low, panel.scale_high, panel.scale_step = low, high, step
    panel.seed, panel.n_posts = settings.seed, settings.n_posts


def _nominee_rows(nominees: pl.DataFrame) -> list[dict[str, Any]]:
    for column in ("category", "agency"):
        if column not in nominees.columns:
            raise InvalidError(f"there is no such column; the table has {', '.join(nominees.columns)}", field=column)
    if "nominee" in nominees.columns:
        nominees = nominees.filter("nominee")
    if not 1 <= nominees.height <= MOST_NOMINEES:
        raise InvalidError(f"there must be 1 to {MOST_NOMINEES} (there are {nominees.height})", field="nominees")
    if nominees.select("category", "agency").is_duplicated().any():
        raise InvalidError("an agency is nominated twice in a category", field="nominees")
    return nominees.to_dicts()


def _rubric_for(category: str, rubrics: Rubric | Mapping[str, Rubric] | None) -> Rubric:
    if isinstance(rubrics, Rubric):
        return rubrics
    given = rubrics or {}
    found = given.get(category) or given.get(category.partition("/")[0])
    return found or load_rubric(suggested_preset(category))


def _add_criteria(session: Session, category: Category, rubric: Rubric) -> None:
    problem = weights_problem([criterion.weight for criterion in rubric.criteria])
    if problem is not None:
        raise InvalidError(problem, field="weights")
    if len({criterion.key for criterion in rubric.criteria}) < len(rubric.criteria):
        raise InvalidError("two criteria have the same key", field="criteria")
    for place, given in enumerate(rubric.criteria):
        session.add(
            Criterion(
                category_id=category.id,
                key=clean_line(given.key, "key", TITLE),
                title_id=clean_line(given.title_id, "title_id", TITLE),
                title_en=clean_line(given.title_en, "title_en", TITLE),
                text_id=clean(given.text_id, "text_id", NOTE, empty=True),
                text_en=clean(given.text_en, "text_en", NOTE, empty=True),
                weight=given.weight,
                position=place,
            )
        )
    session.flush()


def _nominee(category: Category, row: Mapping[str, Any], place: int) -> Nominee:
    reasons, rank = row.get("reasons") or [], row.get("rank")
    try:
        agency = clean_line(str(row["agency"]), "agency", TITLE)
        return Nominee(
            category_id=category.id,
            agency=agency,
            name=clean_line(str(row.get("name") or agency), "name", TITLE),
            rank=None if rank is None else int(number(rank, "rank")),
            reasons=canonical([reasons] if isinstance(reasons, str) else [str(reason) for reason in reasons]),
            position=place,
            **{name: None if row.get(name) is None else number(row[name], name) for name in FIGURES},
        )
    except InvalidError as error:
        raise InvalidError(error.problem, field=error.field, of=_shortened(str(row["agency"]))) from error


def _shortened(key: str) -> str:
    """An agency's key as an error names it: it may be what is wrong, and reach a terminal."""
    plain = "".join(character if character.isprintable() else "?" for character in key[:NAME])
    return plain if len(key) <= NAME else f"{plain}…"
