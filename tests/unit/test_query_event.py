"""A structural call with what stands around it: planted signals, calls and known genes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data_layer.errors import InputError, NotFoundError
from data_layer.query.access import LOCAL, CaseQuery
from data_layer.query.beneath import FLANK, stretches
from data_layer.query.event import Event, _beside
from data_layer.query.genes_hit import Break, genes_hit
from data_layer.reference.genes import gene
from data_layer.reference.transcripts import transcripts
from data_layer.region import OTHER
from data_layer.schema import SIGNALS_TABLE, VARIANTS
from tests.query_rows import BUILD, plain, variant_table
from tests.signals_made import signal_desk

#: The typical loss of 22q11.2, where points are planted.
LOW, HIGH = 18_924_000, 21_111_000
DEL, SAME, NEAR, INV, OUT, BACK, SNV, SHORT = 0, 1, 2, 3, 4, 5, 6, 7
ODD, ODD_TOO, OTHER_ODD, BEHIND = 8, 9, 10, 11


def line(chrom: int, low: float, high: float, beside: float) -> pa.Table:
    """A point every kilobase of a chromosome: ``low`` in the loss, else ``beside``, one null."""
    start = np.arange(0, BUILD.size(chrom), 1000)
    value = np.where((start >= LOW) & (start < HIGH), low, beside).astype(np.float32)
    value[start >= HIGH] = high
    value[start == (LOW + 5_000) // 1000 * 1000] = np.inf
    mask = start == (LOW + 1000) // 1000 * 1000
    columns = {
        "schema_version": pa.array(np.ones(len(start), np.int16)),
        "chrom": pa.array(np.full(len(start), chrom, np.int8)),
        "start": pa.array(start),
        "end": pa.array(start + 1000),
        "gpos": pa.array(start + BUILD.offsets[chrom - 1]),
        "value": pa.array(value, mask=mask),
    }
    stored = SIGNALS_TABLE.stored
    return pa.table([columns[f.name] for f in stored], schema=stored)


def calls() -> pa.Table:
    rows = plain(variant_table(60, seed=4))
    genes = {n: gene(BUILD, n) for n in ("NF1", "BCR", "ABL1")}
    bcr, abl, nf1 = genes["BCR"], genes["ABL1"], genes["NF1"]
    assert bcr is not None
    assert abl is not None
    assert nf1 is not None
    planted: list[dict[str, Any]] = [
        {"class": "sv", "svtype": "DEL", "alt": "<DEL>", "chrom": 22, "start": LOW, "end": HIGH,
         "svlen": LOW - HIGH, "callers": ["manta"], "gt": [1, 0, 1]},
        {"class": "cnv", "svtype": "DEL", "alt": "<DEL>", "chrom": 22, "start": LOW + 200_000,
         "end": HIGH + 100_000, "svlen": -2_087_000, "callers": ["cnvnator"]},
        {"class": "sv", "svtype": "DUP", "alt": "<DUP>", "chrom": 22, "start": HIGH + 500,
         "end": HIGH + 9_000, "svlen": 8_500},
        {"class": "sv", "svtype": "INV", "alt": "<INV>", "chrom": 17, "start": nf1.start + 50_000,
         "end": nf1.end + 900_000, "svlen": 1_000_000},
        {"class": "bnd", "svtype": "BND", "chrom": 22, "start": bcr.start + 100_000,
         "end": bcr.start + 100_001, "alt": f"N[chr9:{abl.start + 30_000}["},
        {"class": "bnd", "svtype": "BND", "chrom": 9, "start": abl.start + 30_100,
         "end": abl.start + 30_101, "alt": f"]chr22:{bcr.start + 99_900}]N"},
        {"class": "snv", "alt": "T"},
        {"class": "sv", "svtype": "INS", "alt": "<INS>", "chrom": 1, "start": 5, "end": 6,
         "svlen": 300},
        *({"class": "sv", "svtype": "DEL", "alt": "<DEL>", "chrom": OTHER, "contig": contig,
           "start": 1_000, "end": 5_000, "svlen": -4_000} for contig in ("U1", "U1", "U2")),
        {"class": "sv", "svtype": "DEL", "alt": "<DEL>", "chrom": 22, "start": bcr.end - 1,
         "end": bcr.end + 5_000, "svlen": -5_000},
    ]  # fmt: skip
    blank = {"ref": "N", "svlen": None, "mate": None, "id": None, "gene": None, "hgvsp": None,
             "format": "GT:PR:SR:CN",
             "sample_text": ["0/1:20,9:11,4:1", "0/0:30,0:20,0:2", "0/1:1,2:3,4:1"],
             "info": "IMPRECISE;CIPOS=-10,10;AF=0.1"}  # fmt: skip
    for at, cells in enumerate(planted):
        rows[at] |= blank | cells
        rows[at]["gpos"] = BUILD.gpos(rows[at]["chrom"], rows[at]["start"])
    return pa.Table.from_pylist(rows, VARIANTS.stored)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseQuery]:
    have = {"child": ("coverage", "baf"), "dad": ("coverage",), "mum": ()}
    planted = {
        ("child", "coverage"): line(22, -1.0, 0.5, 0.25),
        ("child", "baf"): line(22, 0.95, 0.5, 0.5),
        ("dad", "coverage"): line(22, 0.1, 0.1, 0.1),
    }
    desk, _ = signal_desk(tmp_path_factory.mktemp("lake"), calls(), have=have, planted=planted)
    yield desk.case(LOCAL, "demo")
    desk.close()


@pytest.fixture(scope="module")
def loss(case: CaseQuery) -> Event:
    return case.event(DEL)


def test_signals_inside_and_beside(loss: Event) -> None:
    found = {(s.sample, s.signal): s for s in loss.signals}
    assert set(found) == {("child", "coverage"), ("child", "baf"), ("dad", "coverage")}
    log2 = found["child", "coverage"]
    long = HIGH - LOW
    left, right = log2.left, log2.right
    assert left is not None
    assert right is not None
    assert (log2.inside.start, log2.inside.end) == (LOW, HIGH)
    assert (left.start, left.end) == (LOW - long, LOW)
    assert (right.start, right.end) == (HIGH, HIGH + long)
    assert (log2.inside.n, log2.inside.missing) == (long // 1000 - 2, 2)
    assert log2.inside.mean == pytest.approx(-1.0)
    assert (left.n, left.mean) == (long // 1000, pytest.approx(0.25))
    assert (right.n, right.mean) == (long // 1000, pytest.approx(0.5))
    assert log2.change == pytest.approx(-1.375)
    assert found["child", "baf"].inside.minor == pytest.approx(0.05, abs=1e-6)
    assert found["dad", "coverage"].change == pytest.approx(0, abs=1e-6)


def test_flanks_are_cut_at_the_ends_and_never_short() -> None:
    size = BUILD.size(22)
    assert stretches(BUILD, 22, 5_000_000, 5_000_100) == {
        "inside": (5_000_000, 5_000_100),
        "left": (5_000_000 - FLANK, 5_000_000),
        "right": (5_000_100, 5_000_100 + FLANK),
    }
    cut = stretches(BUILD, 22, 1_000, size + 50)
    assert cut == {"inside": (1_000, size), "left": (0, 1_000), "right": (size, size)}
    assert stretches(BUILD, 22, 0, 10)["left"] == (0, 0)


def test_a_flank_without_bases_is_none(case: CaseQuery) -> None:
    found = case.event(SHORT)
    assert found.chrom == 1
    assert all(
        s.inside.n == 0 and s.inside.mean is None and s.change is None for s in found.signals
    )


def test_other_calls_with_their_share(loss: Event) -> None:
    assert loss.calls_total == 1
    other = loss.calls[0]
    shared = HIGH - LOW - 200_000
    assert (other["row_id"], other["callers"]) == (SAME, ["cnvnator"])
    assert other["bases"] == shared
    assert other["reciprocal"] == pytest.approx(shared / (HIGH - LOW), abs=1e-5)


def test_junctions_of_two_callers_meet_at_both_ends(case: CaseQuery) -> None:
    one, other = case.event(OUT), case.event(BACK)
    assert [(c["row_id"], c["distance"]) for c in one.calls] == [(BACK, 101)]
    assert [c["row_id"] for c in other.calls] == [OUT]
    assert one.partner is not None
    assert one.partner["chrom"] == 9


def test_contigs_outside_the_build_are_told_apart(case: CaseQuery) -> None:
    """They share one lane, where calls of two contigs seem to overlap."""
    assert [c["row_id"] for c in case.event(ODD).calls] == [ODD_TOO]
    found = case.event(OTHER_ODD)
    assert (found.calls, found.signals, found.segments_total) == ([], [], 0)
    rows = pa.table({"chrom": [26, 26, 25], "contig": ["U1", "U2", "U1"]})
    assert _beside(rows, {"chrom": 26, "contig": "U1"}).tolist() == [True, False, False]
    assert _beside(rows, {"chrom": 25, "contig": "M"}).tolist() == [False, False, True]


def test_segments_that_overlap(case: CaseQuery, loss: Event) -> None:
    on22 = [
        s
        for kind in ("cnv", "roh")
        for s in case.segments(kind, None, BUILD.offsets[21], BUILD.offsets[22], 1 << 20).segments
        if s["start"] < HIGH and s["end"] > LOW
    ]
    assert loss.segments_total == len(on22) > 0
    for seg in loss.segments:
        shared = min(HIGH, seg["end"]) - max(LOW, seg["start"])
        longer = max(HIGH - LOW, seg["end"] - seg["start"])
        assert seg["reciprocal"] == pytest.approx(shared / longer, abs=1e-5)
    shares = [s["reciprocal"] for s in loss.segments]
    assert shares == sorted(shares, reverse=True)


def test_genes_of_a_loss(loss: Event) -> None:
    hits = {h.symbol: h for h in loss.genes.genes}
    tbx1 = hits["TBX1"]
    assert tbx1.whole
    assert tbx1.coding_bases == tbx1.coding_of > 1000
    assert loss.genes.total >= loss.genes.coding > 30
    assert loss.points is not None
    assert loss.known["kind"] == "loss"
    assert loss.known["dosage_total"] > 0
    rules = {c["code"]: c["points"] for c in loss.points["rules"]}
    assert set(rules) >= {"1A", "2A"}
    assert loss.points["total"] == pytest.approx(sum(rules.values()))
    assert loss.points["verdict"] == "Pathogenic"
    assert loss.points["open"]
    # The mother carries it and is well.
    assert loss.points["notes"]


def test_the_base_before_a_symbolic_call_is_not_part_of_it(case: CaseQuery) -> None:
    """Its start is the base before the event: here the last one of BCR."""
    found = case.event(BEHIND)
    assert "BCR" not in {h.symbol for h in found.genes.genes}
    assert found.points is not None
    assert not [r for r in found.points["rules"] if "BCR" in r["why"]]


def test_a_cut_at_the_edge_of_a_gene_leaves_it_whole() -> None:
    nf1 = gene(BUILD, "NF1")
    assert nf1 is not None
    for place, hit in ((nf1.start, False), (nf1.start + 1, True), (nf1.end - 1, True),
                       (nf1.end, False)):  # fmt: skip
        found = genes_hit(BUILD, None, [Break(nf1.chrom, place)])
        assert ("NF1" in {h.symbol for h in found.genes}) == hit


def test_an_inversion_breaks_and_takes_nothing(case: CaseQuery) -> None:
    found = case.event(INV)
    assert not found.genes.inside
    hit = next(h for h in found.genes.genes if h.symbol == "NF1")
    assert hit.coding_bases == 0
    assert len(hit.breakpoints) == 1
    assert found.points is None


def test_a_junction_breaks_both_genes(case: CaseQuery) -> None:
    for row in (OUT, BACK):
        broken = {h.symbol: h.breakpoints for h in case.event(row).genes.genes if h.breakpoints}
        assert {"BCR", "ABL1"} <= set(broken)


@pytest.mark.parametrize("symbol", ["NF1", "BRCA1"])
def test_a_cut_is_named_by_exon_and_intron(symbol: str) -> None:
    best = transcripts(BUILD, symbol)[0]
    exons = best.exons if best.strand > 0 else best.exons[::-1]
    for at in (0, 1, len(exons) // 2):
        a, b = exons[at]
        middle = genes_hit(BUILD, None, [Break(best.chrom, (a + b) // 2)])
        assert next(h for h in middle.genes if h.symbol == symbol).breakpoints == (
            f"exon {at + 1}",
        )
        after = b + 2 if best.strand > 0 else a - 2
        beside = genes_hit(BUILD, None, [Break(best.chrom, after)])
        assert next(h for h in beside.genes if h.symbol == symbol).breakpoints == (
            f"intron {at + 1}",
        )


def test_evidence_is_told_by_person(loss: Event) -> None:
    told = {p["sample"]: p["evidence"] for p in loss.people}
    assert told["child"] == {"GT": "0/1", "PR": "20,9", "SR": "11,4", "CN": "1"}
    assert told["dad"]["CN"] == "2"
    assert loss.info == {"IMPRECISE": True, "CIPOS": "-10,10"}


def test_wrong_rows_are_refused(case: CaseQuery) -> None:
    with pytest.raises(NotFoundError):
        case.event(10_000)
    with pytest.raises(InputError):
        case.event(SNV)
