"""The middle of a signal from its cells is that of its rows, to a step of the range."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.query.measured import _median
from data_layer.schema import ABOVE, BELOW, STEPS


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
