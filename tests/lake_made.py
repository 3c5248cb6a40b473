"""Small tables for lake tests, with every column filled with something that can be told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from data_layer.lake import Lake, Snapshot
from data_layer.region import Build
from data_layer.schema import TABLES

WHEN = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def value(kind: pa.DataType, at: int) -> Any:
    if pa.types.is_list(kind):
        return [value(kind.value_type, at), value(kind.value_type, at + 1)]
    if pa.types.is_boolean(kind):
        return at % 2 == 0
    if pa.types.is_integer(kind):
        return at % 100
    if pa.types.is_floating(kind):
        return at / 4
    if pa.types.is_timestamp(kind):
        return WHEN
    return f"t{at}"


def rows(table: str, count: int, *, mark: int = 0) -> pa.Table:
    """``count`` rows of a table's stored columns; ``mark`` makes one ingest unlike another."""
    stored = TABLES[table].stored
    columns = []
    for field in stored:
        if field.name in ("row_id", "sample_index", "ordinal"):
            cells: list[Any] = list(range(count))
        elif field.name == "start":
            cells = [1_000 * mark + i for i in range(count)]
        else:
            cells = [value(field.type, mark + i) for i in range(count)]
        columns.append(pa.array(cells, field.type))
    return pa.table(columns, schema=stored)


def case_row(variants: int, *, name: str = "Case", build: Build = Build.GRCH38) -> pa.Table:
    """A row for ``cases`` without the columns that the writer fills in."""
    known = {
        "name": name,
        "kind": "rare",
        "build": build.value,
        "created": WHEN,
        "rows": variants,
        "hpo": ["HP:0001250"],
        "manifest": "{}",
        "sources": '[{"name": "a.vcf"}]',
    }
    left_out = {"schema_version", "supersedes"}
    fields = [f for f in TABLES["cases"].stored if f.name not in left_out]
    return pa.table(
        [pa.array([known.get(f.name)], f.type) for f in fields], schema=pa.schema(fields)
    )


def ingest(lake: Lake, case_id: str, count: int, *, mark: int = 0, samples: int = 2) -> int:
    """Commit an ingest of ``count`` variants and return its lake version."""
    with lake.begin(case_id, build=Build.GRCH38) as writer:
        writer.add("variants", rows("variants", count, mark=mark))
        writer.add("consequences", rows("consequences", count, mark=mark))
        writer.add("samples", rows("samples", samples, mark=mark))
        writer.add("cases", case_row(count, name=f"n{mark}"))
        return writer.commit()


def fetch(snapshot: Snapshot, table: str, case_id: str, sql: str = "*") -> list[tuple[Any, ...]]:
    """Rows of a scan as DuckDB gives them."""
    scan = snapshot.scan(table, case_id)
    with duckdb.connect() as con:
        return con.execute(f"SELECT {sql} FROM {scan.sql}", scan.params).fetchall()


def starts(snapshot: Snapshot, case_id: str) -> list[int]:
    """Starts of a case's variants, which tell its ingests apart."""
    return [r[0] for r in fetch(snapshot, "variants", case_id, '"start"')]
