"""A trio's genotypes: founders by frequency, a child by inheritance, events and errors on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.region import Build
from data_layer.simulate import calls
from data_layer.simulate.codons import Ints
from data_layer.simulate.models import Flags
from data_layer.simulate.sites import INSERTION, SNV, Sites
from data_layer.simulate.spectrum import F0, F1, M0, M1, crossovers, draw

Codes = NDArray[np.int8]
#: People in file order.
PEOPLE = ("proband", "father", "mother")
#: Share of genotypes written wrong, in passing and in filtered records.
ERROR_PASS, ERROR_POOR = 0.0005, 0.005
MISSING_PASS, MISSING_POOR = 0.002, 0.03
#: Substitutions new in the child, in a file of five million sites.
NEW_PER_SITE = 75 / 5e6
PHASED_SHARE = 0.35
PHASE_BLOCK = 20_000


@dataclass(frozen=True)
class Event:
    """A planted event of the child on a stretch of one chromosome, 0-based half-open.

    ``copies`` of it are lost by son, father and mother where it is a deletion.
    """

    kind: str
    chrom: int
    start: int
    end: int
    gene: str
    inheritance: str
    sentence: str
    copies: tuple[int, int, int] = (1, 0, 0)


EVENTS: tuple[Event, ...] = (
    Event(
        "deletion_large", 15, 30_618_100, 32_153_200, "CHRNA7", "de_novo",
        "Heterozygous 1.5 Mb deletion of 15q13.3, new, on the father's copy",
    ),
    Event(
        "deletion_small", 11, 31_801_600, 31_801_900, "PAX6", "de_novo",
        "Heterozygous deletion of 300 bases in PAX6, three coverage bins wide",
    ),
    Event(
        "deletion_inherited", 7, 107_701_800, 107_702_100, "SLC26A4", "AR_hom",
        "Homozygous deletion of 300 bases, one exon of SLC26A4; each parent carries one",
        (2, 1, 1),
    ),
    Event(
        "upd_maternal", 14, 80_000_000, 106_880_000, "", "upd",
        "Both copies are one maternal chromosome (isodisomy): homozygous without a loss",
    ),
    Event(
        "mosaic_loss", 18, 18_500_000, 80_260_000, "", "mosaic",
        "20 % of the cells have lost the father's 18q",
    ),
)  # fmt: skip


@dataclass
class Family:
    """Calls of a chromosome: kind per person and site, carriers and phase."""

    kind: tuple[Codes, Codes, Codes]
    other: Ints
    frequency: NDArray[np.int16]
    passed: Flags
    phased: Flags
    phase_set: Ints
    new: Flags


def haplotypes_of(build: Build, chrom: int, pos: Ints) -> Ints:
    """Founder haplotypes that exist at positions, as a bit mask."""
    if chrom == 24:
        return np.full(len(pos), F0)
    if chrom == 25:
        return np.full(len(pos), F0 | M0)
    if chrom == 23:
        return np.where(in_par(build, chrom, pos), F0 | F1 | M0 | M1, F0 | M0 | M1)
    return np.full(len(pos), F0 | F1 | M0 | M1)


def in_par(build: Build, chrom: int, pos: Ints) -> Flags:
    """Say which positions lie in a pseudo-autosomal region."""
    inside = np.zeros(len(pos), dtype=bool)
    for start, end in build.par(chrom):
        inside |= (pos >= start) & (pos < end)
    return inside


def family(rng: np.random.Generator, build: Build, sites: Sites, chrom: int, total: int) -> Family:
    """Draw genotypes of father, mother and son at a chromosome's sites."""
    n = sites.count
    present = haplotypes_of(build, chrom, sites.pos)
    frequency = np.zeros(n, dtype=np.int16)
    mask = np.zeros(n, dtype=np.int8)
    for which in np.unique(present):
        here = np.flatnonzero(present == which)
        frequency[here], mask[here] = draw(rng, sites.selection[here], int(which))
    founders = np.stack([(mask >> i) & 1 for i in range(4)]).astype(np.int8)
    other = _second_alleles(rng, sites, founders, present == 15)
    passed = rng.random(n) > 0.05
    new = _new(rng, sites, present, other, founders, passed, total)
    from_father, from_mother = _passed_on(rng, build, sites, chrom, founders, new)
    kinds = _kinds(chrom, present, founders, from_father, from_mother, n)
    kinds = _without_copies(chrom, kinds, founders, sites.pos)
    kinds = (_mosaic(chrom, kinds[0], from_mother, sites.pos, other), *kinds[1:])
    phased, phase_set = _phase(rng, sites.pos, kinds[0], from_father, other)
    clean = (sites.plant < 0) & ~new
    right = [k.copy() for k in kinds]
    for person, kind in enumerate(kinds):
        _spoil(rng, kind, passed, clean & (other < 0), clean & ~(phased & (person == 0)))
    bare = sum(calls.COPIES_1[k] + calls.COPIES_2[k] for k in kinds) == 0
    for kind, true in zip(kinds, right, strict=True):
        kind[bare] = true[bare]
    phased &= (kinds[0] == calls.PAT_ALT) | (kinds[0] == calls.MAT_ALT)
    return Family(kinds, other, frequency, passed, phased, phase_set, new)


