"""The range of a signal's values, cut into equal steps: the one rule for rows and for cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.errors import InputError
from data_layer.schema import ABOVE, BELOW, NO_VALUE, STEPS
from data_layer.tiles.compiled import Compiled, sealed

#: Lanes of a column of counts: no value, below, the steps from the bottom, above.
LANES = STEPS + 3
#: Lane of a step: the lane of ``y`` is ``y + FIRST``.
FIRST = -NO_VALUE
#: Two edges nearer to each other than this share of a step are one edge.
_SAME = 1e-6


@dataclass(frozen=True)
class Range:
    """Values from ``low`` to ``high``, both ends included.

    Raises:
        InputError: the range is empty, or its ends are no numbers.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (self.low < self.high and math.isfinite(self.high - self.low)):
            raise InputError(
                "RANGE",
                f"{self.low:g} to {self.high:g}",
                "the lower value must lie below the upper",
            )

    def value(self, step: int) -> float:
        """Return the value at the lower edge of a step; of ``STEPS``, the top of the range."""
        return self.high if step == STEPS else self.low + step * (self.high - self.low) / STEPS

    def window(self, y0: float | None, y1: float | None) -> tuple[int, int]:
        """Return the steps [first, last) that show [y0, y1], widened to whole steps.

        What lies outside the range cannot be told apart any more, so a window ends with the range.

        Raises:
            InputError: the lower value does not lie below the upper.
        """
        low, high = self.low if y0 is None else y0, self.high if y1 is None else y1
        if not (low < high and math.isfinite(low) and math.isfinite(high)):
            raise InputError(
                "VIEW", f"{low:g} to {high:g}", "the lower value must lie below the upper"
            )
        scale = STEPS / (self.high - self.low)
        start = (max(low, self.low) - self.low) * scale
        end = (min(high, self.high) - self.low) * scale
        first = min(max(math.floor(start + _SAME), 0), STEPS - 1)
        return first, min(max(math.ceil(end - _SAME), first + 1), STEPS)


def steps_of(values: NDArray[np.float32], spec: Range) -> NDArray[np.int16]:
    """Return each value's step: 0 to ``STEPS - 1``, or ``BELOW``, ``ABOVE``, ``NO_VALUE`` (NaN).

    The step is ``floor((v - low) / (high - low) * STEPS)`` in double precision; the top of the
    range belongs to the last step.
    """
    out = np.empty(len(values), np.int16)
    _steps(sealed(values, np.float32), float(spec.low), float(spec.high), out)
    return out


def _step_loop(values: Any, low: Any, high: Any, out: Any) -> None:
    for i in range(len(values)):
        v = np.float64(values[i])
        if v != v:
            out[i] = NO_VALUE
        elif v < low:
            out[i] = BELOW
        elif v > high:
            out[i] = ABOVE
        else:
            out[i] = min(int(np.floor((v - low) / (high - low) * STEPS)), STEPS - 1)


_steps = Compiled(_step_loop)
