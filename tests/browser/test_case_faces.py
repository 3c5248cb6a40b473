"""Loading, empty, failed, stale, refused; markup in a file; themes; keys and names for all."""

from __future__ import annotations

import gc
import json
import time

import pytest
from playwright.sync_api import Route, WebSocketRoute

from app.pages.session import CaseSession
from tests.browser.conftest import EVIL, House, Visit
from tests.query_rows import variant_table, write_case

pytestmark = pytest.mark.browser
#: The colours that the first picture is drawn in.
INKS = """(() => {
    const image = norrsken.genome.tracks[0].image[0];
    const data = image.getContext('2d').getImageData(0, 0, image.width, image.height).data;
    const found = new Set();
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]) found.add([data[i], data[i + 1], data[i + 2]].join());
    }
    return [...found];
})()"""
PROBLEM = {
    "code": "LAKE-READ",
    "where": "variants",
    "message": "a file is missing",
    "fix": "Verify.",
}


def break_it(visit: Visit, part: str) -> None:
    body = json.dumps({"error": PROBLEM})
    visit.page.route(
        lambda u: part in u,
        lambda r: r.fulfill(status=500, body=body, content_type="application/json"),
    )


def test_a_failed_picture_says_so_and_the_others_stand(visit: Visit) -> None:
    break_it(visit, "picture=vaf")
    page = visit.open("/case/demo")
    page.wait_for_selector("#face-vaf .hatch-word")
    assert "LAKE-READ" in page.locator("#face-vaf").inner_text()
    assert page.locator("#n-vaf").inner_text() == "n unknown"
    page.wait_for_function("norrsken.genome.tracks[0].rows === 4000")
    page.unroute_all()
    page.click("#face-vaf button")
    page.wait_for_function("norrsken.genome.tracks[1].rows === 4000")
    assert page.locator("#face-vaf").is_hidden()


def test_failed_rows_are_not_no_rows(visit: Visit) -> None:
    break_it(visit, "/api/rows")
    page = visit.open("/case/demo")
    page.wait_for_selector("#table-face .hatch-word")
    assert page.locator("#table-foot").inner_text() == "count unknown"
    assert "face-failed" in (page.locator("#variants").get_attribute("class") or "")
    page.unroute_all()
    page.click("#table-face .button-primary")
    page.wait_for_function("norrsken.table.answer && norrsken.table.answer.last_row === 4000")
    assert "face-failed" not in (page.locator("#variants").get_attribute("class") or "")


def test_empty_names_the_step_and_loosens_it(visit: Visit) -> None:
    page = visit.case("?f=gene~contains~nosuchgene")
    page.wait_for_selector("#table-face h3")
    assert "removed the last 4,000" in page.locator("#table-face h3").inner_text()
    page.click("#table-face .button-primary")
    page.wait_for_function("norrsken.table.answer.last_row === 4000")


def test_loading_says_how_long_and_can_be_stopped(visit: Visit) -> None:
    held: list[Route] = []
    page = visit.case()
    page.route("**/api/rows*", lambda r: held.append(r))
    visit.js("norrsken.store.set({ sort: 'qual:asc' })")
    page.wait_for_selector("#table-face .loading-line")
    line = page.locator("#table-face .loading-line").inner_text()
    assert "s so far" in line
    page.click("#table-face .loading-line button")
    page.wait_for_selector("#table-face .face-loading-words")
    assert "Stopped" in page.locator("#table-face").inner_text()
    page.unroute_all()
    page.click("#table-face .button-primary")
    page.wait_for_function(
        "norrsken.table.answer.last_row === 4000 && document.getElementById('table-face').hidden"
    )


def test_a_newer_ingest_makes_the_page_stale_until_refreshed(house: House, visit: Visit) -> None:
    write_case(house.desk.lake, "grows", variant_table(300))
    page = visit.case(name="grows")
    write_case(house.desk.lake, "grows", variant_table(500, seed=9))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_selector(".card.face-stale")
    assert "before 300" in page.locator("#stale-line").inner_text()
    assert page.locator("#stamp").inner_text().startswith("Stale since ")
    assert visit.js("norrsken.genome.tracks[0].rows") == 300
    with page.expect_navigation():
        page.click("#stale-line button")
    page.wait_for_selector("html[data-ready=yes]")
    page.wait_for_function("norrsken.genome.tracks[0].rows === 500")


