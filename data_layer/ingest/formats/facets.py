"""FACETS' segments: its ``cncf`` table, with tabs or commas.

``tcn.em`` is the copies in all and ``lcn.em`` those of the lesser allele, missing where too few
heterozygous sites tell. Places count from 1 and include the end; chromosome 23 is X.
"""

from __future__ import annotations

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, feed, heading, major_from_rest

_NUMBERS = {"cn": "tcn.em", "cn_minor": "lcn.em", "log2": "cnlr.median", "points": "num.mark"}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy-number segments."""
    for delimiter in ("\t", ","):
        columns = heading(head, delimiter=delimiter)
        if {"chrom", "start", "end", *_NUMBERS.values()}.issubset(columns):
            layout = Layout(
                format="FACETS segments",
                kind="cnv",
                caller="FACETS",
                columns=columns,
                contig="chrom",
                start="start",
                end="end",
                numbers=_NUMBERS,
                delimiter=delimiter,
                refine=major_from_rest,
            )
            return (feed(head, layout),)
    return ()
