"""Shades: nothing is white that holds a row."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.tiles.levels import LEVELS, level_for, pixel_starts
from data_layer.tiles.raster import rasterise
from data_layer.tiles.shade import FLOOR, shade


@pytest.mark.parametrize("high", [1, 7, 65_535, 65_536, 4_000_000_000])
def test_one_row_is_seen_beside_the_fullest_pixel(high: int) -> None:
    counts = np.array([[0, 1, high // 2 + 1, high]], np.uint32)
    out = shade(counts)[0]
    assert out.dtype == np.uint8
    assert out[0] == 0
    assert out[1] >= FLOOR
    assert (np.diff(out[1:].astype(int)) >= 0).all()
    assert high == 1 or out[3] == 255


def test_empty_picture_is_empty() -> None:
    assert shade(np.zeros((3, 4), np.uint32)).sum() == 0


def test_equal_counts_have_one_shade() -> None:
    counts = np.array([[5, 5, 1], [0, 1, 900]], np.uint32)
    out = shade(counts)
    assert out[0, 0] == out[0, 1]
    assert out[0, 2] == out[1, 1] == FLOOR


@pytest.mark.parametrize(("x0", "x1", "w"), [(0, 10, 3), (5, 6, 4), (7, 1_000_007, 33)])
def test_pixel_starts_agree_with_division(x0: int, x1: int, w: int) -> None:
    starts = pixel_starts(x0, x1, w)
    for g in range(x0, min(x1, x0 + 500)):
        pixel = (g - x0) * w // (x1 - x0)
        assert starts[pixel] <= g < starts[pixel + 1]


def test_levels_are_half_a_pixel_or_less() -> None:
    assert level_for(3_100_000_000, 1500) == 18 + 2 * ((1 << 20) <= 3_100_000_000 / 3000)
    assert level_for(3_000_000, 1500) is None
    assert level_for(3_100_000_000, 1500, ()) is None
    for span in (10**9, 10**8, 3 * 10**7):
        level = level_for(span, 1500)
        assert level is None or (1 << level) * 3000 <= span
        assert level in (*LEVELS, None)


def test_index_and_order_give_one_picture() -> None:
    rng = np.random.default_rng(3)
    n, h = 500, 6
    lines = rng.integers(0, h, n).astype(np.uint16)
    flags = rng.integers(0, 3, n).astype(np.uint8)
    kept = rng.random(n) < 0.6
    starts = np.array([10, 100, 100, 450], np.int64)
    order = rng.permutation(n).astype(np.int32)
    one, sums = rasterise(starts, lines[order], flags[order], kept[order], None, h)
    two, again = rasterise(starts, lines, flags, kept, order, h)
    assert one.tolist() == two.tolist()
    assert sums.tolist() == again.tolist()
    assert one.sum() == kept[order[10:450]].sum()
