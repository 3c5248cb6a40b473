"""How common sites are, and which founder haplotypes carry them.

The density of a frequency f is 1/f, more at the rare end for a grown population, plus a flat
part; it is seen through the founders' haplotypes. The flat part stands for sites where the
reference holds the rarer base, and brings het/hom from the neutral 2 to what genomes show.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from data_layer.simulate.codons import Ints

Floats = NDArray[np.float64]

#: Frequencies a site can have, ascending.
GRID: Floats = np.geomspace(2e-6, 0.9995, 3000)
_FLAT = 2.2
_GROWTH = 0.01
#: Classes of site and how much rarer than neutral they are (exponent on f).
NEUTRAL, SYNONYMOUS, MISSENSE, LOSS = range(4)
_SHIFT = {NEUTRAL: 0.0, SYNONYMOUS: -0.02, MISSENSE: -0.12, LOSS: -0.35}
#: Bit of each founder haplotype: father's two, mother's two.
F0, F1, M0, M1 = 1, 2, 4, 8


def rarity(kind: int) -> Floats:
    """Weight of each frequency on ``GRID`` for a class of site, before anyone is looked at."""
    weight: Floats = (1 + _FLAT * GRID + np.sqrt(_GROWTH / GRID)) * GRID ** _SHIFT[kind]
    return weight


@lru_cache(maxsize=64)
def _table(kind: int, haplotypes: int) -> tuple[Floats, Ints, Ints]:
    """Cumulative weights over (frequency, carrier pattern), for the haplotypes that exist."""
    weight = rarity(kind)
    masks = np.array([m for m in range(1, 16) if m & ~haplotypes == 0])
    copies = np.array([int(m).bit_count() for m in masks])
    total = int(haplotypes).bit_count()
    odds = GRID[:, None] ** copies * (1 - GRID[:, None]) ** (total - copies)
    joint = weight[:, None] * odds
    cumulative = np.cumsum(joint.ravel())
    return (
        cumulative / cumulative[-1],
        np.repeat(np.arange(len(GRID)), len(masks)),
        np.tile(masks, len(GRID)),
    )


def draw(
    rng: np.random.Generator, kind: NDArray[np.int8], haplotypes: int
) -> tuple[NDArray[np.int16], NDArray[np.int8]]:
    """Draw for each site a place on ``GRID`` and the mask of founder haplotypes that carry it."""
    u = rng.random(len(kind))
    frequency = np.zeros(len(kind), dtype=np.int16)
    mask = np.zeros(len(kind), dtype=np.int8)
    for which in np.unique(kind):
        cumulative, index, masks = _table(int(which), haplotypes)
        here = np.flatnonzero(kind == which)
        at = np.minimum(np.searchsorted(cumulative, u[here]), len(index) - 1)
        frequency[here], mask[here] = index[at], masks[at]
    return frequency, mask


def crossovers(rng: np.random.Generator, size: int, pos: Ints) -> NDArray[np.int8]:
    """Return, along positions, which of a parent's two haplotypes a child received (0 or 1)."""
    points = np.sort(rng.integers(0, size, 1 + rng.poisson(size / 1.2e8)))
    switches = np.searchsorted(points, pos) + int(rng.integers(0, 2))
    return (switches % 2).astype(np.int8)
