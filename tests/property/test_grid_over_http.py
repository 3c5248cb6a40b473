"""What a page receives adds up: pixels, header, and the rows of the view, over a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.linking.services import LoopbackSignIn, Services
from tests.query_rows import BUILD, variant_table
from tests.served import Served, served
from tests.signals_made import signal_desk

VARIANTS = variant_table(4000, seed=12)
TOP = sum(BUILD.sizes)
QUIET = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
#: What is asked, and the table that holds its rows.
ASKED = {
    "&sample=child&signal=coverage": "child_coverage",
    "&sample=child&signal=baf": "child_baf",
    "&sample=dad&signal=baf": "dad_baf",
    "&picture=density": "calls",
    "&sample=mum&picture=vaf": "calls",
    "&picture=rank": "calls",
}
#: Heights of the window: the whole range, a part of it, a slip below everything.
WINDOWS = ("", "&y0=0.3&y1=0.6", "&y0=-50&y1=-49.5")


@dataclass(frozen=True)
class House:
    server: Served
    oracle: duckdb.DuckDBPyConnection

    def rows(self, table: str, x0: int, x1: int) -> int:
        sql = f"select count(*) from {table} where gpos >= $a and gpos < $b"
        found = self.oracle.execute(sql, {"a": x0, "b": x1}).fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    have = {"child": ("coverage", "baf"), "dad": ("baf",), "mum": ()}
    desk, points = signal_desk(tmp_path_factory.mktemp("lake"), VARIANTS, each=16_000, have=have)
    with duckdb.connect() as oracle:
        for name, table in {"_".join(k): v for k, v in points.items()}.items():
            oracle.register("made", table)
            oracle.execute(f"create table {name} as select gpos from made")
        oracle.register("made", VARIANTS)
        oracle.execute("create table calls as select gpos from made")
        with served(Services(desk, desk.settings, LoopbackSignIn())) as server:
            yield House(server, oracle)
    desk.close()


@st.composite
def views(draw: st.DrawFn) -> tuple[int, int]:
    span = draw(st.sampled_from([TOP, BUILD.size(1), 10_000_000, 100_000, 977]))
    at = draw(st.one_of(st.integers(0, TOP - 1), st.sampled_from(BUILD.offsets)))
    x0 = 0 if span == TOP else max(0, min(at, TOP - span))
    return x0, x0 + span


@QUIET
@given(views(), st.sampled_from(list(ASKED)), st.sampled_from(WINDOWS), st.integers(1, 600), st.integers(2, 90))  # fmt: skip # noqa: E501
def test_counts_add_up(
    house: House, view: tuple[int, int], asked: str, window: str, w: int, h: int
) -> None:
    x0, x1 = view
    tail = f"{asked}&x0={x0}&x1={x1}&w={w}&h={h}{window}"
    answer = house.server.get(f"/api/grid?case=demo&as=counts{tail}")
    assert answer.status == 200, answer.body[:300]
    counts = np.frombuffer(answer.body, "<u4").reshape(h, w)
    told = {
        k: answer.headers[k]
        for k in ("rows", "clipped", "missing", "level", "lane-rows", "version")
    }
    rows = house.rows(ASKED[asked], x0, x1)
    assert int(counts.sum(dtype=np.int64)) == int(told["rows"]) == rows
    assert int(told["clipped"]) + int(told["missing"]) <= rows
    assert (int(answer.headers["x0"]), int(answer.headers["x1"])) == (x0, x1)
    lane = int(told["lane-rows"])
    if lane and "density" not in asked:
        assert int(counts[h - lane :].sum()) == int(told["missing"])
    shades = np.frombuffer(house.server.get(f"/api/grid?case=demo&as=colour{tail}").body, np.uint8)
    assert np.array_equal(shades.reshape(h, w) > 0, counts > 0)


def parts(found: dict[str, Any]) -> int:
    return len(found.get("segments") or found.get("arcs") or ()) + sum(
        n[-1] for n in found["narrow"]
    )


@QUIET
@given(views(), st.integers(1, 600))
def test_segments_and_arcs_add_up(house: House, view: tuple[int, int], w: int) -> None:
    x0, x1 = view
    for path in ("/api/segments?kind=cnv&", "/api/segments?kind=roh&sample=mum&", "/api/arcs?", "/api/population?build=GRCh38&"):  # fmt: skip # noqa: E501
        found = house.server.get(f"{path}case=demo&x0={x0}&x1={x1}&w={w}").json
        assert parts(found) == found["total"] <= found["of"]
        assert all(0 <= n[0] < w for n in found["narrow"])


@pytest.mark.parametrize(
    "tail",
    [
        "&signal=coverage&sample=child&x0=0&x1=100&w=9000&h=2",
        "&signal=coverage&sample=child&x0=0&x1=100&w=8000&h=8000",
        "&signal=coverage&sample=child&x0=100&x1=100&w=8&h=8",
        "&signal=coverage&sample=child&x0=0&x1=100&w=8&h=0",
        "&signal=coverage&sample=child&x0=0&x1=100&w=8&h=8&y0=1&y1=1",
        "&signal=coverage&sample=child&x0=0&x1=100&w=8&h=8&y0=nan",
        "&signal=coverage&sample=child&x0=0&x1=100&w=8&h=8&as=png",
        "&x0=0&x1=100&w=8&h=8",
    ],
)
def test_a_picture_out_of_bounds_is_refused(house: House, tail: str) -> None:
    answer = house.server.get(f"/api/grid?case=demo{tail}")
    assert answer.status == 400
    assert set(answer.json["error"]) == {"code", "where", "message", "fix"}


def test_a_build_without_population_variants_says_so(house: House) -> None:
    found = house.server.get("/api/population?build=GRCh37&x0=0&x1=900&w=9").json
    assert (found["total"], found["of"], found["source"]) == (0, 0, "")
    assert "GRCh37" in found["limit"]


def test_a_signal_that_is_not_there_is_not_found(house: House) -> None:
    answer = house.server.get("/api/grid?case=demo&signal=roh&sample=child&x0=0&x1=9&w=4&h=4")
    assert (answer.status, answer.json["error"]["code"]) == (404, "SIGNAL")


def test_signals_are_listed(house: House) -> None:
    found = house.server.get("/api/signals?case=demo").json
    assert [(s["sample"], s["signal"]) for s in found["signals"]] == [
        ("child", "coverage"), ("child", "baf"), ("dad", "baf"),
    ]  # fmt: skip
    one = found["signals"][0]
    assert one["title"] == "Coverage"
    assert (one["low"], one["high"], one["unit"]) == (-3.0, 3.0, "log2 ratio")
    assert (len(one["chrom_rows"]), one["chrom_rows"][21]) == (27, 0)
    assert sum(one["chrom_rows"]) == one["rows"]
    assert {s["kind"] for s in found["segments"]} == {"cnv", "roh"}
    assert found["segments"][0]["callers"] == ["cnvkit", "gatk"]


def test_an_export_is_written_down_before_it_leaves(house: House) -> None:
    path = "/api/signal-export?case=demo&sample=child&signal=baf&x0=0&x1=900000000&format=csv"
    answer = house.server.get(path)
    assert answer.status == 200
    assert "demo-baf.csv" in answer.headers["Content-Disposition"]
    lines = answer.body.decode().splitlines()
    assert f"# rows: {house.rows('child_baf', 0, 900_000_000)}" in lines
    assert sum(not x.startswith("#") for x in lines) == house.rows("child_baf", 0, 900_000_000) + 1


def test_genes_of_a_narrow_view_have_exons(house: House) -> None:
    x0 = BUILD.gpos(9, 127_600_000)
    near = house.server.get(f"/api/genes?build=GRCh38&x0={x0}&x1={x0 + 200_000}").json["genes"]
    one = next(g for g in near if g["symbol"] == "STXBP1")
    assert len(one["exons"]) >= 19
    assert one["exons"][0][0] <= one["cds"][0] < one["cds"][1] <= one["exons"][-1][1]
    assert one["strand"] == 1
    wide = house.server.get(f"/api/genes?build=GRCh38&x0={x0}&x1={x0 + 600_000}").json["genes"]
    assert all("exons" not in g for g in wide)
