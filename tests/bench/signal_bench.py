"""A trio's coverage and BAF on screen: our pictures against rasterising the rows each time."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from datashader import Canvas

from app.linking.opening import open_desk
from data_layer.lake import Lake, open_lake
from data_layer.lake.parquet import write
from data_layer.query.access import LOCAL
from data_layer.query.case import CaseQuery
from data_layer.region import Build
from data_layer.schema import TABLES
from data_layer.settings import Settings
from data_layer.tiles.build import build_tiles
from data_layer.tiles.range import Range
from data_layer.tiles.shade import shade
from tests.bench.clock import Row, timed
from tests.signal_rows import commit_signals

BUILD = Build.GRCH38
PEOPLE = ("child", "father", "mother")
RANGES = {"coverage": Range(-3.0, 3.0), "baf": Range(0.0, 1.0)}
WIDTH, HEIGHT, VIEWS, LARGER = 1450, 128, 40, 10
#: Points of a trio of whole genomes: 26.4 M bins of 100 bases and 7.5 M common sites a person.
WHOLE = 102_000_000
SCHEMA = pa.schema([f for f in TABLES["signals"].stored if f.name != "schema_version"])


def signal_rows(folder: Path, points: int) -> list[Row]:
    """Make a lake of one trio and one of ten, and time pictures in both."""
    small, large = folder / "signals-1", folder / "signals-10"
    began = time.perf_counter()
    for lake, trios in ((small, 1), (large, LARGER)):
        if not lake.exists():
            _make(lake, folder / "made", points / WHOLE, trios)
    seconds = time.perf_counter() - began
    print(f"lakes of {points:,} and {LARGER * points:,} points made in {seconds:.0f} s")  # noqa: T201
    firsts = {lake: [_first(lake) for _ in range(5)] for lake in (small, large)}
    genome = (0, BUILD.genome_size)
    settings = Settings(lake=str(small))
    desk = open_desk(settings)
    case = desk.case(LOCAL, "trio-0")
    _draw(case, genome)
    held = [timed(lambda: _draw(case, genome)) for _ in range(5)]
    paths = _paths(desk.lake)
    peer_first = timed(lambda: _from_rows(paths, genome))
    anywhere, wheel = (_timed_views(case, paths, views) for views in (_anywhere(), _wheel()))
    desk.close()
    fresh, wide = (statistics.median(firsts[lake]) for lake in (small, large))
    zoom = max(anywhere[1], wheel[1])
    what = f"{points / 1e6:.0f} M points, 6 pictures"
    rows = [
        Row(f"{what}: genome, first", "rows, datashader", firsts[small][0], fresh, peer_first),
        Row(f"{what}: genome, held", "rows, datashader", held[0], statistics.median(held), peer_first),  # noqa: E501
        Row(f"{what}: {VIEWS} places", "rows, datashader", *anywhere),
        Row(f"{what}: wheel", "rows, datashader", *wheel),
        Row(f"{what}: genome, lake x{LARGER}", "lake x1", firsts[large][0], wide, fresh),
    ]  # fmt: skip
    _say(fresh, zoom, peer_first / fresh, wide / fresh)
    return rows


def _say(first: float, zoom: float, ratio: float, larger: float) -> None:
    for what, found, limit, good in (
        ("first whole-genome picture of a trio, s", first, 1.0, first < 1.0),
        ("median view, s", zoom, 0.15, zoom < 0.15),
        ("rows each time / ours", ratio, 20.0, ratio >= 20),
        (f"lake x{LARGER} / lake", larger, 1.3, larger < 1.3),
    ):
        print(f"{what:<44}{found:>9.3f}  limit {limit:g}  {'met' if good else 'NOT MET'}")  # noqa: T201


def _first(lake: Path) -> float:
    """Seconds to six shaded pictures in a server that has just opened the lake."""
    desk = open_desk(Settings(lake=str(lake)))
    desk.warm()
    seconds = timed(lambda: _draw(desk.case(LOCAL, "trio-0"), (0, BUILD.genome_size)))
    desk.close()
    return seconds


def _draw(case: CaseQuery, view: tuple[int, int]) -> None:
    for person in PEOPLE:
        for signal in RANGES:
            grid = case.signal_grid(person, signal, x0=view[0], x1=view[1], w=WIDTH, h=HEIGHT)
            shade(grid.counts)


def _anywhere() -> list[tuple[int, int]]:
    """Views of 30 kb to the whole genome at any place, each size as likely as the next."""
    rng = random.Random(7)
    views = []
    for _ in range(VIEWS):
        span = int(BUILD.genome_size * 10 ** rng.uniform(-5, 0))
        x0 = rng.randrange(BUILD.genome_size - span + 1)
        views.append((x0, x0 + span))
    return views


def _wheel() -> list[tuple[int, int]]:
    """The views of a wheel turned from the whole genome down to 30 kb around one place."""
    at, views = BUILD.gpos(7, 117_559_590), []
    for step in range(VIEWS):
        span = int(BUILD.genome_size * 10 ** (-5 * step / (VIEWS - 1)))
        x0 = min(max(0, at - span // 2), BUILD.genome_size - span)
        views.append((x0, x0 + span))
    return views


def _timed_views(
    case: CaseQuery, paths: list[tuple[Path, Range]], views: list[tuple[int, int]]
) -> tuple[float, float, float]:
    """Seconds of our first view, the median of all, and the median of every fourth by rows."""
    ours = [timed(lambda view=view: _draw(case, view)) for view in views]
    theirs = [timed(lambda view=view: _from_rows(paths, view)) for view in views[::4]]
    return ours[0], statistics.median(ours), statistics.median(theirs)


def _from_rows(paths: list[tuple[Path, Range]], view: tuple[int, int]) -> None:
    """The way without a pyramid: read the rows in view, rasterise them."""
    with duckdb.connect(config={"threads": Settings().threads}) as con:
        for path, spec in paths:
            rows: pd.DataFrame = con.execute(
                "select gpos, value from read_parquet($path) where gpos >= $x0 and gpos < $x1",
                {"path": str(path), "x0": view[0], "x1": view[1]},
            ).df()
            canvas = Canvas(WIDTH, HEIGHT, view, (spec.low, spec.high))
            shade(np.asarray(canvas.points(rows, "gpos", "value").values, np.uint32))


def _paths(lake: Lake) -> list[tuple[Path, Range]]:
    snapshot = lake.snapshot()
    out = []
    for person in PEOPLE:
        for signal, spec in RANGES.items():
            scan = snapshot.scan("signals", "trio-0", sample_key=f"key-{person}", signal=signal)
            paths: Any = scan.params["signals_files"]
            out.append((Path(paths[0]), spec))
    return out


def _make(target: Path, made: Path, scale: float, trios: int) -> None:
    """Write a lake of ``trios`` cases; the files of one trio serve for all of them."""
    made.mkdir(parents=True, exist_ok=True)
    lake = open_lake(str(target), settings=Settings(), create=True)
    for number, person in enumerate(PEOPLE):
        for signal, spec in RANGES.items():
            path = made / f"{person}-{signal}.parquet"
            if path.exists():
                continue
            batches = _points(signal, scale, number)
            write("signals", pa.RecordBatchReader.from_batches(SCHEMA, batches), path)
            cells = build_tiles(path, spec, build=BUILD, room=made, settings=Settings())
            write("signal_tiles", cells, path.with_suffix(".tiles"))
    for trio in range(trios):
        files = {}
        for person in PEOPLE:
            for signal, spec in RANGES.items():
                path = made / f"{person}-{signal}.parquet"
                files[person, signal] = (path, path.with_suffix(".tiles"), spec)
        commit_signals(lake, f"trio-{trio}", files)


def _points(signal: str, scale: float, seed: int) -> Iterator[pa.RecordBatch]:
    """Rows of one person, a chromosome a batch, with a deletion and noise as in real files."""
    rng = np.random.default_rng([seed, len(signal)])
    for chrom in range(1, 26):
        size = BUILD.size(chrom)
        if signal == "coverage":
            start = np.arange(0, size - 100, 100, dtype=np.int64)
            start = start[rng.random(len(start)) < 0.855 * scale]
            value = rng.normal(0, 0.25, len(start))
            value[(start > size // 3) & (start < size // 3 + 3_000_000)] -= 1
        else:
            start = np.sort(rng.integers(0, size, int(size * scale * 7.5e6 / 3.09e9)))
            kind = rng.random(len(start))
            value = np.where(kind < 0.4, 0.5, np.where(kind < 0.7, 0.0, 1.0))
            value = np.clip(value + rng.normal(0, 0.05, len(start)), 0, 1)
        value = np.round(value, 4)
        value[rng.random(len(value)) < 0.0005] = np.nan
        yield pa.record_batch(
            [
                np.full(len(start), chrom, np.int8),
                start,
                start + (100 if signal == "coverage" else 1),
                start + BUILD.offsets[chrom - 1],
                pa.array(value, pa.float32(), mask=np.isnan(value)),
            ],
            schema=SCHEMA,
        )
