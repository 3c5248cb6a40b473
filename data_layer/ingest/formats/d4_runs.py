"""Runs of equal depth of one contig of a D4, decoded a window at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from data_layer.ingest.formats.binary import Bytes
from data_layer.ingest.formats.d4_container import Entry, frames

_WINDOW = 1 << 20
_RECORD = np.dtype([("left", "<u4"), ("more", "<u2"), ("value", "<i4")])
_LARGEST_BLOCK = 16 << 20

#: First bases, ends and values of runs that follow one another without a gap.
Runs = tuple[np.ndarray, np.ndarray, np.ndarray]
#: A part of a contig and the stream that holds its records.
Part = tuple[int, int, Entry]


@dataclass(frozen=True)
class Layout:
    """How a track's numbers lie: bits of a code, value of each code, place of the codes."""

    bits: int
    table: np.ndarray
    primary: int
    compressed: bool
    denominator: float


def runs(
    data: Bytes, layout: Layout, size: int, place: int, parts: Sequence[Part], overlaps: list[int]
) -> Iterator[Runs]:
    """Give the runs of a contig of ``size`` bases whose codes begin at byte ``place``.

    Equal neighbours are one run, across the edges of windows too; memory does not grow with size.
    Some writers begin a record on the last base of the one before: it keeps the first value, as
    in d4tools, and ``overlaps[0]`` counts it.

    Raises:
        InputError: the file is cut, or records overlap or lie outside the contig.
    """
    records = _records(data, layout.compressed, parts, overlaps)
    if layout.bits:
        pieces = _windows(data, layout, size, place, records)
    else:
        pieces = _filled(records, size, int(layout.table[0]))
    yield from _merged(pieces, size)


def _merged(pieces: Iterator[Runs], size: int) -> Iterator[Runs]:
    """Join equal neighbours; the last run of a piece waits for the next piece."""
    held_start, held_value = 0, 0
    first = True
    for start, _, value in pieces:
        if not len(start):
            continue
        if not first:
            start = np.concatenate([[held_start], start])
            value = np.concatenate([[held_value], value])
        first = False
        keep = np.concatenate([[True], value[1:] != value[:-1]])
        start, value = start[keep], value[keep]
        held_start, held_value = int(start[-1]), int(value[-1])
        if len(start) > 1:
            yield start[:-1], start[1:], value[:-1]
    if not first:
        yield np.array([held_start]), np.array([size]), np.array([held_value], dtype=np.int32)


def _filled(records: Iterator[Runs], size: int, default: int) -> Iterator[Runs]:
    """Give the records with the bases between them as runs of the default value."""
    at = 0
    for start, end, value in records:
        edge = np.concatenate([[at], end[:-1]])
        starts = np.stack([edge, start], axis=1).ravel()
        ends = np.stack([start, end], axis=1).ravel()
        values = np.stack([np.full(len(value), default, dtype=np.int32), value], axis=1).ravel()
        keep = ends > starts
        yield starts[keep], ends[keep], values[keep]
        at = int(end[-1])
    if at < size:
        yield np.array([at]), np.array([size]), np.array([default], dtype=np.int32)


def _windows(
    data: Bytes, layout: Layout, size: int, place: int, records: Iterator[Runs]
) -> Iterator[Runs]:
    sparse = _Sparse(records)
    for low in range(0, size, _WINDOW):
        high = min(low + _WINDOW, size)
        raw = data.read(
            place + low // 8 * layout.bits, ((high - low) * layout.bits + 7) // 8, "depths"
        )
        codes = unpack(raw, layout.bits, high - low)
        values = layout.table[codes]
        sparse.apply(low, high, values, codes == (1 << layout.bits) - 1)
        change = np.flatnonzero(values[1:] != values[:-1]) + 1
        start = np.concatenate([[0], change])
        yield start + low, np.concatenate([change, [high - low]]) + low, values[start]


