"""Timing: cold is the first call, warm the median of the next ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing measured, in seconds, beside its peer in the same run."""

    what: str
    peer: str
    cold: float
    warm: float
    peer_seconds: float

    @property
    def ratio(self) -> float:
        """Warm seconds of the peer for one of ours: above 1 we are quicker."""
        return self.peer_seconds / self.warm if self.warm else float("inf")


def timed(call: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def cold_and_warm(call: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """Seconds of the first call and the median of the repeats."""
    first = timed(call)
    return first, statistics.median(timed(call) for _ in range(repeats))


def table(rows: list[Row]) -> str:
    """The rows as text."""
    head = f"{'what':<44}{'cold s':>9}{'warm s':>9}{'peer s':>9}{'ratio':>8}  peer"
    lines = [
        f"{r.what:<44}{r.cold:>9.3f}{r.warm:>9.3f}{r.peer_seconds:>9.3f}{r.ratio:>8.1f}  {r.peer}"
        for r in rows
    ]
    return "\n".join([head, *lines])
