"""Erase what may be erased about a subject, and say so in the chain."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from data_layer.errors import JournalError
from data_layer.journal.ledger import Event, Ledgers
from data_layer.journal.models import erasable
from data_layer.journal.verify import ERASE


def erase(ledgers: Ledgers, actor_id: str, subject: str, reason: str) -> int:
    """Remove every erasable value of ``subject`` and of what lies under ``subject/``.

    Returns:
        The position of the decision that lists what was erased.

    Raises:
        JournalError: it could not be done, or the freed space could not be cleared.
    """
    store = ledgers.store
    try:
        with store.write() as connection:
            mine = and_(erasable.c.chain == "decisions", _under(subject))
            query = select(erasable.c.position, erasable.c.name).where(mine)
            found = sorted((r.position, r.name) for r in connection.execute(query))
            body: dict[str, object] = {"values": found, "reason": reason}
            event = Event("decisions", actor_id, ERASE, subject, body)
            position = ledgers.append_in(connection, event)
            connection.execute(delete(erasable).where(mine))
    except SQLAlchemyError as error:
        raise store.failed("JOURNAL-WRITE", "cannot be written", error) from error
    _clear(ledgers)
    return position


def _under(subject: str) -> ColumnElement[bool]:
    column, prefix = erasable.c.subject, f"{subject}/"
    return or_(column == subject, func.substr(column, 1, len(prefix)) == prefix)


def _clear(ledgers: Ledgers) -> None:
    """Write the tables anew so that erased bytes do not stay in free space or in the log."""
    store = ledgers.store
    try:
        with store.alone() as connection:
            if store.is_sqlite:
                connection.execute(text("VACUUM"))
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            else:
                connection.execute(text("VACUUM FULL ledger_erasable"))
    except SQLAlchemyError as error:
        raise JournalError(
            "JOURNAL-ERASE",
            store.where,
            "the values are erased, but their bytes may still lie in free space",
            "Run VACUUM on the journal (VACUUM FULL ledger_erasable in PostgreSQL).",
        ) from error
