"""VCF, plain or compressed, and BCF: opened by what the bytes are, read as validated strings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from data_layer.errors import InputError, UsageError
from data_layer.ingest.bcf import BCF_MAGIC, BcfStream
from data_layer.ingest.bgzf import END_BLOCK, BgzfStream, is_bgzf
from data_layer.ingest.gzip_stream import ByteStream, GzipStream, require_file
from data_layer.ingest.header import VcfHeader, header_end, parse_header
from data_layer.ingest.lines import LineTable, Rows, whole_lines
from data_layer.ingest.rejects import Broken, Rejects
from data_layer.ingest.rules import RecordRules
from data_layer.ingest.source import Warning, WarningLog

_BOM = b"\xef\xbb\xbf"


def open_vcf(
    path: Path, *, skip_bad: bool = False, rejected: Path | None = None, threads: int = 2
) -> VcfReader:
    """Open a VCF or BCF by its first bytes, whatever its name, and read its header.

    Args:
        skip_bad: set records that break a rule aside instead of refusing the file.
        rejected: where those records go; the default is the file's own name plus ``.rejected``.
        threads: threads that inflate a BGZF file.

    Raises:
        InputError: no such file, not a VCF, damaged, or its header breaks a rule.
    """
    return VcfReader(path, skip_bad=skip_bad, rejected=rejected, threads=threads)


class VcfReader:
    """A VCF being read; see ``Source``. ``records`` counts data lines, those set aside too."""

    def __init__(self, path: Path, *, skip_bad: bool, rejected: Path | None, threads: int) -> None:
        self.path = path
        self.records = 0
        self._log = WarningLog()
        self._rejects = Rejects(path, skip_bad=skip_bad, rejected=rejected)
        self._stream = open_stream(path, threads)
        self._begun = False
        try:
            self._lines = whole_lines(self._stream.chunks())
            text, self._rest = self._header_text()
            self.header: VcfHeader = parse_header(text, path.name, self._log)
        except BaseException:
            self._stream.close()
            raise
        names = ["chrom", "pos", "id", "ref", "alt", "qual", "filter", "info"]
        names += ["format"] if self.header.has_format else []
        names += [f"s{i}" for i in range(len(self.header.samples))]
        self._table = LineTable(names, self.header.line_count + 1, self._log)
        self._rules = RecordRules(self.header, self._log, threads)

    @property
    def samples(self) -> tuple[str, ...]:
        """Sample names in the order of the file."""
        return self.header.samples

    @property
    def format(self) -> str:
        """``vcf``, ``vcf.gz`` or ``bcf``: what the bytes are, whatever the name."""
        if isinstance(self._stream, BcfStream):
            return "bcf"
        return "vcf" if type(self._stream) is ByteStream else "vcf.gz"

    @property
    def warnings(self) -> list[Warning]:
        """Warnings so far, the header's too; a code's later ones are counted in its last entry."""
        return self._log.listed()

    @property
    def warning_counts(self) -> dict[str, int]:
        """How often each code was warned of so far."""
        return dict(self._log.counts)

    @property
    def rejected_count(self) -> int:
        """Records set aside so far."""
        return self._rejects.count

    @property
    def bytes_total(self) -> int:
        """Size of the file."""
        return self._stream.bytes_total

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self._stream.bytes_read

    @property
    def sha256(self) -> str:
        """Digest of the file as it lies; of the whole file once ``batches`` has ended."""
        return self._stream.sha256

    def batches(self) -> Iterator[pa.Table]:
        """Give the validated records in file order, once.

        Columns are strings as in the file: chrom, pos, id, ref, alt, qual, filter, info, format
        (null when the file has none), s0 to sN-1; then int64 ``record`` (data line, from 0) and
        ``line`` (of the file, from 1).

        Raises:
            InputError: a record breaks a rule and may not be skipped, or the file is damaged.
        """
        if self._begun:
            raise UsageError("VCF-READ-TWICE", self.path.name, "its records were given already")
        self._begun = True
        return self._batches()

    def close(self) -> None:
        """Close the file and the file of rejected records."""
        self._lines.close()
        self._stream.close()
        self._rejects.close()
        self._rules.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _batches(self) -> Iterator[pa.Table]:
        if self._rest:
            yield from self._batch(self._rest)
            self._rest = b""
        for text in self._lines:
            yield from self._batch(text)

    def _batch(self, text: bytes) -> Iterator[pa.Table]:
        rows = self._table.rows(text)
        self.records += rows.seen
        bad = self._rules.check(rows.table, rows.lines)
        broken = rows.broken + [
            Broken(int(rows.lines[i]), code, reason, _joined(rows.table, i))
            for i, (code, reason) in bad.items()
        ]
        self._rejects.take(broken)
        table = self._complete(rows, np.array(sorted(bad), dtype=np.int64))
        if table.num_rows:
            yield table

    def _complete(self, rows: Rows, drop: np.ndarray) -> pa.Table:
        table = rows.table
        if not self.header.has_format:
            table = table.append_column("format", pa.nulls(table.num_rows, pa.string()))
        table = table.append_column("record", pa.array(rows.records))
        table = table.append_column("line", pa.array(rows.lines))
        if len(drop):
            keep = np.ones(table.num_rows, dtype=bool)
            keep[drop] = False
            table = table.filter(pa.array(keep))
        return table

    def _header_text(self) -> tuple[bytes, bytes]:
        """Read up to the end of the header; return it and the text that came with it."""
        text = b""
        for chunk in self._lines:
            text += chunk
            if not looks_like_vcf(text):
                break
            end = header_end(text)
            if end is not None:
                return text[:end], text[end:]
        if not looks_like_vcf(text):
            why = "it does not begin with ##fileformat" if text.strip() else "it is empty"
            raise InputError(
                "VCF-KIND", self.path.name, f"this is not a VCF: {why}", "Give a VCF or BCF file."
            )
        return text, b""


def looks_like_vcf(text: bytes) -> bool:
    """Say whether text begins as a VCF does, a byte order mark or empty lines aside."""
    return text.removeprefix(_BOM).lstrip(b"\r\n")[:1] == b"#"


def open_stream(path: Path, threads: int) -> ByteStream:
    """Open a file as text, by its first bytes.

    Raises:
        InputError: the file cannot be opened, is cut, or is compressed in a way not read here.
    """
    try:
        require_file(path)
        with path.open("rb") as f:
            head = f.read(1 << 16)
    except OSError as e:
        raise InputError(
            "VCF-OPEN", path.name, f"it cannot be opened ({e.strerror})", "Check the path."
        ) from e
    if is_bgzf(head):
        stream = BgzfStream(path, threads=threads)
        if stream.begins_with(BCF_MAGIC):
            return BcfStream(path, threads=threads)
        return stream
    if head[:2] == b"\x1f\x8b":
        return GzipStream(path, forbidden_end=END_BLOCK)
    if head[:3] == BCF_MAGIC[:3]:
        raise InputError(
            "VCF-KIND",
            path.name,
            "this BCF is not compressed",
            "Write it with `bcftools view -Ob`.",
        )
    return ByteStream(path)


def _joined(table: pa.Table, row: int) -> bytes:
    return "\t".join(column[row].as_py() for column in table.columns).encode()