def _second_alleles(
    rng: np.random.Generator, sites: Sites, founders: Codes, diploid: Flags
) -> Ints:
    """Turn one carrier haplotype into a second allele where a site has one to give."""
    usable = (sites.other >= 0) & diploid & (founders.sum(axis=0) >= 2) & (sites.plant < 0)
    usable &= (sites.kind == SNV) | (sites.kind == INSERTION)
    where = np.flatnonzero(usable)
    noise = rng.random((4, len(where))) * founders[:, where]
    first = noise.argmax(axis=0)
    founders[first, where] = 2
    return np.where(usable, sites.other, -1)


def _new(
    rng: np.random.Generator,
    sites: Sites,
    present: Ints,
    other: Ints,
    founders: Codes,
    passed: Flags,
    total: int,
) -> Flags:
    """Choose sites that are new in the child; their founders become reference."""
    usable = np.flatnonzero((present == 15) & (other < 0) & (sites.plant < 0) & (sites.kind == SNV))
    count = min(int(rng.poisson(NEW_PER_SITE * total * sites.count / max(total, 1))), len(usable))
    new = np.zeros(sites.count, dtype=bool)
    if count:
        new[rng.choice(usable, count, replace=False)] = True
    founders[:, new] = 0
    passed[new] = True
    return new


def _passed_on(
    rng: np.random.Generator, build: Build, sites: Sites, chrom: int, founders: Codes, new: Flags
) -> tuple[Codes, Codes]:
    """Alleles that the son has from each parent; -1 where there is no such copy."""
    size = build.size(chrom)
    columns = np.arange(sites.count)
    from_mother = founders[2 + crossovers(rng, size, sites.pos), columns]
    from_father = founders[crossovers(rng, size, sites.pos), columns]
    if chrom == 23:
        from_father = np.where(in_par(build, chrom, sites.pos), founders[1], -1).astype(np.int8)
    elif chrom == 24:
        from_father, from_mother = founders[0], np.full(sites.count, -1, dtype=np.int8)
    elif chrom == 25:
        from_father, from_mother = np.full(sites.count, -1, dtype=np.int8), founders[2]
    from_father = np.where(new, 1, from_father).astype(np.int8)
    for event in EVENTS:
        if event.chrom != chrom:
            continue
        inside = (sites.pos >= event.start) & (sites.pos < event.end)
        if event.kind.startswith("deletion"):
            from_father = np.where(inside, -1, from_father).astype(np.int8)
        elif event.kind == "upd_maternal":
            from_father = np.where(inside, from_mother, from_father).astype(np.int8)
    return from_father, from_mother


#: Kind of call of a diploid pair of alleles.
_PAIR = np.array(
    [
        [calls.REF, calls.HET, calls.HET_2],
        [calls.HET, calls.HOM, calls.HET_12],
        [calls.HET_2, calls.HET_12, calls.HOM_2],
    ],
    dtype=np.int8,
)
_SINGLE = np.array([calls.HAP_REF, calls.HAP_ALT, calls.HAP_ALT_2], dtype=np.int8)
_LONE = np.array([calls.LONE_REF, calls.LONE_ALT, calls.HOM_2], dtype=np.int8)


