"""Exports: exactly the rows shown, streamed in pieces, with what they are written at the top."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data_layer.errors import InputError
from data_layer.query.filters import Filter, filters_url
from data_layer.query.funnel import funnel
from data_layer.query.orders import Sort, cell_sql, kept_order
from data_layer.query.source import Source
from data_layer.query.variants import STANDARD
from data_layer.query.vcf import Sink, write_vcf
from data_layer.schema import KEYS, PER_PERSON, VARIANTS

FORMATS: tuple[str, ...] = ("csv", "parquet", "vcf", "json")
#: Rows held at once.
BATCH = 20_000
#: How a text begins that a spreadsheet runs; a signed number and a lone dash are none.
_FORMULA = r"^[=@\t\r]|^[+-].*[^0-9.eE+-]"
_PIECE = re.compile(r"([,;\t]\s*\"?\s*)([=+@-])")
_EVERY = tuple(c.name for c in VARIANTS.columns if c.name not in KEYS)


@dataclass(frozen=True)
class Cell:
    """One column of an export: its name, the SQL that gives it, what it means."""

    name: str
    sql: str
    meaning: str = ""


def export(
    source: Source,
    filters: Sequence[Filter],
    sort: Sort,
    columns: Sequence[str] | None,
    fmt: str,
    out: Sink,
) -> int:
    """Write the kept calls and return how many rows (for VCF, records) were written.

    A VCF holds whole records of the files in genome order, whatever ``sort`` and ``columns``
    say; the others hold one row a call, in the order asked for.

    Raises:
        InputError: no such format or column.
    """
    if fmt not in FORMATS:
        raise InputError("FORMAT", repr(fmt), "no such format", f"Use {', '.join(FORMATS)}.")
    notes = description(source, filters)
    if fmt == "vcf":
        return write_vcf(source, filters, notes, out)
    ids = kept_order(source, filters, sort)
    if fmt == "csv":
        return _csv(source, ids, _spread(source, columns or STANDARD), notes, out)
    names = list(dict.fromkeys(columns or _EVERY))
    cells = [Cell(n, cell_sql(source, n), _meaning(n)) for n in names]
    if fmt == "json":
        return _json(source, ids, cells, out)
    return parquet(_stream(source, ids, cells, empty=True), notes, out)


def description(source: Source, filters: Sequence[Filter]) -> dict[str, str]:
    """Return what stands at the top of an export: case, version, filters, counts."""
    info = source.info
    steps = funnel(source, filters)
    notes = {
        "case": info.case_id,
        "name": info.name,
        "build": info.build,
        "lake_version": str(info.lake_version),
        "ingest": info.ingest_id,
        "filters": filters_url(filters) or "none",
        "calls": f"{steps[-1].after} of {steps[0].before}",
        "positions": "start is 0-based, end is one past the last base",
    }
    for number, step in enumerate(steps[1:], start=1):
        notes[f"step_{number}"] = f"{step.sentence} {step.before} -> {step.after}"
    if info.withheld:
        notes["withheld"] = f"{info.withheld} of {source.people} people"
    return notes


def _csv(
    source: Source,
    ids: NDArray[np.int32],
    cells: list[Cell],
    notes: Mapping[str, str],
    out: Sink,
) -> int:
    head = io.StringIO()
    for key, value in notes.items():
        head.write(f"# {key}: {harmless(_one_line(value))}\n")
    for cell in cells:
        head.write(f"# column {harmless(_one_line(f'{cell.name}: {cell.meaning}'))}\n")
    head.write("# texts: one that a spreadsheet would run begins with an added '\n")
    out.write(head.getvalue().encode())
    out.write((",".join(_quoted(c.name) for c in cells) + "\n").encode())
    cells = [Cell(c.name, _inert(c)) for c in cells]
    rows = 0
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in _stream(source, ids, cells):
        piece = pa.BufferOutputStream()
        pa_csv.write_csv(batch, piece, options)
        out.write(piece.getvalue().to_pybytes())
        rows += batch.num_rows
    return rows


def _json(source: Source, ids: NDArray[np.int32], cells: list[Cell], out: Sink) -> int:
    packed = ", ".join(f'"{_sql_name(c.name)}" := {_finite(c)}' for c in cells)
    text = [Cell("line", f"to_json(struct_pack({packed}))::varchar")]
    rows = 0
    for batch in _stream(source, ids, text):
        lines = batch.column(0).to_pylist()
        out.write(("\n".join(lines) + "\n").encode() if lines else b"")
        rows += len(lines)
    return rows


def parquet(batches: Iterator[pa.RecordBatch], notes: Mapping[str, str], out: Sink) -> int:
    """Write batches with ``notes`` in the schema's metadata; the first one gives the types."""
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            if writer is None:
                meta = {f"norrsken.{k}": v for k, v in notes.items()}
                schema = table.schema.with_metadata(meta)
                writer = pq.ParquetWriter(out, schema, compression="zstd")
            writer.write_table(table.cast(schema))
            rows += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows


