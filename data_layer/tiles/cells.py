"""Cells of every level from sorted places: a block of the coarsest level is held, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.tiles.compiled import Compiled, sealed
from data_layer.tiles.range import FIRST, LANES


@dataclass(frozen=True)
class Cells:
    """Cells of one level: x and y as in the table, rows, lowest and highest value (NaN is none)."""

    x: NDArray[np.int32]
    y: NDArray[np.int16]
    n: NDArray[np.int32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]


class _Dense:
    """Counts and extremes of the columns of one level within a block."""

    def __init__(self, columns: int) -> None:
        self.n = np.zeros((columns, LANES), np.int32)
        self.low = np.full((columns, LANES), np.inf, np.float32)
        self.high = np.full((columns, LANES), -np.inf, np.float32)


class Stack:
    """Cells of one chromosome, level by level from the finest; fed in order of place."""

    def __init__(self, levels: tuple[int, ...]) -> None:
        self.levels = levels
        self.held = 0
        self._block = -1
        self._place = -1
        self._dense = [_Dense(1 << (levels[-1] - level)) for level in levels]
        self._out: dict[int, list[Cells]] = {level: [] for level in levels}

    def add(
        self, place: NDArray[np.int64], y: NDArray[np.int16], values: NDArray[np.float32]
    ) -> bool:
        """Count rows at places of the chromosome; false when they are not in order."""
        if not len(place):
            return True
        if place[0] < self._place or bool((np.diff(place) < 0).any()):
            return False
        self._place = int(place[-1])
        blocks = place >> self.levels[-1]
        edges = np.flatnonzero(np.diff(blocks)) + 1
        begins = [0, *edges.tolist()]
        ends = [*edges.tolist(), len(place)]
        place, y = sealed(place, np.int64), sealed(y, np.int16)
        values = sealed(values, np.float32)
        first = self._dense[0]
        for begin, end in zip(begins, ends, strict=True):
            block = int(blocks[begin])
            if block != self._block:
                self.finish()
                self._block = block
            base = block << (self.levels[-1] - self.levels[0])
            _fill(place, y, values, begin, end, self.levels[0], base, first.n, first.low, first.high)  # fmt: skip # noqa: E501
        return True

    def finish(self) -> None:
        """Turn the block held into cells, each level's counts summed into the next."""
        if self._block < 0:
            return
        for at, level in enumerate(self.levels):
            here = self._dense[at]
            above = self._dense[min(at + 1, len(self.levels) - 1)]
            shift = self.levels[at + 1] - level if above is not here else -1
            size = int(np.count_nonzero(here.n))
            x, y, n = np.empty(size, np.int32), np.empty(size, np.int16), np.empty(size, np.int32)
            low, high = np.empty(size, np.float32), np.empty(size, np.float32)
            base = self._block << (self.levels[-1] - level)
            _empty(here.n, here.low, here.high, base, shift, above.n, above.low, above.high,
                   x, y, n, low, high)  # fmt: skip
            self._out[level].append(Cells(x, y, n, low, high))
            self.held += size
        self._block = -1

    def take(self) -> Iterator[tuple[int, Cells]]:
        """Give what is finished, by level, and forget it."""
        for level, parts in self._out.items():
            if parts:
                columns = zip(*((c.x, c.y, c.n, c.low, c.high) for c in parts), strict=True)
                yield level, Cells(*(np.concatenate(column) for column in columns))
                parts.clear()
        self.held = 0


def _fill_loop(
    place: Any, y: Any, values: Any, begin: Any, end: Any, level: Any, base: Any,
    n: Any, low: Any, high: Any,
) -> None:  # fmt: skip
    for i in range(begin, end):
        column, lane = (place[i] >> level) - base, y[i] + FIRST
        n[column, lane] += 1
        v = values[i]
        low[column, lane] = min(low[column, lane], v) if v == v else low[column, lane]
        high[column, lane] = max(high[column, lane], v) if v == v else high[column, lane]


def _empty_loop(
    n: Any, low: Any, high: Any, base: Any, shift: Any, n2: Any, low2: Any, high2: Any,
    x: Any, y: Any, out: Any, lowest: Any, highest: Any,
) -> None:  # fmt: skip
    at = 0
    for column in range(n.shape[0]):
        for lane in range(n.shape[1]):
            count = n[column, lane]
            if count == 0:
                continue
            least, most = low[column, lane], high[column, lane]
            if shift >= 0:
                up = column >> shift
                n2[up, lane] += count
                low2[up, lane] = min(low2[up, lane], least)
                high2[up, lane] = max(high2[up, lane], most)
            x[at], y[at], out[at] = base + column, lane - FIRST, count
            lowest[at], highest[at] = least, most
            if lane == 0:
                lowest[at] = highest[at] = np.nan
            at += 1
            n[column, lane] = 0
            low[column, lane], high[column, lane] = np.inf, -np.inf


_fill = Compiled(_fill_loop)
_empty = Compiled(_empty_loop)
