"""PureCN's tables: ``*_dnacopy.seg`` and ``*_loh.csv`` (BALSAMIC: ``*.purecn.LOHregions.csv``).

``C`` is the copies in all, ``M`` those of the minor allele, ``type`` what kind of loss of
heterozygosity, empty for none. Places count from 1 and include the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import (
    Layout,
    feeds_by_sample,
    heading,
    major_from_rest,
    says_nothing,
)

_SEG = {"ID", "chrom", "loc.start", "loc.end", "num.mark", "seg.mean", "C"}
_LOH = {"Sampleid", "chr", "start", "end", "C", "M", "type"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the segments; of an LOH table all as ``cnv``, those with a type as ``loh`` too."""
    columns = heading(head)
    if _SEG.issubset(columns):
        return feeds_by_sample(head, _segments(columns))
    columns = heading(head, delimiter=",")
    if not _LOH.issubset(columns):
        return ()
    every = _regions(columns)
    lost = replace(every, format="PureCN LOH", kind="loh", select=_has_type)
    return feeds_by_sample(head, every) + feeds_by_sample(head, lost)


def _segments(columns: tuple[str, ...]) -> Layout:
    return Layout(
        format="PureCN segments",
        kind="cnv",
        caller="PureCN",
        columns=columns,
        contig="chrom",
        start="loc.start",
        end="loc.end",
        numbers={"cn": "C", "log2": "seg.mean", "points": "num.mark"},
        sample="ID",
    )


def _regions(columns: tuple[str, ...]) -> Layout:
    numbers = {"log2": "seg.mean", "points": "num.mark", "baf": "maf.observed"}
    return Layout(
        format="PureCN regions",
        kind="cnv",
        caller="PureCN",
        columns=columns,
        contig="chr",
        start="start",
        end="end",
        numbers={
            "cn": "C",
            "cn_minor": "M",
            **{k: v for k, v in numbers.items() if v in columns},
        },
        texts={"call": "type"},
        sample="Sampleid",
        delimiter=",",
        refine=major_from_rest,
    )


def _has_type(raw: Mapping[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    return pc.invert(says_nothing(raw["type"]))
