"""Structural events as arcs: where their ends lie, what they do, and that none is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.arcs import ARC_CLASSES, event_kind, events_of
from data_layer.query.filters import Filter
from data_layer.schema import VARIANTS
from tests.query_rows import BUILD, open_desk, plain, variant_table

TOP = sum(BUILD.sizes)
N = 6000
#: Pixels so many that an event of two bases is as wide as one.
FINE = 1 << 31


def call(row: dict[str, Any], **cells: Any) -> dict[str, Any]:
    """A row turned into an event."""
    return row | {"ref": "N", "svtype": None, "svlen": None, "mate": None, "id": None} | cells


def events_table() -> pa.Table:
    """Rows of every class, with types, partners and mates written in."""
    rows = plain(variant_table(N, seed=13))
    structural = [r for r in rows if r["class"] in ARC_CLASSES]
    kinds = ["DEL", "DUP:TANDEM", "INV", "INS", "<CN0>", "CNV"]
    callers = [["manta"], ["Manta_2", "tiddit"], None, ["cnvnator"]]
    for at, row in enumerate(structural):
        row["callers"] = callers[at % len(callers)]
        if row["class"] == "bnd":
            far = f"N[chr{1 + at % 22}:{1_000 + at}[" if at % 2 else f"]chrX:{5_000_000 + at}]N"
            rows[row["row_id"]] = call(row, svtype="BND", alt=far, end=row["start"] + 1)
        else:
            kind = kinds[at % len(kinds)]
            cells = {"alt": kind} if kind.startswith("<") else {"svtype": kind, "alt": "<X>"}
            if kind == "INS":
                cells["end"] = row["start"] + 1
            length = row["end"] - row["start"]
            if kind == "INV":
                cells["end"] = BUILD.size(row["chrom"]) + 5_000
            rows[row["row_id"]] = call(row, svlen=-length if kind == "DEL" else length, **cells)
    return pa.Table.from_pylist(rows, VARIANTS.stored)


TABLE = events_table()
ROWS = [r for r in plain(TABLE) if r["class"] in ARC_CLASSES]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    desk = open_desk(tmp_path_factory.mktemp("lake"), TABLE)
    yield desk.case(LOCAL, "demo")
    desk.close()


def far_end(row: dict[str, Any]) -> int:
    if row["class"] != "bnd":
        past = BUILD.offsets[row["chrom"] - 1] + BUILD.size(row["chrom"])
        return int(min(row["gpos"] + row["end"] - row["start"], past))
    name, _, place = row["alt"].strip("N[]").partition(":")
    chrom = 23 if name == "chrX" else int(name[3:])
    return BUILD.gpos(chrom, int(place) - 1)


def last_base(row: dict[str, Any]) -> int:
    """Where the far end lies: a stretch ends with the base before ``x1``."""
    far = far_end(row)
    return far if row["class"] == "bnd" else max(far - 1, row["gpos"])


def test_ends_lie_where_the_call_says(case: CaseQuery) -> None:
    found = {a.row_id: a for a in case.arcs((), 0, TOP, FINE).arcs}
    narrow = [r for r in ROWS if abs(far_end(r) - r["gpos"]) < 2]
    assert len(found) == len(ROWS) - len(narrow)
    assert sum(r["class"] == "bnd" for r in ROWS) > 5
    for row in ROWS:
        if row["row_id"] in found:
            arc = found[row["row_id"]]
            assert (arc.x0, arc.x1) == (row["gpos"], far_end(row))


def test_types_are_told_apart(case: CaseQuery) -> None:
    found = {a.row_id: a.type for a in case.arcs((), 0, TOP, FINE).arcs}
    want = {"DEL": "DEL", "DUP:TANDEM": "DUP", "INV": "INV", "BND": "BND"}
    for row in ROWS:
        if row["svtype"] in want and row["row_id"] in found:
            assert found[row["row_id"]] == want[row["svtype"]]
    assert set(found.values()) >= set(want.values())
    assert {kind for _, kind, _ in case.arcs((), 0, TOP, FINE).narrow} == {"INS"}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"class": "cnv", "svtype": "CNV", "alt": "<DEL>"}, "DEL"),
        ({"class": "cnv", "svtype": "CNV", "alt": "<DUP>"}, "DUP"),
        ({"class": "cnv", "svtype": "CNV", "alt": "<CNV>", "svlen": -5}, "DEL"),
        ({"class": "cnv", "svtype": "CNV", "alt": "<CN3>"}, "CNV"),
        ({"class": "sv", "svtype": "GAIN", "alt": "<X>"}, "DUP"),
        ({"class": "sv", "svtype": "LOSS", "alt": "<X>"}, "DEL"),
        ({"class": "sv", "svtype": "CPX", "alt": "<CPX>"}, "SV"),
        ({"class": "bnd", "svtype": "TRA", "alt": "<TRA>"}, "BND"),
        ({"class": "sv", "svtype": None, "alt": "<INS:UNK>"}, "INS"),
    ],
)
def test_what_an_event_does(cells: dict[str, Any], kind: str) -> None:
    assert event_kind({"svlen": None} | cells) == kind


FILTERS = [(), (Filter("class", "in", "bnd"),), (Filter("svlen", ">=", 100_000),)]
TESTS = [
    lambda r: True,
    lambda r: r["class"] == "bnd",
    lambda r: r["svlen"] is not None and abs(r["svlen"]) >= 100_000,
]


@pytest.mark.parametrize("number", range(len(FILTERS)))
def test_each_event_with_an_end_in_view_is_drawn_or_counted(case: CaseQuery, number: int) -> None:
    rng = np.random.default_rng(number)
    kept = [(r["row_id"], r["gpos"], far_end(r)) for r in ROWS if TESTS[number](r)]
    last = {r["row_id"]: last_base(r) for r in ROWS}
    kind_of = {r["row_id"]: event_kind(r) for r in ROWS}
    assert kept
    for _ in range(50):
        span = int(rng.choice([TOP, BUILD.size(1), 10_000_000, 100_000]))
        x0 = int(rng.integers(0, TOP - span + 1))
        x1, w = x0 + span, int(rng.integers(1, 1500))
        found = case.arcs(FILTERS[number], x0, x1, w)
        inside = [(i, a, b) for i, a, b in kept if x0 <= a < x1 or x0 <= last[i] < x1]
        wide = [i for i, a, b in inside if abs(b - a) * w >= span]
        assert [a.row_id for a in found.arcs] == wide
        pixels: Counter[tuple[int, str]] = Counter()
        for i, a, b in inside:
            if abs(b - a) * w < span:
                at = a if x0 <= a < x1 else last[i]
                pixels[(at - x0) * w // span, kind_of[i]] += 1
        assert {(px, kind): n for px, kind, n in found.narrow} == dict(pixels)
        assert len(found.arcs) + sum(pixels.values()) == found.total == len(inside)
        assert found.of == len(kept)


def test_a_view_begins_behind_the_last_base_of_a_stretch(case: CaseQuery) -> None:
    """An event that ends where a view begins, as at a chromosome's end, is not in it."""
    seen = 0
    for row in ROWS:
        a, b = row["gpos"], far_end(row)
        if row["class"] == "bnd" or b - a < 2:
            continue
        here = Filter("class", "in", row["class"])
        ids = {x.row_id for x in case.arcs((here,), b - 1, b, FINE).arcs}
        assert row["row_id"] in ids
        assert row["row_id"] not in {x.row_id for x in case.arcs((here,), b, b + 5, FINE).arcs}
        assert row["row_id"] in {x.row_id for x in case.arcs((here,), a, a + 1, FINE).arcs}
        assert row["row_id"] not in {x.row_id for x in case.arcs((here,), a + 1, b - 1, FINE).arcs}
        seen += 1
        if seen == 40:
            break
    assert seen == 40


