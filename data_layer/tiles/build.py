"""Making a signal's pyramid: one pass over its sorted rows, in memory that does not grow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.compute import run
from data_layer.errors import InputError
from data_layer.lake.points import SortedRows
from data_layer.region import Build
from data_layer.schema import SIGNAL_TILES
from data_layer.settings import Settings
from data_layer.tiles.cells import Stack
from data_layer.tiles.levels import levels_of
from data_layer.tiles.range import Range, steps_of

#: What a pyramid's rows hold, beside the columns that the lake fills in.
CELLS = pa.schema([f for f in SIGNAL_TILES.stored if f.name != "schema_version"])
_HELD = 1 << 18


@dataclass(frozen=True)
class Plan:
    """How a signal's cells are made; ``levels`` are finest first."""

    spec: Range
    build: Build
    levels: tuple[int, ...]


def build_tiles(
    points: Path | SortedRows,
    spec: Range,
    *,
    build: Build,
    room: Path,
    settings: Settings,
    levels: tuple[int, ...] | None = None,
) -> pa.RecordBatchReader:
    """Return the cells of a signal, sorted by level, chrom, x and y; chromosomes are worked apart.

    ``levels`` are those that the number of points asks for, unless they are given.
    ``points`` is a Parquet file with chrom, gpos and value, sorted by chrom and start. Cells are
    kept in ``room`` until they are read; the reader removes them. Read it once.

    Raises:
        InputError: TILES-ORDER, the points are not sorted.
    """
    rows = SortedRows((points,)) if isinstance(points, Path) else points
    chosen = levels_of(rows.rows, build.genome_size) if levels is None else levels
    plan = Plan(spec, build, tuple(sorted(chosen)))
    chroms = rows.chroms() if plan.levels else []
    folder = Path(tempfile.mkdtemp(prefix="tiles-", dir=room))
    tasks = [partial(_chromosome, rows, chrom, plan, folder) for chrom in chroms]
    made = run(tasks, settings=settings)
    return pa.RecordBatchReader.from_batches(CELLS, _joined(made, plan, folder))


def _joined(made: list[dict[int, Path]], plan: Plan, folder: Path) -> Iterator[pa.RecordBatch]:
    for level in plan.levels:
        for paths in made:
            with pa.OSFile(str(paths[level])) as file, pa.ipc.open_stream(file) as batches:
                yield from batches
            paths[level].unlink()
    folder.rmdir()


def _chromosome(rows: SortedRows, chrom: int, plan: Plan, folder: Path) -> dict[int, Path]:
    """Write one chromosome's cells, a file a level, and return the files."""
    paths = {level: folder / f"{chrom}-{level}.arrow" for level in plan.levels}
    stack = Stack(plan.levels)
    with ExitStack() as open_files:
        out = {
            level: open_files.enter_context(pa.ipc.new_stream(str(path), CELLS))
            for level, path in paths.items()
        }
        for part in rows.of(chrom, ("gpos", "value")):
            _add(stack, part, chrom, plan)
            if stack.held > _HELD:
                _write(stack, chrom, out)
        stack.finish()
        _write(stack, chrom, out)
    return paths


def _add(stack: Stack, part: pa.Table, chrom: int, plan: Plan) -> None:
    values = part["value"].to_numpy()
    place = part["gpos"].to_numpy() - plan.build.offsets[chrom - 1]
    if not stack.add(place, steps_of(values, plan.spec), values):
        raise InputError(
            "TILES-ORDER",
            f"points of chromosome code {chrom}",
            "the points are not sorted by start",
            "Sort them first.",
        )


def _write(stack: Stack, chrom: int, out: dict[int, pa.ipc.RecordBatchStreamWriter]) -> None:
    for level, cells in stack.take():
        columns: Iterable[pa.Array] = (
            pa.array(np.full(len(cells.x), level, np.int8)),
            pa.array(np.full(len(cells.x), chrom, np.int8)),
            pa.array(cells.x),
            pa.array(cells.y),
            pa.array(cells.n),
            _or_null(cells.low),
            _or_null(cells.high),
        )
        out[level].write_batch(pa.record_batch(list(columns), schema=CELLS))


def _or_null(values: NDArray[np.float32]) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
