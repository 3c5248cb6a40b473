"""VCF files that the tests make: text, and the same text as gzip or BGZF."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

from data_layer.ingest.text import VcfReader, open_vcf

END_BLOCK = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
META = (
    "##fileformat=VCFv4.2",
    '##INFO=<ID=AC,Number=A,Type=Integer,Description="Count">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">',
)
HEAD = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "kid", "dad")
ROW = ("chr1", "100", ".", "A", "C", "50", "PASS", "AC=1", "GT:AD", "0/1:10,12", "0/0:20,0")
NAMES = ("chrom", "pos", "id", "ref", "alt", "qual", "filter", "info", "format", "kid", "dad")


def row(**changes: str) -> str:
    """A good record with some columns changed, by name in small letters."""
    assert set(changes) <= set(NAMES)
    return "\t".join(changes.get(n, v) for n, v in zip(NAMES, ROW, strict=True))


def vcf(*rows: str, meta: tuple[str, ...] = META, head: tuple[str, ...] = HEAD) -> str:
    return "\n".join([*meta, "\t".join(head), *rows]) + "\n"


def block(data: bytes) -> bytes:
    """One BGZF block."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    tail = struct.pack("<II", zlib.crc32(data), len(data))
    return END_BLOCK[:16] + struct.pack("<H", len(body) + 25) + body + tail


def bgzf(data: bytes, size: int = 65280) -> bytes:
    """A whole BGZF file with blocks of ``size`` bytes of text."""
    return b"".join(block(data[i : i + size]) for i in range(0, len(data), size)) + END_BLOCK


def write(path: Path, text: str | bytes, kind: str = "plain", size: int = 65280) -> Path:
    data = text.encode() if isinstance(text, str) else text
    if kind == "gzip":
        data = gzip.compress(data, 6)
    elif kind == "bgzf":
        data = bgzf(data, size)
    path.write_bytes(data)
    return path


def lines_of(reader: VcfReader) -> list[str]:
    """Every record as the line of text that its columns give back."""
    out: list[str] = []
    for table in reader.batches():
        names = [c for c in table.column_names if c not in ("record", "line")]
        if not reader.header.has_format:
            names.remove("format")
        columns = [table[n].to_pylist() for n in names]
        out += ["\t".join(r) for r in zip(*columns, strict=True)]
    return out


def read(path: Path) -> list[str]:
    with open_vcf(path) as reader:
        return lines_of(reader)
