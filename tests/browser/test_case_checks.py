"""The tab of checks: what the genotypes say of the people, on a simulated trio."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.region import Build
from data_layer.simulate import simulate_trio
from tests.browser.conftest import House, Visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def trio(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A family whose child has maternal isodisomy of 14q, planted by the simulator."""
    folder = tmp_path_factory.mktemp("trio")
    simulate_trio(folder, variants=90_000, seed=7, build=Build.GRCH38, coverage=False)
    manifest = next(folder.glob("*_load_config.yaml"))
    ingest_case(house.desk.lake, CaseRequest(manifest=manifest, case_id="family"))
    swapped = _swapped(folder, manifest)
    ingest_case(house.desk.lake, CaseRequest(manifest=swapped, case_id="swapped"))
    return "family"


def _swapped(folder: Path, manifest: Path) -> Path:
    """The same files with father and proband named the other way round."""
    text = manifest.read_text(encoding="utf-8")
    son, father = f"{manifest.name.split('_')[0]}_proband", f"{manifest.name.split('_')[0]}_father"
    assert son in text
    assert father in text
    out = text.replace(son, "swap").replace(father, son).replace("swap", father)
    other = folder / "swapped.yaml"
    other.write_text(out, encoding="utf-8")
    return other


def checks(visit: Visit, case: str) -> Page:
    page = visit.open(f"/case/{case}?tab=checks")
    page.wait_for_selector("#checks-body:not([hidden])")
    return page


def test_who_the_people_are(visit: Visit, trio: str) -> None:
    page = checks(visit, trio)
    assert page.locator("#checks-identity").inner_text().startswith("The samples fit")
    people = page.locator("#checks-people tbody tr")
    assert people.count() == 3
    assert "XY" in people.nth(0).inner_text()
    assert "XX" in people.nth(2).inner_text()
    pairs = page.locator("#checks-pairs tbody tr")
    assert pairs.count() == 4
    assert "unrelated" in pairs.nth(2).inner_text()
    assert page.locator("#filter").is_hidden()
    assert page.locator("#variants").is_hidden()


def test_a_stretch_opens_in_the_tracks(visit: Visit, trio: str) -> None:
    page = checks(visit, trio)
    row = page.locator("#checks-stretches tr", has_text="maternal isodisomy")
    assert row.count() == 1
    assert "chr14:8" in row.inner_text()
    row.locator("button").click()
    page.wait_for_function("norrsken.store.state.region_text.startsWith('chr14:')")
    left, right = visit.js("norrsken.genome.span")
    assert 26e6 < right - left < 120e6


def test_the_charts_hold_each_chromosome_of_each_person(visit: Visit, trio: str) -> None:
    page = checks(visit, trio)
    drawn = """() => {
      const out = [];
      for (const m of Bokeh.documents[0]._all_models.values()) {
        if (m.type === "ColumnDataSource" && m.data.copies) out.push(m.data.copies.length);
      }
      return out.sort((a, b) => a - b);
    }"""
    page.wait_for_function(f"({drawn})().length === 3")
    assert page.evaluate(f"({drawn})()") == [23, 24, 24]


def test_swapped_names_are_said(visit: Visit, trio: str) -> None:
    page = checks(visit, "swapped")
    said = page.locator("#checks-identity").inner_text()
    assert "do not fit" in said
    assert "not to be trusted" in said
    assert page.locator("#checks-pairs .check-warn").count() >= 1


def test_each_finding_says_how_it_is_known(visit: Visit, trio: str) -> None:
    page = checks(visit, trio)
    page.click("#checks details summary")
    how = page.locator("#checks-how").inner_text()
    for word in ("KING-robust", "Mendel", "Limit", "Kinship", "Runs of homozygosity"):
        assert word in how
    assert "Source: " in page.locator("#checks-pairs .check-badge").first.get_attribute("title")


def test_findings_that_cannot_be_read_are_said_as_failed(
    visit: Visit, trio: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> None:
        raise OSError("the lake went away")

    monkeypatch.setattr("data_layer.query.case.CaseQuery.detect", broken)
    page = visit.open(f"/case/{trio}?tab=checks")
    page.wait_for_selector("#checks-face .hatch")
    assert page.locator("#checks-body").is_hidden()
    monkeypatch.undo()
    page.click("#checks-face button:has-text('Try again')")
    page.wait_for_selector("#checks-body:not([hidden])")
    assert page.locator("#checks-face").is_hidden()


def test_a_person_alone_is_not_compared_and_nothing_is_drawn_in_silence(
    house: House, visit: Visit, tmp_path: Path
) -> None:
    columns = "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT alone".replace(" ", "\t")
    rows = [f"chr1\t{1000 + 100 * i}\t.\tA\tG\t50\tPASS\t.\tGT\t0/1" for i in range(3)]
    head = '##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">'
    vcf = tmp_path / "alone.vcf"
    vcf.write_text("\n".join([head, columns, *rows, ""]), encoding="utf-8")
    ingest_case(house.desk.lake, CaseRequest((vcf,), "alone", build=Build.GRCH38))
    page = checks(visit, "alone")
    assert "Nothing to compare with" in page.locator("#checks-identity").inner_text()
    assert "nobody to compare with" in page.locator("#checks-pairs").inner_text()
    assert page.locator("#checks-pairs table").count() == 0
    for chart in ("copies", "runs"):
        assert "not determinable" in page.locator(f"#checks-{chart}-none").inner_text()
    assert "no disomy" not in page.locator("#checks-stretches").inner_text()
