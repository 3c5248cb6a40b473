"""Signals on the case page: every point counted, nothing skipped, nothing drawn over newer."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from data_layer.schema import SIGNALS
from tests.browser import signal_case
from tests.browser.conftest import House, Visit
from tests.browser.signal_case import BUILD, HOLE, NAME, write_signals

pytestmark = pytest.mark.browser
Points = dict[tuple[str, str], Any]
ROW = "norrsken.genome.rows.all.find(r => r.key === '{}')"
#: Holds every picture back a little and keeps the count of those under way, by row.
SLOW = """
const real = window.fetch;
window.flights = {}; window.most = {}; window.began = {};
window.fetch = async (address, options) => {
    const url = new URL(address, location.href);
    if (url.pathname !== "/api/grid" || url.searchParams.get("as") !== "colour") return real(address, options);
    const q = url.searchParams;
    if (q.get("h") === "1") return real(address, options);
    const key = `${q.get("signal") || q.get("picture")} ${q.get("sample") || ""}`;
    flights[key] = (flights[key] || 0) + 1;
    began[key] = (began[key] || 0) + 1;
    most[key] = Math.max(most[key] || 0, flights[key]);
    await new Promise((ok) => setTimeout(ok, 60));
    try { return await real(address, options); } finally { flights[key] -= 1; }
};
"""  # noqa: E501


@pytest.fixture(scope="module")
def planted(house: House) -> Points:
    return write_signals(house.desk.lake, NAME)


def still(visit: Visit) -> None:
    """Wait until every row has its answer and nothing is on its way."""
    visit.page.wait_for_function(
        "norrsken.genome.rows.all.every(r => !r.latest.busy && (r.rows !== null || r.node.hidden))"
    )


def opened(visit: Visit, query: str = "") -> Any:
    page = visit.open(f"/case/{NAME}{query}")
    page.wait_for_function("norrsken.table.answer !== null")
    still(visit)
    return page


def row(visit: Visit, key: str, what: str) -> Any:
    return visit.js(f"{ROW.format(key)}.{what}")


def inks(visit: Visit, key: str, x0: float, x1: float) -> int:
    """Pixels of a row's frame between two shares of its width that are more than its ground."""
    return int(
        visit.js(
            f"""(() => {{
            const row = {ROW.format(key)}, dpr = devicePixelRatio, w = norrsken.genome.width();
            const ctx = row.canvas.getContext("2d");
            const [a, b] = [{x0}, {x1}].map((s) => Math.round((120 + s * w) * dpr));
            const data = ctx.getImageData(a, 0, Math.max(1, b - a), row.canvas.height).data;
            const style = getComputedStyle(document.documentElement);
            const shade = style.getPropertyValue("--surface-inset").trim();
            const ground = [1, 3, 5].map((i) => parseInt(shade.slice(i, i + 2), 16)).join();
            let n = 0;
            for (let i = 0; i < data.length; i += 4) {{
                if (data[i + 3] && [data[i], data[i + 1], data[i + 2]].join() !== ground) n += 1;
            }}
            return n;
        }})()"""
        )
    )


def test_every_point_of_the_proband_is_in_the_picture(planted: Points, visit: Visit) -> None:
    page = opened(visit)
    assert visit.js("norrsken.genome.rows.all.map(r => r.key)") == [
        "coverage", "baf", "copies", "runs", "arcs", "rank", "regions", "genes",
    ]  # fmt: skip
    for signal in ("coverage", "baf"):
        table = planted["child", signal]
        assert page.locator(f"#n-{signal}").inner_text().splitlines()[0] == f"n {table.num_rows:,}"
        got = visit.js(
            f"""(async () => {{
            const asked = {{ ...{ROW.format(signal)}.last.params, as: "counts" }};
            for (const k of Object.keys(asked)) if (asked[k] === null) delete asked[k];
            const answer = await fetch("/api/grid?" + new URLSearchParams(asked));
            const counts = new Uint32Array(await answer.arrayBuffer());
            return [counts.reduce((p, q) => p + q, 0), Number(answer.headers.get("rows")), {ROW.format(signal)}.rows];
        }})()"""  # noqa: E501
        )
        assert got == [table.num_rows] * 3
        assert inks(visit, signal, 0, 1) > 5000
    assert "no value" in page.locator("#n-coverage").inner_text()
    frame = row(visit, "baf", "high")
    assert frame == 64
    assert 256 % frame == 0
    foreign = [u for u in visit.asked if not u.startswith((visit.base, "data:", "blob:"))]
    assert foreign == []
    assert visit.complaints == []


