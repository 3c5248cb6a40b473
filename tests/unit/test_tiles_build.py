"""The pyramid against a plain count of the same rows."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from data_layer.errors import InputError
from data_layer.schema import ABOVE, BELOW, NO_VALUE, STEPS
from data_layer.tiles import levels as levels_module
from data_layer.tiles.levels import LEVELS, levels_of
from data_layer.tiles.range import Range, steps_of
from data_layer.tiles.top import Top
from tests.signal_rows import BUILD, points, table, tiles

SPEC = Range(0.0, 1.0)
Cell = tuple[int, int, int, int]


@pytest.fixture
def every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels_module, "ROWS_PER_COLUMN", 0.0001)


def counted(rows: pa.Table, levels: tuple[int, ...]) -> dict[Cell, list[float | None]]:
    """Cells by the rule as it is written down, one row at a time."""
    out: dict[Cell, list[float | None]] = defaultdict(list)
    for row in rows.to_pylist():
        v, place = row["value"], row["gpos"] - BUILD.offsets[row["chrom"] - 1]
        if v is None:
            y = NO_VALUE
        elif v < SPEC.low or v > SPEC.high:
            y = BELOW if v < SPEC.low else ABOVE
        else:
            y = min(math.floor((v - SPEC.low) / (SPEC.high - SPEC.low) * STEPS), STEPS - 1)
        for level in levels:
            out[level, row["chrom"], place >> level, y].append(v)
    return out


@pytest.mark.usefixtures("every_level")
@pytest.mark.parametrize("threads", [1, 2])
def test_cells_hold_what_a_plain_count_finds(tmp_path: Path, threads: int) -> None:
    rows = points(5000, 3, spec=SPEC)
    made = tiles(rows, SPEC, tmp_path, threads=threads)
    want = counted(rows, LEVELS)
    got = {(c["level"], c["chrom"], c["x"], c["y"]): c for c in made.to_pylist()}
    assert len(got) == made.num_rows
    assert got.keys() == want.keys()
    for key, values in want.items():
        real = [v for v in values if v is not None]
        assert got[key]["n"] == len(values)
        assert got[key]["min"] == (min(real) if real else None)
        assert got[key]["max"] == (max(real) if real else None)
    order = list(zip(*(made[n].to_pylist() for n in ("level", "chrom", "x", "y")), strict=True))
    assert order == sorted(order)
    assert list(tmp_path.iterdir()) == []


def test_a_dense_signal_gets_fine_levels_and_a_sparse_one_none(tmp_path: Path) -> None:
    genome = BUILD.genome_size
    assert levels_of(0, genome) == levels_of(200_000, genome) == ()
    assert levels_of(26_400_000, genome) == (20, 18, 16)
    assert levels_of(7_500_000, genome) == (20, 18, 16)
    assert levels_of(1_000_000_000, genome) == (20, 18, 16, 14, 12, 10)
    assert tiles(points(500, 1, spec=SPEC), SPEC, tmp_path).num_rows == 0


@pytest.mark.usefixtures("every_level")
def test_rows_past_the_end_of_a_chromosome_stay_at_its_end(tmp_path: Path) -> None:
    chrom = np.array([21, 21, 26, 26], np.int8)
    start = np.array([5, 900_000_000, 3, 700_000_000], np.int64)
    rows = table(chrom, start, np.array([0.1, 0.2, 0.3, np.nan], np.float32))
    made = tiles(rows, SPEC, tmp_path)
    top = made.filter(pa.compute.equal(made["level"], 20))
    assert top["chrom"].to_pylist() == [21, 21, 26, 26]
    assert top["x"].to_pylist() == [0, (BUILD.size(21) - 1) >> 20, 0, (BUILD.size(26) - 1) >> 20]


@pytest.mark.usefixtures("every_level")
def test_unsorted_points_are_refused(tmp_path: Path) -> None:
    rows = table(np.array([1, 1, 1]), np.array([5, 9, 7]), np.array([0.1, 0.1, 0.1], np.float32))
    with pytest.raises(InputError, match="TILES-ORDER"):
        tiles(rows, SPEC, tmp_path)
    split = table(np.array([1, 1]), np.array([9, 7]), np.array([0.1, 0.1], np.float32))
    with pytest.raises(InputError, match="TILES-ORDER"):
        tiles(split, SPEC, tmp_path, groups=1)


@pytest.mark.parametrize(
    ("value", "step"),
    [
        (0.0, 0),
        (1.0, STEPS - 1),
        (0.5, STEPS // 2),
        (np.nextafter(np.float32(0.5), np.float32(0)), STEPS // 2 - 1),
        (np.nextafter(np.float32(1), np.float32(2)), ABOVE),
        (np.nextafter(np.float32(0), np.float32(-1)), BELOW),
        (np.inf, ABOVE),
        (-np.inf, BELOW),
        (np.nan, NO_VALUE),
    ],
)
def test_steps(value: float, step: int) -> None:
    assert steps_of(np.array([value], np.float32), SPEC).tolist() == [step]


@pytest.mark.parametrize("ends", [(1.0, 1.0), (2.0, 1.0), (0.0, np.inf), (np.nan, 1.0)])
def test_a_range_has_to_be_one(ends: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="RANGE"):
        Range(*ends)


@pytest.mark.parametrize(
    ("values", "high"),
    [
        ([], 1.0),
        ([0, 0, -5, np.nan, np.inf], 1.0),
        ([30.0] * 1000, 30.0),
        ([31.0] * 1000, 40.0),
        ([31.0] * 99_999 + [50_000.0], 40.0),
        ([31.0] * 900 + [700.0] * 100, 800.0),
        ([0.02] * 10, 0.02),
        ([1e-300, 1e300], 1e300),
    ],
)
def test_the_top_of_a_range_is_round_and_holds_nearly_all(values: list[float], high: float) -> None:
    top = Top()
    for at in range(0, len(values), 300):
        top.add(np.array(values[at : at + 300]))
    assert top.nice_high() == pytest.approx(high)
