"""The start page: what may be opened, who is in it, and what the lake took in."""

from __future__ import annotations

import pytest

from tests.browser.conftest import House, Visit
from tests.query_rows import variant_table, write_case

pytestmark = pytest.mark.browser


def test_the_start_page_tells_cases_people_files_and_changes(house: House, visit: Visit) -> None:
    write_case(house.desk.lake, "twice", variant_table(300))
    write_case(house.desk.lake, "twice", variant_table(450))
    page = visit.open("/")
    row = page.locator("#home-table tr", has_text="Case demo")
    said = row.inner_text()
    for part in ("trio", "proband male", "HP:0001250", "4,000", "GRCh38"):
        assert part in said
    assert row.locator(".pedigree circle").count() == 1
    newest = page.locator("#changes li").first.inner_text()
    assert "Case twice ingested again, 450 calls, before 300" in newest
    page.keyboard.press("/")
    page.keyboard.type("twice")
    shown = page.locator("#home-table tbody tr:visible")
    assert shown.count() == 1
    assert "1 of" in page.locator("#home-foot").inner_text()


@pytest.mark.page(extra_http_headers={"X-Person": "stranger"})
def test_a_stranger_sees_no_case_and_no_change(house: House, visit: Visit) -> None:
    page = visit.open("/")
    assert "No case yet" in page.locator("#main").inner_text()
    assert page.locator("#changes").count() == 0
    assert "demo" not in page.locator("#main").inner_text().replace("norrsken demo", "")


@pytest.mark.parametrize("width", [1280, 1440, 1600, 1920])
def test_no_column_runs_out_of_its_card(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.open("/")
    card = "document.querySelector('.home .card.flush')"
    assert visit.js(f"{card}.scrollWidth <= {card}.clientWidth")
    assert visit.js("document.documentElement.scrollWidth <= window.innerWidth")
