"""The blocked recursion gives the path that the textbook's loop gives."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis.states import inside, spans

ENTER, LEAVE = 6e-8, 5e-9


def textbook(chrom: list[int], start: list[int], score: list[float]) -> list[bool]:
    """Viterbi with back-pointers, one site at a time."""
    rate = ENTER + LEAVE
    best, back = [(0.0, 0.0)], []
    for t, s in enumerate(score):
        a, b = best[-1]
        if t == 0 or chrom[t] != chrom[t - 1]:
            base = max(a, b)
            new = (base + np.log(ENTER / rate) + s, base + np.log(LEAVE / rate))
            back.append((a > b, a > b))
        else:
            moved = -np.expm1(-rate * max(start[t] - start[t - 1], 1)) / rate
            stay_a, enter = a + np.log1p(-LEAVE * moved), b + np.log(ENTER * moved)
            leave, stay_b = a + np.log(LEAVE * moved), b + np.log1p(-ENTER * moved)
            new = (max(stay_a, enter) + s, max(leave, stay_b))
            back.append((stay_a > enter, leave > stay_b))
        best.append(new)
    state = bool(best[-1][0] > best[-1][1])
    out = []
    for pointers in reversed(back):
        out.append(state)
        state = bool(pointers[0] if state else pointers[1])
    return out[::-1]


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_the_textbook(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 500))
    chrom, start = np.sort(rng.integers(1, 4, n)), rng.integers(0, 10**7, n)
    start = start[np.lexsort((start, chrom))]
    score = rng.normal(-0.2, 3, n).astype(np.float32)
    found = inside(chrom, start, score, enter=ENTER, leave=LEAVE)
    assert found.tolist() == textbook(chrom.tolist(), start.tolist(), score.tolist())
    assert 0 < found.sum() < n or n < 60


def test_no_sites_no_path() -> None:
    empty = np.zeros(0, np.int64)
    assert len(inside(empty, empty, np.zeros(0, np.float32), enter=ENTER, leave=LEAVE)) == 0
    assert spans(empty, np.zeros(0, np.bool_), empty, 10) == []


def test_spans_stop_at_chromosomes_and_holes() -> None:
    chrom = np.array([1, 1, 1, 1, 2, 2])
    start = np.array([0, 10, 5000, 5010, 5020, 5030])
    flags = np.array([True, True, True, True, True, False])
    assert spans(chrom, flags, start, 100) == [(0, 2), (2, 4), (4, 5)]
    assert spans(chrom, flags, start, 10_000) == [(0, 4), (4, 5)]
