"""The lake itself: open it, read it at a version, write an ingest."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data_layer.errors import LakeError, NotFoundError, Problem
from data_layer.lake import maintenance
from data_layer.lake.delta import DataFile, LogTable
from data_layer.lake.failure import disk
from data_layer.lake.ingest_writer import GRACE_HOURS, IngestWriter
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
        self.tables = {name: LogTable(store, name) for name in COMMIT_ORDER}
        self._rows = Rows(store, settings)
        self._snapshots: OrderedDict[int, Snapshot] = OrderedDict()
        self._polled = (-_POLL_SECONDS, 0)
        self._without_rows: set[tuple[str, str]] = set()
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

    def _files(self, table: str, ingest_id: str) -> tuple[DataFile, ...]:
        """Files of one ingest in the newest state of a table: it is append-only, so any will do."""
        log = self.tables[table]
        files = log.index().get(ingest_id, ())
        if (table, ingest_id) in self._without_rows:
            return ()
        if not files or not all(self.store.has(f.name) for f in files):
            log.refresh()
            files = log.index().get(ingest_id, ())
        if not files:
            self._without_rows.add((table, ingest_id))
        return files

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
        tables = {}
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
        for log in self.tables.values():
            log.add_missing_columns()
        return IngestWriter(self.store, self.tables, case_id, build)

    def verify(self) -> list[Problem]:
        """Everything that is not as the log says: files gone, rows amiss, leftovers."""
        return maintenance.verify(self.store, self.tables)

    def compact(self, *, grace_hours: float = GRACE_HOURS) -> dict[str, int]:
        """Join each ingest's small files and delete what nobody can need after the grace time."""
        return maintenance.compact(self.store, self.tables, grace_hours)
