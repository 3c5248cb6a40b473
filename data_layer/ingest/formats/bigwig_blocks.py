"""The parts of a bigWig: header, contigs, index and blocks of rows."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data_layer.ingest.formats.binary import Bytes

BIGWIG_MAGIC = bytes.fromhex("26fc8f88")
BIGBED_MAGIC = bytes.fromhex("ebf28987")
_CONTIGS_MAGIC, _INDEX_MAGIC = 0x78CA8C91, 0x2468ACE0
_HEADER, _TREE, _INDEX = "HHQQQHHQQIQ", "IIIIQQ", "IIQIIIIQII"
_BLOCK, _LEAF, _BRANCH = "IIIIIBBH", "IIIIQQ", "IIIIQ"
_SUMMARY, _ZOOM = "Qdddd", "IIQQ"
_HEADER_SIZE = 64
_LARGEST = 256 << 20
_LARGEST_NAME = 4096
_MOST_ZOOMS = 64
_DEEPEST = 16
_KINDS = {
    1: (("start", "u4"), ("end", "u4"), ("value", "f4")),
    2: (("start", "u4"), ("value", "f4")),
    3: (("value", "f4"),),
}


@dataclass(frozen=True)
class Index:
    """What the header says: order of bytes, places of the trees, size of an inflated block.

    ``zooms`` are the indexes of the zoom levels, which are checked and never read.
    ``lowest``, ``highest`` and ``covered`` are of the summary over the whole file, NaN when there
    is none.
    """

    order: str
    contigs: int
    index: int
    zooms: tuple[int, ...]
    inflated: int
    lowest: float
    highest: float
    covered: float


@dataclass(frozen=True)
class Leaf:
    """Where a block lies in the file."""

    offset: int
    size: int


@dataclass(frozen=True)
class Block:
    """Rows of one contig, which is given by number."""

    contig: int
    start: np.ndarray
    end: np.ndarray
    value: np.ndarray


def header(data: Bytes) -> Index:
    """Read the header and the summary.

    Raises:
        InputError: the file is cut, or its header names places outside it.
    """
    order = "<" if data.read(0, 4, "the header") == BIGWIG_MAGIC else ">"
    fields = _unpack(data, order, _HEADER, 4, "the header")
    _, levels, contig_tree, full_data, index, _, _, _, summary, inflated, _ = fields
    data.require(full_data, 4, "the data")
    if inflated > _LARGEST:
        raise data.damaged(0, f"its header says that blocks hold {inflated:,} bytes")
    lowest = highest = covered = float("nan")
    if summary:
        bases, low, high, _, _ = _unpack(data, order, _SUMMARY, summary, "the summary")
        if bases:
            lowest, highest, covered = float(low), float(high), float(bases)
    if levels > _MOST_ZOOMS:
        raise data.damaged(0, f"its header says that it has {levels:,} zoom levels")
    zoom = struct.calcsize(f"<{_ZOOM}")
    zooms = tuple(
        _unpack(data, order, _ZOOM, _HEADER_SIZE + i * zoom, "a zoom level")[3]
        for i in range(levels)
    )
    return Index(order, contig_tree, index, zooms, inflated, lowest, highest, covered)


def contigs(data: Bytes, head: Index) -> dict[int, str]:
    """Return the contigs' names by number."""
    tree = _unpack(data, head.order, _TREE, head.contigs, "the list of contigs")
    magic, _, key, value, count, _ = tree
    if magic != _CONTIGS_MAGIC or value != 8 or not 0 < key <= _LARGEST_NAME:
        raise data.damaged(head.contigs, "the list of contigs cannot be read")
    out: dict[int, str] = {}
    at = head.contigs + struct.calcsize(f"<{_TREE}")
    for place, content in _nodes(data, head.order, at, key + 8, key + 8, 0, [0]):
        if len(out) >= count:
            raise data.damaged(place, f"there are more contigs than the {count:,} that it says")
        name = content[:key].rstrip(b"\0").decode("utf-8", "replace")
        out[struct.unpack_from(f"{head.order}I", content, key)[0]] = name
    return out


