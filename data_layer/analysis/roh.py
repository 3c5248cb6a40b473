"""Runs of homozygosity: stretches where both copies of a person's genome are alike.

Model: the hidden Markov chain of BCFtools/RoH (Narasimhan et al. 2016, Bioinformatics 32:1749,
doi:10.1093/bioinformatics/btw044), with its default rates 6.7e-8 into and 5e-9 out of
autozygosity per base. Emissions are conditional on the person carrying the allele, so that a
result is the same whoever else stands in the file. With ``f`` the allele's frequency and ``e``
the share of wrong genotypes,

    P(two copies | Hardy-Weinberg, carried) = f^2 / (f^2 + 2 f (1 - f)) = f / (2 - f)
    P(two copies | autozygous, carried)     = 1 - e

Limits: a deletion of one copy looks the same (compare the coverage); small panels and exomes
have too few sites; a run says nothing of why the copies are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.states import Flags, Floats, Ints, inside, spans
from data_layer.region import Build

SOURCE = "Narasimhan et al. 2016, doi:10.1093/bioinformatics/btw044 (BCFtools/RoH)"
#: Probability per base to enter and to leave autozygosity: the defaults of BCFtools/RoH.
ENTER, LEAVE = 6.7e-8, 5e-9
#: Share of genotypes taken to be wrong: Phred 25, between the 20 and 30 that callers promise.
ERROR = 0.003
#: Frequency of an allele that no source gives: it makes 1.6 heterozygous sites for each homozygous
#: one, as outbred genomes have them.
UNKNOWN_FREQUENCY = 0.55
#: A rarer allele says no more than this one: a frequency may be that of another population.
RAREST = 0.05
#: Shortest run that is listed, fewest sites in it, and the widest hole that it may have.
LEAST, LEAST_SITES, MOST_GAP = 1_000_000, 25, 2_000_000
#: Share of its sites that may be heterozygous, as wrong genotypes.
MOST_HET = 0.05
#: A run this long counts as long: recent shared ancestry, or uniparental disomy.
LONG = 5_000_000
#: Above this many sites, only those near possible runs are judged: blocks of 16 with at most a
#: quarter heterozygous, two in a row or one over ``WIDE`` bases, and eight blocks around them.
DENSE, BLOCK, HET_MOST, WIDE, AROUND = 500_000, 16, 4, 150_000, 8
#: B-allele fractions of a heterozygous site; the share of homozygous ones among common sites (1 -
#: 2 f (1 - f), mean over f from 5 to 95 %); and the fewest sites, since they tell less each.
HET_BAF, COMMON_HOM, FRACTION_SITES = (0.15, 0.85), 0.63, 50
#: The standard by which a share in long runs is read as a relation of the parents.
PARENTS_SOURCE = "Rehder et al. 2013, doi:10.1038/gim.2012.169 (ACMG)"
#: Share of autosomes in long runs, by the relation of the parents: F of a child is the kinship
#: of its parents (1/4, 1/8, 1/16 ...); the bounds lie half-way on a log scale.
RELATIONS: tuple[tuple[float, str], ...] = (
    (0.177, "first degree"), (0.0884, "second degree"), (0.0442, "third degree"),
    (0.0221, "fourth degree"),
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run, 0-based half-open from its first to its last site.

    Attributes:
        sites: sites that it stands on.
        het: heterozygous sites among them, taken as wrong genotypes.
    """

    chrom: int
    start: int
    end: int
    sites: int
    het: int

    @property
    def bases(self) -> int:
        """Length in bases."""
        return self.end - self.start


@dataclass(frozen=True)
class Burden:
    """Runs of a person, added up over the autosomes.

    Attributes:
        bases: bases in runs; ``share`` is of the autosomes' length.
        long_bases: bases in runs of at least ``LONG``; ``long_share`` likewise.
        by_chrom: bases in runs by chromosome code, all 23 of them.
    """

    bases: int
    share: float
    long_bases: int
    long_share: float
    by_chrom: dict[int, int]

    @property
    def parents(self) -> str | None:
        """How the parents would be related, did long runs come from that alone; None below."""
        return next((name for least, name in RELATIONS if self.long_share >= least), None)


