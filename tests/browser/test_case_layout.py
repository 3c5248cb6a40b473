"""Rows are shown, hidden, moved, resized; the layout stays in the address and, kept, for good."""

from __future__ import annotations

from typing import Any

import pytest

from app.pages.layouts import kept_layout
from tests.browser.conftest import House, Visit
from tests.browser.signal_case import NAME, write_signals
from tests.browser.test_case_signals import ROW, opened, row, still

pytestmark = pytest.mark.browser
KEYS = "norrsken.genome.rows.all.map(r => r.key)"


@pytest.fixture(scope="module", autouse=True)
def planted(house: House) -> Any:
    house.desk.journal.grant("local", "layla", "see_case", "lake", "")
    return write_signals(house.desk.lake, NAME)


def settled_on(visit: Visit, keys: list[str]) -> None:
    visit.page.wait_for_function(f"JSON.stringify({KEYS}) === JSON.stringify({keys})")
    still(visit)


def test_a_hidden_row_asks_nothing(visit: Visit) -> None:
    page = opened(visit, "?tracks=coverage,baf,rank")
    page.click("#tracks-button")
    page.uncheck("#track-menu [data-focus=baf]")
    settled_on(visit, ["coverage", "rank"])
    assert page.locator("[data-track=baf]").count() == 0
    before = len(visit.asked)
    page.keyboard.press("Escape")
    assert page.locator("#track-menu").is_hidden()
    visit.js("norrsken.genome.show(0, 2e8)")
    page.wait_for_timeout(400)
    still(visit)
    since = visit.asked[before:]
    assert any("signal=coverage" in u for u in since)
    assert not any("signal=baf" in u for u in since)


def test_order_and_size_survive_a_reload(visit: Visit) -> None:
    page = opened(visit, "?tracks=coverage,baf,rank")
    small = row(visit, "baf", "high")
    page.click("#tracks-button")
    page.focus("#track-menu [data-focus=coverage]")
    page.keyboard.press("Alt+ArrowDown")
    settled_on(visit, ["baf", "coverage", "rank"])
    assert visit.js("document.activeElement.dataset.focus") == "coverage"
    page.click("#track-menu [data-focus=baf-tall]")
    page.wait_for_function(f"{ROW.format('baf')}.high === {small * 4}")
    still(visit)
    assert visit.js(f"{ROW.format('baf')}.last.at.h") == small * 4
    nodes = page.locator("#rows > [data-track]")
    assert [n.get_attribute("data-track") for n in nodes.all()] == ["baf", "coverage", "rank"]
    page.wait_for_function("location.search.includes('tracks=baf:tall,coverage,rank')")
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    settled_on(visit, ["baf", "coverage", "rank"])
    assert row(visit, "baf", "high") == small * 4


def test_rows_are_dragged(visit: Visit) -> None:
    page = opened(visit, "?tracks=coverage,baf,rank")
    page.click("#tracks-button")
    page.drag_and_drop("#track-menu [data-name=rank]", "#track-menu [data-name=coverage]")
    settled_on(visit, ["rank", "coverage", "baf"])


@pytest.mark.page(extra_http_headers={"X-Person": "layla"})
def test_a_kept_layout_is_used_for_the_next_case_of_its_kind(house: House, visit: Visit) -> None:
    page = opened(visit, "?tracks=baf:medium,coverage")
    page.click("#tracks-button")
    page.click("#track-menu .button-primary")
    page.wait_for_function(
        "document.querySelector('#track-menu [aria-live]').textContent.startsWith('Kept as')"
    )
    assert kept_layout(house.desk.journal, "layla", "rare") == ("baf:medium", "coverage")
    assert kept_layout(house.desk.journal, "local", "rare") == ()
    last = house.desk.journal.decisions(kind="layout")[-1]
    assert (last.actor_id, last.subject) == ("layla", "layout:rare")
    opened(visit)
    settled_on(visit, ["baf", "coverage"])
    assert row(visit, "baf", "size") == "medium"
    opened(visit, "?tracks=rank")
    settled_on(visit, ["rank"])


def test_an_address_with_no_layout_says_so(visit: Visit) -> None:
    page = visit.open(f"/case/{NAME}?tracks=%3Cscript%3E")
    assert "no layout" in page.locator(".banner").inner_text()
    opened(visit, "?tracks=nosuchrow,rank,rank:tall")
    settled_on(visit, ["rank"])
    opened(visit, "?tracks=none")
    settled_on(visit, [])
