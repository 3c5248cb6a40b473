"""ClinGen's dosage items and the population's variants: known facts, and lookups by place."""

from __future__ import annotations

import numpy as np
import pytest

from data_layer.query.cnv_evidence import cnv_evidence, kind_of
from data_layer.reference.dosage import SCORES, dosage, dosage_in
from data_layer.reference.genes import gene
from data_layer.reference.population import TYPES, population, population_in
from data_layer.region import Build

B37, B38 = Build.GRCH37, Build.GRCH38
#: 15q13.3 BP4 to BP5, as ClinGen places it (ISCA-37411).
RECURRENT = {B38: (15, 30_900_685, 32_153_204), B37: (15, 31_192_888, 32_445_405)}


@pytest.mark.parametrize("build", list(Build))
def test_items_are_whole_and_on_their_chromosome(build: Build) -> None:
    rows = dosage(build)
    assert 2060 < len(rows) <= 2076
    assert list(rows) == sorted(rows, key=lambda r: (r.chrom, r.start, r.end))
    for r in rows:
        assert 0 <= r.start < r.end <= build.size(r.chrom)
        assert r.hi is None or r.hi in SCORES
        assert r.ts is None or r.ts in SCORES
        assert r.id.startswith("ISCA-" if r.region else "HGNC:")
        assert len(r.reviewed) == 10
    assert sum(r.hi == 3 for r in rows) > 400


@pytest.mark.parametrize(
    ("symbol", "hi", "ts"), [("PAX6", 3, 1), ("CFTR", 30, None), ("PMP22", 3, 0), ("PLP1", 3, 3)]
)
def test_known_genes(symbol: str, hi: int, ts: int | None) -> None:
    """Scores as ClinGen's page of February 2024 gives them."""
    for build in Build:
        mine = next(r for r in dosage(build) if r.name == symbol)
        assert (mine.hi, mine.ts) == (hi, ts)
        known = gene(build, symbol)
        assert known is not None
        assert known.chrom == mine.chrom
        assert mine.start < known.end
        assert known.start < mine.end


@pytest.mark.parametrize("build", list(Build))
def test_lookup_by_place_reads_what_a_scan_reads(build: Build) -> None:
    chrom, start, end = RECURRENT[build]
    scan = [r for r in dosage(build) if r.chrom == chrom and r.start < end and r.end > start]
    assert list(dosage_in(build, chrom, start, end)) == scan
    assert any(r.id == "ISCA-37411" and (r.start, r.end, r.hi) == (start, end, 3) for r in scan)


@pytest.mark.parametrize("build", list(Build))
def test_recurrent_15q13_deletion_is_pathogenic_of_reduced_penetrance(build: Build) -> None:
    found = cnv_evidence(build, *RECURRENT[build], "DEL", healthy_carrier=True)
    points = found["points"]
    assert points["classification"] == "Pathogenic"
    assert {c["code"]: c["points"] for c in points["criteria"]}["2A"] == 1.0
    assert "penetrance may be reduced" in points["notes"][0]
    assert points["open"][-2].startswith("4: ")
    gained = cnv_evidence(build, *RECURRENT[build], "DUP:TANDEM")
    assert gained["points"]["classification"] == "Uncertain significance"


def test_population_variants_are_found_by_place_type_and_frequency() -> None:
    table = population(B38)
    assert table is not None
    assert len(table) == 54_514
    assert float(table.af.min()) >= 0.001
    assert int((table.places.end - table.places.start).min()) >= 1000
    assert np.bincount(table.type).tolist() == [int((table.type == i).sum()) for i in (0, 1)]
    first = population_in(B38, 18, 10_000, 10_001)
    assert {(r.start, r.end, r.type) for r in first} >= {(10_000, 17_000, "DEL"), (10_000, 16_500, "DUP")}  # fmt: skip # noqa: E501
    assert next(r for r in first if r.end == 17_000).af == pytest.approx(0.074932, rel=1e-5)
    common = population_in(B38, 1, 0, B38.size(1), least=0.01)
    everyone = population_in(B38, 1, 0, B38.size(1))
    assert 0 < len(common) < len(everyone)
    assert {r.type for r in everyone} == set(TYPES)


def test_no_population_table_is_said_not_shown_as_none() -> None:
    assert population(B37) is None
    assert population_in(B37, 1, 0, 10**8) == ()
    said = cnv_evidence(B37, 1, 1_000_000, 1_100_000, "DEL")["population_source"]
    assert said == "no population variants are packaged for GRCh37"


def test_common_variation_is_pointed_out_but_not_scored() -> None:
    found = cnv_evidence(B38, 18, 10_000, 17_000, "DEL")
    assert found["population"][0] == {"start": 10_000, "end": 17_000, "type": "DEL", "af": pytest.approx(0.074932, abs=1e-6), "reciprocal": 1.0}  # fmt: skip # noqa: E501
    assert found["points"]["open"][0].startswith("4O: ")
    assert all(not c["code"].startswith("4") for c in found["points"]["criteria"])


@pytest.mark.parametrize(
    ("word", "copies", "kind"),
    [("DEL", None, "loss"), ("DUP", None, "gain"), ("<DUP:TANDEM>", None, "gain"),
     ("del:me", None, "loss"), ("CNV", 1, "loss"), ("CNV", 3, "gain"), ("CNV", 2, None),
     ("CNV", None, None), ("INV", None, None), ("BND", None, None)],
)  # fmt: skip
def test_kind(word: str, copies: float | None, kind: str | None) -> None:
    assert kind_of(word, copies) == kind
    assert (cnv_evidence(B38, 1, 10**6, 10**6 + 500, word, copies=copies)["points"] is None) == (kind is None)  # fmt: skip # noqa: E501
