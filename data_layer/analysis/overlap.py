"""Which intervals are one event: reciprocal overlap, and the agreement of callers.

Reciprocal overlap is the shared bases over the longer of the two. At half or more, two calls
count as one event: the rule of the 1000 Genomes structural variants (Mills et al. 2011, Nature
470:59, doi:10.1038/nature09708).

Limits: insertions and break-ends have no length to share; they agree by distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SOURCE = "Mills et al. 2011, doi:10.1038/nature09708 (50 % reciprocal overlap)"
#: Share that both must have in common, and bases between the ends of events without length.
HALF = 0.5
NEAR = 100


@dataclass(frozen=True)
class Event:
    """A call: place (0-based half-open), type (DEL, DUP, …) and who made it."""

    chrom: int
    start: int
    end: int
    kind: str
    caller: str


def shared(start: int, end: int, starts: Ints, ends: Ints) -> Ints:
    """Return the bases that an interval shares with each of many; 0 where they are apart."""
    common: Ints = np.maximum(np.minimum(end, ends) - np.maximum(start, starts), 0)
    return common


def reciprocal(start: int, end: int, starts: Ints, ends: Ints) -> NDArray[np.float64]:
    """Return the reciprocal overlap of an interval with each of many, 0 to 1."""
    longer = np.maximum(np.maximum(ends - starts, end - start), 1)
    share: NDArray[np.float64] = shared(start, end, starts, ends) / longer
    return share


def same_event(one: Event, other: Event, least: float = HALF) -> bool:
    """Say whether two calls are one event."""
    if one.chrom != other.chrom or one.kind != other.kind:
        return False
    if min(one.end - one.start, other.end - other.start) <= 1:
        return abs(one.start - other.start) <= NEAR
    found = reciprocal(one.start, one.end, np.array([other.start]), np.array([other.end]))
    return bool(found[0] >= least)


def agreement(event: Event, calls: Sequence[Event], least: float = HALF) -> tuple[str, ...]:
    """Return the other callers with a call of the same event, by name."""
    names = {c.caller for c in calls if c.caller != event.caller and same_event(event, c, least)}
    return tuple(sorted(names))
