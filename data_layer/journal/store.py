"""Connections to the journal's database, the one lock of its writers, and its migrations."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from data_layer.errors import JournalError
from data_layer.journal.models import REVISION, VERSION_TABLE

#: How long a writer waits for its turn, in milliseconds.
PATIENCE_MS = 30_000
#: Number of the advisory lock that all writers of a PostgreSQL journal share.
LOCK = 0x6E6F7272736B656E & 0x7FFF_FFFF_FFFF_FFFF
SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout={PATIENCE_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA recursive_triggers=ON",
)
#: An acknowledged row survives a crash even where the server's default is weaker.
POSTGRES_TURN = """SELECT
  set_config('lock_timeout', :wait, true),
  CASE WHEN current_setting('synchronous_commit') = 'off'
       THEN set_config('synchronous_commit', 'on', true) END,
  pg_advisory_xact_lock(:lock)"""


class Store:
    """An engine with a reading and a writing door; both turn database errors into ours."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.where = url.render_as_string(hide_password=True)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(journal_write=True)
        self._reader = self.engine
        if not self.is_sqlite:
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._turn = threading.Lock()
        self._file: tuple[int, int] | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one unchanging view of the journal.

        Raises:
            JournalError: it cannot be read.
        """
        try:
            with self._reader.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self.failed("JOURNAL-READ", "cannot be read", error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction as the only writer; its end is on disk before this returns.

        Database errors pass through: the caller knows whether to try again.

        Raises:
            JournalError: the file was removed or replaced under us, so that rows would be lost.
        """
        self._same_file()
        with self._turn if self.is_sqlite else nullcontext(), self._writer.begin() as connection:
            if not self.is_sqlite:
                turn = {"wait": str(PATIENCE_MS), "lock": LOCK}
                connection.execute(text(POSTGRES_TURN), turn)
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Open a connection outside any transaction, for the database's own upkeep."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def failed(self, code: str, what: str, error: Exception) -> JournalError:
        """Return our error for a database's, without values and without a password."""
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()
        fix = "Check the disk, its free space and its rights."
        if not self.is_sqlite:
            fix = "Check that PostgreSQL is up and that this account may use the database."
        return JournalError(
            code, self.where, f"the journal {what} ({reason[0] if reason else 'no reason'})", fix
        )

    def migrate(self, key: bytes) -> None:
        """Bring the tables to this version; of many processes one does it, the others wait.

        Raises:
            JournalError: the database refuses, or a newer Norrsken wrote it.
        """
        try:
            if not self._is_newest():
                from data_layer.journal.upgrade import upgrade  # slow to import, seldom needed

                with self.write() as connection:
                    upgrade(connection, key, self.where)
            self._file = self._stat() if self.is_sqlite else None
        except SQLAlchemyError as error:
            raise self.failed("JOURNAL-OPEN", "cannot be opened", error) from error

    def _is_newest(self) -> bool:
        with self._reader.begin() as connection:
            if not inspect(connection).has_table(VERSION_TABLE):
                return False
            found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
            return bool(found == REVISION)

    def _same_file(self) -> None:
        """Refuse to go on writing into a file that no longer lies where it was opened."""
        if not self.is_sqlite or self._file is None:
            return
        if self._stat() != self._file:
            raise JournalError(
                "JOURNAL-DISK",
                self.where,
                "the journal's file was removed or replaced while it was open",
                "Stop Norrsken, put the file back from a backup, run norrsken audit verify.",
            )

    def _stat(self) -> tuple[int, int] | None:
        try:
            found = os.stat(str(self.url.database))
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def reset(self) -> None:
        """Start over in a forked child: the parent's connections and lock are not ours."""
        self.engine.dispose(close=False)
        self._turn = threading.Lock()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": PATIENCE_MS / 1000}, pool_size=10)
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    try:
        return create_engine(
            url, pool_size=10, pool_pre_ping=True, connect_args={"connect_timeout": 10}
        )
    except ImportError as error:
        raise JournalError(
            "JOURNAL-URL",
            "NORRSKEN_JOURNAL",
            "the PostgreSQL driver is not installed",
            "Install norrsken[postgres].",
        ) from error


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("journal_write") else "BEGIN")
