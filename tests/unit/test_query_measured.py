"""The middle of a signal from its cells is that of its rows, to a step of the range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from data_layer.query.access import LOCAL
from data_layer.query.measured import Measured, _median
from data_layer.schema import ABOVE, BELOW, SIGNALS_TABLE, STEPS
from data_layer.tiles import levels
from tests.query_rows import BUILD
from tests.signals_made import signal_desk


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [1, 2, 37, 5000])
def test_median_of_cells(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(rng.uniform(-2, 2), 0.4, n)
    y = np.floor((values + 3) / 6 * STEPS).astype(np.int16)
    y[values < -3], y[values > 3] = BELOW, ABOVE
    steps, counts = np.unique(y, return_counts=True)
    found = _median(steps, counts, -3.0, 3.0)
    assert found == pytest.approx(np.clip(np.median(values), -3, 3), abs=6 / STEPS if n > 2 else 1)


def test_half_of_the_values_out_of_range() -> None:
    assert _median(np.array([BELOW, 100], np.int16), np.array([9, 2]), 0.0, 1.0) == 0.0
    assert _median(np.array([100, ABOVE], np.int16), np.array([2, 9]), 0.0, 1.0) == 1.0


@pytest.mark.parametrize("rows_per_column", [150, 0.001])
def test_copies_of_x_are_taken_outside_par(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_per_column: float
) -> None:
    """From rows and from cells alike: most points lie in PAR, where a man has two copies."""
    monkeypatch.setattr(levels, "ROWS_PER_COLUMN", rows_per_column)
    tables = [line(code, np.arange(0, 40_000_000, 100_000), 0.0) for code in range(1, 13)]
    tables += [line(23, np.arange(20_000, 1_048_000, 500), 0.0),
               line(23, np.arange(10_000_000, 110_000_000, 100_000), -1.0)]  # fmt: skip
    planted = {("child", "coverage"): pa.concat_tables(tables)}
    have = {"child": ("coverage",), "dad": (), "mum": ()}
    desk, _ = signal_desk(tmp_path, have=have, planted=planted)
    source = desk.case(LOCAL, "demo")._source
    found = Measured(source).copies(source.info.samples[0], "female")
    held = source.database.rows(f"select count(*) from {source.cells(0, 'coverage').sql}",
                                source.cells(0, "coverage").params)[0][0]  # fmt: skip
    desk.close()
    assert (held > 0) == (rows_per_column < 1)
    assert found is not None
    assert found.copies[1] == pytest.approx(2.0, abs=0.05)
    assert found.copies[23] == pytest.approx(1.0, abs=0.05)


def line(chrom: int, start: np.ndarray, value: float) -> pa.Table:
    columns = {
        "schema_version": np.ones(len(start), np.int16),
        "chrom": np.full(len(start), chrom, np.int8),
        "start": start,
        "end": start + 100,
        "gpos": start + BUILD.offsets[chrom - 1],
        "value": np.full(len(start), value, np.float32),
    }
    return pa.table(columns, schema=SIGNALS_TABLE.stored)
