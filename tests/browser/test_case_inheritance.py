"""Inheritance on the case page: a step by mode, its sentence, and what a wrong sample does."""

from __future__ import annotations

import pytest

from tests.browser.conftest import House, Visit
from tests.browser.test_case_page import settled
from tests.kin_made import observed, table_of, world
from tests.query_rows import write_case


@pytest.fixture(scope="module")
def misfit(house: House) -> str:
    """A case whose father is not the child's."""
    made = world(30_000, 5, tuple(range(1, 25)))
    father, mother, other = made.person(), made.person(), made.person()
    child = made.child(father, mother)
    people = [
        observed(made, child, x=1, y=1),
        observed(made, other, x=1, y=1),
        observed(made, mother, x=2, y=0),
    ]
    write_case(house.desk.lake, "misfit", table_of(made, people))
    return "misfit"


def test_a_step_by_mode_says_what_it_asks_of_whom(visit: Visit) -> None:
    page = visit.case()
    page.click("[data-act=steps]")
    page.select_option(".adder select[aria-label=Field]", "inheritance")
    page.fill(".adder input", "XR, XD")
    page.click(".adder button[type=submit]")
    settled(page)
    said = page.locator("#sentence").inner_text()
    assert "child has it on his one X (0/1, 1/1 or 1), dad (healthy) has no copy" in said
    assert page.locator(".step-name").last.inner_text() == "XR, XD in proband"
    assert page.locator(".step-less.warn-text").count() == 0
    assert visit.complaints == []


def test_new_calls_and_pairs_are_not_determinable_when_samples_misfit(
    visit: Visit, misfit: str
) -> None:
    page = visit.case(name=misfit)
    page.select_option("#recipe", "rare-recessive-permissive")
    settled(page)
    told = page.locator(".step-less.warn-text")
    assert told.all_inner_texts() == ["not determinable"]
    page.locator(".step").last.click()
    assert (
        "the samples do not fit their names (child and dad: expected"
        in page.locator("#why .warn-text").inner_text()
    )
    page.select_option("#recipe", "rare-mitochondrial")
    settled(page)
    assert told.count() == 0
    assert visit.complaints == []
