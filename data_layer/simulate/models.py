"""Transcript models of one chromosome as flat arrays, and HGVS places on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from data_layer.reference.transcripts import Transcript, transcript_table, transcripts
from data_layer.region import Build
from data_layer.simulate.codons import Ints

#: Wider than any chromosome: makes (transcript, position) one sortable key.
SPAN = 1 << 28
#: Reach of upstream and downstream consequences (VEP's default).
FLANK = 5000
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Models:
    """Transcripts of a chromosome, sorted by start; exon arrays are flat, genomic order."""

    chrom: int
    start: Ints
    end: Ints
    strand: Ints
    cds_start: Ints
    cds_end: Ints
    select: Flags
    n_exons: Ints
    first: Ints
    exon_tx: Ints
    exon_start: Ints
    exon_end: Ints
    exon_before: Ints
    cds_first: Ints
    cds_length: Ints
    rows: list[Transcript]

    @property
    def count(self) -> int:
        """Number of transcripts."""
        return len(self.rows)

    def index(self, symbol: str) -> int:
        """Ordinal of a gene's first transcript; ``ValueError`` when there is none."""
        hits = [i for i, r in enumerate(self.rows) if r.symbol == symbol and self.select[i]]
        if not hits:
            raise ValueError(symbol)
        return hits[0]

    def locate(self, tx: Ints, pos: Ints) -> Located:
        """Place genomic positions inside transcripts: exon or intron, and HGVS base and offset."""
        key = self.exon_tx * SPAN + self.exon_start
        left = np.searchsorted(key, tx * SPAN + pos, side="right") - 1
        inside = pos < self.exon_end[left]
        right = np.where(inside, left, np.minimum(left + 1, len(key) - 1))
        forward = self.strand[tx] > 0
        to_left = pos - (self.exon_end[left] - 1)
        to_right = self.exon_start[right] - pos
        donor_left = np.where(forward, to_left <= to_right, to_left < to_right)
        use_left = inside | donor_left
        exon = np.where(use_left, left, right)
        anchor = np.where(
            inside, pos, np.where(use_left, self.exon_end[left] - 1, self.exon_start[right])
        )
        base = self.exon_before[exon] + np.where(
            forward, anchor - self.exon_start[exon], self.exon_end[exon] - 1 - anchor
        )
        distance = np.where(use_left, to_left, -to_right)
        offset = np.where(inside, 0, np.where(forward, distance, -distance))
        order = left - self.first[tx]
        count = self.n_exons[tx]
        number = np.where(forward, order + 1, count - order)
        number = np.where(inside | forward, number, number - 1)
        edge = np.minimum(pos - self.exon_start[left], self.exon_end[left] - 1 - pos)
        only = count == 1
        first_side = self.exon_start[left] == self.start[tx]
        last_side = self.exon_end[left] == self.end[tx]
        near_start = (pos - self.exon_start[left] < 3) & ~first_side
        near_end = (self.exon_end[left] - 1 - pos < 3) & ~last_side
        near = inside & ~only & (near_start | near_end) & (edge < 3)
        return Located(base - self.cds_first[tx], offset, number, inside, near)

    def genomic(self, tx: Ints, coding: Ints) -> Ints:
        """Return the genomic position of 0-based coding places."""
        place = coding + self.cds_first[tx]
        order = np.where(self.strand[self.exon_tx] > 0, 1, -1)
        rank = np.arange(len(self.exon_tx))
        last = self.first + self.n_exons - 1
        mirrored = self.first[self.exon_tx] + last[self.exon_tx] - rank
        by_order = np.where(order > 0, rank, mirrored)
        key = self.exon_tx * SPAN + self.exon_before[by_order]
        exon = by_order[np.searchsorted(key, tx * SPAN + place, side="right") - 1]
        into = place - self.exon_before[exon]
        found: Ints = np.where(
            self.strand[tx] > 0, self.exon_start[exon] + into, self.exon_end[exon] - 1 - into
        )
        return found

    def coding_segments(self) -> Segments:
        """Coding pieces of each gene's first transcript, sorted, cut so that none overlap."""
        start = np.maximum(self.exon_start, self.cds_start[self.exon_tx])
        end = np.minimum(self.exon_end, self.cds_end[self.exon_tx])
        keep = (start < end) & self.select[self.exon_tx]
        tx, start, end = self.exon_tx[keep], start[keep], end[keep]
        order = np.argsort(start, kind="stable")
        tx, start, end = tx[order], start[order], end[order]
        reach = np.maximum.accumulate(np.concatenate([[0], end[:-1]])) if len(end) else end
        start = np.maximum(start, reach)
        keep = start < end
        return Segments(tx[keep], start[keep], end[keep])


