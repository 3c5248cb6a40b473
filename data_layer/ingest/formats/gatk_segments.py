"""GATK copy-ratio and allele-fraction segments: ``.cr.seg``, ``.called.seg``, ``modelFinal.seg``.

The tables are those of ``ModelSegments`` and ``CallCopyRatioSegments``: a SAM header, then the
columns; places count from 1 and include the end.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feed, heading, put, sam_build, sam_sample

_PLACE = {"CONTIG", "START", "END"}
_CALLS = {"+": "AMP", "-": "DEL", "0": "NEUTRAL"}
_LOG2 = ("MEAN_LOG2_COPY_RATIO", "LOG2_COPY_RATIO_POSTERIOR_50")
_NUMBERS = {"baf": "MINOR_ALLELE_FRACTION_POSTERIOR_50", "points": "NUM_POINTS_COPY_RATIO"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments of a GATK segment file."""
    columns = heading(head, comments=("@",))
    log2 = next((c for c in _LOG2 if c in columns), None)
    if not _PLACE.issubset(columns) or log2 is None:
        return ()
    layout = Layout(
        format="GATK called segments" if "CALL" in columns else "GATK segments",
        kind="cnv",
        caller="GATK",
        columns=columns,
        contig="CONTIG",
        start="START",
        end="END",
        numbers={"log2": log2, **{k: v for k, v in _NUMBERS.items() if v in columns}},
        comments=("@",),
        refine=_named_calls if "CALL" in columns else None,
    )
    return (feed(head, layout, sample=sam_sample(head), build=sam_build(head)),)


def _named_calls(typed: pa.Table, raw: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """``call`` in words; the file's ``-`` is a loss here, not a missing value."""
    call = raw["CALL"]
    for sign, word in _CALLS.items():
        call = pc.if_else(pc.equal(raw["CALL"], sign), word, call)
    return put(typed, "call", call)
