"""bigWig: depth and minor-allele fraction of HiFiCNV and Sawfish, and tracks of other tools.

The layout is that of the supplement of Kent et al. 2010 (doi:10.1093/bioinformatics/btq351). Every
block is read through the file's own index, inflated with its checksum and counted, so that a cut
or damaged file is refused with the place. Rows are those of the file at full resolution, never
its zoom levels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, FeedReader, Head
from data_layer.ingest.formats.bigwig_blocks import (
    BIGBED_MAGIC,
    BIGWIG_MAGIC,
    Index,
    contigs,
    header,
    leaves,
    rows_of,
)  # fmt: skip
from data_layer.ingest.formats.binary import BinaryReader, Bytes, signal_rows
from data_layer.ingest.formats.signal_name import signal_of

_CODE = "BIGWIG"


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the track of a bigWig; its signal follows from the file's name and lowest value.

    Raises:
        InputError: the file is a bigBed, or begins as a bigWig and is cut or damaged.
    """
    first = head.raw[:4]
    if first in (BIGBED_MAGIC, BIGBED_MAGIC[::-1]):
        raise InputError(
            "BIGWIG-BIGBED",
            head.path.name,
            "this is a bigBed, which holds intervals and no values",
            "Turn it into BED with bigBedToBed and give that.",
        )
    if first not in (BIGWIG_MAGIC, BIGWIG_MAGIC[::-1]):
        return ()
    data = Bytes(head.path, _CODE)
    try:
        said = header(data)
    finally:
        data.close()
    name = signal_of(head.path.name, said.lowest)
    percent = name == "methylation" and said.highest > 1
    opener = partial(_open, head.path, percent)
    return (Feed(head.path, "bigWig", "signal", name, None, opener),)


def _open(path: Path, percent: bool, _: bool) -> FeedReader:
    """Open a bigWig; it has no lines that could be set aside."""
    return BigWigReader(path, percent=percent)


class BigWigReader(BinaryReader):
    """The intervals of a bigWig, in the order of its index; ``records`` counts intervals.

    Args:
        percent: the values are percentages and are given as fractions.
    """

    def __init__(self, path: Path, *, percent: bool = False) -> None:
        super().__init__(Bytes(path, _CODE))
        self._percent = percent
        try:
            self._header: Index = header(self.data)
            self._contigs = contigs(self.data, self._header)
        except BaseException:
            self.data.close()
            raise

    def _rows(self) -> Iterator[pa.Table]:
        for zoom in self._header.zooms:
            for _ in leaves(self.data, self._header, zoom):
                pass
        bases = 0
        for leaf in leaves(self.data, self._header, self._header.index):
            block = rows_of(self.data, self._header, leaf)
            if block.contig not in self._contigs:
                raise self.data.damaged(leaf.offset, f"a block names contig number {block.contig}")
            self.records += len(block.start)
            bases += int((block.end.astype("int64") - block.start).sum())
            self.bytes_read = min(self.bytes_total, leaf.offset + leaf.size)
            value = block.value / np.float32(100) if self._percent else block.value
            yield signal_rows(self._contigs[block.contig], block.start, block.end, value)
        if self._percent:
            self.log.add(0, "BIGWIG-PERCENT", "its percentages were divided by 100")
        covered = self._header.covered
        if not math.isnan(covered) and bases != covered:
            self.log.add(
                0,
                "BIGWIG-SUMMARY",
                f"its intervals cover {bases:,} bases, its summary says {int(covered):,}",
            )
