"""The rows beneath a picture as a file: exactly those in view, with what they are at the top."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from data_layer.errors import InputError, NotFoundError
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.region import chrom_name
from tests.query_rows import BUILD, PEOPLE
from tests.signals_made import segment_rows, signal_desk

TOP = sum(BUILD.sizes)
Made = tuple[CaseQuery, dict[tuple[str, str], pa.Table]]
VIEWS = [
    (0, TOP),
    (BUILD.offsets[1], BUILD.offsets[2]),
    (BUILD.offsets[3] + 777, BUILD.offsets[4] + 9),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    desk, points = signal_desk(tmp_path_factory.mktemp("lake"))
    yield desk.case(LOCAL, "demo"), points
    desk.close()


def written(case: CaseQuery, fmt: str, x0: int, x1: int, **what: str | None) -> tuple[int, bytes]:
    out = io.BytesIO()
    asked = {"sample": None, "signal": None, "kind": None} | what
    n = case.signal_export(asked["sample"], asked["signal"], asked["kind"], x0, x1, fmt, out)
    return n, out.getvalue()


def parted(body: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Header lines and rows of a CSV."""
    lines = body.decode().splitlines(keepends=True)
    notes = [x[2:].rstrip("\n") for x in lines if x.startswith("# ")]
    head = dict(x.partition(": ")[::2] for x in notes)
    return head, list(
        csv.DictReader(io.StringIO("".join(x for x in lines if not x.startswith("# "))))
    )


def test_a_point_at_the_edge_is_in_one_of_two_views(made: Made) -> None:
    case, points = made
    gpos = points["child", "coverage"]["gpos"].to_pylist()
    first, edge, last = gpos[10], gpos[20], gpos[30]
    asked = {"sample": "child", "signal": "coverage"}
    for x0, x1, n in (
        (first, edge, 10),
        (edge, last, 10),
        (first, last, 20),
        (first, edge + 1, 11),
    ):
        count, body = written(case, "csv", x0, x1, **asked)
        assert count == len(parted(body)[1]) == int(parted(body)[0]["rows"]) == n


@pytest.mark.parametrize(("x0", "x1"), VIEWS)
def test_points_are_those_in_view(made: Made, x0: int, x1: int) -> None:
    case, points = made
    table = points["child", "coverage"]
    inside = table.filter(pc.and_(pc.greater_equal(table["gpos"], x0), pc.less(table["gpos"], x1)))
    n, body = written(case, "csv", x0, x1, sample="child", signal="coverage")
    head, rows = parted(body)
    assert n == len(rows) == inside.num_rows == int(head["rows"])
    want = [
        (chrom_name(c), s, e, v)
        for c, s, e, v in zip(
            *(inside[k].to_pylist() for k in ("chrom", "start", "end", "value")), strict=True
        )
    ]
    found = [(r["chrom"], int(r["start"]), int(r["end"]), r["value"]) for r in rows]
    assert [f[:3] for f in found] == [w[:3] for w in want]
    for (*_, text), (*_, value) in zip(found, want, strict=True):
        assert (text == "") == (value is None)
        if value is not None:
            assert pa.scalar(float(text), pa.float32()) == pa.scalar(value, pa.float32())
    n, body = written(case, "parquet", x0, x1, sample="child", signal="coverage")
    read = pq.read_table(io.BytesIO(body))
    assert n == read.num_rows == inside.num_rows
    assert read["value"].to_pylist() == inside["value"].to_pylist()
    assert read["start"].to_pylist() == inside["start"].to_pylist()


def test_the_top_says_what_it_is(made: Made) -> None:
    x0 = BUILD.offsets[1]
    for fmt in ("csv", "parquet"):
        _, body = written(made[0], fmt, x0, x0 + 5_000_000, sample="child", signal="baf")
        if fmt == "csv":
            head = parted(body)[0]
        else:
            meta = pq.read_schema(io.BytesIO(body)).metadata
            head = {k.decode().removeprefix("norrsken."): v.decode() for k, v in meta.items()}
        assert head["case"] == "demo"
        assert head["sample"] == "child"
        assert head["signal"] == "baf"
        assert head["unit"] == "fraction"
        assert head["region"] == "chr2:1-5000000"
        assert head["lake_version"] == str(made[0].info.lake_version)
        assert head["source"] == f"child.baf.bed.gz sha256 {'a' * 64}"
        assert head["build"] == "GRCh38"


@pytest.mark.parametrize(("x0", "x1"), VIEWS)
@pytest.mark.parametrize("sample", [None, "dad"])
def test_segments_are_those_in_view(made: Made, x0: int, x1: int, sample: str | None) -> None:
    case = made[0]
    n, body = written(case, "csv", x0, x1, sample=sample, kind="roh")
    head, rows = parted(body)
    assert n == len(rows) == int(head["rows"]) == case.segments("roh", sample, x0, x1, 100).total
    people = PEOPLE if sample is None else (sample,)
    want = [
        (p, r["start"], r["end"])
        for i, p in enumerate(PEOPLE)
        if p in people
        for r in segment_rows(seed=i, many=300 if i == 0 else 40)
        if r["kind"] == "roh" and r["gpos"] < x1 and r["gpos"] + r["end"] - r["start"] > x0
    ]
    assert sorted((r["sample"], int(r["start"]), int(r["end"])) for r in rows) == sorted(want)


def test_no_text_is_run_by_a_spreadsheet(made: Made) -> None:
    rows = parted(written(made[0], "csv", 0, TOP, kind="cnv")[1])[1]
    assert {r["call"] for r in rows} == {"'=DEL"}
    table = pq.read_table(io.BytesIO(written(made[0], "parquet", 0, TOP, kind="cnv")[1]))
    assert set(table["call"].to_pylist()) == {"=DEL"}


def test_an_empty_view_has_its_columns(made: Made) -> None:
    for fmt in ("csv", "parquet"):
        n, body = written(made[0], fmt, 1, 2, sample="child", signal="coverage")
        assert n == 0
        if fmt == "csv":
            assert body.decode().splitlines()[-1] == "chrom,start,end,value"
        else:
            assert pq.read_table(io.BytesIO(body)).column_names == [
                "chrom",
                "start",
                "end",
                "value",
            ]


@pytest.mark.parametrize(
    ("what", "fmt", "error"),
    [
        ({"signal": "coverage", "kind": "cnv"}, "csv", InputError),
        ({}, "csv", InputError),
        ({"signal": "coverage"}, "vcf", InputError),
        ({"kind": "nosuch"}, "csv", InputError),
        ({"signal": "methylation"}, "csv", NotFoundError),
    ],
)
def test_wrong_asks_write_nothing(
    made: Made, what: dict[str, str], fmt: str, error: type[Exception]
) -> None:
    out = io.BytesIO()
    with pytest.raises(error):
        made[0].signal_export(None, what.get("signal"), what.get("kind"), 0, TOP, fmt, out)
    assert out.getvalue() == b""
