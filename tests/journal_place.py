"""A place for a journal in tests, with a back door for tampering past its triggers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data_layer.journal import Journal, default_url, open_journal

KEY = "a key of the tests, long enough"


@dataclass(frozen=True)
class Place:
    """Address and key of a journal; ``file`` is set for SQLite."""

    url: str
    key: str
    file: Path | None = None

    @classmethod
    def in_folder(cls, folder: Path) -> Place:
        return cls(default_url(folder), "", folder / "journal.db")

    def open(self) -> Journal:
        return open_journal(self.url, key=self.key)

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement as a database user would, triggers in force."""
        return self._run(statement, values, guarded=True)

    def tamper(self, statement: str, **values: Any) -> int:
        """Run a statement past the triggers; returns the rows changed."""
        return len(self._run(statement + " RETURNING 1", values, guarded=False))

    def _run(
        self, statement: str, values: dict[str, Any], *, guarded: bool
    ) -> list[tuple[Any, ...]]:
        if self.file is not None:
            return self._sqlite(statement, values, guarded=guarded)
        engine = sa.create_engine(self.url)
        try:
            with engine.begin() as connection:
                if not guarded:
                    connection.execute(sa.text("SET session_replication_role = replica"))
                found = connection.execute(sa.text(statement), values)
                return [tuple(r) for r in found] if found.returns_rows else []
        finally:
            engine.dispose()

    def _sqlite(
        self, statement: str, values: dict[str, Any], *, guarded: bool
    ) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(str(self.file), isolation_level=None)) as raw:
            raw.execute("PRAGMA synchronous = OFF")
            triggers: list[tuple[str, str]] = []
            if not guarded:
                triggers = raw.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                ).fetchall()
            for name, _ in triggers:
                raw.execute(f"DROP TRIGGER {name}")
            try:
                return raw.execute(statement, values).fetchall()
            finally:
                for _, made in triggers:
                    raw.execute(made)


def append_many(place: Place, name: str, count: int, together: Any) -> None:
    """Open when all processes are ready, and write when all have opened."""
    together.wait(60)
    with place.open() as journal:
        together.wait(60)
        for i in range(count):
            journal.decide(name, "note", "case1", {"i": i})
            journal.record_access(name, "open", "case1", {"i": i})
