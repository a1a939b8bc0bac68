"""The tables: one schema for SQLite and PostgreSQL.

Ids are 32 random hexadecimal digits, so that a panel moves between databases without a clash and nobody guesses
another's. Events (``score_event``, ``conflict_event``, ``audit_event``, ``closing``) and dossiers are only ever added:
triggers in both databases refuse any change, and each event is chained to the one before it by a hash.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Dialect, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from textmine.judging.canonical import moment, written

APPEND_ONLY: Final = ("score_event", "conflict_event", "audit_event", "closing", "dossier")
"""Tables whose rows triggers keep from being changed or deleted."""

_ID: Final = String(32)
_HASH: Final = String(64)


def new_id() -> str:
    """32 random hexadecimal digits."""
    return secrets.token_hex(16)


class Instant(TypeDecorator[datetime]):
    """A moment as text of one length: SQLite has no type for it, and both databases must give the same bytes."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write it."""
        return None if value is None else written(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Read it."""
        return None if value is None else moment(value)


class Base(DeclarativeBase):
    """Base of the tables."""

    type_annotation_map = {datetime: Instant}  # noqa: RUF012 - SQLAlchemy reads it from the class


class Panel(Base):
    """A jury's work on one award season."""

    __tablename__ = "panel"
    __table_args__ = (CheckConstraint("state IN ('draft', 'open', 'closed')", name="panel_state"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(Text)
    award: Mapped[str] = mapped_column(Text)
    award_title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    blind: Mapped[bool]
    simulated: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8))
    scale_low: Mapped[float] = mapped_column(Float(53))
    scale_high: Mapped[float] = mapped_column(Float(53))
    scale_step: Mapped[float] = mapped_column(Float(53))
    seed: Mapped[int]
    n_posts: Mapped[int]
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    evidence_sha256: Mapped[str | None] = mapped_column(_HASH)


class Category(Base):
    """An award of the season that the panel decides: ``best_account/kementerian``."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("panel_id", "key"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), index=True)
    key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class Criterion(Base):
    """What judges score a nominee of a category on; the weights of a category sum to 1."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("category_id", "key"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    category_id: Mapped[str] = mapped_column(ForeignKey("category.id"), index=True)
    key: Mapped[str] = mapped_column(Text)
    title_id: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    text_id: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    weight: Mapped[float] = mapped_column(Float(53))
    position: Mapped[int]


class Nominee(Base):
    """An agency nominated in a category, with the figures that nominated it; ``reasons`` is a JSON list."""

    __tablename__ = "nominee"
    __table_args__ = (UniqueConstraint("category_id", "agency"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    category_id: Mapped[str] = mapped_column(ForeignKey("category.id"), index=True)
    agency: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    rank: Mapped[int | None]
    score: Mapped[float | None] = mapped_column(Float(53))
    low: Mapped[float | None] = mapped_column(Float(53))
    high: Mapped[float | None] = mapped_column(Float(53))
    p_top5: Mapped[float | None] = mapped_column(Float(53))
    reasons: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class DossierRow(Base):
    """What judges see of a nominee, as canonical JSON, drawn once; the newest version counts, in a draft only."""

    __tablename__ = "dossier"
    nominee_id: Mapped[str] = mapped_column(ForeignKey("nominee.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(_HASH)
    created_at: Mapped[datetime]


class Person(Base):
    """An organiser, a judge or an observer."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("role IN ('organiser', 'judge', 'observer')", name="person_role"),)
    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(9))
    created_at: Mapped[datetime]


class Member(Base):
    """A judge or an observer of a panel."""

    __tablename__ = "member"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time link. The token is nowhere, only its SHA-256: 32 random bytes need no salt."""

    __tablename__ = "invitation"
    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    panel_id: Mapped[str | None] = mapped_column(ForeignKey("panel.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(_HASH, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignIn(Base):
    """A session of a browser; the token is nowhere, only its SHA-256."""

    __tablename__ = "sign_in"
    token_sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Chain(Base):
    """Length and head of a chain of events; its row is the lock of who adds one."""

    __tablename__ = "chain"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    length: Mapped[int]
    head: Mapped[str] = mapped_column(_HASH)


class ScoreEvent(Base):
    """A judge's score or note; ``seq`` counts the judge's events in the panel, the last of a criterion counts.

    ``value`` is null where a score is taken back, ``criterion_id`` where the note is about the whole nominee.
    """

    __tablename__ = "score_event"
    __table_args__ = (
        UniqueConstraint("panel_id", "person_id", "client_key"),
        Index("score_event_of_nominee", "nominee_id", "person_id"),
    )
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    nominee_id: Mapped[str] = mapped_column(ForeignKey("nominee.id"))
    criterion_id: Mapped[str | None] = mapped_column(ForeignKey("criterion.id"))
    value: Mapped[float | None] = mapped_column(Float(53))
    note: Mapped[str] = mapped_column(Text)
    figures_seen: Mapped[bool]
    client_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(_HASH)


class ConflictEvent(Base):
    """A conflict of interest, declared or lifted; the last event of judge and nominee counts."""

    __tablename__ = "conflict_event"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    nominee_id: Mapped[str] = mapped_column(ForeignKey("nominee.id"))
    declared: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column("made_by", String(32))
    created_at: Mapped[datetime]
    hash: Mapped[str] = mapped_column(_HASH)


class AuditEvent(Base):
    """Who did what to which thing, and whether it was refused; ``scope`` is a panel, or empty where none is meant."""

    __tablename__ = "audit_event"
    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]
    person_id: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(9))
    action: Mapped[str] = mapped_column(String(40))
    refused: Mapped[bool]
    detail: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(_HASH)


class Closing(Base):
    """A closing of a panel: the hash of its evidence and the heads of its chains then, as JSON."""

    __tablename__ = "closing"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    closed_at: Mapped[datetime]
    by: Mapped[str] = mapped_column("made_by", String(32))
    evidence_sha256: Mapped[str] = mapped_column(_HASH)
    heads: Mapped[str] = mapped_column(Text)
    missing: Mapped[str] = mapped_column(Text)