def unpack(raw: bytes, bits: int, count: int) -> np.ndarray:
    """Return ``count`` codes of ``bits`` bits each, the first in the lowest bits."""
    groups = (count + 7) // 8
    packed = np.zeros(groups * bits + 4, dtype=np.uint8)
    packed[: len(raw)] = np.frombuffer(raw, dtype=np.uint8)
    codes = np.empty((groups, 8), dtype=np.uint32)
    for k in range(8):
        byte, shift = divmod(k * bits, 8)
        word = np.zeros(groups, dtype=np.uint32)
        for more in range((shift + bits + 7) // 8):
            part = (
                packed[byte + more :: bits][:groups] if bits > 1 else packed[byte + more :][:groups]
            )
            word |= part.astype(np.uint32) << np.uint32(8 * more)
        codes[:, k] = (word >> np.uint32(shift)) & np.uint32((1 << bits) - 1)
    return codes.ravel()[:count]


class _Sparse:
    """Records taken in order, so that windows in order can be filled from them."""

    def __init__(self, records: Iterator[Runs]) -> None:
        self._records = records
        self._held: list[Runs] = []

    def apply(self, low: int, high: int, values: np.ndarray, open_: np.ndarray) -> None:
        """Set ``values`` of a window to those of the records, where ``open_``."""
        while not self._held or int(self._held[-1][1][-1]) < high:
            more = next(self._records, None)
            if more is None:
                break
            self._held.append(more)
        for start, end, value in self._held:
            inside = (start < high) & (end > low)
            a, b = np.maximum(start[inside], low) - low, np.minimum(end[inside], high) - low
            length = b - a
            if not len(length):
                continue
            where = np.repeat(a - np.cumsum(length) + length, length) + np.arange(length.sum())
            filled = np.repeat(value[inside], length)
            chosen = open_[where]
            values[where[chosen]] = filled[chosen]
        self._held = [h for h in self._held if int(h[1][-1]) > high]


def _records(
    data: Bytes, compressed: bool, parts: Sequence[Part], overlaps: list[int]
) -> Iterator[Runs]:
    """Give the records of a contig in order, checked; a base said twice is the first one's."""
    before = 0
    for low, high, entry in parts:
        before = max(before, low)
        blocks = _deflated(data, entry) if compressed else _plain(data, entry)
        for offset, block in blocks:
            if not len(block):
                continue
            start = block["left"].astype(np.int64) - 1
            end = start + block["more"] + 1
            free = np.concatenate([[before], np.maximum(end[:-1], before)])
            if end.max() > high or (start < free - 1).any() or (end[1:] < end[:-1]).any():
                raise data.damaged(
                    offset, f"records of part {entry.name!r} overlap or lie outside the part"
                )
            overlaps[0] += int((start < free).sum())
            start = np.maximum(start, free)
            before = max(before, int(end[-1]))
            keep = end > start
            if keep.any():
                yield start[keep], end[keep], block["value"].astype(np.int32)[keep]


def _plain(data: Bytes, entry: Entry) -> Iterator[tuple[int, np.ndarray]]:
    rest = b""
    for offset, frame in frames(data, entry):
        held = rest + frame
        count = len(held) // _RECORD.itemsize
        block = np.frombuffer(held, dtype=_RECORD, count=count)
        rest = held[count * _RECORD.itemsize :]
        unused = np.flatnonzero(block["left"] == 0)
        if len(unused):
            yield offset, block[: unused[0]]
            return
        yield offset, block


def _deflated(data: Bytes, entry: Entry) -> Iterator[tuple[int, np.ndarray]]:
    first = True
    for offset, frame in frames(data, entry):
        stored = first and frame[:1] not in (b"", b"\0")
        head = frame[1:13] if first else frame[:12]
        body = frame[13:] if first else frame[12:]
        first = False
        if len(head) < 12:
            raise data.damaged(offset, f"a block of part {entry.name!r} is too short")
        size = int.from_bytes(head[8:12], "little") * _RECORD.itemsize
        if not size:
            continue
        if size > _LARGEST_BLOCK:
            raise data.damaged(offset, f"a block of part {entry.name!r} says {size:,} bytes")
        content = body[:size] if stored else _inflate(data, offset, body, size)
        if len(content) != size:
            raise data.damaged(
                offset,
                f"a block of part {entry.name!r} holds {len(content):,} bytes and says {size:,}",
            )
        yield offset, np.frombuffer(content, dtype=_RECORD)


def _inflate(data: Bytes, offset: int, body: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(wbits=-15).decompress(body, size)
    except zlib.error as e:
        raise data.damaged(offset, f"a block cannot be inflated ({e})") from e
