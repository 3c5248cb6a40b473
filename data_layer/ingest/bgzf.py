"""BGZF: gzip in blocks of at most 64 KiB, each with its own length and checksum.

The layout is section 4.1 of the SAM specification. A reader that stops at the end of the bytes
takes a cut file for a whole one, so every block is checked and the empty last block is required.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from isal import isal_zlib

from data_layer.errors import InputError
from data_layer.ingest.gzip_stream import ISAL_ERROR, ByteStream

#: The empty block that ends every whole file.
END_BLOCK = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
#: Everything in a block's header but its length, as htslib, htsjdk and the others write it.
_HEAD = END_BLOCK[:16]
_HEAD_SIZE = 18
_MOST = 1 << 16
_READ = 4 << 20
_CUT = "Fetch or copy the file again; the one here is not whole."
_DAMAGED = "Fetch or copy the file again, or rewrite it with bgzip from a good copy."

#: A block: its place in the file and its bytes.
Block = tuple[int, memoryview]


def is_bgzf(head: bytes) -> bool:
    """Say whether the first 16 bytes of a file begin a BGZF block."""
    return head[:4] == _HEAD[:4] and head[10:16] == _HEAD[10:16]


class BgzfStream(ByteStream):
    """The text of a BGZF file, ``blocks`` blocks at a time, inflated by ``threads`` threads.

    Raises:
        InputError: ``VCF-TRUNCATED`` when the file is cut, at a block's edge too;
            ``VCF-CORRUPT`` when a header, length or checksum is wrong.
    """

    def __init__(self, path: Path, *, threads: int = 2, blocks: int = 256) -> None:
        super().__init__(path)
        self._threads = max(1, threads)
        self._blocks = blocks
        self._require_end()

    def chunks(self) -> Iterator[bytes]:
        """Give the inflated bytes in order, checked."""
        waiting: deque[Future[bytes]] = deque()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="bgzf")
        try:
            for group in self._groups():
                waiting.append(pool.submit(self._inflate, group))
                if len(waiting) > self._threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def begins_with(self, magic: bytes) -> bool:
        """Say whether the first block's content begins with ``magic``; reads nothing away."""
        head = self._file.read(1 << 16)
        self._file.seek(0)
        size = self._block_size(head, 0, 0)
        if size > len(head):
            return False
        return self._inflate_block(0, memoryview(head)[:size]).startswith(magic)

    def _require_end(self) -> None:
        size = len(END_BLOCK)
        if self.bytes_total >= size:
            self._file.seek(self.bytes_total - size)
            end = self._file.read(size)
            self._file.seek(0)
            if end == END_BLOCK:
                return
        raise InputError(
            "VCF-TRUNCATED",
            self._at(self.bytes_total),
            "the file ends without the closing block of a BGZF file, so it was cut or never closed",
            _CUT,
        )

    def _groups(self) -> Iterator[list[Block]]:
        rest, base = b"", 0
        group: list[Block] = []
        while piece := self._read(_READ):
            data = rest + piece
            view = memoryview(data)
            at = 0
            while len(data) - at >= _HEAD_SIZE:
                size = self._block_size(data, at, base)
                if at + size > len(data):
                    break
                group.append((base + at, view[at : at + size]))
                at += size
                if len(group) == self._blocks:
                    yield group
                    group = []
            rest, base = data[at:], base + at
        if rest:
            raise InputError("VCF-TRUNCATED", self._at(base), "the last block is not whole", _CUT)
        if group:
            yield group

    def _block_size(self, data: bytes, at: int, base: int) -> int:
        if data[at : at + 16] != _HEAD:
            raise self._corrupt(base + at, "no BGZF block begins here")
        size = int(struct.unpack_from("<H", data, at + 16)[0]) + 1
        if size < len(END_BLOCK) - 2:
            raise self._corrupt(base + at, f"a block says that it is {size} bytes long")
        return size

    def _inflate(self, group: list[Block]) -> bytes:
        return b"".join([self._inflate_block(at, block) for at, block in group])

    def _inflate_block(self, at: int, block: memoryview) -> bytes:
        crc, size = struct.unpack_from("<II", block, len(block) - 8)
        if size > _MOST:
            raise self._corrupt(at, f"a block says that it holds {size:,} bytes; {_MOST:,} fit")
        try:
            data: bytes = isal_zlib.decompress(block[_HEAD_SIZE:-8], wbits=-15, bufsize=size or 1)
        except (ISAL_ERROR, EOFError) as e:
            raise self._corrupt(at, "a block cannot be inflated") from e
        if len(data) != size:
            raise self._corrupt(at, f"a block holds {len(data)} bytes and says {size}")
        if isal_zlib.crc32(data) != crc:
            raise self._corrupt(at, "a block's checksum does not match its content")
        return data

    def _at(self, offset: int) -> str:
        return f"{self.path.name} byte {offset:,} of {self.bytes_total:,}"

    def _corrupt(self, offset: int, message: str) -> InputError:
        return InputError("VCF-CORRUPT", self._at(offset), message, _DAMAGED)
