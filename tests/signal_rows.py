"""Points of a signal for tests, and a signal in memory that answers as the lake does."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data_layer.lake import Lake
from data_layer.lake.parquet import write
from data_layer.region import Build
from data_layer.schema import TABLES
from data_layer.settings import Settings
from data_layer.tiles.build import build_tiles
from data_layer.tiles.range import Range
from tests.lake_made import case_row
from tests.lake_made import rows as sample_rows

BUILD = Build.GRCH38


def points(
    count: int, seed: int, *, spec: Range, chroms: tuple[int, ...] = tuple(range(1, 27))
) -> pa.Table:
    """``count`` sorted rows of ``signals``: some clipped, infinite, missing, at an edge, at one place."""  # noqa: E501
    rng = np.random.default_rng(seed)
    chrom = np.sort(rng.choice(np.array(chroms, np.int8), count))
    sizes = np.asarray(BUILD.sizes, np.int64)[chrom - 1]
    start = (rng.random(count) ** 2 * sizes).astype(np.int64)
    start[rng.random(count) < 0.1] //= 1 << 20
    order = np.lexsort((start, chrom))
    chrom, start = chrom[order], start[order]
    wide = spec.high - spec.low
    value = rng.uniform(spec.low - wide / 3, spec.high + wide / 3, count).astype(np.float32)
    pick = rng.random(count)
    for at, special in enumerate((np.nan, np.inf, -np.inf, spec.low, spec.high)):
        value[(pick >= at / 25) & (pick < (at + 1) / 25)] = special
    return table(chrom, start, value)


def table(chrom: NDArray[Any], start: NDArray[Any], value: NDArray[Any]) -> pa.Table:
    """Rows of ``signals`` as the lake stores them; NaN becomes null."""
    offsets = np.asarray(BUILD.offsets, np.int64)[chrom.astype(np.int64) - 1]
    edge = np.asarray(BUILD.sizes, np.int64)[chrom.astype(np.int64) - 1] - 1
    columns = {
        "schema_version": np.ones(len(chrom), np.int16),
        "chrom": chrom.astype(np.int8),
        "start": start.astype(np.int64),
        "end": start.astype(np.int64) + 100,
        "gpos": offsets + np.minimum(start, edge),
        "value": pa.array(value.astype(np.float32), mask=np.isnan(value)),
    }
    return pa.table(columns, schema=TABLES["signals"].stored)


def tiles(rows: pa.Table, spec: Range, room: Path, *, groups: int = 700, threads: int = 2) -> pa.Table:  # fmt: skip # noqa: E501
    """The pyramid of rows, built from a file in ``room``."""
    path = room / "points.parquet"
    pq.write_table(rows, path, row_group_size=groups)
    settings = Settings(threads=threads)
    made = build_tiles(path, spec, build=BUILD, room=room, settings=settings)
    found = made.read_all()
    path.unlink()
    return found


@dataclass
class InMemory:
    """A stored signal; ``asked`` says what was read of it."""

    rows: pa.Table
    made: pa.Table | None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def points(self, g0: int, g1: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        self.asked.append(("rows", g0, g1))
        gpos = self.rows["gpos"].to_numpy()
        a, b = np.searchsorted(gpos, [g0, g1])
        return gpos[a:b], self.rows["value"].to_numpy()[a:b]

    def cells(
        self, level: int, first: tuple[int, int], last: tuple[int, int]
    ) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.int16], NDArray[np.int32]]:
        self.asked.append((level, first, last))
        assert self.made is not None
        chrom, x = self.made["chrom"].to_numpy(), self.made["x"].to_numpy()
        place = chrom.astype(np.int64) << 32 | x
        inside = (self.made["level"].to_numpy() == level) & (place >= (first[0] << 32 | first[1]))
        inside &= place < (last[0] << 32 | last[1])
        return chrom[inside], x[inside], *(self.made[n].to_numpy()[inside] for n in ("y", "n"))

    def levels(self) -> tuple[int, ...]:
        return tuple(set(self.made["level"].to_pylist())) if self.made is not None else ()


def signal_case(
    lake: Lake,
    case_id: str,
    tracks: dict[tuple[str, str], tuple[pa.Table, Range]],
    *,
    with_tiles: bool = True,
    said: int = 0,
) -> int:
    """Commit a case whose samples have these signals; ``said`` is added to what sources say."""
    with lake.room() as room:
        files = {}
        for (sample, signal), (rows, spec) in tracks.items():
            path = room / f"{sample}-{signal}.parquet"
            pq.write_table(rows, path)
            tiles_path = path.with_suffix(".tiles") if with_tiles else None
            if tiles_path:
                made = build_tiles(path, spec, build=BUILD, room=room, settings=Settings())
                write("signal_tiles", made, tiles_path)
            files[sample, signal] = (path, tiles_path, spec)
        return commit_signals(lake, case_id, files, said=said)


def commit_signals(
    lake: Lake,
    case_id: str,
    files: dict[tuple[str, str], tuple[Path, Path | None, Range]],
    *,
    said: int = 0,
) -> int:
    """Commit a case from files of points and of cells; the files stay where they are."""
    samples = sorted({sample for sample, _ in files})
    entries = []
    with lake.begin(case_id, build=BUILD) as writer:
        for (sample, signal), (points_path, tiles_path, spec) in files.items():
            keys = {"sample_key": f"key-{sample}", "signal": signal}
            entries.append(source_of(sample, signal, points_path, spec, said))
            for name, path in (("signals", points_path), ("signal_tiles", tiles_path)):
                if path is not None:
                    linked = writer.staging / f"{sample}-{signal}-{name}"
                    os.link(path, linked)
                    writer.adopt(name, linked, keys)
        writer.add("samples", _people(samples))
        case = case_row(0)
        at = case.column_names.index("sources")
        text = pa.array([json.dumps(entries)])
        writer.add("cases", case.set_column(at, "sources", text))
        return writer.commit()


def source_of(sample: str, signal: str, path: Path, spec: Range, said: int) -> dict[str, Any]:
    """What ``cases.sources`` says of a signal's file."""
    rows = pq.read_table(path, columns=["chrom", "value"])
    by_chrom = np.bincount(rows["chrom"].to_numpy(), minlength=27).tolist()
    return {
        "file_index": 0,
        "name": f"{sample}.{signal}.bed.gz",
        "sha256": "0" * 64,
        "format": "bedGraph",
        "class": None,
        "kind": "signal",
        "sample_id": sample,
        "signal": signal,
        "low": spec.low,
        "high": spec.high,
        "rows": rows.num_rows + said,
        "records": rows.num_rows,
        "rejected": 0,
        "warnings": [],
        "missing": rows["value"].null_count,
        "chrom_rows": by_chrom,
    }


def _people(samples: list[str]) -> pa.Table:
    plain = sample_rows("samples", len(samples))
    for name, values in (
        ("sample_id", samples),
        ("sample_key", [f"key-{s}" for s in samples]),
        ("sex", ["unknown"] * len(samples)),
        ("affected", ["unknown"] * len(samples)),
        ("qc", [None] * len(samples)),
    ):
        place, kept = plain.column_names.index(name), plain.field(name)
        plain = plain.set_column(place, kept, pa.chunked_array([values], kept.type))
    return plain
