"""The jury's file of a closed panel: what the tally and the minutes need beside its scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from textmine.judging.access import panel_for
from textmine.judging.attendance import members_of, standing_conflicts
from textmine.judging.closings import Closings, closings_of
from textmine.judging.errors import StateError
from textmine.judging.panels import PanelView, view
from textmine.judging.roles import Actor, action
from textmine.posts import REPORT_TIME_ZONE


@action("panel.jury")
def jury_text(session: Session, actor: Actor, panel_id: str) -> str:
    """A closed panel as the file that :func:`textmine.judging.paperjury.read_paper_jury` reads.

    Judges, nominees and categories are called as in :func:`textmine.judging.progress.named_scores`, whose table it goes
    with: both together count as the panel's own tally does.

    Raises
    ------
    NotFoundError, StateError
        There is no panel of this id that the actor may see, or it is not closed.
    """
    panel = view(session, panel_for(session, actor, panel_id))
    if panel.state != "closed":
        raise StateError("the jury's file is written when the panel is closed", state=panel.state)
    titled = panel.settings.language
    closings = closings_of(session, panel.id)
    parts = [_top(panel, closings), *_closings(closings)]
    parts += [_table("[[members]]", {"name": each.name, "role": each.role}) for each in members_of(session, panel.id)]
    parts.append(_table("[categories]", {json.dumps(each.key): each.title for each in panel.categories}))
    for category in panel.categories:
        for one in category.criteria:
            title = one.title_id if titled == "id" else one.title_en
            values = {"key": one.key, "title": title, "weight": one.weight, "category": category.key}
            parts.append(_table("[[criteria]]", values))
    scale = panel.settings.scale
    parts.append(_table("[rules]", {"seed": panel.settings.seed}))
    parts.append(_table("[scale]", {"low": scale.low, "high": scale.high, "step": scale.step}))
    for each in standing_conflicts(session, panel.id):
        values = {"judge": each.judge, "nominee": each.nominee, "category": each.category, "reason": each.reason}
        parts.append(f"{_table('[[conflicts]]', values)}declared_on = {each.declared_on}\n")
    return "\n".join(parts)


def _top(panel: PanelView, closings: Closings) -> str:
    settings, closed = panel.settings, panel.closed_at
    hidden = closings.hidden(panel)
    values: dict[str, Any] = {"award": settings.shown_award, "panel": settings.title, "hidden": hidden}
    if settings.n_posts:
        values["seed"] = settings.seed
    if panel.evidence_sha256 is not None:
        values["evidence_sha256"] = panel.evidence_sha256
    if settings.simulated:
        values["simulated"] = True
    lines = _table("", values)
    if closed is not None:  # a TOML date, which JSON has none of
        lines += f"date = {closed.astimezone(ZoneInfo(REPORT_TIME_ZONE)).date()}\n"
    return lines


def _closings(closings: Closings) -> Iterator[str]:
    for each in closings.earlier:
        lines = _table("[[earlier_closings]]", {"evidence_sha256": each.evidence_sha256, "reason": each.reason})
        yield f"{lines}closed_at = {each.closed_at.isoformat()}\nreopened_at = {each.reopened_at.isoformat()}\n"
        if each.missing:
            yield _counts("[earlier_closings.missing]", each.missing)
    if closings.missing:
        yield _counts("[missing]", closings.missing)


def _counts(head: str, missing: Mapping[str, int]) -> str:
    return _table(head, {json.dumps(name, ensure_ascii=False): n for name, n in missing.items()})


def _table(head: str, values: Mapping[str, Any]) -> str:
    # JSON's values are TOML's, but for the one control character that JSON leaves bare
    told = ((key, json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")) for key, value in values.items())
    return "".join([f"{head}\n" if head else "", *(f"{key} = {value}\n" for key, value in told)])
