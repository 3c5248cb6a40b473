"""Writes small D4 files by the format's layout, apart from the reader under test."""

from __future__ import annotations

import itertools
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: A run that the secondary table holds: first base, one past the last, value.
Run = tuple[int, int, int]


@dataclass(frozen=True)
class Contig:
    """A contig's name and the depth of each of its bases."""

    name: str
    depth: Sequence[int]


def write_d4(
    path: Path,
    contigs: Sequence[Contig],
    *,
    dictionary: Sequence[int] = (0,),
    as_range: bool = False,
    deflate: bool = False,
    part: int = 1000,
    frame: int = 512,
    denominator: float | None = None,
    folder: str = "",
) -> None:
    """Write ``contigs``; the dictionary's length is a power of 2; ``part`` cuts the records."""
    out = _Writer()
    root = out.folder()
    home = out.folder(root, folder) if folder else root
    bits = len(dictionary).bit_length() - 1
    codes = {value: code for code, value in enumerate(dictionary)}
    meta = {
        "chrom_list": [{"name": c.name, "size": len(c.depth)} for c in contigs],
        "dictionary": (
            {"SimpleRange": {"low": dictionary[0], "high": dictionary[-1] + 1}}
            if as_range
            else {"Dictionary": {"i2v_map": list(dictionary)}}
        ),
        "denominator": "One" if denominator is None else {"Value": denominator},
    }
    out.stream(home, ".metadata", [json.dumps(meta).encode()], frame)
    out.blob(home, ".ptab", b"".join(_packed(c.depth, codes, bits) for c in contigs))
    table = out.folder(home, ".stab")
    parts = [
        (c, a, min(a + part, len(c.depth))) for c in contigs for a in range(0, len(c.depth), part)
    ]
    secondary = {
        "format": "SimpleKV",
        "record_format": "range",
        "partitions": [(c.name, a, b) for c, a, b in parts],
        "compression": {"Deflate": 5} if deflate else "NoCompression",
    }
    out.stream(table, ".metadata", [json.dumps(secondary).encode()], frame)
    for number, (c, a, b) in enumerate(parts):
        records = [struct.pack("<IHi", s + 1, e - s - 1, v) for s, e, v in _sparse(c, a, b, codes)]
        if deflate:
            out.blocks(table, str(number), records)
        else:
            out.stream(table, str(number), [b"".join(records)], frame)
    path.write_bytes(out.data)


def hostile_d4(path: Path, meta: bytes, *, circles: int = 0) -> None:
    """Write a file of one track with these metadata and a table of zeros.

    With ``circles`` it has folders instead, each of which holds the next that many times.
    """
    out = _Writer()
    root = out.folder()
    if circles:
        chain = [root, *(out.folder() for _ in range(7))]
        for parent, child in itertools.pairwise(chain):
            for number in range(circles):
                out._entry(parent, 1, child, 512, f"f{number}")
    else:
        out.stream(root, ".metadata", [meta], max(512, len(meta) + 16))
        out.blob(root, ".ptab", bytes(64))
        table = out.folder(root, ".stab")
        secondary = {"format": "SimpleKV", "record_format": "range", "partitions": []}
        out.stream(table, ".metadata", [json.dumps(secondary).encode()], 512)
    path.write_bytes(out.data)


def _packed(depth: Sequence[int], codes: dict[int, int], bits: int) -> bytes:
    number = 0
    for i, value in enumerate(depth):
        number |= codes.get(value, (1 << bits) - 1) << (i * bits)
    return number.to_bytes((len(depth) * bits + 7) // 8, "little")


def _sparse(contig: Contig, a: int, b: int, codes: dict[int, int]) -> list[Run]:
    runs: list[Run] = []
    for i in range(a, b):
        value = contig.depth[i]
        if value in codes:
            continue
        if runs and runs[-1][1] == i and runs[-1][2] == value and i - runs[-1][0] < 65536:
            runs[-1] = (runs[-1][0], i + 1, value)
        else:
            runs.append((i, i + 1, value))
    return runs


class _Writer:
    """A container under construction; a folder is the place of its first frame."""

    def __init__(self) -> None:
        self.data = bytearray(b"d4\xdd\xdd" + bytes(4))
        self._folders: dict[int, tuple[int, int]] = {}

    def folder(self, parent: int | None = None, name: str = "") -> int:
        place = self._frame(512)
        self._folders[place] = (place, 0)
        if parent is not None:
            self._entry(parent, 1, place, 512, name)
        return place

    def blob(self, folder: int, name: str, content: bytes) -> None:
        place = len(self.data)
        self.data += content
        self._entry(folder, 2, place, len(content), name)

    def stream(self, folder: int, name: str, pieces: Sequence[bytes], frame: int) -> None:
        content = b"".join(pieces)
        room = frame - 16
        cuts = [content[i : i + room] for i in range(0, len(content), room)] or [b""]
        self._linked(folder, name, [c.ljust(room, b"\0") for c in cuts])

    def blocks(self, folder: int, name: str, records: Sequence[bytes]) -> None:
        """Deflated blocks: one in the first frame, the others in frames of their own."""
        groups = [records[:20]] + [records[i : i + 50] for i in range(20, len(records), 50)]
        out = []
        for i, group in enumerate(groups):
            raw = b"".join(group)
            first = struct.unpack_from("<I", raw)[0] - 1 if raw else 0
            last = sum(struct.unpack_from("<IH", raw, len(raw) - 10)) if raw else 0
            deflate = zlib.compressobj(5, zlib.DEFLATED, -15)
            body = (
                struct.pack("<III", first, last, len(group))
                + deflate.compress(raw)
                + deflate.flush()
            )
            out.append(body if i else (b"\0" + body).ljust(496, b"\0"))
        self._linked(folder, name, out)

    def _linked(self, folder: int, name: str, contents: Sequence[bytes]) -> None:
        places = []
        for content in contents:
            place = self._frame(16 + len(content))
            self.data[place + 16 : place + 16 + len(content)] = content
            if places:
                struct.pack_into(
                    "<qQ", self.data, places[-1], place - places[-1], 16 + len(content)
                )
            places.append(place)
        self._entry(folder, 0, places[0], 16 + len(contents[0]), name)

    def _frame(self, size: int) -> int:
        place = len(self.data)
        self.data += bytes(size)
        return place

    def _entry(self, folder: int, kind: int, place: int, size: int, name: str) -> None:
        """Append an entry, over the edge of a frame where it must."""
        text = bytes([1, kind]) + struct.pack("<QQ", place - folder, size) + name.encode() + b"\0"
        for byte in text:
            frame, used = self._folders[folder]
            if used == 496:
                new = self._frame(512)
                struct.pack_into("<qQ", self.data, frame, new - frame, 512)
                frame, used = new, 0
            self.data[frame + 16 + used] = byte
            self._folders[folder] = (frame, used + 1)