@pytest.mark.parametrize("path", ["/case/nope", "/case/demo?v=999", "/case/..%2Fx"])
def test_a_missing_case_shows_a_failure_and_no_data(visit: Visit, path: str) -> None:
    page = visit.page
    page.goto(visit.base + path)
    body = page.content()
    assert "Case demo" not in body
    assert "4,000" not in body


@pytest.mark.page(extra_http_headers={"X-Person": "stranger"})
def test_a_refused_case_shows_a_refusal_and_no_data(visit: Visit) -> None:
    page = visit.open("/case/demo")
    assert page.locator(".hatch-word").inner_text() == "Refused: nothing drawn"
    assert "CASE-REFUSED" in page.locator("code").inner_text()
    assert "Case demo" not in page.content()
    visit.open("/")
    assert "Case demo" not in page.content()


@pytest.mark.page(extra_http_headers={"X-Person": "nobody"})
def test_without_sign_in_there_is_nothing(visit: Visit) -> None:
    page = visit.open("/")
    assert "SIGN-IN" in page.locator("code").inner_text()
    assert page.locator("table").count() == 0


def test_markup_in_a_file_stays_text(visit: Visit) -> None:
    page = visit.case(name="evil")
    page.keyboard.press("j")
    page.wait_for_selector(".side section")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.select_option("#person", EVIL)
    page.wait_for_timeout(600)
    assert EVIL in page.locator("#side").inner_text()
    assert visit.js("document.querySelectorAll('img').length") == 0
    assert visit.js("window.hurt") is None
    visit.open("/")
    assert visit.js("document.querySelectorAll('img').length") == 0


def test_an_address_that_no_page_writes_is_named(visit: Visit) -> None:
    page = visit.case("?region=%3Cscript%3E&page=1")
    assert "REGION" in page.locator(".banner").inner_text()
    assert visit.js("norrsken.genome.isWhole()")


@pytest.mark.page(color_scheme="dark")
def test_dark_follows_the_system_and_the_button_turns_it(visit: Visit) -> None:
    page = visit.case()
    assert page.get_attribute("html", "data-theme") == "dark"
    before = visit.js(INKS)
    assert before, "the picture must not be blank"
    page.click("[data-act=theme]")
    page.wait_for_function("norrsken.store.state.theme === 'light'")
    assert page.get_attribute("html", "data-theme") == "light"
    after = visit.js(INKS)
    assert after
    assert not set(before) & set(after)
    assert "theme=light" in page.url


def test_pictures_and_controls_have_names(visit: Visit) -> None:
    page = visit.case()
    assert visit.js("document.querySelectorAll('canvas[role=img]:not([aria-label])').length") == 0
    nameless = "[...document.querySelectorAll('button, select, input')].filter(b => !(b.getAttribute('aria-label') || b.textContent.trim() || b.title)).map(b => b.outerHTML.slice(0, 90))"  # noqa: E501
    assert visit.js(nameless) == []
    assert page.locator("#live[aria-live]").count() == 1
    page.keyboard.press("?")
    page.wait_for_selector("#dialog-help[open]")
    assert "clear the brush" in page.locator("#dialog-help").inner_text()


@pytest.mark.page(viewport={"width": 1280, "height": 800})
def test_the_side_panel_is_a_drawer_on_a_narrow_screen(visit: Visit) -> None:
    page = visit.case()
    assert page.locator("#side").is_hidden()
    page.keyboard.press("j")
    page.wait_for_function("norrsken.store.state.row !== null")
    page.keyboard.press("Enter")
    page.wait_for_selector("#side.side-open")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.getElementById('side').classList.contains('side-open')")
    assert visit.js("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_lost_connection_is_said(visit: Visit) -> None:
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    visit.page.route_web_socket(lambda url: "/ws" in url, through)
    page = visit.case()
    sockets[0].close(code=4000, reason="a test")
    page.wait_for_selector("#lost-line")
    assert "connection was lost" in page.locator("#lost-line").inner_text()
    assert "face-stale" in (page.locator("#genome").get_attribute("class") or "")


def test_a_closed_page_leaves_nothing_behind(visit: Visit) -> None:
    visit.case()
    visit.page.goto("about:blank")
    until = time.monotonic() + 90
    while time.monotonic() < until:
        gc.collect()
        if not any(isinstance(o, CaseSession) for o in gc.get_objects()):
            return
        visit.page.wait_for_timeout(2000)
    pytest.fail("the session's page is still held after 90 s")
