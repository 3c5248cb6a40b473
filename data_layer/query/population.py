"""Copy-number variants that many people carry, in view: drawn, or counted where too narrow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.query.signals import view_of
from data_layer.reference.population import LIMIT, SOURCE, population
from data_layer.region import Build


@dataclass(frozen=True)
class PopulationView:
    """Population variants in view, as ``Segments`` are; ``source`` is empty without a table.

    ``limit`` says what the table leaves out.
    """

    segments: list[dict[str, Any]]
    narrow: list[tuple[int, int]]
    total: int
    of: int
    source: str
    limit: str


def population_view(build: Build, x0: int, x1: int, w: int) -> PopulationView:
    """Return the variants that share a base with [x0, x1), drawn ``w`` pixels wide.

    Raises:
        InputError: a view without extent.
    """
    view_of(x0, x1, w)
    table = population(build)
    if table is None:
        return PopulationView([], [], 0, 0, "", f"no table is packaged for {build.value}")
    starts, ends = _axis(build)
    inside = np.flatnonzero((starts < x1) & (ends > x0))
    wide = (ends[inside] - starts[inside]) * w >= x1 - x0
    begins = np.maximum(starts[inside[~wide]], x0)
    pixels, counts = np.unique((begins - x0) * w // (x1 - x0), return_counts=True)
    drawn = []
    for at in inside[wide]:
        row = table.row(int(at))
        place = {"x0": int(starts[at]), "x1": int(ends[at]), "chrom": row.chrom}
        told = {"start": row.start, "end": row.end, "type": row.type, "call": row.type}
        drawn.append(place | told | {"af": float(f"{row.af:.4g}"), "source": SOURCE})
    narrow = [(int(p), int(n)) for p, n in zip(pixels, counts, strict=True)]
    return PopulationView(drawn, narrow, len(inside), len(table), SOURCE, LIMIT)


@cache
def _axis(build: Build) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the variants begin and end on the genome-wide axis."""
    table = population(build)
    assert table is not None
    offsets = np.array((0, *build.offsets), np.int64)[table.places.chrom]
    return offsets + table.places.start, offsets + table.places.end
