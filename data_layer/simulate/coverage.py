"""Coverage and B-allele beds in the five levels that Gens reads.

Rows are ``level_chrom``, bin centre, centre + 1, value. Coverage is log2 against a sex-matched
normal; coarser levels are means of finer bins. B-allele rows are single sites; coarser levels
keep a part of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.region import Build, chrom_name
from data_layer.simulate import spread
from data_layer.simulate.codons import Ints
from data_layer.simulate.family import EVENTS, PEOPLE, Event
from data_layer.simulate.spectrum import Floats, crossovers
from data_layer.simulate.stream import Piece, Progress, write_pieces
from data_layer.simulate.text import choice, join, number, raw

#: Level letter, bin width, and the share of B-allele sites kept (1 in so many).
LEVELS = (("d", 100, 1), ("c", 1000, 4), ("b", 5000, 10), ("a", 25_000, 40), ("o", 100_000, 160))
#: Share of the reads that is left where both copies are lost: those that were put there wrongly.
LEFT = 0.03
#: Bases for each B-allele site where the finest bin is 100.
_BAF_SPACING = 390
_ROWS = 200_000
#: Cells that keep both copies in the mosaic arm.
MOSAIC = 0.2


@dataclass
class Levels:
    """Coarser rows kept while the finest are written: (level, chrom) to centres and values."""

    rows: dict[tuple[str, int], tuple[Ints, Floats]] = field(default_factory=dict)


def write_beds(
    folder: Path,
    build: Build,
    seed: int,
    samples: Sequence[str],
    *,
    bin_size: int,
    progress: Progress | None = None,
) -> list[Path]:
    """Write ``<sample>_gens.cov.bed.gz`` and ``.baf.bed.gz`` for son, father and mother.

    ``bin_size`` is the finest bin, 100 to 100,000; B-allele sites thin out with it.
    """
    folder.mkdir(exist_ok=True)
    levels = levels_from(bin_size)
    files = []
    for person, sample in enumerate(samples):
        chroms = range(1, 24) if PEOPLE[person] == "mother" else range(1, 25)
        for kind, job in (("cov", _coverage), ("baf", _alleles)):
            kept = Levels()
            path = folder / f"{sample}_gens.{kind}.bed.gz"
            jobs = [partial(job, build, seed, person, c, levels, kept) for c in chroms]
            jobs += [partial(_coarse, kept, name, c) for name, _, _ in levels[1:] for c in chroms]
            write_pieces(path, "", jobs, 0, progress)
            files.append(path)
    return files


def levels_from(bin_size: int) -> list[tuple[str, int, int]]:
    """Return the levels of a file whose finest bin is ``bin_size``, that one first."""
    finer = [level for level in LEVELS if level[1] <= bin_size]
    name, _, thin = finer[-1]
    return [(name, bin_size, thin), *(level for level in LEVELS if level[1] > bin_size)]


def _coverage(
    build: Build,
    seed: int,
    person: int,
    chrom: int,
    levels: Sequence[tuple[str, int, int]],
    kept: Levels,
) -> Piece:
    """Finest coverage rows of a chromosome; coarser ones are put aside."""
    rng = np.random.default_rng([seed, 200 + person, chrom])
    name, width, _ = levels[0]
    start = np.concatenate(
        [
            np.arange(-(-a // width) * width, b - width + 1, width)
            for a, b in spread.allowed(build, chrom)
        ]
    )
    noise = 0.3 * np.sqrt(100 / width) + 0.02
    wave = 0.02 * np.sin(start / 4.1e5) + 0.015 * np.sin(start / 2.3e6 + chrom)
    value = noise * rng.standard_normal(len(start)) + wave
    for event in EVENTS:
        if event.chrom == chrom:
            value += _shift(event, person, start, width)
    for level, coarse, _ in levels[1:]:
        group = start // coarse
        edges = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
        counts = np.diff(np.append(edges, len(start)))
        mean = np.add.reduceat(value, edges) / counts
        kept.rows[(level, chrom)] = (group[edges] * coarse + coarse // 2, mean)
    return _written(name, chrom, start + width // 2, value)


def _shift(event: Event, person: int, start: Ints, width: int) -> Floats:
    """Change of a person's log2 in bins: by how much of each bin the event covers."""
    lost = event.copies[person] * (1.0 if event.kind.startswith("deletion") else 0.0)
    if event.kind == "mosaic_loss" and person == 0:
        lost = MOSAIC
    share = np.minimum(event.end, start + width) - np.maximum(event.start, start)
    copies = 2 - lost * np.clip(share, 0, width) / width
    shift: Floats = np.log2(np.maximum(copies / 2, LEFT))
    return shift


