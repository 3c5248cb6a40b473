"""bedGraph: contig, start, end and value, as UCSC's page on the format says; places count from 0.

A file is one by its ``track type=bedGraph`` line, by its name, or by a ``wiggle_0`` track whose
lines are those of a bedGraph, which is how the format was written before it had its name.
"""

from __future__ import annotations

import re

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import comment_build, data_lines
from data_layer.ingest.formats.points import Points, points_feed
from data_layer.ingest.formats.signal_name import signal_of

_TRACK = re.compile(r"^track\b[^\n]*\btype=(\"?)(bedGraph|wiggle_0)\1(\s|$)", re.I | re.M)
_NAME = re.compile(r"\.(bedgraph|bdg|bg)(\.b?gz)?$", re.I)
_SEGMENTS = re.compile(r"(^|[._-])copynum\.", re.I)
_LINE = re.compile(r"\s*\S+\s+\d+\s+\d+\s+[^\s,;:]+\s*")
_COLUMNS = ("contig", "start", "end", "value")


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the track; its signal follows from the file's name and its first values."""
    lines = data_lines(head)
    said = _TRACK.search(head.text) or _NAME.search(head.path.name)
    if said is None or not lines or _SEGMENTS.search(head.path.name):
        return ()
    if not _LINE.fullmatch(lines[0]):
        return ()
    signal = signal_of(head.path.name, min(map(_value, lines)))
    delimiter = "\t" if lines[0].count("\t") == len(_COLUMNS) - 1 else None
    points = Points("bedGraph", signal, _COLUMNS, "value", delimiter=delimiter)
    return (points_feed(head, points, build=comment_build(head)),)


def _value(line: str) -> float:
    try:
        value = float(line.split()[3])
    except (ValueError, IndexError):
        return 0.0
    return value if value < 0 else 0.0
