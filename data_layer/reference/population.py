"""Copy-number variants of the general population, with their frequency."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data_layer.reference.intervals import Intervals
from data_layer.region import Build
from data_layer.settings import asset_path

SOURCE = "gnomAD v4 structural variants"
#: What the table leaves out.
LIMIT = "deletions and duplications from 1 kb with a frequency from 0.1 %; GRCh38"
TYPES = ("DEL", "DUP")


@dataclass(frozen=True, slots=True)
class PopulationCnv:
    """One variant, 0-based half-open; ``af`` is its frequency among chromosomes."""

    chrom: int
    start: int
    end: int
    type: str
    af: float


@dataclass(frozen=True, eq=False)
class PopulationTable:
    """All variants of a build as columns, with an index by place.

    Attributes:
        type: place in ``TYPES``, uint8.
        af: frequency, float32.
    """

    build: Build
    places: Intervals
    type: NDArray[np.uint8]
    af: NDArray[np.float32]

    def __len__(self) -> int:
        """Count the variants."""
        return len(self.af)

    def row(self, at: int) -> PopulationCnv:
        """Return one variant."""
        places = self.places
        return PopulationCnv(
            int(places.chrom[at]),
            int(places.start[at]),
            int(places.end[at]),
            TYPES[int(self.type[at])],
            float(self.af[at]),
        )


@cache
def population(build: Build) -> PopulationTable | None:
    """Load the variants of a build, once for each process; None where none are packaged."""
    path = asset_path("reference", f"population_{build.value.lower()}.parquet")
    if not path.exists():
        return None
    table = pq.read_table(path)
    places = Intervals.of(*(table[c].to_numpy() for c in ("chrom", "start", "end")))
    is_dup = pc.equal(table["type"], TYPES[1]).to_numpy()
    return PopulationTable(build, places, is_dup.astype(np.uint8), table["af"].to_numpy())


def population_in(
    build: Build, chrom: int, start: int, end: int, *, least: float = 0.0
) -> tuple[PopulationCnv, ...]:
    """Return variants that share a base with ``[start, end)``, by start.

    ``least`` is the least frequency asked for. Empty for a build without a table: ask
    ``population`` whether there is one.
    """
    table = population(build)
    if table is None:
        return ()
    rows = table.places.overlapping(chrom, start, end)
    return tuple(table.row(int(i)) for i in rows[table.af[rows] >= least])
