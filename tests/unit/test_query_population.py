"""Population variants in view: drawn or counted by pixel, none dropped, none from beside it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from data_layer.errors import InputError
from data_layer.query.population import population_view
from data_layer.reference.population import population
from data_layer.region import Build

B38 = Build.GRCH38
TOP = sum(B38.sizes)
TABLE = population(B38)
assert TABLE is not None
ROWS = [TABLE.row(i) for i in range(len(TABLE))]
ENDS = [(B38.gpos(r.chrom, r.start), B38.offsets[r.chrom - 1] + r.end) for r in ROWS]


def views() -> list[tuple[int, int, int]]:
    rng = np.random.default_rng(6)
    out = [(0, TOP, 1600), (0, TOP, 1), (B38.offsets[6], B38.offsets[7], 900)]
    for at in rng.integers(0, len(ENDS), 12).tolist():
        a, b = ENDS[at]
        out += [(a, b, 10), (b, b + 1_000, 10), (a - 1_000, a, 10), (b - 1, b + 9_000_000, 300)]
    return out


@pytest.mark.parametrize(("x0", "x1", "w"), views())
def test_each_variant_is_drawn_or_counted(x0: int, x1: int, w: int) -> None:
    found = population_view(B38, x0, x1, w)
    inside = [(a, b) for a, b in ENDS if a < x1 and b > x0]
    wide = [(a, b) for a, b in inside if (b - a) * w >= x1 - x0]
    pixels = Counter((max(a, x0) - x0) * w // (x1 - x0) for a, b in inside if (b - a) * w < x1 - x0)
    assert sorted((s["x0"], s["x1"]) for s in found.segments) == sorted(wide)
    assert dict(found.narrow) == dict(pixels)
    assert (found.total, found.of) == (len(inside), len(ROWS))
    assert all(0 < s["af"] <= 1 and s["source"] == found.source for s in found.segments)


def test_a_build_without_a_table_says_so() -> None:
    found = population_view(Build.GRCH37, 0, TOP, 100)
    assert (found.segments, found.narrow, found.total, found.of) == ([], [], 0, 0)
    assert found.limit == "no table is packaged for GRCh37"


def test_a_view_without_extent_is_refused() -> None:
    with pytest.raises(InputError):
        population_view(B38, 5, 5, 10)
