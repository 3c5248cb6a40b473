"""Genes and regions whose dosage sensitivity ClinGen has judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_layer.reference.intervals import Intervals
from data_layer.region import Build
from data_layer.settings import asset_path

SOURCE = "ClinGen Dosage Sensitivity, February 2024"
#: What each score says.
SCORES: dict[int, str] = {
    0: "no evidence",
    1: "little evidence",
    2: "emerging evidence",
    3: "sufficient evidence",
    30: "autosomal recessive",
    40: "dosage sensitivity unlikely",
}


@dataclass(frozen=True, slots=True)
class DosageItem:
    """One gene or region, 0-based half-open.

    Attributes:
        kind: ``gene`` or ``region``.
        id: HGNC id of a gene, ClinGen's ISCA number of a region.
        hi: haploinsufficiency score, a key of ``SCORES``; None when not evaluated.
        ts: triplosensitivity score, likewise.
        hi_index: DECIPHER's haploinsufficiency index in percent, low for the intolerant.
        pli: gnomAD's probability of intolerance to loss of function.
        loeuf: upper bound of gnomAD's observed over expected loss of function.
        reviewed: when ClinGen looked last, as ``2020-07-22``.
    """

    chrom: int
    start: int
    end: int
    name: str
    kind: str
    id: str
    hi: int | None
    ts: int | None
    hi_disease: str
    ts_disease: str
    hi_index: float | None
    pli: float | None
    loeuf: float | None
    reviewed: str

    @property
    def region(self) -> bool:
        """Whether it is a region, not a gene."""
        return self.kind == "region"


@cache
def dosage(build: Build) -> tuple[DosageItem, ...]:
    """Load the items of a build by chromosome and start, once for each process."""
    table = pq.read_table(asset_path("reference", "dosage.parquet"))
    table = table.filter(pc.equal(table["build"], build.value)).drop_columns(["build"])
    return tuple(DosageItem(**row) for row in table.to_pylist())


def dosage_in(build: Build, chrom: int, start: int, end: int) -> tuple[DosageItem, ...]:
    """Return items that share a base with ``[start, end)``, by start."""
    items = dosage(build)
    return tuple(items[int(i)] for i in _places(build).overlapping(chrom, start, end))


@cache
def _places(build: Build) -> Intervals:
    rows = dosage(build)
    return Intervals.of(
        np.array([r.chrom for r in rows]),
        np.array([r.start for r in rows]),
        np.array([r.end for r in rows]),
    )
