"""What is planted in a simulated case: real variants from public knowledge, and who carries them.

Positions are GRCh38, 1-based; significance and accession follow ClinVar (December 2024), the
changes of codons follow the published HGVS names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from data_layer.region import Build
from data_layer.simulate.codons import BASES, codon_base, codon_number
from data_layer.simulate.models import models

MULTIPLE = "criteria_provided,_multiple_submitters,_no_conflicts"
PANEL = "reviewed_by_expert_panel"
GUIDELINE = "practice_guideline"


@dataclass(frozen=True)
class Plant:
    """One planted small variant.

    ``genotypes`` are written per sample in the case's order; ``codons`` are ``(codon, number)``
    of the real sequence around it; ``vaf`` gives per-sample read fractions where the genotype
    does not imply them; ``score`` is the least rank score that it is given.
    """

    kind: str
    chrom: int
    pos: int
    ref: str
    alt: str
    gene: str
    genotypes: tuple[str, ...]
    inheritance: str
    sentence: str
    codons: tuple[tuple[str, int], ...] = ()
    vaf: tuple[float, ...] = ()
    frequency: float = 0.0
    clnsig: str = ""
    review: str = MULTIPLE
    clinvar: str = ""
    rs: str = "."
    cadd: float = 28.0
    revel: float = 0.92
    hgvsc: str = ""
    hgvsp: str = ""
    score: int = 0


_PLP = "Pathogenic/Likely_pathogenic"
TRIO: tuple[Plant, ...] = (
    Plant(
        "de_novo", 9, 127675910, "G", "A", "STXBP1", ("0/1", "0/0", "0/0"), "AD_dn",
        "New in the child: STXBP1 p.Arg406His, the cause of the epilepsy",
        codons=(("CGC", 406),), clnsig=_PLP, clinvar="279904", rs="rs886041246", cadd=31.0,
        revel=0.962, score=40,
    ),
    Plant(
        "compound_het", 1, 75732724, "T", "C", "ACADM", ("0/1", "0/1", "0/0"), "AR_comp",
        "First of a pair in ACADM, from the father",
        codons=(("TAT", 67),), frequency=0.0009, clnsig=_PLP, clinvar="3597",
        rs="rs121434280", cadd=25.1, revel=0.789, score=34,
    ),
    Plant(
        "compound_het", 1, 75761161, "A", "G", "ACADM", ("0/1", "0/0", "0/1"), "AR_comp",
        "Second of a pair in ACADM, from the mother",
        codons=(("AAA", 329),), frequency=0.0035, clnsig=_PLP, clinvar="3586",
        rs="rs77931234", cadd=26.3, revel=0.871, score=34,
    ),
    Plant(
        "x_hemizygous", 23, 153736510, "C", "T", "ABCD1", ("1", "0", "0/1"), "XR",
        "Hemizygous in the boy, from the carrier mother: ABCD1 p.Arg464Ter",
        codons=(("CGA", 464),), clnsig=_PLP, clinvar="11302", rs="rs128624221", cadd=38.0,
        score=36,
    ),
    Plant(
        "recessive_homozygous", 9, 34648170, "A", "G", "GALT", ("1/1", "0/1", "0/1"), "AR_hom",
        "Both parents carry GALT p.Gln188Arg, the child is homozygous",
        codons=(("CAG", 188),), frequency=0.0017, clnsig="Pathogenic", clinvar="3614",
        rs="rs75391579", cadd=26.8, revel=0.93, score=35,
    ),
    Plant(
        "dominant_inherited", 19, 11105587, "C", "G", "LDLR", ("0/1", "0/1", "0/0"), "AD",
        "From the father, an incidental finding: LDLR p.Asp227Glu",
        codons=(("GAC", 227),), frequency=0.00001, clnsig=_PLP, clinvar="3690",
        rs="rs121908028", cadd=24.9, revel=0.88, score=33,
    ),
    Plant(
        "recessive_carrier", 7, 117559590, "ATCT", "A", "CFTR", ("0/1", "0/0", "0/1"), "carrier",
        "A carrier state, from the mother: CFTR p.Phe508del with nothing on the other allele",
        codons=(("ATC", 507), ("TTT", 508)), frequency=0.0075, clnsig="Pathogenic",
        review=GUIDELINE, clinvar="7105", rs="rs113993960", cadd=22.0, revel=0.0,
        hgvsc="c.1521_1523del", hgvsp="p.Phe508del", score=31,
    ),
    Plant(
        "mosaic_de_novo", 3, 179234297, "A", "G", "PIK3CA", ("0/1", "0/0", "0/0"), "AD_dn",
        "New and mosaic, in about 30 % of the child's cells: PIK3CA p.His1047Arg",
        codons=(("CAT", 1047),), vaf=(0.15, 0.0, 0.0), clnsig="Pathogenic", review=PANEL,
        clinvar="13652", rs="rs121913279", cadd=29.2, revel=0.75, score=37,
    ),
    Plant(
        "mitochondrial", 25, 3243, "A", "G", "MT-TL1", ("0/1", "0", "0/1"), "mitochondrial",
        "m.3243A>G: 38 % of the child's and 9 % of the mother's copies",
        vaf=(0.38, 0.0, 0.09), frequency=0.00006, clnsig=_PLP, clinvar="9589",
        rs="rs199474657", cadd=19.0, revel=0.0, score=36,
    ),
)  # fmt: skip

_SOMATIC = ("0/1", "0/0")
TUMOUR: tuple[Plant, ...] = (
    Plant(
        "driver", 7, 140753336, "A", "T", "BRAF", _SOMATIC, "somatic",
        "BRAF p.Val600Glu, in every tumour cell", codons=(("GTG", 600),), vaf=(-1.0, 0.0),
        clnsig=_PLP, clinvar="13961", rs="rs113488022", cadd=30.0, revel=0.931,
    ),
    Plant(
        "driver", 17, 7675088, "C", "T", "TP53", _SOMATIC, "somatic",
        "TP53 p.Arg175His, the other copy lost", codons=(("CGC", 175),), vaf=(-2.0, 0.0),
        clnsig="Pathogenic", review=PANEL, clinvar="12374", rs="rs28934578", cadd=26.0,
        revel=0.92,
    ),
    Plant(
        "driver_subclonal", 3, 179234297, "A", "G", "PIK3CA", _SOMATIC, "somatic",
        "PIK3CA p.His1047Arg, in a third of the tumour cells", codons=(("CAT", 1047),),
        vaf=(-0.35, 0.0), clnsig="Pathogenic", review=PANEL, clinvar="13652",
        rs="rs121913279", cadd=29.2, revel=0.75,
    ),
)  # fmt: skip


def patches(build: Build, plants: tuple[Plant, ...], chrom: int) -> tuple[tuple[int, int], ...]:
    """Real bases at the planted places of a chromosome, for the made-up genome."""
    out: dict[int, int] = {}
    for plant in plants:
        if plant.chrom != chrom:
            continue
        for i, base in enumerate(plant.ref):
            out[plant.pos - 1 + i] = BASES.index(base)
        for codon, number in plant.codons:
            out.update(_codon_patch(build, plant, codon, number))
    return tuple(sorted(out.items()))


def _codon_patch(build: Build, plant: Plant, codon: str, number: int) -> dict[int, int]:
    found = models(build, plant.chrom)
    tx = np.full(3, found.index(plant.gene))
    place = np.arange(3) + 3 * (number - 1)
    base = codon_base(np.full(3, codon_number(codon)), np.arange(3))
    if found.strand[tx[0]] < 0:
        base = 3 - base
    return dict(zip(found.genomic(tx, place).tolist(), base.tolist(), strict=True))


def of_purity(plant: Plant, purity: float) -> Plant:
    """Fill a somatic plant's read fractions: -1 clonal het, -2 with loss, else -cell fraction."""
    first = plant.vaf[0]
    fraction = purity / (2 - purity) if first == -2.0 else purity * -first / 2
    return replace(plant, vaf=(fraction, 0.0))
