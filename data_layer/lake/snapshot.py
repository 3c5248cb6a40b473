"""The lake at one version: which ingest is each case's newest, and where its rows lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from data_layer.errors import NotFoundError
from data_layer.lake.delta import DataFile, Index
from data_layer.lake.rows import Rows
from data_layer.lake.store import Store
from data_layer.schema import TABLES


class Files(Protocol):
    """Finds the files of one ingest in a table, those with certain partition values only."""

    def __call__(
        self, table: str, ingest_id: str, keys: Mapping[str, Collection[str]] | None = None
    ) -> tuple[DataFile, ...]:
        """Return the files; ``keys`` names the values wanted of a partition column."""
        ...


@dataclass(frozen=True)
class Scan:
    """Something to put behind FROM, and the values to bind; ask anew for each query.

    An object store's files are local copies that may make room for others after a while.
    """

    sql: str
    params: dict[str, object]


def newest_ingests(index: Index, store: Store) -> dict[str, DataFile]:
    """The file in ``cases`` of each case's newest ingest: the one that no other supersedes."""
    files = [group[-1] for group in index.values()]
    gone = superseded_by(index, store)
    newest: dict[str, DataFile] = {}
    for file in sorted(files, key=lambda f: f.ingest_id):
        if file.ingest_id not in gone:
            newest[file.case_id] = file
    return newest


def superseded_by(index: Index, store: Store) -> set[str | None]:
    """Every ingest that another one replaces."""
    return {_supersedes(group[-1], store) for group in index.values()}


def _supersedes(file: DataFile, store: Store) -> str | None:
    if file.has_supersedes:
        return file.supersedes
    value = Rows(store).read(file)[0]["supersedes"]
    return None if value is None else str(value)


class Snapshot:
    """What a reader at ``version`` sees; never changes, cheap to keep."""

    def __init__(self, version: int, index: Index, files: Files, store: Store, rows: Rows) -> None:
        self.version = version
        self._newest: Mapping[str, DataFile] = newest_ingests(index, store)
        self._files = files
        self._store = store
        self._rows = rows

    def cases(self) -> list[dict[str, Any]]:
        """Newest row of every case, by case_id, with all columns of ``cases``."""
        return self._rows.first(self._newest[case] for case in sorted(self._newest))

    def case(self, case_id: str) -> dict[str, Any]:
        """Newest row of one case.

        Raises:
            NotFoundError: there is no such case at this version.
        """
        return self._rows.first([self._file(case_id)])[0]

    def has(self, case_id: str) -> bool:
        """Say whether there is such a case at this version."""
        return case_id in self._newest

    def samples(self, case_id: str) -> list[dict[str, Any]]:
        """The case's samples, by sample_index: the order of every per-sample list."""
        ingest = self._file(case_id).ingest_id
        rows = [dict(r) for f in self._files("samples", ingest) for r in self._rows.read(f)]
        return sorted(rows, key=lambda r: int(r["sample_index"]))

    def scan(
        self,
        table: str,
        case_id: str,
        *,
        sample_key: str | Collection[str] | None = None,
        signal: str | Collection[str] | None = None,
    ) -> Scan:
        """Rows of the newest ingest of a case, all columns of the table in its order.

        A table kept by sample or signal gives those of ``sample_key`` and ``signal``, one or
        several; None is all. Each file's rows keep their order, samples and signals do not mix.

        Raises:
            NotFoundError: there is no such case at this version.
            LakeError: LAKE-READ with the file's name, when a file is gone.
        """
        ingest = self._file(case_id).ingest_id
        asked = {"sample_key": sample_key, "signal": signal}
        keys = {k: {v} if isinstance(v, str) else set(v) for k, v in asked.items() if v is not None}
        groups = _groups(self._files(table, ingest, keys))
        if not groups:
            return Scan(_empty(table), {})
        params: dict[str, object] = {}
        selects = []
        for number, files in enumerate(groups):
            mark = f"{table}_{number}" if len(groups) > 1 else table
            params[f"{mark}_files"] = [str(self._store.local(f.name, f.size)) for f in files]
            params |= {f"{mark}_{k}": v for k, v in files[0].keys.items()}
            selects.append(_select(table, mark, self._rows.columns(files[0])))
        return Scan(selects[0] if len(selects) == 1 else f"({' UNION ALL '.join(selects)})", params)

    def signal_files(
        self, table: str, case_id: str, *, sample_key: str, signal: str
    ) -> tuple[Path, ...]:
        """Local files of a signal of the newest ingest, for the upkeep of what follows from it.

        Raises:
            NotFoundError: there is no such case at this version.
            LakeError: LAKE-READ with the file's name, when a file is gone.
        """
        keys = {"sample_key": {sample_key}, "signal": {signal}}
        files = self._files(table, self._file(case_id).ingest_id, keys)
        return tuple(self._store.local(f.name, f.size) for f in files)

    def _file(self, case_id: str) -> DataFile:
        try:
            return self._newest[case_id]
        except KeyError:
            raise NotFoundError(
                "CASE-UNKNOWN", f"case {case_id!r}", f"no such case at lake version {self.version}"
            ) from None


def _groups(files: Sequence[DataFile]) -> list[list[DataFile]]:
    """Files with the same partition values together."""
    out: dict[tuple[str, ...], list[DataFile]] = {}
    for file in files:
        out.setdefault(tuple(file.keys.values()), []).append(file)
    return list(out.values())


def _select(table: str, mark: str, held: frozenset[str]) -> str:
    columns = []
    for field in TABLES[table].arrow:
        if field.name in TABLES[table].partition:
            columns.append(f'${mark}_{field.name}::VARCHAR AS "{field.name}"')
        elif field.name in held:
            columns.append(f'"{field.name}"')
        else:
            columns.append(f'CAST(NULL AS {sql_type(field.type)}) AS "{field.name}"')
    source = f"read_parquet(${mark}_files, hive_partitioning=false)"
    return f"(SELECT {', '.join(columns)} FROM {source})"


def _empty(table: str) -> str:
    columns = [f'CAST(NULL AS {sql_type(f.type)}) AS "{f.name}"' for f in TABLES[table].arrow]
    return f"(SELECT {', '.join(columns)} WHERE false)"


_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def sql_type(kind: pa.DataType) -> str:
    """DuckDB's name of an Arrow type that the schema uses."""
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    return _SQL_TYPES[kind]
