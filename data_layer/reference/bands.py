"""Cytogenetic bands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_layer.reference.intervals import Intervals
from data_layer.region import NAMES, Build, chrom_code
from data_layer.settings import asset_path

_BAND = re.compile(r"(?:chr)?(?P<chrom>[1-9]|1\d|2[0-2]|[XY])(?P<name>[pq][\d.]{0,8})$", re.I)


@dataclass(frozen=True, slots=True)
class Band:
    """One band, 0-based half-open.

    Attributes:
        name: arm and band, such as ``q34.11``; empty for chrM.
        stain: ``gneg``, ``gpos25`` to ``gpos100``, ``acen`` (centromere), ``gvar`` or ``stalk``.
    """

    chrom: int
    start: int
    end: int
    name: str
    stain: str

    @property
    def text(self) -> str:
        """The band as geneticists write it, such as ``9q34.11``."""
        return f"{NAMES[self.chrom - 1].removeprefix('chr')}{self.name}"


@cache
def bands(build: Build) -> tuple[Band, ...]:
    """Return every band of a build by chromosome and start; chrM is one unnamed band."""
    table = pq.read_table(asset_path("reference", "bands.parquet"))
    table = table.filter(pc.equal(table["build"], build.value)).drop_columns(["build"])
    return tuple(Band(**row) for row in table.to_pylist())


def band_at(build: Build, chrom: int, start: int) -> Band | None:
    """Return the band that holds a 0-based position; ``None`` outside the 25 chromosomes."""
    rows = _places(build).overlapping(chrom, start, start + 1)
    return bands(build)[int(rows[0])] if rows.size else None


def band_span(build: Build, text: str) -> tuple[int, int, int] | None:
    """Return chrom, start and end of a band, a group of bands or an arm: ``9q34.11``, ``9q34``, ``9q``.

    ``None`` when the build has no such band.
    """  # noqa: E501
    found = _BAND.match(text.strip())
    if found is None:
        return None
    chrom, name = chrom_code(found["chrom"]), found["name"].lower()
    inside = [b for b in bands(build) if b.chrom == chrom and b.name.startswith(name)]
    return (chrom, inside[0].start, inside[-1].end) if inside else None


@cache
def centromere(build: Build, chrom: int) -> tuple[int, int] | None:
    """Return the span of a chromosome's ``acen`` bands; ``None`` for chrM and other contigs."""
    found = [b for b in bands(build) if b.chrom == chrom and b.stain == "acen"]
    return (found[0].start, found[-1].end) if found else None


@cache
def _places(build: Build) -> Intervals:
    rows = bands(build)
    return Intervals.of(
        np.array([b.chrom for b in rows]),
        np.array([b.start for b in rows]),
        np.array([b.end for b in rows]),
    )
