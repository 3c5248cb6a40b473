"""GATK allelic counts: ``allelicCounts.tsv`` and ``hets.tsv`` of CollectAllelicCounts.

A SAM header, then for each site the reads of the reference and of the alternate allele. The value
is ALT_COUNT / (REF_COUNT + ALT_COUNT) where these are at least ``LEAST_READS``, as from a VCF.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import SIGNAL_BATCH, Feed, FeedReader, Head
from data_layer.ingest.formats.interval import heading, sam_build, sam_sample
from data_layer.ingest.formats.vcf_baf import LEAST_READS
from data_layer.ingest.table_text import TextFeed, TextTable

_NEEDED = {"CONTIG", "POSITION", "REF_COUNT", "ALT_COUNT"}
_COMMENTS = ("@",)


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the B-allele fractions."""
    columns = heading(head, comments=_COMMENTS)
    if not _NEEDED.issubset(columns):
        return ()
    opener = partial(_open, head.path, columns)
    sample, build = sam_sample(head), sam_build(head)
    return (Feed(head.path, "GATK allelic counts", "signal", "baf", sample, opener, build),)


def _open(path: Path, columns: tuple[str, ...], skip_bad: bool) -> FeedReader:
    table = TextTable(
        path,
        columns,
        types=dict.fromkeys(_NEEDED - {"CONTIG"}, pa.int64()),
        skip_bad=skip_bad,
        comment=_COMMENTS,
        header="first",
    )
    return TextFeed(table, _shaped)


def _shaped(batch: pa.Table) -> pa.Table:
    ref, alt = (batch.column(n).to_numpy() for n in ("REF_COUNT", "ALT_COUNT"))
    reads = ref + alt
    keep = reads >= LEAST_READS
    rows = batch.filter(pa.array(keep))
    place = rows.column("POSITION")
    value = pa.array((alt[keep] / reads[keep]).astype(np.float32))
    columns = [rows.column("CONTIG"), pc.subtract(place, 1), place, value]
    return pa.table(columns, schema=SIGNAL_BATCH)
