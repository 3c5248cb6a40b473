"""D4: the depth of every base, as mosdepth ``--d4`` and d4tools write it.

A primary table packs a code of a few bits for each base; the code of all ones, and every base when
the codes have no bits, is looked up in a sparse secondary table of runs, and means the dictionary's
value when no run covers the base. Equal neighbours are joined, so a row is a run of one depth, and
the runs of a contig tile it from its first base to its last. A contig whose depth is 0 at every
base gives no row, for nothing was measured there; a warning names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, FeedReader, Head
from data_layer.ingest.formats.binary import DAMAGED, BinaryReader, Bytes, signal_rows
from data_layer.ingest.formats.d4_container import (
    FOLDER,
    MAGIC,
    ROOT,
    Entry,
    folder,
    text,
)  # fmt: skip
from data_layer.ingest.formats.d4_runs import Layout, runs

_META, _PRIMARY, _SECONDARY = ".metadata", ".ptab", ".stab"
_PARTS = (_META, _PRIMARY, _SECONDARY)
_CODE = "D4"
_MOST_BITS = 16
_DEPTH_OF_FOLDERS = 8
_NAMED = 30


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the depth of each track; a file with one track says no sample.

    Raises:
        InputError: the file begins as D4 does and is cut or damaged.
    """
    if not head.raw.startswith(MAGIC):
        return ()
    data = Bytes(head.path, _CODE)
    try:
        names = sorted(_tracks(data))
    finally:
        data.close()
    alone = len(names) == 1
    return tuple(
        Feed(
            head.path,
            "D4",
            "signal",
            "depth",
            None if alone else name,
            partial(_open, head.path, name),
        )
        for name in names
    )


def _open(path: Path, track: str, _: bool) -> FeedReader:
    """Open one track; a D4 has no lines that could be set aside."""
    return D4Reader(path, track)


@dataclass(frozen=True)
class _Contig:
    name: str
    size: int
    streams: tuple[tuple[int, int, Entry], ...]


class D4Reader(BinaryReader):
    """The runs of one track; ``records`` counts runs, those of empty contigs too."""

    def __init__(self, path: Path, track: str) -> None:
        super().__init__(Bytes(path, _CODE))
        try:
            root = _tracks(self.data)[track]
            self._layout, self._contigs = _read_track(self.data, root)
            self._empty: list[str] = []
        except BaseException:
            self.data.close()
            raise

    def _rows(self) -> Iterator[pa.Table]:
        total = sum(c.size for c in self._contigs) or 1
        done, place = 0, self._layout.primary
        for contig in self._contigs:
            if contig.size:
                yield from self._contig(contig, place)
            place += (contig.size * self._layout.bits + 7) // 8
            done += contig.size
            self.bytes_read = self.bytes_total * done // total
        if self._empty:
            named = ", ".join(self._empty[:_NAMED])
            more = f" and {len(self._empty) - _NAMED:,} more" if len(self._empty) > _NAMED else ""
            message = "these contigs have depth 0 at every base, so nothing was measured there"
            self.log.add(0, "D4-EMPTY", f"{message}: {named}{more}")

    def _contig(self, contig: _Contig, place: int) -> Iterator[pa.Table]:
        overlaps = [0]
        found = runs(self.data, self._layout, contig.size, place, contig.streams, overlaps)
        for start, end, value in found:
            self.records += len(start)
            if not value[0] and start[0] == 0 and end[0] == contig.size:
                self._empty.append(contig.name)
                continue
            depth = value.astype(np.float64) / self._layout.denominator
            yield signal_rows(contig.name, start, end, depth)
        if overlaps[0]:
            self.log.add(
                0,
                "D4-OVERLAP",
                f"contig {contig.name}: bases in two runs {overlaps[0]:,}; the first keeps them",
            )


def _tracks(data: Bytes) -> dict[str, dict[str, Entry]]:
    """Return the entries of each track by its path, ``""`` for one that fills the file."""
    found: dict[str, dict[str, Entry]] = {}
    _search(data, ROOT, "", 0, found, set())
    if not found:
        raise InputError(
            "D4-UNFINISHED",
            data.path.name,
            "it holds no track: its writer stopped before the tables were in place",
            DAMAGED,
        )
    return found