@dataclass(frozen=True)
class Located:
    """Places on transcripts: ``coding`` is 0-based from the start codon, ``offset`` intronic."""

    coding: Ints
    offset: Ints
    number: Ints
    inside: Flags
    near_edge: Flags


@dataclass(frozen=True)
class Segments:
    """Coding pieces: transcript ordinal, first base, one past the last."""

    tx: Ints
    start: Ints
    end: Ints


@lru_cache(maxsize=64)
def models(build: Build, chrom: int) -> Models:
    """Load the coding transcripts of one chromosome whose codons are whole."""
    rows = _rows(build).get(chrom, [])
    counts = np.array([len(r.exons) for r in rows], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])[: len(rows)].astype(np.int64)
    exons = np.array([e for r in rows for e in r.exons], dtype=np.int64).reshape(-1, 2)
    exon_start, exon_end = exons[:, 0], exons[:, 1]
    exon_tx = np.repeat(np.arange(len(rows)), counts)
    strand = np.array([r.strand for r in rows], dtype=np.int64)
    cds = np.array([r.cds for r in rows], dtype=np.int64).reshape(-1, 2)
    cds_start, cds_end = cds[:, 0], cds[:, 1]
    lead = np.where(
        strand[exon_tx] > 0,
        np.minimum(exon_end, cds_start[exon_tx]) - exon_start,
        exon_end - np.maximum(exon_start, cds_end[exon_tx]),
    )
    cds_first = np.bincount(exon_tx, np.maximum(lead, 0), len(rows)).astype(np.int64)
    return Models(
        chrom,
        np.array([r.start for r in rows], dtype=np.int64),
        np.array([r.end for r in rows], dtype=np.int64),
        strand,
        cds_start,
        cds_end,
        np.array([transcripts(build, r.symbol)[0].enst == r.enst for r in rows], dtype=bool),
        counts,
        first,
        exon_tx,
        exon_start,
        exon_end,
        _before(exon_end - exon_start, counts, strand),
        cds_first,
        np.array([r.cds_length for r in rows], dtype=np.int64),
        rows,
    )


def _before(lengths: Ints, counts: Ints, strand: Ints) -> Ints:
    """Bases of the transcript before each exon, in the direction of transcription."""
    if not len(counts):
        return lengths
    total = np.cumsum(lengths)
    last = np.cumsum(counts) - 1
    base = np.concatenate([[0], total[last][:-1]])
    whole = total[last] - base
    tx = np.repeat(np.arange(len(counts)), counts)
    upto = total - base[tx]
    before: Ints = np.where(strand[tx] > 0, upto - lengths, whole[tx] - upto)
    return before


@cache
def _rows(build: Build) -> dict[int, list[Transcript]]:
    out: dict[int, list[Transcript]] = {}
    for row in transcript_table(build):
        if row.cds and row.chrom < 25 and row.cds_length > 9 and row.cds_length % 3 == 0:
            out.setdefault(row.chrom, []).append(row)
    for rows in out.values():
        rows.sort(key=lambda r: (r.start, r.end, r.enst))
    return out
