"""One Delta table: its log, the files it names, and commits to it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from data_layer.errors import ConflictError, LakeError
from data_layer.lake.failure import disk
from data_layer.lake.store import Store
from data_layer.schema import TABLES

#: Old versions stay readable for good: the log is never cleaned.
CONFIGURATION = {"delta.enableExpiredLogCleanup": "false"}
ATTEMPTS = 60


@dataclass(frozen=True)
class DataFile:
    """A Parquet file that a table's log names; ``name`` is relative to the lake's root."""

    name: str
    size: int
    rows: int
    keys: Mapping[str, str] = field(hash=False)
    changed: float
    supersedes: str | None = None
    has_supersedes: bool = False
    variants: int | None = None

    @property
    def case_id(self) -> str:
        """The case of a table that is kept by case, empty for others."""
        return self.keys.get("case_id", "")

    @property
    def ingest_id(self) -> str:
        """The ingest that wrote the file."""
        return self.keys["ingest_id"]

    def has(self, keys: Mapping[str, Collection[str]]) -> bool:
        """Say whether each of these keys has one of the values given for it."""
        return all(self.keys.get(name) in values for name, values in keys.items())


Index = Mapping[str, tuple[DataFile, ...]]


class LogTable:
    """A table's newest known state, reused and brought up to date; safe for threads."""

    def __init__(self, store: Store, name: str, version: int | None = None) -> None:
        self.name = name
        self.store = store
        self._lock = threading.RLock()
        self._index: tuple[int, Index] | None = None
        with disk(f"table {name}", "LAKE-READ"):
            self._table = DeltaTable(
                store.uri(name), version=version, storage_options=store.options
            )

    @classmethod
    def opened(cls, store: Store, name: str) -> LogTable | None:
        """Return the table, or None when an older lake has none of this name."""
        try:
            return cls(store, name)
        except LakeError as error:
            if isinstance(error.__cause__, TableNotFoundError):
                return None
            raise

    @classmethod
    def create(cls, store: Store, name: str) -> None:
        """Make an empty table unless there is one."""
        table = TABLES[name]
        try:
            DeltaTable.create(
                store.uri(name),
                DeltaSchema.from_arrow(table.arrow),
                mode="ignore",
                partition_by=list(table.partition),
                name=name,
                description=table.meaning,
                configuration=CONFIGURATION,
                storage_options=store.options,
            )
        except (DeltaError, OSError) as error:
            if not cls.exists(store, name):
                with disk(f"table {name}"):
                    raise error

    @staticmethod
    def exists(store: Store, name: str) -> bool:
        """Say whether the table is there."""
        try:
            return bool(DeltaTable.is_deltatable(store.uri(name), store.options))
        except TableNotFoundError:
            return False

    @property
    def version(self) -> int:
        """Version of the state held now; look, do not ask storage."""
        return self._table.version()

    def newest(self) -> int:
        """Ask storage for the newest version: one look when nothing changed."""
        version = self.version
        while self.store.has(f"{self.name}/_delta_log/{version + 1:020d}.json"):
            version += 1
        return version

    def refresh(self) -> int:
        """Bring the state up to the newest version and return it."""
        with self._lock, disk(f"table {self.name}", "LAKE-READ"):
            self._table.update_incremental()
            return self.version

    def index(self) -> Index:
        """Files of the state held now, by ingest, in the order in which they were numbered."""
        return self.state()[1]

    def state(self) -> tuple[int, Index]:
        """Version and files of the state held now: of one state, whatever other threads do."""
        with self._lock:
            version = self.version
            if self._index is None or self._index[0] != version:
                with disk(f"table {self.name}", "LAKE-READ"):
                    self._index = (version, _index(self.name, self._table))
            return self._index

    def history(self) -> list[dict[str, Any]]:
        """Commit records of the log, newest first."""
        with self._lock, disk(f"table {self.name}", "LAKE-READ"):
            self._table.update_incremental()
            return self._table.history()

    def commit(
        self,
        actions: Sequence[AddAction | RemoveAction],
        note: Mapping[str, str] | None = None,
        *,
        on: int | None = None,
    ) -> int:
        """Commit and return the version of the state that holds the actions.

        With ``on`` the commit becomes version ``on + 1`` or fails; without it, only a commit
        that touches the same files is in the way.

        Raises:
            CommitFailedError: somebody else committed first.
        """
        properties = CommitProperties(
            custom_metadata=dict(note or {}), max_commit_retries=None if on is None else 0
        )
        with self._lock:
            if on is not None and self.version != on:
                raise CommitFailedError("the table moved on")
            self._table.create_write_transaction(
                list(actions),
                "append",
                self._table.schema(),
                partition_by=list(TABLES[self.name].partition),
                commit_properties=properties,
            )
            self._table.update_incremental()
            return self.version if on is None else on + 1

    def released(self, since: float) -> dict[str, float]:
        """Files that commits after ``since`` took out of the table, and when, by name."""
        out: dict[str, float] = {}
        for name, stored in self.store.listed(f"{self.name}/_delta_log").items():
            if not name.endswith(".json") or stored.changed < since:
                continue
            text = self.store.local(name, stored.size).read_text(encoding="utf-8")
            for action in map(json.loads, filter(None, text.splitlines())):
                if "remove" in action:
                    gone = action["remove"]
                    path = f"{self.name}/{unquote(gone['path'])}"
                    out[path] = gone.get("deletionTimestamp", 0) / 1000
        return out

    def add_missing_columns(self) -> None:
        """Give an older table the columns that the schema has gained since."""
        if not self._missing():
            return
        with self._lock, disk(f"table {self.name}"):
            self._table.update_incremental()
            fields = [field.with_nullable(True) for field in self._missing()]
            if fields:
                self._table.alter.add_columns(DeltaSchema.from_arrow(pa.schema(fields)).fields)
                self._table.update_incremental()

    def _missing(self) -> list[pa.Field]:
        known = {field.name for field in self._table.schema().fields}
        return [field for field in TABLES[self.name].arrow if field.name not in known]


def _index(name: str, table: DeltaTable) -> Index:
    adds = pa.table(table.get_add_actions(flatten=True))
    parts = TABLES[name].partition
    column = {
        key: adds[key].to_pylist() if key in adds.column_names else [None] * adds.num_rows
        for key in (
            "path",
            "size_bytes",
            "num_records",
            "modification_time",
            *(f"partition.{part}" for part in parts),
            "min.supersedes",
            "null_count.supersedes",
            "min.rows",
        )
    }
    out: dict[str, list[DataFile]] = {}
    for path, size, rows, changed, *values, old, nulls, variants in zip(
        *column.values(), strict=True
    ):
        file = DataFile(
            f"{name}/{path}",
            size,
            rows or 0,
            dict(zip(parts, values, strict=True)),
            changed / 1000,
            old,
            old is not None or nulls is not None,
            variants,
        )
        out.setdefault(file.ingest_id, []).append(file)
    return {key: tuple(sorted(files, key=lambda f: f.name)) for key, files in out.items()}


def pause(attempt: int) -> None:
    """Wait a random while that grows with the attempts made, one second at most."""
    time.sleep(random.uniform(0.002, min(1.0, 0.02 * 1.5**attempt)))


def busy(where: str) -> LakeError:
    """The error for a commit that lost every race."""
    return ConflictError(
        "LAKE-BUSY",
        where,
        f"other writers came first {ATTEMPTS} times",
        "Nothing was changed; try again.",
    )


__all__ = ["ATTEMPTS", "CommitFailedError", "DataFile", "Index", "LogTable", "busy", "pause"]
