"""Pictures of a signal: from cells where a pixel holds many, from rows where it holds few."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from data_layer.region import Build
from data_layer.tiles.columns import Columns
from data_layer.tiles.levels import level_for
from data_layer.tiles.picture import Picture, Tally, lane_of
from data_layer.tiles.range import Range, steps_of

#: Columns of cells that are read and held together.
BLOCK = 2048
#: Rows that are read and held together, about.
ROWS_HELD = 65_536
#: Blocks of rows read with one question; more would not fit beside each other.
BLOCKS_AT_ONCE = 16


class Sized(Protocol):
    """What a cache can hold."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        ...


Value = TypeVar("Value", bound=Sized)


class Cache(Protocol):
    """Values by key, bounded by bytes; ``query.cache.ByteCache`` is one."""

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, making it when it is not held."""
        ...

    def peek(self, key: Hashable) -> Sized | None:
        """Return the value of a key when it is held."""
        ...

    def put(self, key: Hashable, value: Sized) -> None:
        """Hold a value for as long as there is room."""
        ...


class Stored(Protocol):
    """One signal of one sample in the lake, as the query room reads it."""

    def points(self, g0: int, g1: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return ``gpos`` and ``value`` of the rows with g0 <= gpos < g1, by gpos; NaN is none."""
        ...

    def cells(
        self, level: int, first: tuple[int, int], last: tuple[int, int]
    ) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.int16], NDArray[np.int32]]:
        """Return chrom, x, y, n of a level's cells with first <= (chrom, x) < last, in order."""
        ...

    def levels(self) -> tuple[int, ...]:
        """Return the levels that are there, none when the pyramid was not built."""
        ...


@dataclass(frozen=True)
class _Points:
    gpos: NDArray[np.int64]
    y: NDArray[np.int16]

    @property
    def nbytes(self) -> int:
        return int(self.gpos.nbytes + self.y.nbytes) + 200


@dataclass(frozen=True)
class _Cells:
    """Columns of cells from number ``first`` on; ``ends`` has one more entry than columns."""

    first: int
    ends: NDArray[np.int32]
    y: NDArray[np.int16]
    n: NDArray[np.uint32]

    @property
    def nbytes(self) -> int:
        return int(self.ends.nbytes + self.y.nbytes + self.n.nbytes) + 200


Block = TypeVar("Block", _Points, _Cells)


@dataclass(frozen=True)
class Pyramid:
    """One signal of one sample, ready to be drawn; cheap to make, safe for threads.

    Attributes:
        key: names the ingest, sample and signal in the cache; what it names never changes.
        rows: points of the signal in all.
        missing: those without a value.
    """

    stored: Stored
    spec: Range
    build: Build
    rows: int
    missing: int
    cache: Cache
    key: tuple[Hashable, ...]
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def picture(
        self, x0: int, x1: int, w: int, h: int, y0: float | None = None, y1: float | None = None
    ) -> Picture:
        """Return the counts of the points whose start lies in [x0, x1), ``w`` by ``h`` pixels.

        [y0, y1] is widened to whole steps of the range and ends with it; None is the range's end.
        Views finer than the finest level, and cells that the view's edge cuts, are read from rows.

        Raises:
            InputError: y0 does not lie below y1.
        """
        self.spec.window(y0, y1)
        tally = Tally(x0, x1, w)
        level = level_for(x1 - x0, w, self._levels())
        if level is None:
            self._add_rows(tally, x0, x1)
        else:
            columns = Columns(self.build, level)
            first, last = columns.whole(x0, x1)
            self._add_cells(tally, columns, first, last)
            self._add_rows(tally, x0, min(columns.start(first), x1))
            self._add_rows(tally, max(columns.start(last), x0), x1)
        name = "rows" if level is None else str(level)
        return tally.picture(self.spec, y0, y1, h, lane_of(h, self.missing), name)

    def _levels(self) -> tuple[int, ...]:
        def look() -> NDArray[np.int8]:
            return np.array(self.stored.levels(), np.int8)

        return tuple(int(level) for level in self.cache.get((*self.key, "levels"), look))

    def _add_cells(self, tally: Tally, columns: Columns, first: int, last: int) -> None:
        for block in self._cells(columns, first, last):
            begin = max(first, block.first)
            end = min(last, block.first + len(block.ends) - 1)
            ends = block.ends[begin - block.first : end - block.first + 1]
            tally.add_cells(columns.starts(begin, end), ends, block.y, block.n)

    def _add_rows(self, tally: Tally, g0: int, g1: int) -> None:
        for block in self._points(max(g0, 0), g1):
            begin, end = np.searchsorted(block.gpos, [g0, g1])
            tally.add_rows(block.gpos[begin:end], block.y[begin:end])

    def _cells(self, columns: Columns, first: int, last: int) -> Iterator[_Cells]:
        """Blocks that hold columns [first, last); those missing are read in one go a gap."""
        level = columns.level

        def read(begin: int, end: int) -> Iterator[_Cells]:
            begin, end = begin * BLOCK, min(end * BLOCK, columns.count)
            named = columns.named(begin), columns.named(end)
            chrom, x, y, n = self.stored.cells(level, *named)
            number = columns.number(chrom, x)
            for at in range(begin, end, BLOCK):
                edges = np.arange(at, min(at + BLOCK, end) + 1)
                ends = np.searchsorted(number, edges)
                part = slice(int(ends[0]), int(ends[-1]))
                yield _Cells(
                    at,
                    (ends - ends[0]).astype(np.int32),
                    y[part].astype(np.int16),
                    n[part].astype(np.uint32),
                )

        if first < last:
            yield from self._blocks((level,), first // BLOCK, -(-last // BLOCK), read)

    def _points(self, g0: int, g1: int) -> Iterator[_Points]:
        """Blocks that hold the rows in [g0, g1)."""
        wide = self._bases_held()
        g1 = min(g1, sum(self.build.sizes))

        def read(begin: int, end: int) -> Iterator[_Points]:
            gpos, values = self.stored.points(begin * wide, end * wide)
            y = steps_of(values, self.spec)
            edges = np.searchsorted(gpos, np.arange(begin, end + 1) * wide)
            for a, b in itertools.pairwise(int(edge) for edge in edges):
                yield _Points(gpos[a:b].astype(np.int64), y[a:b].copy())

        if g0 < g1:
            yield from self._blocks(("rows",), g0 // wide, -(-g1 // wide), read)

    def _blocks(
        self,
        kind: tuple[Hashable, ...],
        first: int,
        last: int,
        read: Callable[[int, int], Iterator[Block]],
    ) -> Iterator[Block]:
        """Blocks [first, last) from the cache; a gap in it is read a few blocks at a time."""
        at = first
        while at < last:
            held = self.cache.peek((*self.key, *kind, at))
            if held is not None:
                yield cast(Block, held)
                at += 1
                continue
            with self._turn:
                end = at
                while end < min(last, at + BLOCKS_AT_ONCE) and not self._holds(kind, end):
                    end += 1
                made = list(read(at, end)) if end > at else []
                for number, block in enumerate(made, at):
                    self.cache.put((*self.key, *kind, number), block)
            yield from made
            at = end

    def _holds(self, kind: tuple[Hashable, ...], at: int) -> bool:
        return self.cache.peek((*self.key, *kind, at)) is not None

    def _bases_held(self) -> int:
        """Bases of a block of rows: a power of two with about ``ROWS_HELD`` rows in it."""
        genome = self.build.genome_size
        wanted = ROWS_HELD * genome // max(self.rows, 1)
        return 1 << min(max(wanted, 1 << 8), 1 << 28).bit_length() - 1