def _stream(
    source: Source, ids: NDArray[np.int32], cells: list[Cell], *, empty: bool = False
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``ids`` in their order; with ``empty`` at least one batch, for its types.

    Along the genome the lake is read piece by piece; another order is made by the database, on
    disk when it is too large for memory.
    """
    listed = ", ".join(f'{c.sql} as "{_sql_name(c.name)}"' for c in cells)
    sent = 0
    if len(ids) and bool(np.all(ids[1:] > ids[:-1])):
        for first in range(0, len(ids), BATCH):
            for batch in _piece(source, ids[first : first + BATCH], listed):
                sent += batch.num_rows
                yield batch
    elif len(ids) or empty:
        places = pa.table({"row_id": ids.astype(np.int64), "place": np.arange(len(ids))})
        rows = source.variants
        sql = (
            f"select {listed} from (select v.*, w.place from {rows.sql} v "
            "join wanted_rows w on v.row_id = w.row_id) order by place"
        )
        with source.database.stream(sql, rows.params, BATCH, {"wanted_rows": places}) as reader:
            for batch in reader:
                sent += batch.num_rows
                yield batch
            if not sent and empty:
                yield pa.RecordBatch.from_pylist([], schema=reader.schema)


def _piece(source: Source, ids: NDArray[np.int32], listed: str) -> list[pa.RecordBatch]:
    """Read ascending rows; neighbours lie together in the file, so little else is read."""
    rows = source.variants
    sql = (
        f"select {listed} from {rows.sql} where row_id between $low and $high "
        "and row_id in (select unnest($ids::bigint[])) order by row_id"
    )
    bound = {"low": int(ids[0]), "high": int(ids[-1]), "ids": ids.tolist()}
    found = source.database.table(sql, dict(rows.params) | bound)
    batches: list[pa.RecordBatch] = found.combine_chunks().to_batches()
    return batches


def _spread(source: Source, names: Sequence[str]) -> list[Cell]:
    """Return the cells of a CSV: one a person for what is kept by person, lists joined by ``|``."""
    out = []
    for name in dict.fromkeys(names):
        meaning = _meaning(name)
        if name in PER_PERSON:
            out += [
                Cell(f"{name}:{s.id}", f'"{name}"[{s.index + 1}]', f"{meaning}, of {s.id}")
                for s in source.info.samples
            ]
        elif ":" not in name and pa.types.is_list(VARIANTS.column(name).type):
            out.append(Cell(name, f"array_to_string({cell_sql(source, name)}, '|')", meaning))
        else:
            out.append(Cell(name, cell_sql(source, name), meaning))
    return out


def _inert(cell: Cell) -> str:
    """Return SQL whose texts no spreadsheet runs: a formula's first letter gets ' before it."""
    name = cell.name.partition(":")[0]
    kind = VARIANTS.column(name).type
    inner = kind.value_type if pa.types.is_list(kind) else kind
    if not pa.types.is_string(inner):
        return cell.sql
    return inert_sql(cell.sql)


def inert_sql(sql: str) -> str:
    """Return the SQL of a text with ' before a first letter by which a spreadsheet would run it."""
    text = f"({sql})"
    return f"case when regexp_matches({text}, '{_FORMULA}') then chr(39) || {text} else {text} end"


def harmless(text: str) -> str:
    """Return a line of notes in which no piece after a separator reads as a formula."""
    return _PIECE.sub(r"\1'\2", text)


def _finite(cell: Cell) -> str:
    """Return SQL that JSON can hold: no NaN, and of a float32 the shortest text that reads back."""
    name, _, person = cell.name.partition(":")
    kind = VARIANTS.column(name).type
    if pa.types.is_list(kind):
        if not pa.types.is_floating(kind.value_type):
            return cell.sql
        if not person:
            return f"list_transform({cell.sql}, lambda x: {_plain('x', kind.value_type)})"
        kind = kind.value_type
    return _plain(cell.sql, kind) if pa.types.is_floating(kind) else cell.sql


def _plain(sql: str, kind: pa.DataType) -> str:
    number = f"{sql}::varchar::double" if pa.types.is_float32(kind) else sql
    return f"case when isfinite({sql}) then {number} end"


def _meaning(name: str) -> str:
    try:
        column = VARIANTS.column(name.partition(":")[0])
    except KeyError:
        raise InputError("COLUMN", repr(name), "no such column") from None
    return f"{column.meaning} ({column.unit})" if column.unit else column.meaning


def _sql_name(name: str) -> str:
    return name.replace('"', '""')


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n\r') else text


def _one_line(text: str) -> str:
    return " ".join(text.split())
