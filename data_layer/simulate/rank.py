"""Inheritance models, compound pairs and a rank score whose parts add up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.simulate import calls
from data_layer.simulate.codons import Ints
from data_layer.simulate.consequence import LAST_EXONIC, MISSENSE_TERMS, TERMS
from data_layer.simulate.evidence import LIKELY_PATHOGENIC, PATHOGENIC, Evidence
from data_layer.simulate.family import Family
from data_layer.simulate.genome import scramble
from data_layer.simulate.models import Flags
from data_layer.simulate.plants import Plant
from data_layer.simulate.sites import Sites

#: Parts of the score in header order.
PARTS = (
    "allele_frequency", "Clinical_significance", "Consequence", "Deleteriousness",
    "Gene_intolerance_prediction", "Inheritance_Models", "Protein_prediction", "Splicing",
    "Variant_call_quality_filter",
)  # fmt: skip
MODELS = ("", "AD_dn", "AR_hom", "AR_hom_dn", "XR", "XR_dn|XD_dn", "AR_comp", "AD")
_DE_NOVO, _HOM, _HOM_DN, _XR, _X_DN, _COMP, _AD = range(1, 8)
_MOST_PARTNERS = 20


@dataclass
class Rank:
    """Per site: the parts (rows follow ``PARTS``), their sum, the model, compound partners."""

    parts: NDArray[np.int64]
    score: Ints
    model: Ints
    partners: dict[int, list[int]]


def rank(
    sites: Sites, family: Family, known: Evidence, chrom: int, plants: tuple[Plant, ...]
) -> Rank:
    """Score every site of a chromosome for the affected son of unaffected parents."""
    child, father, mother = (calls.COPIES_1[k] for k in family.kind)
    model = np.zeros(sites.count, dtype=np.int64)
    called = np.all([calls.CALLED[k] > 0 for k in family.kind], axis=0)
    if chrom < 23:
        model[called & (child == 1) & (father == 0) & (mother == 0)] = _DE_NOVO
        model[called & (child == 2) & (father == 1) & (mother == 1)] = _HOM
        model[called & (child == 2) & (father + mother == 1)] = _HOM_DN
    if chrom == 23:
        carried = called & (child >= 1) & (father == 0)
        model[carried & (mother == 1)] = _XR
        model[carried & (mother == 0)] = _X_DN
    partners = _pairs(known, child, father, mother, called) if chrom < 23 else {}
    model[list(partners)] = _COMP
    for i in np.flatnonzero(sites.plant >= 0).tolist():
        if plants[int(sites.plant[i])].inheritance == "AD":
            model[i] = _AD
    parts = _parts(known, model, family.passed, chrom)
    for i in np.flatnonzero(sites.plant >= 0).tolist():
        plant = plants[int(sites.plant[i])]
        parts[1, i] = 5 if plant.clnsig else 0
        parts[1, i] += max(0, plant.score - int(parts[:, i].sum()))
    return Rank(parts, parts.sum(axis=0), model, partners)


def _pairs(
    known: Evidence,
    child: NDArray[np.int8],
    father: NDArray[np.int8],
    mother: NDArray[np.int8],
    called: Flags,
) -> dict[int, list[int]]:
    """Exonic sites of a gene where one comes from each parent: site to partners."""
    base = called & (child == 1) & (known.tx >= 0) & (known.term <= LAST_EXONIC)
    paternal = base & (father == 1) & (mother == 0)
    maternal = base & (father == 0) & (mother == 1)
    sides: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, flags in enumerate((paternal, maternal)):
        for i in np.flatnonzero(flags).tolist():
            sides[int(known.tx[i])][side].append(i)
    out: dict[int, list[int]] = {}
    for one, two in sides.values():
        for i in one if two else ():
            out[i] = two[:_MOST_PARTNERS]
        for i in two if one else ():
            out[i] = one[:_MOST_PARTNERS]
    return out


def _parts(known: Evidence, model: Ints, passed: Flags, chrom: int) -> NDArray[np.int64]:
    """Points of each part, before planted sites are raised."""
    f = known.frequency
    rarity = np.select([f == 0, f < 0.0005, f < 0.005, f < 0.02], [4, 3, 2, 1], -12)
    clinical = np.zeros(len(f), dtype=np.int64)
    clinical[known.clinvar >= LIKELY_PATHOGENIC] = 4
    clinical[known.clinvar == PATHOGENIC] = 5
    clinical[(known.clinvar == 1) | (known.clinvar == 2)] = -1
    impact = np.array([{"HIGH": 8, "MODERATE": 5, "LOW": 1, "MODIFIER": 0}[i] for _, i in TERMS])
    for i, (name, _) in enumerate(TERMS):
        if name.startswith("splice_region") and impact[i] == 1:
            impact[i] = 3
    harm = np.select([known.cadd >= 3000, known.cadd >= 2000, known.cadd >= 1000], [5, 3, 2], 0)
    mixed = scramble(known.tx + (chrom << 24)) % np.uint64(100)
    near = known.term < TERMS.index(("upstream_gene_variant", "MODIFIER"))
    intolerant = np.where((known.tx >= 0) & near & (mixed < 16), 4, 0)
    inherited = np.select([model == 0, np.isin(model, (_DE_NOVO, _X_DN, _HOM_DN))], [-12, 3], 1)
    protein = np.select([known.revel >= 750, known.revel >= 500], [5, 2], 0)
    protein = np.where(np.isin(known.term, MISSENSE_TERMS), protein, 0)
    splicing = np.select([known.splice >= 80, known.splice >= 50, known.splice >= 20], [5, 3, 1], 0)
    quality = np.where(passed, 3, 0)
    return np.stack(
        [
            rarity, clinical, impact[known.term], harm, intolerant, inherited, protein, splicing,
            quality,
        ]
    ).astype(np.int64)  # fmt: skip
