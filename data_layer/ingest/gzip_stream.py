"""Bytes of a file, hashed on the way: as they are, or through gzip with its checksums checked."""

from __future__ import annotations

import errno
import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from isal import isal_zlib

from data_layer.errors import InputError

#: What isal raises for damaged data.
ISAL_ERROR = cast("type[Exception]", isal_zlib.IsalError)
_MAGIC = b"\x1f\x8b"
_READ = 8 << 20
_MOST = 8 << 20


def require_file(path: Path) -> None:
    """Refuse a pipe or a device: opening it may never end, and it can be read only once.

    Raises:
        OSError: it is one, or it is not there.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")


class ByteStream:
    """A file's content in pieces; ``sha256`` and ``bytes_read`` are of the file as it lies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes_total = path.stat().st_size
        self.bytes_read = 0
        self._hash = hashlib.sha256()
        self._file = path.open("rb")

    @property
    def sha256(self) -> str:
        """Digest of what was read so far, in hexadecimal."""
        return self._hash.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Give the bytes as they are."""
        while piece := self._read(_READ):
            yield piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self._hash.update(piece)
        self.bytes_read += len(piece)
        return piece


class GzipStream(ByteStream):
    """The content of a plain gzip file of one or more members.

    Raises:
        InputError: ``VCF-TRUNCATED`` when a member does not end; ``VCF-CORRUPT`` when a checksum
            is wrong or something else follows a member.
    """

    def __init__(self, path: Path, *, forbidden_end: bytes = b"") -> None:
        super().__init__(path)
        self._forbidden_end = forbidden_end

    def chunks(self) -> Iterator[bytes]:
        """Give the inflated bytes in order, checked."""
        self._refuse_end()
        member = isal_zlib.decompressobj(wbits=31)
        started = False
        while piece := self._read(_READ >> 3):
            while piece:
                if member.eof:
                    piece = piece.lstrip(b"\0")
                    if not piece:
                        break
                    if not piece.startswith(_MAGIC[: len(piece)]):
                        raise self._corrupt(piece, "something else follows the gzip data")
                    member = isal_zlib.decompressobj(wbits=31)
                started = True
                yield self._inflate(member, piece)
                piece = member.unused_data if member.eof else member.unconsumed_tail
        if started and not member.eof:
            raise InputError(
                "VCF-TRUNCATED",
                f"{self.path.name} byte {self.bytes_total:,}",
                "the gzip data stop before their end",
                "Fetch or copy the file again; the one here is not whole.",
            )

    def _refuse_end(self) -> None:
        """A file that ends as BGZF does and does not begin so has a damaged first block."""
        size = len(self._forbidden_end)
        if not size or self.bytes_total <= size:
            return
        self._file.seek(self.bytes_total - size)
        end = self._file.read(size)
        self._file.seek(0)
        if end == self._forbidden_end:
            raise InputError(
                "VCF-CORRUPT",
                f"{self.path.name} byte 0",
                "the file ends as BGZF does, but its first block is damaged",
                "Fetch or copy the file again.",
            )

    def _inflate(self, member: isal_zlib.Decompress, piece: bytes) -> bytes:
        try:
            data: bytes = member.decompress(piece, _MOST)
        except ISAL_ERROR as e:
            raise self._corrupt(piece, f"the gzip data are damaged ({e})") from e
        return data

    def _corrupt(self, piece: bytes, message: str) -> InputError:
        return InputError(
            "VCF-CORRUPT",
            f"{self.path.name} near byte {self.bytes_read - len(piece):,}",
            message,
            "Fetch or copy the file again, or compress it with bgzip from a good copy.",
        )
