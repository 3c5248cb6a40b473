"""Draws the sites of a chromosome: background by density, coding ones by consequence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_layer.simulate.codons import AMINO, BASES, STOP, Ints, transition, with_base
from data_layer.simulate.genome import Genome
from data_layer.simulate.models import Flags
from data_layer.simulate.protein import indel
from data_layer.simulate.sites import (
    DELETION,
    INSERTION,
    LONGEST,
    SNV,
    Sites,
    empty_sites,
    merge,
    planted_sites,
    snvs,
    take,
)
from data_layer.simulate.spectrum import LOSS, MISSENSE, NEUTRAL, SYNONYMOUS

_TITV = 0.681
_SEGMENT = 1_000_000
#: Calls that a genome of five million sites in a trio holds, by class.
CODING_PER_SITE = {
    "synonymous": 15300 / 5e6,
    "missense": 14800 / 5e6,
    "stop": 70 / 5e6,
    "splice": 55 / 5e6,
    "frameshift": 75 / 5e6,
    "inframe": 290 / 5e6,
}
_GUARD = 80


def place_sites(
    rng: np.random.Generator,
    genome: Genome,
    allowed: list[tuple[int, int]],
    count: int,
    plants: list[tuple[int, int, str, str]],
    scale: float,
) -> Sites:
    """Draw ``count`` sites, ``plants`` (0-based position, number, REF, ALT) among them.

    ``scale`` is the share of the genome's coding variants that falls on this chromosome, times
    the number of sites in the whole file.
    """
    coding = _coding(rng, genome, scale)
    planted = np.array([p[0] for p in plants], dtype=np.int64)
    keep = ~_near(coding.pos, planted) & _inside(coding.pos, allowed)
    coding = take(coding, keep)
    need = count - len(planted) - coding.count
    if need < 0:
        coding = take(coding, np.arange(coding.count) < max(0, count - len(planted)))
        need = max(0, count - len(planted) - coding.count)
    pos = _background(rng, genome, allowed, need, np.sort(np.concatenate([coding.pos, planted])))
    plain = _plain(rng, genome, pos)
    return merge([plain, coding, planted_sites(plants)])


def _inside(pos: Ints, allowed: list[tuple[int, int]]) -> Flags:
    within = np.zeros(len(pos), dtype=bool)
    for start, end in allowed:
        within |= (pos >= start) & (pos < end)
    return within


def _near(pos: Ints, planted: Ints) -> Flags:
    if not len(planted):
        return np.zeros(len(pos), dtype=bool)
    near: Flags = (np.abs(pos[:, None] - planted[None, :]) < _GUARD).any(axis=1)
    return near


def _background(
    rng: np.random.Generator,
    genome: Genome,
    allowed: list[tuple[int, int]],
    need: int,
    taken: Ints,
) -> Ints:
    """Distinct places outside coding sequence and splice sites, denser in some megabases."""
    pieces = [(a, min(a + _SEGMENT, e)) for s, e in allowed for a in range(s, e, _SEGMENT)]
    start = np.array([a for a, _ in pieces])
    size = np.array([b - a for a, b in pieces], dtype=np.float64)
    weight = size * rng.gamma(30, 1 / 30, len(size))
    if genome.chrom == 6:
        weight[(start >= 29_000_000) & (start < 33_500_000)] *= 2.5
    edges = np.concatenate([[0.0], np.cumsum(weight)])
    found = np.zeros(0, dtype=np.int64)
    for _ in range(50):
        if len(found) >= need:
            break
        u = rng.random(int((need - len(found)) * 1.1) + 64) * edges[-1]
        piece = np.minimum(np.searchsorted(edges, u, side="right") - 1, len(start) - 1)
        into = (u - edges[piece]) / weight[piece] * size[piece]
        new = start[piece] + into.astype(np.int64)
        new = new[~genome.guarded(new, new + 1)]
        new = new[~np.isin(new, taken)] if len(taken) < 3000 else new[~_sorted_in(new, taken)]
        found = np.unique(np.concatenate([found, new]))
    extra = len(found) - need
    if extra > 0:
        found = np.delete(found, rng.choice(len(found), extra, replace=False))
    return found


def _sorted_in(values: Ints, ordered: Ints) -> Flags:
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    same: Flags = ordered[at] == values
    return same


def _plain(rng: np.random.Generator, genome: Genome, pos: Ints) -> Sites:
    """Make changes at non-coding places: 85 % SNVs, some with a second alternate base."""
    n = len(pos)
    kind = rng.choice(np.array([SNV, INSERTION, DELETION], dtype=np.int8), n, p=[0.86, 0.07, 0.07])
    if genome.chrom == 25:
        kind[:] = SNV
    ref = genome.bases(pos)
    length = np.minimum(rng.geometric(0.42, n), LONGEST - 14).astype(np.int64)
    long = rng.random(n) < 0.06
    length[long] = rng.integers(6, LONGEST - 14, int(long.sum()))
    tail, tail_row, kind, length = _tails(rng, genome, pos, kind, length)
    alt = snv_alt(rng, ref)
    return Sites(
        pos,
        kind,
        ref,
        alt,
        _second(rng, ref, alt, kind),
        length,
        tail,
        tail_row,
        np.full(n, NEUTRAL, dtype=np.int8),
        np.full(n, -1, dtype=np.int64),
    )


def snv_alt(rng: np.random.Generator, ref: Ints) -> Ints:
    """Draw alternate bases with the genome's transition rate."""
    other = np.where(rng.random(len(ref)) < 0.5, 1, 3)
    alt: Ints = np.where(rng.random(len(ref)) < _TITV, transition(ref), ref ^ other)
    return alt


