"""Phase blocks: ``whatshap stats --gtf`` and ``--block-list``, and ``hiphase --blocks-file``.

All count from 1 and include the end. The GTF splits a block where another lies within it, so one
block may be several lines of the same ``name``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import (
    Layout,
    data_lines,
    feed,
    feeds_by_sample,
    heading,
    put,
)

_GTF = (
    "seqname",
    "source",
    "feature",
    "start",
    "end",
    "score",
    "strand",
    "frame",
    "attributes",
)
_PHASING = re.compile(r'\S+\tPhasing\texon\t\d+\t\d+\t[^\t]*\t[^\t]*\t[^\t]*\tgene_id "[^"]+".*')
_WHATSHAP = ("#sample", "chromosome", "phase_set", "from", "to", "variants")
_HIPHASE = {"sample_name", "phase_block_id", "chrom", "start", "end", "num_variants"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return each sample's phase blocks."""
    lines = data_lines(head)
    if lines and all(_PHASING.fullmatch(x) for x in lines):
        return (feed(head, _gtf()),)
    first = next(iter(head.text.splitlines()), "")
    if tuple(first.split("\t")) == _WHATSHAP:
        return feeds_by_sample(head, _whatshap())
    for delimiter in ("\t", ","):
        columns = heading(head, delimiter=delimiter)
        if _HIPHASE.issubset(columns):
            return feeds_by_sample(head, _hiphase(columns, delimiter))
    return ()


def _gtf() -> Layout:
    return Layout(
        format="WhatsHap blocks (GTF)",
        kind="phase_block",
        caller="WhatsHap",
        columns=_GTF,
        contig="seqname",
        start="start",
        end="end",
        refine=_gene_id,
    )


def _whatshap() -> Layout:
    return Layout(
        format="WhatsHap block list",
        kind="phase_block",
        caller="WhatsHap",
        columns=("sample", *_WHATSHAP[1:]),
        contig="chromosome",
        start="from",
        end="to",
        numbers={"points": "variants"},
        texts={"name": "phase_set"},
        sample="sample",
    )


def _hiphase(columns: tuple[str, ...], delimiter: str) -> Layout:
    return Layout(
        format="HiPhase blocks",
        kind="phase_block",
        caller="HiPhase",
        columns=columns,
        contig="chrom",
        start="start",
        end="end",
        numbers={"points": "num_variants"},
        texts={"name": "phase_block_id"},
        sample="sample_name",
        delimiter=delimiter,
    )


def _gene_id(typed: pa.Table, raw: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    found = pc.extract_regex(raw["attributes"], pattern=r'gene_id "(?P<id>[^"]+)"')
    return put(typed, "name", pc.struct_field(found, "id"))
