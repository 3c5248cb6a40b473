"""Orders of the table: one int32 a call, stable, missing values last, ties by row."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.errors import InputError
from data_layer.query.clauses import column_sql, person_of
from data_layer.query.fields import FIELDS
from data_layer.query.filters import Filter
from data_layer.query.source import Source
from data_layer.query.verdict import verdict
from data_layer.schema import PER_PERSON, VARIANTS

Sort = Sequence[tuple[str, bool]]
_MAX_SORTS = 8


def parse_sort(text: str) -> tuple[tuple[str, bool], ...]:
    """Read ``rank_score:desc,vaf:SAMPLE:asc`` into (column, descending) pairs.

    Raises:
        InputError: a part says neither asc nor desc.
    """
    out = []
    for part in filter(None, text.split(",")):
        name, _, way = part.rpartition(":")
        if way not in ("asc", "desc") or not name:
            raise InputError("SORT", repr(part), "a sort is column:asc or column:desc")
        out.append((unquote(name), way == "desc"))
    return tuple(out)


def cell_sql(source: Source, name: str) -> str:
    """Return the SQL of a column of the table; ``vaf:SAMPLE`` is one person's entry of a list.

    Raises:
        InputError: there is no such column or person.
    """
    column, colon, person = name.partition(":")
    if colon:
        spec = FIELDS.get(column)
        if spec is None or not spec.per_person or not spec.column:
            raise InputError("COLUMN", repr(name), "not a column of one person")
        return column_sql(spec, person_of(source.info, person))
    try:
        return f'"{VARIANTS.column(column).name}"'
    except KeyError:
        raise InputError("COLUMN", repr(name), "no such column") from None


def order(source: Source, sort: Sort) -> NDArray[np.int32]:
    """Return every visible row_id in an order; no sort is the order of the genome."""
    keys = tuple((str(name), bool(down)) for name, down in sort)
    if len(keys) > _MAX_SORTS:
        raise InputError("SORT", "sort", f"{len(keys)} columns, at most {_MAX_SORTS}")
    return source.cached(("order", keys), lambda: _order(source, keys))


def _order(source: Source, keys: tuple[tuple[str, bool], ...]) -> NDArray[np.int32]:
    if not keys:
        return np.flatnonzero(source.present()).astype(np.int32)
    parts = [
        f"{_sortable(source, name)} {'desc' if down else 'asc'} nulls last" for name, down in keys
    ]
    rows = source.variants
    sql = f"select row_id::int as row_id from {rows.sql} order by {', '.join(parts)}, row_id"
    found: NDArray[np.int32] = source.database.arrays(sql, rows.params)["row_id"]
    return found


def _sortable(source: Source, name: str) -> str:
    """Return what a column is sorted by: of a list over people, the proband's entry."""
    sql = cell_sql(source, name)
    if ":" in name or not pa.types.is_list(VARIANTS.column(name).type):
        return sql
    proband = source.info.proband
    if name in PER_PERSON and proband is not None:
        return f"{sql}[{proband.index + 1}]"
    return f"array_to_string({sql}, ',')"


def kept_order(source: Source, filters: Sequence[Filter], sort: Sort) -> NDArray[np.int32]:
    """Return the row_ids that the filters keep, in an order."""
    keys = tuple((str(name), bool(down)) for name, down in sort)
    steps = tuple(filters)
    if not steps:
        return order(source, keys)
    return source.cached(("kept", steps, keys), lambda: _kept(source, steps, keys))


def _kept(
    source: Source, steps: tuple[Filter, ...], keys: tuple[tuple[str, bool], ...]
) -> NDArray[np.int32]:
    kept = verdict(source, steps).kept
    if not keys:
        return np.flatnonzero(kept).astype(np.int32)
    every = order(source, keys)
    return every[kept[every]]