def _second(rng: np.random.Generator, ref: Ints, alt: Ints, kind: NDArray[np.int8]) -> Ints:
    """Second alternate base for a few SNVs and insertions; used where two haplotypes allow it."""
    third = (alt + rng.integers(1, 4, len(ref))) % 4
    third = np.where(third == ref, (third + 1) % 4, third)
    third = np.where(third == alt, (third + 1) % 4, third)
    third = np.where(third == ref, (third + 1) % 4, third)
    share = np.where(kind == INSERTION, 0.2, 0.02)
    return np.where((kind != DELETION) & (rng.random(len(ref)) < share), third, -1)


def _tails(
    rng: np.random.Generator, genome: Genome, pos: Ints, kind: NDArray[np.int8], length: Ints
) -> tuple[NDArray[np.int8], Ints, NDArray[np.int8], Ints]:
    """Bases of indels, chosen so that they cannot slide left or right: one way to write each."""
    kind, length = kind.copy(), length.copy()
    where = np.flatnonzero(kind != SNV)
    around = genome.bases(pos[where][:, None] + np.arange(LONGEST + 2)[None, :])
    anchor, following = around[:, 0], around[:, 1]
    drawn = rng.integers(0, 4, (len(where), LONGEST))
    drawn[:, 0] = _unlike(drawn[:, 0], following, following)
    rows = np.arange(len(where))
    last = length[where] - 1
    drawn[rows, last] = _unlike(drawn[rows, last], anchor, np.where(last == 0, following, anchor))
    settled = np.zeros(len(where), dtype=bool)
    for _ in range(12):
        end = length[where]
        slides = (around[rows, end] == anchor) | (around[rows, end + 1] == following)
        settled |= ~slides
        length[where] = np.where(settled, length[where], length[where] + 1)
    deletion = kind[where] == DELETION
    undecided = deletion & ~settled
    span_end = pos[where] + np.where(deletion, length[where], 1) + 1
    touches = genome.guarded(pos[where], span_end)
    drop = undecided | touches
    kind[where[drop]] = SNV
    tail = np.where(deletion[:, None], around[:, 1 : LONGEST + 1], drawn).astype(np.int8)
    tail_row = np.full(len(pos), -1, dtype=np.int64)
    kept = where[~drop]
    tail_row[kept] = np.arange(len(kept))
    length[kind == SNV] = 0
    inserted = where[kind[where] == INSERTION]
    length[inserted] = last[kind[where] == INSERTION] + 1
    return tail[~drop], tail_row, kind, length


def _unlike(base: Ints, first: Ints, second: Ints) -> Ints:
    """Return bases that differ from two others."""
    for _ in range(3):
        base = np.where((base == first) | (base == second), (base + 1) % 4, base)
    return base


def _coding(rng: np.random.Generator, genome: Genome, scale: float) -> Sites:
    """Draw coding and splice-site variants in the numbers a genome shows."""
    segments, found = genome.segments, genome.models
    if not len(segments.tx) or genome.chrom > 23:
        return empty_sites()
    want = {k: int(rng.poisson(v * scale)) for k, v in CODING_PER_SITE.items()}
    inner = segments.end - segments.start
    draws = 5 * (want["synonymous"] + want["missense"]) + 40 * want["stop"] + 400
    at, pos = _coding_places(rng, genome, inner, draws)
    tx = segments.tx[at]
    ref = genome.bases(pos)
    alt = snv_alt(rng, ref)
    place = found.locate(tx, pos).coding
    before = genome.codon_at(tx, place)
    spoken = np.where(found.strand[tx] > 0, alt, 3 - alt)
    after = with_base(before, place % 3, spoken)
    last = found.cds_length[tx] // 3 - 1
    number = place // 3
    body = (number > 0) & (number < last) & (AMINO[before] != STOP)
    same = AMINO[before] == AMINO[after]
    stops = AMINO[after] == STOP
    chosen = [
        (np.flatnonzero(body & same)[: want["synonymous"]], SYNONYMOUS),
        (np.flatnonzero(body & ~same & ~stops)[: want["missense"]], MISSENSE),
        (np.flatnonzero(body & stops)[: want["stop"]], LOSS),
    ]
    parts = [snvs(pos[i], ref[i], alt[i], k) for i, k in chosen]
    parts.append(_splice(rng, genome, want["splice"]))
    parts.append(_coding_indels(rng, genome, inner, want["frameshift"], want["inframe"]))
    merged = merge(parts)
    _, unique = np.unique(merged.pos, return_index=True)
    return take(merged, np.isin(np.arange(merged.count), unique))