def test_three_lost_bins_are_seen_from_the_whole_genome(planted: Points, visit: Visit) -> None:
    opened(visit)
    code, start, value = HOLE
    gpos = BUILD.gpos(code, start)
    w, high, lane = visit.js(
        f"(r => [r.last.at.w, r.last.at.h, r.last.lane])({ROW.format('coverage')})"
    )
    known = SIGNALS["coverage"]
    assert known.high is not None
    column = gpos * w // sum(BUILD.sizes)
    share = (known.high - value) / (known.high - known.low)
    line = int(share * (high - lane))
    shades = np.array(visit.js(f"Array.from({ROW.format('coverage')}.last.bytes)")).reshape(high, w)
    near = shades[line - 1 : line + 2, max(0, column - 1) : column + 2]
    assert near.max() > 0
    rest = shades[int(high * 0.75) : high - lane].copy()
    rest[:, max(0, column - 1) : column + 2] = 0
    assert rest.max() == 0, "nothing else may lie that deep, or the test finds another thing"
    # And it is on the screen, not only in the answer.
    shown = visit.js(
        f"""(() => {{
        const row = {ROW.format("coverage")}, ctx = row.canvas.getContext("2d");
        const x = 120 + ({gpos} / norrsken.genome.axis.total) * norrsken.genome.width();
        const y = row.yAt({value});
        const few = getComputedStyle(document.documentElement).getPropertyValue("--surface-card");
        const data = ctx.getImageData(Math.round(x) - 2, Math.round(y) - 2, 5, 5).data;
        const colours = new Set();
        for (let i = 0; i < data.length; i += 4) colours.add([...data.slice(i, i + 4)].join());
        return colours.size;
    }})()"""
    )
    assert shown > 1


def test_a_burst_of_the_wheel_has_one_question_in_flight_and_the_last_wins(
    planted: Points, visit: Visit
) -> None:
    visit.page.add_init_script(SLOW)
    page = opened(visit)
    visit.js(
        f"""(() => {{
        const row = {ROW.format("coverage")}, take = row.take.bind(row);
        window.drawn = [];
        row.take = (bytes, headers, at, params) => {{
            window.drawn.push([at.x0, at.x1]);
            take(bytes, headers, at, params);
        }};
    }})()"""
    )
    before = visit.js("began['coverage child']")
    box = page.locator("#overlay").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 700, box["y"] + 60)
    for _ in range(40):
        page.mouse.wheel(0, -60)
    page.wait_for_timeout(300)
    still(visit)
    most, asked = visit.js("most"), visit.js("began['coverage child']") - before
    assert {k: n for k, n in most.items() if n > 1} == {}
    assert 1 <= asked < 40
    at = visit.js(f"(r => [r.last.at.x0, r.last.at.x1])({ROW.format('coverage')})")
    assert at == visit.js("norrsken.genome.span.map(Math.round)")
    drawn = visit.js("drawn")
    widths = [b - a for a, b in drawn]
    assert widths == sorted(widths, reverse=True), "an older view was drawn over a newer one"
    table = planted["child", "coverage"]
    gpos = table["gpos"].to_numpy()
    inside = int(((gpos >= at[0]) & (gpos < at[1])).sum())
    assert row(visit, "coverage", "rows") == inside


def test_a_failed_signal_says_so_and_the_others_stand(planted: Points, visit: Visit) -> None:
    problem = {"code": "LAKE-READ", "where": "signals", "message": "a file is missing", "fix": "Verify."}  # fmt: skip # noqa: E501
    visit.page.route(
        lambda u: "signal=baf" in u,
        lambda r: r.fulfill(
            status=500, body=json.dumps({"error": problem}), content_type="application/json"
        ),
    )
    page = visit.open(f"/case/{NAME}")
    page.wait_for_selector("#face-baf .hatch-word")
    assert "Failed: nothing drawn" in page.locator("#face-baf").inner_text()
    assert "LAKE-READ" in page.locator("#face-baf").inner_text()
    assert page.locator("#n-baf").inner_text() == "n unknown"
    page.wait_for_function(f"{ROW.format('coverage')}.rows > 0")
    assert page.locator("#face-coverage").is_hidden()
    page.unroute_all()
    page.click("#face-baf button")
    page.wait_for_function(f"{ROW.format('baf')}.rows > 0")
    assert page.locator("#face-baf").is_hidden()


