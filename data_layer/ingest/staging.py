"""Staged chunks of all files to the lake's files: in order of place, with dense row ids.

A chunk is sorted or not; chunks of one sorted file follow each other and are taken as they are.
Else the genome is cut into spans at chunk borders, so that each span's rows fit in memory, and each
span is sorted by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from data_layer.ingest.mapping import FILE_ROWS, PLACE_SQL, Chunk
from data_layer.lake import IngestWriter

#: Rows that a sorted file of the lake has at least, where there are so many.
FILE_ROWS = FILE_ROWS


@dataclass(frozen=True)
class _Span:
    low: int
    high: int
    chunks: tuple[Chunk, ...]


def in_order(chunks: Sequence[Chunk]) -> bool:
    """Say whether the rows of the chunks, one after the other, are sorted by place."""
    pairs = pairwise(chunks)
    return all(c.ordered for c in chunks) and all(a.high <= b.low for a, b in pairs)


class Finisher:
    """Writes the final files of ``variants`` and ``consequences`` and hands them to the lake."""

    def __init__(self, con: duckdb.DuckDBPyConnection, writer: IngestWriter) -> None:
        self._con = con
        self._writer = writer

    def finish(self, chunks: Sequence[Chunk]) -> dict[str, int]:
        """Write everything and return the rows of each table."""
        rows = {"variants": 0, "consequences": 0}
        if in_order(chunks):
            for chunk in chunks:
                self._as_it_is(chunk, rows)
        else:
            for span in _spans(chunks):
                self._sorted(span, rows)
        for chunk in chunks:
            _remove(chunk)
        return rows

    def _as_it_is(self, chunk: Chunk, rows: dict[str, int]) -> None:
        rows["variants"] += self._writer.adopt("variants", chunk.variants)
        if chunk.consequences:
            rows["consequences"] += self._writer.adopt("consequences", chunk.consequences)

    def _sorted(self, span: _Span, rows: dict[str, int]) -> None:
        paths = [str(c.variants) for c in span.chunks]
        self._con.execute(
            f"""create or replace temp table place as select row_id as old, $base - 1 + row_number()
 over (order by chrom, "start", file_index, record, alt_index) as new from read_parquet($paths)
 where {PLACE_SQL} >= $low and {PLACE_SQL} < $high""",
            {"base": rows["variants"], "paths": paths, "low": span.low, "high": span.high},
        )
        moved = "select t.* replace (p.new as row_id) from read_parquet($paths) t join place p on t.row_id = p.old"  # noqa: E501
        rows["variants"] += self._write("variants", f"{moved} order by p.new", paths)
        paths = [str(c.consequences) for c in span.chunks if c.consequences]
        if paths:
            sql = f"{moved} order by p.new, source desc, ordinal"
            rows["consequences"] += self._write("consequences", sql, paths)

    def _write(self, table: str, sql: str, paths: list[str]) -> int:
        rows = self._con.sql(sql, params={"paths": paths}).to_arrow_reader(FILE_ROWS)
        return self._writer.add(table, rows)


def _spans(chunks: Sequence[Chunk]) -> list[_Span]:
    cuts: set[int] = set()
    rows = 0
    for chunk in sorted(chunks, key=lambda c: c.low):
        rows += chunk.rows
        if rows >= FILE_ROWS:
            cuts.add(chunk.high + 1)
            rows = 0
    edges = [-1, *sorted(cuts), 1 << 62]
    spans = []
    for low, high in pairwise(edges):
        inside = tuple(c for c in chunks if c.low < high and c.high >= low)
        if inside:
            spans.append(_Span(low, high, inside))
    return spans


def _remove(chunk: Chunk) -> None:
    for path in (chunk.variants, chunk.consequences):
        if path is not None:
            Path(path).unlink(missing_ok=True)