def _alleles(
    build: Build,
    seed: int,
    person: int,
    chrom: int,
    levels: Sequence[tuple[str, int, int]],
    kept: Levels,
) -> Piece:
    """B-allele rows of a chromosome; the same founders give all three people."""
    rng = np.random.default_rng([seed, 300, chrom])
    name, width, _ = levels[0]
    pieces = spread.allowed(build, chrom)
    sizes = np.array([b - a for a, b in pieces])
    total = int(sizes.sum())
    edges = np.concatenate([[0], np.cumsum(sizes)])
    spacing = _BAF_SPACING * width // 100
    at = np.unique(rng.integers(0, total, max(20, total // spacing)))
    piece = np.searchsorted(edges, at, side="right") - 1
    pos = np.array([a for a, _ in pieces])[piece] + at - edges[piece]
    f = rng.uniform(0.05, 0.95, len(pos))
    founders = (rng.random((4, len(pos))) < f).astype(np.int8)
    columns = np.arange(len(pos))
    size = build.size(chrom)
    paternal = founders[crossovers(rng, size, pos), columns]
    maternal = founders[2 + crossovers(rng, size, pos), columns]
    share = _fraction(person, chrom, pos, founders, paternal, maternal)
    reads = np.random.default_rng([seed, 310 + person, chrom])
    depth = np.maximum(reads.poisson(34, len(pos)), 8)
    value = reads.binomial(depth, np.clip(share, 0.003, 0.997)) / depth
    here = ~_gone(person, chrom, pos)
    pos, value = pos[here], value[here]
    for level, _, thin in levels[1:]:
        step = max(1, thin // levels[0][2])
        kept.rows[(level, chrom)] = (pos[::step], value[::step])
    return _written(name, chrom, pos, value)


def _gone(person: int, chrom: int, pos: Ints) -> NDArray[np.bool_]:
    """Sites at which a person has no copy."""
    gone = np.zeros(len(pos), bool)
    for event in EVENTS:
        if event.chrom == chrom and event.copies[person] == 2:
            gone |= (pos >= event.start) & (pos < event.end)
    return gone


def _fraction(
    person: int,
    chrom: int,
    pos: Ints,
    founders: NDArray[np.int8],
    paternal: NDArray[np.int8],
    maternal: NDArray[np.int8],
) -> Floats:
    """Expected fraction of B reads of one person."""
    if chrom == 24:
        return np.asarray(founders[0], dtype=np.float64)
    if person == 1:
        pair = founders[:2] if chrom < 23 else founders[[0, 0]]
    elif person == 2:
        pair = founders[2:]
    else:
        pair = np.stack([paternal if chrom < 23 else maternal, maternal])
    weight = np.ones((2, len(pos)))
    for event in EVENTS:
        inside = (pos >= event.start) & (pos < event.end)
        if event.chrom != chrom:
            continue
        if event.kind.startswith("deletion"):
            weight[0, inside] = 0.0 if event.copies[person] else 1.0
        elif event.kind == "mosaic_loss" and person == 0:
            weight[0, inside] = 1 - MOSAIC
        elif event.kind == "upd_maternal" and person == 0:
            pair = np.stack([np.where(inside, maternal, pair[0]), pair[1]])
    fraction: Floats = (pair * weight).sum(axis=0) / weight.sum(axis=0)
    return fraction


def _coarse(kept: Levels, level: str, chrom: int) -> Piece:
    return _written(level, chrom, *kept.rows.pop((level, chrom)))


@cache
def _words() -> pa.Array:
    return pa.array([f"{i / 1000:.3f}" for i in range(-6000, 6001)])


def _written(level: str, chrom: int, at: Ints, value: Floats) -> Piece:
    piece = Piece(records=len(at))
    name = f"{level}_{chrom_name(chrom).removeprefix('chr')}\t"
    code = np.clip(np.round(value * 1000), -6000, 6000).astype(np.int64) + 6000
    for low in range(0, len(at), _ROWS):
        span = slice(low, low + _ROWS)
        lines = join(
            [
                name,
                number(at[span]),
                "\t",
                number(at[span] + 1),
                "\t",
                choice(_words(), code[span]),
                "\n",
            ]
        )
        piece.add(raw(lines))
    return piece
