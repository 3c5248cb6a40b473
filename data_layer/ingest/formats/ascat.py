"""ASCAT's allele-specific segments, and the tables that others write in their manner.

``*.segments.txt`` and ``*.segments_raw.txt`` (one or more samples), ``*.cnvs.txt`` (one, not
named), the tables of the GDC and of COSMIC, ``*.copynumber.caveman.csv`` (no column names), and
the table of copy numbers that PCGR takes. Places count from 1 and include the end.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import (
    Layout,
    Refine,
    feed,
    feeds_by_sample,
    first_line,
    heading,
    major_from_rest,
    total_of_alleles,
)

_CAVEMAN = (
    "number",
    "chr",
    "start",
    "end",
    "normal_total",
    "normal_minor",
    "tumour_total",
    "tumour_minor",
)
_ALLELES = {"cn_major": "nMajor", "cn_minor": "nMinor"}
_PLACES = (("chr", "startpos", "endpos"), ("Chromosome", "Start", "End"))
_GDC = {"cn": "Copy_Number", "cn_major": "Major_Copy_Number", "cn_minor": "Minor_Copy_Number"}
_SUMMARY = ("Chromosome", "Start Position", "End Position")
_SUMMARY_COPIES = {"cn": "Tumour TCN", "cn_minor": "Tumour BCN"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments of each sample of the file."""
    columns = heading(head)
    if {"Sample", *_SUMMARY, *_SUMMARY_COPIES.values()}.issubset(columns):
        layout = _layout(columns, _SUMMARY, _SUMMARY_COPIES, major_from_rest, sample="Sample")
        return feeds_by_sample(head, layout)
    if {"GDC_Aliquot", *_PLACES[1], *_GDC.values()}.issubset(columns):
        return feeds_by_sample(head, _layout(columns, _PLACES[1], _GDC, None, sample="GDC_Aliquot"))
    place = next((p for p in _PLACES if {*p, *_ALLELES.values()}.issubset(columns)), None)
    if place is not None and "sample" in columns:
        layout = _layout(columns, place, _ALLELES, total_of_alleles, sample="sample")
        return feeds_by_sample(head, layout)
    if place is not None:
        return (feed(head, _layout(columns, place, _ALLELES, total_of_alleles)),)
    if _is_caveman(head):
        copies = {"cn": "tumour_total", "cn_minor": "tumour_minor"}
        layout = _layout(
            _CAVEMAN,
            ("chr", "start", "end"),
            copies,
            major_from_rest,
            delimiter=",",
        )
        return (feed(head, layout),)
    return ()


def _layout(
    columns: tuple[str, ...],
    place: tuple[str, str, str],
    numbers: dict[str, str],
    refine: Refine | None,
    *,
    sample: str | None = None,
    delimiter: str = "\t",
) -> Layout:
    contig, start, end = place
    return Layout(
        format="ASCAT segments",
        kind="cnv",
        caller="ASCAT",
        columns=columns,
        contig=contig,
        start=start,
        end=end,
        numbers=numbers,
        sample=sample,
        delimiter=delimiter,
        refine=refine,
    )


def _is_caveman(head: Head) -> bool:
    name = head.path.name.lower()
    fields = first_line(head).split(",")
    numbers = [f for i, f in enumerate(fields) if i != 1]
    return (
        "caveman" in name
        and len(fields) == len(_CAVEMAN)
        and all(f.strip().isdigit() for f in numbers)
    )
