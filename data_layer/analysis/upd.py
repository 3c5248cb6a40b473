"""Uniparental disomy: both copies of a stretch from one parent, seen in a trio's genotypes.

Rule (as UPDio: King et al. 2014, Genome Res 24:673, doi:10.1101/gr.160465.113): a site at which
the child shows no allele of the father speaks for maternal disomy and one without an allele of
the mother for paternal; a heterozygous child of opposite homozygotes has one copy from each.
A stretch is called where the best path of a two-state chain lies in it. Its type comes from
sites at which the giving parent is heterozygous: the child is heterozygous there in
heterodisomy (both of the parent's chromosomes), never in isodisomy (one of them twice).

Limits: a deletion of the other parent's copy shows the same sites (compare depth or coverage);
a wrong parent shows them on every chromosome; mosaic disomy keeps the other parent's allele and
is not found; X and Y are not judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.states import Flags, Floats, Ints, inside

SOURCE = "King et al. 2014, doi:10.1101/gr.160465.113 (UPDio)"
MATERNAL, PATERNAL = "maternal", "paternal"
ISODISOMY, HETERODISOMY, MIXED = "isodisomy", "heterodisomy", "both types"
#: Kinds of site; their numbers are those of the signal ``upd`` where both know a kind.
BIPARENTAL, MATERNAL_ONLY, PATERNAL_ONLY, SILENT, NEITHER = range(5)
#: Share of wrong genotypes, and chances to enter and leave disomy for each base.
ERROR, ENTER, LEAVE = 0.005, 1e-12, 1e-8
#: Shortest stretch and fewest sites without the other parent's allele.
LEAST, LEAST_SITES = 1_000_000, 10
#: Share of heterozygous calls where the parent is heterozygous, by type; sites needed to tell.
ISO_MOST, HETERO_LEAST, TYPE_SITES = 0.2, 0.8, 10
#: A stretch over this much of the chromosome's own sites is the whole chromosome.
WHOLE = 0.95
#: Chromosomes that one cause explains; more of them speak against the parent, not for disomy.
MOST_CHROMOSOMES = 3


@dataclass(frozen=True)
class Counts:
    """Informative sites of a chromosome."""

    biparental: int = 0
    maternal: int = 0
    paternal: int = 0
    neither: int = 0


@dataclass(frozen=True)
class Segment:
    """A stretch whose two copies come from one parent, 0-based half-open.

    Attributes:
        outer: where it may reach: from behind the last site that speaks against it on the
            left (0 without one) to the first on the right (None without one).
        origin: ``maternal`` or ``paternal``.
        kind: isodisomy, heterodisomy or both types; None with too few sites to tell.
        sites: sites without an allele of the other parent.
        against: biparental sites inside.
        het: sites at which child and giving parent are both heterozygous.
        parent_het: sites at which the giving parent is heterozygous and the child called.
        whole: whether it takes the chromosome's sites from end to end.
    """

    chrom: int
    start: int
    end: int
    outer: tuple[int, int | None]
    origin: str
    kind: str | None
    sites: int
    against: int
    het: int
    parent_het: int
    whole: bool

    @property
    def bases(self) -> int:
        """Length in bases."""
        return self.end - self.start


@dataclass(frozen=True)
class Finding:
    """What a trio shows: sites by chromosome code, and the stretches called."""

    counts: dict[int, Counts]
    segments: tuple[Segment, ...]

    @property
    def doubtful(self) -> bool:
        """Whether so many chromosomes lack one parent that it is hardly the parent."""
        return any(
            len({s.chrom for s in self.segments if s.origin == origin}) > MOST_CHROMOSOMES
            for origin in (MATERNAL, PATERNAL)
        )


def _kind(child: int, father: int, mother: int) -> int:
    without_father, without_mother = abs(child - father) == 2, abs(child - mother) == 2
    if without_father and without_mother:
        return NEITHER
    if without_father or without_mother:
        return MATERNAL_ONLY if without_father else PATERNAL_ONLY
    if child == 1 and abs(father - mother) == 2:
        return BIPARENTAL
    return NEITHER if child == 1 and father == mother != 1 else SILENT


_KINDS = np.array(
    [
        SILENT if min(c, f, m) == 0 else _kind(c - 1, f - 1, m - 1)
        for c in range(4)
        for f in range(4)
        for m in range(4)
    ],
    np.uint8,
)


def site_kinds(
    child: NDArray[np.int8], father: NDArray[np.int8], mother: NDArray[np.int8]
) -> NDArray[np.uint8]:
    """Return the kind of each biallelic site; copies 0, 1, 2, and -1 for no call."""
    code = np.zeros(len(child), np.uint8)
    for each in (child, father, mother):
        code = code * np.uint8(4) + (np.clip(each, -1, 2) + 1).astype(np.uint8)
    found: NDArray[np.uint8] = _KINDS[code]
    return found


def disomy(
    chrom: Ints,
    start: Ints,
    child: NDArray[np.int8],
    father: NDArray[np.int8],
    mother: NDArray[np.int8],
    *,
    least: int = LEAST,
    least_sites: int = LEAST_SITES,
) -> Finding:
    """Judge a trio's autosomal biallelic sites, sorted by chromosome and start."""
    kinds = site_kinds(child, father, mother)
    table = np.zeros((27, 5), np.int64)
    np.add.at(table, (np.clip(chrom[kinds != SILENT], 0, 26), kinds[kinds != SILENT]), 1)
    counts = {
        c: Counts(*(int(table[c, k]) for k in (BIPARENTAL, MATERNAL_ONLY, PATERNAL_ONLY, NEITHER)))
        for c in np.unique(chrom).tolist()
        if c <= 22
    }
    autosomal = chrom <= 22
    segments: list[Segment] = []
    for origin, parent in ((MATERNAL, mother), (PATERNAL, father)):
        segments += _segments(
            chrom[autosomal], start[autosomal], kinds[autosomal], child[autosomal],
            parent[autosomal], origin, (least, least_sites),
        )  # fmt: skip
    return Finding(counts, tuple(sorted(segments, key=lambda s: (s.chrom, s.start))))


