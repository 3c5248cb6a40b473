"""A signal's picture counts every point in view once, from rows and from cells alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_layer.query.cache import ByteCache
from data_layer.schema import NO_VALUE, STEPS
from data_layer.tiles import levels as levels_module
from data_layer.tiles.picture import Tally, lane_of
from data_layer.tiles.range import Range, steps_of
from data_layer.tiles.read import Pyramid
from tests.signal_rows import BUILD, InMemory, points, tiles

TOP = sum(BUILD.sizes)
SPEC = Range(-3.0, 3.0)
QUIET = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
ROWS = points(6000, 7, spec=SPEC)
GPOS = ROWS["gpos"].to_numpy()
VALUES = ROWS["value"].to_numpy()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> InMemory:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels_module, "ROWS_PER_COLUMN", 0.001)
        made = tiles(ROWS, SPEC, tmp_path_factory.mktemp("tiles"))
    assert set(made["level"].to_pylist()) == set(levels_module.LEVELS)
    return InMemory(ROWS, made)


def pyramid(
    stored: InMemory, cache: ByteCache | None = None, missing: int | None = None
) -> Pyramid:
    missing = int(np.isnan(VALUES).sum()) if missing is None else missing
    held = cache or ByteCache(1 << 24)
    return Pyramid(stored, SPEC, BUILD, len(GPOS), missing, held, ("signal",))


@st.composite
def views(draw: st.DrawFn) -> tuple[int, int]:
    """Whole genome, a chromosome, 10 Mb, 100 kb, single bases; some begin or end at a row."""
    span = draw(st.sampled_from([TOP, BUILD.size(1), 300_000_000, 10_000_000, 100_000, 40, 1]))
    at = draw(st.one_of(st.integers(0, TOP - 1), st.sampled_from(GPOS[:300].tolist())))
    x0 = 0 if span == TOP else max(0, at - draw(st.sampled_from([0, span // 2, span - 1])))
    return x0, min(TOP, x0 + span) + draw(st.sampled_from([0, 0, 1000]))


heights = st.sampled_from([1, 2, 7, 64, 100, 128, 256, 300])
window = st.one_of(
    st.none(),
    st.tuples(st.floats(-4, 4), st.floats(-4, 4)).map(sorted).filter(lambda p: p[0] < p[1]),
)


@QUIET
@given(views(), st.integers(1, 1500), heights, window, st.booleans())
def test_the_pixels_add_up_to_the_rows_in_view(
    stored: InMemory, view: tuple[int, int], w: int, h: int, y: list[float] | None, bare: bool
) -> None:
    source = InMemory(ROWS, None) if bare else stored
    x0, x1 = view
    y0, y1 = y or (None, None)
    found = pyramid(source).picture(x0, x1, w, h, y0, y1)
    inside = np.zeros(len(GPOS), bool)
    inside[slice(*np.searchsorted(GPOS, [x0, x1]))] = True
    assert found.counts.shape == (h, w)
    assert int(found.counts.sum(dtype=np.int64)) == found.rows == int(inside.sum())
    values = VALUES[inside]
    assert found.missing == int(np.isnan(values).sum())
    steps = steps_of(values, SPEC)
    first, last = SPEC.window(y0, y1)
    gone = ((steps < first) | (steps >= last)) & ~np.isnan(values)
    assert found.clipped == int(gone.sum())
    lane = found.lane_rows
    assert lane == lane_of(h, 1)
    if lane:
        assert int(found.counts[h - lane :].sum()) == found.missing
    assert found.level == "rows" if bare else found.level in ("rows", *map(str, levels_module.LEVELS))  # fmt: skip # noqa: E501


quarters = st.tuples(st.integers(0, 3), st.integers(1, 4)).filter(lambda q: q[0] < q[1])


@QUIET
@given(views(), st.integers(1, 1500), st.sampled_from([1, 4, 32, 64]), quarters)
def test_cells_and_rows_fill_the_same_pixel_rows(
    stored: InMemory, view: tuple[int, int], w: int, h: int, quarter: tuple[int, int]
) -> None:
    """Cells move a row sideways by half a pixel at most, never up or down, in or out."""
    x0, x1 = view
    y0, y1 = (SPEC.value(q * STEPS // 4) for q in quarter)
    fine = pyramid(InMemory(ROWS, None), missing=0).picture(x0, x1, w, h, y0, y1)
    coarse = pyramid(stored, missing=0).picture(x0, x1, w, h, y0, y1)
    told = ("rows", "clipped", "missing", "y0", "y1", "lane_rows")
    assert [getattr(fine, n) for n in told] == [getattr(coarse, n) for n in told]
    assert (fine.y0, fine.y1) == (y0, y1)
    assert (fine.counts.sum(axis=1) == coarse.counts.sum(axis=1)).all()
    if coarse.level != "rows":
        left, right = (p.counts.sum(axis=0).cumsum() for p in (fine, coarse))
        assert (left[:-1] <= right[:-1]).all()
        assert (np.r_[0, right[:-2]] <= left[:-1]).all()


@QUIET
@given(st.lists(st.tuples(views(), st.integers(1, 800)), min_size=2, max_size=6))
def test_what_the_cache_holds_changes_nothing(
    stored: InMemory, asked: list[tuple[tuple[int, int], int]]
) -> None:
    shared = {size: ByteCache(size) for size in (1 << 24, 20_000, 1)}
    for (x0, x1), w in asked:
        want = pyramid(stored).picture(x0, x1, w, 64)
        for cache in shared.values():
            got = pyramid(stored, cache).picture(x0, x1, w, 64)
            assert (got.counts == want.counts).all()
            assert cache.held <= cache.limit


def test_one_row_is_one_pixel_at_its_place() -> None:
    """Where a step is one pixel row high, a row is drawn at its value's step and its place."""
    for value, up in ((-3.0, 0), (0.0, 128), (3.0, 255), (2.99, 255), (-4.0, 0), (5.0, 255)):
        rows = points(1, 1, spec=SPEC)
        rows = rows.set_column(
            5, rows.schema.field("value"), pa.chunked_array([[value]], pa.float32())
        )
        one = Pyramid(InMemory(rows, None), SPEC, BUILD, 1, 0, ByteCache(1000), ("one",))
        g = int(rows["gpos"][0].as_py())
        found = one.picture(g - 50, g + 50, 100, STEPS)
        assert found.counts[STEPS - 1 - up, 50] == 1
        assert found.counts.sum() == 1


