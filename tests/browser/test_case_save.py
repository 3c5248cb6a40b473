"""A saved picture stands alone, and its data are the counts that were drawn."""

from __future__ import annotations

import csv
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser.conftest import ROWS, Visit
from tests.query_rows import plain

pytestmark = pytest.mark.browser
TABLE = plain(ROWS)


def saved(visit: Visit, track: str, words: str) -> tuple[str, Path]:
    visit.page.click(f"[data-save={track}]")
    with visit.page.expect_download() as coming:
        visit.page.get_by_role("menuitem", name=words, exact=True).click()
    assert visit.page.locator("#save-menu").is_hidden()
    return coming.value.suggested_filename, coming.value.path()


@pytest.mark.parametrize("track", ["density", "vaf", "rank"])
def test_the_data_are_the_counts_of_the_picture(visit: Visit, track: str) -> None:
    page = visit.case("?region=chr2:1-150000000")
    page.wait_for_function("norrsken.genome.tracks.every(t => !t.latest.busy)")
    name, path = saved(visit, track, "Data (CSV)")
    assert name == f"demo-{track}-chr2_1-150000000-v{visit.js('norrsken.store.state.lake')}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    inside = [r for r in TABLE if r["chrom"] == 2 and r["start"] < 150_000_000]
    names = rows[0][3:]
    total = sum(int(v) for row in rows[1:] for v in row[3:])
    assert total == len(inside) > 0
    assert any(f"{len(inside):,} calls in view" in line for line in head)
    assert "# case: demo" in head
    assert any("lake version" in line for line in head)
    assert any("chr2:1–150,000,000" in line for line in head)
    if track == "density":
        at = 3 + names.index("indel")
        assert sum(int(r[at]) for r in rows[1:]) == sum(r["class"] == "indel" for r in inside)
    if track == "vaf":
        empty = [3 + i for i, n in enumerate(names) if n.startswith("no value")]
        missing = sum(r["vaf"][0] is None for r in inside)
        assert sum(int(r[i]) for r in rows[1:] for i in empty) == missing


def test_svg_carries_title_axis_and_where_it_came_from(visit: Visit) -> None:
    visit.case("?person=mum")
    name, path = saved(visit, "vaf", "SVG")
    assert name.endswith(".svg")
    tree = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    words = [t.text or "" for t in tree.iter(f"{space}text")]
    said = " ".join(words)
    assert "VAF · demo" in words
    assert {"0", "0.5", "1", "X"} <= set(words)
    for part in ("Sample: mum", "whole genome", "GRCh38", "4,000 calls in view", "lake version"):
        assert part in said
    image = next(tree.iter(f"{space}image"))
    assert image.attrib["href"].startswith("data:image/png;base64,")
    assert not [u for u in visit.asked if not u.startswith((visit.base, "blob:", "data:"))]


def test_png_has_the_size_it_says(visit: Visit) -> None:
    visit.case()
    sizes = []
    for words in ("PNG", "PNG 2×"):
        _, path = saved(visit, "rank", words)
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG")
        sizes.append(struct.unpack(">II", data[16:24]))
    assert sizes[1] == (2 * sizes[0][0], 2 * sizes[0][1])
    assert sizes[0][0] > visit.js("norrsken.genome.width()")


def test_the_menu_closes_with_escape_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.case()
    page.focus("[data-save=vaf]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#save-menu:not([hidden])")
    page.keyboard.press("ArrowDown")
    assert visit.js("document.activeElement.textContent") == "PNG 2×"
    page.keyboard.press("Escape")
    assert page.locator("#save-menu").is_hidden()
    assert visit.js("document.activeElement.dataset.save") == "vaf"
