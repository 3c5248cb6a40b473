"""Append to the ledgers: one writer at a time, each row sealed to the one before it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from data_layer.errors import JournalError, UsageError
from data_layer.journal.canonical import (
    canonical,
    head_mac,
    row_hash,
    salted,
    same,
    seal_values,
)
from data_layer.journal.models import LEDGERS, erasable, heads, rows
from data_layer.journal.store import Store

ATTEMPTS = 4


@dataclass(frozen=True)
class Head:
    """The newest row of a ledger; written down elsewhere, it witnesses all rows up to it."""

    position: int
    hash: str


@dataclass(frozen=True)
class Event:
    """Something to be written; ``event_id`` makes a second try harmless."""

    ledger: str
    actor_id: str
    kind: str
    subject: str
    body: dict[str, object]
    erasable: dict[str, object] = field(default_factory=dict)
    event_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        for name in ("actor_id", "kind", "event_id"):
            _plain(name, getattr(self, name), empty=False)
        _plain("subject", self.subject, empty=True)
        for name in self.erasable:
            _plain("erasable name", name, empty=False, longest=128)
        if len(self.event_id) > 128:
            raise UsageError("JOURNAL-BODY", "event_id", "an event id has at most 128 characters")


@dataclass(frozen=True)
class Entry:
    """A stored row whose own seal was found whole."""

    position: int
    event_id: str
    when: datetime
    actor_id: str
    kind: str
    subject: str
    body: dict[str, Any]
    erasable: dict[str, str]


class Ledgers:
    """The two chains in one store, under one key."""

    def __init__(self, store: Store, key: bytes) -> None:
        self.store, self.key = store, key

    def append(self, events: Sequence[Event]) -> list[int]:
        """Write events in order, all or none, and return their positions.

        A lost connection is tried again; the event ids keep it from writing twice.

        Raises:
            JournalError: they cannot be written, or an id was used for something else.
        """
        for attempt in range(ATTEMPTS):
            try:
                with self.store.write() as connection:
                    return [self.append_in(connection, event) for event in events]
            except IntegrityError as error:
                raise self._broken(events[0].ledger, "a row stands behind its head") from error
            except OperationalError as error:
                if self.store.is_sqlite or attempt == ATTEMPTS - 1:
                    raise self.store.failed("JOURNAL-WRITE", "cannot be written", error) from error
                time.sleep(0.1 * 3**attempt)
            except SQLAlchemyError as error:
                lost = isinstance(error, DBAPIError) and error.connection_invalidated
                if not lost or attempt == ATTEMPTS - 1:
                    raise self.store.failed("JOURNAL-WRITE", "cannot be written", error) from error
        raise AssertionError("every attempt returns or raises")

    def append_in(self, connection: Connection, event: Event) -> int:
        """Write one event in the caller's transaction and return its position."""
        found = connection.execute(select(rows).where(rows.c.event_id == event.event_id)).first()
        if found is not None:
            return self._again(connection, found, event)
        all_heads = self.heads(connection)
        head = self._trusted(all_heads, event.ledger)
        sealed = seal_values(event.erasable, f"{event.kind} {event.subject}".strip())
        row = self._row(event, head, all_heads, {n: s[2] for n, s in sealed.items()})
        connection.execute(insert(rows).values(**row))
        for name, (salt, text, _) in sealed.items():
            connection.execute(
                insert(erasable).values(
                    chain=event.ledger,
                    position=head.position + 1,
                    name=name,
                    subject=event.subject,
                    salt=salt,
                    text=text,
                )
            )
        self._move(connection, event.ledger, Head(head.position + 1, row["hash"]))
        return head.position + 1

    def heads(self, connection: Connection) -> dict[str, tuple[Head, str]]:
        """Return each ledger's head with its seal, unchecked."""
        found = connection.execute(select(heads)).all()
        return {r.chain: (Head(r.position, r.hash), r.mac) for r in found}

    def head_holds(self, chain: object, head: Head, mac: object) -> bool:
        """Say whether a head's seal was made with our key."""
        if not (isinstance(chain, str) and isinstance(head.hash, str)):
            return False
        return same(mac, head_mac(self.key, chain, head.position, head.hash))

    def _row(
        self,
        event: Event,
        head: Head,
        all_heads: dict[str, tuple[Head, str]],
        digests: dict[str, str],
    ) -> dict[str, Any]:
        at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        beside = {n: [h.position, h.hash] for n, (h, _) in all_heads.items() if n != event.ledger}
        found = {
            "actor": event.actor_id,
            "at": at,
            "beside": beside,
            "body": event.body,
            "erasable": digests,
            "event": event.event_id,
            "kind": event.kind,
            "ledger": event.ledger,
            "position": head.position + 1,
            "subject": event.subject,
        }
        text = canonical(found, f"{event.kind} {event.subject}".strip())
        return {
            "chain": event.ledger,
            "position": head.position + 1,
            "event_id": event.event_id,
            "at": at,
            "actor_id": event.actor_id,
            "kind": event.kind,
            "subject": event.subject,
            "text": text,
            "prev": head.hash,
            "hash": row_hash(self.key, head.hash, text),
        }

    def _move(self, connection: Connection, chain: str, head: Head) -> None:
        mac = head_mac(self.key, chain, head.position, head.hash)
        connection.execute(
            update(heads)
            .where(heads.c.chain == chain)
            .values(position=head.position, hash=head.hash, mac=mac)
        )

    def _trusted(self, all_heads: dict[str, tuple[Head, str]], chain: str) -> Head:
        if chain not in all_heads:
            raise self._broken(chain, "its head is gone")
        head, mac = all_heads[chain]
        if not self.head_holds(chain, head, mac):
            raise self._broken(chain, "its head does not fit the key")
        return head

    def _broken(self, chain: str, why: str) -> JournalError:
        return JournalError(
            "JOURNAL-CHAIN",
            f"ledger {chain}",
            f"nothing is added to a chain that does not hold: {why}",
            "Run norrsken audit verify and restore the journal from a backup.",
        )

    def _again(self, connection: Connection, found: Row[Any], event: Event) -> int:
        entry = read_entry(found, self.key)
        alike = (
            found.chain == event.ledger
            and (entry.actor_id, entry.kind, entry.subject)
            == (event.actor_id, event.kind, event.subject)
            and canonical(entry.body, "body") == canonical(event.body, "body")
            and set(entry.erasable) == set(event.erasable)
            and self._values_alike(connection, found, event)
        )
        if not alike:
            raise JournalError(
                "JOURNAL-EVENT",
                f"event {event.event_id}",
                f"this id already names another event ({found.chain} {entry.position})",
                "Make a new id for each event; keep it only when trying the same one again.",
            )
        return entry.position

    def _values_alike(self, connection: Connection, found: Row[Any], event: Event) -> bool:
        """Compare erasable values with those still stored; an erased one can differ unseen."""
        stored = connection.execute(
            select(erasable).where(
                erasable.c.chain == found.chain, erasable.c.position == found.position
            )
        ).all()
        return all(
            same(
                salted(r.text, r.salt),
                salted(canonical(event.erasable.get(r.name), r.name), r.salt),
            )
            for r in stored
        )


