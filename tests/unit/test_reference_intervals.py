"""Lookup by place agrees with reading every row."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.reference.intervals import Intervals


def made(seed: int) -> Intervals:
    random = np.random.default_rng(seed)
    chrom = random.integers(1, 4, 300)
    start = random.integers(0, 1000, 300)
    end = start + random.choice([1, 5, 40, 700], 300)
    order = np.lexsort((start, chrom))
    return Intervals.of(chrom[order], start[order], end[order])


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_a_full_scan(seed: int) -> None:
    rows = made(seed)
    random = np.random.default_rng(seed + 100)
    for _ in range(200):
        chrom, start = int(random.integers(0, 5)), int(random.integers(-5, 1800))
        end = start + int(random.integers(1, 60))
        hit = (rows.chrom == chrom) & (rows.start < end) & (rows.end > start)
        assert rows.overlapping(chrom, start, end).tolist() == np.flatnonzero(hit).tolist()


def test_edges_are_half_open() -> None:
    rows = Intervals.of(np.array([1, 1]), np.array([10, 20]), np.array([20, 30]))
    assert rows.overlapping(1, 9, 10).tolist() == []
    assert rows.overlapping(1, 19, 20).tolist() == [0]
    assert rows.overlapping(1, 20, 21).tolist() == [1]
    assert rows.overlapping(1, 19, 21).tolist() == [0, 1]
    assert rows.overlapping(1, 30, 31).tolist() == []
    assert rows.overlapping(1, 15, 15).tolist() == []


def test_unsorted_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="not sorted"):
        Intervals.of(np.array([1, 1]), np.array([20, 10]), np.array([30, 20]))
