"""A nominee's dossier: posts drawn by lot, keywords, topics, quality and figures, kept as they were when drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from textmine.judging import audit, figures
from textmine.judging.access import nominee_for, panel_for, require_state
from textmine.judging.canonical import canonical, now, sha256
from textmine.judging.conflicts import has_conflict
from textmine.judging.database import Database
from textmine.judging.errors import ConflictError, NotFoundError, StateError
from textmine.judging.nominees import nominees_of
from textmine.judging.panels import panel_of
from textmine.judging.roles import Actor, action, require_role
from textmine.judging.schema import Category, DossierRow, Nominee, Panel

if TYPE_CHECKING:
    from textmine.ranking.awards import AwardDefinition
    from textmine.store import Workspace

POST_FIGURES: Final = ("likes", "comments", "shares", "saves", "views")


@dataclass(frozen=True)
class DossierPost:
    """A post as shown; text is as published without control characters: escape it.

    ``figures`` are None while they are hidden; a figure that the platform does not report is None; ``hidden`` and
    ``rounded`` name those that the platform hid and rounded. ``quality`` is the
    class that a model gives it, hidden with the figures.
    """

    platform: str
    post_id: str
    account: str
    published_at: str
    media_type: str
    caption: str
    url: str | None
    topic: str | None
    figures: Mapping[str, int | None] | None
    hidden: tuple[str, ...]
    rounded: tuple[str, ...]
    quality: str | None


@dataclass(frozen=True)
class Dossier:
    """What an actor sees of a nominee.

    Parameters
    ----------
    rule_id, rule_en
        How the posts were drawn, in words; None while figures are hidden: it says how many posts there are, by which
        some awards rank.
    posts
        In the order in which they were drawn.
    keywords, topics
        See :mod:`textmine.judging.portrait`; empty where the workspace has none.
    quality, figures
        The same; None while they are hidden.
    figures_visible
        Whether figures are shown to this actor.
    simulated
        Whether the posts come from the simulator.
    sha256
        Of the whole content, as the evidence has it.
    """

    rule_id: str | None
    rule_en: str | None
    posts: tuple[DossierPost, ...]
    keywords: tuple[Mapping[str, Any], ...]
    topics: tuple[Mapping[str, Any], ...]
    quality: tuple[Mapping[str, Any], ...] | None
    figures: tuple[Mapping[str, Any], ...] | None
    figures_visible: bool
    simulated: bool
    sha256: str


def draw_dossiers(
    database: Database,
    actor: Actor,
    panel_id: str,
    workspace: Workspace,
    *,
    definition: AwardDefinition | None = None,
) -> int:
    """Draw the dossiers of all nominees of a draft and store them; drawn again, the newest count.

    Posts are read between two transactions, so that nobody waits.

    Parameters
    ----------
    database, actor, panel_id
        An organiser's panel.
    workspace
        With the posts of the nominees.
    definition
        The award's: its period and what posts its categories look at; without it all of an agency's own posts.

    Returns
    -------
    int
        Number of dossiers.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError
        The actor is no organiser, there is no such panel, or it is no draft.
    WorkspaceError
        There are no posts.
    """
    from textmine.judging.composition import compose  # reads posts: a page that serves judges need not load it

    with database.reading(actor) as session:
        panel, nominees = panel_of(session, actor, panel_id), nominees_of(session, actor, panel_id)
    contents = compose(panel, nominees, workspace, definition=definition)
    with database.writing(actor) as session:
        store_dossiers(session, actor, panel_id, contents)
    return len(contents)


@action("dossier.store")
def store_dossiers(session: Session, actor: Actor, panel_id: str, contents: Mapping[str, Mapping[str, Any]]) -> None:
    """Store dossiers of a draft's nominees.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError
        The actor is no organiser, there is no such panel or nominee, it is no draft, or its settings have changed.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    require_state(panel, "draft")
    asked = select(Nominee.id).join(Category).where(Category.panel_id == panel.id)
    if set(contents) - set(session.scalars(asked)):
        raise NotFoundError("there is no such nominee")
    for nominee_id, content in contents.items():
        if (content["seed"], content["n_posts"]) != (panel.seed, panel.n_posts):
            raise StateError("the panel was changed meanwhile; draw the dossiers again", state=panel.state)
        text = canonical(content)
        before = session.scalar(select(func.max(DossierRow.version)).where(DossierRow.nominee_id == nominee_id))
        row = DossierRow(nominee_id=nominee_id, version=(before or 0) + 1, content=text, sha256=sha256(text))
        row.created_at = now()
        session.add(row)
    session.flush()
    audit.record(session, actor, "dossier.store", panel.id, {"dossiers": len(contents), "seed": panel.seed})


