"""One DuckDB for the process, a cursor for each thread, nothing from the network."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.settings import Settings

Params = Mapping[str, object]


class Database:
    """Runs SQL with bound, named values; memory and threads are bounded by the settings."""

    def __init__(self, settings: Settings) -> None:
        self._main = duckdb.connect(
            ":memory:",
            config={
                "threads": settings.threads,
                "memory_limit": f"{settings.memory_mb}MiB",
                "autoinstall_known_extensions": False,
            },
        )
        self._spill = tempfile.TemporaryDirectory(prefix="norrsken-")
        self._main.execute("set enable_progress_bar = false")
        self._main.execute("set temp_directory = $folder", {"folder": self._spill.name})
        self._main.execute("set parquet_metadata_cache = true")
        self._local = threading.local()

    def rows(self, sql: str, params: Params) -> list[tuple[Any, ...]]:
        """Return all rows of an answer as tuples."""
        return self._cursor().execute(sql, dict(params)).fetchall()

    def arrays(
        self, sql: str, params: Params, tables: Mapping[str, pa.Table] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Return an answer as one array a column; the query must leave no nulls.

        ``tables`` can be named in the SQL for this one query.
        """
        cursor = self._cursor()
        for name, table in (tables or {}).items():
            cursor.register(name, table)
        try:
            found = cursor.execute(sql, dict(params)).fetchnumpy()
        finally:
            for name in tables or {}:
                cursor.unregister(name)
        return {name: np.ma.getdata(column) for name, column in found.items()}

    def table(self, sql: str, params: Params) -> pa.Table:
        """Return an answer as an Arrow table."""
        return self._cursor().sql(sql, params=dict(params)).to_arrow_table()

    @contextmanager
    def stream(
        self, sql: str, params: Params, size: int, tables: Mapping[str, pa.Table] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Yield an answer in batches of at most about ``size`` rows, on a cursor of its own."""
        cursor = self._main.cursor()
        try:
            for name, table in (tables or {}).items():
                cursor.register(name, table)
            yield cursor.sql(sql, params=dict(params)).to_arrow_reader(size)
        finally:
            cursor.close()

    def close(self) -> None:
        """End every query and free the memory."""
        self._main.close()
        self._spill.cleanup()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._main.cursor()
        return cursor