def _kinds(
    chrom: int, present: Ints, founders: Codes, paternal: Codes, maternal: Codes, size: int
) -> tuple[Codes, Codes, Codes]:
    """Kinds of call for son, father and mother."""
    if chrom == 25:
        single = np.array([calls.MT_REF, calls.MT_ALT, calls.MT_ALT], dtype=np.int8)
        return single[maternal], single[founders[0]], single[founders[2]]
    if chrom == 24:
        missing = np.full(size, calls.HAP_MISSING, dtype=np.int8)
        return _SINGLE[paternal], _SINGLE[founders[0]], missing
    mother = _PAIR[founders[2], founders[3]]
    father = _PAIR[founders[0], founders[1]]
    lone = _SINGLE if chrom == 23 else _LONE
    child = np.where(paternal < 0, lone[maternal], _PAIR[np.maximum(paternal, 0), maternal])
    if chrom == 23:
        father = np.where(present == 15, father, _SINGLE[founders[0]])
    return child.astype(np.int8), father.astype(np.int8), mother


def _without_copies(
    chrom: int, kinds: tuple[Codes, Codes, Codes], founders: Codes, pos: Ints
) -> tuple[Codes, Codes, Codes]:
    """No call where the child has no copy; one copy in parents who lost the other."""
    child, father, mother = kinds
    for event in EVENTS:
        if event.chrom == chrom and event.copies == (2, 1, 1):
            inside = (pos >= event.start) & (pos < event.end)
            child = np.where(inside, calls.MISSING, child).astype(np.int8)
            father, mother = (
                np.where(inside, _LONE[founders[i : i + 2].max(axis=0)], kind).astype(np.int8)
                for i, kind in ((0, father), (2, mother))
            )
    return child, father, mother


def _mosaic(chrom: int, child: Codes, maternal: Codes, pos: Ints, other: Ints) -> Codes:
    """Shift the read fractions of heterozygous calls where some cells lost the father's copy."""
    for event in EVENTS:
        if event.chrom == chrom and event.kind == "mosaic_loss":
            het = (pos >= event.start) & (pos < event.end) & (child == calls.HET) & (other < 0)
            shifted = np.where(maternal == 1, calls.HET_UP, calls.HET_DOWN)
            child = np.where(het, shifted, child).astype(np.int8)
    return child


def _phase(
    rng: np.random.Generator, pos: Ints, child: Codes, paternal: Codes, other: Ints
) -> tuple[Flags, Ints]:
    """Phase the child's heterozygous calls in some blocks; the set is named by its first base."""
    block = pos // PHASE_BLOCK
    chosen = rng.random(int(block[-1]) + 1 if len(block) else 1) < PHASED_SHARE
    phased = chosen[block] & (child == calls.HET) & (other < 0)
    child[phased] = np.where(paternal[phased] == 1, calls.PAT_ALT, calls.MAT_ALT)
    where = np.flatnonzero(phased)
    first = np.searchsorted(block[where], block[where])
    phase_set = np.zeros(len(pos), dtype=np.int64)
    phase_set[where] = pos[where][first] + 1
    return phased, phase_set


def _spoil(
    rng: np.random.Generator, kind: Codes, passed: Flags, single: Flags, free: Flags
) -> None:
    """Write some genotypes wrong and some not at all, in place."""
    n = len(kind)
    u = rng.random(n)
    wrong = single & free & (u < np.where(passed, ERROR_PASS, ERROR_POOR))
    was = kind.copy()
    kind[wrong & (was == calls.REF)] = calls.POOR_HET
    kind[wrong & (was == calls.HOM)] = calls.POOR_HET
    het = wrong & (was == calls.HET)
    kind[het] = np.where(rng.random(int(het.sum())) < 0.5, calls.POOR_REF, calls.POOR_HOM)
    kind[wrong & (was == calls.HAP_ALT)] = calls.HAP_REF
    diploid = was <= calls.HOM_2
    absent = free & (rng.random(n) < np.where(passed, MISSING_PASS, MISSING_POOR))
    kind[absent & diploid] = calls.MISSING
    kind[absent & (was >= calls.HAP_REF) & (was <= calls.HAP_ALT_2)] = calls.HAP_MISSING
