"""What a file that is not a VCF gives a case: feeds, each one signal or one kind of segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from data_layer.ingest.source import Reader

#: Columns of a batch of a signal; ``value`` null is no value, infinities are values.
SIGNAL_BATCH = pa.schema(
    [
        pa.field("contig", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("value", pa.float32()),
    ]
)
#: Columns of a batch of segments, beside any of the typed columns of ``schema.SEGMENTS``.
SEGMENT_BATCH = pa.schema(
    [
        pa.field("contig", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)


class FeedReader(Reader, Protocol):
    """A feed being read; its batches hold ``SIGNAL_BATCH`` or ``SEGMENT_BATCH`` rows.

    ``records`` counts every data line of the file, those set aside or of another level too.
    """


@dataclass(frozen=True)
class Feed:
    """One thing that a file gives.

    Attributes:
        format: the file's format, in words that the report prints, such as ``mosdepth regions``.
        kind: whether it holds points or intervals.
        name: a name of ``schema.SIGNALS`` or of ``schema.SEGMENT_KINDS``.
        sample: sample that the file itself names; None when only its file name can tell.
        open: opens it; ``skip_bad`` sets broken lines aside into a ``.rejected`` file.
        build: assembly that the file itself states, as ``GRCh37`` or ``GRCh38``; None if silent.
    """

    path: Path
    format: str
    kind: Literal["signal", "segments"]
    name: str
    sample: str | None
    open: Callable[[bool], FeedReader]
    build: str | None = None


@dataclass(frozen=True)
class Head:
    """The beginning of a file: its name, first bytes as they lie, and as text once inflated."""

    path: Path
    raw: bytes
    text: str


class Format(Protocol):
    """A module that reads one format: says what a file gives, or nothing when it is not its own."""

    def feeds(self, head: Head) -> tuple[Feed, ...]:
        """Return the feeds of a file of this format, empty for any other file."""
        ...
