"""Called intervals in view: drawn when a pixel wide or more, counted by pixel when narrower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_layer.errors import InputError, NotFoundError
from data_layer.query.signals import view_of
from data_layer.query.source import Source
from data_layer.query.variants import plain_rows
from data_layer.schema import SEGMENT_KINDS

#: What of a segment is sent to the page, beside its place.
CELLS: tuple[str, ...] = (
    "call", "name", "caller", "cn", "cn_major", "cn_minor", "log2", "baf", "points", "score",
    "colour", "text",
)  # fmt: skip


@dataclass(frozen=True)
class SegmentInfo:
    """A person's segments of one kind: how many, and who called them."""

    sample: str
    index: int
    kind: str
    rows: int
    callers: tuple[str, ...]


@dataclass(frozen=True)
class Segments:
    """Segments in view.

    Attributes:
        segments: those at least a pixel wide, by person and place; ``x0`` and ``x1`` on the axis.
        narrow: (pixel, count) of those narrower, by the pixel where they begin in view.
        total: segments in view; the two above add up to it.
        of: segments of the kind of the people asked for.
    """

    segments: list[dict[str, Any]]
    narrow: list[tuple[int, int]]
    total: int
    of: int


@dataclass(frozen=True)
class _Lane:
    """One person's segments of one kind, in the order of the genome."""

    rows: pa.Table
    x0: NDArray[np.int64]
    x1: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        return int(self.rows.nbytes + self.x0.nbytes + self.x1.nbytes)


@dataclass(frozen=True)
class _Kinds:
    found: tuple[SegmentInfo, ...]

    @property
    def nbytes(self) -> int:
        return 1024 * (1 + len(self.found))


def segment_infos(source: Source) -> tuple[SegmentInfo, ...]:
    """Return what segments the people in sight have, by person and kind."""
    return source.cached(("segments", "kinds"), lambda: _Kinds(_kinds(source))).found


def _kinds(source: Source) -> tuple[SegmentInfo, ...]:
    found: list[SegmentInfo] = []
    for person in source.info.samples:
        rows = source.segments(person.index)
        sql = (
            "select kind, count(*), list_sort(list(distinct caller) filter (caller is not null)) "
            f"from {rows.sql} group by kind"
        )
        made = {
            kind: SegmentInfo(person.id, person.index, kind, n, tuple(callers or ()))
            for kind, n, callers in source.database.rows(sql, rows.params)
        }
        found += [made[k] for k in SEGMENT_KINDS if k in made]
    return tuple(found)


def people_of(source: Source, sample: str | None) -> list[tuple[int, str]]:
    """Return index and id of the person asked for, or of all in sight.

    Raises:
        NotFoundError: nobody of that name is in sight.
    """
    if not sample:
        return [(s.index, s.id) for s in source.info.samples]
    person = source.info.person(sample)
    if person is None:
        raise NotFoundError("SEGMENTS", f"{sample!r}", "nobody of that name is in this case")
    return [(person.index, person.id)]


def check_kind(kind: str) -> None:
    """Refuse a kind that there is not.

    Raises:
        InputError: it is none of ``SEGMENT_KINDS``.
    """
    if kind not in SEGMENT_KINDS:
        fix = f"Use {', '.join(SEGMENT_KINDS)}."
        raise InputError("SEGMENTS", repr(kind), "no such kind of segment", fix)


def segments(source: Source, kind: str, sample: str | None, x0: int, x1: int, w: int) -> Segments:
    """Return the segments that share a base with [x0, x1), drawn ``w`` pixels wide.

    Raises:
        InputError: no such kind, or a view without extent.
        NotFoundError: nobody of that name is in sight.
    """
    check_kind(kind)
    view_of(x0, x1, w)
    drawn: list[dict[str, Any]] = []
    pixels: list[NDArray[np.int64]] = []
    total = of = 0
    for index, name in people_of(source, sample):
        lane = lane_of(source, kind, index)
        inside = np.flatnonzero((lane.x0 < x1) & (lane.x1 > x0))
        wide = (lane.x1[inside] - lane.x0[inside]) * w >= x1 - x0
        drawn += _told(lane, inside[wide], name)
        begins = np.maximum(lane.x0[inside[~wide]], x0)
        pixels.append((begins - x0) * w // (x1 - x0))
        total += len(inside)
        of += len(lane.x0)
    return Segments(drawn, _counted(pixels), total, of)


def lane_of(source: Source, kind: str, person: int) -> _Lane:
    """Return a person's segments of one kind, from the cache when they are there."""
    return source.cached(("segments", kind, person), lambda: _lane(source, kind, person))


def _lane(source: Source, kind: str, person: int) -> _Lane:
    rows = source.segments(person)
    cells = ", ".join(f'"{c}"' for c in ("chrom", "contig", "start", "end", "gpos", *CELLS))
    sql = (
        f"select {cells} from {rows.sql} where kind = $kind "
        'order by chrom, start, "end", file_index, record'
    )
    table = source.database.table(sql, {**rows.params, "kind": kind})
    x0 = table["gpos"].to_numpy().astype(np.int64)
    length = pc.subtract(table["end"], table["start"]).to_numpy().astype(np.int64)
    build = source.info.reference
    ends = np.cumsum(np.array([0, *build.sizes], np.int64))
    past = ends[table["chrom"].to_numpy().astype(np.int64)]
    return _Lane(table, x0, np.clip(x0 + length, x0 + 1, np.maximum(past, x0 + 1)))


def _told(lane: _Lane, chosen: NDArray[np.int64], name: str) -> list[dict[str, Any]]:
    out = []
    for at, row in zip(chosen, plain_rows(lane.rows.take(pa.array(chosen))), strict=True):
        row.pop("gpos")
        place = {"x0": int(lane.x0[at]), "x1": int(lane.x1[at])}
        out.append(place | row | {"sample": name})
    return out


def _counted(pixels: Sequence[NDArray[np.int64]]) -> list[tuple[int, int]]:
    every = np.concatenate(pixels) if pixels else np.zeros(0, np.int64)
    found, counts = np.unique(every, return_counts=True)
    return [(int(p), int(n)) for p, n in zip(found, counts, strict=True)]
