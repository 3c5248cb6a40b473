"""Segments in view: drawn or counted by pixel, none dropped, none twice."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from data_layer.errors import InputError, NotFoundError
from data_layer.query.access import LOCAL, CaseQuery
from tests import signals_made
from tests.query_rows import BUILD, PEOPLE
from tests.signals_made import segment, segment_rows, signal_desk

TOP = sum(BUILD.sizes)
ROWS = {p: segment_rows(seed=i, many=300 if i == 0 else 40) for i, p in enumerate(PEOPLE)}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    desk, _ = signal_desk(tmp_path_factory.mktemp("lake"), each=5)
    yield desk.case(LOCAL, "demo")
    desk.close()


def ends(row: dict[str, int]) -> tuple[int, int]:
    return row["gpos"], row["gpos"] + row["end"] - row["start"]


def views() -> list[tuple[int, int, int]]:
    rng = np.random.default_rng(4)
    out = [(0, TOP, 1600), (0, TOP, 1), (BUILD.offsets[6], BUILD.offsets[7], 900)]
    for _ in range(60):
        span = int(rng.choice([TOP // 2, 10_000_000, 100_000, 300, 1]))
        x0 = int(rng.integers(0, TOP - span))
        out.append((x0, x0 + span, int(rng.integers(1, 2000))))
    first = ROWS["child"][40]
    return [*out, (first["gpos"], first["gpos"] + 1, 5), (ends(first)[1], ends(first)[1] + 50, 5)]


@pytest.mark.parametrize("kind", ["cnv", "roh"])
@pytest.mark.parametrize("sample", [None, "child", "mum"])
def test_each_segment_is_drawn_or_counted(case: CaseQuery, kind: str, sample: str | None) -> None:
    people = PEOPLE if sample is None else (sample,)
    for x0, x1, w in views():
        found = case.segments(kind, sample, x0, x1, w)
        mine = [(p, r) for p in people for r in ROWS[p] if r["kind"] == kind]
        inside = [(p, r) for p, r in mine if ends(r)[0] < x1 and ends(r)[1] > x0]
        wide = [(p, r) for p, r in inside if (ends(r)[1] - ends(r)[0]) * w >= x1 - x0]
        small = [(p, r) for p, r in inside if (ends(r)[1] - ends(r)[0]) * w < x1 - x0]
        drawn = [(s["sample"], s["chrom"], s["start"], s["end"]) for s in found.segments]
        assert sorted(drawn) == sorted((p, r["chrom"], r["start"], r["end"]) for p, r in wide)
        pixels = Counter((max(r["gpos"], x0) - x0) * w // (x1 - x0) for _, r in small)
        assert dict(found.narrow) == dict(pixels)
        assert len(found.segments) + sum(n for _, n in found.narrow) == found.total == len(inside)
        assert found.of == len(mine)
        assert all(0 <= px < w for px, _ in found.narrow)


def test_a_segment_brings_what_its_caller_said(case: CaseQuery) -> None:
    found = case.segments("cnv", "child", 0, TOP, 10_000_000).segments
    assert len(found) == 240
    by_place = {(r["chrom"], r["start"], r["log2"]): r for r in ROWS["child"] if r["kind"] == "cnv"}
    for seg in found:
        row = by_place[seg["chrom"], seg["start"], seg["log2"]]
        assert (seg["x0"], seg["x1"]) == ends(row)
        assert (seg["call"], seg["caller"]) == (row["call"], row["caller"])
        assert seg["text"] == row["text"]
        assert seg["cn"] is None


def test_kinds_are_listed_by_person(case: CaseQuery) -> None:
    listed = {(i.sample, i.kind): (i.rows, i.callers) for i in case.segment_infos()}
    for person, rows in ROWS.items():
        for kind in ("cnv", "roh"):
            of = [r for r in rows if r["kind"] == kind]
            callers = tuple(sorted({r["caller"] for r in of}))
            assert listed[person, kind] == (len(of), callers)
    assert len(listed) == 6


@pytest.mark.parametrize(
    ("kind", "sample", "x0", "x1", "w", "error"),
    [
        ("nosuch", None, 0, 10, 5, InputError),
        ("cnv", "nobody", 0, 10, 5, NotFoundError),
        ("cnv", None, 10, 10, 5, InputError),
        ("cnv", None, 0, 10, 0, InputError),
    ],
)
def test_wrong_asks_are_refused(
    case: CaseQuery, kind: str, sample: str | None, x0: int, x1: int, w: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        case.segments(kind, sample, x0, x1, w)


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    """Segments of each person: over the end of chromosome 21, of 100 bases, and of none."""
    size = BUILD.size(21)
    places = [(21, size - 100, size + 5_000), (22, 1_000, 1_100), (22, 4_000, 4_000)]
    with pytest.MonkeyPatch.context() as patch:
        rows = [segment("cnv", *place) for place in places]
        patch.setattr(signals_made, "segment_rows", lambda seed, many: rows)
        desk, _ = signal_desk(tmp_path_factory.mktemp("lake"), each=5)
    yield desk.case(LOCAL, "demo")
    desk.close()


def test_a_segment_ends_with_its_chromosome(edges: CaseQuery) -> None:
    end = BUILD.offsets[21]
    (drawn,) = edges.segments("cnv", "child", end - 100, end, 10).segments
    assert (drawn["x0"], drawn["x1"]) == (end - 100, end)
    assert edges.segments("cnv", "child", end, end + 900, 10).total == 0
    assert edges.segments("cnv", "child", end, end + 1_001, 10).total == 1
    out = io.BytesIO()
    assert edges.signal_export("child", None, "cnv", end, end + 900, "csv", out) == 0


def test_one_pixel_is_wide_enough_to_be_drawn(edges: CaseQuery) -> None:
    x0 = BUILD.offsets[21]
    for span, drawn in ((20_000, 1), (20_001, 0)):
        found = edges.segments("cnv", "mum", x0, x0 + span, 200)
        narrow = sum(n for _, n in found.narrow)
        assert (len(found.segments), narrow, found.total) == (drawn, 2 - drawn, 2)


def test_a_segment_without_bases_has_a_place(edges: CaseQuery) -> None:
    at = BUILD.offsets[21] + 4_000
    assert edges.segments("cnv", "dad", at, at + 1, 1).total == 1
    assert edges.segments("cnv", "dad", at + 1, at + 9, 1).total == 0
    assert edges.segments("cnv", "dad", at - 9, at, 1).total == 0


def test_a_kind_that_nobody_has_is_empty(case: CaseQuery) -> None:
    found = case.segments("upd", None, 0, TOP, 100)
    assert (found.segments, found.narrow, found.total, found.of) == ([], [], 0, 0)
