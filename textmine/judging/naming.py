"""Names of judges and nominees of a panel, told apart: a tally, its minutes and their files know them by these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging.members import judges_of
from textmine.judging.schema import Category, Nominee
from textmine.judging.texts import folded


def told_names(session: Session, panel_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """Names of judges and of nominees by id; two of one name are told apart, nominees by the key of the agency."""
    judges = distinct_names({judge.id: judge.name for judge in judges_of(session, panel_id)})
    asked = select(Nominee).join(Category).where(Category.panel_id == panel_id)
    by_category: dict[str, dict[str, Nominee]] = {}
    for nominee in session.scalars(asked.order_by(Category.position, Nominee.position)):
        by_category.setdefault(nominee.category_id, {})[nominee.id] = nominee
    nominees: dict[str, str] = {}
    for found in by_category.values():
        keys = {id: nominee.agency for id, nominee in found.items()}
        nominees |= distinct_names({id: nominee.name for id, nominee in found.items()}, keys)
    return judges, nominees


def distinct_names(names: Mapping[str, str], keys: Mapping[str, str] | None = None) -> dict[str, str]:
    """Names by id, each once: where several are alike their key stands behind them, or a number without keys.

    Names are alike that differ in capitals and spaces only: files of scores that people type do not tell them apart.

    Examples
    --------
    >>> distinct_names({"p1": "Ani", "p2": "Budi", "p3": "Ani"})
    {'p1': 'Ani', 'p2': 'Budi', 'p3': 'Ani (2)'}
    >>> distinct_names({"n1": "Dinas", "n2": "Dinas"}, {"n1": "bogor", "n2": "depok"})
    {'n1': 'Dinas (bogor)', 'n2': 'Dinas (depok)'}
    >>> distinct_names({"p1": "Ani", "p2": "ani"})
    {'p1': 'Ani', 'p2': 'ani (2)'}
    """
    times = Counter(map(folded, names.values()))
    taken = {name for name, n in times.items() if n == 1}
    found: dict[str, str] = {}
    for id, name in names.items():
        shown, number = name, 1
        if times[folded(name)] > 1:
            shown = base = name if keys is None else f"{name} ({keys[id]})"
            while folded(shown) in taken:
                number += 1
                shown = f"{base} ({number})"
            taken.add(folded(shown))
        found[id] = shown
    return found
