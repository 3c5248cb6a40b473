"""Points in a table of text: which column of the file is the place and which the value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data_layer.ingest.feed import SIGNAL_BATCH, Feed, FeedReader, Head
from data_layer.ingest.places import sound_places
from data_layer.ingest.table_text import Delimiter, TextFeed, TextTable

_CONTIG = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Points:
    """How the columns of a file become a signal's batches.

    Attributes:
        format: words for the report.
        signal: a name of ``schema.SIGNALS``.
        columns: names of the file's columns, one a field of a line.
        value: column of the value.
        heading: whether those names stand in the file, before the first data line.
        one_based: the file counts from 1 and includes the end, so 1 is taken off the start.
        comments: beginnings of lines that are not data.
    """

    format: str
    signal: str
    columns: tuple[str, ...]
    value: str
    contig: str = "contig"
    start: str = "start"
    end: str = "end"
    heading: bool = False
    one_based: bool = False
    delimiter: Delimiter = "\t"
    comments: tuple[str, ...] = ("#", "track", "browser")


def points_feed(
    head: Head, points: Points, *, sample: str | None = None, build: str | None = None
) -> Feed:
    """Return the feed of a file whose columns are as ``points`` says."""
    opener = partial(_open, head.path, points)
    return Feed(head.path, points.format, "signal", points.signal, sample, opener, build)


def _open(path: Path, points: Points, skip_bad: bool) -> FeedReader:
    table = TextTable(
        path,
        points.columns,
        types={
            points.contig: _CONTIG,
            points.start: pa.int64(),
            points.end: pa.int64(),
            points.value: pa.float32(),
        },
        skip_bad=skip_bad,
        comment=points.comments,
        header="first" if points.heading else "none",
        delimiter=points.delimiter,
    )
    return TextFeed(table, partial(_shaped, table, points))


def _shaped(table: TextTable, points: Points, batch: pa.Table) -> pa.Table:
    names = {"start": points.start, "end": points.end}
    batch = sound_places(table, batch, **names, one_based=points.one_based)
    start = batch.column(points.start)
    columns = [
        batch.column(points.contig).cast(pa.string()),
        pc.subtract(start, 1) if points.one_based else start,
        batch.column(points.end),
        without_nan(batch.column(points.value)),
    ]
    return pa.table(columns, schema=SIGNAL_BATCH)


def without_nan(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return float32 values with null for every NaN that was spelt so as to pass as a number."""
    return pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float32()), values)
