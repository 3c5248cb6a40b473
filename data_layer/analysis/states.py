"""The best path of a two-state Markov chain over millions of sites, without a loop over them.

Viterbi's recursion for two states needs only their difference ``d = score(inside) -
score(outside)``. With ``a`` = log P(stay inside), ``b`` = log P(stay outside), ``A`` = log
P(enter), ``B`` = log P(leave) between two sites and ``s`` the site's own log-likelihood ratio,

    d' = s + max(d + a, A) - max(b, d + B) = clip(d, A - a, b - B) + (a - b) + s

Such steps compose to steps of the same form, so blocks of sites are joined side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: ``d`` stays within the clip and a site's own score, so that single precision loses nothing.
Floats = NDArray[np.float32]
Ints = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]


def inside(chrom: Ints, start: Ints, score: Floats, *, enter: float, leave: float) -> Flags:
    """Say of each site whether the best path is inside there.

    Sites are sorted by chromosome and start; ``score`` is log P(data | inside) - log P(data |
    outside); ``enter`` and ``leave`` are probabilities for each base between two sites. Every
    chromosome begins anew, inside with probability ``enter / (enter + leave)``.
    """
    n = len(score)
    if not n:
        return np.zeros(0, np.bool_)
    first = np.concatenate([[True], chrom[1:] != chrom[:-1]])
    gap = np.ones(n, np.float32)
    gap[1:] = np.maximum(start[1:] - start[:-1], 1)
    low, high, drift = _steps(gap, enter, leave)
    low[first] = high[first] = 0.0
    drift[first] = np.log(enter / leave)
    drift += score
    difference = _scan(low, high, drift)
    low[:-1], high[:-1] = low[1:], high[1:]
    low[-1] = high[-1] = 0.0
    return _back(difference, low, high)


def spans(chrom: Ints, flags: Flags, start: Ints, most_gap: int) -> list[tuple[int, int]]:
    """Return runs of flagged sites as (first, past) indexes; none crosses a chromosome or gap."""
    if not len(flags):
        return []
    cut = (chrom[1:] != chrom[:-1]) | (start[1:] - start[:-1] > most_gap)
    begins = flags & np.concatenate([[True], ~flags[:-1] | cut])
    ends = flags & np.concatenate([~flags[1:] | cut, [True]])
    return list(
        zip(np.flatnonzero(begins).tolist(), (np.flatnonzero(ends) + 1).tolist(), strict=True)
    )


def _steps(gap: Floats, enter: float, leave: float) -> tuple[Floats, Floats, Floats]:
    """Bounds of the clip and the drift of a step over ``gap`` bases.

    The chance to have changed over many bases tends to the share of the other state.
    """
    rate = np.float32(enter + leave)
    moved = -np.expm1(-rate * gap) / rate
    log_moved = np.log(moved)
    stay_in = np.log1p(np.float32(-leave) * moved)
    stay_out = np.log1p(np.float32(-enter) * moved)
    low = log_moved + np.float32(np.log(enter)) - stay_in
    high = stay_out - log_moved - np.float32(np.log(leave))
    return low, high, stay_in - stay_out


def _scan(low: Floats, high: Floats, shift: Floats) -> Floats:
    """Return d after every step of ``d = clip(d, low, high) + shift``, from 0."""
    n = len(shift)
    width = int(np.ceil(np.sqrt(n)))
    rows = -(-n // width)
    spare = rows * width - n
    lows, highs, shifts = (
        np.ascontiguousarray(np.append(a, np.zeros(spare, a.dtype)).reshape(rows, width).T)
        for a in (low, high, shift)
    )
    bottom, top, added = lows[0].copy(), highs[0].copy(), shifts[0].copy()
    for lo, hi, by in zip(lows[1:], highs[1:], shifts[1:], strict=True):
        lowest = np.clip(bottom + added, lo, hi)
        new_bottom = np.clip(lo - added, bottom, top)
        top = np.clip(hi - added, bottom, top)
        bottom, added = new_bottom, lowest - new_bottom + by
    d, begin = 0.0, []
    for least, most, by in zip(bottom.tolist(), top.tolist(), added.tolist(), strict=True):
        begin.append(d)
        d = min(max(d, least), most) + by
    at = np.array(begin, np.float32)
    out = np.empty_like(lows)
    for j in range(width):
        at = np.clip(at, lows[j], highs[j], out=out[j])
        at += shifts[j]
    return out.T.reshape(-1)[:n]


def _back(difference: Floats, low: Floats, high: Floats) -> Flags:
    """Follow the path back: a site far to one side decides, one between follows the next."""
    decided = (difference > high) | (difference <= low)
    n = len(difference)
    where = np.where(decided, np.arange(n, dtype=np.int32), np.int32(n - 1))
    following = np.minimum.accumulate(where[::-1])[::-1]
    return np.asarray((difference > high)[following])
