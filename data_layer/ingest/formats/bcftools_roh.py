"""Runs of homozygosity as ``bcftools roh`` writes them: its RG lines, one sample or many.

An RG line is ``RG, sample, chromosome, start, end, length, markers, quality``; places count from
1 and include the end. ST lines, one a site, are passed over.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feeds_by_sample

_LAYOUT = Layout(
    format="bcftools roh",
    kind="roh",
    caller="bcftools roh",
    columns=("tag", "sample", "chrom", "start", "end", "length", "markers", "quality"),
    contig="chrom",
    start="start",
    end="end",
    numbers={"points": "markers", "score": "quality"},
    sample="sample",
    comments=("#", "ST\t"),
)


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return each sample's runs of homozygosity."""
    made = "bcftools roh" in head.text or "# RG\t[2]Sample" in head.text
    lines = [x for x in head.text.splitlines() if x and not x.startswith("#")]
    if not made or not all(x.startswith(("RG\t", "ST\t")) for x in lines[:-1]):
        return ()
    return feeds_by_sample(head, _LAYOUT)
