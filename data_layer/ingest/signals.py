"""A signal's feed to staged files: sorted and checked rows, and the cells of their pyramid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import duckdb
import pyarrow as pa

from data_layer.ingest.feed import Feed, FeedReader
from data_layer.ingest.place_checks import OrderedChecks
from data_layer.ingest.placed import PLACED, Placing, Stretch
from data_layer.ingest.source import Warning, WarningLog
from data_layer.lake.parquet import write
from data_layer.lake.points import SortedRows
from data_layer.region import Build
from data_layer.schema import SIGNALS
from data_layer.settings import Settings
from data_layer.tiles.build import build_tiles
from data_layer.tiles.range import Range
from data_layer.tiles.top import Top

#: Told of bytes read and rows made so far.
Seen = Callable[[int, int], None]
_ROWS = 131_072


@runtime_checkable
class Levelled(Protocol):
    """A reader of a file in levels, of which it gives the finest."""

    levels: dict[str, int]


@dataclass(frozen=True)
class Staged:
    """A signal ready for the lake, and what its file's entry in ``cases.sources`` says."""

    path: Path
    tiles: pa.RecordBatchReader | None
    low: float
    high: float
    rows: int
    missing: int
    chrom_rows: tuple[int, ...]
    records: int
    rejected: int
    sha256: str
    levels: dict[str, int]
    warnings: tuple[Warning, ...]


def stage(
    feed: Feed, build: Build, room: Path, *, skip_bad: bool, settings: Settings, seen: Seen
) -> Staged:
    """Read a feed into ``room``, with memory for a few batches whatever its size.

    Rows that are in order are written once. Chromosomes in another order are put in ours; rows out
    of order within a chromosome are sorted by DuckDB, which spills.

    Raises:
        InputError: the file is damaged or breaks a rule of its format; SIGNAL-PLACE.
    """
    room.mkdir(parents=True, exist_ok=True)
    spec = SIGNALS[feed.name]
    log = WarningLog()
    placing = Placing(feed.path.name, build, log, skip_bad=skip_bad)
    checks = _checks(feed, build)
    with feed.open(skip_bad) as reader:
        stretches = _told(placing.stretches(reader.batches()), reader, seen)
        runs = _runs(stretches, room, checks)
        path = runs[0].path
        if len(runs) > 1:
            checks, path = _checks(feed, build), room / "signal.parquet"
            write("signals", _reader(_checked(_in_order(runs, room, settings), checks)), path)
            for run in runs:
                run.path.unlink()
        high = spec.high if checks.top is None else checks.top.nice_high()
        assert high is not None
        levels = dict(reader.levels) if isinstance(reader, Levelled) else {}
        warnings = [*reader.warnings, *log.listed(), *checks.warnings()]
        counts = (reader.records, reader.rejected_count + placing.dropped, reader.sha256)
    tiles = None
    if checks.rows:
        tiles = build_tiles(path, Range(spec.low, high), build=build, room=room, settings=settings)
    return Staged(
        path,
        tiles,
        spec.low,
        high,
        checks.rows,
        checks.missing,
        tuple(checks.chrom_rows.tolist()),
        *counts,
        levels,
        tuple(warnings),
    )


def _told(stretches: Iterator[Stretch], reader: FeedReader, seen: Seen) -> Iterator[Stretch]:
    rows = 0
    for stretch in stretches:
        rows += stretch.table.num_rows
        seen(reader.bytes_read, rows)
        yield stretch
    seen(reader.bytes_total, rows)


@dataclass
class _Run:
    """A file of rows in order, and the chromosomes in it."""

    path: Path
    chroms: set[int]


def _checks(feed: Feed, build: Build) -> OrderedChecks:
    return OrderedChecks(build, top=Top() if SIGNALS[feed.name].high is None else None)


def _reader(batches: Iterator[pa.RecordBatch]) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(PLACED, batches)


def _runs(stretches: Iterator[Stretch], room: Path, checks: OrderedChecks) -> list[_Run]:
    """Write stretches that follow each other into one file, the next ones into another.

    ``checks`` is told the rows of the first file.
    """
    runs: list[_Run] = []
    waiting = next(stretches, None)

    def following(run: _Run) -> Iterator[pa.RecordBatch]:
        nonlocal waiting
        last = -1
        while waiting is not None and waiting.first >= last:
            last = waiting.last
            run.chroms |= set(waiting.table["chrom"].unique().to_pylist())
            if not runs:
                checks.add(waiting.table)
            yield from waiting.table.to_batches()
            waiting = next(stretches, None)

    while waiting is not None or not runs:
        run = _Run(room / f"run-{len(runs)}.parquet", set())
        write("signals", _reader(following(run)), run.path)
        runs.append(run)
    return runs


def _checked(tables: Iterator[pa.Table], checks: OrderedChecks) -> Iterator[pa.RecordBatch]:
    for table in tables:
        checks.add(table)
        yield from table.to_batches()


def _in_order(runs: list[_Run], room: Path, settings: Settings) -> Iterator[pa.Table]:
    """Give the rows of all runs in order, sorting only where two runs share a chromosome."""
    paths = tuple(run.path for run in runs)
    chroms = set().union(*(run.chroms for run in runs))
    if sum(len(run.chroms) for run in runs) == len(chroms):
        rows = SortedRows(paths)
        for chrom in sorted(chroms):
            for table in rows.of(chrom, PLACED.names):
                yield table.cast(PLACED)
        return
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": settings.threads,
        "memory_limit": f"{max(256, settings.memory_mb // 2)}MiB",
        "temp_directory": str(room / "spill"),
    }
    columns = ", ".join(f'"{name}"' for name in PLACED.names)
    sql = f'select {columns} from read_parquet($paths) order by chrom, "start", "end"'
    with duckdb.connect(config=config) as con:
        found = con.sql(sql, params={"paths": [str(p) for p in paths]})
        for batch in found.to_arrow_reader(_ROWS):
            yield pa.Table.from_batches([batch]).cast(PLACED)