def _coding_places(
    rng: np.random.Generator, genome: Genome, inner: Ints, draws: int
) -> tuple[Ints, Ints]:
    edges = np.concatenate([[0], np.cumsum(inner)])
    u = np.unique(rng.integers(0, edges[-1], draws))
    rng.shuffle(u)
    at = np.searchsorted(edges, u, side="right") - 1
    return at, genome.segments.start[at] + u - edges[at]


def _splice(rng: np.random.Generator, genome: Genome, count: int) -> Sites:
    """Substitutions in the two intronic bases beside inner exon edges."""
    found = genome.models
    tx = found.exon_tx
    left = np.flatnonzero(found.exon_start > found.start[tx])
    if not count or not len(left):
        return empty_sites()
    exon = rng.choice(left, count)
    pos = found.exon_start[exon] - rng.integers(1, 3, count)
    pos = np.unique(pos[~_in_segments(genome, pos)])
    ref = genome.bases(pos)
    return snvs(pos, ref, snv_alt(rng, ref), LOSS)


def _in_segments(genome: Genome, pos: Ints) -> Flags:
    segments = genome.segments
    at = np.searchsorted(segments.start, pos, side="right") - 1
    inside: Flags = (at >= 0) & (pos < segments.end[at])
    return inside


def _stops(genome: Genome, tx: int, pos: int, tail: NDArray[np.int8], deletion: bool) -> bool:
    """Say whether an in-frame indel behind ``pos`` brings a stop."""
    forward = bool(genome.models.strand[tx] > 0)
    edge = pos + 1 if forward else pos + (len(tail) if deletion else 0)
    first = int(genome.models.locate(np.array([tx]), np.array([edge])).coding[0])
    spoken = tail.astype(np.int64) if forward else 3 - tail[::-1].astype(np.int64)
    added = "" if deletion else "".join(BASES[b] for b in spoken)
    return "Ter" in indel(genome, tx, first, len(tail) if deletion else 0, added)[0]


def _coding_indels(
    rng: np.random.Generator, genome: Genome, inner: Ints, shifting: int, kept: int
) -> Sites:
    """Indels well inside one coding piece; ``kept`` of them keep the frame."""
    want = shifting + kept
    if not want:
        return empty_sites()
    at, pos = _coding_places(rng, genome, inner, want * 14 + 200)
    room = (pos - genome.segments.start[at] >= 4) & (genome.segments.end[at] - pos > 30)
    pos = pos[room]
    n = len(pos)
    length = np.minimum(rng.geometric(0.4, n), 8)
    in_frame = rng.random(n) < 0.5
    length = np.where(in_frame, 3 * np.minimum(length, 4), length).astype(np.int64)
    around = genome.bases(pos[:, None] + np.arange(LONGEST + 2)[None, :])
    rows = np.arange(n)
    deletion = rng.random(n) < 0.55
    slides = (around[rows, length] == around[:, 0]) | (around[rows, length + 1] == around[:, 1])
    drawn = rng.integers(0, 4, (n, LONGEST))
    drawn[:, 0] = _unlike(drawn[:, 0], around[:, 1], around[:, 1])
    end = length - 1
    drawn[rows, end] = _unlike(
        drawn[rows, end], around[:, 0], np.where(end == 0, around[:, 1], around[:, 0])
    )
    usable = ~(deletion & slides)
    frame = length % 3 == 0
    tail = np.where(deletion[:, None], around[:, 1 : LONGEST + 1], drawn).astype(np.int8)
    whole = np.flatnonzero(usable & frame)[: 2 * kept]
    tx = genome.segments.tx[at[room]]
    quiet = [
        i
        for i in whole.tolist()
        if not _stops(genome, int(tx[i]), int(pos[i]), tail[i, : length[i]], bool(deletion[i]))
    ]
    pick = np.concatenate(
        [np.flatnonzero(usable & ~frame)[:shifting], np.array(quiet[:kept], dtype=np.int64)]
    )
    pick = pick[np.argsort(pos[pick])]
    tail = tail[pick]
    m = len(pick)
    return Sites(
        pos[pick],
        np.where(deletion[pick], DELETION, INSERTION).astype(np.int8),
        around[pick, 0],
        around[pick, 0],
        np.full(m, -1),
        length[pick],
        tail,
        np.arange(m),
        np.where(frame[pick], MISSENSE, LOSS).astype(np.int8),
        np.full(m, -1),
    )
