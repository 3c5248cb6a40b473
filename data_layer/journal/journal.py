"""The journal: what people decided and what they saw, in two chained ledgers."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Self

from sqlalchemy import Row, Select, select

from data_layer.errors import JournalError, UsageError
from data_layer.journal.erasure import erase
from data_layer.journal.grants import KINDS, Grant, checked_body, fold, grant_body, grant_subject
from data_layer.journal.ledger import Event, Head, Ledgers, ledger, read_entry, whole_values
from data_layer.journal.models import erasable as values
from data_layer.journal.models import heads, rows
from data_layer.journal.reads import Reads
from data_layer.journal.records import Access, Decision
from data_layer.journal.store import Store
from data_layer.journal.verification import Verification
from data_layer.journal.verify import ERASE, verify

_OPEN: weakref.WeakSet[Journal] = weakref.WeakSet()


class Journal:
    """Both ledgers of one database; may be used from many threads and processes at once."""

    def __init__(self, store: Store, key: bytes) -> None:
        self.url = store.where
        self._store = store
        self._ledgers = Ledgers(store, key)
        self._reads = Reads(self._ledgers)
        self._grants: tuple[Head, list[Grant]] | None = None
        self._finish = weakref.finalize(self, _finish, store, self._reads)
        _OPEN.add(self)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Write the counted reads and close every connection.

        Raises:
            JournalError: the counted reads cannot be written.
        """
        self._finish()

    def reset_after_fork(self) -> None:
        """Drop what belongs to the parent process: its connections and counted reads."""
        self._store.reset()
        self._reads.reset()

    def decide(
        self,
        actor_id: str,
        kind: str,
        subject: str,
        body: dict[str, Any],
        *,
        event_id: str | None = None,
        erasable: dict[str, Any] | None = None,
    ) -> int:
        """Append a decision and return its position; the same ``event_id`` gives the first one's.

        Names, phenotype and free text belong in ``erasable``, never in ``body`` or ``subject``.

        Raises:
            JournalError: it cannot be written, or the id names another event.
        """
        if kind == ERASE:
            raise UsageError("JOURNAL-BODY", "kind", "only erase() writes this kind")
        if kind in KINDS:
            body = checked_body(body)
        return self._append("decisions", actor_id, kind, subject, body, event_id, erasable)

    def record_access(
        self,
        actor_id: str,
        kind: str,
        case_id: str,
        detail: dict[str, Any],
        *,
        event_id: str | None = None,
    ) -> int:
        """Append to ``access`` before the data leave; when this raises, they must not.

        Raises:
            JournalError: it cannot be written: no audit, no data.
        """
        return self._append("access", actor_id, kind, case_id, detail, event_id, None)

    def note_read(self, actor_id: str, case_id: str) -> None:
        """Count a read; one row per actor, case and minute is written when the minute is over.

        Raises:
            JournalError: counted reads have been waiting for minutes and cannot be written.
        """
        self._reads.note(actor_id, case_id)

    def flush(self) -> int:
        """Write all counted reads now and return how many groups they were."""
        return self._reads.flush(all_minutes=True)

    def position(self) -> int:
        """Return the newest position of ``decisions``: the j of a page."""
        return self.head().position

    def head(self, name: str = "decisions") -> Head:
        """Return a ledger's newest position and hash, a witness to keep elsewhere."""
        with self._store.read() as connection:
            query = select(heads.c.position, heads.c.hash).where(heads.c.chain == ledger(name))
            found = connection.execute(query).first()
        if found is None:
            raise JournalError(
                "JOURNAL-CHAIN", f"ledger {name}", "its head is gone", "Run norrsken audit verify."
            )
        return Head(found.position, found.hash)

    def decisions(
        self, *, kind: str | None = None, subject: str | None = None, upto: int | None = None
    ) -> list[Decision]:
        """Return decisions by position, each checked against its own seal.

        Raises:
            JournalError: a row among them was altered.
        """
        query = _rows("decisions", kind=kind, subject=subject, upto=upto)
        chosen = query.with_only_columns(rows.c.position)
        kept = select(values).where(values.c.chain == "decisions", values.c.position.in_(chosen))
        with self._store.read() as connection:
            found = connection.execute(query.order_by(rows.c.position)).all()
            stored: dict[int, list[Row[Any]]] = {}
            for value in connection.execute(kept):
                stored.setdefault(value.position, []).append(value)
        return [self._decision(row, stored.get(row.position, [])) for row in found]

    def accesses(
        self,
        *,
        case_id: str | None = None,
        actor_id: str | None = None,
        limit: int | None = None,
    ) -> list[Access]:
        """Return accesses by position; ``limit`` keeps the newest.

        Raises:
            JournalError: a row among them was altered.
        """
        query = _rows("access", subject=case_id, actor_id=actor_id)
        query = query.order_by(rows.c.position.desc()).limit(limit)
        with self._store.read() as connection:
            found = connection.execute(query).all()
        entries = [read_entry(row, self._ledgers.key) for row in reversed(found)]
        return [Access(e.position, e.when, e.actor_id, e.kind, e.subject, e.body) for e in entries]

    def grants(self, *, upto: int | None = None) -> list[Grant]:
        """Return the rights in force now, or as they were at a position."""
        now = self.head()
        if upto is None and self._grants is not None and self._grants[0] == now:
            return list(self._grants[1])
        until = now.position if upto is None else min(upto, now.position)
        query = _rows("decisions", upto=until).where(rows.c.kind.in_(KINDS))
        with self._store.read() as connection:
            found = connection.execute(query.order_by(rows.c.position)).all()
        held = fold(read_entry(row, self._ledgers.key) for row in found)
        if upto is None:
            self._grants = (now, held)
        return list(held)

    def grant(
        self,
        actor_id: str,
        to: str,
        right: str,
        scope_kind: str,
        scope_id: str,
        members: Sequence[str] | None = None,
        *,
        event_id: str | None = None,
    ) -> int:
        """Give ``to`` (a person or group) a right; a later grant of the same replaces its members.

        Raises:
            UsageError: the right or scope is unknown.
        """
        body = grant_body(to, right, scope_kind, scope_id, members)
        subject = grant_subject(scope_kind, scope_id)
        return self.decide(actor_id, "grant", subject, body, event_id=event_id)

    def revoke(
        self,
        actor_id: str,
        to: str,
        right: str,
        scope_kind: str,
        scope_id: str,
        *,
        event_id: str | None = None,
    ) -> int:
        """Take a right back, members and all.

        Raises:
            UsageError: the right or scope is unknown.
        """
        body = grant_body(to, right, scope_kind, scope_id, None)
        subject = grant_subject(scope_kind, scope_id)
        return self.decide(actor_id, "revoke", subject, body, event_id=event_id)

    def erase(self, actor_id: str, subject: str, reason: str = "") -> int:
        """Erase the erasable values of ``subject`` and of all under ``subject/``.

        The chain still verifies, and ``verify`` lists what is gone. Returns the position of the
        decision that says so.
        """
        return erase(self._ledgers, actor_id, subject, reason)

    def verify(self, seen: Mapping[str, Head] | None = None) -> Verification:
        """Recompute both ledgers from their stored text; ``seen`` are heads noted elsewhere."""
        return verify(self._ledgers, seen)

    def _append(
        self,
        name: str,
        actor_id: str,
        kind: str,
        subject: str,
        body: dict[str, Any],
        event_id: str | None,
        erasable: dict[str, Any] | None,
    ) -> int:
        more = {} if event_id is None else {"event_id": event_id}
        event = Event(name, actor_id, kind, subject, body, erasable or {}, **more)
        return self._ledgers.append([event])[0]

    def _decision(self, row: Row[Any], stored: list[Row[Any]]) -> Decision:
        entry = read_entry(row, self._ledgers.key)
        there = whole_values(entry, stored)
        gone = tuple(sorted(set(entry.erasable) - set(there)))
        return Decision(
            entry.position,
            entry.when,
            entry.actor_id,
            entry.kind,
            entry.subject,
            entry.body,
            there,
            gone,
        )


def _rows(
    chain: str,
    *,
    kind: str | None = None,
    subject: str | None = None,
    actor_id: str | None = None,
    upto: int | None = None,
) -> Select[Any]:
    query = select(rows).where(rows.c.chain == chain)
    for column, value in (
        (rows.c.kind, kind),
        (rows.c.subject, subject),
        (rows.c.actor_id, actor_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return query if upto is None else query.where(rows.c.position <= upto)


def _finish(store: Store, reads: Reads) -> None:
    try:
        reads.close()
    finally:
        store.close()


def _after_fork() -> None:
    for journal in list(_OPEN):
        journal.reset_after_fork()


os.register_at_fork(after_in_child=_after_fork)
