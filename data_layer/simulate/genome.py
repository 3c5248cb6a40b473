"""The made-up genome: each base follows from its place, and coding sequences read as proteins.

No reference sequence is packaged, so REF bases are invented, yet always the same for the same
place: a deletion and a substitution inside it agree, and each MANE Select coding sequence starts
with ATG, ends with a stop, and holds none between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from data_layer.region import Build
from data_layer.simulate.codons import ATG, SENSE, STOPS, Ints, codon_base
from data_layer.simulate.models import Models, Segments, models

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
#: Upper bounds of A, C, G on 0..1023: a genome of 41 % GC.
_EDGES = np.array([302, 512, 722], dtype=np.uint64)


def scramble(key: Ints) -> NDArray[np.uint64]:
    """Return well-mixed 64-bit values of keys (the splitmix64 finaliser)."""
    z = key.astype(np.uint64) * _GOLDEN + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX_A
    z = (z ^ (z >> np.uint64(27))) * _MIX_B
    mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed


@dataclass(frozen=True)
class Genome:
    """Bases of one chromosome; ``patches`` holds real bases at places where they are known."""

    chrom: int
    models: Models
    segments: Segments
    patch_at: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    patch_base: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @cached_property
    def guard(self) -> tuple[Ints, Ints]:
        """Merged intervals that background variants keep out of: coding and splice sites."""
        found = self.models
        tx = found.exon_tx
        start = np.maximum(found.exon_start, found.cds_start[tx]) - 2
        end = np.minimum(found.exon_end, found.cds_end[tx]) + 2
        kept = end - start > 4
        left = found.exon_start[found.exon_start > found.start[tx]]
        right = found.exon_end[found.exon_end < found.end[tx]]
        begins = np.concatenate([start[kept], left - 2, right])
        ends = np.concatenate([end[kept], left, right + 2])
        order = np.argsort(begins, kind="stable")
        begins, ends = begins[order], np.maximum.accumulate(ends[order])
        first = np.concatenate([[True], begins[1:] > ends[:-1]]) if len(begins) else begins > 0
        last = np.concatenate([first[1:], [True]]) if len(begins) else begins > 0
        return begins[first], ends[last]

    def guarded(self, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Say which half-open intervals touch the guard."""
        begins, ends = self.guard
        if not len(begins):
            return np.zeros(len(start), dtype=bool)
        at = np.searchsorted(begins, end) - 1
        touching: NDArray[np.bool_] = (at >= 0) & (ends[at] > start)
        return touching

    def bases(self, pos: Ints) -> Ints:
        """Return the bases, 0 to 3, at 0-based positions of any shape."""
        mixed = scramble(pos + (self.chrom << 32)) & np.uint64(1023)
        out: Ints = np.searchsorted(_EDGES, mixed, side="right").astype(np.int64)
        if len(self.segments.tx):
            at = np.searchsorted(self.segments.start, pos, side="right") - 1
            coding = (at >= 0) & (pos < self.segments.end[at])
            if coding.any():
                tx = self.segments.tx[at[coding]]
                place = self.models.locate(tx, pos[coding]).coding
                base = codon_base(self.codons(tx, place // 3), place % 3)
                out[coding] = np.where(self.models.strand[tx] > 0, base, 3 - base)
        if len(self.patch_at):
            at = np.minimum(np.searchsorted(self.patch_at, pos), len(self.patch_at) - 1)
            out = np.where(self.patch_at[at] == pos, self.patch_base[at], out)
        return out

    def codons(self, tx: Ints, number: Ints) -> Ints:
        """Return the codon numbers that the made-up genome gives to transcripts."""
        mixed = scramble(number + (tx << 20) + ((self.chrom + 64) << 40))
        sense = SENSE[(mixed % np.uint64(len(SENSE))).astype(np.int64)]
        stop = STOPS[(mixed % np.uint64(3)).astype(np.int64)]
        last = self.models.cds_length[tx] // 3 - 1
        return np.where(number == 0, ATG, np.where(number == last, stop, sense))

    def spoken(self, tx: Ints, place: Ints) -> Ints:
        """Return bases in the direction of transcription at 0-based coding places."""
        base = self.bases(self.models.genomic(tx, place))
        return np.where(self.models.strand[tx] > 0, base, 3 - base)

    def codon_at(self, tx: Ints, place: Ints) -> Ints:
        """Return the codon number around coding places, read from the bases."""
        first = place - place % 3
        return (
            16 * self.spoken(tx, first)
            + 4 * self.spoken(tx, first + 1)
            + self.spoken(tx, first + 2)
        )


@lru_cache(maxsize=64)
def genome(build: Build, chrom: int, patches: tuple[tuple[int, int], ...] = ()) -> Genome:
    """Make the genome of one chromosome; patches are ``(0-based position, base 0 to 3)``."""
    found = models(build, chrom)
    ordered = sorted(patches)
    return Genome(
        chrom,
        found,
        found.coding_segments(),
        np.array([p for p, _ in ordered], dtype=np.int64),
        np.array([b for _, b in ordered], dtype=np.int64),
    )
