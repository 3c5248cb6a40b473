"""Reads a file through the registry of formats, as an ingest does, and gives plain tuples."""

from __future__ import annotations

from pathlib import Path

from data_layer.errors import InputError
from data_layer.ingest import feeds
from data_layer.ingest.feed import Feed, FeedReader

Point = tuple[str, int, int, float | None]


def feeds_of(path: Path) -> tuple[Feed, ...]:
    """Return what a file gives beside variants; nothing when no format takes it."""
    try:
        return feeds.feeds_of(path) or ()
    except InputError as error:
        if error.problem.code == "FORMAT-UNKNOWN":
            return ()
        raise


def rows_of(reader: FeedReader) -> list[tuple[object, ...]]:
    """Return every row of a reader."""
    return [tuple(r.values()) for b in reader.batches() for r in b.to_pylist()]


def read(path: Path, which: int = 0, *, skip_bad: bool = False) -> list[tuple[object, ...]]:
    """Return the rows of one of a file's feeds."""
    with feeds_of(path)[which].open(skip_bad) as reader:
        return rows_of(reader)
