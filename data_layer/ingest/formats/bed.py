"""A user's own regions: BED of 3 to 12 columns, and the annotation tables that Gens and ChAS read.

BED is as in the BED v1 specification of the GA4GH: places count from 0, fields are parted by tabs
or by spaces, and a line of another tool may hold more columns. A table names its columns in its
first line: Gens' TSV (``chromosome start stop name color``) and ChAS' AED
(``bio:sequence(aed:String)`` …), which count as BED does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import (
    Layout,
    comment_build,
    data_lines,
    feed,
    heading,
    put,
)
from data_layer.ingest.table_text import DRAWING

_FIELDS = (
    "chrom",
    "start",
    "end",
    "name",
    "score",
    "strand",
    "thickStart",
    "thickEnd",
    "itemRgb",
    "blockCount",
    "blockSizes",
    "blockStarts",
)
_COMMENTS = ("#", *DRAWING)
_BED_NAME = re.compile(r"\.bed(\.b?gz)?$", re.I)
_TRACK_NAME = re.compile(r"^track\b[^\n]*\bname=(\"[^\"\n]*\"|'[^'\n]*'|\S+)", re.M)
_TABLE = {
    "contig": ("chromosome", "chrom", "chr", "bio:sequence(aed:string)"),
    "start": ("start", "bio:start(aed:integer)"),
    "end": ("stop", "end", "bio:end(aed:integer)"),
    "name": ("name", "aed:name(aed:string)"),
    "colour": ("color", "colour", "itemrgb", "style:color(aed:color)"),
    "call": ("aed:category(aed:string)",),
}
_NUMBER = r"^-?\d+(\.\d+)?$"
_RGB = r"^(?:rgb\()?(?P<r>\d{1,3})[, ]+(?P<g>\d{1,3})[, ]+(?P<b>\d{1,3})\)?(?:\s*/\s*\d+%)?$"


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the regions of a BED or annotation table; a paired BED (BEDPE) is neither."""
    lines = data_lines(head, comments=_COMMENTS)
    track = _TRACK_NAME.search(head.text)
    if lines and (_BED_NAME.search(head.path.name) or track):
        delimiter = "\t" if "\t" in lines[0] else None
        fields = lines[0].split(delimiter)
        if _is_bed(fields):
            caller = track.group(1).strip("\"'") if track else None
            return (feed(head, _bed(len(fields), delimiter, caller), build=comment_build(head)),)
    return _annotations(head)


def _is_bed(fields: list[str]) -> bool:
    paired = len(fields) > 5 and fields[4].isdigit() and fields[5].isdigit()
    return len(fields) > 2 and fields[1].isdigit() and fields[2].isdigit() and not paired


def _bed(width: int, delimiter: str | None, caller: str | None) -> Layout:
    more = tuple(f"column {i}" for i in range(len(_FIELDS) + 1, width + 1))
    columns = (*_FIELDS[:width], *more)
    return Layout(
        format="BED",
        kind="region",
        caller=caller,
        columns=columns,
        contig="chrom",
        start="start",
        end="end",
        one_based=False,
        texts={k: v for k, v in (("name", "name"), ("colour", "itemRgb")) if v in columns},
        delimiter=delimiter,
        comments=_COMMENTS,
        refine=_coloured,
    )


def _annotations(head: Head) -> tuple[Feed, ...]:
    columns = heading(head)
    lower = [c.lower() for c in columns]
    found = {
        key: next((columns[lower.index(n)] for n in names if n in lower), None)
        for key, names in _TABLE.items()
    }
    contig, start, end = found["contig"], found["start"], found["end"]
    if contig is None or start is None or end is None or found["name"] is None:
        return ()
    texts = {k: v for k in ("name", "colour", "call") if (v := found[k]) is not None}
    layout = Layout(
        format="AED" if ":" in contig else "annotation table",
        kind="region",
        caller=None,
        columns=columns,
        contig=contig,
        start=start,
        end=end,
        one_based=False,
        texts=texts,
        comments=(*_COMMENTS, "\t"),
        refine=_coloured,
    )
    return (feed(head, layout, build=comment_build(head)),)


def _coloured(typed: pa.Table, raw: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """``colour`` as r,g,b whatever way it is written, ``score`` where it is a number."""
    if "colour" in typed.column_names:
        rgb = pc.extract_regex(typed.column("colour"), pattern=_RGB)
        parts = [pc.struct_field(rgb, name) for name in ("r", "g", "b")]
        typed = put(typed, "colour", pc.binary_join_element_wise(*parts, ","))
    if "score" in raw:
        text = raw["score"]
        number = pc.match_substring_regex(text, _NUMBER)
        typed = put(typed, "score", pc.cast(pc.if_else(number, text, None), pa.float64()))
    return typed
