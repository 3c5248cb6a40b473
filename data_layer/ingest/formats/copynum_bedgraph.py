"""Copy numbers of HiFiCNV and Sawfish: ``*.copynum.bedgraph``, copies over each stretch."""

from __future__ import annotations

import re

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, data_lines, feed
from data_layer.ingest.table_text import DRAWING

_NAME = re.compile(r"(^|[._-])copynum\.bedgraph(\.b?gz)?$", re.I)
_LINE = re.compile(r"\S+\t\d+\t\d+\t\S+")


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the copy numbers; only the name tells this bedGraph from one of depth."""
    if not _NAME.search(head.path.name) or not all(_LINE.fullmatch(x) for x in data_lines(head)):
        return ()
    layout = Layout(
        format="HiFiCNV or Sawfish copy numbers",
        kind="cnv",
        caller="HiFiCNV or Sawfish",
        columns=("chrom", "start", "end", "copies"),
        contig="chrom",
        start="start",
        end="end",
        comments=("#", *DRAWING),
        one_based=False,
        numbers={"cn": "copies"},
    )
    return (feed(head, layout),)
