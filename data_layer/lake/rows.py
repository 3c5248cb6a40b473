"""Small tables as Python rows: ``cases`` and ``samples``, kept in bounded memory."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_layer.compute import run
from data_layer.lake.delta import DataFile
from data_layer.lake.failure import missing
from data_layer.lake.store import Store
from data_layer.schema import TABLES
from data_layer.settings import Settings

LIMIT = 64 << 20
#: Small files fetched at once from an object store: waiting costs no processor.
REMOTE_READS = 16


class Rows:
    """Reads whole small files; files never change, so what was read stays true."""

    def __init__(self, store: Store, settings: Settings | None = None) -> None:
        self._store = store
        here = settings.threads if settings else 1
        self._settings = Settings(threads=REMOTE_READS if store.is_remote else here)
        self._held: OrderedDict[str, tuple[int, list[dict[str, Any]]]] = OrderedDict()
        self._columns: dict[str, frozenset[str]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def first(self, files: Iterable[DataFile]) -> list[dict[str, Any]]:
        """Return a copy of the first row of each file, in order."""
        wanted = list(files)
        unread = [f for f in wanted if f.name not in self._held]
        run([partial(self.read, f) for f in unread], settings=self._settings)
        return [dict(self.read(f)[0]) for f in wanted]

    def read(self, file: DataFile) -> list[dict[str, Any]]:
        """Return a file's rows with the keys and every column of the table; do not change them."""
        with self._lock:
            if file.name in self._held:
                self._held.move_to_end(file.name)
                return self._held[file.name][1]
        rows = self._parse(file)
        size = sum(_size(value) for row in rows for value in row.values())
        with self._lock:
            if file.name not in self._held:
                self._held[file.name] = (size, rows)
                self._bytes += size
            while self._bytes > LIMIT and len(self._held) > 1:
                _, (dropped, _rows) = self._held.popitem(last=False)
                self._bytes -= dropped
        return rows

    def _parse(self, file: DataFile) -> list[dict[str, Any]]:
        table = file.name.split("/", 1)[0]
        try:
            with pq.ParquetFile(self._store.local(file.name, file.size)) as source:
                found = source.read().to_pylist()
        except (OSError, pa.ArrowInvalid) as error:
            raise missing(file.name) from error
        blank: dict[str, Any] = dict.fromkeys(TABLES[table].arrow.names)
        return [{**blank, **row, **file.keys} for row in found]

    def columns(self, file: DataFile) -> frozenset[str]:
        """Names of the columns that a file holds."""
        held = self._columns.get(file.name)
        if held is None:
            try:
                schema = pq.read_schema(self._store.local(file.name, file.size))
            except (OSError, pa.ArrowInvalid) as error:
                raise missing(file.name) from error
            held = self._columns[file.name] = frozenset(schema.names)
        return held


def _size(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_size, value)) + 64
    return sys.getsizeof(value)
