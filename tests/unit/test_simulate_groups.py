"""Simulated tumours and cohorts: fractions, drivers, frequencies, and what is refused."""

import gzip
import subprocess
from pathlib import Path

import numpy as np
import pytest

from data_layer.errors import UsageError
from data_layer.simulate import SimulationReport, simulate_cohort, simulate_tumour
from data_layer.simulate.tumour import (
    ARTEFACT,
    CLONAL,
    GERMLINE,
    SUBCLONAL,
    SUBCLONE,
    expected,
)

PURITY = 0.6


def rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt") as lines:
        return [x.rstrip("\n").split("\t") for x in lines if not x.startswith("#")]


def keys(cell: str) -> dict[str, str]:
    return dict(x.partition("=")[::2] for x in cell.split(";"))


@pytest.fixture(scope="module")
def tumour(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    return simulate_tumour(tmp_path_factory.mktemp("t"), variants=12_000, seed=4, purity=PURITY)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    return simulate_cohort(tmp_path_factory.mktemp("c"), variants=3_000, samples=120, seed=4)


def named(report: SimulationReport, ending: str) -> Path:
    return next(f for f in report.files if f.name.endswith(ending))


def truth(report: SimulationReport) -> list[dict[str, str]]:
    head, *lines = report.truth_path.read_text().splitlines()
    return [dict(zip(head.split("\t"), x.split("\t"), strict=True)) for x in lines]


@pytest.mark.parametrize("which", ["tumour", "cohort"])
def test_bcftools_reads_them_without_a_word(which: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(which)
    for path in (f for f in report.files if f.name.endswith(".vcf.gz")):
        done = subprocess.run(["bcftools", "view", "-H", path], capture_output=True, check=True)
        assert done.stderr == b""
        assert done.stdout
    asked = {"tumour": 12_000, "cohort": 3_000}[which]
    assert report.counts["records"] == asked == len(rows(report.files[0]))


def test_expected_fractions() -> None:
    kind = np.array([CLONAL, SUBCLONAL, GERMLINE, CLONAL, CLONAL])
    major, minor = np.array([1, 1, 1, 1, 2]), np.array([1, 1, 1, 0, 0])
    in_tumour, in_normal = expected(kind, 0.6, major, minor, np.zeros(5))
    assert in_tumour == pytest.approx([0.3, 0.3 * SUBCLONE, 0.5, 0.6 / 1.4, 0.6])
    assert in_normal.tolist() == [0, 0, 0.5, 0, 0]
    assert expected(np.array([ARTEFACT]), 0.6, major[:1], minor[:1], np.zeros(1))[0] < 0.05


def test_clonal_peak_lies_at_half_the_purity(tumour: SimulationReport) -> None:
    found = [float(keys(r[7])["AF"]) for r in rows(tumour.files[0]) if r[6] == "PASS"]
    counts, edges = np.histogram(found, np.arange(0.2, 0.6, 0.02))
    assert edges[counts.argmax()] == pytest.approx(PURITY / 2, abs=0.04)


def test_drivers_have_their_fraction(tumour: SimulationReport) -> None:
    by_place = {(r[0], r[1]): r for r in rows(tumour.files[0])}
    drivers = [t for t in truth(tumour) if t["kind"].startswith("driver")]
    assert {t["gene"] for t in drivers} == {"BRAF", "TP53", "PIK3CA"}
    for row in drivers:
        record = by_place[(row["chrom"], row["pos"])]
        assert record[6] == "PASS"
        wanted = float(row["sentence"].rpartition(" ")[2])
        assert float(record[9].split(":")[2]) == pytest.approx(wanted, abs=0.02)
        assert record[10].startswith("0/0")
        assert f"|{row['gene']}|" in record[7]


def test_tumour_structural_rows_have_no_genotype_and_the_normal_first(
    tumour: SimulationReport,
) -> None:
    path = named(tumour, "sv_somatic.vcf.gz")
    with gzip.open(path, "rt") as lines:
        head = next(x for x in lines if x.startswith("#CHROM")).split()
    assert [h.rpartition("_")[2] for h in head[9:]] == ["normal", "tumour"]
    assert all(r[8] == "PR:SR" for r in rows(path))
    fusion = next(t for t in truth(tumour) if t["kind"] == "fusion")
    assert any(r[0] == fusion["chrom"] and fusion["alt"] in r[4] for r in rows(path))


def test_segments_follow_purity(tumour: SimulationReport) -> None:
    lines = [x.split("\t") for x in named(tumour, ".cns").read_text().splitlines()[1:]]
    loss = next(x for x in lines if x[3] == "PTEN")
    assert float(loss[4]) == pytest.approx(np.log2((2 - PURITY) / 2), abs=0.001)
    neutral = next(x for x in lines if x[3] == "RB1")
    assert (float(neutral[4]), neutral[6:9]) == (0.0, ["2", "2", "0"])


def test_cohort_counts_follow_its_genotypes(cohort: SimulationReport) -> None:
    people = [x.split("\t") for x in named(cohort, "people.tsv").read_text().splitlines()[1:]]
    males = {i for i, p in enumerate(people) if p[1] == "male"}
    for r in rows(cohort.files[0]):
        genotypes = [c.split(":")[0].split("/") for c in r[9:]]
        called = [a for g in genotypes for a in g if a != "."]
        info = keys(r[7])
        assert (int(info["AN"]), int(info["AC"])) == (len(called), called.count("1"))
        single = {i for i, g in enumerate(genotypes) if len(g) == 1}
        assert single == set() or (r[0] == "chrX" and single == males)


def test_enriched_allele_is_commoner_in_cases(cohort: SimulationReport) -> None:
    people = [x.split("\t") for x in named(cohort, "people.tsv").read_text().splitlines()[1:]]
    row = next(t for t in truth(cohort) if t["kind"] == "enriched_in_cases")
    record = next(r for r in rows(cohort.files[0]) if (r[0], r[1]) == (row["chrom"], row["pos"]))
    copies = [c.split(":")[0].count("1") for c in record[9:]]
    cases = sum(c for c, p in zip(copies, people, strict=True) if p[2] == "yes")
    assert cases > sum(copies) - cases


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="purity"):
        simulate_tumour(tmp_path, variants=5000, seed=1, purity=1.2)
    with pytest.raises(UsageError, match="2 to"):
        simulate_cohort(tmp_path, variants=5000, samples=1, seed=1)