def _segments(
    chrom: Ints,
    start: Ints,
    kinds: NDArray[np.uint8],
    child: NDArray[np.int8],
    parent: NDArray[np.int8],
    origin: str,
    least: tuple[int, int],
) -> list[Segment]:
    mine, others = (
        (MATERNAL_ONLY, PATERNAL_ONLY) if origin == MATERNAL else (PATERNAL_ONLY, MATERNAL_ONLY)
    )
    told = np.flatnonzero((kinds == mine) | (kinds == others) | (kinds == BIPARENTAL))
    for_it: Flags = kinds[told] == mine
    flags = inside(
        chrom[told], start[told], _score(for_it, parent[told] == 1), enter=ENTER, leave=LEAVE
    )
    out = []
    for first, past in _runs(chrom[told], flags & for_it, flags):
        rows = told[first:past]
        low, high = int(start[rows[0]]), int(start[rows[-1]]) + 1
        sites = int(for_it[first:past].sum())
        if high - low < least[0] or sites < least[1]:
            continue
        code = int(chrom[rows[0]])
        own = np.flatnonzero(chrom[told] == code)
        left = told[first - 1] if first > own[0] else None
        right = told[past] if past <= own[-1] else None
        near = slice(int(rows[0]), int(rows[-1]) + 1)
        given = (parent[near] == 1) & (child[near] >= 0)
        het, all_het = int((given & (child[near] == 1)).sum()), int(given.sum())
        out.append(
            Segment(
                chrom=code, start=low, end=high,
                outer=(
                    0 if left is None else int(start[left]) + 1,
                    None if right is None else int(start[right]),
                ),
                origin=origin, kind=_type(het, all_het), sites=sites,
                against=past - first - sites, het=het, parent_het=all_het,
                whole=(past - first) >= WHOLE * len(own),
            )
        )  # fmt: skip
    return out


def _runs(chrom: Ints, support: Flags, flags: Flags) -> list[tuple[int, int]]:
    """Runs inside, cut back to their first and last site in support."""
    if not len(flags):
        return []
    cut = chrom[1:] != chrom[:-1]
    begins = np.flatnonzero(flags & np.concatenate([[True], ~flags[:-1] | cut]))
    ends = np.flatnonzero(flags & np.concatenate([~flags[1:] | cut, [True]])) + 1
    out = []
    for first, past in zip(begins.tolist(), ends.tolist(), strict=True):
        held = np.flatnonzero(support[first:past])
        if len(held):
            out.append((first + int(held[0]), first + int(held[-1]) + 1))
    return out


def _score(for_it: Flags, parent_het: Flags) -> Floats:
    """Log-likelihood ratios of disomy; a site whose giver is heterozygous needs isodisomy."""
    gained = np.where(parent_het, np.log(0.5 / ERROR), np.log((1 - ERROR) / ERROR))
    return np.where(for_it, gained, np.log(ERROR / (1 - ERROR))).astype(np.float32)


def _type(het: int, parent_het: int) -> str | None:
    if parent_het < TYPE_SITES:
        return None
    share = het / parent_het
    if share <= ISO_MOST:
        return ISODISOMY
    return HETERODISOMY if share >= HETERO_LEAST else MIXED
