"""Battenberg's subclones: ``*_subclones.txt`` of one sample, or the same of many with their names.

Of the solutions that it offers the first, A, is taken: ``nMaj1_A`` and ``nMin1_A`` are the copies
in the larger clone and ``frac1_A`` its share of the tumour cells. Places count from 1 and include
the end.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feed, feeds_by_sample, heading, put

_NUMBERS = {
    "baf": "BAF", "log2": "LogR", "cn": "ntot", "cn_major": "nMaj1_A", "cn_minor": "nMin1_A",
    "score": "frac1_A",
}  # fmt: skip


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments; those with a second clone say ``subclonal``."""
    columns = heading(head)
    if not {"chr", "startpos", "endpos", *_NUMBERS.values()}.issubset(columns):
        return ()
    layout = Layout(
        format="Battenberg subclones",
        kind="cnv",
        caller="Battenberg",
        columns=columns,
        contig="chr",
        start="startpos",
        end="endpos",
        numbers=_NUMBERS,
        sample="sample" if "sample" in columns else None,
        refine=_subclonal,
    )
    return feeds_by_sample(head, layout) if layout.sample else (feed(head, layout),)


def _subclonal(typed: pa.Table, _: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    part = pc.less(typed.column("score"), 1.0)
    return put(typed, "call", pc.if_else(part, "subclonal", None))
