"""The simulated trio, from its files to the findings: each planted event is told, once."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from data_layer.ingest.case import CaseRequest, ingest_case
from data_layer.journal import default_url, open_journal
from data_layer.lake import open_lake
from data_layer.query.access import LOCAL
from data_layer.query.cnv_evidence import cnv_evidence
from data_layer.query.desk import Desk
from data_layer.region import Build, chrom_name
from data_layer.settings import Settings
from data_layer.simulate import simulate_trio
from tests.conformance.test_roh_bcftools import called, shared, total

VARIANTS, SEED = 200_000, 1


@dataclass
class Found:
    """The files of a trio, what was planted, and what detection says."""

    folder: Path
    truth: dict[str, dict[str, str]]
    answer: dict[str, Any]

    @property
    def small(self) -> Path:
        return self.folder / f"simtrio{SEED}_snv_ranked.vcf.gz"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    folder, lake_folder = tmp_path_factory.mktemp("trio"), tmp_path_factory.mktemp("lake")
    simulate_trio(folder, variants=VARIANTS, seed=SEED, coverage_bin=5_000)
    settings = Settings(lake=str(lake_folder))
    lake = open_lake(str(lake_folder), settings=settings, create=True)
    small = folder / f"simtrio{SEED}_snv_ranked.vcf.gz"
    beds = tuple(sorted((folder / "gens").glob("*.bed.gz")))
    request = CaseRequest(
        paths=(small, *beds), case_id="trio", ped=folder / f"simtrio{SEED}.ped",
        build=Build.GRCH38,
    )  # fmt: skip
    ingest_case(lake, request, settings=settings)
    desk = Desk(lake, open_journal(default_url(lake_folder)), settings)
    with (folder / "truth.tsv").open() as lines:
        truth = {row["kind"]: row for row in csv.DictReader(lines, delimiter="\t")}
    yield Found(folder, truth, desk.case(LOCAL, "trio").detect())
    desk.close()


def test_the_people_are_who_they_are(found: Found) -> None:
    assert found.answer["identity"]["status"] == "ok"
    assert [p["sex"]["value"] for p in found.answer["people"]] == ["XY", "XY", "XX"]
    assert [p["status"] for p in found.answer["relatedness"]] == ["ok"] * 3
    assert found.answer["trios"][0]["value"] < 0.005


def test_planted_disomy_with_parent_type_and_place(found: Found) -> None:
    planted = found.truth["upd_maternal"]
    real = [s for s in found.answer["upd"][0]["segments"] if not s["one_copy"]]
    assert [(s["name"], s["origin"], s["type"]) for s in real] == [
        (planted["chrom"], "maternal", "isodisomy")
    ]
    start, end = int(planted["pos"]) - 1, int(planted["end"])
    assert real[0]["outer"][0] <= start <= real[0]["start"] < start + 500_000
    assert end - 500_000 < real[0]["end"] <= end <= max(real[0]["outer"][1], end)
    run = [r for r in found.answer["people"][0]["roh"]["segments"] if not r["one_copy"]]
    assert [r["name"] for r in run] == [planted["chrom"]]


def test_planted_deletion_is_one_copy_not_disomy(found: Found) -> None:
    planted = found.truth["deletion_large"]
    lost = [s for s in found.answer["upd"][0]["segments"] if s["one_copy"]]
    assert [s["name"] for s in lost] == [planted["chrom"]]
    assert lost[0]["copies"] == pytest.approx(1, abs=0.15)
    chrom = 15
    assert planted["chrom"] == chrom_name(chrom)
    points = cnv_evidence(Build.GRCH38, chrom, int(planted["pos"]) - 1, int(planted["end"]), "DEL")[
        "points"
    ]
    assert points["classification"] == "Pathogenic"


def test_planted_mosaic_loss_shows_in_the_copies_of_its_chromosome(found: Found) -> None:
    child, father, mother = (p["copies"] for p in found.answer["people"])
    assert child["warned"] == [found.truth["mosaic_loss"]["chrom"]]
    assert "Coverage" in child["source"]
    row = next(r for r in child["value"] if r["warned"])
    assert row["copies"] == pytest.approx(1.8, abs=0.05)
    assert father["warned"] == mother["warned"] == []


def test_beds_alone_tell_copies_and_runs(found: Found, tmp_path: Path) -> None:
    """A case without calls: the run is there, and the deletion is known by its coverage."""
    settings = Settings(lake=str(tmp_path))
    lake = open_lake(str(tmp_path), settings=settings, create=True)
    request = CaseRequest(
        paths=tuple(sorted((found.folder / "gens").glob("*.bed.gz"))), case_id="beds",
        ped=found.folder / f"simtrio{SEED}.ped", build=Build.GRCH38,
    )  # fmt: skip
    ingest_case(lake, request, settings=settings)
    desk = Desk(lake, open_journal(default_url(tmp_path)), settings)
    answer = desk.case(LOCAL, "beds").detect()
    desk.close()
    people = {p["sample"]: p for p in answer["people"]}
    child, father = people[f"simtrio{SEED}_proband"], people[f"simtrio{SEED}_father"]
    assert child["copies"]["warned"] == [found.truth["mosaic_loss"]["chrom"]]
    runs = {r["name"]: r for r in child["roh"]["segments"]}
    assert runs.keys() == {"chr14", "chr15"}
    assert not runs["chr14"]["one_copy"]
    assert runs["chr15"]["one_copy"]
    assert runs["chr15"]["copies"] == pytest.approx(1, abs=0.1)
    assert child["roh"]["value"] == runs["chr14"]["bases"]
    assert father["roh"]["value"] == 0
    assert child["sex"]["value"] is None
    assert [p["found"] for p in answer["relatedness"]] == [None] * 3
    assert answer["identity"]["status"] == "unknown"


def test_runs_are_those_of_bcftools(found: Found, tmp_path: Path) -> None:
    sites = tmp_path / "sites.vcf.gz"
    chosen = ["-f", "PASS", "-m2", "-M2", "-v", "snps"]
    subprocess.run(["bcftools", "view", *chosen, "-Oz", "-o", str(sites), str(found.small)], check=True)  # fmt: skip # noqa: E501
    theirs = called(sites, "-e", "GT,-")
    for person in found.answer["people"]:
        ours = [(r["chrom"], r["start"], r["end"]) for r in person["roh"]["segments"]]
        other = [s for s in theirs.get(person["sample"], []) if s[0] <= 22]
        assert len(ours) == len(other)
        assert shared(ours, other) >= 0.98 * max(total(ours), total(other))
