"""A file that is read by place rather than from its start: its bytes, then its digest."""

from __future__ import annotations

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
import pyarrow as pa

from data_layer.errors import InputError, UsageError
from data_layer.ingest.feed import SIGNAL_BATCH
from data_layer.ingest.source import Warning, WarningLog

_READ = 8 << 20
CUT = "Fetch or copy the file again; the one here is not whole."
DAMAGED = "Fetch or copy the file again, or make it anew from its source."


class Bytes:
    """The bytes of a file by their place; ``code`` begins the codes of its errors."""

    def __init__(self, path: Path, code: str) -> None:
        self.path = path
        self.code = code
        try:
            self._file = path.open("rb")
            self._begun = _state(self._file)
            self.size = self._begun[0]
        except OSError as e:
            raise InputError(
                f"{code}-OPEN", path.name, f"it cannot be opened ({e.strerror})", "Check the path."
            ) from e

    def read(self, offset: int, size: int, what: str) -> bytes:
        """Return ``size`` bytes from ``offset``.

        Raises:
            InputError: ``…-TRUNCATED`` when the file ends before them.
        """
        self.require(offset, size, what)
        self._file.seek(offset)
        data = self._file.read(size)
        if len(data) < size:
            raise self._cut(offset, size, what)
        return data

    def require(self, offset: int, size: int, what: str) -> None:
        """Refuse a file that ends before ``offset + size``."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise self._cut(offset, size, what)

    def digest(self) -> str:
        """Return the SHA-256 of the whole file.

        Raises:
            InputError: ``…-CHANGED``, what was read before may not be what the digest is of.
        """
        found = hashlib.sha256()
        self._file.seek(0)
        while piece := self._file.read(_READ):
            found.update(piece)
        if _state(self._file) != self._begun:
            raise InputError(
                f"{self.code}-CHANGED",
                self.path.name,
                "it was written to while it was read",
                "Wait until its program has ended, and read it again.",
            )
        return found.hexdigest()

    def damaged(self, offset: int, message: str) -> InputError:
        """Return the error for content that breaks the format's rules."""
        where = f"{self.path.name} byte {offset:,} of {self.size:,}"
        return InputError(f"{self.code}-CORRUPT", where, message, DAMAGED)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _cut(self, offset: int, size: int, what: str) -> InputError:
        return InputError(
            f"{self.code}-TRUNCATED",
            f"{self.path.name} byte {offset:,} of {self.size:,}",
            f"{what} of {size:,} bytes should lie here, and the file ends before its end",
            CUT,
        )


def _state(file: BinaryIO) -> tuple[int, int]:
    """Return size and time of the last change of an open file."""
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


class BinaryReader(ABC):
    """A signal in a binary file; a subclass gives its rows from ``_rows`` and counts records."""

    def __init__(self, data: Bytes) -> None:
        self.data = data
        self.records = 0
        self.rejected_count = 0
        self.bytes_total = data.size
        self.bytes_read = 0
        self.log = WarningLog()
        self._sha256 = ""
        self._begun = False

    @property
    def sha256(self) -> str:
        """Digest of the file as it lies; empty until ``batches`` has ended."""
        return self._sha256

    @property
    def warnings(self) -> list[Warning]:
        """What was odd so far; ``line`` is 0, for the file has none."""
        return self.log.listed()

    def batches(self) -> Iterator[pa.Table]:
        """Give ``SIGNAL_BATCH`` rows, once.

        Raises:
            InputError: the file is cut or damaged.
        """
        if self._begun:
            raise UsageError("READ-TWICE", self.data.path.name, "its rows were given already")
        self._begun = True
        yield from self._rows()
        self._sha256 = self.data.digest()
        self.bytes_read = self.bytes_total

    def close(self) -> None:
        """Close the file."""
        self.data.close()

    @abstractmethod
    def _rows(self) -> Iterator[pa.Table]:
        """Give the rows and count the records."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def signal_rows(contig: str, start: np.ndarray, end: np.ndarray, value: np.ndarray) -> pa.Table:
    """Return rows of one contig as ``SIGNAL_BATCH``; NaN becomes null."""
    values = value.astype(np.float32)
    return pa.table(
        [
            pa.repeat(pa.scalar(contig), len(start)),
            pa.array(start.astype(np.int64)),
            pa.array(end.astype(np.int64)),
            pa.array(values, mask=np.isnan(values)),
        ],
        schema=SIGNAL_BATCH,
    )
