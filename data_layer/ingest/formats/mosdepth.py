"""Depth of mosdepth: ``*.regions.bed.gz`` (means) and ``*.per-base.bed.gz`` (runs of equal depth).

Columns as in mosdepth's README: contig, start, end, where ``--by`` was a BED with names also the
name, then the depth; places count from 0. Only the file's name tells these from any other BED.
"""

from __future__ import annotations

import re

from data_layer.errors import InputError
from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import data_lines
from data_layer.ingest.formats.points import Points, points_feed

_NAME = re.compile(r"\.(?P<what>regions|per-base|quantized|thresholds)\.bed(\.b?gz)?$")
_LINE = re.compile(r"\S+\t\d+\t\d+(\t[^\t]*)?\t[^\t]+")
_NAMED = ("contig", "start", "end", "name", "depth")
_PLAIN = ("contig", "start", "end", "depth")
_REFUSED = {
    "quantized": "it holds ranges of depth, such as 4:100, and no depths",
    "thresholds": "it counts the bases of each region above some depths, and holds no depths",
}


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the depth.

    Raises:
        InputError: the file is one of mosdepth's that hold no depths.
    """
    named = _NAME.search(head.path.name)
    if named is None:
        return ()
    what = named["what"]
    if what in _REFUSED:
        raise InputError(
            "MOSDEPTH-KIND",
            head.path.name,
            f"this {what} file cannot be drawn as depth: {_REFUSED[what]}",
            "Give mosdepth's .regions.bed.gz or .per-base.bed.gz instead.",
        )
    lines = data_lines(head)
    if lines and not _LINE.fullmatch(lines[0]):
        return ()
    columns = _NAMED if lines and lines[0].count("\t") == len(_NAMED) - 1 else _PLAIN
    return (points_feed(head, Points(f"mosdepth {what}", "depth", columns, "depth")),)
