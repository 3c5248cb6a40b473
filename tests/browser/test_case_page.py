"""The case page in a real browser: what it shows is what the rows say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from data_layer.region import Build
from tests.browser.conftest import ROWS, Visit
from tests.query_rows import plain

pytestmark = pytest.mark.browser
TABLE = plain(ROWS)
BUILD = Build.GRCH38


def kept(test: Callable[[dict[str, Any]], bool]) -> int:
    return sum(map(test, TABLE))


def settled(page: Page) -> None:
    """Wait until nothing is on its way."""
    page.wait_for_function(
        "norrsken.genome.tracks.every(t => !t.latest.busy) && !norrsken.genome.markLatest.busy "
        "&& norrsken.store.model.funnel.face === 'ready' "
        "&& norrsken.store.model.funnel.f === norrsken.store.state.f"
    )
    page.wait_for_timeout(250)


def total_shown(page: Page, total: int) -> None:
    page.wait_for_function(f"norrsken.table.answer && norrsken.table.answer.last_row === {total}")


def counts(page: Page) -> list[str]:
    return page.locator(".step-count").all_inner_texts()


def test_asks_no_other_host_and_complains_of_nothing(visit: Visit) -> None:
    visit.case()
    visit.page.keyboard.press("j")
    settled(visit.page)
    visit.open("/")
    foreign = [u for u in visit.asked if not u.startswith((visit.base, "data:", "blob:"))]
    assert foreign == []
    assert visit.complaints == []


@pytest.mark.page(bypass_csp=False)
def test_the_pages_work_under_their_own_policy(visit: Visit) -> None:
    page = visit.open("/case/demo")
    page.wait_for_selector(".tabulator-row")
    page.locator("#n-rank", has_text="n 4,000").wait_for()
    page.keyboard.press("j")
    page.wait_for_selector(".side section")
    page.click("[data-save=rank]")
    with page.expect_download():
        page.get_by_role("menuitem", name="PNG", exact=True).click()
    page.goto(visit.base + "/")
    page.wait_for_selector("html[data-ready=yes]")
    page.wait_for_selector("#home-table")
    assert visit.complaints == []


def test_every_picture_counts_every_call(visit: Visit) -> None:
    page = visit.case()
    for name in ("density", "vaf", "rank"):
        assert page.locator(f"#n-{name}").inner_text().splitlines()[0] == "n 4,000"
    assert "4,000" in page.locator("#table-foot").inner_text()
    first = visit.js("norrsken.table.rows[0].rank_score")
    assert first == max(r["rank_score"] for r in TABLE if r["rank_score"] is not None)


def test_pictures_are_drawn_in_device_pixels(visit: Visit) -> None:
    visit.case()
    got = visit.js(
        """(() => {
            const track = norrsken.genome.tracks[0], image = track.image;
            const some = track.last.bytes.some(v => v > 0);
            return [image.length, image[0].width, norrsken.genome.width(), track.cell, some];
        })()"""
    )
    lanes, cells, width, cell, some = got
    assert lanes == len({r["class"] for r in TABLE})
    assert cells == round(width / cell)
    assert some


def test_a_step_added_by_hand_counts_as_the_rows_do(visit: Visit) -> None:
    page = visit.case()
    page.keyboard.press("f")
    page.select_option(".adder select[aria-label=Field]", "impact")
    page.fill(".adder input", "HIGH")
    page.click(".adder button[type=submit]")
    high = kept(lambda r: r["impact"] == "HIGH")
    total_shown(page, high)
    settled(page)
    assert counts(page) == ["4,000", f"{high:,}"]
    assert "f=impact" in page.url
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    total_shown(page, high)


def test_a_wrong_value_is_said_beside_the_bar(visit: Visit) -> None:
    page = visit.case()
    page.keyboard.press("f")
    page.select_option(".adder select[aria-label=Field]", "cadd")
    page.fill(".adder input", "many")
    page.click(".adder button[type=submit]")
    page.wait_for_selector(".notice:not([hidden])")
    assert "not a number" in page.locator(".notice").inner_text()
    assert visit.js("norrsken.store.state.filters.length") == 0


def test_brush_filters_the_table_and_leaves_the_pictures_whole(visit: Visit) -> None:
    page = visit.case()
    box = page.locator("#overlay").bounding_box()
    assert box is not None
    y = box["y"] + 120
    page.mouse.move(box["x"] + 200, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, y + 10)
    page.mouse.move(box["x"] + 400, y + 10)
    page.mouse.up()
    page.wait_for_function("norrsken.store.state.brush !== null")
    settled(page)
    x0, x1 = visit.js("norrsken.store.state.brush")
    inside = kept(lambda r: x0 <= r["gpos"] < x1)
    assert 0 < inside < 4000
    total_shown(page, inside)
    assert visit.js("norrsken.genome.tracks[0].rows") == 4000
    assert f"{inside:,} variants" in page.locator("#genome-line").inner_text()
    page.keyboard.press("Escape")
    total_shown(page, 4000)
    assert page.locator(".ink-brush").count() == 0


def test_wheel_zooms_double_click_steps_out_and_a_chromosome_fills(visit: Visit) -> None:
    page = visit.case()
    box = page.locator("#overlay").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 500, box["y"] + 15)
    page.mouse.click(box["x"] + 500, box["y"] + 15)
    page.wait_for_function("norrsken.store.state.region_text !== ''")
    chrom = visit.js("norrsken.store.state.region_text").split(":")[0]
    size = BUILD.size(int(chrom.removeprefix("chr")))
    assert visit.js("norrsken.store.state.region_text") == f"{chrom}:1-{size:,}"
    settled(page)
    here = kept(lambda r: f"chr{r['chrom']}" == chrom)
    assert page.locator("#n-density").inner_text() == f"n {here:,}"
    page.mouse.move(box["x"] + 500, box["y"] + 120)
    for _ in range(5):
        page.mouse.wheel(0, -200)
    page.wait_for_timeout(600)
    a, b = visit.js("norrsken.genome.span")
    assert (b - a) < size / 3
    settled(page)
    shown = int(page.locator("#n-density").inner_text().removeprefix("n ").replace(",", ""))
    assert shown == kept(lambda r: round(a) <= r["gpos"] < round(b))
    page.mouse.dblclick(box["x"] + 500, box["y"] + 120)
    page.wait_for_timeout(300)
    c, d = visit.js("norrsken.genome.span")
    assert d - c == size
    page.click("#whole")
    assert visit.js("norrsken.genome.isWhole()")


def test_zoom_reaches_single_bases(visit: Visit) -> None:
    spot = TABLE[2000]["gpos"]
    page = visit.case()
    visit.js(f"norrsken.genome.show({spot} - 20, {spot} + 20)")
    settled(page)
    assert (
        page.locator("#n-density").inner_text()
        == f"n {kept(lambda r: spot - 20 <= r['gpos'] < spot + 20)}"
    )
    assert page.locator("[data-track=genes]").is_visible()


def test_keys_walk_the_rows_and_fill_the_side_panel(visit: Visit) -> None:
    page = visit.case()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.wait_for_function("norrsken.store.state.row === norrsken.table.rows[1].row_id")
    row = TABLE[visit.js("norrsken.store.state.row")]
    page.locator("#side", has_text=row["vid"]).wait_for()
    side = page.locator("#side").inner_text()
    assert f"{row['start'] + 1:,}" in side
    assert row["vid"] in side
    page.wait_for_selector(".ink-row")
    assert f"row={row['row_id']}" in page.url
    page.wait_for_function(
        "document.getElementById('side-reason').textContent.includes('Number 2 by')"
    )
    page.keyboard.press("k")
    page.wait_for_function("norrsken.store.state.row === norrsken.table.rows[0].row_id")


def test_last_page_sort_and_ticked_rows(visit: Visit) -> None:
    page = visit.case()
    page.click("[aria-label='Last page']")
    page.wait_for_function("norrsken.store.state.page === 80 && norrsken.table.rows.length === 50")
    page.click(".tabulator-col[tabulator-field=gnomad_af]")
    page.wait_for_function(
        "norrsken.store.state.sort === 'gnomad_af:asc' && norrsken.store.state.page === 1"
        " && norrsken.table.answer.data[0].gnomad_af !== null"
    )
    page.wait_for_timeout(300)
    least = min(r["gnomad_af"] for r in TABLE if r["gnomad_af"] is not None)
    assert visit.js("norrsken.table.rows[0].gnomad_af") == pytest.approx(least)
    page.locator(".tabulator-row input[type=checkbox]").first.check()
    page.wait_for_function("norrsken.store.state.picked.length === 1")
    page.wait_for_selector(".ink-picked")


def test_what_removed_it(visit: Visit) -> None:
    page = visit.case("?f=impact~in~HIGH")
    gone = next(r for r in TABLE if r["impact"] == "LOW" and r["class"] == "snv")
    page.click("[data-act=why]")
    page.fill(".why input", gone["vid"])
    page.keyboard.press("Enter")
    page.wait_for_selector(".why p")
    said = page.locator(".why p").inner_text()
    assert "removed by step 1" in said
    assert "LOW" in said


def test_table_behind_the_pictures_adds_up(visit: Visit) -> None:
    page = visit.case()
    page.click("#genome-table-button")
    page.wait_for_function("document.querySelectorAll('#genome-table tbody tr').length === 26")
    cells = page.locator("#genome-table tbody tr td:nth-child(3)").all_inner_texts()
    assert sum(int(c.replace(",", "")) for c in cells) == 4000


def test_person_choice_changes_the_fraction(visit: Visit) -> None:
    page = visit.case()
    page.select_option("#person", "mum")
    page.wait_for_function("norrsken.store.state.person === 'mum'")
    settled(page)
    missing = kept(lambda r: r["vaf"][2] is None)
    assert f"{missing:,} no value" in page.locator("#n-vaf").inner_text()
    assert "person=mum" in page.url


def test_find_goes_there(visit: Visit) -> None:
    page = visit.case()
    page.keyboard.press("/")
    page.keyboard.type("chr9:100,000,000-110,000,000")
    page.keyboard.press("Enter")
    page.wait_for_function("norrsken.store.state.region_text.startsWith('chr9:')")
    assert visit.js("norrsken.store.state.region_text") == "chr9:96,000,000-114,000,000"


def test_the_export_holds_every_row_of_the_table(visit: Visit) -> None:
    page = visit.case("?f=impact~in~HIGH")
    with page.expect_download() as coming:
        page.click("[data-export=csv]")
    text = coming.value.path().read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) - 1 == kept(lambda r: r["impact"] == "HIGH")


def test_columns_are_chosen_moved_into_the_address_and_wide_enough(visit: Visit) -> None:
    page = visit.case()
    holder = visit.js(
        "(t => [t.scrollWidth, t.clientWidth])(document.querySelector('.tabulator-tableholder'))"
    )
    assert holder[0] <= holder[1]
    page.click("[data-act=columns]")
    page.locator("#dialog-columns input[value=qual]").check()
    page.locator("#dialog-columns input[value=models]").uncheck()
    page.click("#dialog-columns .button-primary")
    page.wait_for_selector(".tabulator-col[tabulator-field=qual]")
    assert page.locator(".tabulator-col[tabulator-field=models]").count() == 0
    assert "qual" in page.url
    assert page.locator(".tabulator-col-resize-handle").count() > 0


def test_moving_the_view_keeps_its_width(visit: Visit) -> None:
    page = visit.case("?region=chr2:50000001-150000000")
    page.click("#drag-move")
    a, b = visit.js("norrsken.genome.span")
    box = page.locator("#overlay").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 600, box["y"] + 120)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 122)
    page.mouse.move(box["x"] + 400, box["y"] + 122)
    page.mouse.up()
    c, d = visit.js("norrsken.genome.span")
    assert d - c == pytest.approx(b - a)
    assert c - a == pytest.approx((b - a) * 200 / box["width"], rel=0.02)
    assert visit.js("norrsken.store.state.brush") is None
    strip = page.locator("#overview").bounding_box()
    assert strip is not None
    page.mouse.click(strip["x"] + strip["width"] / 2, strip["y"] + 8)
    middle = sum(visit.js("norrsken.genome.span")) / 2
    assert middle == pytest.approx(sum(BUILD.sizes) / 2, rel=0.01)


def test_the_pictures_can_follow_the_filter(visit: Visit) -> None:
    page = visit.case("?f=impact~in~LOW")
    assert page.locator("#n-density").inner_text() == "n 4,000"
    page.select_option("#picture", "kept")
    low = kept(lambda r: r["impact"] == "LOW")
    page.wait_for_function(f"norrsken.genome.tracks.every(t => t.rows === {low})")


def test_keys_go_over_the_edge_of_a_page(visit: Visit) -> None:
    page = visit.case()
    last = visit.js("norrsken.table.rows[49].row_id")
    page.keyboard.press("k")
    page.wait_for_function(f"norrsken.store.state.row === {last}")
    page.keyboard.press("j")
    page.wait_for_function("norrsken.store.state.page === 2 && norrsken.table.rows.length === 50")
    page.wait_for_function("norrsken.store.state.row === norrsken.table.rows[0].row_id")
    assert visit.js("norrsken.store.state.row") != last
    page.locator("#side", has_text="Number 51 by").wait_for()
    page.keyboard.press("k")
    page.wait_for_function(
        f"norrsken.store.state.page === 1 && norrsken.store.state.row === {last}"
    )


def test_help_promises_only_keys_that_work(visit: Visit) -> None:
    page = visit.case()
    page.keyboard.press("?")
    keys = page.locator("#dialog-help kbd").all_inner_texts()
    assert "J" in keys
    assert not {"R", "1", "6"} & set(keys)


def test_a_recipe_says_its_band_and_a_count_outside_it(visit: Visit) -> None:
    page = visit.case()
    page.select_option("#recipe", "rare-de-novo")
    settled(page)
    line = page.locator("#filter-line").inner_text()
    assert "New in the proband · v1 · expected 40–120" in line
    left = int(counts(page)[-1].replace(",", ""))
    word = page.locator(".band-word")
    assert left < 40 or left > 120, "the made rows must lie outside the band"
    assert word.inner_text() == f"{left:,} is {'above' if left > 120 else 'below'} it"
    page.select_option("#recipe", "all")
    settled(page)
    assert word.count() == 0