def _search(
    data: Bytes,
    offset: int,
    path: str,
    depth: int,
    found: dict[str, dict[str, Entry]],
    seen: set[int],
) -> None:
    here = folder(data, offset)
    seen.add(offset)
    if _META in here:
        missing = [name for name in _PARTS if name not in here]
        if missing:
            raise InputError(
                "D4-UNFINISHED", data.path.name, f"it has no {', '.join(missing)}", DAMAGED
            )
        found[path] = here
        return
    if depth == _DEPTH_OF_FOLDERS:
        raise data.damaged(offset, "folders lie too deep in one another")
    for entry in here.values():
        if entry.kind == FOLDER:
            if entry.offset in seen:
                raise data.damaged(entry.offset, "a folder lies in two folders")
            inner = f"{path}/{entry.name}".strip("/")
            _search(data, entry.offset, inner, depth + 1, found, seen)


def _read_track(data: Bytes, root: dict[str, Entry]) -> tuple[Layout, list[_Contig]]:
    meta = _json(data, root[_META])
    try:
        chroms = [(str(c["name"]), int(c["size"])) for c in meta["chrom_list"]]
        table = _dictionary(meta["dictionary"])
        denominator = _denominator(meta.get("denominator", "One"))
    except (KeyError, TypeError, ValueError, OverflowError) as e:
        raise data.damaged(root[_META].offset, f"its metadata cannot be read ({e!r})") from e
    bits = len(table).bit_length() - 1
    secondary = folder(data, root[_SECONDARY].offset)
    streams, compressed = _secondary(data, secondary, dict(chroms))
    layout = Layout(bits, table[: 1 << bits], root[_PRIMARY].offset, compressed, denominator)
    if bits > _MOST_BITS or min((size for _, size in chroms), default=0) < 0:
        raise data.damaged(root[_META].offset, "its metadata name sizes that no D4 has")
    need = sum((size * bits + 7) // 8 for _, size in chroms)
    if root[_PRIMARY].size < need:
        raise data.damaged(
            root[_PRIMARY].offset,
            f"its primary table holds {root[_PRIMARY].size:,} bytes; {need:,} are needed",
        )
    return layout, [_Contig(name, size, tuple(streams.get(name, ()))) for name, size in chroms]


def _dictionary(meta: dict[str, Any]) -> np.ndarray:
    """Return the value of each code."""
    if "SimpleRange" in meta:
        low, high = int(meta["SimpleRange"]["low"]), int(meta["SimpleRange"]["high"])
        if not 0 < high - low <= 1 << (_MOST_BITS + 1):
            raise ValueError(f"dictionary from {low} to {high}")
        return np.arange(low, high, dtype=np.int32)
    values = np.array(meta["Dictionary"]["i2v_map"], dtype=np.int32)
    if not values.size or values.ndim != 1:
        raise ValueError("a dictionary that is no list of numbers")
    return values


def _denominator(meta: Any) -> float:
    value = 1.0 if meta == "One" else float(meta["Value"])
    if not 0 < value < float("inf"):
        raise ValueError(f"denominator {value}")
    return value


def _secondary(
    data: Bytes, entries: dict[str, Entry], sizes: dict[str, int]
) -> tuple[dict[str, list[tuple[int, int, Entry]]], bool]:
    """Return the streams of each contig with the part they cover, and whether they are deflated."""
    if _META not in entries:
        raise InputError("D4-UNFINISHED", data.path.name, "its secondary table is empty", DAMAGED)
    meta = _json(data, entries[_META])
    streams: dict[str, list[tuple[int, int, Entry]]] = {}
    try:
        if (meta["format"], meta["record_format"]) != ("SimpleKV", "range"):
            raise ValueError(f"records of kind {meta['format']}, {meta['record_format']}")
        compressed = meta.get("compression", "NoCompression") != "NoCompression"
        if compressed:
            int(meta["compression"]["Deflate"])
        for number, (contig, start, end) in enumerate(meta["partitions"]):
            if not 0 <= int(start) <= int(end) <= sizes[contig]:
                raise ValueError(f"part {contig}:{start}-{end}")
            part = (int(start), int(end), entries[str(number)])
            streams.setdefault(contig, []).append(part)
    except (KeyError, TypeError, ValueError, OverflowError) as e:
        where = entries[_META].offset
        raise data.damaged(where, f"its secondary table cannot be read ({e!r})") from e
    return {name: sorted(parts, key=lambda p: p[0]) for name, parts in streams.items()}, compressed


def _json(data: Bytes, entry: Entry) -> dict[str, Any]:
    try:
        found = json.loads(text(data, entry))
    except (ValueError, RecursionError) as e:
        raise data.damaged(entry.offset, f"its metadata are not JSON ({e})") from e
    if not isinstance(found, dict):
        raise data.damaged(entry.offset, "its metadata are no JSON object")
    return found
