"""No cell of the table is cut without a way to see it, and widths stay as a person made them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tests.browser.conftest import House, Visit
from tests.query_rows import variant_table, write_case

pytestmark = pytest.mark.browser
CODING = "NM_001032221.6:c.1217_1218insGATTACAGATTACAGATTACAGATTACA"
ENDLESS = "NM_001032221.6:c.1217_1218ins" + "GATTACA" * 40
PROTEIN = "NP_001027392.1:p.Arg406_Val407insHisTrpMetPheLeuSerTyrGlnCysAsnLysGlu"
MODEL = "autosomal_recessive_compound_heterozygous_with_a_new_second_hit"
LONG = "non_coding_transcript_exon_variant&splice_polypyrimidine_tract_variant"
CUT = """[...document.querySelectorAll('.tabulator-row .tabulator-cell > :is(span, i)')]
    .filter(s => s.scrollWidth > s.clientWidth + 1 && s.clientWidth > 0)
    .map(s => [s.parentNode.getAttribute('tabulator-field'), s.title, getComputedStyle(s).textOverflow])"""  # noqa: E501
LEFT = "[...document.querySelectorAll('.tabulator-row .tabulator-cell > :is(span, i)')].filter(s => s.getBoundingClientRect().left < s.parentNode.getBoundingClientRect().left - 1).length"  # noqa: E501


def long_rows() -> pa.Table:
    """Rows whose texts are longer than any column, and depths of a mitochondrion."""
    rows = variant_table(40)
    n = rows.num_rows
    texts = {"gene": "ENSG00000290825-ENSG00000223972", "consequence": LONG, "hgvsp": PROTEIN}
    lists = {
        "models": [MODEL, "AD"],
        "vaf": [0.38, 0.0, 1.0],
        "ad_alt": [974, 0, 12562],
        "dp": [2562, 30, 12562],
    }
    values: dict[str, list[Any]] = {name: [text] * n for name, text in texts.items()}
    values["hgvsc"] = [CODING] * (n - 1) + [ENDLESS]
    values["rank_score"] = [20.0] * (n - 1) + [30.0]
    values |= {name: [v] * n for name, v in lists.items()}
    for name, column in values.items():
        at = rows.schema.get_field_index(name)
        field = rows.schema.field(at)
        rows = rows.set_column(at, field, pa.array(column, field.type))
    return rows


@pytest.mark.parametrize("width", [1280, 1440, 1600, 1920])
def test_nothing_is_cut_without_a_way_to_see_it(house: House, visit: Visit, width: int) -> None:
    if "long" not in house.cases:
        house.cases["long"] = write_case(house.desk.lake, "long", long_rows())
    visit.page.set_viewport_size({"width": width, "height": 1000})
    page = visit.case(name="long")
    page.wait_for_selector(".tabulator-row")
    cut = visit.js(CUT)
    assert {c[0] for c in cut} >= {"gene", "consequence"}, "the made texts must not fit"
    assert not {"hgvsc", "hgvsp", "vaf"} & {c[0] for c in cut}
    assert all(title and look == "ellipsis" for _, title, look in cut)
    assert visit.js(LEFT) == 0
    holder = "document.querySelector('.tabulator-tableholder')"
    assert visit.js(f"{holder}.scrollWidth <= {holder}.clientWidth")
    first, second = page.locator("[role=gridcell][tabulator-field=hgvsc]").all()[:2]
    assert second.inner_text().replace("\n", "") == CODING.split(":")[1]
    assert "letters" in first.inner_text()
    assert first.locator("span").first.get_attribute("title") == ENDLESS
    assert page.locator("[role=gridcell][tabulator-field=vaf]").first.inner_text() == "0.38974/2562"


def test_a_long_inheritance_is_cut_with_dots_and_told_on_hover(house: House, visit: Visit) -> None:
    if "long" not in house.cases:
        house.cases["long"] = write_case(house.desk.lake, "long", long_rows())
    page = visit.case(name="long")
    cell = page.locator("[role=gridcell][tabulator-field=models]").first
    words = cell.locator(".model-words")
    assert words.evaluate("w => w.scrollWidth > w.clientWidth")
    assert words.evaluate("w => getComputedStyle(w).textOverflow") == "ellipsis"
    assert cell.locator(".model").get_attribute("title") == f"{MODEL}, dominant"
    inside, outside = cell.locator(".model-more").bounding_box(), cell.bounding_box()
    assert inside is not None
    assert outside is not None
    assert inside["x"] + inside["width"] <= outside["x"] + outside["width"] + 0.5


def test_widths_stay_as_a_person_dragged_them(visit: Visit) -> None:
    page = visit.case()
    wide = "norrsken.table.t.getColumn('gene').getWidth()"
    before = visit.js(wide)
    box = page.locator(".tabulator-col[tabulator-field=gene]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 30, box["y"] + 10, steps=4)
    page.mouse.up()
    after = visit.js(wide)
    assert after > before + 20
    page.reload()
    page.wait_for_function("window.norrsken && norrsken.table.answer !== null")
    assert visit.js(wide) == after
    page.click("[data-act=columns]")
    page.click("#dialog-columns button:has-text('Standard ones')")
    page.wait_for_function(f"{wide} === {before}")