def test_levels_go_up_with_the_view(stored: InMemory) -> None:
    """Each level is used for the views it is made for, and reads columns in view only."""
    seen = []
    for w_per_level, level in ((1, 20), (1, 16), (1, 12), (1, 10)):
        x1 = BUILD.offsets[1] + 40 * (2 << level) * w_per_level
        stored.asked.clear()
        found = pyramid(stored).picture(BUILD.offsets[1], x1, 40, 64)
        seen.append(found.level)
    assert seen == ["20", "16", "12", "10"]
    stored.asked.clear()
    pyramid(stored).picture(0, TOP, 700, 64)
    assert {kind for kind, *_ in stored.asked} == {20}


def test_a_narrow_range_is_widened_to_whole_steps() -> None:
    edges = [SPEC.value(step) for step in range(STEPS + 1)]
    for low, high in pairwise(edges):
        assert SPEC.window(low, high) == (edges.index(low), edges.index(low) + 1)
    first, last = SPEC.window(-1.0, 1.0)
    assert SPEC.value(first) <= -1.0 < SPEC.value(first + 1)
    assert SPEC.value(last - 1) < 1.0 <= SPEC.value(last)
    assert SPEC.window(-9.0, 9.0) == (0, STEPS)
    assert SPEC.window(5.0, 9.0) == (STEPS - 1, STEPS)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.7), (-1.1, 2.3), (0.0, 60.1), (1e-3, 7e-3)])
def test_every_step_is_a_window_of_its_own(low: float, high: float) -> None:
    """The edges that a picture names lead back to the same steps, whatever they round to."""
    spec = Range(low, high)
    for first in range(STEPS):
        for last in {first + 1, (first + STEPS) // 2 + 1, STEPS}:
            assert spec.window(spec.value(first), spec.value(last)) == (first, last)


def test_the_lane_is_filled_evenly() -> None:
    """Rows without a value stand in all of the lane's rows alike, and in no other."""
    tally = Tally(0, 10, 2)
    y = np.full(1200, NO_VALUE, np.int16)
    tally.add_rows(np.repeat(np.array([3, 7], np.int64), 600), y)
    drawn = tally.picture(SPEC, None, None, 72, 6, "rows")
    assert (drawn.missing, drawn.rows) == (1200, 1200)
    assert (np.abs(drawn.counts[66:].astype(int) - 100) <= 1).all()
    assert drawn.counts[:66].sum() == 0


@pytest.mark.parametrize("level", levels_module.LEVELS)
@pytest.mark.parametrize("w", [1, 700])
def test_a_cell_is_half_a_pixel_at_most(level: int, w: int) -> None:
    least = 2 * w << level
    assert levels_module.level_for(least, w) == level
    assert levels_module.level_for(2 * least, w) == level
    finer = levels_module.level_for(least - 1, w)
    assert finer is None if level == min(levels_module.LEVELS) else finer == level - 2


def test_signals_in_one_cache_do_not_mix(stored: InMemory) -> None:
    """Another signal, with other rows and no cells, is drawn from its own."""
    cache = ByteCache(1 << 24)
    other = points(500, 8, spec=SPEC)
    bare = Pyramid(InMemory(other, None), SPEC, BUILD, 500, 1, cache, ("other",))
    for x0, x1, w in ((0, TOP, 300), (0, 50_000_000, 300)):
        inside, beside = (
            int(np.diff(np.searchsorted(gpos, [x0, x1]))[0])
            for gpos in (GPOS, other["gpos"].to_numpy())
        )
        assert bare.picture(x0, x1, w, 20).rows == beside
        drawn = pyramid(stored, cache).picture(x0, x1, w, 20)
        assert (drawn.rows, bare.picture(x0, x1, w, 20).level) == (inside, "rows")
        assert drawn.level != "rows"
