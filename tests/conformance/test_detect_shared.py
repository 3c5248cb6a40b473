"""Detection on a real trio (GIAB's Ashkenazi family), against bcftools on the same sites."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL
from data_layer.query.desk import Desk
from data_layer.settings import Settings

pytestmark = pytest.mark.shared
SWAPPED = "ash\tHG003\tHG002\tHG004\t1\t2\nash\tHG002\t0\t0\t1\t1\nash\tHG004\t0\t0\t2\t1\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("lake")
    settings = Settings(lake=str(folder))
    lake = open_lake(str(folder), settings=settings, create=True)
    wrong = folder.parent / "swapped.ped"
    wrong.write_text(SWAPPED)
    vcf = shared / "slivar" / "ashk-trio.vcf.gz"
    for case_id, ped in (("right", shared / "slivar" / "ashk-trio.ped"), ("wrong", wrong)):
        request = CaseRequest(paths=(vcf,), case_id=case_id, ped=ped)
        ingest_case(lake, request, settings=settings)
    made = Desk(lake, open_journal(default_url(folder)), settings)
    yield made
    made.close()


def answer(desk: Desk, case_id: str) -> dict[str, Any]:
    return desk.case(LOCAL, case_id).detect()


def test_relations_of_the_real_family(desk: Desk) -> None:
    found = answer(desk, "right")
    kinship = {(p["one"], p["other"]): p["kinship"] for p in found["relatedness"]}
    assert kinship["HG002", "HG003"] == pytest.approx(0.25, abs=0.02)
    assert kinship["HG002", "HG004"] == pytest.approx(0.25, abs=0.02)
    assert kinship["HG003", "HG004"] == pytest.approx(0.0, abs=0.03)
    assert found["identity"]["status"] == "ok"
    assert found["upd"][0]["verdict"] == "none found"


def test_two_chromosomes_are_too_few_for_copies(desk: Desk) -> None:
    for person in answer(desk, "right")["people"]:
        assert person["copies"]["verdict"].startswith("not determinable: ")
        assert person["sex"]["verdict"].startswith("not determinable: ")


def test_mendelian_errors_are_those_of_bcftools(desk: Desk, shared: Path, tmp_path: Path) -> None:
    kept, sites = tmp_path / "kept.bcf", tmp_path / "sites.bcf"
    vcf = shared / "slivar" / "ashk-trio.vcf.gz"
    first = ["bcftools", "view", "-f", "PASS,.", "-m2", "-M2", "-v", "snps", "-Ob", "-o", str(kept)]
    subprocess.run([*first, str(vcf)], check=True)
    good = "MIN(FMT/GQ)>=20 && MIN(FMT/DP)>=8"
    subprocess.run(["bcftools", "view", "-i", good, "-Ob", "-o", str(sites), str(kept)], check=True)
    trio = ["bcftools", "+mendelian", str(sites), "-t", "HG004,HG003,HG002", "-m", "c"]
    done = subprocess.run(trio, capture_output=True, text=True, check=True)
    counts = next(x for x in (done.stdout + done.stderr).splitlines() if x[:1].isdigit()).split()
    ours = answer(desk, "right")["trios"][0]
    assert ours["errors"] == int(counts[1])
    assert abs(ours["sites"] - int(counts[0]) - int(counts[1])) <= 10


def test_a_wrong_pedigree_is_seen_and_the_right_one_named(desk: Desk) -> None:
    found = answer(desk, "wrong")
    reasons = found["identity"]["reasons"]
    assert found["identity"]["status"] == "warn"
    assert "the samples fit with HG002 as the child of HG003 and HG004" in reasons
    assert "HG003 and HG004: expected parent and child, found unrelated" in reasons
    assert found["upd"][0]["value"] is None
