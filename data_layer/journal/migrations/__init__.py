"""Alembic migrations of the journal, run by ``open_journal``."""
