"""Structural events as arcs between their two ends, a breakend's partner on its own chromosome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_layer.query.filters import Filter
from data_layer.query.marks import label
from data_layer.query.signals import view_of
from data_layer.query.source import Source
from data_layer.query.verdict import verdict
from data_layer.region import OTHER, Build, chrom_code

#: Classes that arcs are drawn of.
ARC_CLASSES: tuple[str, ...] = ("sv", "cnv", "bnd")
#: What an event does; ``CNV`` and ``SV`` when its file does not say which way.
TYPES: tuple[str, ...] = ("DEL", "DUP", "INV", "INS", "BND", "CNV", "SV")
_STARTS = {"DEL": "DEL", "LOSS": "DEL", "DUP": "DUP", "GAIN": "DUP", "AMP": "DUP", "INV": "INV",
           "INS": "INS", "BND": "BND", "TRA": "BND", "CTX": "BND", "SGL": "BND"}  # fmt: skip
_PARTNER = re.compile(r"[\[\]]([^\[\]]+):(\d+)[\[\]]")
_PLACE = re.compile(r"(.+):(\d+)")
_CELLS = ("row_id", "class", "chrom", "contig", "start", "end", "gpos", "ref", "alt", "id",
          "file_index", "svtype", "svlen", "mate", "gene", "hgvsp", "hgvsc")  # fmt: skip


@dataclass(frozen=True)
class Arc:
    """An event: its ends on the axis, what it does, its name, and its bases where it has any."""

    row_id: int
    x0: int
    x1: int
    type: str
    label: str
    size: int | None


@dataclass(frozen=True)
class Arcs:
    """Events with an end in view.

    Attributes:
        arcs: those at least a pixel wide, by row.
        narrow: (pixel, type, count) of those narrower, by the pixel of their end in view.
        total: events with an end in view; the two above add up to it.
        of: events that the filters keep, in view or not.
    """

    arcs: list[Arc]
    narrow: list[tuple[int, str, int]]
    total: int
    of: int


@dataclass(frozen=True)
class Events:
    """Every structural event in sight, by row; ``kind`` is a place in ``TYPES``."""

    rows: pa.Table
    row_id: NDArray[np.int64]
    x0: NDArray[np.int64]
    x1: NDArray[np.int64]
    kind: NDArray[np.int8]

    @property
    def last(self) -> NDArray[np.int64]:
        """Bases at the far ends: a junction's own, of a stretch the one before ``x1``."""
        inside = np.maximum(self.x1 - 1, self.x0)
        return np.where(self.kind == TYPES.index("BND"), self.x1, inside)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        arrays = (self.row_id, self.x0, self.x1, self.kind)
        return int(self.rows.nbytes + sum(a.nbytes for a in arrays))


def arcs(source: Source, filters: Sequence[Filter], x0: int, x1: int, w: int) -> Arcs:
    """Return the events of the kept calls that have an end in [x0, x1), drawn ``w`` pixels wide.

    Raises:
        InputError: a view without extent, or a filter that is none.
    """
    view_of(x0, x1, w)
    kept = verdict(source, filters).kept
    events = events_of(source)
    chosen = kept[events.row_id]
    first = (events.x0 >= x0) & (events.x0 < x1)
    second = (events.last >= x0) & (events.last < x1)
    inside = np.flatnonzero(chosen & (first | second))
    wide = np.abs(events.x1[inside] - events.x0[inside]) * w >= x1 - x0
    small = inside[~wide]
    at = np.where(first[small], events.x0[small], events.last[small])
    pixels = (at - x0) * w // (x1 - x0)
    return Arcs(
        _told(events, inside[wide]),
        _counted(pixels, events.kind[small]),
        len(inside),
        int(np.count_nonzero(chosen)),
    )


def events_of(source: Source) -> Events:
    """Return the structural events in sight, from the cache when they are there."""
    return source.cached(("arcs",), lambda: _events(source))


def _events(source: Source) -> Events:
    rows = source.variants
    cells = ", ".join(f'"{c}"' for c in _CELLS)
    kinds = ", ".join(f"'{c}'" for c in ARC_CLASSES)
    sql = f'select {cells} from {rows.sql} where "class" in ({kinds}) order by row_id'
    table = source.database.table(sql, rows.params)
    build = source.info.reference
    cells_of = ("class", "chrom", "start", "end", "gpos", "alt", "svtype", "svlen", "mate", "id",
                "file_index")  # fmt: skip
    found = table.select(list(cells_of)).to_pylist()
    # An id is its file's own: callers number their breakends alike.
    by_id = {(r["file_index"], r["id"]): r["gpos"] for r in found if r["id"]}
    ends = [_other_end(r, build, by_id) for r in found]
    kind = [TYPES.index(event_kind(r)) for r in found]
    return Events(
        table,
        table["row_id"].to_numpy().astype(np.int64),
        table["gpos"].to_numpy().astype(np.int64),
        np.array(ends, np.int64),
        np.array(kind, np.int8),
    )


def event_kind(row: Mapping[str, Any]) -> str:
    """Return what an event does, a name of ``TYPES``: by its type, its allele, then its length."""
    if row["class"] == "bnd":
        return "BND"
    for word in (str(row["svtype"] or ""), str(row["alt"] or "").strip("<>")):
        found = _STARTS.get(word.upper()[:4]) or _STARTS.get(word.upper()[:3])
        if found:
            return found
    if row["class"] == "cnv":
        return "DEL" if (row["svlen"] or 0) < 0 else "CNV"
    return "SV"


def partner_of(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return chromosome code and 0-based place of a breakend's partner, None when not said."""
    found = _PARTNER.search(row["alt"] or "") or _PLACE.fullmatch(row["mate"] or "")
    return (chrom_code(found[1]), max(0, int(found[2]) - 1)) if found else None


def _other_end(row: Mapping[str, Any], build: Build, by_id: Mapping[tuple[int, str], int]) -> int:
    start = int(row["gpos"])
    if row["class"] == "bnd":
        partner = partner_of(row)
        if partner is None:
            return by_id.get((row["file_index"], row["mate"]), start)
        return build.gpos(*partner)
    chrom = int(row["chrom"])
    past = build.offsets[chrom - 1] + build.size(chrom)
    length = int(row["end"]) - max(0, int(row["start"]))
    return min(start + max(length, 0), past)


def _told(events: Events, chosen: NDArray[np.int64]) -> list[Arc]:
    out = []
    rows = events.rows.take(pa.array(chosen, pa.int64())).to_pylist()
    for at, row in zip(chosen, rows, strict=True):
        kind, x0, x1 = TYPES[events.kind[at]], int(events.x0[at]), int(events.x1[at])
        out.append(Arc(int(row["row_id"]), x0, x1, kind, label(row), _size(row, x0, x1)))
    return out


def _size(row: Mapping[str, Any], x0: int, x1: int) -> int | None:
    """Return the bases of an event; None between two chromosomes."""
    if row["class"] == "bnd":
        partner = partner_of(row)
        return abs(x1 - x0) if partner and partner[0] == row["chrom"] != OTHER else None
    return abs(int(row["svlen"])) if row["svlen"] else int(row["end"]) - int(row["start"])


def _counted(pixels: NDArray[np.int64], kinds: NDArray[np.int8]) -> list[tuple[int, str, int]]:
    both = pixels * len(TYPES) + kinds
    found, counts = np.unique(both, return_counts=True)
    return [
        (int(b) // len(TYPES), TYPES[int(b) % len(TYPES)], int(n))
        for b, n in zip(found, counts, strict=True)
    ]