def test_a_chromosome_without_data_is_hatched_and_never_zero(planted: Points, visit: Visit) -> None:
    page = opened(visit, "?person=mum")
    total = sum(BUILD.sizes)
    y0, y1 = (BUILD.offsets[23] / total, (BUILD.offsets[23] + BUILD.sizes[23]) / total)
    w, high = visit.js(f"(r => [r.last.at.w, r.last.at.h])({ROW.format('coverage')})")
    shades = np.array(visit.js(f"Array.from({ROW.format('coverage')}.last.bytes)")).reshape(high, w)
    assert shades[:, int(y0 * w) + 2 : int(y1 * w) - 2].max() == 0
    # Hatching lies where the frame holds no point; the other people's Y is not hatched.
    assert inks(visit, "coverage", y0 + 0.002, y1 - 0.002) > 100
    visit.js(f"norrsken.genome.show({BUILD.offsets[23]}, {BUILD.offsets[23] + BUILD.sizes[23]})")
    page.wait_for_selector("#face-coverage .empty-word")
    still(visit)
    said = page.locator("#face-coverage").inner_text()
    assert said == "No data: the file gives no Coverage on chrY"
    page.select_option("#person", "dad")
    page.wait_for_function(f"{ROW.format('coverage')}.rows > 0")
    assert page.locator("#face-coverage").is_hidden()


def test_the_mitochondrion_has_a_view_of_its_own(planted: Points, visit: Visit) -> None:
    page = opened(visit)
    page.click("#mito-button")
    page.wait_for_function("norrsken.store.state.region_text === 'chrM:1-16,569'")
    still(visit)
    table = planted["child", "coverage"]
    assert row(visit, "coverage", "rows") == int((table["chrom"].to_numpy() == 25).sum()) == 165
    assert inks(visit, "coverage", 0, 1) > 300
    assert "MT-" in (page.locator("#genes").get_attribute("aria-label") or "")


def test_a_trio_stands_row_by_row(planted: Points, visit: Visit) -> None:
    page = opened(visit, "?tracks=coverage,baf,rank")
    page.select_option("#person", "*")
    page.wait_for_function("norrsken.genome.rows.all.length === 6")
    still(visit)
    keys = visit.js("norrsken.genome.rows.all.map(r => r.key)")
    assert keys == ["coverage-0", "coverage-1", "coverage-2", "baf-0", "baf-1", "rank"]
    for at, person in enumerate(("child", "dad", "mum")):
        assert row(visit, f"coverage-{at}", "rows") == planted[person, "coverage"].num_rows
    said = [page.locator(f"#what-coverage-{i}").inner_text() for i in range(3)]
    assert said == ["log2, Proband", "log2, Father", "log2, Mother"]
    assert "person=*" in page.url or "person=%2A" in page.url
    page.reload()
    page.wait_for_function("window.norrsken && norrsken.genome.rows.all.length === 6")


def test_every_chromosome_at_once(planted: Points, visit: Visit) -> None:
    page = opened(visit)
    page.click("#chromosomes-button")
    page.wait_for_function(
        "[...document.querySelectorAll('.panel .second')].every(n => n.textContent !== '…')"
    )
    said = page.locator(".panel .second").all_inner_texts()
    assert len(said) == 26
    counted = [int(w.removeprefix("n ").replace(",", "")) for w in said if w.startswith("n ")]
    assert sum(counted) == planted["child", "coverage"].num_rows
    assert said[25] == "no data"
    page.click(".panel[title='Show chr7']")
    page.wait_for_function("norrsken.store.state.region_text.startsWith('chr7:1-')")
    assert page.locator("#chromosomes").is_hidden()
    still(visit)
    assert inks(visit, "coverage", 0, 1) > 1000


def test_a_case_without_signals_stays_as_it_was(visit: Visit) -> None:
    visit.case()
    keys = visit.js("norrsken.genome.rows.all.map(r => r.key)")
    assert keys == ["arcs", "density", "vaf", "rank", "genes"]
    assert signal_case.NAME != "demo"
