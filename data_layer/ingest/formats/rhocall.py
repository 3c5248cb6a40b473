"""Runs of autozygosity as rhocall writes them: ``rhocall viz`` and ``rhocall aggregate`` beds.

Both copy the 1-based positions of ``bcftools roh`` into the bed unchanged, so here the start is
one base too high for a bed and is put right. The last two columns of the aggregate are the state
(1 is autozygous) and the mean quality.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import Feed, Head
from data_layer.ingest.formats.interval import Layout, data_lines, feed
from data_layer.ingest.table_text import DRAWING

_TRACK = re.compile(r"^track\b.*\brhocall\b", re.M)
_COLUMNS = re.compile(r"^#chr\tstart\tend\tAZ\tqual$", re.M)
_VIZ = re.compile(r"\S+\t\d+\t\d+")
_AGGREGATE = re.compile(r"\S+\t\d+\t\d+\t[01]\t-?\d+(\.\d+)?")
_NAME = re.compile(r"rhocall|(^|[._-])roh\.", re.I)


def feeds(head: Head) -> tuple[Feed, ...]:
    """Return the runs of autozygosity; a file without any is known by its heading or name."""
    named = bool(_NAME.search(head.path.name))
    lines = data_lines(head)
    if (_COLUMNS.search(head.text) or (named and lines)) and _all(_AGGREGATE, lines):
        return (feed(head, _layout(("chrom", "start", "end", "az", "quality"))),)
    if (_TRACK.search(head.text) or named) and _all(_VIZ, lines):
        return (feed(head, _layout(("chrom", "start", "end"))),)
    return ()


def _all(shape: re.Pattern[str], lines: list[str]) -> bool:
    return all(shape.fullmatch(x) for x in lines)


def _layout(columns: tuple[str, ...]) -> Layout:
    scored = "quality" in columns
    return Layout(
        format="rhocall regions",
        kind="roh",
        caller="rhocall",
        columns=columns,
        contig="chrom",
        start="start",
        end="end",
        comments=("#", *DRAWING),
        numbers={"score": "quality"} if scored else {},
        select=_autozygous if scored else None,
    )


def _autozygous(raw: Mapping[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    return pc.equal(raw["az"], "1")
