"""Which calls detection counts, and what it leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_layer.query.access import LOCAL
from data_layer.query.sites import sex_counts, sites_of
from data_layer.schema import VARIANTS
from tests.query_rows import BUILD, open_desk, plain, variant_table

_PAR1 = BUILD.par(23)[0]
GOOD: dict[str, Any] = {"class": "snv", "alt_count": 1, "filter": ["PASS"], "gnomad_af": 0.25,
                        "gt": [1, 2, 0], "gq": [20.0, 99.0, None], "dp": [8, 30, None],
                        "vaf": None, "hemizygous": None}  # fmt: skip
#: What differs from a good call, and the copies of child, father and mother that count.
CASES: list[tuple[dict[str, Any], list[int] | None]] = [
    ({}, [1, 2, 0]),
    ({"filter": None}, [1, 2, 0]),
    ({"gq": [19.0, 19.9, 20.0]}, [-1, -1, 0]),
    ({"dp": [7, 8, 7]}, [-1, 2, -1]),
    ({"gq": None}, [1, 2, 0]),
    ({"dp": None}, [1, 2, 0]),
    ({"gt": [-1, 1, 2]}, [-1, 1, 2]),
    ({"filter": ["LowQual"]}, None),
    ({"alt_count": 2}, None),
    ({"class": "indel"}, None),
    ({"chrom": 25}, None),
]


def test_calls_count_by_quality_reads_and_filter(tmp_path: Path) -> None:
    rows = plain(variant_table(len(CASES), seed=3))
    for at, (row, (odd, _)) in enumerate(zip(rows, CASES, strict=True)):
        row |= GOOD | {"chrom": 1, "start": 1_000 + at, "end": 1_001 + at, "gpos": 1_000 + at} | odd
    desk = open_desk(tmp_path, pa.Table.from_pylist(rows, VARIANTS.stored))
    found = sites_of(desk.case(LOCAL, "demo")._source)
    desk.close()
    kept = [copies for _, copies in CASES if copies is not None]
    assert [
        list(c) for c in zip(*(found.copies[i].tolist() for i in range(3)), strict=True)
    ] == kept
    assert found.frequency.tolist() == [0.25] * len(kept)
    assert found.reads[1].tolist()[0] == 30
    assert found.of(1) == (0, len(kept))
    assert found.between(1, 1_001, 1_003) == (1, 3)


@pytest.mark.parametrize(
    ("place", "more", "counted"),
    [
        (_PAR1[1], {}, (1, 1)),
        (_PAR1[1] - 1, {}, (0, 0)),
        (_PAR1[0] - 1, {}, (1, 1)),
        (50_000_000, {"dp": [7, 30, 30]}, (0, 0)),
        (50_000_000, {"vaf": [0.95, 1.0, 0.0]}, (1, 0)),
        (50_000_000, {"hemizygous": [True, True, False]}, (1, 0)),
    ],
)
def test_calls_on_x_count_outside_par(
    tmp_path: Path, place: int, more: dict[str, Any], counted: tuple[int, int]
) -> None:
    rows = plain(variant_table(1, seed=3))
    gpos = BUILD.gpos(23, place)
    rows[0] |= GOOD | {"chrom": 23, "start": place, "end": place + 1, "gpos": gpos} | more
    desk = open_desk(tmp_path, pa.Table.from_pylist(rows, VARIANTS.stored))
    child = sex_counts(desk.case(LOCAL, "demo")._source)[0]
    desk.close()
    assert child[:2] == counted
