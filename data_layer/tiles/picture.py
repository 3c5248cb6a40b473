"""Counts by pixel column and step, and how they become the rows of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.schema import STEPS
from data_layer.tiles.compiled import Compiled, sealed
from data_layer.tiles.range import FIRST, LANES, Range

#: Share of the height given to rows without a value.
LANE_SHARE = 12


@dataclass(frozen=True)
class Picture:
    """A signal's picture: every row in view is counted once.

    Attributes:
        counts: uint32 of shape (h, w), row 0 at the top; its sum is ``rows``.
        rows: points whose start lies in [x0, x1).
        clipped: those above y1 or below y0, counted in the edge rows of the values' part.
        missing: those without a value, counted in the lane.
        level: level of the cells that were read, or ``rows``.
        lane_rows: height of the lane, in rows from the bottom; 0 when the signal has no gaps.
        y0: value at the bottom edge of the values' part, widened to a whole step.
        y1: value at its top edge.
    """

    counts: NDArray[np.uint32]
    rows: int
    clipped: int
    missing: int
    level: str
    lane_rows: int
    y0: float
    y1: float
    x0: int
    x1: int


class Tally:
    """Counts of a view by pixel column and lane, filled from rows and cells."""

    def __init__(self, x0: int, x1: int, width: int) -> None:
        self.x0 = x0
        self.x1 = x1
        self.width = width
        self.counts: NDArray[np.uint32] = np.zeros((width, LANES), np.uint32)

    def add_rows(self, gpos: NDArray[np.int64], y: NDArray[np.int16]) -> None:
        """Count rows at places of the axis; each must lie in the view."""
        _rows(sealed(gpos, np.int64), sealed(y, np.int16), self.x0, self.x1, self.counts)

    def add_cells(
        self,
        starts: NDArray[np.int64],
        ends: NDArray[np.int32],
        y: NDArray[np.int16],
        n: NDArray[np.uint32],
    ) -> None:
        """Count columns of cells: column ``i`` begins at ``starts[i]``, its cells are those of
        ``ends[i]`` to ``ends[i + 1]``; all of it goes to the pixel in which it begins.
        """
        begin, stop = sealed(starts, np.int64), sealed(ends, np.int32)
        step, count = sealed(y, np.int16), sealed(n, np.uint32)
        _cells(begin, stop, step, count, self.x0, self.x1, self.counts)

    def picture(
        self, spec: Range, y0: float | None, y1: float | None, h: int, lane: int, level: str
    ) -> Picture:
        """Return ``h`` rows: a lane of ``lane`` rows at the bottom, the steps of [y0, y1] above.

        A step that two pixel rows share gives each its part of the count; nothing is lost.
        """
        first, last = spec.window(y0, y1)
        counts = np.zeros((h, self.width), np.uint32)
        sums = np.zeros(3, np.int64)
        _fold(sealed(self.counts, np.uint32), first, last, lane, counts, sums)
        return Picture(
            counts, int(sums[0]), int(sums[1]), int(sums[2]), level, lane,
            spec.value(first), spec.value(last), self.x0, self.x1,
        )  # fmt: skip


def lane_of(h: int, missing: int) -> int:
    """Return the height of the lane for rows without a value, the same in each view of a signal."""
    return max(1, h // LANE_SHARE) if missing and h > 1 else 0


def _row_loop(gpos: Any, y: Any, x0: Any, x1: Any, counts: Any) -> None:
    width, span = counts.shape[0], x1 - x0
    pixel, end = -1, x0
    for i in range(len(gpos)):
        if gpos[i] >= end:
            pixel = (gpos[i] - x0) * width // span
            end = x0 - (-(pixel + 1) * span // width)
        counts[pixel, y[i] + FIRST] += np.uint32(1)


def _cell_loop(starts: Any, ends: Any, y: Any, n: Any, x0: Any, x1: Any, counts: Any) -> None:
    width, span = counts.shape[0], x1 - x0
    for column in range(len(starts)):
        pixel = (starts[column] - x0) * width // span
        for i in range(ends[column], ends[column + 1]):
            counts[pixel, y[i] + FIRST] += n[i]


def _fold_loop(lanes: Any, first: Any, last: Any, lane: Any, counts: Any, sums: Any) -> None:
    height, width = counts.shape
    tall, steps = height - lane, last - first
    for pixel in range(width):
        for place in range(lanes.shape[1]):
            n = np.int64(lanes[pixel, place])
            if n == 0:
                continue
            sums[0] += n
            step = place - FIRST
            if step == -FIRST:
                sums[2] += n
                low, high, scale, foot = 0, max(lane, 1), 1, height - 1
            else:
                if step < first or step >= last:
                    sums[1] += n
                    low = 0 if step < first else tall - 1
                    high, scale = low + 1, 1
                else:
                    low, high, scale = (step - first) * tall, (step - first + 1) * tall, steps
                foot = tall - 1
            # Rows [low / scale, high / scale) share the count; the odd one falls anywhere in it.
            odd = ((pixel * 2654435761 + place * 40503) & 0xFFFF) / 65536.0
            given, row = np.int64(0), low // scale
            while given < n:
                upper = (row + 1) * scale
                due = n
                if upper < high:
                    due = np.int64(np.floor(n * ((upper - low) / (high - low)) + odd))
                counts[foot - row, pixel] += np.uint32(due - given)
                given = due
                row += 1


_rows = Compiled(_row_loop)
_cells = Compiled(_cell_loop)
_fold = Compiled(_fold_loop)


def warm() -> None:
    """Compile now, so that the first picture does not wait for it."""
    tally = Tally(0, 1, 1)
    one = np.zeros(1, np.int64)
    tally.add_rows(one, one.astype(np.int16))
    tally.add_cells(one, np.array([0, 1], np.int32), one.astype(np.int16), one.astype(np.uint32))
    tally.picture(Range(0.0, float(STEPS)), None, None, 2, 1, "rows")
