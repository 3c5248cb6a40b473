"""A picture counts every kept row in view once, in the pixel where it starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.filters import Filter
from data_layer.schema import CLASSES
from tests.query_rows import BUILD, open_desk, plain, variant_table

N = 4000
VARIANTS = variant_table(N, seed=11)
ROWS = plain(VARIANTS)
TOP = sum(BUILD.sizes)
QUIET = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FILTERS = [
    (),
    (Filter("filter", "in", "PASS"),),
    (Filter("class", "notin", "snv"), Filter("gt:child", "in", ("het", "hom", "hemi"))),
    (Filter("qual", "<", 0),),
]
TESTS = [
    lambda r: True,
    lambda r: r["filter"] == ["PASS"],
    lambda r: r["class"] != "snv" and r["gt"][0] >= 1,
    lambda r: False,
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    desk = open_desk(tmp_path_factory.mktemp("lake"), VARIANTS)
    yield desk.case(LOCAL, "demo")
    desk.close()


@st.composite
def views(draw: st.DrawFn) -> tuple[int, int]:
    """Whole genome, a chromosome, 10 Mb, 100 kb, single bases; some begin or end at a row."""
    span = draw(st.sampled_from([TOP, BUILD.size(1), 10_000_000, 100_000, 40, 1]))
    at = draw(st.one_of(st.integers(0, TOP - 1), st.sampled_from([r["gpos"] for r in ROWS[:50]])))
    x0 = 0 if span == TOP else max(0, at - draw(st.sampled_from([0, span // 2, span - 1])))
    return x0, min(TOP, x0 + span)


@QUIET
@given(
    views(),
    st.sampled_from(["density", "vaf", "rank"]),
    st.integers(0, len(FILTERS) - 1),
    st.integers(1, 700),
    st.integers(1, 90),
)
def test_sum_is_rows_in_view(
    case: CaseQuery, view: tuple[int, int], picture: str, number: int, w: int, h: int
) -> None:
    x0, x1 = view
    grid = case.grid(picture, sample="dad", x0=x0, x1=x1, w=w, h=h, filters=FILTERS[number])
    rows = [r for r in ROWS if x0 <= r["gpos"] < x1 and TESTS[number](r)]
    assert grid.counts.shape == (h, w)
    assert grid.counts.dtype == np.uint32
    assert int(grid.counts.sum()) == grid.rows == len(rows)
    columns = np.bincount([(r["gpos"] - x0) * w // (x1 - x0) for r in rows], minlength=w)
    assert grid.counts.sum(axis=0).tolist() == columns.tolist()


def value_of(row: dict[str, Any], picture: str) -> float | None:
    return row["rank_score"] if picture == "rank" else row["vaf"][1]


@QUIET
@given(
    st.sampled_from(["vaf", "rank"]),
    st.floats(-20, 20),
    st.floats(0.01, 30),
    st.integers(2, 120),
)
def test_values_lie_on_their_lines(
    case: CaseQuery, picture: str, low: float, tall: float, h: int
) -> None:
    high = low + tall
    grid = case.grid(picture, sample="dad", x0=0, x1=TOP, y0=low, y1=high, w=1, h=h)
    lines = h - grid.lane_rows
    want = np.zeros(h, np.int64)
    clipped = missing = 0
    for row in ROWS:
        value = value_of(row, picture)
        if value is None:
            missing += 1
            continue
        clipped += not np.float32(low) <= np.float32(value) <= np.float32(high)
        up = min(max(int(np.floor((value - low) * (lines / (high - low)))), 0), lines - 1)
        want[lines - 1 - up] += 1
    assert grid.lane_rows >= 1
    assert grid.missing == missing == int(grid.counts[lines:].sum())
    assert grid.clipped == clipped
    assert grid.counts[:lines, 0].tolist() == want[:lines].tolist()


def test_highest_and_lowest_value_are_not_clipped(case: CaseQuery) -> None:
    given_scores = [r["rank_score"] for r in ROWS if r["rank_score"] is not None]
    grid = case.grid("rank", x0=0, x1=TOP, w=1, h=100)
    assert (grid.y0, grid.y1) == (min(given_scores), max(given_scores))
    assert grid.clipped == 0
    assert grid.counts[0, 0] >= given_scores.count(max(given_scores))


@pytest.mark.parametrize("h", [8, 16, 24, 100])
def test_classes_have_their_lanes(case: CaseQuery, h: int) -> None:
    grid = case.grid("density", x0=0, x1=TOP, w=3, h=h)
    edges = [i * h // len(CLASSES) for i in range(len(CLASSES) + 1)]
    from_bottom = grid.counts.sum(axis=1)[::-1]
    found = {
        c: int(from_bottom[a:b].sum()) for c, a, b in zip(CLASSES, edges, edges[1:], strict=False)
    }
    assert found == case.info.class_counts
    assert found == {c: sum(r["class"] == c for r in ROWS) for c in CLASSES}


def test_last_base_of_the_genome_is_counted(case: CaseQuery) -> None:
    last = max(r["gpos"] for r in ROWS)
    grid = case.grid("density", x0=0, x1=last + 1, w=977, h=8)
    assert grid.rows == N
    assert grid.counts[:, -1].sum() >= 1
    assert case.grid("density", x0=0, x1=last, w=977, h=8).rows < N
