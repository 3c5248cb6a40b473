"""Reciprocal overlap and the agreement of callers."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.analysis.overlap import Event, agreement, reciprocal, same_event, shared


@pytest.mark.parametrize(
    ("start", "end", "bases", "share"),
    [(100, 200, 100, 1.0), (150, 250, 50, 0.5), (200, 300, 0, 0.0), (0, 1000, 100, 0.1),
     (120, 130, 10, 0.1), (0, 100, 0, 0.0)],
)  # fmt: skip
def test_reciprocal(start: int, end: int, bases: int, share: float) -> None:
    starts, ends = np.array([start]), np.array([end])
    assert shared(100, 200, starts, ends).tolist() == [bases]
    assert reciprocal(100, 200, starts, ends).tolist() == [share]
    assert reciprocal(start, end, np.array([100]), np.array([200])).tolist() == [share]


def test_callers_agree_on_type_place_and_half_of_both() -> None:
    mine = Event(1, 1000, 2000, "DEL", "manta")
    others = [
        Event(1, 1400, 2400, "DEL", "tiddit"), Event(1, 1500, 2500, "DEL", "cnvnator"),
        Event(1, 1501, 2501, "DEL", "far"), Event(1, 1000, 2000, "DUP", "type"),
        Event(2, 1000, 2000, "DEL", "chrom"), Event(1, 1000, 2000, "DEL", "manta"),
        Event(1, 0, 50_000, "DEL", "huge"),
    ]  # fmt: skip
    assert agreement(mine, others) == ("cnvnator", "tiddit")
    assert agreement(mine, others, least=0.6) == ("tiddit",)


def test_events_without_length_agree_by_distance() -> None:
    one = Event(3, 500, 501, "INS", "manta")
    assert same_event(one, Event(3, 600, 601, "INS", "tiddit"))
    assert not same_event(one, Event(3, 601, 602, "INS", "tiddit"))
