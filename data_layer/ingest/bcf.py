"""BCF as the text of the same VCF: blocks and records checked first, then decoded by htslib."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from cyvcf2 import VCF

from data_layer.errors import InputError
from data_layer.ingest.bgzf import BgzfStream

BCF_MAGIC = b"BCF\x02"
_RECORDS = 20_000


class RecordCount:
    """Counts BCF records in pieces of a file by their lengths, section 6.3 of the VCF 4.3 text."""

    def __init__(self) -> None:
        self.records = 0
        self._rest = b""
        self._skip = 0
        self._in_header = True

    @property
    def in_header(self) -> bool:
        """Say whether the pieces so far end within the header."""
        return self._in_header or (not self.records and self._skip > 0)

    @property
    def at_end(self) -> bool:
        """Say whether the pieces so far end where a record ends."""
        return not self._in_header and not self._skip and not self._rest

    def take(self, piece: bytes) -> None:
        """Count the records that begin in a piece."""
        data = self._rest + piece
        at = 0
        while at < len(data):
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
            elif self._in_header:
                if len(data) - at < 9:
                    break
                self._skip = int(struct.unpack_from("<I", data, at + 5)[0])
                self._in_header = False
                at += 9
            else:
                if len(data) - at < 8:
                    break
                self._skip = sum(struct.unpack_from("<II", data, at))
                self.records += 1
                at += 8
        self._rest = data[at:]


class BcfStream(BgzfStream):
    """Text of a BCF in BGZF: the header, then, after the whole file is checked, its records.

    Raises:
        InputError: as for BGZF; ``VCF-TRUNCATED`` too when the last record is not whole, and
            ``VCF-CORRUPT`` when not every record can be decoded.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        super().__init__(path, threads=threads)
        self._decode_threads = max(1, threads)

    def chunks(self) -> Iterator[bytes]:
        """Give the header, then records, as lines of VCF."""
        count = RecordCount()
        pieces = super().chunks()
        for piece in pieces:
            count.take(piece)
            if not count.in_header:
                break
        else:
            self._check(count, pieces)
        decoded = 0
        try:
            reader = VCF(str(self.path), threads=self._decode_threads)
            yield reader.raw_header.encode()
            self._check(count, pieces)
            lines: list[str] = []
            for record in reader:
                lines.append(str(record))
                decoded += 1
                if len(lines) == _RECORDS:
                    yield "".join(lines).encode()
                    lines = []
            yield "".join(lines).encode()
            reader.close()
        except (OSError, ValueError, RuntimeError) as e:
            raise self._unreadable(decoded, count.records) from e
        if decoded != count.records:
            raise self._unreadable(decoded, count.records)

    def _check(self, count: RecordCount, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            count.take(piece)
        if not count.at_end:
            raise InputError(
                "VCF-TRUNCATED",
                self.path.name,
                f"its blocks are whole but record {count.records:,} is not",
                "Write the file again from its source.",
            )

    def _unreadable(self, decoded: int, records: int) -> InputError:
        return InputError(
            "VCF-CORRUPT",
            self.path.name,
            f"its blocks are whole but only {decoded:,} of {records:,} records can be decoded",
            "Write it again with `bcftools view -Ob`, or give it as VCF.",
        )
