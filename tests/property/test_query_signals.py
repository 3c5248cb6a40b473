"""A signal's picture counts every point in view once, from rows and from cells alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.desk import Desk
from data_layer.schema import SIGNALS, STEPS
from tests.query_rows import BUILD
from tests.signals_made import CODES, signal_desk

#: Points a chromosome: enough for cells of the coarsest levels to be made.
EACH = 20_000
TOP = sum(BUILD.sizes)
HAVE = {"child": ("coverage", "baf"), "dad": ("coverage",)}
ASKED = [(p, s) for p, names in HAVE.items() for s in names]
QUIET = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True)
class Room:
    """A case and, beside it, the same points in a database of its own."""

    desk: Desk
    case: CaseQuery
    points: dict[tuple[str, str], pa.Table]
    oracle: duckdb.DuckDBPyConnection

    def one(self, who: tuple[str, str], what: str, x0: int, x1: int) -> Any:
        sql = f"select {what} from {who[0]}_{who[1]} where gpos >= $a and gpos < $b"
        found = self.oracle.execute(sql, {"a": x0, "b": x1}).fetchone()
        assert found is not None
        return found[0]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    desk, points = signal_desk(tmp_path_factory.mktemp("lake"), each=EACH, have=HAVE)
    with duckdb.connect() as oracle:
        for (person, signal), table in points.items():
            oracle.register("made", table)
            oracle.execute(f"create table {person}_{signal} as select * from made")
        yield Room(desk, desk.case(LOCAL, "demo"), points, oracle)
    desk.close()


@st.composite
def views(draw: st.DrawFn) -> tuple[int, int]:
    """Whole genome, a chromosome, 10 Mb, 100 kb, a bin; some reach over a chromosome's end."""
    span = draw(st.sampled_from([TOP, BUILD.size(1), 60_000_000, 10_000_000, 100_000, 100, 1]))
    edges = [*BUILD.offsets, TOP - 1]
    at = draw(st.one_of(st.integers(0, TOP - 1), st.sampled_from(edges)))
    x0 = 0 if span == TOP else max(0, at - draw(st.sampled_from([0, span // 2, span - 1])))
    return x0, min(TOP, x0 + span)


def windows(signal: str) -> list[tuple[float | None, float | None]]:
    """None, a part of the range, a slip of it, and more than it."""
    low, high = SIGNALS[signal].low, SIGNALS[signal].high or 60.0
    part = (high - low) / 10
    return [(None, None), (low + 3 * part, high - 2 * part), (low + part, low + 1.01 * part),
            (low - part, high + part), (None, low + part)]  # fmt: skip


@QUIET
@given(views(), st.sampled_from(ASKED), st.integers(0, 4), st.integers(1, 900), st.integers(1, 130))
def test_sum_is_points_in_view(
    room: Room, view: tuple[int, int], who: tuple[str, str], window: int, w: int, h: int
) -> None:
    x0, x1 = view
    y0, y1 = windows(who[1])[window]
    grid = room.case.signal_grid(*who, x0=x0, x1=x1, y0=y0, y1=y1, w=w, h=h)
    assert grid.counts.shape == (h, w)
    assert int(grid.counts.sum(dtype=np.int64)) == grid.rows == room.one(who, "count(*)", x0, x1)
    assert grid.missing == room.one(who, "count(*) - count(value)", x0, x1)
    values = room.one(who, "list(value) filter (value is not null)", x0, x1) or []
    assert grid.clipped == outside(who[1], np.array(values, np.float64), grid.y0, grid.y1)


def outside(signal: str, values: np.ndarray[Any, Any], y0: float, y1: float) -> int:
    """How many values lie outside the steps between two edges; the range's top is inside."""
    low, high = SIGNALS[signal].low, SIGNALS[signal].high or 60.0
    steps = np.floor((values - low) / (high - low) * STEPS)
    steps[values == high] = STEPS - 1
    first, last = (round((y - low) / (high - low) * STEPS) for y in (y0, y1))
    return int(((steps < first) | (steps >= last)).sum())


@QUIET
@given(views(), st.sampled_from(ASKED), st.integers(1, 400))
def test_columns_of_rows_hold_the_points_that_start_there(
    room: Room, view: tuple[int, int], who: tuple[str, str], w: int
) -> None:
    x0, x1 = view
    grid = room.case.signal_grid(*who, x0=x0, x1=x1, w=w, h=7)
    gpos = room.points[who]["gpos"].to_numpy()
    inside = gpos[(gpos >= x0) & (gpos < x1)]
    wanted = np.bincount((inside - x0) * w // (x1 - x0), minlength=w)
    found = grid.counts.sum(axis=0)
    if grid.level == "rows":
        assert found.tolist() == wanted.tolist()
    else:
        # A cell is at most half a pixel wide: what it holds may lie one pixel to the left.
        early = np.cumsum(found) - np.cumsum(wanted)
        assert np.all(early >= 0)
        assert np.all(np.cumsum(found)[:-1] <= np.cumsum(wanted)[1:])


def test_wide_views_are_drawn_from_cells(room: Room) -> None:
    wide = room.case.signal_grid("child", "coverage", x0=0, x1=TOP, w=700, h=60)
    near = room.case.signal_grid("child", "coverage", x0=5_000, x1=90_000, w=700, h=60)
    assert wide.level.isdigit()
    assert near.level == "rows"


def test_lines_hold_the_values_of_their_steps(room: Room) -> None:
    grid = room.case.signal_grid("child", "baf", x0=0, x1=TOP, w=1, h=STEPS + 20)
    lane = grid.lane_rows
    assert lane == (STEPS + 20) // 12
    grid = room.case.signal_grid("child", "baf", x0=0, x1=BUILD.size(1), w=1, h=64)
    values = room.points["child", "baf"].filter(
        pa.compute.equal(room.points["child", "baf"]["chrom"], 1)
    )["value"]
    given_values = values.drop_null().to_numpy().astype(np.float64)
    high = int(((given_values >= 0.5) & (given_values <= 1.0)).sum() + (given_values > 1).sum())
    tall = 64 - grid.lane_rows
    upper = int(grid.counts[: tall // 2, 0].sum())
    assert abs(upper - high) <= len(given_values) * 0.02
    assert int(grid.counts[tall:].sum()) == grid.missing == values.null_count


def test_a_chromosome_without_points_has_none(room: Room) -> None:
    info = next(s for s in room.case.signals() if s.signal == "coverage" and s.sample == "dad")
    assert len(info.chrom_rows) == 27
    for code in range(1, 27):
        x0 = BUILD.offsets[code - 1]
        grid = room.case.signal_grid("dad", "coverage", x0=x0, x1=x0 + BUILD.size(code), w=50, h=9)
        assert grid.rows == info.chrom_rows[code]
        assert (grid.rows == 0) == (code not in CODES)
    assert sum(info.chrom_rows) == info.rows == room.points["dad", "coverage"].num_rows
    assert info.missing == room.points["dad", "coverage"]["value"].null_count


def test_the_answer_is_the_same_cold_and_warm(room: Room) -> None:
    view = {"x0": 10_000_000, "x1": 700_000_123, "w": 333, "h": 50}
    warm = room.case.signal_grid("child", "baf", **view)
    room.desk.cache.clear()
    cold = room.case.signal_grid("child", "baf", **view)
    assert np.array_equal(warm.counts, cold.counts)
