"""Bases shared by intervals, and their reciprocal overlap."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis.overlap import reciprocal, shared


@pytest.mark.parametrize(
    ("start", "end", "bases", "share"),
    [(100, 200, 100, 1.0), (150, 250, 50, 0.5), (200, 300, 0, 0.0), (0, 1000, 100, 0.1),
     (120, 130, 10, 0.1), (0, 100, 0, 0.0)],
)  # fmt: skip
def test_reciprocal(start: int, end: int, bases: int, share: float) -> None:
    starts, ends = np.array([start]), np.array([end])
    assert shared(100, 200, starts, ends).tolist() == [bases]
    assert reciprocal(100, 200, starts, ends).tolist() == [share]
    assert reciprocal(start, end, np.array([100]), np.array([200])).tolist() == [share]
