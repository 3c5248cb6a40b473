"""Intervals of one build, looked up by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals sorted by chromosome code, then start; 0-based half-open.

    Attributes:
        chrom: chromosome codes, int64.
        start: first bases, int64.
        end: bases behind the last, int64.
        reach: furthest end up to each row within its chromosome, which bounds a search.
    """

    chrom: Ints
    start: Ints
    end: Ints
    reach: Ints

    @classmethod
    def of(cls, chrom: Ints, start: Ints, end: Ints) -> Intervals:
        """Take sorted columns.

        Raises:
            ValueError: the rows are not sorted by chromosome and start.
        """
        chrom, start, end = (np.asarray(a, dtype=np.int64) for a in (chrom, start, end))
        order = np.lexsort((start, chrom))
        if not np.array_equal(chrom[order], chrom) or not np.array_equal(start[order], start):
            raise ValueError("intervals are not sorted by chromosome and start")
        reach = end.copy()
        for code in np.unique(chrom):
            first, past = np.searchsorted(chrom, [code, code + 1])
            reach[first:past] = np.maximum.accumulate(end[first:past])
        return cls(chrom, start, end, reach)

    def overlapping(self, chrom: int, start: int, end: int) -> Ints:
        """Return rows that share at least one base with ``[start, end)``, in order."""
        first, past = np.searchsorted(self.chrom, [chrom, chrom + 1])
        low = first + int(np.searchsorted(self.reach[first:past], start, side="right"))
        high = first + int(np.searchsorted(self.start[first:past], end, side="left"))
        rows = np.arange(low, max(low, high), dtype=np.int64)
        return rows[self.end[rows] > start] if end > start else rows[:0]