def runs(
    chrom: Ints,
    start: Ints,
    copies: NDArray[np.int8],
    frequency: NDArray[np.float32] | None = None,
    *,
    least: int = LEAST,
    least_sites: int = LEAST_SITES,
) -> tuple[Run, ...]:
    """Find runs from the copies of biallelic SNVs that a person carries; 0 and -1 are left out.

    Sites are sorted by chromosome and start. ``frequency`` is NaN where unknown.
    """
    near = np.flatnonzero(copies >= 1)
    het = copies[near] == 1
    if len(near) > DENSE:
        kept = _near_runs(start[near], het)
        near, het = near[kept], het[kept]
    known = None if frequency is None else frequency[near]
    return _found(chrom[near], start[near], het, _score(het, known), least, least_sites)


def runs_of_fractions(
    chrom: Ints,
    start: Ints,
    fraction: NDArray[np.float32],
    *,
    least: int = LEAST,
    least_sites: int = FRACTION_SITES,
) -> tuple[Run, ...]:
    """Find runs from B-allele fractions at common sites.

    P(homozygous | Hardy-Weinberg) is ``COMMON_HOM``; a site without a value is left out.
    """
    given = np.isfinite(fraction)
    value = fraction[given]
    het = (value >= HET_BAF[0]) & (value <= HET_BAF[1])
    usual = np.where(het, 1 - COMMON_HOM, COMMON_HOM)
    score = np.log(np.where(het, ERROR, 1 - ERROR) / usual).astype(np.float32)
    return _found(chrom[given], start[given], het, score, least, least_sites)


def burden(found: Sequence[Run], build: Build) -> Burden:
    """Add runs up; chromosomes X, Y and M never count in the totals."""
    by_chrom = dict.fromkeys(range(1, 24), 0)
    for run in found:
        if run.chrom in by_chrom:
            by_chrom[run.chrom] += run.bases
    autosomes = sum(build.sizes[:22])
    bases = sum(v for c, v in by_chrom.items() if c <= 22)
    long_bases = sum(r.bases for r in found if r.chrom <= 22 and r.bases >= LONG)
    return Burden(bases, bases / autosomes, long_bases, long_bases / autosomes, by_chrom)


def shortest(sites: int, build: Build, *, least_sites: int = LEAST_SITES) -> float:
    """Return the bases that a run needs, on average, to hold the fewest sites that make one."""
    return least_sites * sum(build.sizes[:22]) / max(sites, 1)


def _score(het: Flags, frequency: NDArray[np.float32] | None) -> Floats:
    """Log-likelihood ratios of autozygosity at sites carried."""
    f = np.full(len(het), UNKNOWN_FREQUENCY, np.float32)
    if frequency is not None:
        np.clip(frequency, RAREST, 1 - RAREST, out=f)
        f[np.isnan(f)] = UNKNOWN_FREQUENCY
    both = np.float32(1 - 2 * ERROR) * f / (2 - f) + np.float32(ERROR)
    ratio = np.float32(1 - ERROR) / both
    ratio[het] = np.float32(ERROR) / (1 - both[het])
    scored: Floats = np.log(ratio)
    return scored


def _found(
    chrom: Ints, start: Ints, het: Flags, score: Floats, least: int, least_sites: int
) -> tuple[Run, ...]:
    flags = inside(chrom, start, score, enter=ENTER, leave=LEAVE)
    wrong = np.concatenate([[0], np.cumsum(het)])
    out = []
    for first, past in spans(chrom, flags, start, MOST_GAP):
        run = Run(
            int(chrom[first]), int(start[first]), int(start[past - 1]) + 1, past - first,
            int(wrong[past] - wrong[first]),
        )  # fmt: skip
        clean = run.het <= MOST_HET * run.sites
        if clean and run.bases >= least and run.sites >= least_sites:
            out.append(run)
    return tuple(out)


def _near_runs(start: Ints, het: Flags) -> Flags:
    """Say which of many sites lie near a possible run; elsewhere the best path is outside."""
    blocks = len(het) // BLOCK
    so_far = np.cumsum(het, dtype=np.int32)[BLOCK - 1 : blocks * BLOCK : BLOCK]
    few = np.diff(so_far, prepend=np.int32(0)) <= HET_MOST
    width = np.abs(start[BLOCK - 1 : blocks * BLOCK : BLOCK] - start[: blocks * BLOCK : BLOCK])
    begun = few & (width >= WIDE)
    begun[:-1] |= few[:-1] & few[1:]
    begun[1:] |= few[:-1] & few[1:]
    reached = np.convolve(begun, np.ones(2 * AROUND + 1, np.float32), "same") > 0.5
    near = np.zeros(len(het), np.bool_)
    near[: blocks * BLOCK] = np.repeat(reached, BLOCK)
    near[blocks * BLOCK :] = reached[-1]
    return near
