"""Signals as detection needs them: a middle value for each chromosome, and B-allele fractions."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from data_layer.analysis.karyotype import AUTOSOMES, copies_of_depth, copies_of_log2
from data_layer.query.info import SampleInfo
from data_layer.query.signals import SignalInfo, signals
from data_layer.query.source import Source
from data_layer.region import Build
from data_layer.schema import ABOVE, BELOW, STEPS

LOG2, DEPTH = "log2 ratio", "reads"
#: Signals that tell copies, the best first.
_PREFERRED = ("coverage", "log2", "depth")
_LAST = 24
Fractions = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True)
class Copies:
    """Copies by chromosome code, and the signal they come from; ``signal`` is its unit."""

    copies: dict[int, float]
    signal: str
    title: str
    file: str


class Measured:
    """What was measured of the people of a case; read when asked."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._signals = signals(source)
        self._held: dict[tuple[int, str], dict[int, float]] = {}

    def copies(self, person: SampleInfo, panel_sex: str | None) -> Copies | None:
        """Return copies by chromosome of a person; None without a signal that tells.

        Ratios are against a panel of ``panel_sex``, which is the person's reported sex.
        """
        for info in self._telling(person):
            middle = self._middles(info)
            unit = LOG2 if info.signal != "depth" else DEPTH
            made = copies_of_log2(middle, panel_sex) if unit == LOG2 else copies_of_depth(middle)
            if made:
                return Copies(made, unit, info.title, info.source)
        return None

    def copies_in(self, person: SampleInfo, chrom: int, start: int, end: int) -> float | None:
        """Return copies of an autosomal stretch by the median over it; None without a signal."""
        for info in self._telling(person):
            autosomes = [v for c, v in self._middles(info).items() if c <= 22]
            rows = self._source.points(info.index, info.signal)
            (inside,) = self._source.database.rows(
                f"select median(value) from {rows.sql} where chrom = $chrom and start >= $start "
                "and start < $end and isfinite(value)",
                {**rows.params, "chrom": chrom, "start": start, "end": end},
            )[0]
            if inside is None or len(autosomes) < AUTOSOMES:
                continue
            base = median(autosomes)
            if info.signal != "depth":
                return float(2 * 2 ** (inside - base))
            return float(2 * inside / base) if base > 0 else None
        return None

    def _telling(self, person: SampleInfo) -> list[SignalInfo]:
        """Return a person's signals that tell copies, the best first."""
        mine = {s.signal: s for s in self._signals if s.index == person.index}
        return [mine[name] for name in _PREFERRED if name in mine]

    def fractions(self, person: SampleInfo) -> Fractions | None:
        """Return the B-allele fractions on a person's autosomes; None without the signal."""
        if not any((s.index, s.signal) == (person.index, "baf") for s in self._signals):
            return None
        rows = self._source.points(person.index, "baf")
        found = self._source.database.arrays(
            "select chrom, start, value from "
            f"{rows.sql} where chrom <= 22 and isfinite(value) order by chrom, start",
            rows.params,
        )
        return found["chrom"].astype(np.int64), found["start"].astype(np.int64), found["value"]

    def _middles(self, info: SignalInfo) -> dict[int, float]:
        key = (info.index, info.signal)
        if key not in self._held:
            self._held[key] = self._of_cells(info)
        return self._held[key]

    def _of_cells(self, info: SignalInfo) -> dict[int, float]:
        """Return the median of a signal by chromosome, X and Y outside PAR.

        It comes from the coarsest cells: a step of the range, 1/256 of it, within which values
        are taken as even. A signal without cells is read by rows.
        """
        rows = self._source.cells(info.index, info.signal)
        build = self._source.info.reference
        found = self._source.database.arrays(
            f"with held as (select * from {rows.sql}) "
            "select chrom, y, sum(n)::bigint as n from held "
            "where level = (select max(level) from held) "
            f"and chrom <= {_LAST} and y >= {BELOW} "
            f"and {_outside(build, '(x::bigint << level)', '((x::bigint + 1) << level)')} "
            "group by chrom, y order by chrom, y",
            rows.params,
        )
        out = {}
        for code in np.unique(found["chrom"]).tolist():
            here = found["chrom"] == code
            out[code] = _median(found["y"][here], found["n"][here], info.low, info.high)
        return out or self._of_rows(info, build)

    def _of_rows(self, info: SignalInfo, build: Build) -> dict[int, float]:
        rows = self._source.points(info.index, info.signal)
        found = self._source.database.rows(
            f"select chrom, median(value) from {rows.sql} where chrom <= {_LAST} "
            f"and isfinite(value) and {_outside(build, 'start', '(start + 1)')} group by chrom",
            rows.params,
        )
        return {int(code): float(middle) for code, middle in found}


def _outside(build: Build, first: str, past: str) -> str:
    """Return the SQL that says whether a stretch lies outside the pseudo-autosomal regions."""
    return " and ".join(
        f"not (chrom = {code} and {first} < {high} and {past} > {low})"
        for code in (23, 24)
        for low, high in build.par(code)
    )


def _median(y: NDArray[np.int16], n: NDArray[np.int64], low: float, high: float) -> float:
    step = (high - low) / STEPS
    total = np.cumsum(n)
    half = total[-1] / 2
    at = int(np.searchsorted(total, half))
    if int(y[at]) in (BELOW, ABOVE):
        return low if int(y[at]) == BELOW else high
    before = total[at] - n[at]
    return float(low + (int(y[at]) + (half - before) / n[at]) * step)
