"""The lake itself: open it, read it at a version, write an ingest."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_layer.errors import LakeError, NotFoundError, Problem
from data_layer.lake import derived, maintenance
from data_layer.lake.delta import DataFile, LogTable
from data_layer.lake.failure import disk
from data_layer.lake.ingest_writer import GRACE_HOURS, IngestWriter
from data_layer.lake.parquet import write
from data_layer.lake.partition import keys_of
from data_layer.lake.rows import Rows
from data_layer.lake.snapshot import Snapshot
from data_layer.lake.store import Store, open_store
from data_layer.region import Build
from data_layer.schema import COMMIT_ORDER
from data_layer.settings import Settings

_SNAPSHOTS = 16
#: Another process's commit to an object store is seen this late at most.
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Commit:
    """One version of the lake: the ingest that made it and its rows in ``variants``."""

    version: int
    when: datetime
    case_id: str
    ingest_id: str
    rows: int


def open_lake(url: str, *, settings: Settings, create: bool = False) -> Lake:
    """Open the lake in a folder or behind ``file://``, ``az://`` or ``s3://``.

    Raises:
        LakeError: LAKE-NONE when there is no lake and ``create`` is false.
        UsageError: LAKE-URL when the address is of another kind.
    """
    store = open_store(url, settings)
    with disk(url, "LAKE-READ"):
        if not LogTable.exists(store, "cases"):
            if not create:
                raise LakeError(
                    "LAKE-NONE", url, "there is no lake here", "Run norrsken demo or ingest first."
                )
            for name in COMMIT_ORDER:
                LogTable.create(store, name)
    return Lake(store, settings)


class Lake:
    """One lake, safe for threads; keep it open, it stays up to date by itself."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.url: str = store.url
        self.root: Path | None = store.root
        self.is_remote: bool = store.is_remote
        self.store = store
        self.tables = {n: log for n in COMMIT_ORDER if (log := LogTable.opened(store, n))}
        self._rows = Rows(store, settings)
        self._snapshots: OrderedDict[int, Snapshot] = OrderedDict()
        self._polled = (-_POLL_SECONDS, 0)
        self._without_rows: set[tuple[str, str]] = set()
        self._opening = threading.Lock()
        self._lock = threading.Lock()

    def newest(self) -> int:
        """Version of the newest commit, for polling: microseconds here, a request a second away."""
        cases = self.tables["cases"]
        now = time.monotonic()
        if self.is_remote and now - self._polled[0] < _POLL_SECONDS:
            return max(self._polled[1], cases.version)
        version = cases.newest()
        self._polled = (now, version)
        return version

    def version(self) -> int:
        """Version of the newest commit.

        Raises:
            LakeError: LAKE-NONE when the lake is gone.
        """
        version = self.newest()
        if not self.store.has(f"cases/_delta_log/{version:020d}.json"):
            raise LakeError("LAKE-NONE", self.url, "there is no lake here any more")
        return version

    def snapshot(self, version: int | None = None) -> Snapshot:
        """The lake as a reader at ``version`` (default: the newest) sees it.

        Raises:
            NotFoundError: LAKE-VERSION, there is no such version.
        """
        cases = self.tables["cases"]
        wanted = self.newest() if version is None else version
        with self._lock:
            if wanted in self._snapshots:
                self._snapshots.move_to_end(wanted)
                return self._snapshots[wanted]
            if wanted > cases.version:
                cases.refresh()
            held, index = cases.state()
            if version is None:
                wanted = held
            if not 0 <= wanted <= held:
                raise NotFoundError(
                    "LAKE-VERSION",
                    f"lake version {wanted}",
                    f"the lake has versions 0 to {held}",
                )
            if wanted != held:
                index = LogTable(self.store, "cases", wanted).index()
            made = Snapshot(wanted, index, self._files, self.store, self._rows)
            self._snapshots[wanted] = made
            while len(self._snapshots) > _SNAPSHOTS:
                self._snapshots.popitem(last=False)
            return made

    def _files(
        self, table: str, ingest_id: str, keys: Mapping[str, Collection[str]] | None = None
    ) -> tuple[DataFile, ...]:
        """Files of one ingest in the newest state of a table: it is append-only, so any will do."""
        if (table, ingest_id) in self._without_rows:
            return ()
        log = self._table(table)
        files = log.index().get(ingest_id, ()) if log else ()
        chosen = tuple(f for f in files if f.has(keys or {}))
        if log and (not files or not all(self.store.has(f.name) for f in chosen)):
            log.refresh()
            files = log.index().get(ingest_id, ())
            chosen = tuple(f for f in files if f.has(keys or {}))
        if not files:
            self._without_rows.add((table, ingest_id))
        return chosen

    def _table(self, name: str) -> LogTable | None:
        """A table, also one that another process has made since; None in an older lake."""
        with self._opening:
            if name not in self.tables and (log := LogTable.opened(self.store, name)):
                self.tables = self.tables | {name: log}
            return self.tables.get(name)

    def _complete(self) -> None:
        """Give an older lake the tables and columns that the schema has gained since."""
        for name in COMMIT_ORDER:
            if self._table(name) is None:
                LogTable.create(self.store, name)
                self._table(name)
        for log in self.tables.values():
            log.add_missing_columns()

    def history(self) -> list[Commit]:
        """Every commit, newest first; the empty version 0 is none."""
        return [
            Commit(
                int(record["version"]),
                datetime.fromtimestamp(record["timestamp"] / 1000, UTC),
                str(record["caseId"]),
                str(record["ingestId"]),
                int(record["rows"]),
            )
            for record in self.tables["cases"].history()
            if "ingestId" in record
        ]

    def info(self) -> dict[str, Any]:
        """Version, and per table its rows, files and bytes."""
        version = self.tables["cases"].refresh()
        tables = {name: {"rows": 0, "files": 0, "bytes": 0} for name in COMMIT_ORDER}
        for name, log in self.tables.items():
            log.refresh()
            files = [f for group in log.index().values() for f in group]
            tables[name] = {
                "rows": sum(f.rows for f in files),
                "files": len(files),
                "bytes": sum(f.size for f in files),
            }
        return {"version": version, "tables": tables}

    def begin(self, case_id: str, *, build: Build) -> IngestWriter:
        """Begin an ingest of a case; a case that is there already gets a newer ingest.

        Raises:
            InputError: CASE-ID, the name is not a case's.
        """
        self._complete()
        return IngestWriter(self.store, self.tables, case_id, build)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A local folder for files on their way, gone when the block ends."""
        folder = self.store.scratch / f"room-{secrets.token_hex(8)}"
        with disk(folder.name):
            folder.mkdir(parents=True, mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put_tiles(
        self,
        case_id: str,
        keys: Mapping[str, str],
        cells: pa.RecordBatchReader,
        *,
        replace: bool = False,
    ) -> int:
        """Give a signal of a case's newest ingest its cells; 0 when it has some and keeps them.

        No version changes: cells follow from the signal's rows.

        Raises:
            NotFoundError: there is no such case.
            LakeError: LAKE-KEYS, LAKE-SCHEMA, LAKE-BUSY, LAKE-FULL, LAKE-WRITE.
        """
        table = "signal_tiles"
        ingest_id = str(self.snapshot().case(case_id)["ingest_id"])
        whole = keys_of(table, case_id, ingest_id, keys)
        self._complete()
        with self.room() as folder:
            part = write(table, cells, folder / "cells.parquet")
            done = derived.put(self.store, self.tables[table], whole, part, replace=replace)
        self._without_rows.discard((table, ingest_id))
        return part.rows if done else 0

    def verify(self) -> list[Problem]:
        """Everything that is not as the log says: files gone, rows amiss, leftovers."""
        return maintenance.verify(self.store, self.tables)

    def compact(self, *, grace_hours: float = GRACE_HOURS) -> dict[str, int]:
        """Join each ingest's small files and delete what nobody can need after the grace time."""
        return maintenance.compact(self.store, self.tables, grace_hours)
