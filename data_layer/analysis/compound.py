"""Two calls that hit both copies of a gene: who gave which, and what phase says of them.

Rules, after genmod, slivar and seqr: the affected carry one copy of each; no healthy person
carries both, nor every copy of one (genmod, slivar); one call from each parent, or one from a
parent and one that is new (slivar, genmod AR_comp_dn), never two new ones (slivar); a call that
both parents carry proves nothing, unless a parent is affected (genmod); any class of call pairs
with any other, and two copies of a small call pair with the loss of the other copy that it lies
in (seqr). Phased in one block: the same haplotype is no pair, different haplotypes are one,
whatever is known of the parents. Otherwise what is unknown makes it possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.inheritance import (
    ALL,
    AUTOSOME,
    DP_MIN,
    GQ_MIN,
    NO,
    NONE,
    ONE,
    PARENT_READS,
    POSSIBLE,
    SURE,
    UNKNOWN,
    Calls,
    Check,
    Levels,
)
from data_layer.analysis.pedigree import Family

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Spots:
    """Where the calls lie, which are losses of a stretch, and how the subject's are phased.

    ``block`` is -1 where a call is not phased; ``side`` is the haplotype, 0 or 1.
    """

    chrom: NDArray[np.integer]
    start: NDArray[np.integer]
    end: NDArray[np.integer]
    loss: Mask
    block: NDArray[np.int64]
    side: NDArray[np.int8]


@dataclass(frozen=True)
class Hits:
    """Which call hits which gene, once each: gene numbers and places in the calls."""

    gene: NDArray[np.int64]
    call: Rows


@dataclass(frozen=True)
class _Halves:
    """What each call may be half of; one row a call."""

    fit: Mask
    sure: Mask
    father: Mask
    mother: Mask
    new: Mask
    carried: NDArray[np.int64]
    uncalled: NDArray[np.int64]
    block: NDArray[np.int64]
    side: NDArray[np.int8]

    def take(self, rows: Rows) -> _Halves:
        return _Halves(*(getattr(self, n)[rows] for n in self.__dataclass_fields__))


def pair_levels(family: Family, calls: Calls, spots: Spots, hits: Hits) -> Levels:
    """Return how well each call fits as one of a pair; quadratic only in unlike calls of a gene."""
    halves = _halves(family, calls, spots)
    mine = calls.states[family.subject]
    out = np.zeros(len(calls), np.uint8)
    one = halves.fit[hits.call] & (mine[hits.call] == ONE)
    _het_pairs(halves, hits.gene[one], hits.call[one], out)
    _over_losses(halves, mine, spots, out)
    return out


def _halves(family: Family, calls: Calls, spots: Spots) -> _Halves:
    n = len(calls)
    absent = np.full(n, UNKNOWN, np.uint8)
    f = absent if family.father is None else calls.states[family.father]
    m = absent if family.mother is None else calls.states[family.mother]
    gave_f, gave_m = (f == ONE) | (f == ALL), (m == ONE) | (m == ALL)
    free_f, free_m = f == NONE, m == NONE
    new = free_f & free_m
    clean = np.ones(n, np.bool_)
    me = (family.subject,)
    for check in (
        *(Check("gq", (p,), low=GQ_MIN) for p in (family.subject, *family.parents)),
        Check("dp", me, low=DP_MIN),
        Check("reads", family.parents, high=PARENT_READS),
    ):
        clean &= check.passed(calls)
    # In an affected parent the two may lie apart, so that the call is the other parent's.
    sick = any(family.people[p].affected == "affected" for p in family.parents)
    both = gave_f & gave_m
    fit = calls.place == AUTOSOME
    if not sick:
        fit &= ~both
    sure = (gave_f & free_m) | (gave_m & free_f) | (new & clean)
    carried, uncalled = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for bit, place in enumerate(family.others("unaffected")):
        carried |= ((calls.states[place] == ONE) | (calls.states[place] == ALL)).astype(np.int64) << bit  # fmt: skip # noqa: E501
        uncalled |= (calls.states[place] == UNKNOWN).astype(np.int64) << bit
        fit &= calls.states[place] != ALL
    for place in family.others("affected"):
        theirs, mine = calls.states[place], calls.states[family.subject]
        fit &= (theirs != NONE) & ((theirs != ALL) | (mine == ALL))
        sure &= calls.states[place] != UNKNOWN
    return _Halves(
        fit=fit,
        sure=sure,
        father=both | ((gave_f | ~free_f | new) & ~gave_m),
        mother=both | ((gave_m | ~free_m | new) & ~gave_f),
        new=new,
        carried=carried,
        uncalled=uncalled,
        block=spots.block,
        side=spots.side,
    )


def _level(a: _Halves, b: _Halves) -> Levels:
    """Return how well calls fit together, elementwise; phase is that of the subject."""
    apart = (a.father & b.mother) | (a.mother & b.father)
    fits = apart & a.fit & b.fit & ~(a.new & b.new) & ((a.carried & b.carried) == 0)
    together = (a.block >= 0) & (a.block == b.block)
    fits &= ~(together & (a.side == b.side))
    known = ((a.uncalled & (b.carried | b.uncalled)) | (b.uncalled & a.carried)) == 0
    sure = known & ((a.sure & b.sure) | (together & (a.side != b.side)))
    return np.where(fits, np.where(sure, SURE, POSSIBLE), NO).astype(np.uint8)


def _het_pairs(halves: _Halves, gene: NDArray[np.int64], call: Rows, out: Levels) -> None:
    """Pair the kinds of call of each gene: calls that are alike in all that counts are one kind."""
    if not len(call):
        return
    kind, first, times = _kinds(halves.take(call), gene)
    _, start, size = np.unique(gene[first], return_index=True, return_counts=True)
    left = np.repeat(np.arange(len(first)), np.repeat(size, size))
    offset = np.arange(len(left)) - np.repeat(np.cumsum(size**2) - size**2, size**2)
    right = np.repeat(start, size**2) + offset % np.repeat(size, size**2)
    given = halves.take(call[first])
    level = _level(given.take(left), given.take(right))
    level[(left == right) & (times[left] < 2)] = NO
    best = np.zeros(len(first), np.uint8)
    np.maximum.at(best, left, level)
    np.maximum.at(out, call, best[kind])


def _kinds(halves: _Halves, gene: NDArray[np.int64]) -> tuple[Rows, Rows, NDArray[np.intp]]:
    """Return each call's kind, a call of each kind, and how many; kinds are in order of gene."""
    flags = halves.sure * 1 + halves.father * 2 + halves.mother * 4 + halves.new * 8
    parts = (flags, halves.carried, halves.uncalled, halves.block, halves.side)
    code = np.unique(gene, return_inverse=True)[1].astype(np.int64)
    for part in parts:
        values, place = np.unique(part, return_inverse=True)
        code = np.unique(code * len(values) + place, return_inverse=True)[1].astype(np.int64)
    _, first, kind, times = np.unique(code, return_index=True, return_inverse=True, return_counts=True)  # fmt: skip # noqa: E501
    return kind, first, times


def _over_losses(halves: _Halves, mine: NDArray[np.uint8], spots: Spots, out: Levels) -> None:
    """Pair small calls with every copy changed with the loss, on one copy, that they lie in."""
    whole = np.flatnonzero(halves.fit & (mine == ALL) & ~spots.loss)
    key = spots.chrom.astype(np.int64) << 32
    place = (key + spots.start)[whole]
    whole = whole[np.argsort(place, kind="stable")]
    place = np.sort(place, kind="stable")
    for loss in np.flatnonzero(halves.fit & (mine == ONE) & spots.loss):
        low, high = np.searchsorted(place, key[loss] + np.array([spots.start[loss], spots.end[loss]]))  # fmt: skip # noqa: E501
        under = whole[low:high]
        level = _level(halves.take(under), halves.take(np.full(len(under), loss)))
        out[under] = np.maximum(out[under], level)
        out[loss] = max(int(out[loss]), int(level.max(initial=NO)))
