"""One ingest: staged files, then a commit that readers see whole or not at all."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from data_layer.errors import InputError, LakeError
from data_layer.lake.delta import ATTEMPTS, LogTable, busy, pause
from data_layer.lake.failure import case_exists, disk
from data_layer.lake.parquet import Part, describe, write
from data_layer.lake.partition import WORD, folder, keys_of
from data_layer.lake.snapshot import newest_ingests
from data_layer.lake.store import Store, move
from data_layer.region import Build
from data_layer.schema import COMMIT_ORDER, TABLES

#: Rows committed longer ago than this without their case may be swept away by compaction.
GRACE_HOURS = 24.0


class IngestWriter:
    """Collects the tables of one ingest; leaving the block without ``commit`` undoes it all.

    ``staging`` is a local folder for the writer's files; a caller may spill there too.
    """

    def __init__(
        self, store: Store, tables: Mapping[str, LogTable], case_id: str, build: Build
    ) -> None:
        if not WORD.fullmatch(case_id):
            raise InputError(
                "CASE-ID",
                f"case {case_id!r}",
                "not a case's name",
                "Use 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit.",
            )
        self.case_id = case_id
        self.build = build
        self.ingest_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        self.staging: Path = store.scratch / self.ingest_id
        self._store = store
        self._tables = tables
        self._parts: dict[str, list[Part]] = {name: [] for name in COMMIT_ORDER}
        self._count = 0
        self._version: int | None = None
        with disk(self.staging.name):
            self.staging.mkdir(parents=True, mode=0o700)

    def __enter__(self) -> IngestWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()

    def abort(self) -> None:
        """Remove what is staged; what is committed stays."""
        shutil.rmtree(self.staging, ignore_errors=True)

    def add(
        self,
        table: str,
        data: pa.Table | pa.RecordBatchReader,
        keys: Mapping[str, str] | None = None,
    ) -> int:
        """Stage rows and return how many; partition columns and ``schema_version`` may be left out.

        ``keys`` names the other columns that a table is kept by, such as ``sample_key``.

        Raises:
            LakeError: LAKE-SCHEMA when the columns are not the table's, LAKE-KEYS, LAKE-FULL.
        """
        target, whole = self._next(table, keys)
        return self._stage(table, write(table, data, target), whole)

    def adopt(self, table: str, path: Path, keys: Mapping[str, str] | None = None) -> int:
        """Take over a Parquet file of the table's stored columns and return its rows.

        Raises:
            LakeError: LAKE-SCHEMA when the columns are not the table's, LAKE-KEYS; the file stays.
        """
        describe(table, path)
        target, whole = self._next(table, keys)
        move(path, target)
        return self._stage(table, describe(table, target), whole)

    def _next(self, table: str, keys: Mapping[str, str] | None) -> tuple[Path, dict[str, str]]:
        if table not in TABLES:
            raise LakeError("LAKE-SCHEMA", f"table {table}", "there is no such table")
        if self._version is not None:
            raise LakeError("LAKE-STATE", f"ingest {self.ingest_id}", "already committed")
        whole = keys_of(table, self.case_id, self.ingest_id, keys)
        self._count += 1
        return self.staging / f"{table}-{self._count:05d}.parquet", whole

    def _stage(self, table: str, part: Part, keys: dict[str, str]) -> int:
        if part.rows:
            self._parts[table].append(part.under(keys))
        else:
            part.path.unlink()
        return part.rows

    def commit(self, *, replace: bool = True) -> int:
        """Make the ingest the case's newest and return the lake version that holds it.

        Every table is committed before ``cases``; when anything fails before that last commit,
        no reader sees any of it.

        Raises:
            InputError: CASE-EXISTS, the case is there and ``replace`` is false; of two writers
                of a new case the second gets this too.
            ConflictError: LAKE-BUSY, other writers came first too often.
            LakeError: LAKE-ROWS when counts disagree, LAKE-FULL, LAKE-WRITE.
        """
        if self._version is not None:
            return self._version
        row = self._case_row()
        began = time.time()
        for name in COMMIT_ORDER:
            if name != "cases" and self._parts[name]:
                self._append(name, self._parts[name])
        self._version = self._join(row, began, replace)
        self.abort()
        return self._version

    def _case_row(self) -> pa.Table:
        where = f"case {self.case_id}"
        parts = self._parts["cases"]
        if len(parts) != 1 or parts[0].rows != 1:
            raise LakeError("LAKE-CASE", where, "an ingest needs exactly one row in cases")
        with pq.ParquetFile(parts[0].path) as file:
            row = file.read()
        if row["build"][0].as_py() != self.build.value:
            raise LakeError("LAKE-CASE", where, f"cases says another build than {self.build}")
        rows = sum(p.rows for p in self._parts["variants"])
        if row["rows"][0].as_py() != rows:
            raise LakeError(
                "LAKE-ROWS", where, f"cases.rows is {row['rows'][0]}, variants holds {rows}"
            )
        spans = [p.ranges["row_id"] for p in self._parts["variants"] if "row_id" in p.ranges]
        low, high = min((s[0] for s in spans), default=0), max((s[1] for s in spans), default=-1)
        if spans and (low, high) != (0, rows - 1):
            raise LakeError("LAKE-ROWS", where, f"row_id runs from {low} to {high}, rows: {rows}")
        return row

    def _append(self, table: str, parts: list[Part]) -> None:
        log = self._tables[table]
        log.refresh()
        actions = [self._place(table, part, number) for number, part in enumerate(parts)]
        for attempt in range(ATTEMPTS):
            try:
                with disk(f"table {table}"):
                    log.commit(actions, self._note())
                return
            except CommitFailedError:
                log.refresh()
                if self.ingest_id in log.index():
                    return
                pause(attempt)
            except LakeError:
                self._take_back(log, actions)
                raise
        self._take_back(log, actions)
        raise busy(f"table {table}")

    def _join(self, row: pa.Table, began: float, replace: bool) -> int:
        """Commit the row in ``cases``, superseding whatever is newest at that very version."""
        log = self._tables["cases"]
        action: AddAction | None = None
        superseded: str | None = None
        for attempt in range(ATTEMPTS):
            base = log.refresh()
            if self.ingest_id in log.index():
                return self._found(log)
            if time.time() - began > GRACE_HOURS * 1800:
                raise LakeError("LAKE-LATE", f"case {self.case_id}", "the commit took too long")
            newest = newest_ingests(log.index(), self._store).get(self.case_id)
            latest = newest.ingest_id if newest else None
            if latest and not replace:
                self._drop(log, action)
                raise case_exists(self.case_id)
            try:
                with disk("table cases"):
                    if action is None or latest != superseded:
                        self._drop(log, action)
                        superseded = latest
                        action = self._case_file(row, superseded, attempt)
                    return log.commit([action], self._note(row), on=base)
            except CommitFailedError:
                pause(attempt)
            except LakeError:
                if self._landed(log):
                    return self._found(log)
                self._drop(log, action)
                raise
        self._drop(log, action)
        raise busy(f"case {self.case_id}")

    def _case_file(self, row: pa.Table, supersedes: str | None, attempt: int) -> AddAction:
        index = row.column_names.index("supersedes")
        row = row.set_column(index, "supersedes", pa.array([supersedes], pa.string()))
        part = write("cases", row, self.staging / f"case-{attempt}.parquet")
        keys = keys_of("cases", self.case_id, self.ingest_id, None)
        return self._place("cases", part.under(keys), attempt)

    def _place(self, table: str, part: Part, number: int) -> AddAction:
        name = f"{folder(part.keys)}/part-{number:05d}.parquet"
        self._store.place(part.path, f"{table}/{name}")
        return AddAction(
            name, part.size, dict(part.keys), int(time.time() * 1000), True, part.stats
        )

    def _note(self, row: pa.Table | None = None) -> dict[str, str]:
        note = {"caseId": self.case_id, "ingestId": self.ingest_id}
        return note if row is None else {**note, "rows": str(row["rows"][0].as_py())}

    def _landed(self, log: LogTable) -> bool:
        """Say whether a commit that reported a failure is in the log all the same."""
        log.refresh()
        return self.ingest_id in log.index()

    def _found(self, log: LogTable) -> int:
        for record in log.history():
            if record.get("ingestId") == self.ingest_id:
                return int(record["version"])
        raise LakeError("LAKE-READ", "table cases", "the log lost a commit")

    def _take_back(self, log: LogTable, actions: list[AddAction]) -> None:
        if not self._landed(log):
            for action in actions:
                self._store.remove(f"{log.name}/{action.path}")

    def _drop(self, log: LogTable, action: AddAction | None) -> None:
        if action is not None:
            self._take_back(log, [action])