def test_a_mate_named_by_id_is_looked_up(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = plain(variant_table(40, seed=2))
    bnd = {"class": "bnd", "ref": "N", "alt": "<BND>", "svtype": "BND", "svlen": None}
    for one, other in ((3, 20), (20, 3)):
        rows[one] |= bnd | {"id": f"bnd_{one}", "mate": f"bnd_{other}", "file_index": 1}
    rows[35] |= bnd | {"id": "bnd_20", "mate": None, "file_index": 0}
    rows[30] |= bnd | {"id": "alone", "mate": "bnd_gone"}
    table = pa.Table.from_pylist(rows, VARIANTS.stored)
    desk = open_desk(tmp_path_factory.mktemp("lake"), table)
    events = events_of(desk.case(LOCAL, "demo")._source)
    end = dict(zip(events.row_id.tolist(), events.x1.tolist(), strict=True))
    assert end[3] == rows[20]["gpos"]
    assert end[20] == rows[3]["gpos"]
    assert end[30] == rows[30]["gpos"]
    desk.close()


def test_size_is_that_of_one_chromosome(case: CaseQuery) -> None:
    for arc in case.arcs((), 0, TOP, FINE).arcs:
        row = next(r for r in ROWS if r["row_id"] == arc.row_id)
        if row["class"] == "bnd":
            same = BUILD.locate(arc.x1)[0] == row["chrom"]
            assert arc.size == (abs(arc.x1 - arc.x0) if same else None)
        else:
            assert arc.size == abs(row["svlen"])


def named(text: str, none: bool = False) -> Any:
    """Whether a caller's name holds a text; ``none`` for a call without callers."""
    return lambda r: none if r["callers"] is None else any(text in c for c in r["callers"])


@pytest.mark.parametrize(
    ("item", "test"),
    [
        (Filter("svtype", "=", "DEL"), lambda r: r["svtype"] == "DEL"),
        (Filter("svtype", "in", ("inv", "BND")), lambda r: r["svtype"] in ("INV", "BND")),
        (Filter("svtype", "contains", "dup"), lambda r: "DUP" in (r["svtype"] or "")),
        (Filter("svtype", "is-missing"), lambda r: r["svtype"] is None),
        (Filter("svlen", "<=", 5_000), lambda r: r["svlen"] and abs(r["svlen"]) <= 5_000),
        (Filter("callers", "in", "tiddit"), lambda r: "tiddit" in (r["callers"] or ())),
        (Filter("callers", "contains", "MANTA"), named("anta")),
        (Filter("callers", "contains", "cnv", "keep"), named("cnv", True)),
        (Filter("callers", "is-missing"), lambda r: r["callers"] is None),
    ],
)  # fmt: skip
def test_structural_calls_are_filtered(case: CaseQuery, item: Filter, test: Any) -> None:
    structural = Filter("class", "in", ARC_CLASSES)
    rows = case.page([structural, item], (), 0, N, ["row_id"]).rows
    want = [r["row_id"] for r in ROWS if test(r)]
    assert [r["row_id"] for r in rows] == want
    assert want
    assert item == Filter.from_url(item.to_url())
    assert item.sentence().endswith(".")
