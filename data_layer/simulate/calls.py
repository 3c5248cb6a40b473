"""FORMAT columns as pools of ready texts: a call is a kind of genotype and a draw from its pool."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: Texts in each pool.
POOL = 3000
# Kinds of call; the first six are unphased diploid genotypes by their alleles.
REF, HET, HOM, HET_2, HET_12, HOM_2, MISSING, MAT_ALT, PAT_ALT = range(9)
HAP_REF, HAP_ALT, HAP_ALT_2, HAP_MISSING, HET_UP, HET_DOWN, LONE_REF, LONE_ALT = range(9, 17)
POOR_REF, POOR_HET, POOR_HOM, MT_REF, MT_ALT = range(17, 22)
KINDS = 22
#: Copies of the first and second alternate allele, and alleles called, by kind.
COPIES_1 = np.array([0, 1, 2, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 2, 0, 1, 2, 0, 1], dtype=np.int8)  # fmt: skip # noqa: E501
COPIES_2 = np.array([0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], dtype=np.int8)  # fmt: skip # noqa: E501
CALLED = np.array([2, 2, 2, 2, 2, 2, 0, 2, 2, 1, 1, 1, 0, 2, 2, 2, 2, 2, 2, 2, 1, 1], dtype=np.int8)
_TEXT = (
    "0/0", "0/1", "1/1", "0/2", "1/2", "2/2", "./.", "0|1", "1|0", "0", "1", "2", ".",
    "0/1", "0/1", "0/0", "1/1", "0/0", "0/1", "1/1", "0", "1",
)  # fmt: skip
_HAPLOID = {HAP_REF, HAP_ALT, HAP_ALT_2, HAP_MISSING, LONE_REF, LONE_ALT}
_POOR = {POOR_REF, POOR_HET, POOR_HOM}
_NEVER_SPLIT = {MAT_ALT, PAT_ALT, HET_UP, HET_DOWN, *_POOR, MT_REF, MT_ALT}
#: Mean read depth of a diploid autosome.
DEPTH = 34.0
#: Read fractions of a heterozygote where one cell in five has lost the other, or this, copy.
SHIFTED = (1 / 1.8, 0.8 / 1.8)


@lru_cache(maxsize=2)
def pools(seed: int = 20) -> pa.Array:
    """All texts: pool ``kind * 2 + alternates - 1`` begins at that number times ``POOL``."""
    rng = np.random.default_rng(seed)
    texts: list[pa.Array] = []
    for kind in range(KINDS):
        one = _pool(rng, kind, 1)
        texts += [one, one if kind in _NEVER_SPLIT else _pool(rng, kind, 2)]
    return pa.concat_arrays(texts)


def _pool(rng: np.random.Generator, kind: int, alternates: int) -> pa.Array:
    if kind in (MT_REF, MT_ALT):
        return _mitochondrial(rng, kind)
    if COPIES_2[kind]:
        alternates = 2
    if kind in (MISSING, HAP_MISSING):
        return pa.array([f"{_TEXT[kind]}:{',0' * alternates}:0:.:.".replace(":,", ":0,")] * POOL)
    mean = DEPTH / 2 if kind in _HAPLOID else 12.0 if kind in _POOR else DEPTH
    depth = np.maximum(rng.poisson(rng.gamma(40, mean / 40, POOL)), 4)
    share = _shares(kind)
    noise = 0.03 if kind in _POOR else 0.002
    share = share * (1 - noise * (len(share) - 1)) + noise * (share == 0)
    reads = rng.multinomial(depth, share / share.sum())[:, : alternates + 1]
    return texts(_TEXT[kind], reads, low_quality=kind in _POOR)


def _shares(kind: int) -> NDArray[np.float64]:
    """Expected read fractions of reference, first and second alternate."""
    up, down = SHIFTED
    special = {
        HET_UP: (1 - up, up, 0.0),
        HET_DOWN: (1 - down, down, 0.0),
        POOR_HET: (0.75, 0.25, 0.0),
    }
    if kind in special:
        return np.array(special[kind])
    return np.bincount(_alleles(_TEXT[kind]), minlength=3) / len(_alleles(_TEXT[kind]))


def _alleles(genotype: str) -> list[int]:
    return sorted(int(a) for a in genotype.replace("|", "/").split("/"))


def texts(genotype: str, reads: NDArray[np.int64], *, low_quality: bool = False) -> pa.Array:
    """Write ``GT:AD:DP:GQ:PL`` for rows of read counts, reference first."""
    alleles, count = _alleles(genotype), reads.shape[1]
    if "/" in genotype or "|" in genotype:
        orders = [(a, b) for b in range(count) for a in range(b + 1)]
    else:
        orders = [(a, a) for a in range(count)]
    depth = reads.sum(axis=1)
    cost = np.stack(
        [
            30 * (depth - reads[:, a] - (reads[:, b] if a != b else 0)) + 3 * depth * (a != b)
            for a, b in orders
        ]
    )
    called = orders.index((alleles[0], alleles[-1]))
    likely = np.clip(cost - cost[called], 1, 2000)
    likely[called] = 0
    quality = np.minimum(99, np.sort(likely, axis=0)[1])
    if low_quality:
        quality = np.minimum(quality, 5 + depth)
    counts = _joined([reads[:, i] for i in range(count)])
    tail = _joined(list(likely))
    parts = [pa.array(v).cast(pa.string()) for v in (depth, quality)]
    return pc.binary_join_element_wise(pa.scalar(genotype), counts, *parts, tail, ":")


def _joined(columns: list[NDArray[np.int64]]) -> pa.Array:
    return pc.binary_join_element_wise(*[pa.array(c).cast(pa.string()) for c in columns], ",")


def _mitochondrial(rng: np.random.Generator, kind: int) -> pa.Array:
    depth = rng.poisson(2600, POOL)
    away = rng.binomial(depth, 0.0006)
    alt = away if kind == MT_REF else depth - away
    genotype = _TEXT[kind]
    return pa.array(
        f"{genotype}:{d - a},{a}:{a / d:.4f}:{d}"
        for d, a in zip(depth.tolist(), alt.tolist(), strict=True)
    )


def literal(rng: np.random.Generator, genotype: str, fraction: float, mitochondrial: bool) -> str:
    """Write one call whose read fraction is given."""
    depth = int(rng.poisson(2600 if mitochondrial else 44))
    alt = max(round(depth * fraction), 3) if fraction else 0
    if mitochondrial:
        return f"{genotype}:{depth - alt},{alt}:{alt / depth:.4f}:{depth}"
    return str(texts(genotype, np.array([[depth - alt, alt]]))[0])
