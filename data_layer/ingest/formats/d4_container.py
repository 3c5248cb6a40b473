"""The container of a D4 file: folders, streams in linked frames, and plain blobs.

The layout is that of the reference implementation, ``d4-framefile``, as it was read on 2026-11:
eight bytes of magic and version, then the root folder. A folder is a stream of entries. A stream
is a chain of frames, each begun by the distance to the next frame (int64, 0 at the last) and the
next one's size (uint64). Numbers are little-endian; an entry's place counts from its folder.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from data_layer.ingest.formats.binary import Bytes

MAGIC = b"d4\xdd\xdd"
ROOT = 8
STREAM, FOLDER, BLOB = 0, 1, 2
_KINDS = {STREAM: "stream", FOLDER: "folder", BLOB: "blob"}
_FRAME = struct.Struct("<qQ")
_ENTRY = struct.Struct("<BQQ")
_FIRST_FRAME = 512
_LARGEST_FRAME = 64 << 20
_LARGEST_TEXT = 16 << 20


@dataclass(frozen=True)
class Entry:
    """One thing in a folder; ``offset`` counts from the start of the file."""

    name: str
    kind: int
    offset: int
    size: int


def folder(data: Bytes, offset: int) -> dict[str, Entry]:
    """Return the entries of the folder at ``offset`` by name.

    Raises:
        InputError: the folder is cut or no folder.
    """
    text = _joined(data, offset, _FIRST_FRAME, "a folder")
    out: dict[str, Entry] = {}
    at = 0
    while at < len(text) and text[at]:
        end = text.find(b"\0", at + 1 + _ENTRY.size)
        if text[at] != 1 or end < 0:
            raise data.damaged(offset, "a folder of the file cannot be read")
        kind, place, size = _ENTRY.unpack_from(text, at + 1)
        name = text[at + 1 + _ENTRY.size : end].decode("utf-8", "replace")
        if kind not in _KINDS:
            raise data.damaged(offset, f"entry {name!r} of a folder is of the unknown kind {kind}")
        data.require(offset + place, size, f"the {_KINDS[kind]} {name!r}")
        out[name] = Entry(name, kind, offset + place, size)
        at = end + 1
    return out


def frames(data: Bytes, stream: Entry) -> Iterator[tuple[int, bytes]]:
    """Give the place and content of each frame of a stream, in order."""
    yield from _chain(data, stream.offset, stream.size, f"a frame of stream {stream.name!r}")


def text(data: Bytes, stream: Entry) -> bytes:
    """Return the content of a short stream without the zero bytes that fill its last frame."""
    return _joined(data, stream.offset, stream.size, f"stream {stream.name!r}").rstrip(b"\0")


def _joined(data: Bytes, offset: int, size: int, what: str) -> bytes:
    pieces: list[bytes] = []
    total = 0
    for _, piece in _chain(data, offset, size, what):
        pieces.append(piece)
        total += len(piece)
        if total > _LARGEST_TEXT:
            raise data.damaged(offset, f"{what} is longer than {_LARGEST_TEXT:,} bytes")
    return b"".join(pieces)


def _chain(data: Bytes, offset: int, size: int, what: str) -> Iterator[tuple[int, bytes]]:
    seen: set[int] = set()
    while True:
        if not _FRAME.size <= size <= _LARGEST_FRAME or offset in seen:
            raise data.damaged(offset, f"{what} does not link to a frame that can be read")
        seen.add(offset)
        frame = data.read(offset, size, what)
        step, next_size = _FRAME.unpack_from(frame)
        yield offset, frame[_FRAME.size :]
        if not step:
            return
        offset, size = offset + step, next_size
