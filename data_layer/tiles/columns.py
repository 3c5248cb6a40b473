"""The columns of cells of a level, numbered through the genome from 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.region import Build


@dataclass(frozen=True)
class Columns:
    """Columns of one level; each begins at a multiple of ``2**level`` in its chromosome.

    The last column of a chromosome ends with it, so a column never holds two chromosomes.
    """

    build: Build
    level: int

    @property
    def firsts(self) -> NDArray[np.int64]:
        """Number of each chromosome's first column, by code from 1, and the count of all."""
        wide = [-(-size >> self.level) for size in self.build.sizes]
        return np.concatenate([[0], np.cumsum(wide)]).astype(np.int64)

    @property
    def count(self) -> int:
        """Columns of the whole genome."""
        return int(self.firsts[-1])

    def number(self, chrom: NDArray[np.int8], x: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the numbers of columns given as in the table."""
        found: NDArray[np.int64] = self.firsts[chrom.astype(np.int64) - 1] + x
        return found

    def named(self, column: int) -> tuple[int, int]:
        """Return ``(chrom, x)`` of a column; one past the last is ``(27, 0)``."""
        firsts = self.firsts
        at = int(np.searchsorted(firsts, column, side="right")) - 1
        return at + 1, column - int(firsts[at])

    def starts(self, first: int, last: int) -> NDArray[np.int64]:
        """Return where columns [first, last) begin on the genome-wide axis."""
        numbers = np.arange(first, last, dtype=np.int64)
        firsts = self.firsts
        chrom = np.searchsorted(firsts, numbers, side="right") - 1
        offsets = np.asarray(self.build.offsets, np.int64)
        found: NDArray[np.int64] = offsets[chrom] + ((numbers - firsts[chrom]) << self.level)
        return found

    def whole(self, x0: int, x1: int) -> tuple[int, int]:
        """Return the columns [first, last) that lie in [x0, x1) as a whole."""
        left, begins = self._at(x0)
        first = left + (begins < x0)
        return first, max(first, self._at(x1)[0])

    def start(self, column: int) -> int:
        """Return where a column begins on the genome-wide axis; one past the last is its end."""
        chrom, x = self.named(column)
        offsets = (*self.build.offsets, self.build.offsets[-1] + self.build.sizes[-1])
        return offsets[chrom - 1] + (x << self.level)

    def _at(self, g: int) -> tuple[int, int]:
        """Return the column that holds a place, and where it begins."""
        offsets, firsts = self.build.offsets, self.firsts
        if g >= offsets[-1] + self.build.sizes[-1]:
            return int(firsts[-1]), g
        place = max(g, 0)
        at = int(np.searchsorted(offsets, place, side="right")) - 1
        x = (place - offsets[at]) >> self.level
        return int(firsts[at]) + x, offsets[at] + (x << self.level)
