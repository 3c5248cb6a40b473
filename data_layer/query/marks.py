"""Events to be named on a picture, because a pixel cannot show them or because they rank first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_layer.query.columns import axis, places, rank_scores
from data_layer.query.filters import Filter
from data_layer.query.source import Source
from data_layer.query.variants import rows_by_id
from data_layer.query.verdict import verdict
from data_layer.region import chrom_name
from data_layer.schema import CLASSES

#: The highest ranked calls in view that are named.
TOP = 10
#: Pixels that one name needs.
ROOM = 80
#: First class that is an event rather than a small change.
_EVENT = CLASSES.index("sv")
_CELLS = ("class", "chrom", "start", "end", "ref", "alt", "gpos", "gene", "hgvsp", "hgvsc",
          "svtype", "svlen", "mate", "id", "rank_score")  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A named event: where it starts on the axis, its class, its row, and why it is named."""

    label: str
    gpos: int
    kind: str
    row_id: int
    rank_score: float | None
    why: str


@dataclass(frozen=True)
class Marks:
    """The named events, by place; ``total`` counts all that deserve a name."""

    marks: list[Mark]
    named: int
    total: int


@dataclass(frozen=True)
class _Events:
    row_id: NDArray[np.int64]
    extent: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        return int(self.row_id.nbytes + self.extent.nbytes)


def marks(source: Source, filters: Sequence[Filter], x0: int, x1: int, w: int) -> Marks:
    """Return the events narrower than a pixel and the highest ranked calls in [x0, x1).

    As many are named as have room; of those that have not, the ones with the higher rank and
    then the longer ones stay.
    """
    kept = verdict(source, filters).kept
    gpos, index = axis(source)
    low, high = (int(i) for i in np.searchsorted(gpos, [x0, x1]))
    in_view = np.arange(low, high) if index is None else index[low:high].astype(np.int64)
    narrow = _narrow(source, kept, x0, x1, w)
    top = _highest(source, in_view[kept[in_view]])
    every = np.unique(np.concatenate([narrow, top]))
    chosen = _chosen(source, every, set(top.tolist()), max(4, w // ROOM))
    rows = rows_by_id(source, chosen, _CELLS)
    wide = set(narrow.tolist())
    found = [_mark(rows[i], "narrow" if i in wide else "rank") for i in chosen if i in rows]
    found.sort(key=lambda m: (m.gpos, m.row_id))
    return Marks(found, len(found), len(every))


def _events(source: Source) -> _Events:
    rows = source.variants
    small = ", ".join(f"'{c}'" for c in CLASSES[:_EVENT])
    sql = (
        'select row_id, greatest("end" - start, abs(coalesce(svlen, 0)), 1) as extent '
        f'from {rows.sql} where "class" not in ({small}) order by row_id'
    )
    found = source.database.arrays(sql, rows.params)
    return _Events(found["row_id"], found["extent"].astype(np.int64))


def _narrow(source: Source, kept: NDArray[np.bool_], x0: int, x1: int, w: int) -> NDArray[np.int64]:
    events = source.cached(("events",), lambda: _events(source))
    starts = places(source)[events.row_id]
    inside = (starts >= x0) & (starts < x1) & kept[events.row_id]
    return events.row_id[inside & (events.extent * w < x1 - x0)]


def _highest(source: Source, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    scores = rank_scores(source)[rows]
    given = np.flatnonzero(~np.isnan(scores))
    if len(given) > TOP:
        best = np.argpartition(scores[given], len(given) - TOP)[-TOP:]
        edge = scores[given][best].min()
        above = given[scores[given] > edge]
        level = given[scores[given] == edge][: TOP - len(above)]
        given = np.concatenate([above, level])
    return rows[given]


def _chosen(source: Source, rows: NDArray[np.int64], top: set[int], room: int) -> list[int]:
    if len(rows) <= room:
        return [int(r) for r in rows]
    events = source.cached(("events",), lambda: _events(source))
    extent = np.zeros(len(rows), np.int64)
    at = np.searchsorted(events.row_id, rows)
    at[at == len(events.row_id)] = 0
    if len(events.row_id):
        same = events.row_id[at] == rows
        extent[same] = events.extent[at[same]]
    scores = np.nan_to_num(rank_scores(source)[rows], nan=-np.inf)
    is_top = np.isin(rows, np.fromiter(top, np.int64, len(top)))
    best = np.lexsort((rows, -extent, -scores, ~is_top))[:room]
    return [int(r) for r in np.sort(rows[best])]


def _mark(row: Mapping[str, Any], why: str) -> Mark:
    return Mark(
        label(row), int(row["gpos"]), row["class"], int(row["row_id"]), row["rank_score"], why
    )


def label(row: Mapping[str, Any]) -> str:
    """Return the short name of a call: gene and protein change, or type and length, or place."""
    place = f"{chrom_name(row['chrom'])}:{row['start'] + 1:,}"
    gene = row.get("gene") or ""
    if CLASSES.index(row["class"]) < _EVENT:
        change = str(row.get("hgvsp") or row.get("hgvsc") or "").rpartition(":")[2]
        return " ".join(filter(None, (gene, change))) or f"{place} {row['ref']}>{row['alt']}"
    kind = row.get("svtype") or str(row["class"]).upper()
    length = row.get("svlen") or (row["end"] - row["start"] if row["end"] > row["start"] else 0)
    size = "" if row["class"] in ("bnd", "fusion", "mei", "str") else length_text(abs(length))
    return " ".join(filter(None, (gene or place, kind, size)))


def length_text(bases: int) -> str:
    """Return a length as people write it: 950 bp, 12.4 kb, 1.58 Mb."""
    for unit, factor in (("Mb", 1_000_000), ("kb", 1_000)):
        if bases >= factor:
            return f"{bases / factor:.3g} {unit}"
    return f"{bases} bp" if bases else ""
