"""A family's signals laid over each other: every point of each, one person alone in colour."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import House, Visit
from tests.browser.signal_case import BUILD, HOLE, NAME, write_signals
from tests.browser.test_case_signals import ROW, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def planted(house: House) -> Any:
    return write_signals(house.desk.lake, NAME)


def test_everyone_in_one_row(planted: Any, visit: Visit) -> None:
    page = opened(visit)
    page.select_option("#person", "+")
    page.wait_for_function("norrsken.genome.rows.all[0].people?.length === 3")
    page.wait_for_function("norrsken.genome.rows.all[0].laidOver")
    keys = visit.js("norrsken.genome.rows.all.map(r => r.key)")
    assert keys.count("coverage") == 1
    everyone = sum(planted[p, "coverage"].num_rows for p in ("child", "dad", "mum"))
    assert page.locator("#n-coverage").inner_text() == f"n {everyone:,}"
    assert page.locator("#what-coverage").inner_text() == "PFM"
    assert "person=%2B" in page.url
    page.reload()
    page.wait_for_function("window.norrsken && norrsken.genome.rows.all[0].laidOver")


def test_a_loss_of_the_child_alone_has_the_colour_of_the_child(planted: Any, visit: Visit) -> None:
    page = opened(visit, "?person=%2B")
    page.wait_for_function("norrsken.genome.rows.all[0].laidOver")
    code, start, value = HOLE
    gpos = BUILD.gpos(code, start)
    found = visit.js(
        f"""(() => {{
        const row = {ROW.format("coverage")}, at = row.last.at;
        const x = Math.floor({gpos} * at.w / norrsken.genome.axis.total);
        const data = row.laidOver.getContext("2d").getImageData(x, 0, 1, at.h).data;
        const low = Math.floor((row.last.y1 - {value}) / (row.last.y1 - row.last.y0) * at.h);
        const seen = [];
        for (let y = low - 2; y <= low + 2; y += 1) {{
            if (data[y * 4 + 3]) seen.push([...data.slice(y * 4, y * 4 + 3)].join());
        }}
        const style = getComputedStyle(document.documentElement);
        const own = style.getPropertyValue("--group-a").trim();
        return [seen, [1, 3, 5].map(i => parseInt(own.slice(i, i + 2), 16)).join()];
    }})()"""
    )
    seen, own = found
    assert seen, "the three bins are not in the picture"
    # Colours are kept with their alpha, which costs a step of rounding.
    for colour in seen:
        pairs = zip(colour.split(","), own.split(","), strict=True)
        assert all(abs(int(a) - int(b)) <= 3 for a, b in pairs)


def test_an_overlaid_row_that_fails_shows_no_part_of_it(planted: Any, visit: Visit) -> None:
    visit.page.route("**/api/grid?*signal=coverage*sample=mum*", lambda r: r.abort())
    visit.page.route("**/api/grid?*sample=mum*signal=coverage*", lambda r: r.abort())
    page = visit.open(f"/case/{NAME}?person=%2B")
    page.wait_for_selector("#face-coverage.hatch")
    assert page.locator("#n-coverage").inner_text() == "n unknown"
    assert not visit.js(f"Boolean({ROW.format('coverage')}.last)")
