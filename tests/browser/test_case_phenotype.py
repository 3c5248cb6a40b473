"""Phenotype on the page: names on the chips, a search by them, and terms out of a text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import House, Visit
from tests.query_rows import variant_table, write_case

pytestmark = pytest.mark.browser

TEXT = (
    "Boy of 7 months with infantile spasms, hypotonia and ASD. No microcephaly. "
    "Mother has migraine. Epilepsi kan inte uteslutas."
)


@pytest.fixture(scope="module", autouse=True)
def told(house: House) -> None:
    """A case with a term in use, a merged, an obsolete and an unknown one, and one excluded."""
    terms = ("HP:0012469", "HP:0001275", "HP:0000057", "HP:9999999")
    write_case(house.desk.lake, "told", variant_table(300), hpo=terms, hpo_excluded=("HP:0000252",))


@pytest.fixture(autouse=True)
def no_other_host(visit: Visit) -> Iterator[None]:
    """Block and count what is asked of any other host."""
    strange: list[str] = []

    def stop(route: Route) -> None:
        if route.request.url.startswith((visit.base, "blob:", "data:")):
            route.continue_()
        else:
            strange.append(route.request.url)
            route.abort()

    visit.page.route("**/*", stop)
    yield
    assert strange == []
    assert visit.complaints == []


def chips(page: Page) -> list[str]:
    return [" ".join(t.split()) for t in page.locator(".head .chip").all_inner_texts()]


def test_chips_say_names_and_what_is_not_in_use(visit: Visit) -> None:
    page = visit.case(name="told")
    assert chips(page) == [
        "Infantile spasms HP:0012469",
        "Seizure HP:0001275 now HP:0001250",
        "Clitoromegaly HP:0000057 obsolete, now HP:0008665",
        "HP:9999999 not an HPO term",
        "Microcephaly excluded HP:0000252",
    ]
    assert page.locator(".head .chip-excluded s").inner_text() == "Microcephaly"


def test_the_start_page_finds_a_case_by_name_and_by_what_stands_above(visit: Visit) -> None:
    page = visit.open("/")
    row = page.locator("#home-table tr", has_text="Case told")
    assert "Infantile spasms HP:0012469" in " ".join(row.inner_text().split())

    def found(words: str) -> list[str]:
        page.fill("#home-find", words)
        return [t.split("\n")[0] for t in page.locator("#home-table tbody tr:visible").all_inner_texts()]  # fmt: skip # noqa: E501

    assert found("infantile spasm") == ["Case told"]
    by_ancestor = found("abnormality of the nervous system")
    assert {"Case told", "Case demo"} <= set(by_ancestor)
    assert "by phenotype: abnormality of the nervous system" in page.inner_text("#home-foot")
    assert found("told epilepsy") == ["Case told"]
    assert found("told deafness") == []
    assert found("microcephaly") == []


def test_find_in_the_case_names_terms_and_opens_them(visit: Visit) -> None:
    page = visit.case(name="told")
    page.keyboard.press("/")
    page.keyboard.type("infantile spasms")
    hit = page.locator(".hit", has_text="HP:0012469")
    hit.wait_for()
    assert "of this case" in hit.inner_text()
    hit.click()
    term = page.locator(".pheno-term", has_text="HP:0012469")
    term.wait_for()
    assert "genes" in term.inner_text()


def test_a_text_gives_terms_with_their_evidence_and_saves_nothing(
    house: House, visit: Visit
) -> None:
    before = (house.desk.journal.position(), house.desk.lake.version())
    page = visit.case(name="told")
    page.click("[data-act=phenotype]")
    dialog = page.locator("#dialog-phenotype")
    assert "Nothing is saved here" in dialog.inner_text()
    page.fill(".pheno-text", TEXT)
    page.click("text=Read the text")
    page.wait_for_selector(".pheno-list li")
    said = {
        (r.get_attribute("data-id"), r.get_attribute("data-status")): r
        for r in page.locator(".pheno-list li").all()
    }
    assert set(said) == {
        ("HP:0012469", "present"), ("HP:0001252", "present"), ("HP:0000729", "present"),
        ("HP:0001631", "present"), ("HP:0000252", "excluded"), ("HP:0002076", "family"),
        ("HP:0001250", "present"),
    }  # fmt: skip
    spasms, small = said["HP:0012469", "present"], said["HP:0000252", "excluded"]
    assert "“infantile spasms” is its name" in spasms.inner_text()
    assert small.locator(".chip.chip-excluded s").inner_text() == "Microcephaly"
    struck = "getComputedStyle(document.querySelector('.pheno-list .chip-excluded s')).textDecorationLine"  # noqa: E501
    assert visit.js(struck) == "line-through"
    assert "by “No”" in small.inner_text()
    assert "name 2 terms" in said["HP:0001631", "present"].inner_text()
    assert "not certain" in said["HP:0001250", "present"].inner_text()
    assert page.locator(".pheno-said mark.pheno-excluded").inner_text() == "microcephaly"
    ticked = page.locator(".pheno-list input:checked").count()
    assert ticked == 3
    assert said["HP:0002076", "family"].locator("input").is_disabled()
    assert (house.desk.journal.position(), house.desk.lake.version()) == before
    assert not [u for u in visit.asked if "spasms" in u]


def test_ids_are_copied(visit: Visit) -> None:
    page = visit.case(name="told")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-act=phenotype]")
    page.fill(".pheno-text", TEXT)
    page.click("text=Read the text")
    page.click("text=Copy 2 present ids")
    page.wait_for_function("document.querySelector('.pheno-copied').textContent.includes('copied')")
    assert visit.js("navigator.clipboard.readText()") == "HP:0012469\nHP:0001252"
    page.click("text=Copy 1 excluded id")
    page.wait_for_function("document.querySelector('.pheno-copied').textContent.includes('000252')")
    page.locator(".pheno-list li[data-id='HP:0001631'] input").check()
    assert page.locator("text=Copy 3 present ids").count() == 1


def test_markup_in_a_text_stays_text(visit: Visit) -> None:
    page = visit.case(name="told")
    page.click("[data-act=phenotype]")
    page.fill(".pheno-text", '<img src=x onerror="window.hurt=1"> seizures <b>ataxia</b>')
    page.click("text=Read the text")
    page.wait_for_selector(".pheno-list li")
    assert page.locator(".pheno-said img, .pheno-said b").count() == 0
    assert visit.js("window.hurt") is None
    page.keyboard.press("Escape")
    assert not page.locator("#dialog-phenotype").is_visible()
