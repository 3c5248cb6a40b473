"""Versions of a case, contigs outside the build, cases without people."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from data_layer.errors import NotFoundError
from data_layer.query.access import LOCAL
from data_layer.query.filters import parse_filters
from data_layer.region import OTHER
from tests.query_rows import BUILD, open_desk, plain, variant_table, write_case

TOP = sum(BUILD.sizes)


def with_other_contigs(table: pa.Table) -> pa.Table:
    """Put the last forty rows on two contigs that share the lane behind chrM, contig by contig."""
    rows = plain(table)
    for i, row in enumerate(rows[-40:]):
        start = (i % 20) * 1000 + (7 if i < 20 else 3)
        row |= {
            "chrom": OTHER,
            "contig": "GL1" if i < 20 else "KI2",
            "start": start,
            "end": start + 1,
        }
        row |= {"gpos": BUILD.gpos(OTHER, start), "class": "snv"}
    return pa.Table.from_pylist(rows, table.schema)


def test_an_older_version_stays_as_it_was(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "lake", variant_table(300, seed=1))
    old = desk.lake.version()
    before = desk.case(LOCAL, "demo").page((), (), 0, 5).rows
    write_case(desk.lake, "demo", variant_table(500, seed=2))
    assert desk.case(LOCAL, "demo").info.total == 500
    assert desk.case(LOCAL, "demo").page((), (), 0, 5).rows != before
    again = desk.case(LOCAL, "demo", old)
    assert (again.info.total, again.info.lake_version) == (300, old)
    assert again.page((), (), 0, 5).rows == before
    steps = parse_filters("qual~gt~20")
    assert again.count(steps) + desk.case(LOCAL, "demo").count(steps) == sum(
        (r["qual"] or 0) > 20 for n, s in ((300, 1), (500, 2)) for r in plain(variant_table(n, s))
    )
    with pytest.raises(NotFoundError):
        desk.case(LOCAL, "demo", 99)
    desk.close()


def test_contigs_outside_the_build_share_a_lane(tmp_path: Path) -> None:
    table = with_other_contigs(variant_table(400, seed=5))
    rows = plain(table)
    desk = open_desk(tmp_path / "lake", table)
    case = desk.case(LOCAL, "demo")
    lane = BUILD.offsets[OTHER - 1]
    for picture in ("density", "vaf", "rank"):
        for x0, x1, w in ((0, TOP, 500), (lane, TOP, 77), (lane + 2000, lane + 9000, 7)):
            grid = case.grid(picture, x0=x0, x1=x1, w=w, h=30)
            inside = [r for r in rows if x0 <= r["gpos"] < x1]
            assert int(grid.counts.sum()) == len(inside)
            columns = [0] * w
            for row in inside:
                columns[(row["gpos"] - x0) * w // (x1 - x0)] += 1
            assert grid.counts.sum(axis=0).tolist() == columns
    assert case.count(parse_filters("region~in~other")) == 40
    assert case.count(parse_filters("region~notin~other")) == 360
    early = sum(r["chrom"] == OTHER and r["start"] < 5000 for r in rows)
    assert case.count(parse_filters("region~in~other:1-5,000")) == early == 10
    late = sum(r["chrom"] >= 22 for r in rows)
    assert case.count(parse_filters("region~in~chr22:1-other:10,000,000")) == late
    path = tmp_path / "out.vcf"
    with path.open("wb") as out:
        assert case.export((), (), None, "vcf", out) == 400
    done = ["bcftools", "view", "-Oz", "-o", str(tmp_path / "out.vcf.gz"), str(path)]
    subprocess.run(done, check=True, capture_output=True)
    subprocess.run(
        ["bcftools", "index", str(tmp_path / "out.vcf.gz")], check=True, capture_output=True
    )
    desk.close()


def test_a_case_without_calls_answers(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "lake", variant_table(10).slice(0, 0))
    case = desk.case(LOCAL, "demo")
    assert case.info.total == 0
    assert case.info.score_max is None
    assert case.grid("rank", x0=0, x1=TOP, w=9, h=9).rows == 0
    assert case.page((), (("rank_score", True),), 0, 50).rows == []
    assert case.funnel(parse_filters("qual~gt~20;recessive:child~eq~strict"))[-1].after == 0
    assert case.marks((), 0, TOP, 100).total == 0
    assert case.find("chr1:5")[0].kind == "region"
    for fmt in ("csv", "parquet", "vcf", "json"):
        assert case.export((), (), None, fmt, io.BytesIO()) == 0
    desk.close()


def test_a_case_without_people_answers(tmp_path: Path) -> None:
    rows = plain(variant_table(50, seed=6))
    lists = ("gt", "phased", "hemizygous", "dp", "gq", "ad_ref", "ad_alt", "vaf", "sample_text")
    for row in rows:
        row |= {name: [] for name in lists} | {"format": None, "sample_text": None}
    schema = variant_table(1).schema
    desk = open_desk(tmp_path / "lake", pa.Table.from_pylist(rows, schema), people=())
    case = desk.case(LOCAL, "demo")
    grid = case.grid("vaf", x0=0, x1=TOP, w=10, h=12)
    assert (grid.rows, grid.missing) == (50, 50)
    assert case.variant(3)["people"] == []
    out = io.BytesIO()
    assert case.export((), (), None, "vcf", out) == 50
    assert b"FORMAT" not in next(x for x in out.getvalue().splitlines() if x.startswith(b"#CHROM"))
    desk.close()
