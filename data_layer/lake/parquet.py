"""Parquet files at the lake's door: written, checked, described."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_layer.errors import LakeError
from data_layer.lake.failure import disk
from data_layer.schema import SCHEMA_VERSION, TABLES, check

#: Rows of a row group. A page of 50 scattered rows unpacks 50 groups of each column it shows, so
#: small groups are quick to pick from; half of this gains a seventh more and makes larger files.
ROW_GROUP = 16_384
#: Points and cells are read by ranges, never by rows.
ROW_GROUPS = {"signals": 122_880, "signal_tiles": 122_880}
#: Rows held while a file is written or joined, about.
HELD = 8 * ROW_GROUP
#: Columns with about as many values as rows: a dictionary of them is written for nothing.
UNIQUE = frozenset({"row_id", "record", "start", "end", "gpos", "x", "vid", "id", "hgvsc", "info"})
#: Columns whose ranges go into the log. Never names or free text: the log cannot be erased.
RANGED = ("row_id", "chrom", "start", "rows", "supersedes")


@dataclass(frozen=True)
class Part:
    """A staged file of one table: rows, bytes, and its column ranges."""

    path: Path
    rows: int
    size: int
    ranges: dict[str, tuple[Any, Any]]
    nulls: dict[str, int]
    keys: Mapping[str, str] = field(default_factory=dict)

    def under(self, keys: Mapping[str, str]) -> Part:
        """Return the same file with the values of its partition columns."""
        return replace(self, keys=keys)

    @property
    def stats(self) -> str:
        """The statistics that the log keeps for the file, as Delta's JSON."""
        kept = {n: r for n, r in self.ranges.items() if n in RANGED}
        return json.dumps(
            {
                "numRecords": self.rows,
                "minValues": {n: r[0] for n, r in kept.items()},
                "maxValues": {n: r[1] for n, r in kept.items()},
                "nullCount": {n: c for n, c in self.nulls.items() if n in RANGED},
            }
        )


def write(table: str, data: pa.Table | pa.RecordBatchReader, path: Path) -> Part:
    """Write rows as the table's stored columns and return the file's description.

    Raises:
        LakeError: LAKE-SCHEMA for other columns or nulls in required ones, LAKE-FULL on a full disk.
    """  # noqa: E501
    stored = TABLES[table].stored
    with disk(path.name), _writer(path, stored) as out:
        for rows in _groups(data, _held(table)):
            out.write_table(_as_stored(table, rows), row_group_size=_row_group(table))
    return describe(table, path)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a file whose ascending numbers are kept as differences, its repeated values once."""
    unique = [f for f in schema if f.name in UNIQUE]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=[_leaf(f) for f in schema if f.name not in UNIQUE],
        column_encoding={
            f.name: "DELTA_BINARY_PACKED" for f in unique if pa.types.is_integer(f.type)
        },
    )


def _row_group(table: str) -> int:
    return ROW_GROUPS.get(table, ROW_GROUP)


def _leaf(field: pa.Field) -> str:
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name


def _held(table: str) -> int:
    """Rows held at once: a whole number of row groups."""
    return HELD - HELD % _row_group(table)


def _groups(data: pa.Table | pa.RecordBatchReader, size: int) -> Iterator[pa.Table]:
    if isinstance(data, pa.Table):
        data = data.to_reader(size)
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in data:
        held.append(batch)
        count += batch.num_rows
        if count >= size:
            rows = pa.Table.from_batches(held)
            whole = count - count % size
            yield rows.slice(0, whole)
            held = rows.slice(whole).to_batches()
            count -= whole
    yield pa.Table.from_batches(held, data.schema)


def _as_stored(table: str, rows: pa.Table) -> pa.Table:
    stored = TABLES[table].stored
    rows = rows.drop_columns([n for n in rows.column_names if n in TABLES[table].partition])
    if "schema_version" not in rows.column_names:
        version = pa.array([SCHEMA_VERSION] * rows.num_rows, pa.int16())
        rows = rows.append_column("schema_version", version)
    if table == "cases" and "supersedes" not in rows.column_names:
        rows = rows.append_column("supersedes", pa.nulls(rows.num_rows, pa.string()))
    check(table, rows.schema)
    rows = rows.select(stored.names)
    holes = [f.name for f in stored if not f.nullable and rows[f.name].null_count]
    if holes:
        raise _holes(table, holes)
    return rows.cast(stored)


def _holes(table: str, names: list[str]) -> LakeError:
    return LakeError("LAKE-SCHEMA", f"table {table}", f"{', '.join(names)} must not be empty")


def describe(table: str, path: Path) -> Part:
    """Check a Parquet file against the table and return its description, from its footer alone.

    Raises:
        LakeError: LAKE-SCHEMA when the columns differ or a required one has nulls.
    """
    schema, footer = _footer(path)
    check(table, schema)
    ranges, nulls = _ranges(footer)
    needed = [c.name for c in TABLES[table].columns if c.required]
    holes = [n for n in needed if nulls.get(n)]
    if holes:
        raise _holes(table, holes)
    return Part(path, footer.num_rows, path.stat().st_size, ranges, nulls)


def count(path: Path) -> int:
    """Rows of a file, from its footer.

    Raises:
        LakeError: LAKE-READ when it is no whole Parquet file.
    """
    return int(_footer(path)[1].num_rows)


def _footer(path: Path) -> tuple[pa.Schema, Any]:
    with disk(path.name, "LAKE-READ"):
        try:
            with pq.ParquetFile(path) as file:
                return file.schema_arrow, file.metadata
        except pa.ArrowInvalid as error:
            raise LakeError("LAKE-READ", path.name, f"no Parquet file ({error})") from error


def _ranges(footer: Any) -> tuple[dict[str, tuple[Any, Any]], dict[str, int]]:
    """Ranges and null counts of flat columns; a column that any group leaves out has none."""
    ranges: dict[str, tuple[Any, Any]] = {}
    nulls: dict[str, int] = {}
    whole = dict.fromkeys(RANGED, 0)
    for group in (footer.row_group(i) for i in range(footer.num_row_groups)):
        for column in (group.column(i) for i in range(group.num_columns)):
            name, found = column.path_in_schema, column.statistics
            if "." in name or found is None:
                continue
            if found.has_null_count:
                nulls[name] = nulls.get(name, 0) + found.null_count
            if name in whole and found.has_min_max:
                whole[name] += 1
                low, high = ranges.get(name, (found.min, found.max))
                ranges[name] = (min(low, found.min), max(high, found.max))
    complete = {n: r for n, r in ranges.items() if whole[n] == footer.num_row_groups}
    return complete, nulls


def join(table: str, sources: list[Path], path: Path) -> Part:
    """Join files of one ingest into one, in the order given, with memory for one row group."""
    with disk(path.name), ExitStack() as stack:
        files = [stack.enter_context(pq.ParquetFile(source)) for source in sources]
        schema = files[0].schema_arrow
        batches = (b for f in files for b in f.iter_batches(_held(table)))
        out = stack.enter_context(_writer(path, schema))
        for rows in _groups(pa.RecordBatchReader.from_batches(schema, batches), _held(table)):
            out.write_table(rows, row_group_size=_row_group(table))
    footer = _footer(path)[1]
    return Part(path, footer.num_rows, path.stat().st_size, *_ranges(footer))
