"""Regions of uniparental disomy as the program ``upd`` writes them: ``upd regions``.

A bed whose fourth column holds ``ORIGIN=…;TYPE=…;INF_SITES=…``; ORIGIN is the parent that both
copies come from. The program calls a region without heterozygous sites isodisomy *or* deletion,
since a trio's genotypes alone cannot tell them apart, and so does ``call``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, data_lines, feed, put
from data_layer.ingest.table_text import DRAWING

_LINE = re.compile(r"\S+\t\d+\t\d+\tORIGIN=[^;\t]+;TYPE=[^;\t]+(;\S*)?")
_COLUMNS = ("chrom", "start", "end", "description")
_TYPES = {
    "HETERODISOMY": ("hetero ", ""),
    "ISODISOMY": ("iso ", ""),
    "HOMODISOMY": ("iso ", ""),
    "HETERODISOMY/DELETION": ("hetero ", " or deletion"),
    "ISODISOMY/DELETION": ("iso ", " or deletion"),
    "HOMODISOMY/DELETION": ("iso ", " or deletion"),
}
_NAME = re.compile(r"upd[_.-]?regions", re.I)


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the regions of uniparental disomy; an empty file is known by its name."""
    lines = data_lines(head)
    if not all(_LINE.fullmatch(x) for x in lines) or not (lines or _NAME.search(head.path.name)):
        return ()
    layout = Layout(
        format="UPD regions",
        kind="upd",
        caller="upd",
        columns=_COLUMNS,
        contig="chrom",
        start="start",
        end="end",
        comments=("#", *DRAWING),
        one_based=False,
        refine=_described,
    )
    return (feed(head, layout),)


def _described(typed: pa.Table, raw: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    """``call`` from ORIGIN and TYPE, ``points`` from INF_SITES."""
    origin = pc.utf8_lower(_entry(raw["description"], "ORIGIN"))
    kind = _entry(raw["description"], "TYPE")
    call = pc.binary_join_element_wise(kind, origin, " ")
    for word, (before, after) in _TYPES.items():
        known = pc.binary_join_element_wise(before, origin, after, "")
        call = pc.if_else(pc.equal(kind, word), known, call)
    typed = put(typed, "call", call)
    sites = _entry(raw["description"], "INF_SITES")
    return put(typed, "points", pc.cast(pc.if_else(_is_number(sites), sites, None), pa.int64()))


def _entry(description: pa.ChunkedArray, key: str) -> pa.ChunkedArray:
    found = pc.extract_regex(description, pattern=rf"(?:^|;){key}=(?P<value>[^;]*)")
    return pc.struct_field(found, "value")


def _is_number(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.match_substring_regex(text, r"^\d{1,18}$"), False)
