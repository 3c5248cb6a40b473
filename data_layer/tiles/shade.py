"""Counts per pixel to bytes: 0 for an empty pixel, else a floor or more, by rank of the count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Shade of the rarest count in a picture: a pixel with one row is always seen.
FLOOR = 40
_TABLE = 1 << 16


def shade(counts: NDArray[np.uint32], floor: int = FLOOR) -> NDArray[np.uint8]:
    """Equalise a grid of counts to uint8 of the same shape.

    A shade grows with the share of filled pixels that hold fewer rows, so that one row among
    thousands and ten thousand in one pixel are both told from their neighbours. Above 65,535 in
    one pixel the logarithm of the count is taken instead.
    """
    high = int(counts.max(initial=0))
    if high == 0:
        return np.zeros(counts.shape, np.uint8)
    if high < _TABLE:
        return _by_rank(counts, high, floor)
    scaled = np.log1p(counts) / np.log1p(high)
    out = floor + (255 - floor) * scaled
    return np.where(counts > 0, out, 0).astype(np.uint8)


def _by_rank(counts: NDArray[np.uint32], high: int, floor: int) -> NDArray[np.uint8]:
    pixels = np.bincount(counts.ravel(), minlength=high + 1)
    pixels[0] = 0
    below = np.cumsum(pixels)
    lowest = int(below[np.flatnonzero(pixels)[0]])
    room = max(1, int(below[-1]) - lowest)
    table = floor + (255 - floor) * (below - lowest) / room
    table[0] = 0
    shades: NDArray[np.uint8] = np.clip(table, 0, 255).astype(np.uint8)[counts]
    return shades
