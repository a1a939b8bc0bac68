"""Alembic's environment: :class:`~textmine.judging.database.Database` hands its open connection over."""

from __future__ import annotations

from alembic import context

from textmine.judging.schema import Base


def run() -> None:
    """Run what was asked for on the connection given, in its transaction."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name that Alembic loads it under; imported otherwise it does nothing
    run()
