"""What each allele does to each transcript near it, from positions alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.simulate.codons import AMINO, STOP, Ints, with_base
from data_layer.simulate.genome import Genome
from data_layer.simulate.models import FLANK, Flags, Located
from data_layer.simulate.sites import DELETION, INSERTION, SNV, Sites

#: Sequence Ontology terms as VEP joins them, with impact, most severe first.
TERMS: tuple[tuple[str, str], ...] = (
    ("splice_acceptor_variant", "HIGH"),
    ("splice_donor_variant", "HIGH"),
    ("stop_gained", "HIGH"),
    ("frameshift_variant", "HIGH"),
    ("stop_lost", "HIGH"),
    ("start_lost", "HIGH"),
    ("inframe_insertion", "MODERATE"),
    ("inframe_deletion", "MODERATE"),
    ("missense_variant&splice_region_variant", "MODERATE"),
    ("missense_variant", "MODERATE"),
    ("splice_region_variant&splice_polypyrimidine_tract_variant&intron_variant", "LOW"),
    ("splice_region_variant&intron_variant", "LOW"),
    ("splice_region_variant&synonymous_variant", "LOW"),
    ("splice_region_variant&5_prime_UTR_variant", "LOW"),
    ("splice_region_variant&3_prime_UTR_variant", "LOW"),
    ("splice_polypyrimidine_tract_variant&intron_variant", "LOW"),
    ("stop_retained_variant", "LOW"),
    ("synonymous_variant", "LOW"),
    ("coding_sequence_variant", "MODIFIER"),
    ("5_prime_UTR_variant", "MODIFIER"),
    ("3_prime_UTR_variant", "MODIFIER"),
    ("intron_variant", "MODIFIER"),
    ("upstream_gene_variant", "MODIFIER"),
    ("downstream_gene_variant", "MODIFIER"),
    ("intergenic_variant", "MODIFIER"),
)
CODE = {term: i for i, (term, _) in enumerate(TERMS)}
ACCEPTOR, DONOR, STOP_GAINED, FRAMESHIFT, STOP_LOST, START_LOST = range(6)
INTRON, UPSTREAM, DOWNSTREAM, INTERGENIC = range(21, 25)
MISSENSE_TERMS = (CODE["missense_variant"], CODE["missense_variant&splice_region_variant"])
#: Last term whose place is exonic or splice-near enough to count in compound pairs.
LAST_EXONIC = CODE["3_prime_UTR_variant"]


@dataclass(frozen=True)
class Effects:
    """One row per site, allele and transcript, in site order; ``tx`` is -1 between genes.

    ``first`` and ``last`` are the affected bases' places on the transcript in genomic order;
    ``before`` and ``after`` the codons of coding substitutions, else -1.
    """

    site: Ints
    allele: Ints
    tx: Ints
    term: Ints
    distance: Ints
    first: Located
    last: Located
    before: Ints
    after: Ints

    def best(self, count: int) -> Ints:
        """Row of the most severe effect of each site."""
        order = np.lexsort((np.arange(len(self.site)), self.term, self.site))
        ordered = self.site[order]
        starts = np.searchsorted(ordered, np.arange(count))
        rows: Ints = order[starts]
        return rows


def effects(genome: Genome, sites: Sites, other: Ints) -> Effects:
    """Find every effect of a chromosome's sites; ``other`` is the second alternate or -1."""
    begin, end = affected(sites)
    site, tx = _overlaps(genome, sites, begin)
    second = other[site] >= 0
    site = np.concatenate([site, site[second]])
    allele = np.concatenate([np.ones(len(tx), dtype=np.int64), np.full(int(second.sum()), 2)])
    tx = np.concatenate([tx, tx[second]])
    order = np.lexsort((tx, allele, site))
    site, allele, tx = site[order], allele[order], tx[order]
    found = genome.models
    near = np.maximum(tx, 0)
    if not found.count:
        nowhere = np.zeros(len(site), dtype=np.int64)
        none = np.zeros(len(site), dtype=bool)
        place = Located(nowhere, nowhere, nowhere, none, none)
        term = np.full(len(site), INTERGENIC)
        return Effects(site, allele, tx, term, nowhere, place, place, nowhere - 1, nowhere - 1)
    low, high = found.start[near], found.end[near] - 1
    first = found.locate(near, np.clip(begin[site], low, high))
    last = found.locate(near, np.clip(end[site], low, high))
    distance = np.maximum(low - begin[site], begin[site] - high)
    distance = np.where(tx < 0, 0, np.maximum(distance, 0))
    before, after = _codons(genome, sites, site, allele, other, near, first, (tx >= 0) & (distance == 0))  # fmt: skip # noqa: E501
    term = _terms(genome, sites, site, near, first, last, before, after)
    forward = found.strand[near] > 0
    term = np.where(
        distance > 0,
        np.where((begin[site] < low) == forward, UPSTREAM, DOWNSTREAM),
        term,
    )
    term = np.where(tx < 0, INTERGENIC, term)
    return Effects(site, allele, tx, term, distance, first, last, before, after)


