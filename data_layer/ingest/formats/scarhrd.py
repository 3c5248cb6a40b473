"""Allele-specific segments as scarHRD takes them, of one sample or many.

Places count from 1 and include the end. ``A_cn`` and ``B_cn`` stand in no fixed order, so the
greater becomes the major allele's copies and the lesser the minor's, as scarHRD itself does.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feeds_by_sample, heading

_NEEDED = {"SampleID", "Chromosome", "Start_position", "End_position", "total_cn", "A_cn", "B_cn"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return each sample's copy-number segments."""
    columns = heading(head)
    if not _NEEDED.issubset(columns):
        return ()
    layout = Layout(
        format="scarHRD segments",
        kind="cnv",
        caller=None,
        columns=columns,
        contig="Chromosome",
        start="Start_position",
        end="End_position",
        numbers={"cn": "total_cn", "cn_major": "A_cn", "cn_minor": "B_cn"},
        sample="SampleID",
        refine=_ordered,
    )
    return feeds_by_sample(head, layout)


def _ordered(typed: pa.Table, _: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    a, b = typed.column("cn_major"), typed.column("cn_minor")
    for name, copies in (
        ("cn_major", pc.max_element_wise(a, b)),
        ("cn_minor", pc.min_element_wise(a, b)),
    ):
        typed = typed.set_column(typed.schema.get_field_index(name), name, copies)
    return typed
