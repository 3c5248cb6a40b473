"""What was measured along the genome of each person in sight, and its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.errors import InputError, NotFoundError
from data_layer.query.pictures import Grid
from data_layer.query.source import Source
from data_layer.region import OTHER
from data_layer.schema import SIGNALS, Signal
from data_layer.tiles.range import Range
from data_layer.tiles.read import Pyramid


@dataclass(frozen=True)
class SignalInfo:
    """A signal of a person.

    Attributes:
        sample: the person's sample id; ``index`` is the sample index.
        low: bottom of the range a picture starts with; ``high`` is its top.
        rows: measured points, those without a value included.
        missing: points without a value.
        chrom_rows: points by chromosome code, 27 numbers; a chromosome without any holds 0.
        source: name of the file it was read from, with its ``format`` and ``sha256``.
        codes: words of a signal whose values 0, 1, 2 … are categories.
    """

    sample: str
    index: int
    signal: str
    title: str
    unit: str
    low: float
    high: float
    rows: int
    missing: int
    chrom_rows: tuple[int, ...]
    source: str
    format: str
    sha256: str
    codes: tuple[str, ...] = ()


def signals(source: Source) -> tuple[SignalInfo, ...]:
    """Return the signals of the people in sight, by person, then in the order of ``SIGNALS``."""
    people = {s.id: s.index for s in source.info.samples}
    found = []
    for entry in source.feeds:
        person = people.get(str(entry.get("sample_id")))
        if entry.get("kind") == "signal" and person is not None:
            found.append(_info(entry, person))
    names = list(SIGNALS)
    return tuple(sorted(found, key=lambda s: (s.index, _place(names, s.signal), s.signal)))


def _place(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _info(entry: Mapping[str, Any], person: int) -> SignalInfo:
    name = str(entry["signal"])
    known = SIGNALS.get(name) or Signal(name, name, "", "", 0.0, 1.0)
    low, high = _range(entry, known)
    counted = [int(n) for n in entry.get("chrom_rows") or ()][: OTHER + 1]
    return SignalInfo(
        sample=str(entry["sample_id"]),
        index=person,
        signal=name,
        title=known.title,
        unit=str(entry.get("unit") or known.unit),
        low=low,
        high=high,
        rows=int(entry.get("rows") or 0),
        missing=int(entry.get("missing") or 0),
        chrom_rows=(*counted, *[0] * (OTHER + 1 - len(counted))),
        source=str(entry.get("name", "")),
        format=str(entry.get("format", "")),
        sha256=str(entry.get("sha256", "")),
        codes=known.codes,
    )


def _range(entry: Mapping[str, Any], known: Signal) -> tuple[float, float]:
    given = entry.get("low"), entry.get("high")
    low = known.low if given[0] is None else float(given[0])
    high = known.high if given[1] is None else float(given[1])
    return (low, high) if high is not None and high > low else (low, low + 1.0)


def signal_of(source: Source, sample: str | None, signal: str) -> SignalInfo:
    """Return one signal; without a sample the proband's.

    Raises:
        NotFoundError: there is no such signal among those the actor may see; in the same words
            whether the person, the signal, or neither is there.
    """
    asked = sample or (source.info.proband.id if source.info.proband else "")
    person = source.info.person(asked)
    for found in signals(source):
        if person is not None and found.index == person.index and found.signal == signal:
            return found
    raise NotFoundError("SIGNAL", f"{signal!r} of {asked!r}", "no such signal in this case")


def view_of(x0: int, x1: int, w: int) -> None:
    """Refuse a view without extent.

    Raises:
        InputError: it has none.
    """
    if x1 <= x0 or w < 1:
        raise InputError("VIEW", f"{x0} to {x1}, {w} pixels", "the view has no extent")


def signal_grid(
    source: Source,
    sample: str | None,
    signal: str,
    *,
    x0: int,
    x1: int,
    y0: float | None,
    y1: float | None,
    w: int,
    h: int,
) -> Grid:
    """Return a signal's picture over [x0, x1): every point in view is counted once.

    [y0, y1], by default the signal's range, is widened to whole steps of it.

    Raises:
        InputError: a view without extent.
        NotFoundError: there is no such signal among those the actor may see.
    """
    info = signal_of(source, sample, signal)
    if h < 1:
        raise InputError("VIEW", f"{h} pixels high", "the view has no extent")
    view_of(x0, x1, w)
    drawn = pyramid_of(source, info).picture(x0, x1, w, h, y0, y1)
    return Grid(
        drawn.counts, drawn.rows, drawn.clipped, drawn.missing, drawn.y0, drawn.y1,
        drawn.lane_rows, drawn.level, x0, x1,
    )  # fmt: skip


def pyramid_of(source: Source, info: SignalInfo) -> Pyramid:
    """Return what draws a signal; the same one for all who may see the same of the case."""
    return source.cached(("pyramid", info), lambda: _Held(_pyramid(source, info))).pyramid


@dataclass(frozen=True)
class _Held:
    pyramid: Pyramid
    nbytes: int = 4096


def _pyramid(source: Source, info: SignalInfo) -> Pyramid:
    return Pyramid(
        stored=_InLake(source, info),
        spec=Range(info.low, info.high),
        build=source.info.reference,
        rows=info.rows,
        missing=info.missing,
        cache=source.cache,
        key=(source.key, "signal", info.index, info.signal),
    )


@dataclass(frozen=True)
class _InLake:
    """A signal as the pyramid reads it: its rows by place, its cells by level."""

    source: Source
    info: SignalInfo

    def points(self, g0: int, g1: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        rows = self.source.points(self.info.index, self.info.signal)
        found = self.source.database.arrays(
            f"select gpos, coalesce(value, 'nan'::float) as value from {rows.sql} "
            "where gpos >= $g0 and gpos < $g1",
            {**rows.params, "g0": g0, "g1": g1},
        )
        gpos, value = found["gpos"], found["value"]
        if np.any(gpos[1:] < gpos[:-1]):
            order = np.argsort(gpos, kind="stable")
            gpos, value = gpos[order], value[order]
        return gpos, value

    def cells(
        self, level: int, first: tuple[int, int], last: tuple[int, int]
    ) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.int16], NDArray[np.int32]]:
        rows = self.source.cells(self.info.index, self.info.signal)
        where = "chrom between $c0 and $c1 and (chrom > $c0 or x >= $a) and (chrom < $c1 or x < $b)"
        if first[0] == last[0]:
            where = "chrom = $c0 and chrom = $c1 and x >= $a and x < $b"
        bound = {"level": level, "c0": first[0], "a": first[1], "c1": last[0], "b": last[1]}
        found = self.source.database.arrays(
            f"select chrom, x, y, n from {rows.sql} where level = $level and {where}",
            {**rows.params, **bound},
        )
        return found["chrom"], found["x"], found["y"], found["n"]

    def levels(self) -> tuple[int, ...]:
        rows = self.source.cells(self.info.index, self.info.signal)
        found = self.source.database.rows(f"select distinct level from {rows.sql}", rows.params)
        return tuple(sorted(int(level) for (level,) in found))
