"""Walk both ledgers from the first row and say what holds, what does not, what was erased."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from data_layer.errors import JournalError
from data_layer.journal.canonical import row_hash, same
from data_layer.journal.ledger import Head, Ledgers, columns_of, stored_columns, value_holds
from data_layer.journal.models import GENESIS, GUARDS, LEDGERS, erasable, rows
from data_layer.journal.steps import Steps, stream
from data_layer.journal.verification import Erased, LedgerCheck, Verification

ERASE = "erase"
SQLITE_GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
POSTGRES_GUARDS = """SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND tgrelid IN
  (to_regclass('ledger_rows'), to_regclass('ledger_erasable'), to_regclass('ledger_heads'))"""


def verify(ledgers: Ledgers, seen: Mapping[str, Head] | None = None) -> Verification:
    """Recompute both chains from the stored text; ``seen`` are heads noted down elsewhere."""
    try:
        with ledgers.store.read() as connection:
            problems = _around(ledgers, connection)
            checks = {n: _Walk(ledgers, connection, n, (seen or {}).get(n)) for n in LEDGERS}
            for check in checks.values():
                check.run()
            for check in checks.values():
                for other, position, why in check.accused:
                    checks[other].blame(position, why)
            return Verification.of(tuple(c.result() for c in checks.values()), problems)
    except JournalError as error:
        if not ledgers.store.is_sqlite:
            raise
        return Verification.of((), (error.problem.message,))


def _around(ledgers: Ledgers, connection: Connection) -> tuple[str, ...]:
    """What is wrong outside the rows: the file itself, the triggers that keep it."""
    sqlite = ledgers.store.is_sqlite
    found = set(connection.scalars(text(SQLITE_GUARDS if sqlite else POSTGRES_GUARDS)).all())
    wanted = GUARDS["sqlite" if sqlite else "postgresql"]
    problems = [f"the guard {name} is missing" for name in wanted if name not in found]
    if sqlite:
        told = connection.scalars(text("PRAGMA integrity_check(3)")).all()
        problems += [f"the database file is damaged: {t}" for t in told if t != "ok"]
    strange = connection.scalar(
        select(func.count()).select_from(rows).where(rows.c.chain.not_in(LEDGERS))
    )
    if strange:
        problems.append(f"{strange} rows belong to no ledger")
    return tuple(problems)


class _Walk:
    """One ledger, row by row; stops at the first row that does not hold."""

    def __init__(
        self, ledgers: Ledgers, connection: Connection, chain: str, seen: Head | None
    ) -> None:
        self.ledgers, self.connection, self.chain, self.seen = ledgers, connection, chain, seen
        self.last = Head(0, GENESIS)
        self.first_bad: int | None = None
        self.why = ""
        self.accused: list[tuple[str, int, str]] = []
        self.missing: list[tuple[int, str]] = []
        self.erasures: dict[tuple[int, str], int] = {}
        self.kept = Steps(stream(connection, erasable, chain))
        self.others = {
            n: Steps(stream(connection, rows, n, "position", "hash")) for n in LEDGERS if n != chain
        }

    def blame(self, position: int, why: str) -> None:
        """Note a fault, keeping the earliest."""
        if self.first_bad is None or position < self.first_bad:
            self.first_bad, self.why = position, why

    def run(self) -> None:
        """Check every row, then the head, the erasable values and the witness."""
        for row in stream(self.connection, rows, self.chain):
            fault = self._fault(row)
            if fault:
                self.blame(self.last.position + 1, fault)
                break
            self._take(row)
        else:
            self._check_head()
        self._check_erasures()
        if self.seen is not None and self.seen.position > self.last.position:
            self.blame(self.last.position + 1, f"row {self.seen.position} was seen and is gone")

    def _fault(self, row: Row[Any]) -> str:
        expected = self.last.position + 1
        if row.position != expected:
            return f"row {expected} is missing"
        if row.prev != self.last.hash:
            return "it does not follow the row before it"
        if not isinstance(row.text, str):
            return "its text is not text"
        if not same(row.hash, row_hash(self.ledgers.key, row.prev, row.text)):
            return "it is not as it was written, or the key is another"
        if columns_of(json.loads(row.text)) != stored_columns(row):
            return "its columns differ from its text"
        return ""

    def _take(self, row: Row[Any]) -> None:
        found = json.loads(row.text)
        self.last = Head(row.position, row.hash)
        seen = self.seen
        if seen is not None and seen.position == row.position and not same(seen.hash, row.hash):
            self.blame(row.position, "it is another row than the one seen before")
        if found["kind"] == ERASE:
            for position, name in found["body"]["values"]:
                self.erasures[(position, name)] = row.position
        self._check_values(found)
        for other, (position, hash_) in found["beside"].items():
            there = [r.hash for r in self.others[other].seek(position)] or [""]
            if position and not same(there[0], hash_):
                self.accused.append(
                    (other, position, f"it is not the row that {self.chain} {row.position} saw")
                )

    def _check_values(self, found: dict[str, Any]) -> None:
        if not found["erasable"]:
            return
        position = found["position"]
        stored = {r.name: r for r in self.kept.seek(position)}
        for name, digest in found["erasable"].items():
            value = stored.pop(name, None)
            if value is None:
                self.missing.append((position, name))
            elif not value_holds(value, digest) or value.subject != found["subject"]:
                self.blame(position, f"its erasable value {name!r} was altered")
        if stored:
            self.blame(position, "an erasable value was added to it")

    def _check_head(self) -> None:
        found = self.ledgers.heads(self.connection).get(self.chain)
        if found is None:
            self.blame(self.last.position + 1, "the head is gone")
            return
        head, mac = found
        if not self.ledgers.head_holds(self.chain, head, mac):
            self.blame(self.last.position + 1, "the head was altered, or the key is another")
        elif head.position > self.last.position:
            cut = head.position - self.last.position
            self.blame(self.last.position + 1, f"the tail is cut: {cut} rows are gone")
        elif head != self.last:
            self.blame(head.position + 1, "a row stands behind the head")

    def _check_erasures(self) -> None:
        """A value may be gone only if an erasure says so, and then it must be gone."""
        walked = self.first_bad is None
        for position, name in self.missing if walked else ():
            if (position, name) not in self.erasures:
                self.blame(position, f"its erasable value {name!r} is gone without an erasure")
        if walked:
            self.kept.drain()
            if self.kept.skipped is not None:
                self.blame(self.last.position + 1, "an erasable value belongs to no row")
        if self.erasures:
            for row in stream(self.connection, erasable, self.chain, "position", "name"):
                at = self.erasures.get((row.position, row.name))
                if at is not None:
                    self.blame(row.position, f"its value {row.name!r}, erased at {at}, is back")

    def result(self) -> LedgerCheck:
        """Return what was found."""
        count = select(func.count()).select_from(rows).where(rows.c.chain == self.chain)
        erased = tuple(
            Erased(p, n, self.erasures[(p, n)]) for p, n in self.missing if (p, n) in self.erasures
        )
        return LedgerCheck(
            ledger=self.chain,
            rows=int(self.connection.scalar(count) or 0),
            first_bad=self.first_bad,
            why=self.why,
            erased=erased,
            hash=self.last.hash,
        )