def leaves(data: Bytes, head: Index, index: int) -> Iterator[Leaf]:
    """Give the places of the blocks in the order of the index at byte ``index``."""
    found = _unpack(data, head.order, _INDEX, index, "the index")
    if found[0] != _INDEX_MAGIC:
        raise data.damaged(index, "the index cannot be read")
    at = index + struct.calcsize(f"<{_INDEX}")
    leaf, branch = struct.calcsize(f"<{_LEAF}"), struct.calcsize(f"<{_BRANCH}")
    told = 0
    for _, content in _nodes(data, head.order, at, leaf, branch, 0, [0]):
        offset, size = struct.unpack(f"{head.order}{_LEAF}", content)[-2:]
        data.require(offset, size, "a block of rows")
        told += max(size, 1)
        if told > data.size:
            raise data.damaged(offset, "the index names blocks of rows more than once")
        yield Leaf(offset, size)


def rows_of(data: Bytes, head: Index, leaf: Leaf) -> Block:
    """Return the rows of one block."""
    if leaf.size > _LARGEST:
        raise data.damaged(leaf.offset, f"a block says that it is {leaf.size:,} bytes long")
    content = data.read(leaf.offset, leaf.size, "a block of rows")
    if head.inflated:
        try:
            inflate = zlib.decompressobj()
            content = inflate.decompress(content, head.inflated)
        except zlib.error as e:
            raise data.damaged(leaf.offset, f"a block cannot be inflated ({e})") from e
        if not inflate.eof:
            raise data.damaged(leaf.offset, "a block is not whole or holds more than it may")
    first = struct.calcsize(f"<{_BLOCK}")
    if len(content) < first:
        raise data.damaged(leaf.offset, "a block is too short")
    fields = struct.unpack_from(f"{head.order}{_BLOCK}", content)
    contig, start, _, step, span, kind, _, count = fields
    if kind not in _KINDS:
        raise data.damaged(leaf.offset, f"a block is of the unknown kind {kind}")
    dtype = np.dtype([(name, head.order + code) for name, code in _KINDS[kind]])
    if len(content) != first + count * dtype.itemsize:
        raise data.damaged(leaf.offset, f"a block of {count:,} rows has the wrong length")
    rows = np.frombuffer(content, dtype=dtype, offset=first)
    if kind == 3:
        starts = start + np.arange(count, dtype=np.int64) * step
    else:
        starts = rows["start"].astype(np.int64)
    ends = rows["end"].astype(np.int64) if kind == 1 else starts + span
    return Block(contig, starts, ends, rows["value"].astype(np.float32))


def _nodes(
    data: Bytes, order: str, at: int, leaf: int, branch: int, depth: int, read: list[int]
) -> Iterator[tuple[int, bytes]]:
    """Give each leaf's bytes with the place of its node; a branch ends with its child's place.

    ``read[0]`` counts the bytes of nodes: a tree that has more than the file goes in circles.
    """
    if depth > _DEEPEST:
        raise data.damaged(at, "a tree of the file is too deep")
    is_leaf, _, count = _unpack(data, order, "BBH", at, "a node")
    size = leaf if is_leaf else branch
    read[0] += 4 + count * size
    if read[0] > data.size:
        raise data.damaged(at, "a tree of the file names its nodes more than once")
    content = data.read(at + 4, count * size, "a node")
    for i in range(count):
        item = content[i * size : (i + 1) * size]
        if is_leaf:
            yield at, item
        else:
            child = int(struct.unpack(f"{order}Q", item[-8:])[0])
            yield from _nodes(data, order, child, leaf, branch, depth + 1, read)


def _unpack(data: Bytes, order: str, form: str, at: int, what: str) -> tuple[int, ...]:
    whole = f"{order}{form}"
    return struct.unpack(whole, data.read(at, struct.calcsize(whole), what))
