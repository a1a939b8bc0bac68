"""Alembic's environment and revisions of the jury's schema; packed into the wheel."""
