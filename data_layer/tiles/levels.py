"""Which cells a pixel wants, and where the pixels of a view begin; whole numbers throughout."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Levels that a pyramid may have, coarsest first: a cell is ``2**level`` bases wide.
LEVELS: tuple[int, ...] = (20, 18, 16, 14, 12, 10)
#: A level is worth reading instead of its rows from this many rows a column of cells on.
ROWS_PER_COLUMN = 150


def levels_of(rows: int, genome: int) -> tuple[int, ...]:
    """Return the levels that a signal of ``rows`` points over ``genome`` bases is given.

    The finest one has ``ROWS_PER_COLUMN`` rows a column on average: below it, rows are read.
    """
    if rows <= 0:
        return ()
    finest = math.log2(ROWS_PER_COLUMN * genome / rows)
    return tuple(level for level in LEVELS if level >= finest)


def level_for(span: int, width: int, levels: Sequence[int] = LEVELS) -> int | None:
    """Return the coarsest level whose cell is at most half a pixel; None means raw rows.

    ``span`` in bases is drawn ``width`` pixels wide.
    """
    half = span / max(1, width) / 2
    return next((level for level in sorted(levels, reverse=True) if (1 << level) <= half), None)


def pixel_starts(x0: int, x1: int, width: int) -> NDArray[np.int64]:
    """Return the first base of each of ``width`` pixels over [x0, x1), and x1 at the end.

    A position ``g`` lies in pixel ``(g - x0) * width // (x1 - x0)``: these starts say the same
    without a division for each row.
    """
    span = x1 - x0
    steps = np.arange(width + 1, dtype=np.int64)
    starts: NDArray[np.int64] = x0 + -(-steps * span // width)
    return starts
