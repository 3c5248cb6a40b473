"""Rows for the table, one page at a time, and everything about one row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from data_layer.errors import NotFoundError, UsageError
from data_layer.query.filters import Filter
from data_layer.query.orders import Sort, cell_sql, kept_order, parse_sort
from data_layer.query.source import Source
from data_layer.query.verdict import verdict
from data_layer.schema import KEYS, VARIANTS

__all__ = ["Page", "Sort", "page", "parse_sort", "place", "plain_rows", "rows_by_id"]

#: Left out of a page unless asked for: keys that are the same on each row, and the file's text.
_NOT_SHOWN = KEYS | {"info", "format", "sample_text"}
STANDARD: tuple[str, ...] = tuple(c.name for c in VARIANTS.columns if c.name not in _NOT_SHOWN)
MAX_ROWS = 10_000
#: Rows of a page that are held for the next one; a longer page would push out what is of more use.
_HELD_ROWS = 200


@dataclass(frozen=True)
class Page:
    """Rows of one page; ``total`` are the kept calls, ``of`` all the actor may see."""

    rows: list[dict[str, Any]]
    total: int
    of: int


def page(
    source: Source,
    filters: Sequence[Filter],
    sort: Sort,
    offset: int,
    limit: int,
    columns: Sequence[str] | None,
) -> Page:
    """Return ``limit`` rows from place ``offset`` of an order.

    Raises:
        UsageError: the limits are negative or ask for more than 10,000 rows.
    """
    if offset < 0 or not 0 <= limit <= MAX_ROWS:
        raise UsageError("PAGE", "page", f"offset {offset}, limit {limit}", f"At most {MAX_ROWS}.")
    every = kept_order(source, filters, sort)
    ids = every[offset : offset + limit]
    names = tuple(columns or STANDARD)
    rows = _fetch(source, [int(i) for i in ids], names)
    return Page(rows, len(every), verdict(source, filters).left[0])


@dataclass(frozen=True)
class _Row:
    cells: dict[str, Any]

    @property
    def nbytes(self) -> int:
        return 96 * len(self.cells) + 512


def _fetch(source: Source, ids: Sequence[int], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows in the order of ``ids``; a row of another page before is not read again."""
    keys = {i: (source.key, "row", names, i) for i in ids}
    held = {i: row.cells for i, k in keys.items() if isinstance(row := source.cache.peek(k), _Row)}
    fresh = rows_by_id(source, [i for i in ids if i not in held], names)
    if len(ids) <= _HELD_ROWS:
        for i, cells in fresh.items():
            source.cache.put(keys[i], _Row(cells))
    held |= fresh
    return [dict(held[i]) for i in ids]


def place(source: Source, row_id: int, filters: Sequence[Filter], sort: Sort) -> int | None:
    """Return where a row stands in an order, from 0; None when a filter removed it."""
    if not 0 <= row_id < source.size or not verdict(source, filters).kept[row_id]:
        return None
    found = np.flatnonzero(kept_order(source, filters, sort) == row_id)
    return int(found[0]) if len(found) else None


def rows_by_id(
    source: Source, ids: Sequence[int], columns: Sequence[str]
) -> dict[int, dict[str, Any]]:
    """Return rows by row_id; a row out of the actor's sight is not among them."""
    if not ids:
        return {}
    names = dict.fromkeys(("row_id", "vid", *columns))
    cells = ", ".join(f"{cell_sql(source, n)} as c{i}" for i, n in enumerate(names))
    rows = source.variants
    sql = f"select {cells} from {rows.sql} where row_id in (select unnest($ids::bigint[]))"
    table = source.database.table(sql, dict(rows.params) | {"ids": list(ids)})
    found = plain_rows(table.rename_columns(list(names)))
    return {row["row_id"]: row for row in found}


def plain_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Return rows that JSON can hold: no NaN, and single-precision numbers as people wrote them."""
    columns = []
    for name in table.column_names:
        column = table.column(name)
        kind = column.type
        values = column.to_pylist()
        if pa.types.is_floating(kind):
            values = [_plain(v, kind) for v in values]
        elif pa.types.is_list(kind) and pa.types.is_floating(kind.value_type):
            inner = kind.value_type
            values = [None if v is None else [_plain(x, inner) for x in v] for v in values]
        columns.append(values)
    names = table.column_names
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(value: float | None, kind: pa.DataType) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    # NumPy's text of a float32 is the shortest that reads back as the same one.
    return float(str(np.float32(value))) if pa.types.is_float32(kind) else float(value)


def check_row(source: Source, row_id: int) -> None:
    """Refuse a row that is not there or not in the actor's sight, in the same words.

    Raises:
        NotFoundError: there is no such row among those the actor may see.
    """
    if not 0 <= row_id < source.size or not bool(source.present()[row_id]):
        raise NotFoundError("ROW", f"row {row_id}", "no such call in this case")
