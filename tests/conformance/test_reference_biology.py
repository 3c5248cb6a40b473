"""Well-known genes stand where the literature puts them; coordinates below are 1-based."""

from __future__ import annotations

import pytest

from data_layer.reference.genes import gene
from data_layer.reference.transcripts import transcript_table, transcripts
from data_layer.region import Build, Region

G38, G37 = Build.GRCH38, Build.GRCH37

# Spans: GENCODE v44 and Ensembl GRCh37, read from their public gene pages.
GENES = [
    (G38, "BRCA1", "chr17:43,044,295-43,170,245", -1),
    (G38, "STXBP1", "chr9:127,579,370-127,696,027", 1),
    (G38, "DMD", "chrX:31,097,677-33,339,609", -1),
    (G38, "MT-ND1", "chrM:3,307-4,262", 1),
    (G38, "TP53", "chr17:7,661,779-7,687,538", -1),
    (G37, "BRCA1", "chr17:41,196,312-41,277,500", -1),
    (G37, "STXBP1", "chr9:130,374,544-130,457,460", 1),
    (G37, "DMD", "chrX:31,115,794-33,357,558", -1),
    (G37, "MT-ND1", "chrM:3,307-4,262", 1),
    (G37, "TP53", "chr17:7,565,097-7,590,856", -1),
]
# First and last coding base and protein length: RefSeq NM_007294, NM_001032221, NM_000546,
# NM_004006 (start codon in exon 1 of Dp427m, 3,685 residues).
CODING = [
    (G38, "BRCA1", "NM_007294.4", "chr17:43,045,678-43,124,096", 1863, 23),
    (G38, "STXBP1", "NM_001032221.6", "chr9:127,612,404-127,690,857", 594, 19),
    (G38, "TP53", "NM_000546.6", "chr17:7,669,609-7,676,594", 393, 11),
    (G38, "DMD", "NM_004006.3", "chrX:31,121,919-33,211,312", 3685, 79),
    (G38, "MT-ND1", "", "chrM:3,307-4,262", 318, 1),
    (G37, "BRCA1", "NM_007294.4", "chr17:41,197,695-41,276,113", 1863, 23),
    (G37, "TP53", "NM_000546.6", "chr17:7,572,927-7,579,912", 393, 11),
    (G37, "DMD", "NM_004006.3", "chrX:31,140,036-33,229,429", 3685, 79),
]


@pytest.mark.parametrize(("build", "symbol", "text", "strand"), GENES)
def test_gene_span(build: Build, symbol: str, text: str, strand: int) -> None:
    found = gene(build, symbol)
    assert found is not None
    assert Region(build, found.chrom, found.start, found.end).text() == text
    assert found.strand == strand


@pytest.mark.parametrize(("build", "symbol", "refseq", "text", "residues", "exons"), CODING)
def test_coding_span(
    build: Build, symbol: str, refseq: str, text: str, residues: int, exons: int
) -> None:
    found = transcripts(build, symbol)[0]
    assert found.cds is not None
    assert Region(build, found.chrom, *found.cds).text() == text
    assert (found.refseq, found.protein_length, len(found.exons)) == (refseq, residues, exons)


def test_stxbp1_arg406() -> None:
    # ClinVar 279904: NM_001032221.6:c.1217G>A, p.(Arg406His), GRCh38 9:127675910 G>A.
    found = transcripts(G38, "STXBP1")[0]
    assert found.coding_offset(127_675_910 - 1) == 1217 - 1
    assert found.exon_number(127_675_910 - 1) == 14


@pytest.mark.parametrize("build", list(Build))
def test_coding_lengths_are_whole_codons(build: Build) -> None:
    rows = [t for t in transcript_table(build) if t.cds and t.rule.startswith("MANE")]
    assert len(rows) > 17_000
    assert [t.enst for t in rows if t.cds_length % 3] == []


@pytest.mark.parametrize("build", list(Build))
def test_thirteen_mitochondrial_proteins(build: Build) -> None:
    rows = [t for t in transcript_table(build) if t.chrom == 25]
    # Human Mitochondrial DNA encodes 3,789 residues in 13 proteins (UniProt).
    assert len(rows) == 13
    assert sum(t.protein_length for t in rows) == 3789


def test_both_builds_code_for_the_same_protein_lengths() -> None:
    now = {t.ensg.partition(".")[0]: t for t in transcript_table(G38) if t.rule == "MANE Select"}
    carried = [t for t in transcript_table(G37) if t.rule == "MANE Select"]
    assert len(carried) > 17_000
    for t in carried:
        assert t.cds_length == now[t.ensg.partition(".")[0]].cds_length, t.enst
