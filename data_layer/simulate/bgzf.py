"""Writing BGZF: text in, blocks of at most 64 KiB out, the end block last."""

from __future__ import annotations

import struct
import zlib

from isal import igzip_lib

#: Uncompressed bytes in a block.
_BLOCK = 65_280
#: The empty block that ends a file.
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_HEAD = struct.Struct("<4BI2BH2B2H")


def blocks(data: bytes | memoryview, level: int = 1) -> bytes:
    """Compress text to whole blocks, without the end block."""
    view = memoryview(data)
    return b"".join(_block(view[i : i + _BLOCK], level) for i in range(0, len(view), _BLOCK))


def _block(data: memoryview, level: int) -> bytes:
    body = igzip_lib.compress(data, level=level, flag=igzip_lib.COMP_DEFLATE)
    head = _HEAD.pack(31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(body) + 25)
    return head + body + struct.pack("<2I", zlib.crc32(data), len(data))
