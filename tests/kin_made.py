"""Families of simulated people: haplotypes, gametes with crossovers, genotypes and their reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.region import NAMES, Build
from data_layer.schema import VARIANTS

BUILD = Build.GRCH38
Copies = NDArray[np.int8]
Haplotypes = tuple[Copies, Copies]


@dataclass
class World:
    """Sites along the genome with the frequency of their allele, and a source of chance."""

    chrom: NDArray[np.int64]
    start: NDArray[np.int64]
    frequency: NDArray[np.float64]
    rng: np.random.Generator

    def person(self) -> Haplotypes:
        """Someone of the population."""
        one, two = (
            (self.rng.random(len(self.chrom)) < self.frequency).astype(np.int8) for _ in range(2)
        )
        return one, two

    def gamete(self, parent: Haplotypes) -> Copies:
        """One copy of a parent's genome: on each chromosome one crossover in the middle part."""
        out = np.empty_like(parent[0])
        for code in np.unique(self.chrom):
            here = np.flatnonzero(self.chrom == code)
            cut = int(self.rng.integers(len(here) // 4, 3 * len(here) // 4 + 1))
            first = int(self.rng.integers(0, 2))
            out[here[:cut]] = parent[first][here[:cut]]
            out[here[cut:]] = parent[1 - first][here[cut:]]
        return out

    def child(self, father: Haplotypes, mother: Haplotypes) -> Haplotypes:
        """A child of two people."""
        return self.gamete(father), self.gamete(mother)

    def spoiled(self, copies: Copies, errors: float, missing: float = 0.0) -> Copies:
        """Genotypes as a caller writes them, some wrong and some absent."""
        out = copies.copy()
        wrong = self.rng.random(len(out)) < errors
        out[wrong] = np.where(out[wrong] == 1, self.rng.choice([0, 2], int(wrong.sum())), 1)
        out[self.rng.random(len(out)) < missing] = -1
        return out

    def inside(self, chrom: int, start: int, end: int) -> NDArray[np.bool_]:
        """Say which sites lie in a stretch."""
        return (self.chrom == chrom) & (self.start >= start) & (self.start < end)


def world(sites: int, seed: int, chroms: tuple[int, ...] = tuple(range(1, 23))) -> World:
    """Sites spread over chromosomes by their length; frequencies from 5 to 95 %."""
    rng = np.random.default_rng(seed)
    sizes = np.array([BUILD.size(c) for c in chroms], float)
    chrom = np.sort(rng.choice(np.array(chroms), sites, p=sizes / sizes.sum()))
    start = np.concatenate(
        [np.sort(rng.integers(0, BUILD.size(c), int((chrom == c).sum()))) for c in chroms]
    )
    return World(chrom.astype(np.int64), start, rng.uniform(0.05, 0.95, sites), rng)


def copies(person: Haplotypes) -> Copies:
    """Genotypes of a person as copies of the allele."""
    return (person[0] + person[1]).astype(np.int8)


def called_table(
    made: World,
    genotypes: list[Copies],
    reads: list[NDArray[np.int32]],
    fractions: list[NDArray[np.float32]] | None = None,
) -> pa.Table:
    """Rows of ``variants`` for these people; sites that nobody carries are left out."""
    stack = np.stack(genotypes, axis=1)
    kept = np.flatnonzero((stack >= 1).any(axis=1))
    n, people = len(kept), len(genotypes)
    depth = np.stack(reads, axis=1)[kept]
    gt = stack[kept]
    share = gt / 2 if fractions is None else np.stack(fractions, axis=1)[kept]
    chrom, start = made.chrom[kept], made.start[kept]

    def lists(values: Any, kind: pa.DataType) -> pa.Array:
        flat = pa.array(np.ascontiguousarray(values).ravel()).cast(kind)
        return pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32) * people), flat)

    columns: dict[str, pa.Array] = {
        "schema_version": pa.array(np.ones(n, np.int16)),
        "row_id": pa.array(np.arange(n)),
        "file_index": pa.array(np.zeros(n, np.int16)),
        "record": pa.array(np.arange(n)),
        "alt_index": pa.array(np.ones(n, np.int16)),
        "alt_count": pa.array(np.ones(n, np.int16)),
        "vid": pa.array(np.arange(n)).cast(pa.string()),
        "class": pa.array(["snv"] * n),
        "chrom": pa.array(chrom.astype(np.int8)),
        "contig": pa.array(np.array(NAMES)[chrom - 1]),
        "start": pa.array(start),
        "end": pa.array(start + 1),
        "gpos": pa.array(np.array(BUILD.offsets)[chrom - 1] + start),
        "ref": pa.array(["A"] * n),
        "alt": pa.array(["G"] * n),
        "info": pa.array(["."] * n),
        "gt": lists(gt, pa.int8()),
        "dp": lists(depth, pa.int32()),
        "gq": lists(np.full((n, people), 60), pa.float32()),
        "vaf": lists(share, pa.float32()),
        "gnomad_af": pa.array(made.frequency[kept]),
    }
    arrays = [columns.get(f.name, pa.nulls(n, f.type)).cast(f.type) for f in VARIANTS.stored]
    return pa.table(arrays, schema=VARIANTS.stored)


@dataclass
class Observed:
    """What a caller writes of a person: copies, reads and the fraction of reads with the allele."""

    gt: Copies
    reads: NDArray[np.int32]
    fraction: NDArray[np.float32]


def observed(
    made: World,
    person: Haplotypes,
    *,
    x: int,
    y: int,
    errors: float = 0.001,
    copies_at: dict[int, float] | None = None,
) -> Observed:
    """Call a person with ``x`` X and ``y`` Y; a lone X or Y is written as one copy of one.

    ``copies_at`` gives other copy numbers of whole chromosomes, for their depth alone.
    """
    gt = made.spoiled(copies(person), errors)
    number = np.full(len(gt), 2.0)
    number[made.chrom == 23], number[made.chrom == 24] = x, y
    for code, value in (copies_at or {}).items():
        number[made.chrom == code] = value
    alone = (made.chrom >= 23) & (number == 1)
    gt[alone] = person[0][alone]
    gt[number == 0] = -1
    reads = made.rng.poisson(17 * number).astype(np.int32)
    full = np.where(alone, np.clip(gt, 0, 1), np.clip(gt, 0, 2) / 2)
    share = made.rng.binomial(reads, np.clip(full, 0.002, 0.998)) / np.maximum(reads, 1)
    return Observed(gt, reads, share.astype(np.float32))


def table_of(made: World, people: list[Observed]) -> pa.Table:
    """Rows of ``variants`` for people as they were called."""
    return called_table(
        made, [p.gt for p in people], [p.reads for p in people], [p.fraction for p in people]
    )