def affected(sites: Sites) -> tuple[Ints, Ints]:
    """First and last affected base: the base, the deleted ones, or those around an insertion."""
    deletion, insertion = sites.kind == DELETION, sites.kind == INSERTION
    begin = sites.pos + deletion
    end = np.where(deletion, sites.pos + sites.length, sites.pos + insertion)
    return begin, end


def _overlaps(genome: Genome, sites: Sites, begin: Ints) -> tuple[Ints, Ints]:
    """Pairs of site and transcript within reach; sites without one get transcript -1."""
    found = genome.models
    order = np.argsort(begin, kind="stable")
    ordered = begin[order]
    low = np.searchsorted(ordered, found.start - FLANK)
    high = np.searchsorted(ordered, found.end + FLANK)
    count = high - low
    tx = np.repeat(np.arange(found.count), count)
    step = np.arange(len(tx)) - np.repeat(np.cumsum(count) - count, count)
    site = order[np.repeat(low, count) + step]
    alone = np.ones(sites.count, dtype=bool)
    alone[site] = False
    rest = np.flatnonzero(alone)
    return np.concatenate([site, rest]), np.concatenate([tx, np.full(len(rest), -1)])


def _codons(
    genome: Genome,
    sites: Sites,
    site: Ints,
    allele: Ints,
    other: Ints,
    tx: Ints,
    place: Located,
    within: Flags,
) -> tuple[Ints, Ints]:
    """Codons before and after coding substitutions, -1 elsewhere."""
    found = genome.models
    coding = within & place.inside & (place.coding >= 0) & (place.coding < found.cds_length[tx])
    where = np.flatnonzero(coding & (sites.kind[site] == SNV))
    before = np.full(len(site), -1, dtype=np.int64)
    after = before.copy()
    at = place.coding[where]
    alt = np.where(allele[where] == 2, other[site[where]], sites.alt[site[where]])
    spoken = np.where(found.strand[tx[where]] > 0, alt, 3 - alt)
    before[where] = genome.codon_at(tx[where], at)
    after[where] = with_base(before[where], at % 3, spoken)
    return before, after


def _terms(
    genome: Genome,
    sites: Sites,
    site: Ints,
    tx: Ints,
    first: Located,
    last: Located,
    before: Ints,
    after: Ints,
) -> Ints:
    """Terms of places inside transcripts."""
    length = genome.models.cds_length[tx]
    intron = ~first.inside | ~last.inside
    reach = np.where(~first.inside, first.offset, last.offset)
    gap = np.abs(reach)
    term = np.full(len(site), INTRON)
    term[(reach < 0) & (gap <= 17)] = CODE["splice_polypyrimidine_tract_variant&intron_variant"]
    term[(gap >= 3) & (gap <= 8)] = CODE["splice_region_variant&intron_variant"]
    term[(reach < 0) & (gap >= 3) & (gap <= 8)] = CODE[
        "splice_region_variant&splice_polypyrimidine_tract_variant&intron_variant"
    ]
    term[gap <= 2] = np.where(reach < 0, ACCEPTOR, DONOR)[gap <= 2]
    edge = first.near_edge
    five = first.coding < 0
    three = first.coding >= length
    utr5 = np.where(edge, CODE["splice_region_variant&5_prime_UTR_variant"], 19)
    utr3 = np.where(edge, CODE["splice_region_variant&3_prime_UTR_variant"], 20)
    exonic = np.where(five, utr5, np.where(three, utr3, _coding_terms(first, edge, before, after)))
    shift = sites.length[site] % 3 != 0
    insertion = sites.kind[site] == INSERTION
    indel = (sites.kind[site] != SNV) & ~five & ~three
    kept = np.where(insertion, CODE["inframe_insertion"], CODE["inframe_deletion"])
    exonic = np.where(indel, np.where(shift, FRAMESHIFT, kept), exonic)
    terms: Ints = np.where(intron, term, exonic)
    return terms


def _coding_terms(place: Located, edge: Flags, before: Ints, after: Ints) -> Ints:
    """Terms of coding substitutions."""
    old: NDArray[np.uint8] = AMINO[np.maximum(before, 0)]
    new: NDArray[np.uint8] = AMINO[np.maximum(after, 0)]
    same = old == new
    term = np.where(
        same,
        np.where(edge, CODE["splice_region_variant&synonymous_variant"], 17),
        np.where(edge, MISSENSE_TERMS[1], MISSENSE_TERMS[0]),
    )
    term = np.where((new == STOP) & ~same, STOP_GAINED, term)
    term = np.where(old == STOP, np.where(same, CODE["stop_retained_variant"], STOP_LOST), term)
    term = np.where((place.coding < 3) & ~same & (before >= 0), START_LOST, term)
    return np.where(before < 0, CODE["coding_sequence_variant"], term)
