"""Which ways of inheritance a call fits: questions to each person of a family, over arrays.

A mode is a list of questions that name the person, what may be carried, and what becomes of who
was not called. The same list judges millions of calls, says itself in English, and tells of one
call who failed. Nothing that is unknown removes a call from "possible"; it removes it from "sure".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.pedigree import Family

#: What a person carries of a call: no copy, one of two, every copy there is, not called.
NONE, ONE, ALL, UNKNOWN = 0, 1, 2, 3
#: How well a call fits.
NO, POSSIBLE, SURE = 0, 1, 2
#: Where a call lies, which decides how many copies a man has; PAR counts as autosome.
AUTOSOME, X, Y, M = 0, 1, 2, 3
_X, _Y, _M = 23, 24, 25

#: slivar, wiki of rare disease: quality 20, depth 6, share .2 to .8; a boy's X .75 and quality 10.
GQ_MIN, DP_MIN, SHARE_LOW, SHARE_HIGH = 20.0, 6.0, 0.2, 0.8
X_GQ_MIN, X_SHARE_MIN = 10.0, 0.75
#: slivar: the parents of a new mutation show fewer than this many reads with it, together.
PARENT_READS = 2.0
#: Own limits for M: below the first a caller's noise, from the second on every copy.
M_SHARE_MIN, M_SHARE_ALL = 0.05, 0.95

Levels = NDArray[np.uint8]
States = NDArray[np.uint8]
Numbers = NDArray[np.floating]


@dataclass(frozen=True)
class Calls:
    """Calls of a family, one array a person in ``Family``'s order; numbers may be missing (NaN).

    Attributes:
        place: AUTOSOME, X, Y or M of each call, as ``places`` gives it.
        states: what each person carries.
        gq: genotype quality, Phred; None when nobody has one.
        dp: depth, reads.
        reads: reads with the allele.
        share: fraction of reads with the allele.
    """

    place: NDArray[np.uint8]
    states: Sequence[States]
    gq: Sequence[Numbers] | None = None
    dp: Sequence[Numbers] | None = None
    reads: Sequence[Numbers] | None = None
    share: Sequence[Numbers] | None = None

    def __len__(self) -> int:
        return len(self.place)

    def take(self, rows: NDArray[np.intp]) -> Calls:
        """Return some of the calls."""
        parts = (self.gq, self.dp, self.reads, self.share)
        cut = [None if p is None else [a[rows] for a in p] for p in parts]
        return Calls(self.place[rows], [s[rows] for s in self.states], *cut)


@dataclass(frozen=True)
class Ask:
    """A question to one person: states that are ``sure`` or ``maybe`` so; all others say no."""

    person: int
    sure: frozenset[int]
    maybe: frozenset[int] = frozenset()

    def table(self) -> Levels:
        """Return the level of each state."""
        levels = [SURE if s in self.sure else POSSIBLE if s in self.maybe else NO for s in range(4)]
        return np.array(levels, np.uint8)


@dataclass(frozen=True)
class Check:
    """A measured limit; a call that misses it, or was not measured, is possible but not sure.

    ``kind`` is gq, dp, share (of the first person) or reads (of all together, below ``high``).
    """

    kind: str
    people: tuple[int, ...]
    low: float = -np.inf
    high: float = np.inf

    def passed(self, calls: Calls) -> NDArray[np.bool_]:
        """Say which calls were measured and lie within the limits."""
        held: Sequence[Numbers] | None = getattr(calls, self.kind)
        if held is None:
            return np.zeros(len(calls), np.bool_)
        if self.kind == "reads":
            return sum((held[p] for p in self.people), np.zeros(len(calls))) < self.high
        value = held[self.people[0]]
        return (value >= self.low) & (value <= self.high)


@dataclass(frozen=True)
class Plan:
    """A mode as asked of one family; ``unknown`` is what the case does not show of it."""

    name: str
    place: int
    subject: int
    asks: tuple[Ask, ...]
    checks: tuple[Check, ...] = ()
    unknown: tuple[str, ...] = ()


def places(
    chrom: NDArray[np.integer],
    start: NDArray[np.integer],
    par: dict[int, tuple[tuple[int, int], ...]],
) -> NDArray[np.uint8]:
    """Return the place of each call; ``par`` holds 0-based half-open spans by chromosome code."""
    out = np.zeros(len(chrom), np.uint8)
    for code, place in ((_X, X), (_Y, Y), (_M, M)):
        rows = np.flatnonzero(chrom == code)
        inside = np.zeros(len(rows), np.bool_)
        for low, high in par.get(code, ()):
            inside |= (start[rows] >= low) & (start[rows] < high)
        out[rows[~inside]] = place
    return out


def levels(plan: Plan, family: Family, calls: Calls) -> Levels:
    """Return NO, POSSIBLE or SURE for each call."""
    out = np.zeros(len(calls), np.uint8)
    rows = np.flatnonzero(calls.place == plan.place)
    level = _answers(plan, family, calls, 0, rows)
    rows, level = rows[level > NO], level[level > NO]
    for at in range(1, len(plan.asks)):
        level = np.minimum(level, _answers(plan, family, calls, at, rows))
        keep = level > NO
        rows, level = rows[keep], level[keep]
    if plan.unknown:
        level = np.minimum(level, np.uint8(POSSIBLE))
    elif plan.checks:
        hopeful = np.flatnonzero(level == SURE)
        some = calls.take(rows[hopeful])
        passed = np.ones(len(hopeful), np.bool_)
        for check in plan.checks:
            passed &= check.passed(some)
        level[hopeful[~passed]] = POSSIBLE
    out[rows] = level
    return out


def _answers(plan: Plan, family: Family, calls: Calls, at: int, rows: NDArray[np.intp]) -> Levels:
    ask = plan.asks[at]
    return seen_table(plan, family, ask)[calls.states[ask.person][rows]]


def seen_table(plan: Plan, family: Family, ask: Ask) -> Levels:
    """Return the level of each state as called; a man's X has one copy: 0/1, 1/1 and 1 are one."""
    table = ask.table()
    if plan.place == X and family.people[ask.person].sex == "male":
        table[ONE] = table[ALL]
    return table
