"""How a case opens: at once, asking each question once, and with its sources at hand."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import House, Visit
from tests.browser.test_case_page import settled
from tests.query_rows import variant_table, write_case

pytestmark = pytest.mark.browser


def test_a_large_case_is_opened_beside_the_loop(
    house: House, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_case(house.desk.lake, "large", variant_table(900))
    monkeypatch.setattr("data_layer.query.desk._AT_ONCE", 100)
    held: list[Route] = []
    visit.page.route("**/api/funnel*", lambda r: held.append(r))
    page = visit.open("/case/large?sort=qual:asc")
    page.wait_for_selector("#opening-face .loading-line")
    assert "s so far" in page.locator("#opening-face").inner_text()
    assert "Case large" not in page.content()
    held[0].continue_()
    page.wait_for_function("window.norrsken && norrsken.table.answer?.last_row === 900")
    assert visit.js("norrsken.store.state.sort") == "qual:asc"


def test_each_picture_is_asked_for_once(visit: Visit) -> None:
    page = visit.case()
    settled(page)
    asked = [u for u in visit.asked if "/api/grid" in u and "picture=rank" in u]
    cells = {parse_qs(urlparse(u).query)["w"][0] for u in asked}
    # Few rows are drawn anew with larger cells; no size is asked for twice.
    assert len(asked) == len(cells)
    assert all("y0=" in u for u in asked if len(cells) == 1)


def test_the_files_of_the_case_are_a_click_away(visit: Visit) -> None:
    page = visit.case()
    assert page.locator("#files").is_hidden()
    assert page.locator("#files-button").inner_text().startswith("2 files, ingested ")
    page.click("#files-button")
    said = page.locator("#files").inner_text()
    assert "snv.vcf.gz" in said
    assert "0" * 64 in said
    assert page.locator("#files-button").get_attribute("aria-expanded") == "true"
    page.click("#files [data-act=files]")
    assert page.locator("#files").is_hidden()
    assert page.locator(".chip", has_text="HP:0001250").count() == 1
    assert "not signed" in page.locator(".head-name").inner_text()


def test_names_of_marks_stay_inside_their_track_and_apart(visit: Visit) -> None:
    page = visit.case()
    page.wait_for_selector(".ink-name")
    names = """[...document.querySelectorAll('.ink-name')].map(n => n.getBoundingClientRect())
        .map(b => [b.left, b.top, b.right, b.bottom])"""
    rows = """[...document.querySelectorAll('[data-track]')].map(n => n.getBoundingClientRect())
        .map(b => [b.left + 120, b.top, b.right, b.bottom])"""
    found, tracks = visit.js(names), visit.js(rows)
    for left, top, right, bottom in found:
        assert any(left >= a - 2 and top >= b - 2 and right <= c + 2 and bottom <= d + 2 for a, b, c, d in tracks)  # fmt: skip # noqa: E501
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 4 or other[3] <= one[1] + 4  # fmt: skip # noqa: E501
            assert apart


def test_while_it_loads_the_axes_stand_and_no_mark_is_misplaced(visit: Visit) -> None:
    held: list[Route] = []
    visit.page.route("**/api/grid*", lambda r: held.append(r))
    page = visit.open("/case/demo")
    page.wait_for_selector("#face-rank .loading-line")
    page.wait_for_selector(".ink-mark")
    spots = (
        """[...document.querySelectorAll('.ink-mark')].map(m => m.getBoundingClientRect().top)"""
    )
    before = visit.js(spots)
    for route in held:
        route.continue_()
    page.unroute_all()
    page.wait_for_function("norrsken.genome.tracks.every(t => t.rows !== null && !t.latest.busy)")
    assert visit.js(spots) == before
