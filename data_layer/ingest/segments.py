"""A feed of intervals to staged files of ``segments``, sorted by kind, chrom and start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed
from data_layer.ingest.placed import MOST_BASES, Codes, gpos_of, key_of
from data_layer.ingest.signals import Seen
from data_layer.ingest.source import Warning
from data_layer.lake.parquet import write
from data_layer.region import HG19_CHRM, OTHER, Build, chrom_name
from data_layer.schema import SEGMENTS

#: Rows of a staged file at most: they are sorted in memory.
MOST_ROWS = 500_000
_COLUMNS = pa.schema([f for f in SEGMENTS.stored if f.name != "schema_version"])
_CHRM = 25


@dataclass(frozen=True)
class StagedSegments:
    """Segments ready for the lake, and what their file's entry in ``cases.sources`` says."""

    paths: tuple[Path, ...]
    rows: int
    records: int
    rejected: int
    sha256: str
    warnings: tuple[Warning, ...]


def stage_segments(
    feed: Feed, file_index: int, build: Build, room: Path, *, skip_bad: bool, seen: Seen
) -> StagedSegments:
    """Read a feed into ``room``, in files of at most ``MOST_ROWS`` sorted rows.

    Raises:
        InputError: the file is damaged or breaks a rule of its format.
    """
    room.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    held: list[pa.Table] = []
    rows, beyond = 0, _Beyond(build)
    with feed.open(skip_bad) as reader:
        for table in _tables(reader.batches(), feed, file_index, build):
            rows += table.num_rows
            beyond.add(table)
            held.append(table)
            seen(reader.bytes_read, rows)
            if sum(t.num_rows for t in held) >= MOST_ROWS:
                paths.append(_written(held, room, len(paths)))
                held = []
        if held:
            paths.append(_written(held, room, len(paths)))
        seen(reader.bytes_total, rows)
        warnings = (*reader.warnings, *beyond.warnings())
        counts = (reader.records, reader.rejected_count, reader.sha256)
    return StagedSegments(tuple(paths), rows, *counts, warnings)


def _tables(
    batches: Iterator[pa.Table], feed: Feed, file_index: int, build: Build
) -> Iterator[pa.Table]:
    codes, record = Codes(), 0
    for batch in batches:
        chrom, _ = codes.of(batch["contig"])
        start = batch["start"].to_numpy()
        _require_place(feed, batch)
        given = {
            "file_index": pa.array(np.full(len(start), file_index, np.int16)),
            "kind": pa.array([feed.name] * len(start)),
            "chrom": pa.array(chrom.astype(np.int8)),
            "gpos": pa.array(gpos_of(build, chrom, start)),
            "record": pa.array(np.arange(record, record + len(start))),
        }
        record += len(start)
        given |= {n: batch[n] for n in batch.column_names}
        columns = [
            given[f.name].cast(f.type) if f.name in given else pa.nulls(len(start), f.type)
            for f in _COLUMNS
        ]
        yield pa.table(columns, schema=_COLUMNS)


def _require_place(feed: Feed, batch: pa.Table) -> None:
    far = np.flatnonzero(batch["end"].to_numpy() > MOST_BASES)
    if len(far):
        end, text = batch["end"][far[0]].as_py(), batch["text"][far[0]].as_py()
        raise InputError(
            "SEGMENT-PLACE",
            feed.path.name,
            f"a segment ends at {end:,}, behind any chromosome: {text[:200]!r}",
            "Fix the line, or take it out.",
        )


def _written(held: list[pa.Table], room: Path, number: int) -> Path:
    table = pa.concat_tables(held)
    keys = key_of(table["chrom"].to_numpy().astype(np.int64), table["start"].to_numpy())
    path = room / f"segments-{number}.parquet"
    write("segments", table.take(np.argsort(keys, kind="stable")), path)
    return path


class _Beyond:
    """Counts segments that end behind their chromosome."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._count, self._first = 0, ""
        sizes = np.array([0, *build.sizes], np.int64)
        sizes[_CHRM] = max(sizes[_CHRM], HG19_CHRM)
        self._sizes = sizes

    def add(self, table: pa.Table) -> None:
        chrom, end = table["chrom"].to_numpy(), table["end"].to_numpy()
        over = (end > self._sizes[chrom]) & (chrom < OTHER)
        if not over.any():
            return
        if not self._count:
            row = table.filter(pc.equal(pa.array(over), True)).slice(0, 1).to_pylist()[0]
            name = chrom_name(row["chrom"])
            self._first = f"{name}:{row['start'] + 1:,}-{row['end']:,}"
        self._count += int(over.sum())

    def warnings(self) -> list[Warning]:
        if not self._count:
            return []
        text = (
            f"{self._count:,} segments end behind their chromosome's end in {self._build.value};"
            f" is the build right; first {self._first}"
        )
        return [Warning(0, "SEGMENT-BEYOND", text)]
