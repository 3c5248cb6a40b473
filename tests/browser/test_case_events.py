"""Intervals, arcs and the tab of structural calls: seen, told, followed, saved."""

from __future__ import annotations

import csv
import struct
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.browser.conftest import House, Visit
from tests.browser.signal_case import BUILD, NAME, ROH, SMALL, VARIANTS, write_signals
from tests.browser.test_case_save import saved
from tests.browser.test_case_signals import ROW, opened, row, still
from tests.query_rows import plain

pytestmark = pytest.mark.browser
TABLE = plain(VARIANTS)
STRUCTURAL = {"sv", "cnv", "bnd"}


@pytest.fixture(scope="module", autouse=True)
def planted(house: House) -> Any:
    return write_signals(house.desk.lake, NAME)


def point_at(visit: Visit, key: str, gpos: float, y: float) -> None:
    """Put the pointer over a place of a row."""
    at = visit.js(
        f"""(r => {{
        const box = r.canvas.getBoundingClientRect();
        return [box.left + 120 + norrsken.genome.ink.px({gpos}), box.top + {y}];
    }})({ROW.format(key)})"""
    )
    visit.page.mouse.move(at[0], at[1])


def test_an_interval_says_what_it_is_and_is_shown_on_a_click(visit: Visit) -> None:
    page = opened(visit)
    middle = BUILD.gpos(ROH[0], (ROH[1] + ROH[2]) // 2)
    point_at(visit, "runs", middle, 5)
    page.wait_for_selector("#cell:not([hidden])")
    said = page.locator("#cell").inner_text()
    assert said.startswith("ROH 43 Mb")
    assert "rhocall" in said
    assert "chr4:30,000,001–73,000,000" in said
    box = page.locator("#overlay").bounding_box()
    assert box is not None
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("norrsken.store.state.region_text.startsWith('chr4:8,5')")
    still(visit)
    assert page.locator("#n-runs").inner_text() == "1 of 2"


def test_an_event_below_a_pixel_is_counted_not_dropped(visit: Visit) -> None:
    page = opened(visit)
    got = visit.js(f"{ROW.format('copies')}.last.parts[0]")
    assert got["total"] == 3 == len(got["segments"]) + sum(n for _, n in got["narrow"])
    assert [n for _, n in got["narrow"]] == [1]
    assert page.locator("#n-copies").inner_text() == "n 3"
    gpos = BUILD.gpos(*SMALL[:2])
    point_at(visit, "copies", gpos, row(visit, "copies", "high") - 4)
    page.wait_for_selector("#cell:not([hidden])")
    assert page.locator("#cell").inner_text().startswith("1 CNV in chr9:")
    visit.js(f"norrsken.genome.show({gpos} - 5000, {gpos} + 6000)")
    still(visit)
    assert len(visit.js(f"{ROW.format('copies')}.last.parts[0].segments")) == 1


def test_markup_in_a_bed_stays_text(visit: Visit) -> None:
    page = opened(visit)
    point_at(visit, "regions", BUILD.gpos(3, 30_000_000), 6)
    page.wait_for_selector("#cell:not([hidden])")
    assert "<b>panel</b>" in page.locator("#cell").inner_text()


def test_arcs_count_every_event_and_lead_to_their_row(visit: Visit) -> None:
    page = opened(visit)
    events = [r for r in TABLE if r["class"] in STRUCTURAL]
    got = visit.js(f"{ROW.format('arcs')}.last")
    assert got["total"] == len(got["arcs"]) + sum(n for *_, n in got["narrow"]) == len(events)
    assert page.locator("#n-arcs").inner_text() == f"n {len(events)}"
    one = next(r for r in events if r["class"] == "sv" and r["end"] - r["start"] > 50_000)
    low = one["gpos"] - 100_000
    visit.js(f"norrsken.genome.show({low}, {low + 400_000})")
    still(visit)
    point_at(visit, "arcs", one["gpos"] + 1, row(visit, "arcs", "high") - 3)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function(f"norrsken.store.state.row === {one['row_id']}")


def test_the_structural_tab_has_its_own_rows_and_columns(visit: Visit) -> None:
    page = opened(visit)
    page.click("[data-tab=sv]")
    expected = sum(r["class"] in STRUCTURAL for r in TABLE)
    page.wait_for_function(f"norrsken.table.answer?.last_row === {expected}")
    assert "tab=sv" in page.url
    page.wait_for_selector(".tabulator-col[tabulator-field=svlen]")
    fields = page.locator(".tabulator-col").evaluate_all(
        "c => c.map(x => x.getAttribute('tabulator-field'))"
    )
    assert {"svtype", "svlen", "ends", "callers", "evidence", "gene", "af_max"} <= set(fields)
    assert "hgvsp" not in fields
    assert {r["class"] for r in visit.js("norrsken.table.rows")} <= STRUCTURAL
    assert page.locator("#tab-count-sv").inner_text() == f"{expected:,}"
    assert "AD " in page.locator("[role=gridcell][tabulator-field=evidence]").first.inner_text()
    assert row(visit, "rank", "rows") == 4000
    page.reload()
    page.wait_for_function(f"window.norrsken?.table.answer?.last_row === {expected}")
    page.click("[data-tab='']")
    page.wait_for_function("norrsken.table.answer?.last_row === 4000")
    page.wait_for_selector(".tabulator-col[tabulator-field=hgvsp]")
    assert "tab=" not in page.url


def test_the_signal_under_an_event_stands_beside_it(visit: Visit) -> None:
    page = opened(visit, "?tab=sv")
    page.keyboard.press("j")
    page.wait_for_selector(".side-event .side-table")
    said = page.locator(".side-event").inner_text()
    assert "Signal under it" in said
    assert page.locator(".side-event .side-table tbody tr:not(.minor)").count() == 5
    assert "Segments that overlap it" in said
    first = TABLE[visit.js("norrsken.store.state.row")]
    assert first["svtype"] == "DEL" or first["class"] != "sv"
    deleted = next(r for r in TABLE if r["svtype"] == "DEL" and r["chrom"] < 23)
    visit.js(f"norrsken.store.set({{ row: {deleted['row_id']} }})")
    page.locator("#side", has_text=deleted["vid"]).wait_for()
    page.wait_for_selector(".side-event .class-line")
    assert "Left to a person" in page.locator(".side-event").inner_text()
    assert page.locator(".side-event .class-scale .on").count() == 1
    page.route("**/api/event*", lambda r: r.abort())
    page.keyboard.press("j")
    page.wait_for_selector(".side-event .notice")
    assert "Nothing is known" in page.locator(".side-event").inner_text()


def test_what_is_saved_says_sample_region_and_version(visit: Visit, planted: Any) -> None:
    page = opened(visit, "?region=chr7:1-159345973")
    still(visit)
    name, path = saved(visit, "coverage", "Points (CSV)")
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    inside = planted["child", "coverage"]
    count = int((inside["chrom"].to_numpy() == 7).sum())
    assert len(rows) - 1 == count
    said = "\n".join(head)
    for part in ("child", "coverage", "a" * 64, str(visit.js("norrsken.store.state.lake"))):
        assert part in said
    assert name.endswith(".csv")
    _, path = saved(visit, "coverage", "Points (Parquet)")
    assert pq.read_table(path).num_rows == count
    _, path = saved(visit, "coverage", "Data (CSV)")
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    assert sum(int(v) for r in rows[1:] for v in r[3:]) == count
    for key in ("coverage", "copies", "arcs"):
        sizes = []
        for words in ("PNG", "PNG 2×"):
            _, path = saved(visit, key, words)
            sizes.append(struct.unpack(">II", path.read_bytes()[16:24]))
        assert sizes[1] == (2 * sizes[0][0], 2 * sizes[0][1])
    _, path = saved(visit, "coverage", "SVG")
    text = path.read_text(encoding="utf-8")
    for part in ("Sample: child", "chr7:1–159,345,973", "a" * 64, "lake version"):
        assert part in text.replace("</text><text", " ") or part in text
    assert page.locator("#save-menu").is_hidden()
