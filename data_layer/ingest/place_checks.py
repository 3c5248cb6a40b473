"""Checks of points in order of place, and what of them goes into the case's record."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.ingest.source import Warning
from data_layer.region import HG19_CHRM, OTHER, Build, chrom_name
from data_layer.tiles.top import Top

_SHIFT = 40
_CHRM = 25


@dataclass
class OrderedChecks:
    """Counts of a signal's rows, told to it in order of chrom and start."""

    build: Build
    rows: int = 0
    missing: int = 0
    infinite: int = 0
    chrom_rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(27, np.int64))
    top: Top | None = None
    _found: dict[str, tuple[int, str]] = field(default_factory=dict)
    _reach: int = -1
    _last: tuple[int, int, int] = (-1, -1, -1)

    def add(self, table: pa.Table) -> None:
        """Look at the next rows, columns chrom, start, end and value."""
        if not table.num_rows:
            return
        chrom = table["chrom"].to_numpy()
        start, end = table["start"].to_numpy(), table["end"].to_numpy()
        value = table["value"].to_numpy()
        self.rows += len(chrom)
        self.missing += table["value"].null_count
        self.infinite += int(np.isinf(value).sum())
        self.chrom_rows += np.bincount(chrom, minlength=27)
        if self.top is not None:
            self.top.add(value)
        self._order(chrom.astype(np.int64), start, end)
        sizes = np.array([0, *self.build.sizes], np.int64)
        sizes[_CHRM] = max(sizes[_CHRM], HG19_CHRM)
        beyond = (end > sizes[chrom]) & (chrom < OTHER)
        self._note("beyond", beyond, chrom, start, end)

    def _order(
        self, chrom: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> None:
        """Find rows like the one before, and rows that begin before an earlier one ends."""
        before = (chrom[:-1], start[:-1], end[:-1])
        twice = np.empty(len(chrom), bool)
        twice[0] = self._last == (chrom[0], start[0], end[0])
        twice[1:] = (chrom[1:] == before[0]) & (start[1:] == before[1]) & (end[1:] == before[2])
        reach = np.maximum.accumulate((chrom << _SHIFT) | end)
        earlier = np.empty_like(reach)
        earlier[0] = self._reach
        earlier[1:] = np.maximum(reach[:-1], self._reach)
        within = (earlier >> _SHIFT == chrom) & (((chrom << _SHIFT) | start) < earlier)
        known = chrom < OTHER
        self._note("twice", twice & known, chrom, start, end)
        self._note("overlap", within & ~twice & known, chrom, start, end)
        self._reach = max(self._reach, int(reach[-1]))
        self._last = (int(chrom[-1]), int(start[-1]), int(end[-1]))

    def _note(
        self,
        what: str,
        where: NDArray[np.bool_],
        chrom: NDArray[np.int64],
        start: NDArray[np.int64],
        end: NDArray[np.int64],
    ) -> None:
        count = int(where.sum())
        if not count:
            return
        at = int(np.argmax(where))
        place = f"{chrom_name(int(chrom[at]))}:{start[at] + 1:,}-{end[at]:,}"
        before, first = self._found.get(what, (0, place))
        self._found[what] = (before + count, first)

    def warnings(self) -> list[Warning]:
        """Say what was odd, each once with how often and where first."""
        said = {
            "overlap": ("SIGNAL-OVERLAP", "begin before the one before them ends"),
            "twice": ("SIGNAL-DOUBLE", "stand in the place of the one before them"),
            "beyond": (
                "SIGNAL-BEYOND",
                f"end behind their chromosome's end in {self.build.value}; is the build right",
            ),
        }
        out = [
            Warning(0, code, f"{self._found[what][0]:,} rows {words}; first {self._found[what][1]}")
            for what, (code, words) in said.items()
            if what in self._found
        ]
        if self.infinite:
            text = f"{self.infinite:,} rows are infinite; drawn beyond the edge of the picture"
            out.append(Warning(0, "SIGNAL-INFINITE", text))
        if self.rows and not self.chrom_rows[1:OTHER].any():
            text = "no contig is a chromosome of the build; all lie under 'other'"
            out.append(Warning(0, "SIGNAL-CONTIGS", text))
        if not self.rows:
            out.append(Warning(0, "SIGNAL-EMPTY", "it holds no row"))
        return out
