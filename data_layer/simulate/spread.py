"""How many sites fall on each chromosome, and where they may lie."""

from __future__ import annotations

from functools import cache

import numpy as np

from data_layer.reference.bands import bands
from data_layer.region import Build
from data_layer.simulate.models import models

_EDGE = 10_000
_UNREAD = ("acen", "gvar", "stalk")
_ACROCENTRIC = (13, 14, 15, 21, 22)


@cache
def allowed(build: Build, chrom: int) -> list[tuple[int, int]]:
    """Intervals, 0-based half-open, outside telomeres, centromeres, stalks and Y's PAR."""
    size = build.size(chrom)
    if chrom == 25:
        return [(0, size)]
    blocked = [(b.start, b.end) for b in bands(build) if b.chrom == chrom and b.stain in _UNREAD]
    blocked += [(0, _EDGE), (size - _EDGE, size)]
    if chrom in _ACROCENTRIC:
        blocked.append((0, max(e for _, e in blocked[:-2])))
    if chrom == 24:
        blocked += list(build.par(24))
    out, at = [], 0
    for start, end in sorted(blocked):
        if start > at:
            out.append((at, start))
        at = max(at, end)
    if at < size:
        out.append((at, size))
    return out


def coding_share(build: Build, chrom: int) -> float:
    """Share of the genome's coding bases on a chromosome, Y and M left out."""
    lengths = [int(models(build, c).cds_length.sum()) if c < 24 else 0 for c in range(1, 26)]
    return lengths[chrom - 1] / sum(lengths)


def counts(build: Build, variants: int, *, male: bool = True, mito: bool = True) -> list[int]:
    """Sites on chromosomes 1 to 25, adding up to ``variants``; Y and M may be left out."""
    weight = np.array(
        [float(sum(b - a for a, b in allowed(build, c))) for c in range(1, 25)], dtype=np.float64
    )
    weight[22] *= 0.75
    weight[23] *= 0.06 if male else 0.0
    mitochondrial = min(42, max(3, variants // 400)) if mito else 0
    exact = weight / weight.sum() * (variants - mitochondrial)
    whole = np.floor(exact).astype(int)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: variants - mitochondrial - int(whole.sum())]] += 1
    return [*whole.tolist(), mitochondrial]
