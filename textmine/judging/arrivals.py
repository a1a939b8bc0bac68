"""Rows that come from a file: each is checked before it is stored, because a file can be made by anybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, Column, Float, Integer, Table, insert
from sqlalchemy.orm import Session

from textmine.judging.canonical import moment
from textmine.judging.chain import audit_chain, conflicts_chain, scores_chain
from textmine.judging.schema import Base, Instant, Person

ORDER: Final = (
    "panel",
    "category",
    "criterion",
    "nominee",
    "dossier",
    "person",
    "member",
    "conflict_event",
    "score_event",
    "closing",
    "audit_event",
    "chain",
)
"""Tables in the order in which they come, each after those that it refers to."""

_JSON: Final = {"reasons", "content", "detail", "heads", "missing"}
_OWN: Final = {"category_id": "category", "criterion_id": "criterion", "nominee_id": "nominee", "person_id": "person"}


class Arrivals:
    """Stores the rows of one panel.

    Parameters
    ----------
    session
        In a transaction that is rolled back where a row is refused.
    panel_id
        Rows of any other panel are refused.
    """

    def __init__(self, session: Session, panel_id: str) -> None:
        self.session = session
        self.panel_id = panel_id
        self.place = 0
        self.ids: dict[str, set[str]] = {name: set() for name in _OWN.values()}

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Check a row and store it.

        Raises
        ------
        ValueError
            It does not fit its table, comes in the wrong place or belongs to something else.
        """
        if table not in ORDER or ORDER.index(table) < self.place or (table == "panel" and self.place):
            raise ValueError(f"a row of {table!r} cannot come here")
        self.place = max(ORDER.index(table), 1)  # one panel alone
        target = Base.metadata.tables[table]
        values = _values(target, row)
        self._require_own(table, values)
        if table in self.ids:
            self.ids[table].add(values["id"])
        if table != "person" or not self._is_known(values):
            self.session.execute(insert(target).values(values))

    def _require_own(self, table: str, values: dict[str, Any]) -> None:
        """Refuse what would be hung onto another panel."""
        owner = values["id"] if table == "panel" else values.get("panel_id", values.get("scope", self.panel_id))
        if owner != self.panel_id:
            raise ValueError("the row is of another panel")
        if table == "chain" and not self._is_own_chain(values["id"]):
            raise ValueError("the chain is of another panel")
        if table == "audit_event":
            return  # who was refused may be anybody
        for column, of in _OWN.items():
            given = values.get(column)
            if given is not None and given not in self.ids[of]:
                raise ValueError(f"{column} is not of this panel")

    def _is_own_chain(self, chain_id: str) -> bool:
        mine = {conflicts_chain(self.panel_id), audit_chain(self.panel_id)}
        return chain_id in mine or chain_id in {scores_chain(self.panel_id, id) for id in self.ids["person"]}

    def _is_known(self, values: dict[str, Any]) -> bool:
        if values["role"] == "organiser":
            raise ValueError("a file does not make organisers")
        known = self.session.get(Person, values["id"])
        if known is None:
            return False
        if (known.name, known.role) != (values["name"], values["role"]):
            raise ValueError("a person of this id is here with another name or role")
        return True


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    names = {column.name for column in table.columns}
    if set(row) != names:
        odd = ", ".join(sorted(set(row) ^ names))
        raise ValueError(f"the columns of {table.name} do not fit: {odd}")
    return {column.name: _value(column, row[column.name]) for column in table.columns}


def _value(column: Column[Any], value: object) -> object:
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is missing")
        return None
    fits, kind = _FITS.get(type(column.type), (_is_text, "text"))
    if not fits(value):
        raise ValueError(f"{column.name} is not {kind}")
    if isinstance(column.type, Instant):
        return _moment(str(value))
    if column.name in _JSON:
        json.loads(str(value))
    length = getattr(column.type, "length", None)
    if length is not None and len(str(value)) > length:
        raise ValueError(f"{column.name} is too long")
    return float(value) if isinstance(column.type, Float) and isinstance(value, int) else value


def _moment(text: str) -> datetime:
    return moment(text)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


_FITS: Final[dict[type, tuple[Callable[[object], bool], str]]] = {
    Boolean: (lambda value: isinstance(value, bool), "true or false"),
    Integer: (_is_whole, "a whole number"),
    Float: (_is_number, "a number"),
}
