"""The measured points or segments beneath a picture, streamed, with what they are at the top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pa_csv

from data_layer.errors import InputError
from data_layer.query.export import harmless, inert_sql, parquet
from data_layer.query.segments import CELLS, check_kind, lane_of, people_of
from data_layer.query.signals import signal_of, view_of
from data_layer.query.source import Relation, Source
from data_layer.query.vcf import Sink
from data_layer.region import NAMES, chrom_name
from data_layer.schema import SEGMENTS

SIGNAL_FORMATS: tuple[str, ...] = ("csv", "parquet")
#: Rows held at once.
BATCH = 100_000
_NAMES = " ".join(f"when {i} then '{name}'" for i, name in enumerate(NAMES, start=1))
_CHROM = f"case chrom {_NAMES} end as chrom"
_ORDER = 'order by r.chrom, r.start, r."end", r.file_index, r.record'


@dataclass(frozen=True)
class _Part:
    """One person's rows: what is selected, from where, under which condition."""

    cells: tuple[str, ...]
    rows: Relation
    where: str
    bound: dict[str, object]
    #: Points lie in the files in genome order already, too many to be sorted anew.
    order: str = ""


def signal_export(
    source: Source,
    sample: str | None,
    signal: str | None,
    kind: str | None,
    x0: int,
    x1: int,
    fmt: str,
    out: Sink,
) -> int:
    """Write the points that start in [x0, x1), or the segments that overlap it; return how many.

    Exactly one of ``signal`` and ``kind`` is asked for. Without a sample a signal is the
    proband's and segments are those of all in sight.

    Raises:
        InputError: no such format or kind, a view without extent, both or neither asked for.
        NotFoundError: there is no such signal or person among those the actor may see.
    """
    if fmt not in SIGNAL_FORMATS:
        raise InputError("FORMAT", repr(fmt), "no such format", f"Use {', '.join(SIGNAL_FORMATS)}.")
    if bool(signal) == bool(kind):
        raise InputError("ARGUMENT", "signal, kind", "one of the two must be asked for")
    view_of(x0, x1, 1)
    if signal:
        notes, parts, total = _points(source, sample, signal, x0, x1)
    else:
        check_kind(str(kind))
        notes, parts, total = _intervals(source, sample, str(kind), x0, x1)
    info = source.info
    head = {
        "case": info.case_id,
        **notes,
        "build": info.build,
        "region": region_text(source, x0, x1),
    }
    head |= {"rows": str(total), "lake_version": str(info.lake_version)}
    if info.withheld:
        head["withheld"] = f"{info.withheld} of {source.people} people"
    head["positions"] = "start is 0-based, end is one past the last base"
    batches = _batches(source, parts, csv=fmt == "csv")
    return _csv(batches, head, out) if fmt == "csv" else parquet(batches, head, out)


def region_text(source: Source, x0: int, x1: int) -> str:
    """Return a part of the axis as people write it, 1-based; two places when it spans several."""
    build = source.info.reference
    (first, start), (last, end) = build.locate(x0), build.locate(max(x0, x1 - 1))
    if (first, last) == (1, len(NAMES)) and start == 0 and end == build.size(last) - 1:
        return "whole genome"
    if first == last:
        return f"{chrom_name(first)}:{start + 1}-{end + 1}"
    return f"{chrom_name(first)}:{start + 1} to {chrom_name(last)}:{end + 1}"


def _points(
    source: Source, sample: str | None, signal: str, x0: int, x1: int
) -> tuple[dict[str, str], list[_Part], int]:
    info = signal_of(source, sample, signal)
    rows = source.points(info.index, info.signal)
    where, bound = "gpos >= $x0 and gpos < $x1", {"x0": x0, "x1": x1}
    counted = source.database.rows(
        f"select count(*) from {rows.sql} where {where}", {**rows.params, **bound}
    )
    notes = {
        "sample": info.sample,
        "signal": info.signal,
        "unit": info.unit,
        "source": f"{info.source} sha256 {info.sha256}",
    }
    cells = (_CHROM, "start", '"end"', "value")
    return notes, [_Part(cells, rows, where, dict(bound))], int(counted[0][0])


def _intervals(
    source: Source, sample: str | None, kind: str, x0: int, x1: int
) -> tuple[dict[str, str], list[_Part], int]:
    total, parts, names = 0, [], []
    build = source.info.reference
    ends = " ".join(
        f"when {i + 1} then {o + s}"
        for i, (o, s) in enumerate(zip(build.offsets, build.sizes, strict=True))
    )
    past = f'greatest(gpos + 1, least(gpos + ("end" - start), case chrom {ends} end))'
    bound: dict[str, object] = {"x0": x0, "x1": x1, "kind": kind}
    for index, name in people_of(source, sample):
        lane = lane_of(source, kind, index)
        total += int(((lane.x0 < x1) & (lane.x1 > x0)).sum())
        names.append(name)
        cells = (_CHROM, "start", '"end"', "$sample::varchar as sample",
                 *(f'"{c}"' for c in CELLS))  # fmt: skip
        where = f"kind = $kind and gpos < $x1 and {past} > $x0"
        both = bound | {"sample": name}
        parts.append(_Part(cells, source.segments(index), where, both, _ORDER))
    units = [f"{c} {SEGMENTS.column(c).unit}" for c in CELLS if SEGMENTS.column(c).unit]
    files = [
        f"{f.get('name')} sha256 {f.get('sha256')}"
        for f in source.feeds
        if f.get("kind") == "segments"
        and f.get("segment_kind") == kind
        and f.get("sample_id") in names
    ]
    notes = {"sample": ", ".join(names), "segments": kind, "unit": ", ".join(units)}
    return notes | {"source": "; ".join(files)}, parts, total


def _batches(source: Source, parts: list[_Part], *, csv: bool) -> Iterator[pa.RecordBatch]:
    """Give the rows of each part in genome order; at least one batch, for its types."""
    for part in parts:
        listed = ", ".join(part.cells)
        sql = f"select {listed} from {part.rows.sql} as r where {part.where} {part.order}"
        if csv:
            sql = _inert(sql, part)
        sent = False
        with source.database.stream(sql, {**part.rows.params, **part.bound}, BATCH) as reader:
            for batch in reader:
                sent = True
                yield batch
            if not sent:
                yield pa.RecordBatch.from_pylist([], schema=reader.schema)


def _inert(sql: str, part: _Part) -> str:
    """Wrap a query so that none of its texts is one that a spreadsheet runs."""
    texts = [c.name for c in SEGMENTS.columns if c.name in CELLS and pa.types.is_string(c.type)]
    if not any("$sample" in c for c in part.cells):
        return sql
    changed = ", ".join(f'{inert_sql(chr(34) + n + chr(34))} as "{n}"' for n in ("sample", *texts))
    return f"select * replace ({changed}) from ({sql})"


def _csv(batches: Iterator[pa.RecordBatch], head: dict[str, str], out: Sink) -> int:
    lines = [f"# {k}: {harmless(' '.join(v.split()))}\n" for k, v in head.items()]
    out.write("".join(lines).encode())
    rows, first = 0, True
    for batch in batches:
        if first:
            out.write((",".join(batch.schema.names) + "\n").encode())
        options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
        piece = pa.BufferOutputStream()
        pa_csv.write_csv(batch, piece, options)
        out.write(piece.getvalue().to_pybytes())
        rows, first = rows + batch.num_rows, False
    return rows
