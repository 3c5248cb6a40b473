"""Rows to pixels in one pass without copies; compiled on first use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.tiles import picture
from data_layer.tiles.compiled import Compiled, sealed


def rasterise(
    starts: NDArray[np.int64],
    lines: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    kept: NDArray[np.bool_],
    index: NDArray[np.int32] | None,
    height: int,
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Count rows per pixel.

    Column ``c`` of the picture holds the places ``starts[c]`` to ``starts[c + 1]`` of the axis;
    ``index`` gives the row at a place when the two differ. ``lines`` is a row's line from the
    top, ``kept`` whether it counts, ``flags`` what else is counted of it, by value 0 to 2.

    Returns:
        counts of shape (height, columns), and how many kept rows had each flag.
    """
    width = len(starts) - 1
    counts = np.zeros((width, height), np.uint32)
    sums = np.zeros(3, np.int64)
    if index is not None:
        first, last = int(starts[0]), int(starts[-1])
        rows = index[first:last]
        starts, lines, flags, kept = starts - first, lines[rows], flags[rows], kept[rows]
    begin, line = sealed(starts, np.int64), sealed(lines, np.uint16)
    _count(begin, line, sealed(flags, np.uint8), sealed(kept, np.bool_), counts, sums)
    return np.ascontiguousarray(counts.T), sums


def warm() -> None:
    """Compile now, so that the first picture does not wait for it."""
    one = np.zeros(1, np.uint16)
    starts = np.array([0, 1], np.int64)
    rasterise(starts, one, one.astype(np.uint8), one.astype(np.bool_), None, 1)
    picture.warm()


def _fill(starts: Any, lines: Any, flags: Any, kept: Any, counts: Any, sums: Any) -> None:
    for column in range(len(starts) - 1):
        for place in range(starts[column], starts[column + 1]):
            if kept[place]:
                counts[column, lines[place]] += np.uint32(1)
                sums[flags[place]] += 1


_count = Compiled(_fill)
