"""The top of the range of a signal that has none by nature, such as depth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Share of the values above zero that the range has to hold.
SHARE = 0.999
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_PER_OCTAVE = 32
_LOWEST = -64


class Top:
    """Finds a round number that 99.9 % of the values above zero do not exceed; holds 64 KB."""

    def __init__(self) -> None:
        self._counts = np.zeros(128 * _PER_OCTAVE, np.int64)
        self._highest = np.zeros(len(self._counts))

    def add(self, values: NDArray[Any]) -> None:
        """Count values; those at or below zero, without a value or infinite are left out."""
        kept = values[np.isfinite(values) & (values > 0)].astype(np.float64)
        if len(kept):
            place = np.floor((np.log2(kept) - _LOWEST) * _PER_OCTAVE)
            bins = np.clip(place, 0, len(self._counts) - 1).astype(np.int64)
            self._counts += np.bincount(bins, minlength=len(self._counts))
            np.maximum.at(self._highest, bins, kept)

    def nice_high(self) -> float:
        """Return 1, 1.5, 2, 3, 4, 5, 6, 8 or 10 times a power of ten; 1 when nothing is above 0."""
        below = np.cumsum(self._counts)
        if not below[-1]:
            return 1.0
        # A float32 that is meant to be round may lie a little above it.
        high = float(self._highest[np.searchsorted(below, SHARE * below[-1])]) * (1 - 1e-6)
        power = 10.0 ** math.floor(math.log10(high))
        return next((f * power for f in _NICE if f * power >= high), 10 * power)
