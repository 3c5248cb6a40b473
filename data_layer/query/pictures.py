"""Genome-wide pictures as counts per pixel: every row in view is counted once, always.

A grid has ``h`` rows, the first at the top. In ``vaf`` and ``rank`` the bottom ``lane_rows`` of
them are the lane of rows that have no value; the other rows share [y0, y1] evenly, both ends
included, and a value outside is counted in the edge row and in ``clipped``. In ``density`` the
height is cut into one lane for each class, in the order of ``CLASSES`` from the bottom. Inside a
lane rows are spread by their number, so that a lane reads as a band.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_layer.errors import InputError
from data_layer.query.clauses import person_of
from data_layer.query.columns import axis, class_codes, fractions, rank_scores, score_range
from data_layer.query.filters import Filter
from data_layer.query.source import Source
from data_layer.query.verdict import verdict
from data_layer.schema import CLASSES
from data_layer.tiles.levels import pixel_starts
from data_layer.tiles.picture import lane_of
from data_layer.tiles.raster import rasterise

PICTURES: tuple[str, ...] = ("density", "vaf", "rank")


@dataclass(frozen=True)
class Grid:
    """A picture.

    Attributes:
        counts: uint32 of shape (h, w), row 0 at the top; its sum is ``rows``.
        rows: kept calls whose start lies in [x0, x1).
        clipped: those whose value lies outside [y0, y1], counted in the edge rows.
        missing: those without a value, counted in the lane.
        y0: value at the bottom edge of the values' part.
        y1: value at its top edge.
        lane_rows: height of the lane of missing values, in rows from the bottom.
        level: what was read; ``rows`` or the name of the array.
        x0: first base of the view on the genome-wide axis.
        x1: one past its last base.
    """

    counts: NDArray[np.uint32]
    rows: int
    clipped: int
    missing: int
    y0: float
    y1: float
    lane_rows: int
    level: str
    x0: int
    x1: int


def grid(
    source: Source,
    picture: str,
    *,
    sample: str | None,
    x0: int,
    x1: int,
    y0: float | None,
    y1: float | None,
    w: int,
    h: int,
    filters: Sequence[Filter],
) -> Grid:
    """Return the counts of one picture over [x0, x1), ``w`` by ``h`` pixels.

    Raises:
        InputError: no such picture or person, or a view without extent.
    """
    if picture not in PICTURES:
        raise InputError("PICTURE", repr(picture), "no such picture", f"Use {', '.join(PICTURES)}.")
    if x1 <= x0 or w < 1 or h < 1:
        raise InputError("VIEW", f"{x0} to {x1}, {w} x {h}", "the view has no extent")
    if picture == "density":
        low, high, lane = 0.0, float(len(CLASSES)), 0
        lines, flags = _class_lines(source, h), class_codes(source) * np.uint8(0)
    else:
        low, high, lane = _value_range(source, picture, sample, y0, y1, h)
        lines, flags = _value_lines(source, picture, sample, low, high, h, lane)
    counts, clipped, missing = _count(source, lines, flags, x0, x1, w, h, tuple(filters))
    total = int(counts.sum(dtype=np.int64))
    return Grid(counts, total, clipped, missing, low, high, lane, "rows", x0, x1)


def _count(
    source: Source,
    lines: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    x0: int,
    x1: int,
    w: int,
    h: int,
    filters: tuple[Filter, ...],
) -> tuple[NDArray[np.uint32], int, int]:
    gpos, index = axis(source)
    starts = np.searchsorted(gpos, pixel_starts(x0, x1, w)).astype(np.int64)
    kept = verdict(source, filters).kept
    counts, sums = rasterise(starts, lines, flags, kept, index, h)
    return counts, int(sums[1]), int(sums[2])


def _spread(size: int) -> NDArray[np.uint32]:
    """Return a number for each row that looks random and is always the same."""
    return (np.arange(size, dtype=np.uint32) * np.uint32(2654435761)) >> np.uint32(16)


def _class_lines(source: Source, h: int) -> NDArray[np.uint16]:
    codes = class_codes(source)
    return source.cached(("lines", "density", h), lambda: _lanes(codes, h))


def _lanes(codes: NDArray[np.uint8], h: int) -> NDArray[np.uint16]:
    lanes = len(CLASSES)
    edges = np.arange(lanes + 1) * h // lanes
    tall = np.maximum(np.diff(edges), 1).astype(np.uint32)
    up = edges[:-1].astype(np.uint32)[codes] + _spread(len(codes)) % tall[codes]
    return (h - 1 - np.minimum(up, h - 1)).astype(np.uint16)


def _values(source: Source, picture: str, sample: str | None) -> tuple[str, NDArray[np.float32]]:
    """Return the name of a picture's y column and its values."""
    if picture == "rank":
        return "rank_score", rank_scores(source)
    person = person_of(source.info, sample) if sample else source.info.proband
    if person is None:
        nothing = source.cached(("column", "vaf"), lambda: np.full(source.size, np.nan, np.float32))
        return "vaf", nothing
    return f"vaf:{person.index}", fractions(source, person)


def _value_range(
    source: Source, picture: str, sample: str | None, y0: float | None, y1: float | None, h: int
) -> tuple[float, float, int]:
    lane = lane_of(h, missing=1)
    low, high = (0.0, 1.0) if picture == "vaf" else score_range(source)
    low, high = low if y0 is None else float(y0), high if y1 is None else float(y1)
    # A range too wide or too narrow for its own numbers would draw outside the picture.
    if not (low < high and math.isfinite(high - low) and math.isfinite(h / (high - low))):
        raise InputError("VIEW", f"{low:g} to {high:g}", "the lower value must lie below the upper")
    return low, high, lane


def _value_lines(
    source: Source, picture: str, sample: str | None, low: float, high: float, h: int, lane: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Return each row's line of the grid, and 1 for clipped, 2 for missing; both cached."""
    name, values = _values(source, picture, sample)
    key = (name, low, high, h)
    both = source.cached(("lines", *key), lambda: _Lines(*_place(values, low, high, h, lane)))
    return both.lines, both.flags


@dataclass(frozen=True)
class _Lines:
    lines: NDArray[np.uint16]
    flags: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        return int(self.lines.nbytes + self.flags.nbytes)


def _place(
    values: NDArray[np.float32], low: float, high: float, h: int, lane: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    tall = h - lane
    missing = np.isnan(values)
    inside = np.clip(values.astype(np.float64), low, high)
    share = (inside - low) * (tall / (high - low))
    flags = ((values < np.float32(low)) | (values > np.float32(high))).astype(np.uint8)
    flags[missing] = 2
    share[~np.isfinite(share)] = 0
    up = np.clip(np.floor(share), 0, tall - 1).astype(np.int32)
    lines = (tall - 1 - up).astype(np.uint16)
    if lane:
        spread = _spread(len(values)) % np.uint32(lane)
        lines[missing] = (tall + spread[missing]).astype(np.uint16)
    return lines, flags