@action("dossier.read")
def dossier_of(session: Session, actor: Actor, nominee_id: str) -> Dossier | None:
    """The dossier of a nominee as the actor may see it; None where none was drawn.

    Raises
    ------
    NotFoundError, ConflictError
        There is no nominee of this id in a panel of the actor's, or a judge declared a conflict of interest.
    """
    panel, _, nominee = nominee_for(session, actor, nominee_id)
    if has_conflict(session, panel.id, actor.person_id, nominee_id):
        raise ConflictError("you declared a conflict of interest: this dossier is closed to you")
    row = newest_dossier(session, nominee.id)
    if row is None:
        return None
    shown = figures.visible(session, actor, panel, nominee_id=nominee_id).holds(nominee_id)
    return _dossier(json.loads(row.content), row.sha256, shown=shown)


def newest_dossier(session: Session, nominee_id: str) -> DossierRow | None:
    """The dossier that counts."""
    asked = select(DossierRow).where(DossierRow.nominee_id == nominee_id).order_by(DossierRow.version.desc()).limit(1)
    return session.scalar(asked)


def require_drawn_as_set(session: Session, panel: Panel) -> None:
    """Let a panel pass whose dossiers were drawn as its settings say, or that has none at all.

    Raises
    ------
    StateError
        Some were drawn with other settings, or for some nominees only.
    """
    asked = select(Nominee.id).join(Category).where(Category.panel_id == panel.id)
    rows = [newest_dossier(session, nominee_id) for nominee_id in session.scalars(asked).all()]
    drawn = [json.loads(row.content) for row in rows if row is not None]
    if drawn and len(drawn) < len(rows):
        raise StateError("some nominees have no dossier; draw the dossiers again", state=panel.state)
    if any((content["seed"], content["n_posts"]) != (panel.seed, panel.n_posts) for content in drawn):
        raise StateError("the dossiers were drawn with other settings; draw them again", state=panel.state)


def _dossier(content: Mapping[str, Any], digest: str, *, shown: bool) -> Dossier:
    posts = tuple(_post(row) for row in content["posts"])
    if not shown:
        posts = tuple(replace(post, figures=None, quality=None, hidden=(), rounded=()) for post in posts)
    return Dossier(
        rule_id=content["rule"]["id"] if shown else None,
        rule_en=content["rule"]["en"] if shown else None,
        posts=posts,
        keywords=tuple(content["keywords"]),
        topics=tuple(content["topics"]),
        quality=tuple(content["quality"]) if shown else None,
        figures=tuple(content["figures"]) if shown else None,
        figures_visible=shown,
        simulated=content["simulated"],
        sha256=digest,
    )


def _post(row: Mapping[str, Any]) -> DossierPost:
    names = ("platform", "post_id", "account", "published_at", "media_type", "caption", "url", "topic", "quality")
    return DossierPost(
        **{name: row[name] for name in names},
        figures={name: row[name] for name in POST_FIGURES},
        hidden=tuple(row["hidden"] or ()),
        rounded=tuple(row["rounded"] or ()),
    )