def read_entry(row: Row[Any], key: bytes) -> Entry:
    """Read a stored row after checking its own seal.

    Raises:
        JournalError: the row is not as it was written.
    """
    where = f"ledger {row.chain} row {row.position}"
    whole = isinstance(row.text, str) and isinstance(row.prev, str)
    if not whole or not same(row.hash, row_hash(key, row.prev, row.text)):
        raise JournalError(
            "JOURNAL-CHAIN",
            where,
            "the row is not as it was written",
            "Run norrsken audit verify and restore the journal from a backup.",
        )
    found = json.loads(row.text)
    if columns_of(found) != stored_columns(row):
        raise JournalError(
            "JOURNAL-CHAIN", where, "its columns differ from its text", "Run norrsken audit verify."
        )
    return Entry(
        found["position"],
        found["event"],
        datetime.fromisoformat(found["at"]),
        found["actor"],
        found["kind"],
        found["subject"],
        found["body"],
        found["erasable"],
    )


def whole_values(entry: Entry, stored: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return the erasable values still stored for a row, each checked against its digest.

    Raises:
        JournalError: a value is not as it was written.
    """
    found: dict[str, Any] = {}
    for row in stored:
        if not value_holds(row, entry.erasable.get(row.name)):
            raise JournalError(
                "JOURNAL-CHAIN",
                f"ledger {row.chain} row {row.position}",
                f"its erasable value {row.name!r} is not as it was written",
                "Run norrsken audit verify and restore the journal from a backup.",
            )
        found[row.name] = json.loads(row.text)
    return found


def value_holds(row: Row[Any], digest: object) -> bool:
    """Say whether an erasable value still has the digest that its ledger row holds."""
    whole = isinstance(row.text, str) and isinstance(row.salt, str)
    return whole and same(salted(row.text, row.salt), digest)


def columns_of(found: dict[str, Any]) -> tuple[object, ...]:
    """Return what the finding columns must hold, from a row's text."""
    names = ("ledger", "position", "event", "at", "actor", "kind", "subject")
    return tuple(found[n] for n in names)


def stored_columns(row: Row[Any]) -> tuple[object, ...]:
    """Return the finding columns as stored, in the order of ``columns_of``."""
    return (row.chain, row.position, row.event_id, row.at, row.actor_id, row.kind, row.subject)


def ledger(name: str) -> str:
    """Return a ledger's name, or refuse an unknown one."""
    if name not in LEDGERS:
        raise UsageError("JOURNAL-LEDGER", name, f"the ledgers are {' and '.join(LEDGERS)}")
    return name


def _plain(name: str, value: object, *, empty: bool, longest: int = 4096) -> None:
    if not isinstance(value, str):
        raise UsageError("JOURNAL-BODY", name, f"it must be text, not {type(value).__name__}")
    if not value and not empty:
        raise UsageError("JOURNAL-BODY", name, "it is empty")
    if len(value) > longest:
        raise UsageError("JOURNAL-BODY", name, f"it has more than {longest} characters")
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        raise UsageError("JOURNAL-BODY", name, "it holds characters that cannot be stored")
